#pragma once
#include <jansson.h>
#include <stddef.h>

#include "gateway/base/loop.h"

// The operator's door: a UNIX socket that only the gateway's own user (and root) may open. A
// request is one JSON object on a line, {"command":"status", ...}; the answer is one line,
// {"ok":true,"data":...} or
// {"ok":false,"error":"..."}. Control thread.

struct admin;

struct admin_answer;

// One command: its name and what answers it, at once or later. `run` returns a new reference, or
// NULL with *error set to a constant sentence; `start` sees to it that admin_answer() is called.
struct admin_command {
    const char *name;
    json_t *(*run)(void *arg, const json_t *request, const char **error);
    void (*start)(void *arg, const json_t *request, struct admin_answer *answer);
};

// Answers what was started, exactly once; takes the reference to `data` over. `data` NULL: refused,
// with a sentence. Also when the asking one has gone, or admin_free() was called meanwhile.
void admin_answer(struct admin_answer *answer, json_t *data, const char *error);

// Removes a stale socket at `path`. EADDRINUSE when another gateway answers there.
int admin_alloc(struct admin **adminp, struct loop *loop, const char *path,
                const struct admin_command *commands, size_t count, void *arg);
void admin_free(struct admin *admin);

// The client's side, for banyanctl: sends `request` (borrowed) and waits up to `timeout_ms` for the
// answer. ECONNREFUSED or ENOENT when no gateway listens, ETIMEDOUT, EPROTO.
int admin_ask(const char *path, const json_t *request, int timeout_ms, json_t **answer);
