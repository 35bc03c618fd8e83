#include "signaling/consult/party.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/sm.h"
#include "gateway/base/text.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

//            yes              his link is opened
//   asked ----------> agreed ----------------> inside
//     |                 |                        |
//     +-----------------+------> closed <--------+
//   refused, expired,      expired, put_out,    put_out, left,
//   finished               finished             finished
//
// The question is open for two minutes, the link for thirty; no state outlives the consultation.

// --- names --------------------------------------------------------------------------------------

static const char *const roles[CONSULT_ROLES] = {
    [CONSULT_INTERPRETER] = "interpreter",     [CONSULT_MEDIATOR] = "mediator",
    [CONSULT_SECOND_LAWYER] = "second_lawyer", [CONSULT_FAMILY] = "family",
    [CONSULT_GRID_WORKER] = "grid_worker",     [CONSULT_OTHER] = "other",
};

static const char *const states[CONSULT_PARTY_STATES] = {
    [CONSULT_PARTY_ASKED] = "asked",
    [CONSULT_PARTY_AGREED] = "agreed",
    [CONSULT_PARTY_INSIDE] = "inside",
    [CONSULT_PARTY_CLOSED] = "closed",
};

static const char *const ends[CONSULT_PARTY_ENDS] = {
    [CONSULT_PARTY_END_NONE] = "",       [CONSULT_PARTY_REFUSED] = "refused",
    [CONSULT_PARTY_EXPIRED] = "expired", [CONSULT_PARTY_PUT_OUT] = "put_out",
    [CONSULT_PARTY_LEFT] = "left",       [CONSULT_PARTY_FINISHED] = "finished",
};

const char *consult_role_name(enum consult_role role)
{
    return roles[role];
}

const char *consult_party_state_name(enum consult_party_state state)
{
    return states[state];
}

const char *consult_party_end_name(enum consult_party_end end)
{
    return ends[end];
}

int consult_role_parse(const char *name, enum consult_role *role)
{
    for (unsigned i = 0; i < CONSULT_ROLES; i++)
        if (strcmp(roles[i], name) == 0) {
            *role = (enum consult_role)i;
            return 0;
        }
    return ENOENT;
}

int consult_party_state_parse(const char *name, enum consult_party_state *state)
{
    for (unsigned i = 0; i < CONSULT_PARTY_STATES; i++)
        if (strcmp(states[i], name) == 0) {
            *state = (enum consult_party_state)i;
            return 0;
        }
    return ENOENT;
}

// --- looking ------------------------------------------------------------------------------------

static bool is_open(const struct party *party)
{
    return party->used && party->row.state != CONSULT_PARTY_CLOSED;
}

static bool is_inside(const struct consultation *row, const char *participant)
{
    const struct slot *slot = consult_slot(row);
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++)
        if (is_open(&slot->parties[i]) && slot->parties[i].row.state == CONSULT_PARTY_INSIDE &&
            strcmp(slot->parties[i].row.id, participant) == 0)
            return true;
    return false;
}

static bool takes_part(const struct consultation *row, const char *participant)
{
    if (!row || !consult_is_meeting(row) || !*participant)
        return false;
    return strcmp(row->booth, participant) == 0 || strcmp(row->lawyer, participant) == 0 ||
           (row->colleague_at && strcmp(row->colleague, participant) == 0) ||
           is_inside(row, participant);
}

bool consult_may_enter(const struct consult *consult, const char *room, const char *participant)
{
    return takes_part(consult_find(consult, room), participant);
}

struct present {
    const struct consultation *row;
    consult_each_present_h *handler;
    void *arg;
};

static void tell_present(const struct present *present, const char *kind, const char *participant)
{
    char topic[CONSULT_ID_MAX + 8];
    if (!*participant || strcmp(present->row->parked, participant) == 0)
        return;
    snprintf(topic, sizeof(topic), "%s:%s", kind, participant);
    present->handler(participant, topic, present->arg);
}

static void tell_party(const struct consult_party *party, void *arg)
{
    if (party->state == CONSULT_PARTY_INSIDE)
        tell_present(arg, "guest", party->id);
}

void consult_each_present(const struct consultation *row, consult_each_present_h *handler,
                          void *arg)
{
    struct present present = {row, handler, arg};
    if (!consult_is_meeting(row))
        return;
    tell_present(&present, "booth", row->booth);
    tell_present(&present, "lawyer", row->lawyer);
    if (row->colleague_at)
        tell_present(&present, "lawyer", row->colleague);
    consult_each_party(row, tell_party, &present);
}

const struct consultation *consult_meeting_of(const struct consult *consult,
                                              const char *participant)
{
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        const struct slot *slot = &consult->slots[i];
        if (slot->used && takes_part(&slot->row, participant))
            return strcmp(slot->row.parked, participant) == 0 ? NULL : &slot->row;
    }
    return NULL;
}

bool consult_may_prepare(const struct consult *consult, const char *room, const char *participant)
{
    const struct consultation *row = consult_find(consult, room);
    if (!row || row->state != CONSULT_OFFERED || !*participant)
        return false;
    return strcmp(row->booth, participant) == 0 || strcmp(row->lawyer, participant) == 0;
}

typedef bool party_test(const struct party *party, const char *text);

