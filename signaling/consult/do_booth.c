#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/act.h"
#include "signaling/consult/recording.h"
#include "signaling/consult/words.h"

// What a booth may do.

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
static const struct problem not_to_rate = {
    409, "not-to-be-rated", "This consultation cannot be rated",
    "It is rated already, did not come about, or ended more than ten minutes ago.", "consultation"};
static const struct problem bad_score = {422, "bad-score", "Not a score",
                                         "Send a whole number from 1 to 5.", "score"};

_Static_assert(CONSULT_WORD_MAX == 48, "the texts above name the limit");

static int check_ask(struct act *act)
{
    const struct consult_command *command = act->command;
    if (!consult_is_category(command->category))
        return act_refuse(act, &unknown_category, EINVAL);
    if (!consult_is_language(command->language))
        return act_refuse(act, &unknown_language, EINVAL);
    if (!consult_is_code(command->consent))
        return act_refuse(act, &no_consent, EINVAL);
    if (command->key && *command->key && !consult_is_code(command->key))
        return act_refuse(act, &bad_key, EINVAL);
    if (!consult_is_id(command->consultation) || consult_find(act->consult, command->consultation))
        return act_refuse(act, &bad_id, EINVAL);
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
    consult_slot(row)->centre = act->booth->centre;
}

static struct consult_consent notice_of(const struct consultation *row)
{
    struct consult_consent notice = {
        .kind = CONSULT_CONSENT_NOTICE, .is_given = true, .at = row->asked_at};
    text_copy(notice.party, sizeof(notice.party), row->booth);
    text_copy(notice.wording, sizeof(notice.wording), row->consent);
    return notice;
}

// Who has an appointment is served by its lawyer, who names one by that one if it can be.
static void note_wish(struct act *act, struct consultation *row)
{
    const char *number = act->command->number ? act->command->number : "";
    const struct consult_appointment *appointment = consult_arrive(act, number);
    const char *wanted = appointment ? appointment->lawyer : consult_met_by(act->consult, number);
    if (appointment) {
        text_copy(row->category, sizeof(row->category), appointment->category);
        consult_slot(row)->appointment_at = appointment->starts_at;
    }
    if (!wanted)
        wanted = act->command->prefer;
    if (wanted)
        text_copy(consult_slot(row)->prefer, CONSULT_ID_MAX, wanted);
}

int do_ask(struct act *act)
{
    const struct consultation *open = act->booth->open;
    const char *key = act->command->key;
    if (open && key && *key && strcmp(key, open->key) == 0) {
        act->effects->result = open;
        return 0;
    }
    if (open)
        return act_refuse(act, &already_asking, EEXIST);
    int err = check_ask(act);
    if (err)
        return err;
    struct consultation *row = consult_new_row(act->consult);
    if (!row)
        return act_refuse(act, &clinic_full, EAGAIN);
    fill_ask(row, act);
    take_ticket(act->consult, row, act->now_ms);
    note_wish(act, row);
    act->booth->open = row;
    act->booth->last = (struct consult_rating){0};
    act->effects->result = row;
    effect_save(act->effects, row);
    effect_tell_booth(act->effects, row);
    const struct consult_consent notice = notice_of(row);
    return recording_answer(row, &notice, act->effects);
}

static int close_own(struct act *act, enum consult_end end)
{
    act->effects->result = act->booth->open;
    consult_close(act->consult, act->booth->open, end, act->now_ms, act->effects);
    return 0;
}

int do_cancel(struct act *act)
{
    const struct consultation *open = act->booth->open;
    if (!open || !consult_is_queued(open))
        return act_refuse(act, &not_waiting, EPROTO);
    // Who was passed on and waits has met somebody.
    return close_own(act, open->connected_at ? CONSULT_END_RESIDENT_LEFT : CONSULT_END_CANCELLED);
}

int do_leave(struct act *act)
{
    const struct consultation *open = act->booth->open;
    if (!open || !consult_is_meeting(open))
        return act_refuse(act, &not_connected, EPROTO);
    return close_own(act, CONSULT_END_RESIDENT_LEFT);
}

int do_leave_word(struct act *act)
{
    if (act->booth->open && consult_is_meeting(act->booth->open))
        return act_refuse(act, &already_asking, EEXIST);
    return consult_leave_word(act->consult, act->booth, act->command, act->now_ms, act->effects,
                              act->problem);
}

int do_identify(struct act *act)
{
    if (!act->booth->open)
        return act_refuse(act, &not_waiting, EPROTO);
    act->effects->result = act->booth->open;
    return consult_identify(act->booth->open, act->command, act->now_ms, act->effects,
                            act->problem);
}

int do_slower(struct act *act)
{
    const struct consultation *open = act->booth->open;
    if (!open || !consult_is_meeting(open))
        return act_refuse(act, &not_connected, EPROTO);
    effect_tell_lawyer_now(act->effects, "slower", open);
    return 0;
}

// Whoever comes next must not rate for the one before: his asking ends it.
int do_rate(struct act *act)
{
    const struct consult_command *command = act->command;
    struct consult_rating *last = &act->booth->last;
    if (!command->consultation || !*command->consultation || act->booth->open ||
        strcmp(command->consultation, last->consultation) != 0)
        return act_refuse(act, &not_to_rate, EPROTO);
    if (command->score < 1 || command->score > 5)
        return act_refuse(act, &bad_score, EINVAL);
    if (last->score == command->score) // repeated, because the answer was lost
        return 0;
    if (last->score || act->now_ms - act->booth->last_ended_at > CONSULT_RATE_MS)
        return act_refuse(act, &not_to_rate, EPROTO);
    last->score = command->score;
    last->rated_at = act->now_ms;
    effect_save_rating(act->effects, last);
    return 0;
}
