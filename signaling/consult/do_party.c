#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/act.h"
#include "signaling/consult/words.h"

// Third parties and the caucus: asked for by the lawyer, agreed to by the resident.

static const struct problem not_yours = {
    409, "not-your-consultation", "This is not your running consultation",
    "It has ended already or belongs to another lawyer.", "consultation"};
static const struct problem unknown_role = {
    422, "unknown-role", "Unknown role",
    "Send interpreter, mediator, second_lawyer, family, grid_worker or other.", "role"};
static const struct problem bad_name = {422, "bad-name", "Not a name", "Send 1 to 95 bytes.",
                                        "text"};
static const struct problem bad_id = {422, "bad-id", "Not a new id",
                                      "Send an id that is well formed and not in use.", "party"};
static const struct problem asked_already = {
    409, "asked-already", "The resident is being asked already",
    "Wait for the answer before asking for somebody else.", NULL};
static const struct problem too_many = {409, "too-many-parties", "Too many third parties",
                                        "Put somebody out first.", NULL};
static const struct problem no_party = {409, "no-party", "No such third party",
                                        "He is gone already, or was never asked for.", "party"};
static const struct problem not_asked = {409, "not-asked", "This is not being asked",
                                         "The question ran out or is answered already.", "party"};
static const struct problem bad_answer = {422, "bad-answer", "Not an answer", "Send yes or no.",
                                          "answer"};
static const struct problem not_open = {409, "not-waiting", "This booth is not waiting",
                                        "Ask for a lawyer first.", NULL};
static const struct problem link_used = {409, "link-used", "This link has been used",
                                         "A link is good once. Ask the lawyer for a new one.",
                                         NULL};
static const struct problem gone = {409, "no-party", "You are not of a consultation",
                                    "It has ended, or you were put out.", NULL};

_Static_assert(CONSULT_NAME_MAX == 96, "the text names the limit");

struct consultation *act_own(const struct act *act)
{
    struct consultation *row = act_named(act);
    bool own = row && consult_is_meeting(row) && strcmp(row->lawyer, act->lawyer->info.id) == 0;
    return own ? row : NULL;
}

// The one of this consultation that the command names.
static struct party *named(const struct act *act, const struct consultation *row)
{
    struct party *party = consult_party_entry(act->consult, act->command->party);
    return party && strcmp(party->row.consultation, row->id) == 0 ? party : NULL;
}

int do_about(struct act *act)
{
    struct consultation *open = act->booth->open;
    if (!open)
        return act_refuse(act, &not_open, EPROTO);
    act->effects->result = open;
    return consult_about(open, act->command, act->effects, act->problem);
}

// --- asking for somebody ------------------------------------------------------------------------

static int check_invite(struct act *act, const struct slot *slot, enum consult_role *role,
                        size_t *place)
{
    const struct consult_command *command = act->command;
    *place = CONSULT_PARTIES_MAX;
    if (!command->role || consult_role_parse(command->role, role))
        return act_refuse(act, &unknown_role, EINVAL);
    if (!consult_is_line(command->text, 1, CONSULT_NAME_MAX - 1))
        return act_refuse(act, &bad_name, EINVAL);
    if (!consult_is_id(command->party) || consult_party(act->consult, command->party))
        return act_refuse(act, &bad_id, EINVAL);
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++) {
        if (!slot->parties[i].used)
            *place = i;
        else if (slot->parties[i].row.state == CONSULT_PARTY_ASKED)
            return act_refuse(act, &asked_already, EPROTO);
    }
    return *place == CONSULT_PARTIES_MAX ? act_refuse(act, &too_many, EPROTO) : 0;
}

int do_invite(struct act *act)
{
    struct consultation *row = act_own(act);
    enum consult_role role;
    size_t place;
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    int err = check_invite(act, consult_slot(row), &role, &place);
    if (err)
        return err;
    struct party *party = &consult_slot(row)->parties[place];
    *party = (struct party){.used = true,
                            .row = {.role = role,
                                    .state = CONSULT_PARTY_ASKED,
                                    .asked_at = act->now_ms,
                                    .expires_at = act->now_ms + CONSULT_ANSWER_WAIT_MS}};
    text_copy(party->row.id, sizeof(party->row.id), act->command->party);
    text_copy(party->row.consultation, sizeof(party->row.consultation), row->id);
    text_copy(party->row.name, sizeof(party->row.name), act->command->text);
    act->effects->result = row;
    effect_save_party(act->effects, &party->row);
    effect_tell_meeting(act->effects, row);
    return 0;
}

