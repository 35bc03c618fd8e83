#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "signaling/carriage.h"
#include "signaling/carry_row.h"
#include "signaling/consult/consult_json.h"
#include "signaling/consult/settings.h"
#include "signaling/consult/words.h"
#include "signaling/control_inside.h"
#include "signaling/lecture/lecture_json.h"
#include "signaling/person.h"
#include "signaling/reminder.h"

#define LOOK_AGAIN_MS 60000

// One way for every command of both domains: the domain decides, its rows and events are committed
// in one transaction, and only then is anybody told and any room touched.

// --- the clinic --------------------------------------------------------------------------------

static enum consult_audience audience_of(const struct consult *consult,
                                         const struct consult_command *command,
                                         const struct consultation *row)
{
    return consult_booth(consult, command->who) ? CONSULT_FOR_BOOTH
                                                : consult_audience_of(row, command->who);
}

static int save_appointment(struct store_batch *batch, const struct consult *consult,
                            const struct consult_command *command,
                            const struct consult_effect *effect)
{
    int err = carry_row(batch, consult, command, effect);
    return err ? err : reminder_save(batch, consult, command, effect->appointment);
}

static int add_consult_effect(struct carriage *carriage, const struct control *control,
                              const struct consult_command *command,
                              const struct consult_effect *effect)
{
    const struct consult *consult = control->consult;
    switch (effect->kind) {
    case CONSULT_TELL:
        return carriage_tell(carriage, effect->topic, effect->event,
                             consult_json_effect(consult, effect));
    case CONSULT_TELL_NOW:
        return carriage_tell_now(carriage, effect->topic, effect->event,
                                 consult_json_effect(consult, effect));
    case CONSULT_MEDIA_OPEN:
        return 0; // a room comes to be when somebody publishes; who may is asked then
    case CONSULT_MEDIA_CLOSE:
        return carriage_close_room(carriage, effect->consultation->id);
    case CONSULT_MEDIA_OUT:
        return carriage_media(carriage, CARRIAGE_OUT, effect->consultation->id, effect->topic);
    case CONSULT_MEDIA_PARK:
        return carriage_media(carriage, CARRIAGE_PARK, effect->consultation->id, effect->topic);
    case CONSULT_MEDIA_JOINT:
        return carriage_media(carriage, CARRIAGE_JOINT, effect->consultation->id, effect->topic);
    case CONSULT_RECORD:
        return carriage_record_room(carriage, effect->consultation->id);
    case CONSULT_SAVE_PERSON:
        return person_save(carriage_batch(carriage), control->record_key, effect->consultation);
    case CONSULT_SAVE_APPOINTMENT:
        return save_appointment(carriage_batch(carriage), consult, command, effect);
    default:
        return carry_row(carriage_batch(carriage), consult, command, effect);
    }
}

static void consult_due(struct loop_timer *timer, void *arg, int64_t now_us);

// The domains count in wall clock; a jump of it is caught up with within a minute. -1: nothing is
// due.
static void set_timer(struct control *control, struct loop_timer *timer, int64_t deadline_ms,
                      loop_timer_h *handler)
{
    if (deadline_ms < 0) {
        loop_timer_stop(control->loop, timer);
        return;
    }
    int64_t wait_ms = deadline_ms - clock_wall_ms();
    wait_ms = wait_ms < 0 ? 0 : wait_ms > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : wait_ms;
    loop_timer_start(control->loop, timer, clock_us() + wait_ms * 1000 + 1000, handler, control);
}

// The domain has moved when there is no memory for its effects: the rows have not, it is read
// again.
static struct carriage *begin(struct control *control, people_result_h *done, void *arg)
{
    struct carriage *carriage = carriage_new(control, done, arg);
    if (!carriage) {
        done(arg, ENOMEM, &carriage_not_saved, NULL);
        control_reload(control);
    }
    return carriage;
}

