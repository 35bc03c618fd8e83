#include "signaling/store/store.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "signaling/store/inside.h"

#define TOGETHER_MAX 64 // commits of one transaction: the first need not wait for a thousand

static const struct store_backend *const backends[] = {&store_sqlite};

int store_find_backend(const char *url, const struct store_backend **backend, const char **place)
{
    for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
        size_t len = strlen(backends[i]->scheme);
        if (strncmp(url, backends[i]->scheme, len) != 0)
            continue;
        *backend = backends[i];
        *place = url + len;
        return **place ? 0 : EINVAL;
    }
    return EINVAL;
}

// --- control thread ---------------------------------------------------------------------------

static void on_answers(void *arg, uint32_t events, int64_t now_us)
{
    struct store *store = arg;
    struct msg *next, *msg = inbox_take(store->answers);
    (void)events;
    (void)now_us;
    for (; msg; msg = next) {
        struct job *job = container_of(msg, struct job, msg);
        next = msg->next;
        store->under_way--;
        job_answer(job);
        job_free(job);
    }
}

int store_alloc(struct store **storep, const char *url, struct loop *loop)
{
    const char *place = NULL;
    int err = ENOMEM;
    if (!storep || !url || !loop)
        return EINVAL;
    struct store *store = mem_zalloc(sizeof(*store));
    if (!store)
        return ENOMEM;
    store->stop = mem_zalloc(sizeof(*store->stop));
    if (!store->stop)
        goto out;
    store->stop->msg.kind = JOB_STOP;
    err = store_find_backend(url, &store->backend, &place);
    if (err)
        goto out;
    err = store->backend->open(&store->db, place);
    if (err)
        goto out;
    err = inbox_alloc(&store->jobs);
    if (err)
        goto out;
    err = inbox_alloc(&store->answers);
    if (err)
        goto out;
    err = loop_fd_add(loop, inbox_fd(store->answers), EPOLLIN, on_answers, store);
    if (!err)
        store->loop = loop;
out:
    if (err)
        store_free(store);
    else
        *storep = store;
    return err;
}

int store_seal_rows(struct store *store, const uint8_t key[VAULT_KEY_LEN])
{
    if (store->is_running)
        return EBUSY;
    return store->backend->seal_rows(store->db, key);
}

int store_load_all(struct store *store, struct consult *consult, struct lectures *lectures,
                   int64_t *last_event)
{
    if (store->is_running)
        return EBUSY;
    return store->backend->load(store->db, consult, lectures, last_event);
}

int store_seed_demo(struct store *store, const struct store_seed *seed)
{
    if (store->is_running)
        return EBUSY;
    return store->backend->seed(store->db, seed);
}

int store_submit(struct store *store, struct job *job)
{
    if (store->under_way >= STORE_QUEUE_MAX) {
        job_free(job);
        return EAGAIN;
    }
    store->under_way++;
    inbox_push(store->jobs, &job->msg);
    return 0;
}

// --- store thread -------------------------------------------------------------------------------

// How many commits begin the row.
static size_t count_commits(const struct msg *msg)
{
    size_t count = 0;
    for (; msg && msg->kind == JOB_COMMIT && count < TOGETHER_MAX; msg = msg->next)
        count++;
    return count;
}

// Commits that wait together share a transaction: the disk is waited for once. When one of them
// fails nothing has happened, and each is tried by itself.
static struct msg *serve_together(struct store *store, struct msg *msg, size_t count)
{
    if (store->backend->run_together(store->db, msg, count) != 0)
        return msg;
    for (struct msg *next; count; count--, msg = next) {
        next = msg->next;
        inbox_push(store->answers, msg);
    }
    return msg;
}

// By itself. False at JOB_STOP; the job is given away or freed.
static bool serve_one(struct store *store, struct job *job)
{
    if (job->msg.kind == JOB_STOP) {
        job_free(job);
        return false;
    }
    if (!job->err)
        job->err = store->backend->run(store->db, job);
    inbox_push(store->answers, &job->msg);
    return true;
}

// Returns false at JOB_STOP. `msg` and its successors are given away or freed.
static bool serve(struct store *store, struct msg *msg)
{
    while (msg) {
        size_t count = count_commits(msg);
        if (count > 1)
            msg = serve_together(store, msg, count);
        struct msg *next = msg ? msg->next : NULL;
        if (msg && !serve_one(store, container_of(msg, struct job, msg)))
            return false;
        msg = next;
    }
    return true;
}

static void *run_thread(void *arg)
{
    struct store *store = arg;
    struct pollfd wait = {.fd = inbox_fd(store->jobs), .events = POLLIN};
    do {
        poll(&wait, 1, -1);
    } while (serve(store, inbox_take(store->jobs)));
    return NULL;
}

int store_start(struct store *store)
{
    pthread_t thread;
    if (store->is_running)
        return EBUSY;
    int err = pthread_create(&thread, NULL, run_thread, store);
    if (err)
        return err;
    pthread_setname_np(thread, "store");
    store->thread = thread;
    store->is_running = true;
    return 0;
}

// --- end ----------------------------------------------------------------------------------------

void store_drain(struct store *store)
{
    while (store && store->is_running && store->under_way) {
        struct pollfd wait = {.fd = inbox_fd(store->answers), .events = POLLIN};
        poll(&wait, 1, -1);
        on_answers(store, 0, 0);
    }
}

static void drop_all(struct inbox *inbox)
{
    struct msg *next, *msg = inbox ? inbox_take(inbox) : NULL;
    for (; msg; msg = next) {
        next = msg->next;
        job_free(container_of(msg, struct job, msg));
    }
    inbox_free(inbox);
}

static void stop_thread(struct store *store)
{
    inbox_push(store->jobs, &store->stop->msg);
    store->stop = NULL;
    pthread_join(store->thread, NULL);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    if (store->is_running)
        stop_thread(store);
    if (store->loop)
        loop_fd_remove(store->loop, inbox_fd(store->answers));
    drop_all(store->jobs);
    drop_all(store->answers);
    job_free(store->stop);
    if (store->db)
        store->backend->close(store->db);
    mem_free(store);
}
