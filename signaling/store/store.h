#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/loop.h"
#include "signaling/auth/audit.h"
#include "signaling/auth/role.h"
#include "signaling/auth/scope.h"
#include "signaling/auth/secret.h"
#include "signaling/auth/vault.h"
#include "signaling/consult/consent.h"
#include "signaling/consult/party.h"
#include "signaling/lecture/lecture.h"

// The store thread: the only one that touches the database. Jobs go to it by message and are done
// in order; answers come back on the control thread (in its loop), in the same order. Everything an
// answer points to belongs to the store and is gone when the callback returns.

#define STORE_ID_MAX     40
#define STORE_TOPIC_MAX  64
#define STORE_TEXT_MAX   192
#define STORE_TOPICS_MAX 16
#define STORE_EVENTS_MAX 500  // a page of events
#define STORE_BATCH_MAX  8192 // rows and events of one batch
#define STORE_VALUES_MAX 16   // of one list or write
#define STORE_QUEUE_MAX  4096 // jobs under way; more are refused with EAGAIN

struct count;
struct store;
struct store_batch;

// --- start and end ----------------------------------------------------------------------------

// Opens "sqlite:PATH" ("sqlite::memory:" too), brings the tables to this program's version. `loop`
// is the control thread's. No thread yet. EINVAL for another URL, EPROTO when the database is newer
// than this program, EIO and others from the disk.
int store_alloc(struct store **storep, const char *url, struct loop *loop);

// Phone numbers of messages, and who comes to appointments and for what, are in the database sealed
// by this key; those that are there in clear are sealed now. Before store_load_all() and
// store_start(); without it they are as they are.
int store_seal_rows(struct store *store, const uint8_t key[VAULT_KEY_LEN]);

// Reads everything the domains are built from. Before store_start() only. `last_event` is the
// newest event's number. consult_resume() is left to the caller.
int store_load_all(struct store *store, struct consult *consult, struct lectures *lectures,
                   int64_t *last_event);

// Starts the thread.
int store_start(struct store *store);
// Waits until all jobs are done and answered, those that answers give, too. Not from an answer.
// NULL is allowed.
void store_drain(struct store *store);
// Does the jobs given so far, stops the thread and closes. Answers not yet given are dropped (their
// callbacks are not called). NULL is allowed.
void store_free(struct store *store);

// --- rows and events ---------------------------------------------------------------------------

// A batch is filled by one thread and then given away. Bodies are JSON text. ENOMEM, EOVERFLOW.
int store_batch_alloc(struct store_batch **batchp);
void store_batch_free(struct store_batch *batch);
int store_batch_consultation(struct store_batch *batch, const struct consultation *row);
int store_batch_duty(struct store_batch *batch, const struct consult_duty *row);
int store_batch_rating(struct store_batch *batch, const struct consult_rating *row);
int store_batch_message(struct store_batch *batch, const struct consult_message *row);
int store_batch_appointment(struct store_batch *batch, const struct consult_appointment *row);
int store_batch_party(struct store_batch *batch, const struct consult_party *row);
int store_batch_alarm(struct store_batch *batch, const struct consult_alarm *row);
int store_batch_consent(struct store_batch *batch, const struct consult_consent *row);
int store_batch_lecture(struct store_batch *batch, const struct lecture *row);
int store_batch_event(struct store_batch *batch, int64_t at_ms, const char *topic, const char *kind,
                      const char *body);
// `n` and `hash` are filled by the store.
int store_batch_audit(struct store_batch *batch, const struct audit_entry *entry);

// `first_event` is the number of the batch's first event; the others follow without a gap.
typedef void store_done_h(void *arg, int err, int64_t first_event);

// All of the batch in one transaction, on disk before `done(0)`; or nothing of it and done(err).
// ENOSPC and EIO from the disk, EEXIST for a ticket that is taken or a booth's second open row,
// EINVAL for a row that names nobody.
// Takes the batch over, also on error. `done` may be NULL. EAGAIN, ENOMEM: then `done` is not
// called.
int store_commit(struct store *store, struct store_batch *batch, store_done_h *done, void *arg);
// Commits an entry of the audit log by itself. What is told to nobody may go on without it: a
// failure is logged only.
void store_audit(struct store *store, const struct audit_entry *entry);

// After a commit failed the domains are ahead of the rows: this reads fresh ones from the rows, as
// they are after all jobs given before. With err 0 the callback owns both; as after a restart, the
// caller goes on with consult_resume() and tells who has a socket. Commands given between asking
// and answer are not in them: refuse them meanwhile.
typedef void store_reload_h(void *arg, int err, struct consult *consult, struct lectures *lectures,
                            int64_t last_event);
