#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "signaling/auth/role.h"
#include "signaling/auth/scope.h"
#include "signaling/consult/consult.h"
#include "signaling/lecture/lecture.h"
#include "signaling/statistics/period.h"

// What the API needs to know about people, and what it asks the domains to do. The composition
// above fills in this table from the store and the domains. Control thread; answers come exactly
// once, later or inside the call.

#define CALLER_ID_MAX   40
#define CALLER_NAME_MAX 192

// Who is asking.
struct caller {
    enum role role; // ROLE_NONE: nobody we know
    char id[CALLER_ID_MAX];
    char name[CALLER_NAME_MAX];
    char lecture[CALLER_ID_MAX];   // ROLE_MEMBER: where the link leads
    char centre[CALLER_NAME_MAX];  // ROLE_BOOTH
    char account[CALLER_NAME_MAX]; // who signed in: with this name
    bool has_factor;               // and a second factor
    struct scope scope;            // and sees so much
    uint32_t generation;           // ROLE_BOOTH: of its token
};

// `caller` is NULL when there is nobody: `err` ENOENT, or EAGAIN when it could not be found out
// now.
typedef void people_caller_h(void *arg, int err, const struct caller *caller);
// `err` 0 and `result` (borrowed, may be NULL), or the problem. Rows and events are committed by
// then.
typedef void people_result_h(void *arg, int err, const struct problem *problem, json_t *result);

// Signing in is one request that holds all that is needed; what is missing is said by the problem.
struct people_sign_in {
    const char *name;
    const char *password;
    const char *code;         // of the second factor; NULL like all below: not given
    const char *enrolment;    // from enrol_factor(): `code` proves that it is in an app now
    const char *new_password; // to be used from now on
    const char *session;      // the id that the caller made
    const char *address;      // where from
};
// `problem` NULL and the caller; or the problem, and `err` ENOENT for a wrong name or password,
// EACCES for a wrong code, ENOKEY when something is missing or not good enough, EAGAIN.
typedef void people_sign_in_h(void *arg, int err, const struct problem *problem,
                              const struct caller *caller);

// What those who keep the accounts ask for.
enum account_verb {
    ACCOUNT_ADD,      // all of `user` but its id
    ACCOUNT_EDIT,     // id and what is to be another; NULL: as it is
    ACCOUNT_PASSWORD, // id: a one-time password, and out of all sessions
    ACCOUNT_FACTOR,   // id: the second factor is forgotten, and out of all sessions
    ACCOUNT_IMPORT,   // all: each as with ADD; all of them or none
    ACCOUNT_END,      // id, session: the beginning of its hash
    ACCOUNT_PHOTO,    // id of a lawyer, photo and its type; photo NULL: taken away
    ACCOUNT_VERBS
};

// What the desk does besides the clinic's commands.
enum desk_verb {
    DESK_TASK_DONE,   // id, note
    DESK_SHIFTS_ADD,  // shifts: checked, with new ids; all or none. {"added":N}
    DESK_SHIFT_END,   // shift, with nothing promised in it
    DESK_SHIFT_HAND,  // shift; lawyer: whose it is from now on, with what is promised in it
    DESK_ROOM_ADD,    // note: its name; centre
    DESK_SWAP_ASK,    // actor: a lawyer; shift: his; lawyer: whom he asks to take it
    DESK_SWAP_ANSWER, // actor: who was asked; id, shift, agrees
    DESK_TOLD,        // id: of an appointment that is not to be, he has been told so
    DESK_BOOTH_CODE,  // booth: {"code","expires_at"}, good once
    DESK_VERBS
};

struct desk_request {
    const char *actor; // user id of who asks
    int64_t id;
    const char *note;
    const char *shift;
    const char *booth;
    const char *centre;
    const char *lawyer;
    bool agrees;
    const struct consult_shift *shifts;
    size_t shift_count;
};

// Centres and booths, by those who run the machine.
enum place_verb {
    PLACE_ADD_CENTRE,  // centre without its id: {"centre":{"id"}}
    PLACE_EDIT_CENTRE, // centre, all of it
    PLACE_ADD_BOOTH,   // booth without its id: {"booth":{"id"}}
    PLACE_NAME_BOOTH,  // booth, with its new name
    PLACE_CLOSE_BOOTH, // booth
    PLACE_VERBS
};

struct place_request {
    const char *actor; // user id of who asks
    struct consult_centre centre;
    struct consult_booth booth;
};

// What booths say aloud, in somebody's own voice.
struct prompt_request {
    const char *actor; // user id of who asks
    const char *language, *name;
    const void *bytes; // checked; NULL: the machine's voice again
    size_t len;
};

