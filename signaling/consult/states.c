#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/sm.h"
#include "gateway/base/text.h"
#include "signaling/consult/recording.h"
#include "signaling/consult/words.h"

//              offer               accept
//   waiting ----------> offered ----------> connected <-----> suspended
//      |    <---------     |                    |   10 s away      |
//      |   let go, timeout |                    |   back again     |
//      +-------------------+---> closed <-------+------------------+
//   cancelled, no_lawyer, lost          lawyer_ended, resident_left, lost
//
// and from connected or suspended back to waiting, when its lawyer passes it on (transfer.c) or has
// been gone for three minutes and the resident has not (tick.c).
static const struct sm_state states[CONSULT_STATES] = {
    [CONSULT_WAITING] = {"waiting", SM_TO(CONSULT_OFFERED) | SM_TO(CONSULT_CLOSED)},
    [CONSULT_OFFERED] = {"offered",
                         SM_TO(CONSULT_WAITING) | SM_TO(CONSULT_CONNECTED) | SM_TO(CONSULT_CLOSED)},
    [CONSULT_CONNECTED] = {"connected", SM_TO(CONSULT_SUSPENDED) | SM_TO(CONSULT_WAITING) |
                                            SM_TO(CONSULT_CLOSED)},
    [CONSULT_SUSPENDED] = {"suspended", SM_TO(CONSULT_CONNECTED) | SM_TO(CONSULT_WAITING) |
                                            SM_TO(CONSULT_CLOSED)},
    [CONSULT_CLOSED] = {"closed", 0},
};

// Callers know the state, so a refused move is a mistake in this folder.
static void move(struct consultation *row, enum consult_state to)
{
    struct sm sm = {states, row->state};
    int err = sm_move(&sm, to);
    assert(!err);
    (void)err;
    row->state = (enum consult_state)sm.state;
}

void consult_keep_apart(const struct consultation *row, struct consult_effects *effects)
{
    effect_media_of(effects, CONSULT_MEDIA_PARK, row, row->booth);
    effect_media_of(effects, CONSULT_MEDIA_PARK, row, row->lawyer);
}

void consult_offer(struct consultation *row, struct lawyer *lawyer, int64_t now_ms,
                   struct consult_effects *effects)
{
    move(row, CONSULT_OFFERED);
    text_copy(row->lawyer, sizeof(row->lawyer), lawyer->info.id);
    row->offered_at = now_ms;
    row->offer_expires_at = now_ms + CONSULT_OFFER_MS;
    lawyer->current = row;
    consult_keep_apart(row, effects);
    effect_save(effects, row);
    effect_tell_booth(effects, row);
    effect_tell_lawyer(effects, row->lawyer, row);
    effect_tell_lawyer_now(effects, "about", row);
}

// Takes the lawyer off the row.
static void forget_lawyer(struct consult *consult, struct consultation *row)
{
    struct lawyer *lawyer = consult_lawyer_entry(consult, row->lawyer);
    if (lawyer)
        lawyer->current = NULL;
    memset(row->lawyer, 0, sizeof(row->lawyer)); // whole, so that equal rows have equal bytes
    row->offered_at = 0;
    row->offer_expires_at = 0;
}

void consult_release(struct consult *consult, struct consultation *row,
                     struct consult_effects *effects)
{
    move(row, CONSULT_WAITING);
    memcpy(row->declined_by, row->lawyer, sizeof(row->declined_by));
    effect_media_of(effects, CONSULT_MEDIA_OUT, row, row->lawyer);
    effect_media_of(effects, CONSULT_MEDIA_JOINT, row, row->lawyer); // he may come back later
    forget_lawyer(consult, row);
    effect_save(effects, row);
    effect_tell_booth(effects, row);
    effect_tell_lawyer(effects, row->declined_by, NULL);
}

void consult_connect(struct consultation *row, int64_t now_ms, struct consult_effects *effects)
{
    move(row, CONSULT_CONNECTED);
    if (!row->connected_at)
        row->connected_at = now_ms;
    row->offer_expires_at = 0;
    row->transfer_until = 0;
    memset(row->handed_by, 0, sizeof(row->handed_by));
    memset(row->wanted, 0, sizeof(row->wanted));
    effect_media(effects, CONSULT_MEDIA_OPEN, row);
    effect_media_of(effects, CONSULT_MEDIA_JOINT, row, row->booth);
    effect_media_of(effects, CONSULT_MEDIA_JOINT, row, row->lawyer);
    effect_save(effects, row);
    effect_tell_meeting(effects, row);
    effect_tell_lawyer_now(effects, "resident", row);
}

void consult_suspend(struct consultation *row, int64_t now_ms, struct consult_effects *effects)
{
    move(row, CONSULT_SUSPENDED);
    row->suspended_at = now_ms;
    effect_save(effects, row);
    effect_tell_meeting(effects, row);
}

