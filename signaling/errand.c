#include "signaling/errand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/carriage.h"

struct errand {
    struct control *control;
    people_result_h *done;
    void *arg;
    char actor[AUDIT_TEXT_MAX];
    struct store_batch *batch;
    json_t *result;
    errand_after_h *after;
    void *about;
    const struct errand_words *words;
    char topic[STORE_TOPIC_MAX], kind[STORE_TOPIC_MAX]; // of the one event; "": none
    char *body;
    bool leads; // the domain is ahead of the rows
    int err;
};

static void errand_free(struct errand *errand)
{
    store_batch_free(errand->batch);
    json_decref(errand->result);
    free(errand->body); // jansson's
    mem_free(errand->about);
    mem_free(errand);
}

struct errand *errand_new(struct control *control, const char *actor, people_result_h *done,
                          void *arg)
{
    struct errand *errand = mem_zalloc(sizeof(*errand));
    if (errand && store_batch_alloc(&errand->batch) != 0) {
        mem_free(errand);
        errand = NULL;
    }
    if (!errand) {
        done(arg, ENOMEM, &carriage_not_saved, NULL);
        return NULL;
    }
    errand->control = control;
    errand->done = done;
    errand->arg = arg;
    audit_actor(errand->actor, "user", actor);
    return errand;
}

struct control *errand_control(const struct errand *errand)
{
    return errand->control;
}

void errand_write(struct errand *errand, enum store_write write, const struct store_value *values,
                  size_t count)
{
    if (!errand->err)
        errand->err = store_batch_write(errand->batch, write, values, count);
}

void errand_note(struct errand *errand, const char *action, const char *object, const char *detail)
{
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), errand->actor, action, object,
                                              detail);
    if (!errand->err)
        errand->err = store_batch_audit(errand->batch, &entry);
}

void errand_result(struct errand *errand, json_t *result)
{
    json_decref(errand->result);
    errand->result = result;
}

void errand_after(struct errand *errand, errand_after_h *after, void *about)
{
    errand->after = after;
    errand->about = about;
    if (!errand->err && !about)
        errand->err = ENOMEM; // rows without what they mean here would be half of it
}

bool errand_leads(struct errand *errand)
{
    if (!errand->err && errand->control->reloading)
        errand->err = EAGAIN;
    errand->leads = !errand->err;
    return errand->leads;
}

void errand_tell(struct errand *errand, const char *topic, const char *kind, json_t *data)
{
    errand->body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    text_copy(errand->topic, sizeof(errand->topic), topic);
    text_copy(errand->kind, sizeof(errand->kind), kind);
    if (!errand->err && !errand->body)
        errand->err = ENOMEM;
    if (!errand->err)
        errand->err = store_batch_event(errand->batch, clock_wall_ms(), topic, kind, errand->body);
}

static const struct problem *meaning(const struct errand *errand, int err)
{
    const struct errand_words *words = errand->words;
    const struct problem *problem = err == EEXIST   ? words->taken
                                    : err == ENOENT ? words->missing
                                    : err == EINVAL ? words->unknown
                                                    : NULL;
    return problem ? problem : &carriage_not_saved;
}

static void committed(void *arg, int err, int64_t first_event)
{
    struct errand *errand = arg;
    struct control *control = errand->control;
    if (err && errand->leads)
        control_reload(control);
    if (!err && errand->after)
        errand->after(control, errand->about);
    if (!err && first_event)
        control->last_event = first_event;
    errand->done(errand->arg, err, err ? meaning(errand, err) : NULL, err ? NULL : errand->result);
    if (!err && first_event)
        api_tell(control->api, errand->topic, first_event, errand->kind, errand->body);
    errand_free(errand);
}

void errand_commit(struct errand *errand, const struct errand_words *words)
{
    int err = errand->err;
    errand->words = words;
    if (!err) {
        err = store_commit(errand->control->store, errand->batch, committed, errand);
        errand->batch = NULL; // the store's now
    }
    if (err)
        committed(errand, err == EINVAL ? ENOMEM : err, 0);
}

void errand_refuse(struct errand *errand, int err, const struct problem *problem)
{
    errand->done(errand->arg, err, problem, NULL);
    errand_free(errand);
}
