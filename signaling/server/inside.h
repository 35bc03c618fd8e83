#pragma once
#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <uv.h>

#include "gateway/base/list.h"
#include "gateway/base/map.h"
#include "signaling/server/server.h"

// What the files of this folder share about the server. libwebsockets gives TLS, sockets and their
// place in the libuv loop in its raw role; HTTP and WebSocket are read by head.c and frame.c. Its
// own readers of version 4.1 hide what has to be refused: repeated and mistyped framing headers,
// the path before decoding, unmasked frames.

#define READ_MAX      16384 // bytes of one read
#define WRITE_MAX     16384 // bytes of one write: one TLS record
#define LISTENERS_MAX 4
#define LINGER_S      2  // how long a closing connection may still send
#define CLOSE_WAIT_S  5  // how long a WebSocket may take to answer our close
#define WRITE_STALL_S 20 // how long a client may take nothing of what we send

struct server;
struct statics;
struct hosted;

struct listener {
    struct server *server;
    uv_poll_t poll;
    int fd;
    bool tls;
    bool paused; // out of descriptors: tried again by the sweep
};

struct server {
    struct server_config config;
    const struct server_handlers *handlers;
    void *arg;
    uv_loop_t uv;
    uv_timer_t sweep;
    uv_prepare_t prepare;
    struct lws_context *lws;
    struct lws_vhost *plain, *secure;
    SSL_CTX *ssl;           // of `secure`, owned by it
    int64_t certificate_at; // newest file time that was read
    int64_t certificate_look_us;
    struct listener listeners[LISTENERS_MAX];
    unsigned listeners_open;
    unsigned ports[2]; // plain, TLS
    struct hosted *hosted;
    struct statics *statics, *own; // `own` goes before
    struct list conns;             // conn.link
    struct list doomed;            // conn.doomed: closed before the next wait
    struct map *peers;             // struct peer by address
    struct server_counts counts;
    bool ending;
    char date[40]; // of date_s, for the Date header
    int64_t date_s;
    char scratch[WRITE_MAX];
};
