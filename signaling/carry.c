#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/consult/consult_json.h"
#include "signaling/control_inside.h"
#include "signaling/lecture/lecture_json.h"

// One way for every command of both domains: the domain decides, its rows and events are committed
// in one transaction, and only then is anybody told and any room touched.

struct told {
    struct told *next;
    char topic[STORE_TOPIC_MAX];
    char kind[24];
    char *body;
};

struct carriage {
    struct control *control;
    people_result_h *done;
    void *arg;
    json_t *result;
    struct told *first, **last; // in the order of their numbers
    char room[ROOMS_NAME_MAX];  // to close after the commit; "" for none
};

static const struct problem not_saved = {503, "not-saved", "Not available now",
                                         "it could not be saved; please try again in a moment",
                                         NULL};

static void carriage_free(struct carriage *carriage)
{
    for (struct told *told = carriage->first, *next; told; told = next) {
        next = told->next;
        free(told->body); // jansson's
        mem_free(told);
    }
    json_decref(carriage->result);
    mem_free(carriage);
}

static void committed(void *arg, int err, int64_t first_event)
{
    struct carriage *carriage = arg;
    struct control *control = carriage->control;
    if (err) {
        log_error("store", "commit failed: %s", strerror(err));
        carriage->done(carriage->arg, err, &not_saved, NULL);
        carriage_free(carriage);
        return;
    }
    int64_t n = first_event;
    for (struct told *told = carriage->first; told; told = told->next)
        control->last_event = n++;
    carriage->done(carriage->arg, 0, NULL, carriage->result);
    n = first_event;
    for (struct told *told = carriage->first; told; told = told->next)
        api_tell(control->api, told->topic, n++, told->kind, told->body);
    if (*carriage->room)
        rooms_end_room(control->rooms, carriage->room, NULL);
    carriage_free(carriage);
}

static int add_told(struct carriage *carriage, struct store_batch *batch, const char *topic,
                    const char *kind, json_t *data)
{
    struct told *told = mem_zalloc(sizeof(*told));
    char *body = data ? json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(data);
    if (!told || !body) {
        mem_free(told);
        free(body);
        return ENOMEM;
    }
    text_copy(told->topic, sizeof(told->topic), topic);
    text_copy(told->kind, sizeof(told->kind), kind);
    told->body = body;
    *carriage->last = told;
    carriage->last = &told->next;
    return store_batch_event(batch, clock_wall_ms(), topic, kind, body);
}

static struct carriage *carriage_new(struct control *control, people_result_h *done, void *arg)
{
    struct carriage *carriage = mem_zalloc(sizeof(*carriage));
    if (!carriage)
        return NULL;
    carriage->control = control;
    carriage->done = done;
    carriage->arg = arg;
    carriage->last = &carriage->first;
    return carriage;
}

static void commit(struct carriage *carriage, struct store_batch *batch, int err)
{
    if (err)
        store_batch_free(batch);
    else
        err = store_commit(carriage->control->store, batch, committed, carriage);
    if (err)
        committed(carriage, err, 0);
}

// --- the clinic --------------------------------------------------------------------------------

static int add_consult_effect(struct carriage *carriage, struct store_batch *batch,
                              const struct consult_effect *effect)
{
    struct control *control = carriage->control;
    switch (effect->kind) {
    case CONSULT_SAVE:
        return store_batch_consultation(batch, effect->consultation);
    case CONSULT_SAVE_DUTY:
        return store_batch_duty(batch, effect->duty);
    case CONSULT_TELL:
        return add_told(carriage, batch, effect->topic, effect->event,
                        consult_json_effect(control->consult, effect));
    case CONSULT_MEDIA_OPEN:
        return 0; // a room comes to be when somebody publishes; who may is asked then
    case CONSULT_MEDIA_CLOSE:
        text_copy(carriage->room, sizeof(carriage->room), effect->consultation->id);
        return 0;
    }
    return EINVAL;
}

static void consult_due(struct loop_timer *timer, void *arg, int64_t now_us);

static void set_consult_timer(struct control *control)
{
    int64_t deadline_ms = consult_next_deadline(control->consult);
    if (deadline_ms < 0) {
        loop_timer_stop(control->loop, &control->consult_timer);
        return;
    }
    int64_t wait_ms = deadline_ms - clock_wall_ms();
    wait_ms = wait_ms < 0 ? 0 : wait_ms;
    // The domain counts in wall clock; a jump of it is caught up with within a minute.
    wait_ms = wait_ms > 60000 ? 60000 : wait_ms;
    loop_timer_start(control->loop, &control->consult_timer, clock_us() + wait_ms * 1000 + 1000,
                     consult_due, control);
}

static enum consult_audience audience_of(enum consult_verb verb)
{
    bool booth = verb == CONSULT_ASK || verb == CONSULT_CANCEL || verb == CONSULT_LEAVE;
    return booth ? CONSULT_FOR_BOOTH : CONSULT_FOR_LAWYER;
}

