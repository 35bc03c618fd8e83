#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/problem.h"

// What the API needs of links to other servers: a pull publishes here what it gets from a remote
// WHEP, a push sends a room's programme to a remote WHIP. The composition above fills in this
// table. Control thread.

#define LINK_ID_MAX 17 // with the zero

struct link_request {
    bool push;
    bool fixed;        // it begins anew at every start, by links.file: not kept beside
    const char *actor; // who wants it, for the audit log: "user:u-1", "operator"
    const char *id;    // it had before a restart; NULL: a new one
    const char *room;
    const char *url;    // of the WHEP or WHIP endpoint
    const char *token;  // Bearer; NULL or empty: none
    const char *source; // pull: what it is here; NULL: "hall"
    bool insecure;      // the other server's certificate is not checked
    bool no_audio, no_video;
};

struct link_ops {
    // Begins one; its id into `id`. NULL, or what is wrong.
    const struct problem *(*start)(void *ops_arg, const struct link_request *request, char *id);
    // New reference to an array: one object a link. Tokens are never shown.
    json_t *(*list)(void *ops_arg, const char *room, bool push);
    // ENOENT.
    int (*end)(void *ops_arg, const char *actor, const char *room, bool push, const char *id);
};
