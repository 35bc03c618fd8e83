#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/statistics/count.h"
#include "signaling/store/inside.h"

// The public questions: each makes a job, and job_answer() gives its result back.

void job_free(struct job *job)
{
    if (!job)
        return;
    store_batch_free(job->batch);
    event_page_free(job->page);
    consult_free(job->consult);
    lectures_free(job->lectures);
    job_free_record(job);
    mem_free(job->purge);
    count_free(job->count);
    mem_free(job->values);
    json_decref(job->rows);
    mem_free(job);
}

struct job *job_new(enum job_kind kind, const char *key, void *arg)
{
    struct job *job = mem_zalloc(sizeof(*job));
    if (!job)
        return NULL;
    job->msg.kind = (int)kind;
    job->arg = arg;
    if (!text_copy(job->key, sizeof(job->key), key ? key : ""))
        job->err = ENOENT;
    return job;
}

int store_commit(struct store *store, struct store_batch *batch, store_done_h *done, void *arg)
{
    struct job *job = job_new(JOB_COMMIT, NULL, arg);
    if (!job) {
        store_batch_free(batch);
        return ENOMEM;
    }
    job->batch = batch;
    job->done.commit = done;
    return store_submit(store, job);
}

void store_audit(struct store *store, const struct audit_entry *entry)
{
    struct store_batch *batch = NULL;
    int err = store_batch_alloc(&batch);
    if (!err)
        err = store_batch_audit(batch, entry);
    if (err)
        store_batch_free(batch);
    else
        err = store_commit(store, batch, NULL, NULL);
    if (err)
        log_warn("store", "%s of %s could not be audited: %s", entry->action, entry->actor,
                 strerror(err));
}

int store_reload(struct store *store, store_reload_h *done, void *arg)
{
    if (!done)
        return EINVAL;
    struct job *job = job_new(JOB_RELOAD, NULL, arg);
    if (!job)
        return ENOMEM;
    job->done.reload = done;
    return store_submit(store, job);
}

static int page_alloc(struct event_page **pagep, const char *const *topics, size_t count,
                      size_t max)
{
    struct event_page *page = mem_zalloc(sizeof(*page));
    if (!page)
        return ENOMEM;
    *pagep = page; // freed with the job
    page->list = mem_array(max, sizeof(*page->list));
    if (!page->list)
        return ENOMEM;
    page->max = max;
    page->topic_count = count;
    for (size_t i = 0; i < count; i++)
        if (!text_copy(page->topics[i], STORE_TOPIC_MAX, topics[i]))
            return EINVAL;
    return 0;
}

int store_events_since(struct store *store, const char *const *topics, size_t count, int64_t since,
                       size_t max, store_events_h *done, void *arg)
{
    if (!done || !count || count > STORE_TOPICS_MAX || !max || max > STORE_EVENTS_MAX || since < 0)
        return EINVAL;
    struct job *job = job_new(JOB_EVENTS, NULL, arg);
    if (!job)
        return ENOMEM;
    job->number = since;
    job->done.events = done;
    int err = page_alloc(&job->page, topics, count, max);
    if (!err)
        return store_submit(store, job);
    job_free(job);
    return err;
}

static int ask_user(struct store *store, struct job *job, store_user_h *done)
{
    if (!job)
        return ENOMEM;
    job->done.user = done;
    return store_submit(store, job);
}

static int ask_booth(struct store *store, struct job *job, store_booth_h *done)
{
    if (!job)
        return ENOMEM;
    job->done.booth = done;
    return store_submit(store, job);
}

static int ask_member(struct store *store, struct job *job, store_member_h *done)
{
    if (!job)
        return ENOMEM;
    job->done.member = done;
    return store_submit(store, job);
}

static int ask_plain(struct store *store, struct job *job, store_plain_h *done)
{
    if (!job)
        return ENOMEM;
    job->done.plain = done;
    return store_submit(store, job);
}

int store_user_by_name(struct store *store, const char *name, store_user_h *done, void *arg)
{
    return ask_user(store, job_new(JOB_USER_BY_NAME, name, arg), done);
}

int store_user_by_id(struct store *store, const char *id, store_user_h *done, void *arg)
{
    return ask_user(store, job_new(JOB_USER_BY_ID, id, arg), done);
}

int store_booth_enrol(struct store *store, const char *code_hash, int64_t now_ms,
                      store_booth_h *done, void *arg)
{
    struct job *job = job_new(JOB_BOOTH_ENROL, code_hash, arg);
    if (job)
        job->number = now_ms;
    return ask_booth(store, job, done);
}

int store_booth_by_id(struct store *store, const char *id, store_booth_h *done, void *arg)
{
    return ask_booth(store, job_new(JOB_BOOTH_BY_ID, id, arg), done);
}

int store_member_by_link(struct store *store, const char *link_hash, store_member_h *done,
                         void *arg)
{
    return ask_member(store, job_new(JOB_MEMBER_BY_LINK, link_hash, arg), done);
}

int store_member_by_id(struct store *store, const char *id, store_member_h *done, void *arg)
{
    return ask_member(store, job_new(JOB_MEMBER_BY_ID, id, arg), done);
}

// Gives the job its values; frees it and returns the error when they cannot be had.
static int give_values(struct job *job, const struct store_value *values, size_t count)
{
    int err = job ? store_values_copy(&job->values, values, count) : ENOMEM;
    if (err)
        job_free(job);
    return err;
}

