#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/act.h"
#include "signaling/consult/recording.h"
#include "signaling/consult/words.h"

static const struct problem unknown_booth = {404, "unknown-booth", "No such booth",
                                             "Enrol this booth again.", NULL};
static const struct problem unknown_lawyer = {404, "unknown-lawyer", "No such lawyer",
                                              "Sign in as a lawyer of this clinic.", NULL};
static const struct problem unknown_alarm = {422, "unknown-reason", "Unknown reason",
                                             "Send danger from a booth, panic from a lawyer.",
                                             "reason"};
static const struct problem no_alarm = {409, "no-alarm", "No such open alarm",
                                        "Somebody has seen to it already.", "alarm"};
static const struct problem unknown_verb = {422, "unknown-command", "Unknown command",
                                            "Send one of the commands of this role.", "do"};

int act_refuse(struct act *act, const struct problem *problem, int err)
{
    *act->problem = *problem;
    return err;
}

struct consultation *act_named(const struct act *act)
{
    struct consultation *current = act->lawyer->current;
    const char *id = act->command->consultation;
    return current && id && strcmp(current->id, id) == 0 ? current : NULL;
}

// --- alarms -------------------------------------------------------------------------------------

// What people may raise themselves, and who.
static const enum consult_actor raised_by[CONSULT_ALARM_KINDS] = {
    [CONSULT_ALARM_DANGER] = CONSULT_BY_BOOTH,
    [CONSULT_ALARM_PANIC] = CONSULT_BY_LAWYER,
};

static int do_alarm(struct act *act)
{
    struct consult_alarm what = {0};
    const char *reason = act->command->reason;
    const struct consultation *row = act->booth ? act->booth->open : act->lawyer->current;
    if (!reason || consult_alarm_parse(reason, &what.kind) ||
        raised_by[what.kind] != (act->booth ? CONSULT_BY_BOOTH : CONSULT_BY_LAWYER))
        return act_refuse(act, &unknown_alarm, EINVAL);
    if (row) {
        text_copy(what.consultation, sizeof(what.consultation), row->id);
        text_copy(what.booth, sizeof(what.booth), row->booth);
        text_copy(what.lawyer, sizeof(what.lawyer), row->lawyer);
    } else if (act->booth) {
        text_copy(what.booth, sizeof(what.booth), act->booth->info.id);
    } else {
        text_copy(what.lawyer, sizeof(what.lawyer), act->lawyer->info.id);
    }
    consult_raise(act->consult, &what, act->now_ms, act->effects);
    return 0;
}

static int do_answer(struct act *act)
{
    return consult_answer(act->consult, act->command, act->now_ms, act->effects, act->problem);
}

static int do_refuse_wish(struct act *act)
{
    return consult_refuse_wish(act->consult, act->command, act->effects, act->problem);
}

static int do_close_alarm(struct act *act)
{
    struct consult_alarm *alarm = consult_alarm_entry(act->consult, act->command->alarm);
    if (!alarm)
        return act_refuse(act, &no_alarm, EPROTO);
    consult_lower(alarm, act->now_ms, act->effects);
    return 0;
}

// --- sockets and time ---------------------------------------------------------------------------

// Both are here again: the consultation goes on.
static void rejoin(struct act *act, struct consultation *row)
{
    if (!row || row->state != CONSULT_SUSPENDED)
        return;
    if (consult_booth_entry(act->consult, row->booth)->present &&
        consult_lawyer_entry(act->consult, row->lawyer)->present)
        consult_reconnect(row, act->effects);
}

static void set_present(bool *present, int64_t *lost_at, bool now_present, int64_t now_ms)
{
    if (*present && !now_present)
        *lost_at = now_ms;
    *present = now_present;
}

static int do_booth_lost(struct act *act)
{
    set_present(&act->booth->present, &act->booth->lost_at, false, act->now_ms);
    return 0;
}

static int do_booth_back(struct act *act)
{
    set_present(&act->booth->present, &act->booth->lost_at, true, act->now_ms);
    act->booth->seen = true;
    act->booth->told_away = false;
    rejoin(act, act->booth->open);
    return 0;
}

static int do_lawyer_lost(struct act *act)
{
    set_present(&act->lawyer->present, &act->lawyer->lost_at, false, act->now_ms);
    return 0;
}

static int do_lawyer_back(struct act *act)
{
    set_present(&act->lawyer->present, &act->lawyer->lost_at, true, act->now_ms);
    rejoin(act, act->lawyer->current);
    return 0;
}

static int do_tick(struct act *act)
{
    consult_tick(act->consult, act->now_ms, act->effects);
    return 0;
}

// --- the table ----------------------------------------------------------------------------------