static bool is_refused(const struct control *control, people_result_h *done, void *arg)
{
    if (!control->stopping && !control->reloading)
        return false;
    done(arg, EAGAIN, &carriage_not_saved, NULL);
    return true;
}

static void carry_consult_effects(struct control *control, const struct consult_command *command,
                                  people_result_h *done, void *arg)
{
    const struct consult_effects *effects = control->consult_effects;
    int err = 0;
    set_timer(control, &control->consult_timer, consult_next_deadline(control->consult),
              consult_due);
    struct carriage *carriage = begin(control, done, arg);
    if (!carriage)
        return;
    for (size_t i = 0; !err && i < effects->count; i++)
        err = add_consult_effect(carriage, control, command, &effects->list[i]);
    if (effects->result)
        carriage_result(carriage,
                        consult_json(control->consult, effects->result,
                                     audience_of(control->consult, command, effects->result)));
    carriage_commit(carriage, err);
}

void carry_consult(void *ops_arg, const struct consult_command *command, people_result_h *done,
                   void *arg)
{
    struct control *control = ops_arg;
    struct problem problem;
    if (is_refused(control, done, arg))
        return;
    int err = consult_do(control->consult, command, clock_wall_ms(), control->consult_effects,
                         &problem);
    if (err)
        done(arg, err, &problem, NULL);
    else
        carry_consult_effects(control, command, done, arg);
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
    consult_set_wait_offer(control->consult, control->config.wait_offer_ms);
    consult_set_lead(control->consult, control->config.appointment_lead_ms);
    consult_set_hold(control->consult, control->config.hold_ms);
    consult_set_recording_days(control->consult,
                               control->config.retention_days[STORE_CLASS_RECORDINGS]);
    consult_set_calendar(control->consult, &control->calendar);
    consult_resume(control->consult, clock_wall_ms(), control->consult_effects);
    static const struct consult_command resume = {.verb = CONSULT_TICK};
    carry_consult_effects(control, &resume, nobody_asked, NULL);
}

// --- lectures ----------------------------------------------------------------------------------

static int add_lecture_effect(struct carriage *carriage, const struct lecture_effect *effect)
{
    switch (effect->kind) {
    case LECTURE_SAVE:
        return store_batch_lecture(carriage_batch(carriage), effect->lecture);
    case LECTURE_TELL:
        return carriage_tell(carriage, effect->topic, "lecture", lecture_json_effect(effect));
    case LECTURE_TELL_NOW:
        return carriage_tell_now(carriage, effect->topic, "lecture", lecture_json_effect(effect));
    case LECTURE_MEDIA_OPEN:
        return 0;
    case LECTURE_MEDIA_CLOSE:
        return carriage_close_room(carriage, effect->lecture->room);
    }
    return EINVAL;
}

static void lecture_due(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)timer, (void)now_us;
    carry_lecture(arg, &(const struct lecture_command){.verb = LECTURE_TICK}, nobody_asked, NULL);
}

static void carry_lecture_effects(struct control *control, people_result_h *done, void *arg)
{
    const struct lecture_effects *effects = control->lecture_effects;
    struct carriage *carriage = begin(control, done, arg);
    int err = 0;
    if (!carriage)
        return;
    for (size_t i = 0; !err && i < effects->count; i++)
        err = add_lecture_effect(carriage, &effects->list[i]);
    if (effects->result)
        carriage_result(carriage, lecture_json(effects->result, LECTURE_FOR_HALL));
    carriage_commit(carriage, err);
}

void carry_lecture(void *ops_arg, const struct lecture_command *command, people_result_h *done,
                   void *arg)
{
    struct control *control = ops_arg;
    struct problem problem;
    if (is_refused(control, done, arg))
        return;
    int err = lectures_do(control->lectures, command, clock_wall_ms(), control->lecture_effects,
                          &problem);
    set_timer(control, &control->lecture_timer, lectures_next_deadline(control->lectures),
              lecture_due);
    if (err)
        done(arg, err, &problem, NULL);
    else
        carry_lecture_effects(control, done, arg);
}
