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

// Something to be done in a room.
struct touch {
    struct touch *next;
    enum carriage_media what;
    char room[ROOMS_NAME_MAX];
    char participant[ROOMS_ID_MAX];
};

struct carriage {
    struct control *control;
    people_result_h *done;
    void *arg;
    json_t *result;
    struct store_batch *batch;
    bool rows;                           // there is something to commit
    struct told *first, **last;          // in the order of their numbers
    struct touch *touches, **last_touch; // in their order
    struct touch *records;               // rooms to look at: are they to be recorded?
};

const struct problem carriage_not_saved = {503, "not-saved", "Not available now",
                                           "it could not be saved; please try again in a moment",
                                           NULL};

static struct touch *touch_new(enum carriage_media what, const char *room, const char *participant)
{
    struct touch *touch = mem_zalloc(sizeof(*touch));
    if (!touch)
        return NULL;
    touch->what = what;
    text_copy(touch->room, sizeof(touch->room), room);
    text_copy(touch->participant, sizeof(touch->participant), participant);
    return touch;
}

static void touches_free(struct touch *touch)
{
    for (struct touch *next; touch; touch = next) {
        next = touch->next;
        mem_free(touch);
    }
}

static void carriage_free(struct carriage *carriage)
{
    for (struct told *told = carriage->first, *next; told; told = next) {
        next = told->next;
        free(told->body); // jansson's
        mem_free(told);
    }
    touches_free(carriage->touches);
    touches_free(carriage->records);
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
    carriage->last_touch = &carriage->touches;
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

int carriage_media(struct carriage *carriage, enum carriage_media what, const char *room,
                   const char *participant)
{
    struct touch *touch = touch_new(what, room, participant);
    if (!touch)
        return ENOMEM;
    *carriage->last_touch = touch;
    carriage->last_touch = &touch->next;
    return 0;
}

int carriage_close_room(struct carriage *carriage, const char *room)
{
    return carriage_media(carriage, CARRIAGE_CLOSE, room, "");
}

int carriage_record_room(struct carriage *carriage, const char *room)
{
    struct control *control = carriage->control;
    if (consult_recording(control->consult, room) != CONSULT_RECORDING_RUNNING) {
        recordings_end_room(control->recordings, room);
        return 0;
    }
    struct touch *touch = touch_new(CARRIAGE_CLOSE, room, "");
    if (!touch)
        return ENOMEM;
    touch->next = carriage->records;
    carriage->records = touch;
    return 0;
}

void carriage_result(struct carriage *carriage, json_t *result)
{
    json_decref(carriage->result);
    carriage->result = result;
}

// What is passed on to another lawyer goes there with its papers.
static bool is_open(const struct consult *consult, const char *id)
{
    const struct consultation *row = consult_find(consult, id);
    return row && row->state != CONSULT_CLOSED;
}

// Whoever cannot be parked for want of memory is put out instead: he must not hear what is said.
static void carry_touch(struct control *control, const struct touch *touch)
{
    bool parks = touch->what == CARRIAGE_PARK || touch->what == CARRIAGE_JOINT;
    if (touch->what == CARRIAGE_JOINT)
        api_papers_together(control->api, touch->room);
    if (parks && rooms_park(control->rooms, touch->room, touch->participant,
                            touch->what == CARRIAGE_PARK) == 0)
        return;
    rooms_end_room(control->rooms, touch->room,
                   touch->what == CARRIAGE_CLOSE ? NULL : touch->participant);
    if (touch->what == CARRIAGE_CLOSE && !is_open(control->consult, touch->room))
        api_papers_forget(control->api, touch->room);
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
    for (struct touch *record = carriage->records; record; record = record->next)
        recordings_begin_room(control->recordings, record->room);
    for (struct touch *touch = carriage->touches; touch; touch = touch->next)
        carry_touch(control, touch);
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
