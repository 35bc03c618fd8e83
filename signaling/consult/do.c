#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

enum actor { NOBODY, BOOTH, LAWYER, EITHER };

// One command as its handler sees it. Handlers check everything before they change anything.
struct act {
    struct consult *consult;
    const struct consult_command *command;
    struct booth *booth;   // who, for a booth's verbs
    struct lawyer *lawyer; // who, for a lawyer's verbs
    int64_t now_ms;
    struct consult_effects *effects;
    struct problem *problem;
};

static const struct problem unknown_booth = {404, "unknown-booth", "No such booth",
                                             "Enrol this booth again.", NULL};
static const struct problem unknown_lawyer = {404, "unknown-lawyer", "No such lawyer",
                                              "Sign in as a lawyer of this clinic.", NULL};
static const struct problem already_asking = {
    409, "already-asking", "This booth is asking already",
    "Cancel or leave the open consultation before asking again.", NULL};
static const struct problem unknown_category = {422, "unknown-category", "Unknown category",
                                                "Send one of the categories' codes.", "category"};
static const struct problem unknown_language = {
    422, "unknown-language", "Not a language",
    "Send a language tag such as zh-CN, at most 47 characters.", "language"};
static const struct problem no_consent = {422, "consent-needed", "Consent is needed",
                                          "Send the version of the wording consented to.",
                                          "consent"};
static const struct problem bad_key = {422, "bad-key", "Not a key",
                                       "Send 1 to 47 letters, digits or dashes.", "key"};
static const struct problem bad_id = {422, "bad-id", "Not a new id",
                                      "Send an id that is well formed and not in use.",
                                      "consultation"};
static const struct problem clinic_full = {503, "clinic-full", "The clinic is full",
                                           "Ask again in a few minutes.", NULL};
static const struct problem not_waiting = {409, "not-waiting", "This booth is not waiting",
                                           "Nothing to cancel; leave ends a running consultation.",
                                           NULL};
static const struct problem not_connected = {409, "not-connected", "This booth is not connected",
                                             "Nothing to leave; cancel ends the waiting.", NULL};
static const struct problem not_offered = {
    409, "not-offered-to-you", "This consultation is not offered to you",
    "The offer ran out, was cancelled or went to another lawyer.", "consultation"};
static const struct problem not_yours = {
    409, "not-your-consultation", "This is not your running consultation",
    "It has ended already or belongs to another lawyer.", "consultation"};
static const struct problem unknown_reason = {
    422, "unknown-reason", "Unknown reason",
    "Send conflict_of_interest, not_my_field, language, unwell or other.", "reason"};
static const struct problem not_to_rate = {
    409, "not-to-be-rated", "This consultation cannot be rated",
    "It is rated already, did not come about, or ended more than ten minutes ago.", "consultation"};
static const struct problem bad_score = {422, "bad-score", "Not a score",
                                         "Send a whole number from 1 to 5.", "score"};
static const struct problem unknown_alarm = {422, "unknown-reason", "Unknown reason",
                                             "Send danger from a booth, panic from a lawyer.",
                                             "reason"};
static const struct problem no_alarm = {409, "no-alarm", "No such open alarm",
                                        "Somebody has seen to it already.", "alarm"};
static const struct problem unknown_verb = {422, "unknown-command", "Unknown command",
                                            "Send one of the commands of this role.", "do"};

static int refuse(struct act *act, const struct problem *problem, int err)
{
    *act->problem = *problem;
    return err;
}

// --- booth --------------------------------------------------------------------------------------

_Static_assert(CONSULT_WORD_MAX == 48, "the texts above name the limit");

static bool is_code(const char *text)
{
    return text && *text && strlen(text) < CONSULT_WORD_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
               strlen(text);
}

static int check_ask(struct act *act)
{
    const struct consult_command *command = act->command;
    if (!consult_is_category(command->category))
        return refuse(act, &unknown_category, EINVAL);
    if (!consult_is_language(command->language))
        return refuse(act, &unknown_language, EINVAL);
    if (!is_code(command->consent))
        return refuse(act, &no_consent, EINVAL);
    if (command->key && *command->key && !is_code(command->key))
        return refuse(act, &bad_key, EINVAL);
    if (!consult_is_id(command->consultation) || consult_find(act->consult, command->consultation))
        return refuse(act, &bad_id, EINVAL);
    return 0;
}

// The next ticket of the day. A clock set back does not bring an old day back.
static void take_ticket(struct consult *consult, struct consultation *row, int64_t now_ms)
{
    int64_t day = (now_ms + CONSULT_DAY_SHIFT_MS) / 86400000;
    if (day > consult->day) {
        consult->day = day;
        consult->ticket_no = 0;
    }
    row->day = consult->day;
    row->ticket_no = ++consult->ticket_no;
}