enum people_list {
    PEOPLE_USERS,           // nothing
    PEOPLE_START,           // nothing: one row of what there is already, for the first evening
    PEOPLE_SHIFTS,          // nothing: those that are not over
    PEOPLE_BOOTHS,          // nothing
    PEOPLE_AUDIT,           // nothing: the newest entries
    PEOPLE_APPOINTMENTS,    // nothing: open ones and those of the last thirty days
    PEOPLE_MY_APPOINTMENTS, // key: lawyer; those that are not over
    PEOPLE_PLACES,          // nothing
    PEOPLE_SWAPS,           // key: lawyer, or "" for all; of shifts that are not over
    PEOPLE_TASKS,           // nothing: open, and done in the last thirty days
    PEOPLE_PHOTO,           // key: lawyer; one row with type, version and body, or none
    PEOPLE_SESSIONS,        // key: user; session: the asking one's id, or NULL
};

// Whose, and which time a report is about.
struct people_span {
    const char *key; // STATISTICS: centre, "" for all; WORKLOAD: lawyer
    struct period period;
};

enum people_report {
    PEOPLE_STATISTICS, // report_json()
    PEOPLE_WORKLOAD,   // workload_json()
};

struct account_request {
    const char *actor; // user id of who asks
    const char *id;
    const char *session;
    const char *name;
    enum role role;
    const char *display_name;
    const struct scope *place; // with a centre: its district and street, too
    const char *law_firm;
    const char *licence_no;
    const char *skills;    // comma separated codes
    const char *languages; // comma separated tags
    const bool *disabled;
    const char *photo; // base64url
    const char *photo_type;
    const struct account_request *all;
    size_t all_count;
};

struct people_event {
    int64_t n;
    const char *kind;
    const char *body; // JSON text
};
typedef void people_events_h(void *arg, int err, const struct people_event *events, size_t count,
                             bool gap);

struct people_ops {
    // Checks everything (on a work thread) and opens a session.
    void (*sign_in)(void *ops_arg, const struct people_sign_in *request, people_sign_in_h *done,
                    void *arg);
    // With name and password: {"key","uri","enrolment"} of a new second factor, for who has none.
    void (*enrol_factor)(void *ops_arg, const char *name, const char *password,
                         people_result_h *done, void *arg);
    // {"user"} or nothing; with ADD and PASSWORD also {"password"}, which is never told again; with
    // IMPORT {"accounts":[{"name","display_name","password"}]}.
    void (*account)(void *ops_arg, enum account_verb verb, const struct account_request *request,
                    people_result_h *done, void *arg);
    void (*desk)(void *ops_arg, enum desk_verb verb, const struct desk_request *request,
                 people_result_h *done, void *arg);
    void (*place)(void *ops_arg, enum place_verb verb, const struct place_request *request,
                  people_result_h *done, void *arg);
    // From now on, and after a restart; both are known names of a prompt.
    void (*prompt)(void *ops_arg, const struct prompt_request *request, people_result_h *done,
                   void *arg);
    // Is this the password of who has signed in? Nothing or the problem; `err` ENOENT: it is not.
    void (*unlock)(void *ops_arg, const char *account, const char *password, people_result_h *done,
                   void *arg);
    // Walks the whole audit log: {"entries":N,"whole":bool}.
    void (*verify_audit)(void *ops_arg, people_result_h *done, void *arg);
    void (*report)(void *ops_arg, enum people_report report, const struct people_span *span,
                   people_result_h *done, void *arg);
    // `result` is an array of objects.
    void (*list)(void *ops_arg, enum people_list list, const char *key, const char *session,
                 people_result_h *done, void *arg);
    void (*session_user)(void *ops_arg, const char *session, people_caller_h *done, void *arg);
    void (*sign_out)(void *ops_arg, const char *session, people_caller_h *done, void *arg);
    // Spends a booth's one-time code.
    void (*enrol)(void *ops_arg, const char *code, people_caller_h *done, void *arg);
    void (*booth)(void *ops_arg, const char *id, people_caller_h *done, void *arg);
    void (*member)(void *ops_arg, const char *id, people_caller_h *done, void *arg);
    void (*member_by_link)(void *ops_arg, const char *link, people_caller_h *done, void *arg);

    void (*consult)(void *ops_arg, const struct consult_command *command, people_result_h *done,
                    void *arg);
    void (*lecture)(void *ops_arg, const struct lecture_command *command, people_result_h *done,
                    void *arg);
    void (*events_since)(void *ops_arg, const char *const *topics, size_t count, int64_t since,
                         people_events_h *done, void *arg);

    // To look at, at once. Borrowed.
    const struct consult *(*clinic)(void *ops_arg);
    const struct lectures *(*lectures)(void *ops_arg);
    int64_t (*last_event)(void *ops_arg);
    bool (*has_own_prompt)(void *ops_arg, const char *language, const char *name);
    // Prometheus text; returns the length, 0 when it did not fit.
    size_t (*metrics)(void *ops_arg, char *text, size_t size);
    bool (*ready)(void *ops_arg);
};