int store_session_add(struct store *store, const struct store_sign_in *sign_in, int64_t now_ms,
                      store_plain_h *done, void *arg)
{
    struct job *job = job_new(JOB_SESSION_ADD, NULL, arg);
    const struct store_value values[] = {
        {.text = sign_in->hash},     {.text = sign_in->user},   {.text = sign_in->address},
        {.text = sign_in->password}, {.text = sign_in->factor}, {.number = sign_in->factor_step}};
    int err = give_values(job, values, 6);
    if (err)
        return err;
    job->number = now_ms;
    return ask_plain(store, job, done);
}

int store_list(struct store *store, enum store_list list, const struct store_value *values,
               size_t count, store_list_h *done, void *arg)
{
    struct job *job = job_new(JOB_LIST, NULL, arg);
    int err = give_values(job, values, count);
    if (err)
        return err;
    job->number = list;
    job->done.list = done;
    return store_submit(store, job);
}

int store_purge(struct store *store, const struct store_purge *purge, store_list_h *done, void *arg)
{
    struct job *job = job_new(JOB_PURGE, NULL, arg);
    struct purge_request *request = job ? mem_zalloc(sizeof(*request)) : NULL;
    if (!request) {
        job_free(job);
        return ENOMEM;
    }
    memcpy(request->until_ms, purge->until_ms, sizeof(request->until_ms));
    text_copy(request->recordings, sizeof(request->recordings), purge->recordings);
    text_copy(request->actor, sizeof(request->actor), purge->actor);
    request->dry_run = purge->dry_run;
    job->purge = request;
    job->done.list = done;
    return store_submit(store, job);
}

int store_session_use(struct store *store, const char *hash, int64_t now_ms, int64_t idle_ms,
                      store_user_h *done, void *arg)
{
    struct job *job = job_new(JOB_SESSION_USE, hash, arg);
    if (job) {
        job->number = now_ms;
        job->span_ms = idle_ms;
    }
    return ask_user(store, job, done);
}

int store_session_end(struct store *store, const char *hash, int64_t now_ms, store_plain_h *done,
                      void *arg)
{
    struct job *job = job_new(JOB_SESSION_END, hash, arg);
    if (job)
        job->number = now_ms;
    return ask_plain(store, job, done);
}

int store_count(struct store *store, const char *centre, int64_t from_ms, int64_t until_ms,
                store_count_h *done, void *arg)
{
    const struct store_value values[] = {
        {.text = centre}, {.number = from_ms}, {.number = until_ms}};
    struct job *job = job_new(JOB_COUNT, NULL, arg);
    if (!job)
        return ENOMEM;
    job->done.count = done;
    int err = store_values_copy(&job->values, values, 3);
    if (!err)
        return store_submit(store, job);
    job_free(job);
    return err;
}

int store_audit_verify(struct store *store, store_audit_h *done, void *arg)
{
    struct job *job = job_new(JOB_AUDIT_VERIFY, NULL, arg);
    if (!job)
        return ENOMEM;
    job->done.audit = done;
    return store_submit(store, job);
}

// --- answers ------------------------------------------------------------------------------------

static void answer_commit(struct job *job)
{
    if (job->done.commit)
        job->done.commit(job->arg, job->err, job->err ? 0 : job->number);
}

// The receiver takes the domains over.
static void answer_reload(struct job *job)
{
    struct consult *consult = job->err ? NULL : job->consult;
    struct lectures *lectures = job->err ? NULL : job->lectures;
    if (!job->err) {
        job->consult = NULL;
        job->lectures = NULL;
    }
    job->done.reload(job->arg, job->err, consult, lectures, job->err ? 0 : job->number);
}

static void answer_events(struct job *job)
{
    size_t count = job->err ? 0 : job->page->count;
    job->done.events(job->arg, job->err, job->page->list, count, job->page->gap);
}

static void answer_user(struct job *job)
{
    if (job->done.user)
        job->done.user(job->arg, job->err, job->err ? NULL : &job->user);
}

static void answer_booth(struct job *job)
{
    if (job->done.booth)
        job->done.booth(job->arg, job->err, job->err ? NULL : &job->booth);
}

static void answer_member(struct job *job)
{
    if (job->done.member)
        job->done.member(job->arg, job->err, job->err ? NULL : &job->member);
}

static void answer_plain(struct job *job)
{
    if (job->done.plain)
        job->done.plain(job->arg, job->err);
}

static void answer_list(struct job *job)
{
    job->done.list(job->arg, job->err, job->err ? NULL : job->rows);
}

static void answer_count(struct job *job)
{
    job->done.count(job->arg, job->err, job->err ? NULL : job->count);
}

static void answer_audit(struct job *job)
{
    if (job->done.audit)
        job->done.audit(job->arg, job->err, job->number);
}

static void (*const answers[JOB_KINDS])(struct job *job) = {
    [JOB_COMMIT] = answer_commit,
    [JOB_RELOAD] = answer_reload,
    [JOB_EVENTS] = answer_events,
    [JOB_USER_BY_NAME] = answer_user,
    [JOB_USER_BY_ID] = answer_user,
    [JOB_BOOTH_ENROL] = answer_booth,
    [JOB_BOOTH_BY_ID] = answer_booth,
    [JOB_MEMBER_BY_LINK] = answer_member,
    [JOB_MEMBER_BY_ID] = answer_member,
    [JOB_SESSION_ADD] = answer_plain,
    [JOB_SESSION_USE] = answer_user,
    [JOB_SESSION_END] = answer_plain,
    [JOB_LIST] = answer_list,
    [JOB_AUDIT_VERIFY] = answer_audit,
    [JOB_RECORD] = job_answer_record,
    [JOB_PURGE] = answer_list,
    [JOB_RECORDS_OF] = job_answer_records,
    [JOB_COUNT] = answer_count,
    [JOB_PAPERS] = job_answer_papers,
};

void job_answer(struct job *job)
{
    answers[job->msg.kind](job);
}
