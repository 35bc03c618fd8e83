#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "signaling/carriage.h"
#include "signaling/consult/consult_json.h"
#include "signaling/consult/words.h"
#include "signaling/control_inside.h"
#include "signaling/lecture/lecture_json.h"

#define LOOK_AGAIN_MS 60000

// One way for every command of both domains: the domain decides, its rows and events are committed
// in one transaction, and only then is anybody told and any room touched.

// --- the clinic --------------------------------------------------------------------------------

static enum consult_audience audience_of(const struct consult *consult,
                                         const struct consult_command *command)
{
    enum consult_verb verb = command->verb;
    if (verb == CONSULT_CONSENT || verb == CONSULT_WITHDRAW)
        return consult_booth(consult, command->who) ? CONSULT_FOR_BOOTH : CONSULT_FOR_LAWYER;
    bool booth = verb == CONSULT_ASK || verb == CONSULT_CANCEL || verb == CONSULT_LEAVE ||
                 verb == CONSULT_RATE || verb == CONSULT_IDENTIFY || verb == CONSULT_LEAVE_WORD ||
                 verb == CONSULT_SLOWER || verb == CONSULT_BOOTH_LOST || verb == CONSULT_BOOTH_BACK;
    return booth ? CONSULT_FOR_BOOTH : CONSULT_FOR_LAWYER;
}

// "booth", "lawyer" or "staff".
static const char *kind_of_actor(const struct consult *consult,
                                 const struct consult_command *command)
{
    if (command->verb == CONSULT_CLOSE_ALARM)
        return "staff";
    if (command->verb == CONSULT_ANSWER)
        return consult_lawyer(consult, command->who) ? "lawyer" : "staff";
    if (command->verb == CONSULT_ALARM || command->verb == CONSULT_CONSENT ||
        command->verb == CONSULT_WITHDRAW)
        return consult_booth(consult, command->who) ? "booth" : "lawyer";
    return audience_of(consult, command) == CONSULT_FOR_BOOTH ? "booth" : "lawyer";
}

// Who is behind a command, for the audit log: "booth:b-1", "lawyer:u-1", "system".
static void actor_of(const struct consult *consult, const struct consult_command *command,
                     char actor[AUDIT_TEXT_MAX])
{
    if (!command->who)
        text_copy(actor, AUDIT_TEXT_MAX, "system");
    else
        snprintf(actor, AUDIT_TEXT_MAX, "%s:%s", kind_of_actor(consult, command), command->who);
}

static void describe_consent(const struct consult_consent *consent, struct audit_entry *entry)
{
    text_copy(entry->object, sizeof(entry->object), consent->consultation);
    snprintf(entry->detail, sizeof(entry->detail), "%s %s %s %s",
             consult_consent_name(consent->kind), consent->party, consent->wording,
             consent->withdrawn_at ? "withdrawn"
             : consent->is_given   ? "yes"
                                   : "no");
}

// Every change of a consultation or a duty is in the audit log: ids and states, no content.
static void describe(const struct consult_effect *effect, struct audit_entry *entry)
{
    if (effect->message) {
        snprintf(entry->object, sizeof(entry->object), "message:%lld",
                 (long long)effect->message->id);
        text_copy(entry->detail, sizeof(entry->detail),
                  effect->message->answered_at ? "answered" : "left");
        return;
    }
    if (effect->alarm) {
        snprintf(entry->object, sizeof(entry->object), "alarm:%lld", (long long)effect->alarm->id);
        snprintf(entry->detail, sizeof(entry->detail), "%s %s %s %s",
                 consult_alarm_name(effect->alarm->kind),
                 effect->alarm->closed_at ? "closed" : "raised", effect->alarm->booth,
                 effect->alarm->lawyer);
        return;
    }
    if (effect->consent) {
        describe_consent(effect->consent, entry);
        return;
    }
    const struct consultation *row = effect->consultation;
    const char *object = row            ? row->id
                         : effect->duty ? effect->duty->lawyer
                                        : effect->rating->consultation;
    text_copy(entry->object, sizeof(entry->object), object);
    if (row)
        snprintf(entry->detail, sizeof(entry->detail), "%s %s %s", consult_state_name(row->state),
                 row->lawyer, consult_end_name(row->end_reason));
    else if (effect->duty)
        text_copy(entry->detail, sizeof(entry->detail), effect->duty->on_duty ? "on" : "off");
}

