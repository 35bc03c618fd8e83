#pragma once
#include "signaling/consult/consult.h"

// Who is of a consultation: its booth, its lawyer, a second lawyer who joined, and third parties
// whom the resident agreed to.

enum consult_role {
    CONSULT_INTERPRETER,
    CONSULT_MEDIATOR,
    CONSULT_SECOND_LAWYER, // of any law firm
    CONSULT_FAMILY,
    CONSULT_GRID_WORKER,
    CONSULT_OTHER,
    CONSULT_ROLES
};

enum consult_party_state {
    CONSULT_PARTY_ASKED,  // the resident is asked aloud
    CONSULT_PARTY_AGREED, // there is a link
    CONSULT_PARTY_INSIDE, // it was used
    CONSULT_PARTY_CLOSED,
    CONSULT_PARTY_STATES
};

enum consult_party_end {
    CONSULT_PARTY_END_NONE,
    CONSULT_PARTY_REFUSED,  // by the resident
    CONSULT_PARTY_EXPIRED,  // no answer, or nobody came
    CONSULT_PARTY_PUT_OUT,  // by the lawyer
    CONSULT_PARTY_LEFT,     // by himself
    CONSULT_PARTY_FINISHED, // with the consultation
    CONSULT_PARTY_ENDS
};

// One third party, as it is stored. The link itself is never stored; it works once.
struct consult_party {
    char id[CONSULT_ID_MAX];
    char consultation[CONSULT_ID_MAX];
    enum consult_role role;
    char name[CONSULT_NAME_MAX];
    enum consult_party_state state;
    enum consult_party_end end_reason;
    char link_hash[CONSULT_HASH_MAX]; // "" before the resident's yes
    int64_t asked_at;
    int64_t expires_at;  // of the question, then of the link; 0 once inside
    int64_t answered_at; // this and all below: 0 until it happens
    int64_t entered_at;
    int64_t ended_at;
};

// An open one of an open consultation, after the consultations. ENOENT: no such consultation;
// EINVAL, EEXIST, EOVERFLOW.
int consult_load_party(struct consult *consult, const struct consult_party *party);

// May this participant publish and watch in this room now? The one place that says so: a
// consultation's room is open to the people of it while they meet, and to nobody else. A room that
// is no open consultation's: false.
bool consult_may_enter(const struct consult *consult, const char *room, const char *participant);

// May this participant's camera be in the room already, and his way to the other one's, so that the
// picture is there at once? Booth and lawyer may while it is offered; until it is accepted both are
// parked: nobody sees them, and they see nothing.
bool consult_may_prepare(const struct consult *consult, const char *room, const char *participant);

// Everybody who is in the meeting now and not parked: his participant id, and the topic he listens
// to. Nobody while they do not meet.
typedef void consult_each_present_h(const char *participant, const char *topic, void *arg);
void consult_each_present(const struct consultation *row, consult_each_present_h *handler,
                          void *arg);
// The meeting he is in now and not parked, or NULL.
const struct consultation *consult_meeting_of(const struct consult *consult,
                                              const char *participant);

// Open ones; NULL when there is none. By id, or by the hash of the link.
const struct consult_party *consult_party(const struct consult *consult, const char *id);
const struct consult_party *consult_party_by_link(const struct consult *consult, const char *hash);
typedef void consult_each_party_h(const struct consult_party *party, void *arg);
// Of an open consultation, those that are not closed.
void consult_each_party(const struct consultation *row, consult_each_party_h *handler, void *arg);
// The link, as long as nobody has used it and this process lives; else "".
const char *consult_party_link(const struct consult_party *party);

const char *consult_role_name(enum consult_role role);
int consult_role_parse(const char *name, enum consult_role *role); // ENOENT
const char *consult_party_state_name(enum consult_party_state state);
int consult_party_state_parse(const char *name, enum consult_party_state *state); // ENOENT
const char *consult_party_end_name(enum consult_party_end end);                   // "" for none