static void fill_ask(struct consultation *row, const struct act *act)
{
    const struct consult_command *command = act->command;
    text_copy(row->id, sizeof(row->id), command->consultation);
    text_copy(row->booth, sizeof(row->booth), act->booth->info.id);
    text_copy(row->category, sizeof(row->category), command->category);
    text_copy(row->language, sizeof(row->language), command->language);
    text_copy(row->consent, sizeof(row->consent), command->consent);
    text_copy(row->key, sizeof(row->key), command->key ? command->key : "");
    row->asked_at = act->now_ms;
}

static int do_ask(struct act *act)
{
    const struct consultation *open = act->booth->open;
    const char *key = act->command->key;
    if (open && key && *key && strcmp(key, open->key) == 0) {
        act->effects->result = open;
        return 0;
    }
    if (open)
        return refuse(act, &already_asking, EEXIST);
    int err = check_ask(act);
    if (err)
        return err;
    struct consultation *row = consult_new_row(act->consult);
    if (!row)
        return refuse(act, &clinic_full, EAGAIN);
    fill_ask(row, act);
    take_ticket(act->consult, row, act->now_ms);
    act->booth->open = row;
    act->booth->last = (struct consult_rating){0};
    act->effects->result = row;
    effect_save(act->effects, row);
    effect_tell_booth(act->effects, row);
    return 0;
}

static int close_own(struct act *act, enum consult_end end)
{
    act->effects->result = act->booth->open;
    consult_close(act->consult, act->booth->open, end, act->now_ms, act->effects);
    return 0;
}

static int do_cancel(struct act *act)
{
    const struct consultation *open = act->booth->open;
    if (!open || !consult_is_queued(open))
        return refuse(act, &not_waiting, EPROTO);
    return close_own(act, CONSULT_END_CANCELLED);
}

static int do_leave(struct act *act)
{
    const struct consultation *open = act->booth->open;
    if (!open || !consult_is_meeting(open))
        return refuse(act, &not_connected, EPROTO);
    return close_own(act, CONSULT_END_RESIDENT_LEFT);
}

static int do_leave_word(struct act *act)
{
    if (act->booth->open && consult_is_meeting(act->booth->open))
        return refuse(act, &already_asking, EEXIST);
    return consult_leave_word(act->consult, act->booth, act->command, act->now_ms, act->effects,
                              act->problem);
}

static int do_identify(struct act *act)
{
    if (!act->booth->open)
        return refuse(act, &not_waiting, EPROTO);
    act->effects->result = act->booth->open;
    return consult_identify(act->booth->open, act->command, act->effects, act->problem);
}

static int do_slower(struct act *act)
{
    const struct consultation *open = act->booth->open;
    if (!open || !consult_is_meeting(open))
        return refuse(act, &not_connected, EPROTO);
    effect_tell_lawyer_now(act->effects, "slower", open);
    return 0;
}

// Whoever comes next must not rate for the one before: his asking ends it.
static int do_rate(struct act *act)
{
    const struct consult_command *command = act->command;
    struct consult_rating *last = &act->booth->last;
    if (!command->consultation || !*command->consultation || act->booth->open ||
        strcmp(command->consultation, last->consultation) != 0)
        return refuse(act, &not_to_rate, EPROTO);
    if (command->score < 1 || command->score > 5)
        return refuse(act, &bad_score, EINVAL);
    if (last->score == command->score) // repeated, because the answer was lost
        return 0;
    if (last->score || act->now_ms - act->booth->last_ended_at > CONSULT_RATE_MS)
        return refuse(act, &not_to_rate, EPROTO);
    last->score = command->score;
    last->rated_at = act->now_ms;
    effect_save_rating(act->effects, last);
    return 0;
}

// --- lawyer -------------------------------------------------------------------------------------

// Whoever comes on duty anew may again be asked what they let go before.
static int do_on_duty(struct act *act)
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

static int do_off_duty(struct act *act)
{
    struct consultation *current = act->lawyer->current;
    consult_set_duty(act->lawyer, false, act->now_ms, act->effects);
    if (current && current->state == CONSULT_OFFERED)
        consult_release(act->consult, current, act->effects);
    return 0;
}

// The lawyer's consultation when it is the one the command names, else NULL.
static struct consultation *named(const struct act *act)
{
    struct consultation *current = act->lawyer->current;
    const char *id = act->command->consultation;
    return current && id && strcmp(current->id, id) == 0 ? current : NULL;
}

