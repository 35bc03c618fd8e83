#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/act.h"

// Passing a consultation on.
//
// blind: the lawyer is free at once and the resident waits before all others.
//                 transfer           accept by another one
//   connected A ----------> waiting ----------------------> connected B
//        ^                     |
//        +---------------------+   nobody took it, A is free
//
// attended: the lawyer stays until it is the colleague's.
//            transfer                 accept                 hand over
//   A ----------------> A, B asked ----------> A and B -----------------> B
//   ^                        |                    |
//   +------------------------+--------------------+  30 s, declined, thanked, left

static const struct problem not_yours = {
    409, "not-your-consultation", "This is not your consultation",
    "It has ended already or belongs to another lawyer.", "consultation"};
static const struct problem bad_how = {422, "bad-how", "Not a way to transfer",
                                       "Send blind or attended.", "how"};
static const struct problem not_free = {
    409, "nobody-free", "Nobody is free to take it",
    "This lawyer is busy or not on duty, or may not serve this resident.", "to"};
static const struct problem has_colleague = {409, "has-colleague", "A colleague is there already",
                                             "Hand over, or thank the colleague first.", NULL};
static const struct problem no_colleague = {409, "no-colleague", "No colleague has joined",
                                            "Ask one by an attended transfer first.", NULL};

// --- the colleague ------------------------------------------------------------------------------

void consult_release_colleague(struct consult *consult, struct consultation *row,
                               struct consult_effects *effects)
{
    struct lawyer *colleague = consult_lawyer_entry(consult, row->colleague);
    if (!colleague)
        return;
    colleague->current = NULL;
    if (row->colleague_at)
        effect_media_of(effects, CONSULT_MEDIA_OUT, row, row->colleague);
    effect_tell_lawyer(effects, colleague->info.id, NULL);
    memset(row->colleague, 0, sizeof(row->colleague));
    row->colleague_at = 0;
    row->transfer_until = 0;
    effect_save(effects, row);
}

int64_t consult_colleague_deadline(struct consult *consult, const struct consultation *row)
{
    const struct lawyer *colleague = consult_lawyer_entry(consult, row->colleague);
    if (!colleague)
        return -1;
    if (!row->colleague_at)
        return row->transfer_until;
    return colleague->present ? -1 : colleague->lost_at + consult->hold_ms;
}

// --- going back ---------------------------------------------------------------------------------

int64_t consult_return_deadline(const struct consultation *row)
{
    bool returns = row->state == CONSULT_WAITING && *row->handed_by && row->transfer_until;
    return returns ? row->transfer_until : -1;
}

void consult_return(struct consult *consult, struct consultation *row, int64_t now_ms,
                    struct consult_effects *effects)
{
    struct lawyer *first = consult_lawyer_entry(consult, row->handed_by);
    bool is_here = consult_booth_entry(consult, row->booth)->present;
    row->transfer_until = 0;
    memset(row->wanted, 0, sizeof(row->wanted));
    effect_save(effects, row);
    if (!is_here || !first || !consult_lawyer_is_free(first))
        return;
    consult_offer(row, first, now_ms, effects);
    consult_connect(row, now_ms, effects);
}

// --- the lawyers' verbs -------------------------------------------------------------------------

// Somebody who can take it now: the one named, or anybody.
static struct lawyer *taker(const struct act *act, const struct consultation *row)
{
    const char *to = act->command->to;
    struct lawyer *one = to && *to ? consult_lawyer_entry(act->consult, to)
                                   : consult_best_for(act->consult, row);
    bool can = one && one != act->lawyer && consult_lawyer_is_free(one) &&
               consult_may_serve(one, row);
    return can ? one : NULL;
}

static void want(struct act *act, struct consultation *row)
{
    text_copy(row->wanted, sizeof(row->wanted), act->command->to ? act->command->to : "");
    row->transfer_until = act->now_ms + CONSULT_TRANSFER_MS;
}

static int pass_offer(struct act *act, struct consultation *row)
{
    want(act, row);
    consult_release(act->consult, row, act->effects);
    return 0;
}

static int transfer_blind(struct act *act, struct consultation *row)
{
    if (*row->colleague)
        return act_refuse(act, &has_colleague, EPROTO);
    want(act, row);
    memcpy(row->declined_by, row->lawyer, sizeof(row->declined_by));
    consult_hand_away(act->consult, row, act->now_ms, act->effects);
    return 0;
}

static int transfer_attended(struct act *act, struct consultation *row, struct lawyer *colleague)
{
    if (*row->colleague)
        return act_refuse(act, &has_colleague, EPROTO);
    text_copy(row->colleague, sizeof(row->colleague), colleague->info.id);
    row->transfer_until = act->now_ms + CONSULT_TRANSFER_MS;
    colleague->current = row;
    effect_save(act->effects, row);
    effect_tell_meeting(act->effects, row);
    return 0;
}

int do_transfer(struct act *act)
{
    const char *how = act->command->how;
    struct consultation *row = act_named(act);
    if (!row || strcmp(row->lawyer, act->lawyer->info.id) != 0)
        return act_refuse(act, &not_yours, EPROTO);
    bool blind = how && strcmp(how, "blind") == 0;
    bool attended = how && strcmp(how, "attended") == 0 && row->state != CONSULT_OFFERED;
    if (!blind && !attended)
        return act_refuse(act, &bad_how, EINVAL);
    struct lawyer *to = taker(act, row);
    if (!to || (attended && (!act->command->to || !*act->command->to)))
        return act_refuse(act, &not_free, EPROTO);
    act->effects->result = row;
    if (attended)
        return transfer_attended(act, row, to);
    return row->state == CONSULT_OFFERED ? pass_offer(act, row) : transfer_blind(act, row);
}

int act_join(struct act *act, struct consultation *row)
{
    if (row->colleague_at) // repeated, because the answer was lost
        return 0;
    row->colleague_at = act->now_ms;
    row->transfer_until = 0;
    effect_save(act->effects, row);
    effect_tell_meeting(act->effects, row);
    return 0;
}

int do_hand_over(struct act *act)
{
    struct consultation *row = act_own(act);
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    if (!row->colleague_at)
        return act_refuse(act, &no_colleague, EPROTO);
    consult_pass_over(act->consult, row, act->now_ms, act->effects);
    return 0;
}

// The lawyer thanks, or takes the question back; the colleague leaves.
int do_part(struct act *act)
{
    struct consultation *row = act_named(act);
    if (!row || !*row->colleague || !consult_is_meeting(row))
        return act_refuse(act, &no_colleague, EPROTO);
    bool own = strcmp(row->lawyer, act->lawyer->info.id) == 0;
    act->effects->result = own ? row : NULL;
    consult_release_colleague(act->consult, row, act->effects);
    effect_tell_meeting(act->effects, row);
    return 0;
}
