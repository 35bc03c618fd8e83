#include "signaling/carry_row.h"

#include <errno.h>
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/consult/words.h"

// --- what is written, and how the audit log calls it ---------------------------------------------

static int save_consultation(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_consultation(batch, effect->consultation);
}

static void describe_consultation(const struct consult_effect *effect, struct audit_entry *entry)
{
    const struct consultation *row = effect->consultation;
    text_copy(entry->object, sizeof(entry->object), row->id);
    snprintf(entry->detail, sizeof(entry->detail), "%s %s %s", consult_state_name(row->state),
             row->lawyer, consult_end_name(row->end_reason));
}

static int save_duty(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_duty(batch, effect->duty);
}

static void describe_duty(const struct consult_effect *effect, struct audit_entry *entry)
{
    text_copy(entry->object, sizeof(entry->object), effect->duty->lawyer);
    text_copy(entry->detail, sizeof(entry->detail), effect->duty->on_duty ? "on" : "off");
}

// Who was not satisfied is called back.
static int save_rating(struct store_batch *batch, const struct consult_effect *effect)
{
    const struct consult_rating *rating = effect->rating;
    const struct store_value task[] = {
        {.text = "dissatisfied"}, {.text = rating->consultation}, {.number = rating->rated_at}};
    int err = store_batch_rating(batch, rating);
    if (err || rating->score > CONSULT_DISSATISFIED)
        return err;
    return store_batch_write(batch, STORE_ADD_TASK, task, 3);
}

static void describe_rating(const struct consult_effect *effect, struct audit_entry *entry)
{
    text_copy(entry->object, sizeof(entry->object), effect->rating->consultation);
}

static int save_alarm(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_alarm(batch, effect->alarm);
}

static void describe_alarm(const struct consult_effect *effect, struct audit_entry *entry)
{
    const struct consult_alarm *alarm = effect->alarm;
    snprintf(entry->object, sizeof(entry->object), "alarm:%lld", (long long)alarm->id);
    snprintf(entry->detail, sizeof(entry->detail), "%s %s %s %s", consult_alarm_name(alarm->kind),
             alarm->closed_at ? "closed" : "raised", alarm->booth, alarm->lawyer);
}

static int save_message(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_message(batch, effect->message);
}

static void describe_message(const struct consult_effect *effect, struct audit_entry *entry)
{
    snprintf(entry->object, sizeof(entry->object), "message:%lld", (long long)effect->message->id);
    const struct consult_message *row = effect->message;
    text_copy(entry->detail, sizeof(entry->detail),
              row->answered_at ? "answered"
              : *row->reason   ? "refused"
                               : "left");
}

static int save_party(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_party(batch, effect->party);
}

// No names: whom the resident brought is nobody's business.
static void describe_party(const struct consult_effect *effect, struct audit_entry *entry)
{
    const struct consult_party *party = effect->party;
    text_copy(entry->object, sizeof(entry->object), party->consultation);
    snprintf(entry->detail, sizeof(entry->detail), "%s %s %s %s", party->id,
             consult_role_name(party->role), consult_party_state_name(party->state),
             consult_party_end_name(party->end_reason));
}

static int save_consent(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_consent(batch, effect->consent);
}

static void describe_consent(const struct consult_effect *effect, struct audit_entry *entry)
{
    const struct consult_consent *consent = effect->consent;
    const char *answer = consent->is_given ? "yes" : "no";
    text_copy(entry->object, sizeof(entry->object), consent->consultation);
    snprintf(entry->detail, sizeof(entry->detail), "%s %s %s %s",
             consult_consent_name(consent->kind), consent->party, consent->wording,
             consent->withdrawn_at ? "withdrawn" : answer);
}

static int save_appointment(struct store_batch *batch, const struct consult_effect *effect)
{
    return store_batch_appointment(batch, effect->appointment);
}

static void describe_appointment(const struct consult_effect *effect, struct audit_entry *entry)
{
    snprintf(entry->object, sizeof(entry->object), "appointment:%lld",
             (long long)effect->appointment->id);
    text_copy(entry->detail, sizeof(entry->detail),
              appointment_state_name(effect->appointment->state));
}

static const struct {
    int (*save)(struct store_batch *batch, const struct consult_effect *effect);
    void (*describe)(const struct consult_effect *effect, struct audit_entry *entry);
} rows[CONSULT_EFFECTS] = {
    [CONSULT_SAVE] = {save_consultation, describe_consultation},
    [CONSULT_SAVE_DUTY] = {save_duty, describe_duty},
    [CONSULT_SAVE_RATING] = {save_rating, describe_rating},
    [CONSULT_SAVE_ALARM] = {save_alarm, describe_alarm},
    [CONSULT_SAVE_CONSENT] = {save_consent, describe_consent},
    [CONSULT_SAVE_MESSAGE] = {save_message, describe_message},
    [CONSULT_SAVE_PARTY] = {save_party, describe_party},
    [CONSULT_SAVE_APPOINTMENT] = {save_appointment, describe_appointment},
};

// --- who did it ----------------------------------------------------------------------------------

static const char *kind_of(const struct consult *consult, const struct consult_command *command)
{
    switch (consult_actor(command->verb)) {
    case CONSULT_BY_BOOTH:
        return "booth";
    case CONSULT_BY_LAWYER:
        return "lawyer";
    case CONSULT_BY_GUEST:
        return "guest";
    default:
        return consult_booth(consult, command->who)    ? "booth"
               : consult_lawyer(consult, command->who) ? "lawyer"
               : consult_party(consult, command->who)  ? "guest"
                                                       : "staff";
    }
}

// "booth:b-1", "lawyer:u-1", "system".
static void actor_of(const struct consult *consult, const struct consult_command *command,
                     char actor[AUDIT_TEXT_MAX])
{
    if (!command->who)
        text_copy(actor, AUDIT_TEXT_MAX, "system");
    else
        audit_actor(actor, kind_of(consult, command), command->who);
}

int carry_row(struct store_batch *batch, const struct consult *consult,
              const struct consult_command *command, const struct consult_effect *effect)
{
    char actor[AUDIT_TEXT_MAX];
    if ((unsigned)effect->kind >= CONSULT_EFFECTS || !rows[effect->kind].save)
        return EINVAL;
    int err = rows[effect->kind].save(batch, effect);
    if (err)
        return err;
    actor_of(consult, command, actor);
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor,
                                              consult_verb_name(command->verb), "", "");
    rows[effect->kind].describe(effect, &entry);
    return store_batch_audit(batch, &entry);
}