int store_reload(struct store *store, store_reload_h *done, void *arg);

struct store_event {
    int64_t n;
    int64_t at_ms;
    const char *topic;
    const char *kind;
    const char *body;
};

// `gap`: there are more than `max`, or some after `since` are gone already: send a snapshot
// instead.
typedef void store_events_h(void *arg, int err, const struct store_event *events, size_t count,
                            bool gap);

// Events after number `since` of these topics (at most STORE_TOPICS_MAX), oldest first, at most
// `max` (up to STORE_EVENTS_MAX).
int store_events_since(struct store *store, const char *const *topics, size_t count, int64_t since,
                       size_t max, store_events_h *done, void *arg);

// --- lists and plain writes ---------------------------------------------------------------------

struct store_value {
    const char *text; // NULL: the number
    int64_t number;
};

// Each with the values it takes. All are bounded.
enum store_list {
    STORE_USERS,           // none: everybody who signs in
    STORE_SESSIONS,        // user, hash of the own session or ""
    STORE_START,           // none: one row, what there is already
    STORE_BOOTHS,          // none
    STORE_AUDIT,           // none: the newest
    STORE_SHIFTS,          // not over since when
    STORE_TASKS,           // how long ago they may have been done: since when; now
    STORE_APPOINTMENTS,    // open, and those since when
    STORE_APPOINTMENTS_OF, // lawyer, since when: approved and past ones, without telephone numbers
    STORE_PLACES,          // none: booths and rooms
    STORE_WORKLOAD,        // lawyer, from when, until when: meetings
    STORE_SWAPS,           // lawyer or "", shifts not over since when
    STORE_RECORDINGS,      // consultation, lawyer: his own
    STORE_RECORDING,       // id
    STORE_EARLIER,         // consultation: others of the same person that are over, newest first
    STORE_PHOTO,           // user
    STORE_LISTS
};

// Those before STORE_MAY_BE_NONE may find nothing to change; for the others that is ENOENT, and
// EEXIST is a name or id that is taken.
enum store_write {
    STORE_END_SESSIONS,  // user, hash of the one that stays or ""
    STORE_ADD_SHIFT,     // id, lawyer, centre, starts_at, ends_at
    STORE_ADD_TASK,      // kind, consultation, when
    STORE_ADD_TASK_ONCE, // the same, unless this consultation has one of the kind
    STORE_PUT_REMINDER,  // appointment, when, due when: unless it is over or he is reminded
    STORE_END_REMINDER,  // when, by whom or "", note, appointment
    // as STORE_HAND_APPOINTMENTS, behind it: who was reminded is to be told of the other lawyer
    STORE_HAND_REMINDERS,
    STORE_ADD_RECORDING, // id, consultation, participant, key, key_id, when
    STORE_END_RECORDING, // when, id
    STORE_ADD_ROOM,      // id, name, centre
    STORE_PUT_PERSON,    // consultation, hash
    STORE_FORGET_PERSON, // consultation
    STORE_PUT_PHOTO,     // user, type, version, base64url
    // to whom, from whom, from when, until when, now: what is still to come in a shift
    STORE_HAND_APPOINTMENTS,
    STORE_DROP_CENTRES, // user: those chosen for him
    STORE_MAY_BE_NONE,
    // id, name, password, role, display_name, law_firm, licence_no, skills, languages,
    // needs_factor, district, street
    STORE_ADD_USER = STORE_MAY_BE_NONE,
    // display_name, law_firm, licence_no, skills, languages, district, street, id
    STORE_EDIT_USER,
    STORE_ADD_CENTRE_OF, // user, centre: one more of those chosen for him
    STORE_DISABLE_USER,  // when or 0, id
    STORE_PASSWORD,      // encoded, is it a one-time one, id
    STORE_FACTOR,        // sealed or "", id
    STORE_BOOTH_CODE,    // hash of the code, until when it is good, id
    STORE_ADD_CENTRE,    // district, street, name, phone, address, id
    STORE_EDIT_CENTRE,   // the same
    STORE_ADD_BOOTH,     // id, name, centre
    STORE_NAME_BOOTH,    // name, id
    STORE_CLOSE_BOOTH,   // when, id
    STORE_END_SHIFT,     // id
    STORE_ADD_SWAP,      // shift, its lawyer, whom he asks, when
    STORE_ANSWER_SWAP,   // agreed or declined, when, id, shift, who was asked
    STORE_HAND_OVER,     // lawyer, shift, its lawyer until now
    STORE_DONE_TASK,     // when, by whom, note, id
    STORE_END_SESSION,   // user, beginning of its hash
    STORE_DROP_PAPER,    // id, consultation
    STORE_TOLD,          // when, appointment that was refused or called off
    STORE_DROP_PHOTO,    // user
    STORE_WRITES
};