static void carry_consult_effects(struct control *control, enum consult_audience audience,
                                  people_result_h *done, void *arg)
{
    const struct consult_effects *effects = control->consult_effects;
    struct store_batch *batch = NULL;
    struct carriage *carriage = carriage_new(control, done, arg);
    if (!carriage) {
        done(arg, ENOMEM, &not_saved, NULL);
        return;
    }
    int err = store_batch_alloc(&batch);
    for (size_t i = 0; !err && i < effects->count; i++)
        err = add_consult_effect(carriage, batch, &effects->list[i]);
    if (effects->result)
        carriage->result = consult_json(control->consult, effects->result, audience);
    set_consult_timer(control);
    commit(carriage, batch, err);
}

void carry_consult(void *ops_arg, const struct consult_command *command, people_result_h *done,
                   void *arg)
{
    struct control *control = ops_arg;
    struct problem problem;
    if (control->stopping) {
        done(arg, EAGAIN, &not_saved, NULL);
        return;
    }
    int err = consult_do(control->consult, command, clock_wall_ms(), control->consult_effects,
                         &problem);
    if (err)
        done(arg, err, &problem, NULL);
    else
        carry_consult_effects(control, audience_of(command->verb), done, arg);
}

static void nobody_asked(void *arg, int err, const struct problem *problem, json_t *result)
{
    (void)arg, (void)result;
    if (err)
        log_warn("clinic", "%s: %s", strerror(err), problem ? problem->slug : "");
}

static void consult_due(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)timer, (void)now_us;
    carry_consult(arg, &(const struct consult_command){.verb = CONSULT_TICK}, nobody_asked, NULL);
}

void carry_resume(struct control *control)
{
    consult_resume(control->consult, clock_wall_ms(), control->consult_effects);
    carry_consult_effects(control, CONSULT_FOR_BOOTH, nobody_asked, NULL);
}

// --- lectures ----------------------------------------------------------------------------------

static int add_lecture_effect(struct carriage *carriage, struct store_batch *batch,
                              const struct lecture_effect *effect)
{
    switch (effect->kind) {
    case LECTURE_SAVE:
        return store_batch_lecture(batch, effect->lecture);
    case LECTURE_TELL:
        return add_told(carriage, batch, effect->topic, "lecture", lecture_json_effect(effect));
    case LECTURE_TELL_NOW:
        return 0; // told by tell_now()
    case LECTURE_MEDIA_OPEN:
        return 0;
    case LECTURE_MEDIA_CLOSE:
        text_copy(carriage->room, sizeof(carriage->room), effect->lecture->room);
        return 0;
    }
    return EINVAL;
}

static void tell_now(struct control *control, const struct lecture_effect *effect)
{
    json_t *data = lecture_json_effect(effect);
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    if (body)
        api_tell(control->api, effect->topic, 0, "lecture", body);
    free(body);
}

static void lecture_due(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)timer, (void)now_us;
    carry_lecture(arg, &(const struct lecture_command){.verb = LECTURE_TICK}, nobody_asked, NULL);
}

static void set_lecture_timer(struct control *control)
{
    int64_t deadline_ms = lectures_next_deadline(control->lectures);
    if (deadline_ms < 0)
        return;
    int64_t wait_ms = deadline_ms - clock_wall_ms();
    wait_ms = wait_ms < 0 ? 0 : wait_ms > 60000 ? 60000 : wait_ms;
    loop_timer_start(control->loop, &control->lecture_timer, clock_us() + wait_ms * 1000 + 1000,
                     lecture_due, control);
}

static void carry_lecture_effects(struct control *control, people_result_h *done, void *arg)
{
    const struct lecture_effects *effects = control->lecture_effects;
    struct store_batch *batch = NULL;
    struct carriage *carriage = carriage_new(control, done, arg);
    if (!carriage) {
        done(arg, ENOMEM, &not_saved, NULL);
        return;
    }
    int err = store_batch_alloc(&batch);
    bool durable = false;
    for (size_t i = 0; !err && i < effects->count; i++) {
        err = add_lecture_effect(carriage, batch, &effects->list[i]);
        durable = durable || effects->list[i].kind != LECTURE_TELL_NOW;
        if (effects->list[i].kind == LECTURE_TELL_NOW)
            tell_now(control, &effects->list[i]);
    }
    if (effects->result)
        carriage->result = lecture_json(effects->result, LECTURE_FOR_HALL);
    if (durable || err) {
        commit(carriage, batch, err);
        return;
    }
    store_batch_free(batch);
    done(arg, 0, NULL, carriage->result);
    carriage_free(carriage);
}

void carry_lecture(void *ops_arg, const struct lecture_command *command, people_result_h *done,
                   void *arg)
{
    struct control *control = ops_arg;
    struct problem problem;
    if (control->stopping) {
        done(arg, EAGAIN, &not_saved, NULL);
        return;
    }
    int err = lectures_do(control->lectures, command, clock_wall_ms(), control->lecture_effects,
                          &problem);
    set_lecture_timer(control);
    if (err)
        done(arg, err, &problem, NULL);
    else
        carry_lecture_effects(control, done, arg);
}
