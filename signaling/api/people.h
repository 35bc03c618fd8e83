#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "signaling/auth/role.h"
#include "signaling/consult/consult.h"
#include "signaling/lecture/lecture.h"

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
    char lecture[CALLER_ID_MAX];  // ROLE_MEMBER: where the link leads
    char centre[CALLER_NAME_MAX]; // ROLE_BOOTH
    uint32_t generation;          // ROLE_BOOTH: of its token
};

// `caller` is NULL when there is nobody: `err` ENOENT, or EAGAIN when it could not be found out
// now.
typedef void people_caller_h(void *arg, int err, const struct caller *caller);
// `err` 0 and `result` (borrowed, may be NULL), or the problem. Rows and events are committed by
// then.
typedef void people_result_h(void *arg, int err, const struct problem *problem, json_t *result);

struct people_event {
    int64_t n;
    const char *kind;
    const char *body; // JSON text
};
typedef void people_events_h(void *arg, int err, const struct people_event *events, size_t count,
                             bool gap);

struct people_ops {
    // Checks name and password (on a work thread) and opens a session whose id the caller made.
    void (*sign_in)(void *ops_arg, const char *name, const char *password, const char *session,
                    people_caller_h *done, void *arg);
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
    // Prometheus text; returns the length, 0 when it did not fit.
    size_t (*metrics)(void *ops_arg, char *text, size_t size);
    bool (*ready)(void *ops_arg);
};