static const struct {
    enum consult_actor actor;
    int (*handler)(struct act *act);
} verbs[CONSULT_VERBS] = {
    [CONSULT_ASK] = {CONSULT_BY_BOOTH, do_ask},
    [CONSULT_CANCEL] = {CONSULT_BY_BOOTH, do_cancel},
    [CONSULT_LEAVE] = {CONSULT_BY_BOOTH, do_leave},
    [CONSULT_LEAVE_WORD] = {CONSULT_BY_BOOTH, do_leave_word},
    [CONSULT_IDENTIFY] = {CONSULT_BY_BOOTH, do_identify},
    [CONSULT_SLOWER] = {CONSULT_BY_BOOTH, do_slower},
    [CONSULT_RATE] = {CONSULT_BY_BOOTH, do_rate},
    [CONSULT_CONSENT] = {CONSULT_BY_ANYBODY, do_consent},
    [CONSULT_ASK_CONSENT] = {CONSULT_BY_LAWYER, do_ask_consent},
    [CONSULT_WITHDRAW] = {CONSULT_BY_ANYBODY, do_withdraw},
    [CONSULT_ON_DUTY] = {CONSULT_BY_LAWYER, do_on_duty},
    [CONSULT_OFF_DUTY] = {CONSULT_BY_LAWYER, do_off_duty},
    [CONSULT_ACCEPT] = {CONSULT_BY_LAWYER, do_accept},
    [CONSULT_DECLINE] = {CONSULT_BY_LAWYER, do_decline},
    [CONSULT_END] = {CONSULT_BY_LAWYER, do_end},
    [CONSULT_SAY] = {CONSULT_BY_LAWYER, do_say},
    [CONSULT_ABOUT] = {CONSULT_BY_BOOTH, do_about},
    [CONSULT_AGREE] = {CONSULT_BY_BOOTH, do_agree},
    [CONSULT_INVITE] = {CONSULT_BY_LAWYER, do_invite},
    [CONSULT_PUT_OUT] = {CONSULT_BY_LAWYER, do_put_out},
    [CONSULT_PARK] = {CONSULT_BY_LAWYER, do_park},
    [CONSULT_JOINT] = {CONSULT_BY_LAWYER, do_joint},
    [CONSULT_TRANSFER] = {CONSULT_BY_LAWYER, do_transfer},
    [CONSULT_HAND_OVER] = {CONSULT_BY_LAWYER, do_hand_over},
    [CONSULT_PART] = {CONSULT_BY_LAWYER, do_part},
    [CONSULT_ENTER] = {CONSULT_BY_GUEST, do_enter},
    [CONSULT_GUEST_LEAVE] = {CONSULT_BY_GUEST, do_guest_leave},
    [CONSULT_BOOTH_LOST] = {CONSULT_BY_BOOTH, do_booth_lost},
    [CONSULT_BOOTH_BACK] = {CONSULT_BY_BOOTH, do_booth_back},
    [CONSULT_LAWYER_LOST] = {CONSULT_BY_LAWYER, do_lawyer_lost},
    [CONSULT_LAWYER_BACK] = {CONSULT_BY_LAWYER, do_lawyer_back},
    [CONSULT_ANSWER] = {CONSULT_BY_OTHERS, do_answer},
    [CONSULT_REFUSE_WISH] = {CONSULT_BY_OTHERS, do_refuse_wish},
    [CONSULT_ALARM] = {CONSULT_BY_EITHER, do_alarm},
    [CONSULT_CLOSE_ALARM] = {CONSULT_BY_OTHERS, do_close_alarm},
    [CONSULT_BOOK] = {CONSULT_BY_OTHERS, do_book},
    [CONSULT_APPROVE] = {CONSULT_BY_OTHERS, do_decide},
    [CONSULT_REFUSE] = {CONSULT_BY_OTHERS, do_decide},
    [CONSULT_CALL_OFF] = {CONSULT_BY_OTHERS, do_decide},
    [CONSULT_MOVE] = {CONSULT_BY_OTHERS, do_move},
    [CONSULT_REMIND] = {CONSULT_BY_OTHERS, do_remind},
    [CONSULT_CAME] = {CONSULT_BY_OTHERS, do_decide},
    [CONSULT_NO_SHOW] = {CONSULT_BY_OTHERS, do_decide},
    [CONSULT_TICK] = {CONSULT_BY_OTHERS, do_tick},
};

// A booth that is closed for good still has its end to come to.
static struct booth *open_booth(struct consult *consult, const char *id)
{
    struct booth *booth = consult_booth_entry(consult, id);
    return booth && (!booth->info.is_closed || booth->open) ? booth : NULL;
}

enum consult_actor consult_actor(enum consult_verb verb)
{
    return verbs[verb].actor;
}

static int find_actor(struct act *act)
{
    switch (verbs[act->command->verb].actor) {
    case CONSULT_BY_BOOTH:
        act->booth = open_booth(act->consult, act->command->who);
        return act->booth ? 0 : act_refuse(act, &unknown_booth, ENOENT);
    case CONSULT_BY_LAWYER:
        act->lawyer = consult_lawyer_entry(act->consult, act->command->who);
        return act->lawyer ? 0 : act_refuse(act, &unknown_lawyer, ENOENT);
    case CONSULT_BY_EITHER:
        act->booth = open_booth(act->consult, act->command->who);
        act->lawyer = consult_lawyer_entry(act->consult, act->command->who);
        return act->booth || act->lawyer ? 0 : act_refuse(act, &unknown_booth, ENOENT);
    case CONSULT_BY_ANYBODY:
        act->booth = consult_booth_entry(act->consult, act->command->who);
        act->lawyer = consult_lawyer_entry(act->consult, act->command->who);
        act->guest = consult_party_entry(act->consult, act->command->who);
        return act->booth || act->lawyer || act->guest ? 0
                                                       : act_refuse(act, &unknown_booth, ENOENT);
    default:
        return 0;
    }
}

int consult_do(struct consult *consult, const struct consult_command *command, int64_t now_ms,
               struct consult_effects *effects, struct problem *problem)
{
    struct act act = {.consult = consult,
                      .command = command,
                      .now_ms = now_ms,
                      .effects = effects,
                      .problem = problem};
    effects->result = NULL;
    effects->count = 0;
    consult_sweep(consult);
    if ((unsigned)command->verb >= CONSULT_VERBS)
        return act_refuse(&act, &unknown_verb, EINVAL);
    int err = find_actor(&act);
    if (!err)
        err = verbs[command->verb].handler(&act);
    if (err)
        return err;
    consult_note_promises(consult, now_ms);
    consult_dispatch(consult, now_ms, effects);
    consult_note_promises(consult, now_ms); // who was waited for is served
    recording_settle(consult, now_ms, effects);
    consult_settle(consult, now_ms, effects);
    consult_tell_changes(consult, effects);
    return 0;
}
