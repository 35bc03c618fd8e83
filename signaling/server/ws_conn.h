#pragma once
#include "signaling/server/conn.h"

// WebSockets as connections see them; websocket.h is what handlers see.

struct http_request;

// Texts of the upgrade request that are copied; each may be NULL but `path`.
struct ws_facts {
    const char *cookies, *token;
    size_t token_len; // `token` does not end with a zero
};

// Answers an upgrade: becomes a WebSocket or replies with an error. Frees or replies to `req`.
void ws_upgrade(struct conn *conn, struct http_request *req);
// Makes `conn` a WebSocket. ENOMEM.
int ws_alloc(struct conn *conn, const struct ws_facts *facts);
// Tells the handlers, once the answer to the upgrade is queued.
void ws_announce(struct conn *conn);
void ws_receive(struct conn *conn, const void *bytes, size_t len);
// Time for a ping, or too late for a pong or a close.
void ws_deadline(struct conn *conn);
// The connection is gone; tells the handlers once.
void ws_gone(struct conn *conn);