// `rows` (borrowed) is an array of objects.
typedef void store_list_h(void *arg, int err, json_t *rows);
int store_list(struct store *store, enum store_list list, const struct store_value *values,
               size_t count, store_list_h *done, void *arg);
int store_batch_write(struct store_batch *batch, enum store_write write,
                      const struct store_value *values, size_t count);

// --- counting -----------------------------------------------------------------------------------

// What was asked for and left from `from_ms` until before `until_ms` at a centre ("": all). `count`
// is borrowed.
typedef void store_count_h(void *arg, int err, const struct count *count);
int store_count(struct store *store, const char *centre, int64_t from_ms, int64_t until_ms,
                store_count_h *done, void *arg);

// --- people ------------------------------------------------------------------------------------

struct store_user {
    char id[STORE_ID_MAX];
    char name[STORE_TEXT_MAX]; // sign-in name
    char password[STORE_TEXT_MAX];
    enum role role;
    char display_name[STORE_TEXT_MAX];
    char law_firm[STORE_TEXT_MAX];
    char licence_no[STORE_TEXT_MAX];
    char skills[CONSULT_LIST_MAX];
    char languages[CONSULT_LIST_MAX];
    struct scope scope;
    bool is_disabled;
    bool must_change;            // the password is a one-time one
    bool needs_factor;           // nobody signs in without a second one
    char factor[STORE_TEXT_MAX]; // sealed; "" none
    int64_t factor_step;         // of the code that was used last
};

struct store_booth {
    char id[STORE_ID_MAX];
    char name[STORE_TEXT_MAX];
    char centre_name[STORE_TEXT_MAX];
    uint32_t generation; // tokens of other generations are revoked
};

struct store_member {
    char id[STORE_ID_MAX];
    char name[STORE_TEXT_MAX];
    char lecture[STORE_ID_MAX]; // the one the link leads to; "" for none
};

// ENOENT when there is no such person (the other argument is then NULL).
typedef void store_user_h(void *arg, int err, const struct store_user *user);
typedef void store_booth_h(void *arg, int err, const struct store_booth *booth);
typedef void store_member_h(void *arg, int err, const struct store_member *member);
typedef void store_plain_h(void *arg, int err);

int store_user_by_name(struct store *store, const char *name, store_user_h *done, void *arg);
int store_user_by_id(struct store *store, const char *id, store_user_h *done, void *arg);

// Spends a one-time code: the booth's generation rises (older devices are out) and the code is
// gone, in one transaction.
int store_booth_enrol(struct store *store, const char *code_hash, int64_t now_ms,
                      store_booth_h *done, void *arg);
int store_booth_by_id(struct store *store, const char *id, store_booth_h *done, void *arg);

int store_member_by_link(struct store *store, const char *link_hash, store_member_h *done,
                         void *arg);
int store_member_by_id(struct store *store, const char *id, store_member_h *done, void *arg);

// What else a sign-in changes, in the same transaction.
struct store_sign_in {
    const char *hash; // of the session
    const char *user;
    const char *address;  // where from
    const char *password; // encoded new one; NULL: as it is
    const char *factor;   // sealed new one; NULL: as it is
    int64_t factor_step;  // of the code that was used; 0: none was needed
};

// Enrolling, signing in and signing out are audited in the same transaction.
// Sessions are kept by the hash of their id. _use finds the user of a session that was used within
// `idle_ms` and marks it used now; others are ENOENT. Stale ones are swept when one is added.
// EACCES when a code of that step or a later one was used before.
int store_session_add(struct store *store, const struct store_sign_in *sign_in, int64_t now_ms,
                      store_plain_h *done, void *arg);
int store_session_use(struct store *store, const char *hash, int64_t now_ms, int64_t idle_ms,
                      store_user_h *done, void *arg);
int store_session_end(struct store *store, const char *hash, int64_t now_ms, store_plain_h *done,
                      void *arg);

// Walks the whole audit chain: `entries` were found whole, err EBADMSG when the next is not.
typedef void store_audit_h(void *arg, int err, int64_t entries);
int store_audit_verify(struct store *store, store_audit_h *done, void *arg);
