#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signaling/server/http.h"
#include "signaling/server/websocket.h"

// The listeners for HTTP, HTTPS and WebSocket on one thread. It knows no route, role or page: all
// requests go to a struct of handlers, which decide. The thread's struct loop runs inside.

struct loop;
struct server;

struct server_config {
    const char *http_listen;  // "127.0.0.1:8080"; port 0 lets the kernel choose; NULL or "": none
    const char *https_listen; // ":8443" is all IPv4 and IPv6 addresses; NULL or "": none
    const char *certificate_file; // PEM, leaf first; needed with https_listen
    const char *key_file;         // PEM
    const char *static_dir;       // what http_reply_file serves, read once at start; NULL: nothing
    const char *own_dir; // files of an operator's own, which go before those; may be missing, NULL
    // Limits; 0 takes the default in brackets.
    size_t body_max;       // bytes of a request body [1 MiB]
    size_t message_max;    // bytes of a WebSocket message, all fragments together [64 KiB]
    size_t send_queue_max; // bytes waiting for one slow WebSocket [1 MiB]
    unsigned
        connections_max; // all [20000]; the descriptor limit when the server is made holds, too
    unsigned
        per_address_max; // connections from one IPv4 address or IPv6 /64; loopback is free [200]
    unsigned websockets_max; // [10000]
    unsigned head_s;         // from connecting (or the first byte) to the end of the head [10]
    unsigned body_s;         // from the end of the head to the end of the body [20]
    unsigned idle_s;         // keep-alive without a request [30]
    unsigned ping_s;         // WebSocket ping period, and how long the pong may take [20]
};

struct server_handlers {
    // Bytes that the body of a request to this path (raw, without the query) may have; 0, or unset:
    // config.body_max.
    size_t (*body_max)(const char *path);
    // Every request that is well formed. The handler replies once, now or later (see http.h).
    void (*http)(struct http_request *req, void *arg);
    // Is an upgrade at `path` wanted? Decided before anything is sent; false gives 404.
    bool (*ws_wanted)(const char *path, void *arg);
    // A WebSocket is open. May send and close at once.
    void (*ws_open)(struct ws_conn *conn, void *arg);
    // One whole text message, UTF-8, `text[len]` is 0. Binary messages are refused with 1003
    // before.
    void (*ws_message)(struct ws_conn *conn, const char *text, size_t len, void *arg);
    // Called once for each ws_open; `conn` is gone afterwards.
    void (*ws_closed)(struct ws_conn *conn, int code, void *arg);
};

// What /metrics wants to know.
struct server_counts {
    unsigned connections;
    unsigned websockets;
    uint64_t requests;
    uint64_t refused; // bad framing, limits, time-outs
};

// Listens. `handlers` (any may be NULL) must outlive the server; `loop` is borrowed and served by
// server_run(); NULL is allowed. The static directory is read here. EINVAL with a line in the log:
// a wrong listen text, certificate or key; EADDRINUSE; ENOENT: no static_dir; ENOMEM.
int server_alloc(struct server **serverp, const struct server_config *config,
                 const struct server_handlers *handlers, void *arg, struct loop *loop);

// Serves until server_stop(). The calling thread becomes the control thread.
void server_run(struct server *server);

// Ends server_run() soon. From a handler, or anything else that runs in server_run().
void server_stop(struct server *server);

// Closes every connection (WebSockets with 1001; ws_closed is called for each), then frees. Not
// from a handler. Requests that are still to be replied to stay valid and must be replied to, for
// nobody.
void server_free(struct server *server);

// The port that is listened on, 0 when there is no such listener.
unsigned server_http_port(const struct server *server);
unsigned server_https_port(const struct server *server);

// Reads certificate and key again; new connections get the new one. EINVAL: they do not fit, the
// old ones stay. The server also looks at the files' times every 5 s by itself.
int server_reload_certificate(struct server *server);

// A file of the operator's own at this address ("/prompts/en/idle.weba") from now on: these bytes
// (copied), or none any more (NULL). The directory is the caller's to keep. EFBIG, ENOMEM.
int server_put_own(struct server *server, const char *path, const void *bytes, size_t len);
// Is this address answered with a file of the operator's own? Control thread.
bool server_has_own(const struct server *server, const char *path);

// Control thread.
struct server_counts server_counts(const struct server *server);