static int agree(struct act *act, struct consultation *row, struct party *party)
{
    const struct consult_command *command = act->command;
    if (!text_copy(party->link, sizeof(party->link), command->link) ||
        !text_copy(party->row.link_hash, sizeof(party->row.link_hash), command->link_hash))
        return act_refuse(act, &bad_id, EINVAL);
    party->row.state = CONSULT_PARTY_AGREED;
    party->row.answered_at = act->now_ms;
    party->row.expires_at = act->now_ms + CONSULT_LINK_MS;
    effect_save_party(act->effects, &party->row);
    effect_tell_meeting(act->effects, row);
    effect_tell_lawyer_now(act->effects, "links", row);
    return 0;
}

int do_agree(struct act *act)
{
    const struct consult_command *command = act->command;
    struct consultation *row = act->booth->open;
    struct party *party = row ? named(act, row) : NULL;
    if (!party || party->row.state != CONSULT_PARTY_ASKED)
        return act_refuse(act, &not_asked, EPROTO);
    bool yes = command->answer && strcmp(command->answer, "yes") == 0;
    if (!yes && (!command->answer || strcmp(command->answer, "no") != 0))
        return act_refuse(act, &bad_answer, EINVAL);
    if (yes && (!command->link || !command->link_hash || !*command->link_hash))
        return act_refuse(act, &bad_id, EINVAL);
    act->effects->result = row;
    if (yes)
        return agree(act, row, party);
    party->row.answered_at = act->now_ms;
    consult_close_party(row, party, CONSULT_PARTY_REFUSED, act->now_ms, act->effects);
    return 0;
}

int do_put_out(struct act *act)
{
    struct consultation *row = act_own(act);
    struct party *party = row ? named(act, row) : NULL;
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    if (!party)
        return act_refuse(act, &no_party, EPROTO);
    act->effects->result = row;
    consult_close_party(row, party, CONSULT_PARTY_PUT_OUT, act->now_ms, act->effects);
    effect_tell_lawyer_now(act->effects, "links", row);
    return 0;
}

// --- the third party himself --------------------------------------------------------------------

int do_enter(struct act *act)
{
    struct party *party = consult_party_entry(act->consult, act->command->who);
    if (!party || party->row.state != CONSULT_PARTY_AGREED)
        return act_refuse(act, &link_used, EPROTO);
    struct consultation *row = consult_party_row(act->consult, party);
    party->row.state = CONSULT_PARTY_INSIDE;
    party->row.entered_at = act->now_ms;
    party->row.expires_at = 0;
    explicit_bzero(party->link, sizeof(party->link));
    effect_save_party(act->effects, &party->row);
    effect_tell_meeting(act->effects, row);
    effect_tell_lawyer_now(act->effects, "links", row);
    return 0;
}

int do_guest_leave(struct act *act)
{
    struct party *party = consult_party_entry(act->consult, act->command->who);
    if (!party || party->row.state != CONSULT_PARTY_INSIDE)
        return act_refuse(act, &gone, EPROTO);
    consult_close_party(consult_party_row(act->consult, party), party, CONSULT_PARTY_LEFT,
                        act->now_ms, act->effects);
    return 0;
}

// --- caucus -------------------------------------------------------------------------------------

int do_park(struct act *act)
{
    struct consultation *row = act_own(act);
    struct party *party = row ? named(act, row) : NULL;
    const char *who = act->command->party;
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    bool inside = party && party->row.state == CONSULT_PARTY_INSIDE;
    if (!inside && (!who || strcmp(who, row->booth) != 0))
        return act_refuse(act, &no_party, EPROTO);
    act->effects->result = row;
    if (strcmp(row->parked, who) == 0) // repeated, because the answer was lost
        return 0;
    consult_joint(row, act->effects);
    text_copy(row->parked, sizeof(row->parked), who);
    effect_media_of(act->effects, CONSULT_MEDIA_PARK, row, who);
    effect_save(act->effects, row);
    effect_tell_meeting(act->effects, row);
    return 0;
}

int do_joint(struct act *act)
{
    struct consultation *row = act_own(act);
    if (!row)
        return act_refuse(act, &not_yours, EPROTO);
    act->effects->result = row;
    if (!*row->parked)
        return 0;
    consult_joint(row, act->effects);
    effect_tell_meeting(act->effects, row);
    return 0;
}
