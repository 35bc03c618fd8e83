#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/inside.h"

// Alarms that nobody presses: what has lasted too long. Each is raised once for what it is about,
// and closes by itself when that is over.

static int64_t sooner(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int64_t away_at(const struct booth *booth)
{
    bool is_missed = booth->seen && !booth->present && !booth->info.is_closed;
    return is_missed && !booth->told_away ? booth->lost_at + CONSULT_AWAY_MS : -1;
}

static int64_t waiting_at(const struct slot *slot)
{
    return slot->used && consult_is_queued(&slot->row) && !slot->told_waiting
               ? slot->row.asked_at + CONSULT_WAIT_LONG_MS
               : -1;
}

int64_t consult_watch_deadline(const struct consult *consult)
{
    int64_t next = consult_shift_deadline(consult);
    for (size_t i = 0; i < consult->booth_count; i++)
        next = sooner(next, away_at(&consult->booths[i]));
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        next = sooner(next, waiting_at(&consult->slots[i]));
    return next;
}

static bool is_due(int64_t deadline, int64_t now_ms)
{
    return deadline >= 0 && deadline <= now_ms;
}

static void raise_away(struct consult *consult, struct booth *booth, int64_t now_ms,
                       struct consult_effects *effects)
{
    struct consult_alarm what = {.kind = CONSULT_ALARM_AWAY};
    text_copy(what.booth, sizeof(what.booth), booth->info.id);
    booth->told_away = true;
    consult_raise(consult, &what, now_ms, effects);
}

static void raise_waiting(struct consult *consult, struct slot *slot, int64_t now_ms,
                          struct consult_effects *effects)
{
    struct consult_alarm what = {.kind = CONSULT_ALARM_WAITING};
    text_copy(what.booth, sizeof(what.booth), slot->row.booth);
    text_copy(what.consultation, sizeof(what.consultation), slot->row.id);
    slot->told_waiting = true;
    consult_raise(consult, &what, now_ms, effects);
}

void consult_watch(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    for (size_t i = 0; i < consult->booth_count; i++)
        if (is_due(away_at(&consult->booths[i]), now_ms))
            raise_away(consult, &consult->booths[i], now_ms, effects);
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        if (is_due(waiting_at(&consult->slots[i]), now_ms))
            raise_waiting(consult, &consult->slots[i], now_ms, effects);
    consult_watch_shifts(consult, now_ms, effects);
}

static bool is_over(struct consult *consult, const struct consult_alarm *alarm, int64_t now_ms)
{
    const struct lawyer *lawyer = consult_lawyer_entry(consult, alarm->lawyer);
    const struct booth *booth = consult_booth_entry(consult, alarm->booth);
    if (alarm->kind == CONSULT_ALARM_ABSENT)
        return !lawyer || lawyer->duty.on_duty ||
               !consult_has_shift(consult, alarm->lawyer, now_ms);
    if (alarm->kind == CONSULT_ALARM_AWAY)
        return !booth || booth->present || booth->info.is_closed;
    if (alarm->kind == CONSULT_ALARM_WAITING)
        return !booth || !booth->open || !consult_is_queued(booth->open);
    return false; // somebody has to look
}

void consult_settle(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    for (size_t i = 0; i < ALARMS_MAX; i++) {
        struct alarm *alarm = &consult->alarms[i];
        if (alarm->used && !alarm->row.closed_at && is_over(consult, &alarm->row, now_ms))
            consult_lower(&alarm->row, now_ms, effects);
    }
}