static int do_accept(struct act *act)
{
    struct consultation *row = named(act);
    if (!row)
        return refuse(act, &not_offered, EPROTO);
    act->effects->result = row;
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

static int do_decline(struct act *act)
{
    struct consultation *row = named(act);
    if (!row || row->state != CONSULT_OFFERED)
        return refuse(act, &not_offered, EPROTO);
    if (!consult_is_reason(act->command->reason))
        return refuse(act, &unknown_reason, EINVAL);
    if (strcmp(act->command->reason, "conflict_of_interest") == 0)
        add_conflict(row, act->lawyer->info.id);
    act->effects->result = row;
    consult_release(act->consult, row, act->effects);
    return 0;
}

static int do_end(struct act *act)
{
    struct consultation *row = named(act);
    if (!row || !consult_is_meeting(row))
        return refuse(act, &not_yours, EPROTO);
    act->effects->result = row;
    consult_close(act->consult, row, CONSULT_END_LAWYER_ENDED, act->now_ms, act->effects);
    return 0;
}

// --- alarms -------------------------------------------------------------------------------------

// What people may raise themselves, and who.
static const enum actor raised_by[CONSULT_ALARM_KINDS] = {
    [CONSULT_ALARM_DANGER] = BOOTH,
    [CONSULT_ALARM_PANIC] = LAWYER,
};

static int do_alarm(struct act *act)
{
    struct consult_alarm what = {0};
    const char *reason = act->command->reason;
    const struct consultation *row = act->booth ? act->booth->open : act->lawyer->current;
    if (!reason || consult_alarm_parse(reason, &what.kind) ||
        raised_by[what.kind] != (act->booth ? BOOTH : LAWYER))
        return refuse(act, &unknown_alarm, EINVAL);
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

static int do_close_alarm(struct act *act)
{
    struct consult_alarm *alarm = consult_alarm_entry(act->consult, act->command->alarm);
    if (!alarm)
        return refuse(act, &no_alarm, EPROTO);
    consult_lower(alarm, act->now_ms, act->effects);
    return 0;
}

static int do_say(struct act *act)
{
    struct consultation *row = named(act);
    if (!row || !consult_is_meeting(row))
        return refuse(act, &not_yours, EPROTO);
    return consult_say(row, act->command, act->effects, act->problem);
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
    enum actor actor;
    int (*handler)(struct act *act);
} verbs[CONSULT_VERBS] = {
    [CONSULT_ASK] = {BOOTH, do_ask},
    [CONSULT_CANCEL] = {BOOTH, do_cancel},
    [CONSULT_LEAVE] = {BOOTH, do_leave},
    [CONSULT_LEAVE_WORD] = {BOOTH, do_leave_word},
    [CONSULT_IDENTIFY] = {BOOTH, do_identify},
    [CONSULT_SLOWER] = {BOOTH, do_slower},
    [CONSULT_RATE] = {BOOTH, do_rate},
    [CONSULT_ON_DUTY] = {LAWYER, do_on_duty},
    [CONSULT_OFF_DUTY] = {LAWYER, do_off_duty},
    [CONSULT_ACCEPT] = {LAWYER, do_accept},
    [CONSULT_DECLINE] = {LAWYER, do_decline},
    [CONSULT_END] = {LAWYER, do_end},
    [CONSULT_SAY] = {LAWYER, do_say},
    [CONSULT_BOOTH_LOST] = {BOOTH, do_booth_lost},
    [CONSULT_BOOTH_BACK] = {BOOTH, do_booth_back},
    [CONSULT_LAWYER_LOST] = {LAWYER, do_lawyer_lost},
    [CONSULT_LAWYER_BACK] = {LAWYER, do_lawyer_back},
    [CONSULT_ANSWER] = {NOBODY, do_answer},
    [CONSULT_ALARM] = {EITHER, do_alarm},
    [CONSULT_CLOSE_ALARM] = {NOBODY, do_close_alarm},
    [CONSULT_TICK] = {NOBODY, do_tick},
};

static int find_actor(struct act *act)
{
    switch (verbs[act->command->verb].actor) {
    case BOOTH:
        act->booth = consult_booth_entry(act->consult, act->command->who);
        return act->booth ? 0 : refuse(act, &unknown_booth, ENOENT);
    case LAWYER:
        act->lawyer = consult_lawyer_entry(act->consult, act->command->who);
        return act->lawyer ? 0 : refuse(act, &unknown_lawyer, ENOENT);
    case EITHER:
        act->booth = consult_booth_entry(act->consult, act->command->who);
        act->lawyer = consult_lawyer_entry(act->consult, act->command->who);
        return act->booth || act->lawyer ? 0 : refuse(act, &unknown_booth, ENOENT);
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
        return refuse(&act, &unknown_verb, EINVAL);
    int err = find_actor(&act);
    if (!err)
        err = verbs[command->verb].handler(&act);
    if (err)
        return err;
    consult_dispatch(consult, now_ms, effects);
    consult_settle(consult, now_ms, effects);
    consult_tell_changes(consult, effects);
    return 0;
}
