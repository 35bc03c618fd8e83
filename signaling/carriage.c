#include "signaling/carriage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"

struct told {
    struct told *next;
    char topic[STORE_TOPIC_MAX];
    char kind[24];
    bool stored;
    int64_t n; // 0 when it is not stored
    char *body;
};

struct closing {
    struct closing *next;
    char room[ROOMS_NAME_MAX];
};

struct carriage {
    struct control *control;
    people_result_h *done;
    void *arg;
    json_t *result;
    struct store_batch *batch;
    bool rows;                  // there is something to commit
    struct told *first, **last; // in the order of their numbers
    struct closing *closings;
    struct closing *records; // rooms to look at: are they to be recorded?
};

const struct problem carriage_not_saved = {503, "not-saved", "Not available now",
                                           "it could not be saved; please try again in a moment",
                                           NULL};

static void closings_free(struct closing *closing)
{
    for (struct closing *next; closing; closing = next) {
        next = closing->next;
        mem_free(closing);
    }
}

static void carriage_free(struct carriage *carriage)
{
    for (struct told *told = carriage->first, *next; told; told = next) {
        next = told->next;
        free(told->body); // jansson's
        mem_free(told);
    }
    closings_free(carriage->closings);
    closings_free(carriage->records);
    store_batch_free(carriage->batch);
    json_decref(carriage->result);
    mem_free(carriage);
}

struct carriage *carriage_new(struct control *control, people_result_h *done, void *arg)
{
    struct carriage *carriage = mem_zalloc(sizeof(*carriage));
    if (!carriage)
        return NULL;
    carriage->control = control;
    carriage->done = done;
    carriage->arg = arg;
    carriage->last = &carriage->first;
    if (store_batch_alloc(&carriage->batch) != 0) {
        carriage_free(carriage);
        return NULL;
    }
    return carriage;
}

struct store_batch *carriage_batch(struct carriage *carriage)
{
    carriage->rows = true;
    return carriage->batch;
}

// NULL: no memory.
static struct told *add_told(struct carriage *carriage, const char *topic, const char *kind,
                             json_t *data)
{
    struct told *told = mem_zalloc(sizeof(*told));
    char *body = data ? json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(data);
    if (!told || !body) {
        mem_free(told);
        free(body);
        return NULL;
    }
    text_copy(told->topic, sizeof(told->topic), topic);
    text_copy(told->kind, sizeof(told->kind), kind);
    told->body = body;
    *carriage->last = told;
    carriage->last = &told->next;
    return told;
}

int carriage_tell(struct carriage *carriage, const char *topic, const char *kind, json_t *data)
{
    struct told *told = add_told(carriage, topic, kind, data);
    if (!told)
        return ENOMEM;
    told->stored = true;
    return store_batch_event(carriage_batch(carriage), clock_wall_ms(), topic, kind, told->body);
}

int carriage_tell_now(struct carriage *carriage, const char *topic, const char *kind, json_t *data)
{
    return add_told(carriage, topic, kind, data) ? 0 : ENOMEM;
}

static int add_room(struct closing **list, const char *room)
{
    struct closing *closing = mem_zalloc(sizeof(*closing));
    if (!closing)
        return ENOMEM;
    text_copy(closing->room, sizeof(closing->room), room);
    closing->next = *list;
    *list = closing;
    return 0;
}

int carriage_close_room(struct carriage *carriage, const char *room)
{
    return add_room(&carriage->closings, room);
}

int carriage_record_room(struct carriage *carriage, const char *room)
{
    struct control *control = carriage->control;
    if (consult_recording(control->consult, room) == CONSULT_RECORDING_RUNNING)
        return add_room(&carriage->records, room);
    recordings_end_room(control->recordings, room);
    return 0;
}

void carriage_result(struct carriage *carriage, json_t *result)
{
    json_decref(carriage->result);
    carriage->result = result;
}

// Events have their numbers before the answer says which is the newest.
static void tell_and_close(struct carriage *carriage, int64_t first_event)
{
    struct control *control = carriage->control;
    int64_t n = first_event;
    for (struct told *told = carriage->first; told; told = told->next)
        if (told->stored)
            control->last_event = told->n = n++;
    carriage->done(carriage->arg, 0, NULL, carriage->result);
    for (struct told *told = carriage->first; told; told = told->next)
        api_tell(control->api, told->topic, told->n, told->kind, told->body);
    for (struct closing *record = carriage->records; record; record = record->next)
        recordings_begin_room(control->recordings, record->room);
    for (struct closing *closing = carriage->closings; closing; closing = closing->next) {
        rooms_end_room(control->rooms, closing->room, NULL);
        api_papers_forget(control->api, closing->room);
    }
}

static void committed(void *arg, int err, int64_t first_event)
{
    struct carriage *carriage = arg;
    struct control *control = carriage->control;
    if (err) {
        log_error("store", "commit failed: %s", strerror(err));
        carriage->done(carriage->arg, err, &carriage_not_saved, NULL);
        control_reload(control);
    } else {
        control->reload_wait_us = 0;
        tell_and_close(carriage, first_event);
    }
    carriage_free(carriage);
}

void carriage_commit(struct carriage *carriage, int err)
{
    if (!err && !carriage->rows) {
        tell_and_close(carriage, 0);
        carriage_free(carriage);
        return;
    }
    if (!err) {
        err = store_commit(carriage->control->store, carriage->batch, committed, carriage);
        carriage->batch = NULL; // the store's now
    }
    if (err)
        committed(carriage, err, 0);
}
