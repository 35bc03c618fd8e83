#pragma once
#include <jansson.h>
#include <stddef.h>

#include "gateway/base/loop.h"

// The operator's door: a UNIX socket that only the gateway's own user (and root) may open. A
// request is one JSON object on a line, {"command":"status", ...}; the answer is one line,
// {"ok":true,"data":...} or
// {"ok":false,"error":"..."}. Control thread.

struct admin;

// One command: its name and what answers it. Returns a new reference, or NULL with *error set to a
// constant sentence.
struct admin_command {
    const char *name;
    json_t *(*run)(void *arg, const json_t *request, const char **error);
};

// Removes a stale socket at `path`. EADDRINUSE when another gateway answers there.
int admin_alloc(struct admin **adminp, struct loop *loop, const char *path,
                const struct admin_command *commands, size_t count, void *arg);
void admin_free(struct admin *admin);

// The client's side, for banyanctl: sends `request` (borrowed) and waits up to `timeout_ms` for the
// answer. ECONNREFUSED or ENOENT when no gateway listens, ETIMEDOUT, EPROTO.
int admin_ask(const char *path, const json_t *request, int timeout_ms, json_t **answer);