static struct party *find(struct consult *consult, party_test *test, const char *text)
{
    for (size_t i = 0; text && *text && i < CONSULT_BOOTHS_MAX; i++)
        for (size_t j = 0; consult->slots[i].used && j < CONSULT_PARTIES_MAX; j++) {
            struct party *party = &consult->slots[i].parties[j];
            if (is_open(party) && test(party, text))
                return party;
        }
    return NULL;
}

static bool has_id(const struct party *party, const char *id)
{
    return strcmp(party->row.id, id) == 0;
}

static bool has_hash(const struct party *party, const char *hash)
{
    return strcmp(party->row.link_hash, hash) == 0;
}

struct party *consult_party_entry(struct consult *consult, const char *id)
{
    return find(consult, has_id, id);
}

const struct consult_party *consult_party(const struct consult *consult, const char *id)
{
    struct party *party = find((struct consult *)consult, has_id, id); // finding changes nothing
    return party ? &party->row : NULL;
}

const struct consult_party *consult_party_by_link(const struct consult *consult, const char *hash)
{
    struct party *party = find((struct consult *)consult, has_hash, hash);
    return party ? &party->row : NULL;
}

void consult_each_party(const struct consultation *row, consult_each_party_h *handler, void *arg)
{
    const struct slot *slot = consult_slot(row);
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++)
        if (is_open(&slot->parties[i]))
            handler(&slot->parties[i].row, arg);
}

const char *consult_party_link(const struct consult_party *party)
{
    const char *at = (const char *)party;
    return ((const struct party *)(at - offsetof(struct party, row)))->link;
}

struct consultation *consult_party_row(struct consult *consult, const struct party *party)
{
    const struct consultation *row = consult_find(consult, party->row.consultation);
    return consult_booth_entry(consult, row->booth)->open;
}

// --- coming and going ---------------------------------------------------------------------------

int consult_load_party(struct consult *consult, const struct consult_party *party)
{
    const struct consultation *row = consult_find(consult, party->consultation);
    bool has_link = party->state == CONSULT_PARTY_AGREED || party->state == CONSULT_PARTY_INSIDE;
    if (!consult_is_id(party->id) || party->state >= CONSULT_PARTY_CLOSED ||
        has_link != (party->link_hash[0] != 0))
        return EINVAL;
    if (!row)
        return ENOENT;
    if (consult_party(consult, party->id))
        return EEXIST;
    struct slot *slot = consult_slot(row);
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++)
        if (!slot->parties[i].used) {
            slot->parties[i] = (struct party){.row = *party, .used = true};
            return 0;
        }
    return EOVERFLOW;
}

static void close_quietly(struct party *party, enum consult_party_end end, int64_t now_ms,
                          struct consult_effects *effects)
{
    party->row.state = CONSULT_PARTY_CLOSED;
    party->row.end_reason = end;
    party->row.ended_at = now_ms;
    explicit_bzero(party->link, sizeof(party->link));
    effect_save_party(effects, &party->row);
}

void consult_close_party(struct consultation *row, struct party *party, enum consult_party_end end,
                         int64_t now_ms, struct consult_effects *effects)
{
    bool was_inside = party->row.state == CONSULT_PARTY_INSIDE;
    if (strcmp(row->parked, party->row.id) == 0)
        consult_joint(row, effects);
    close_quietly(party, end, now_ms, effects);
    if (was_inside) {
        effect_media_of(effects, CONSULT_MEDIA_OUT, row, party->row.id);
        effect_tell_guest(effects, &party->row, row);
    }
    effect_tell_meeting(effects, row);
}

void consult_finish_parties(struct consultation *row, int64_t now_ms,
                            struct consult_effects *effects)
{
    struct slot *slot = consult_slot(row);
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++) {
        struct party *party = &slot->parties[i];
        bool was_inside = party->row.state == CONSULT_PARTY_INSIDE;
        if (!is_open(party))
            continue;
        close_quietly(party, CONSULT_PARTY_FINISHED, now_ms, effects);
        if (was_inside)
            effect_tell_guest(effects, &party->row, row);
    }
}

void consult_sweep_parties(struct slot *slot)
{
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++)
        if (slot->parties[i].row.state == CONSULT_PARTY_CLOSED)
            slot->parties[i].used = false;
}

int64_t consult_party_deadline(const struct slot *slot)
{
    int64_t next = -1;
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++) {
        const struct party *party = &slot->parties[i];
        int64_t at = party->row.expires_at;
        if (is_open(party) && party->row.state != CONSULT_PARTY_INSIDE && (next < 0 || at < next))
            next = at;
    }
    return next;
}

bool consult_expire_parties(struct slot *slot, int64_t now_ms, struct consult_effects *effects)
{
    bool found = false;
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++) {
        struct party *party = &slot->parties[i];
        if (!is_open(party) || party->row.state == CONSULT_PARTY_INSIDE ||
            party->row.expires_at > now_ms)
            continue;
        consult_close_party(&slot->row, party, CONSULT_PARTY_EXPIRED, now_ms, effects);
        found = true;
    }
    return found;
}

void consult_joint(struct consultation *row, struct consult_effects *effects)
{
    if (!*row->parked)
        return;
    effect_media_of(effects, CONSULT_MEDIA_JOINT, row, row->parked);
    memset(row->parked, 0, sizeof(row->parked));
    effect_save(effects, row);
}