void consult_reconnect(struct consultation *row, struct consult_effects *effects)
{
    move(row, CONSULT_CONNECTED);
    row->suspended_at = 0;
    effect_save(effects, row);
    effect_tell_meeting(effects, row);
}

// The lawyer has nothing to do with it any more.
static void take_leave(struct lawyer *lawyer, int64_t now_ms, struct consult_effects *effects)
{
    lawyer->current = NULL;
    lawyer->duty.last_served_at = now_ms;
    effect_save_duty(effects, &lawyer->duty);
}

void consult_hand_away(struct consult *consult, struct consultation *row, int64_t now_ms,
                       struct consult_effects *effects)
{
    move(row, CONSULT_WAITING);
    consult_joint(row, effects);
    memcpy(row->handed_by, row->lawyer, sizeof(row->handed_by));
    row->suspended_at = 0;
    take_leave(consult_lawyer_entry(consult, row->lawyer), now_ms, effects);
    forget_lawyer(consult, row);
    effect_media(effects, CONSULT_MEDIA_CLOSE, row);
    effect_save(effects, row);
    effect_tell_meeting(effects, row);
    effect_tell_lawyer(effects, row->handed_by, NULL);
}

void consult_pass_over(struct consult *consult, struct consultation *row, int64_t now_ms,
                       struct consult_effects *effects)
{
    struct lawyer *from = consult_lawyer_entry(consult, row->lawyer);
    take_leave(from, now_ms, effects);
    effect_media_of(effects, CONSULT_MEDIA_OUT, row, row->lawyer);
    effect_tell_lawyer(effects, row->lawyer, NULL);
    memcpy(row->lawyer, row->colleague, sizeof(row->lawyer));
    memset(row->colleague, 0, sizeof(row->colleague));
    row->colleague_at = 0;
    effect_save(effects, row);
    effect_tell_meeting(effects, row);
    effect_tell_lawyer_now(effects, "resident", row);
    effect_tell_lawyer_now(effects, "about", row);
    effect_tell_lawyer_now(effects, "links", row);
}

// Whoever met may say how it was, also when he did not wait for another lawyer.
static void remember_meeting(struct consult *consult, const struct consultation *row,
                             int64_t now_ms)
{
    struct booth *booth = consult_booth_entry(consult, row->booth);
    booth->last = (struct consult_rating){0};
    memcpy(booth->last.consultation, row->id, sizeof(booth->last.consultation));
    booth->last_ended_at = now_ms;
}

static void close_meeting(struct consult *consult, struct consultation *row, int64_t now_ms,
                          struct consult_effects *effects)
{
    struct lawyer *lawyer = consult_lawyer_entry(consult, row->lawyer);
    consult_release_colleague(consult, row, effects);
    consult_joint(row, effects);
    consult_load_length(consult, now_ms - row->connected_at);
    consult_load_met(consult, row->day, row->ticket_no, row->lawyer);
    take_leave(lawyer, now_ms, effects);
    effect_tell_lawyer(effects, row->lawyer, row);
}

static void close_offer(struct consult *consult, struct consultation *row,
                        struct consult_effects *effects)
{
    effect_tell_lawyer(effects, row->lawyer, NULL);
    forget_lawyer(consult, row);
}

void consult_close(struct consult *consult, struct consultation *row, enum consult_end end,
                   int64_t now_ms, struct consult_effects *effects)
{
    recording_stop(row, effects);
    if (consult_is_meeting(row))
        close_meeting(consult, row, now_ms, effects);
    else if (row->state == CONSULT_OFFERED)
        close_offer(consult, row, effects);
    if (row->connected_at)
        remember_meeting(consult, row, now_ms);
    if (*row->handed_by) // whose record it is
        memcpy(row->lawyer, row->handed_by, sizeof(row->lawyer));
    move(row, CONSULT_CLOSED);
    effect_media(effects, CONSULT_MEDIA_CLOSE, row); // whoever only waited may publish, too
    row->end_reason = end;
    row->ended_at = now_ms;
    consult_finish_parties(row, now_ms, effects);
    consult_wipe_beside(row);
    consult_booth_entry(consult, row->booth)->open = NULL;
    effect_save(effects, row);
    effect_tell_booth(effects, row);
}

void consult_set_duty(struct lawyer *lawyer, bool on_duty, int64_t now_ms,
                      struct consult_effects *effects)
{
    if (lawyer->duty.on_duty == on_duty)
        return;
    lawyer->duty.on_duty = on_duty;
    lawyer->duty.since = now_ms;
    effect_save_duty(effects, &lawyer->duty);
    effect_tell_duty(effects, &lawyer->duty);
}
