#pragma once
#include "signaling/server/inside.h"

// One TCP connection: bytes in, bytes out, deadlines. What the bytes mean is exchange.c's (HTTP)
// and websocket.c's business. Connections are never freed inside a handler: conn_doom() marks them
// and the server closes them before it waits again.

struct http_request;
struct ws_conn;
struct peer;

enum conn_state {
    CONN_HEAD,   // waits for or reads a request's head
    CONN_BODY,   // reads its body
    CONN_BUSY,   // the handler has the request
    CONN_WS,     // is a WebSocket
    CONN_LAST,   // sends what is queued, then lingers
    CONN_LINGER, // has sent its end; reads and drops until the client's end comes
    CONN_DEAD,   // doomed
};

struct conn {
    struct list link;
    struct list doomed;
    struct server *server;
    struct lws *wsi;
    struct peer *peer; // its share of per_address_max, or NULL
    struct addr client;
    enum conn_state state;
    bool tls;
    bool adopting;   // wsi is being made
    bool processing; // inside exchange_process
    bool idle;       // between two requests
    bool paused;     // reading is off until the request is answered
    int64_t deadline_us;
    int64_t stalled_us; // when output last moved, 0 when there is none
    char *in;           // bytes read and not yet understood
    size_t in_len, in_cap, in_scanned;
    struct list out; // struct chunk
    size_t queued;
    struct http_request *req;
    struct ws_conn *ws;
};

int conn_alloc(struct conn **connp, struct server *server, const struct addr *client, bool tls);
// After the transport is gone: tells the WebSocket or request, then frees.
void conn_free(struct conn *conn);

// The transport's three events.
void conn_receive(struct conn *conn, const void *bytes, size_t len);
int conn_writable(struct conn *conn); // not 0: close
void conn_tick(struct conn *conn, int64_t now_us);

// Queues bytes: a copy, or (conn_send_static) bytes that live as long as the server. ENOMEM, EPIPE.
int conn_send(struct conn *conn, const void *bytes, size_t len);
int conn_send_static(struct conn *conn, const void *bytes, size_t len);
// Sends what the kernel takes now and asks for more time for the rest.
void conn_flush(struct conn *conn);
// Forgets queued bytes of which none has been sent.
void conn_drop_unsent(struct conn *conn);

// Sends the rest, then ends politely, so that the client reads the reply and not a reset.
void conn_finish(struct conn *conn);
// Ends now.
void conn_doom(struct conn *conn);

void conn_set_deadline(struct conn *conn, unsigned seconds);
// Stops and starts reading from the client.
void conn_pause(struct conn *conn, bool paused);
// Takes `len` bytes off the front of what was read.
void conn_consume(struct conn *conn, size_t len);
