#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/act.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

// What a lawyer may do.

static const struct problem not_offered = {
    409, "not-offered-to-you", "This consultation is not offered to you",
    "The offer ran out, was cancelled or went to another lawyer.", "consultation"};
static const struct problem not_yours = {
    409, "not-your-consultation", "This is not your running consultation",
    "It has ended already or belongs to another lawyer.", "consultation"};
static const struct problem unknown_reason = {
    422, "unknown-reason", "Unknown reason",
    "Send conflict_of_interest, not_my_field, language, unwell or other.", "reason"};

// Whoever comes on duty anew may again be asked what they let go before.
int do_on_duty(struct act *act)
{
    if (act->lawyer->duty.on_duty)
        return 0;
    consult_set_duty(act->lawyer, true, act->now_ms, act->effects);
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        struct slot *slot = &act->consult->slots[i];
        if (!slot->used || strcmp(slot->row.declined_by, act->lawyer->info.id) != 0)
            continue;
        memset(slot->row.declined_by, 0, sizeof(slot->row.declined_by));
        effect_save(act->effects, &slot->row);
    }
    return 0;
}

static bool is_asked_colleague(const struct act *act, const struct consultation *row)
{
    return !row->colleague_at && strcmp(row->colleague, act->lawyer->info.id) == 0;
}

static void refuse_to_join(struct act *act, struct consultation *row)
{
    consult_release_colleague(act->consult, row, act->effects);
    effect_tell_meeting(act->effects, row);
}

int do_off_duty(struct act *act)
{
    struct consultation *current = act->lawyer->current;
    consult_set_duty(act->lawyer, false, act->now_ms, act->effects);
    if (current && current->state == CONSULT_OFFERED)
        consult_release(act->consult, current, act->effects);
    else if (current && is_asked_colleague(act, current))
        refuse_to_join(act, current);
    return 0;
}

int do_accept(struct act *act)
{
    struct consultation *row = act_named(act);
    if (!row)
        return act_refuse(act, &not_offered, EPROTO);
    act->effects->result = row;
    if (strcmp(row->colleague, act->lawyer->info.id) == 0)
        return act_join(act, row);
    if (consult_is_meeting(row)) // repeated, because the answer was lost
        return 0;
    consult_connect(row, act->now_ms, act->effects);
    return 0;
}

static void add_conflict(struct consultation *row, const char *lawyer)
{
    size_t len = strlen(row->conflicts);
    if (len + 1 + strlen(lawyer) >= sizeof(row->conflicts))
        return;
    if (len)
        row->conflicts[len++] = ',';
    text_copy(row->conflicts + len, sizeof(row->conflicts) - len, lawyer);
}

int do_decline(struct act *act)
{
    struct consultation *row = act_named(act);
    if (!row || (row->state != CONSULT_OFFERED && !is_asked_colleague(act, row)))
        return act_refuse(act, &not_offered, EPROTO);
    if (!consult_is_reason(act->command->reason))
        return act_refuse(act, &unknown_reason, EINVAL);
    if (strcmp(act->command->reason, "conflict_of_interest") == 0)
        add_conflict(row, act->lawyer->info.id);
    if (is_asked_colleague(act, row)) {
        refuse_to_join(act, row);
        return 0;
    }
    act->effects->result = row;
    consult_release(act->consult, row, act->effects);
    return 0;
}

int do_end(struct act *act)
{
    struct consultation *row = act_own(act);
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    act->effects->result = row;
    consult_close(act->consult, row, CONSULT_END_LAWYER_ENDED, act->now_ms, act->effects);
    return 0;
}

int do_say(struct act *act)
{
    struct consultation *row = act_own(act);
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    return consult_say(row, act->command, act->effects, act->problem);
}