static int note(struct carriage *carriage, const struct consult *consult,
                const struct consult_command *command, const struct consult_effect *effect)
{
    struct audit_entry entry = {.at_ms = clock_wall_ms()};
    actor_of(consult, command, entry.actor);
    text_copy(entry.action, sizeof(entry.action), consult_verb_name(command->verb));
    describe(effect, &entry);
    return store_batch_audit(carriage_batch(carriage), &entry);
}

// Who was not satisfied is called back.
static int save_rating(struct store_batch *batch, const struct consult_rating *rating)
{
    const struct store_value task[] = {
        {.text = "dissatisfied"}, {.text = rating->consultation}, {.number = rating->rated_at}};
    int err = store_batch_rating(batch, rating);
    if (err || rating->score > CONSULT_DISSATISFIED)
        return err;
    return store_batch_write(batch, STORE_ADD_TASK, task, 3);
}

static int save_row(struct store_batch *batch, const struct consult_effect *effect)
{
    switch (effect->kind) {
    case CONSULT_SAVE:
        return store_batch_consultation(batch, effect->consultation);
    case CONSULT_SAVE_DUTY:
        return store_batch_duty(batch, effect->duty);
    case CONSULT_SAVE_ALARM:
        return store_batch_alarm(batch, effect->alarm);
    case CONSULT_SAVE_MESSAGE:
        return store_batch_message(batch, effect->message);
    case CONSULT_SAVE_CONSENT:
        return store_batch_consent(batch, effect->consent);
    default:
        return save_rating(batch, effect->rating);
    }
}

static int save(struct carriage *carriage, const struct consult *consult,
                const struct consult_command *command, const struct consult_effect *effect)
{
    int err = save_row(carriage_batch(carriage), effect);
    return err ? err : note(carriage, consult, command, effect);
}

static int add_consult_effect(struct carriage *carriage, const struct consult *consult,
                              const struct consult_command *command,
                              const struct consult_effect *effect)
{
    switch (effect->kind) {
    case CONSULT_SAVE:
    case CONSULT_SAVE_DUTY:
    case CONSULT_SAVE_RATING:
    case CONSULT_SAVE_ALARM:
    case CONSULT_SAVE_MESSAGE:
    case CONSULT_SAVE_CONSENT:
        return save(carriage, consult, command, effect);
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
    case CONSULT_RECORD:
        return carriage_record_room(carriage, effect->consultation->id);
    }
    return EINVAL;
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

static void carry_consult_effects(struct control *control, const struct consult_command *command,
                                  people_result_h *done, void *arg)
{
    const struct consult_effects *effects = control->consult_effects;
    struct carriage *carriage = carriage_new(control, done, arg);
    int err = 0;
    set_timer(control, &control->consult_timer, consult_next_deadline(control->consult),
              consult_due);
    if (!carriage) {
        done(arg, ENOMEM, &carriage_not_saved, NULL);
        control_reload(control); // the domain has moved, the rows have not
        return;
    }
    for (size_t i = 0; !err && i < effects->count; i++)
        err = add_consult_effect(carriage, control->consult, command, &effects->list[i]);
    if (effects->result)
        carriage_result(carriage, consult_json(control->consult, effects->result,
                                               audience_of(control->consult, command)));
    carriage_commit(carriage, err);
}

void carry_consult(void *ops_arg, const struct consult_command *command, people_result_h *done,
                   void *arg)
{
    struct control *control = ops_arg;
    struct problem problem;
    if (control->stopping || control->reloading) {
        done(arg, EAGAIN, &carriage_not_saved, NULL);
        return;
    }
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
    struct carriage *carriage = carriage_new(control, done, arg);
    int err = 0;
    if (!carriage) {
        done(arg, ENOMEM, &carriage_not_saved, NULL);
        control_reload(control);
        return;
    }
    for (size_t i = 0; !err && i < effects->count; i++) {
        err = add_lecture_effect(carriage, &effects->list[i]);
    }
    if (effects->result)
        carriage_result(carriage, lecture_json(effects->result, LECTURE_FOR_HALL));
    carriage_commit(carriage, err);
}

void carry_lecture(void *ops_arg, const struct lecture_command *command, people_result_h *done,
                   void *arg)
{
    struct control *control = ops_arg;
    struct problem problem;
    if (control->stopping || control->reloading) {
        done(arg, EAGAIN, &carriage_not_saved, NULL);
        return;
    }
    int err = lectures_do(control->lectures, command, clock_wall_ms(), control->lecture_effects,
                          &problem);
    set_timer(control, &control->lecture_timer, lectures_next_deadline(control->lectures),
              lecture_due);
    if (err)
        done(arg, err, &problem, NULL);
    else
        carry_lecture_effects(control, done, arg);
}
