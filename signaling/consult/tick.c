#include <string.h>

#include "signaling/consult/inside.h"

// Deadlines: -1 stands for never.

static int64_t sooner(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t booth_given_up_at(const struct booth *booth)
{
    return booth->present ? -1 : booth->lost_at + CONSULT_PLACE_MS;
}

static int64_t suspend_at(const struct booth *booth, const struct lawyer *lawyer,
                          const struct consultation *row)
{
    int64_t missing = sooner(booth->present ? -1 : booth->lost_at,
                             lawyer->present ? -1 : lawyer->lost_at);
    return missing < 0 ? -1 : later(missing, row->connected_at) + CONSULT_SUSPEND_MS;
}

static int64_t state_deadline(struct consult *consult, const struct consultation *row)
{
    const struct booth *booth = consult_booth_entry(consult, row->booth);
    switch (row->state) {
    case CONSULT_WAITING:
        return sooner(sooner(row->asked_at + CONSULT_WAIT_MAX_MS, consult_return_deadline(row)),
                      booth_given_up_at(booth));
    case CONSULT_OFFERED:
        return sooner(row->offer_expires_at, booth_given_up_at(booth));
    case CONSULT_CONNECTED:
        return suspend_at(booth, consult_lawyer_entry(consult, row->lawyer), row);
    case CONSULT_SUSPENDED:
        return later(row->suspended_at, consult->resumed_at) + consult->hold_ms;
    default:
        return -1;
    }
}

// Of what is beside the state: third parties, and the colleague.
static int64_t row_deadline(struct consult *consult, const struct consultation *row)
{
    int64_t others = row->state == CONSULT_CLOSED
                         ? -1
                         : sooner(consult_party_deadline(consult_slot(row)),
                                  consult_colleague_deadline(consult, row));
    return sooner(state_deadline(consult, row), others);
}

// A lawyer who is preferred and busy is waited for this long.
static int64_t prefer_until(const struct consult *consult, const struct slot *slot)
{
    return *slot->prefer ? slot->row.asked_at + consult->hold_ms : -1;
}

static int64_t lawyer_deadline(const struct consult *consult, const struct lawyer *lawyer)
{
    if (!lawyer->duty.on_duty || lawyer->present || lawyer->current)
        return -1;
    return lawyer->lost_at + consult->hold_ms;
}

int64_t consult_next_deadline(const struct consult *consult)
{
    struct consult *looking = (struct consult *)consult; // finding entries changes nothing
    int64_t next = -1;
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        if (consult->slots[i].used)
            next = sooner(next, sooner(row_deadline(looking, &consult->slots[i].row),
                                       prefer_until(consult, &consult->slots[i])));
    next = sooner(next, consult_watch_deadline(consult));
    next = sooner(next, consult_promise_deadline(consult));
    for (size_t i = 0; i < consult->lawyer_count; i++)
        next = sooner(next, lawyer_deadline(consult, &consult->lawyers[i]));
    return next;
}

static bool is_due(int64_t deadline, int64_t now_ms)
{
    return deadline >= 0 && deadline <= now_ms;
}

static void queued_due(struct consult *consult, struct consultation *row, int64_t now_ms,
                       struct consult_effects *effects)
{
    if (is_due(booth_given_up_at(consult_booth_entry(consult, row->booth)), now_ms)) {
        consult_close(consult, row, CONSULT_END_LOST, now_ms, effects);
    } else if (is_due(consult_return_deadline(row), now_ms)) {
        consult_return(consult, row, now_ms, effects);
    } else if (row->state == CONSULT_WAITING) {
        consult_close(consult, row, CONSULT_END_NO_LAWYER, now_ms, effects);
    } else {
        consult_set_duty(consult_lawyer_entry(consult, row->lawyer), false, now_ms, effects);
        consult_release(consult, row, effects);
    }
}

// Held long enough. A resident who is still there gets the next lawyer, with the same record: the
// colleague who has joined, else whoever is free, before all others.
static void hold_due(struct consult *consult, struct consultation *row, int64_t now_ms,
                     struct consult_effects *effects)
{
    if (!consult_booth_entry(consult, row->booth)->present) {
        consult_close(consult, row, CONSULT_END_LOST, now_ms, effects);
    } else if (row->colleague_at) {
        consult_pass_over(consult, row, now_ms, effects);
        consult_reconnect(row, effects);
    } else {
        consult_release_colleague(consult, row, effects);
        consult_hand_away(consult, row, now_ms, effects);
    }
}

static void row_due(struct consult *consult, struct consultation *row, int64_t now_ms,
                    struct consult_effects *effects)
{
    if (consult_expire_parties(consult_slot(row), now_ms, effects))
        return;
    if (is_due(consult_colleague_deadline(consult, row), now_ms)) {
        consult_release_colleague(consult, row, effects);
        effect_tell_meeting(effects, row);
        return;
    }
    if (consult_is_queued(row))
        queued_due(consult, row, now_ms, effects);
    else if (row->state == CONSULT_CONNECTED)
        consult_suspend(row, now_ms, effects);
    else
        hold_due(consult, row, now_ms, effects);
}

void consult_tick(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        struct slot *slot = &consult->slots[i];
        // An offer that ran out may leave a row that has waited too long: due again.
        while (slot->used && is_due(row_deadline(consult, &slot->row), now_ms))
            row_due(consult, &slot->row, now_ms, effects);
        if (slot->used && is_due(prefer_until(consult, slot), now_ms)) { // anybody now
            memset(slot->prefer, 0, sizeof(slot->prefer));
            slot->appointment_at = 0;
        }
    }
    for (size_t i = 0; i < consult->lawyer_count; i++)
        if (is_due(lawyer_deadline(consult, &consult->lawyers[i]), now_ms))
            consult_set_duty(&consult->lawyers[i], false, now_ms, effects);
    consult_watch(consult, now_ms, effects);
}
