#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"

// One WebSocket (RFC 6455), as handlers see it. Framing, masks, UTF-8, reassembly, limits, ping and
// the Origin are dealt with before. Control thread only. A connection is valid from ws_open until
// ws_closed returns.

struct ws_conn;

// Close codes of RFC 6455 section 7.4.1 that handlers use.
enum ws_close_code {
    WS_CLOSE_NORMAL = 1000,
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_PROTOCOL = 1002,
    WS_CLOSE_UNSUPPORTED = 1003,
    WS_CLOSE_BAD_TEXT = 1007,
    WS_CLOSE_POLICY = 1008,
    WS_CLOSE_TOO_BIG = 1009,
    WS_CLOSE_INTERNAL = 1011,
    WS_CLOSE_TRY_LATER = 1013,
};

// Queues one text message of `len` bytes (copied). EOVERFLOW: the client reads too slowly and the
// connection is being closed with 1013. EPIPE: it is closing. ENOMEM.
int ws_send(struct ws_conn *conn, const char *text, size_t len);

// Closes with a code and a reason (at most 123 bytes, NULL for none) after what is queued has been
// sent. ws_closed comes later, never from inside this call. Harmless when already closing.
void ws_close(struct ws_conn *conn, int code, const char *reason);

// Facts of the upgrade request; the token lives as long as the connection.
// Token offered as the subprotocol "bearer.<token>" beside "banyan", or NULL.
const char *ws_token(const struct ws_conn *conn);
// Cookie by name, as http_cookie; the text lives until the next call for this connection.
const char *ws_cookie(struct ws_conn *conn, const char *name);

// The handlers' own pointer; NULL at first. They free what it points to in ws_closed.
void ws_set_user(struct ws_conn *conn, void *user);
void *ws_user(const struct ws_conn *conn);
