#include <stdio.h>
#include <string.h>

#include "signaling/consult/inside.h"

// One command can at most: save, tell both sides of (the old lawyer and the new one) and open or
// close each consultation, tell its colleague, let somebody back, and save, tell and put out each
// third party; save and tell each duty and each alarm; tell the clinic's two numbers.
_Static_assert(CONSULT_EFFECTS_MAX >= (7 + 3 * CONSULT_PARTIES_MAX) * CONSULT_BOOTHS_MAX +
                                          2 * CONSULT_LAWYERS_MAX + 2 * ALARMS_MAX + 2,
               "effects of one command fit");

static bool is_same(const struct consult_effect *a, const struct consult_effect *b)
{
    if (a->kind != b->kind || a->consultation != b->consultation || a->duty != b->duty ||
        a->rating != b->rating || a->alarm != b->alarm || a->message != b->message ||
        a->party != b->party || a->consent != b->consent || a->appointment != b->appointment ||
        strcmp(a->topic, b->topic) != 0)
        return false;
    return (a->kind != CONSULT_TELL && a->kind != CONSULT_TELL_NOW) ||
           strcmp(a->event, b->event) == 0;
}

// Effects carry whole objects, so a repeated one replaces its earlier self: the newest wins.
static void add(struct consult_effects *effects, const struct consult_effect *effect)
{
    for (size_t i = 0; i < effects->count; i++)
        if (is_same(&effects->list[i], effect)) {
            size_t after = effects->count - i - 1;
            memmove(&effects->list[i], &effects->list[i + 1], after * sizeof(*effect));
            effects->count--;
            break;
        }
    effects->list[effects->count++] = *effect;
}

static void tell(struct consult_effects *effects, const char *prefix, const char *id,
                 const char *event, const struct consultation *row)
{
    struct consult_effect effect = {.kind = CONSULT_TELL, .consultation = row, .event = event};
    snprintf(effect.topic, sizeof(effect.topic), "%s%s", prefix, id);
    add(effects, &effect);
}

void effect_save(struct consult_effects *effects, const struct consultation *row)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE, .consultation = row});
}

void effect_save_duty(struct consult_effects *effects, const struct consult_duty *duty)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_DUTY, .duty = duty});
}

void effect_save_rating(struct consult_effects *effects, const struct consult_rating *rating)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_RATING, .rating = rating});
}

void effect_save_consent(struct consult_effects *effects, const struct consult_consent *consent)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_CONSENT, .consent = consent});
}

void effect_save_person(struct consult_effects *effects, const struct consultation *row)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_PERSON, .consultation = row});
}

void effect_alarm(struct consult_effects *effects, const struct consult_alarm *alarm)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_ALARM, .alarm = alarm});
    add(effects, &(struct consult_effect){
                     .kind = CONSULT_TELL, .alarm = alarm, .event = "alarm", .topic = "desk"});
}

void effect_media(struct consult_effects *effects, enum consult_effect_kind kind,
                  const struct consultation *row)
{
    add(effects, &(struct consult_effect){.kind = kind, .consultation = row});
}

void effect_media_of(struct consult_effects *effects, enum consult_effect_kind kind,
                     const struct consultation *row, const char *participant)
{
    struct consult_effect effect = {.kind = kind, .consultation = row};
    snprintf(effect.topic, sizeof(effect.topic), "%s", participant);
    add(effects, &effect);
}

void effect_save_party(struct consult_effects *effects, const struct consult_party *party)
{
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_PARTY, .party = party});
}

void effect_tell_guest(struct consult_effects *effects, const struct consult_party *party,
                       const struct consultation *row)
{
    struct consult_effect effect = {
        .kind = CONSULT_TELL, .consultation = row, .party = party, .event = "consultation"};
    snprintf(effect.topic, sizeof(effect.topic), "guest:%s", party->id);
    add(effects, &effect);
}

void effect_tell_meeting(struct consult_effects *effects, const struct consultation *row)
{
    const struct slot *slot = consult_slot(row);
    effect_tell_booth(effects, row);
    if (*row->lawyer)
        effect_tell_lawyer(effects, row->lawyer, row);
    if (*row->colleague)
        effect_tell_lawyer(effects, row->colleague, row);
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++)
        if (slot->parties[i].used && slot->parties[i].row.state == CONSULT_PARTY_INSIDE)
            effect_tell_guest(effects, &slot->parties[i].row, row);
}

void effect_tell_booth(struct consult_effects *effects, const struct consultation *row)
{
    tell(effects, "booth:", row->booth, "consultation", row);
}

void effect_tell_lawyer(struct consult_effects *effects, const char *lawyer,
                        const struct consultation *row)
{
    tell(effects, "lawyer:", lawyer, "consultation", row);
}

void effect_tell_duty(struct consult_effects *effects, const struct consult_duty *duty)
{
    tell(effects, "lawyer:", duty->lawyer, "lawyer", NULL);
}

void effect_tell_needed(struct consult_effects *effects, const char *lawyer)
{
    tell(effects, "lawyer:", lawyer, "needed", NULL);
}

// Whole states, which everybody gets who comes later.
static void tell_many(struct consult_effects *effects, const char *topic, const char *event)
{
    struct consult_effect effect = {.kind = CONSULT_TELL_NOW, .event = event};
    snprintf(effect.topic, sizeof(effect.topic), "%s", topic);
    add(effects, &effect);
}

void effect_tell_clinic(struct consult_effects *effects)
{
    tell_many(effects, "clinic", "clinic");
}

void effect_tell_waiting(struct consult_effects *effects)
{
    tell_many(effects, "lawyers", "waiting");
}

void effect_tell_booth_now(struct consult_effects *effects, const char *event,
                           const struct consultation *row)
{
    struct consult_effect effect = {.kind = CONSULT_TELL_NOW, .consultation = row, .event = event};
    snprintf(effect.topic, sizeof(effect.topic), "booth:%s", row->booth);
    add(effects, &effect);
}

void effect_tell_lawyer_now(struct consult_effects *effects, const char *event,
                            const struct consultation *row)
{
    struct consult_effect effect = {.kind = CONSULT_TELL_NOW, .consultation = row, .event = event};
    snprintf(effect.topic, sizeof(effect.topic), "lawyer:%s", row->lawyer);
    if (*row->lawyer)
        add(effects, &effect);
}

void effect_message(struct consult_effects *effects, const struct consult_message *message)
{
    static const char *const topics[] = {"lawyers", "desk"};
    add(effects, &(struct consult_effect){.kind = CONSULT_SAVE_MESSAGE, .message = message});
    for (size_t i = 0; i < 2; i++) {
        struct consult_effect effect = {
            .kind = CONSULT_TELL_NOW, .message = message, .event = "message"};
        snprintf(effect.topic, sizeof(effect.topic), "%s", topics[i]);
        add(effects, &effect);
    }
}

void effect_appointment(struct consult_effects *effects, const struct consult_appointment *row)
{
    struct consult_effect effect = {.kind = CONSULT_SAVE_APPOINTMENT, .appointment = row};
    add(effects, &effect);
    effect.kind = CONSULT_TELL_NOW;
    effect.event = "appointment";
    snprintf(effect.topic, sizeof(effect.topic), "desk");
    add(effects, &effect);
    snprintf(effect.topic, sizeof(effect.topic), "lawyer:%s", row->lawyer);
    if (*row->lawyer)
        add(effects, &effect);
}
