#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/act.h"
#include "signaling/consult/recording.h"
#include "signaling/consult/words.h"

// Consents: given and refused by who is in front of the screen, asked for by the lawyer, withdrawn
// by anybody at any time.

static const char *const names[CONSULT_CONSENT_KINDS] = {
    [CONSULT_CONSENT_NOTICE] = "notice",
    [CONSULT_CONSENT_SENSITIVE] = "sensitive",
    [CONSULT_CONSENT_RECORDING] = "recording",
    [CONSULT_CONSENT_EARLIER] = "earlier",
};

static const struct problem unknown_kind = {422, "unknown-consent", "Unknown consent",
                                            "Send sensitive, earlier or recording.", "reason"};
static const struct problem bad_answer = {422, "bad-answer", "Not an answer", "Send yes or no.",
                                          "text"};
static const struct problem no_wording = {422, "consent-needed", "Which wording?",
                                          "Send the version of the wording that was shown.",
                                          "consent"};
static const struct problem not_asked = {409, "not-asked", "Nobody has asked for this",
                                         "The lawyer asks for a recording; answer then.", "reason"};
static const struct problem no_number = {409, "no-number", "Nobody knows who it is",
                                         "Earlier ones are found by a telephone number.", "reason"};
static const struct problem nothing_given = {409, "nothing-given", "There is no such consent",
                                             "It was not given, or is withdrawn already.",
                                             "reason"};
static const struct problem not_meeting = {409, "not-connected", "You are in no consultation",
                                           "This is for a running consultation.", NULL};
static const struct problem too_many = {409, "asked-too-often", "Asked too often",
                                        "In this consultation it cannot be asked again.", NULL};
static const struct problem running = {409, "recording-asked", "It has been asked for",
                                       "A recording is asked for or runs already.", NULL};

const char *consult_consent_name(enum consult_consent_kind kind)
{
    return names[kind];
}

int consult_consent_parse(const char *name, enum consult_consent_kind *kind)
{
    for (size_t i = 0; name && i < CONSULT_CONSENT_KINDS; i++)
        if (strcmp(names[i], name) == 0) {
            *kind = (enum consult_consent_kind)i;
            return 0;
        }
    return ENOENT;
}

// The actor's open consultation, and who he is in it.
static struct consultation *own_row(const struct act *act, const char **party)
{
    const struct party *guest = act->guest;
    *party = act->command->who;
    if (act->lawyer)
        return act_named(act);
    if (act->booth)
        return act->booth->open;
    return guest->row.state == CONSULT_PARTY_INSIDE ? consult_party_row(act->consult, guest) : NULL;
}

static int read_kind(struct act *act, enum consult_consent_kind *kind)
{
    int err = consult_consent_parse(act->command->reason, kind);
    if (err || *kind == CONSULT_CONSENT_NOTICE)
        return act_refuse(act, &unknown_kind, EINVAL);
    return 0;
}

static int fill(struct act *act, const char *party, struct consult_consent *answer)
{
    if (!consult_is_code(act->command->consent))
        return act_refuse(act, &no_wording, EINVAL);
    text_copy(answer->party, sizeof(answer->party), party);
    text_copy(answer->wording, sizeof(answer->wording), act->command->consent);
    answer->at = act->now_ms;
    return 0;
}

static int read_answer(struct act *act, const char *party, struct consult_consent *answer)
{
    const char *text = act->command->text;
    int err = read_kind(act, &answer->kind);
    if (err)
        return err;
    answer->is_given = text && strcmp(text, "yes") == 0;
    if (!answer->is_given && (!text || strcmp(text, "no") != 0))
        return act_refuse(act, &bad_answer, EINVAL);
    return fill(act, party, answer);
}

// May this answer be given now?
static bool is_asked(const struct consultation *row, const char *party,
                     const struct consult_consent *answer)
{
    enum consult_recording_state state = consult_slot(row)->consents.state;
    if (answer->kind == CONSULT_CONSENT_EARLIER && row->identity != CONSULT_IDENTITY_PHONE)
        return false;
    if (answer->kind != CONSULT_CONSENT_RECORDING)
        return strcmp(party, row->booth) == 0;
    return consult_is_meeting(row) && state != CONSULT_RECORDING_OFF &&
           !consult_recording_agreed(row, party);
}

// The answer is repeated, because the first reply was lost.
static bool is_known(const struct consultation *row, const struct consult_consent *answer)
{
    const struct consult_consent *before = consult_consent_of(row, answer->party, answer->kind);
    if (!before || before->is_given != answer->is_given || before->withdrawn_at)
        return false;
    return answer->kind == CONSULT_CONSENT_RECORDING ? consult_recording_agreed(row, answer->party)
                                                     : !consult_consent_asked(row, answer->kind);
}

static void told(struct act *act, struct consultation *row)
{
    if (consult_is_meeting(row))
        effect_tell_meeting(act->effects, row);
    else
        effect_tell_booth(act->effects, row);
}

int do_consent(struct act *act)
{
    const char *party;
    struct consult_consent answer = {0};
    struct consultation *row = own_row(act, &party);
    if (!row)
        return act_refuse(act, &not_meeting, EPROTO);
    int err = read_answer(act, party, &answer);
    if (err)
        return err;
    act->effects->result = row;
    if (is_known(row, &answer))
        return 0;
    if (!is_asked(row, party, &answer))
        return act_refuse(act, &not_asked, EPROTO);
    if (recording_answer(row, &answer, act->effects))
        return act_refuse(act, &too_many, EOVERFLOW);
    consult_slot(row)->consents.asked[answer.kind] = false;
    told(act, row);
    return 0;
}

// Asking for a recording is the lawyer's own consent.
static int ask_recording(struct act *act, struct consultation *row)
{
    struct consult_consent own = {.kind = CONSULT_CONSENT_RECORDING, .is_given = true};
    struct consents *consents = &consult_slot(row)->consents;
    int err = fill(act, act->lawyer->info.id, &own);
    if (err)
        return err;
    if (consents->state != CONSULT_RECORDING_OFF)
        return act_refuse(act, &running, EPROTO);
    // room for everybody's answer
    if (consents->count + RECORDING_PEOPLE_MAX > CONSULT_CONSENTS_MAX)
        return act_refuse(act, &too_many, EOVERFLOW);
    recording_ask(row, act->now_ms, act->effects);
    return recording_answer(row, &own, act->effects);
}

int do_ask_consent(struct act *act)
{
    enum consult_consent_kind kind;
    struct consultation *row = act_own(act);
    if (!row)
        return act_refuse(act, &not_meeting, EPROTO);
    int err = read_kind(act, &kind);
    if (err)
        return err;
    act->effects->result = row;
    if (kind == CONSULT_CONSENT_RECORDING)
        return ask_recording(act, row);
    if (kind == CONSULT_CONSENT_EARLIER && row->identity != CONSULT_IDENTITY_PHONE)
        return act_refuse(act, &no_number, EPROTO);
    consult_slot(row)->consents.asked[kind] = true;
    told(act, row);
    return 0;
}

int do_withdraw(struct act *act)
{
    const char *party;
    enum consult_consent_kind kind;
    struct consultation *row = own_row(act, &party);
    if (!row)
        return act_refuse(act, &not_meeting, EPROTO);
    int err = read_kind(act, &kind);
    if (err)
        return err;
    if (!recording_withdraw(row, party, kind, act->now_ms, act->effects))
        return act_refuse(act, &nothing_given, EPROTO);
    act->effects->result = row;
    told(act, row);
    return 0;
}
