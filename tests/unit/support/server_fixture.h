#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/loop.h"
#include "signaling/server/server.h"

// A server with toy handlers on its own thread, and a raw socket to talk to it, byte by byte.
//
//   /hello            "hello"               /echo      the body, with the method in x-method
//   /late?ms=N        replies after N ms    /headers   tries to add good and bad headers
//   /page/...         static files          /count     how many requests handlers have seen
//   /reload           reads the certificate again
//   /stream           "begun\n" and no end; /tell sends the body on it, /end ends it, /flood sends
//                     16 KiB pieces until it may not, and replies how many (409: no stream)
//   /whoami           method, path, query q, cookie c, bearer, as JSON
//   WebSocket /ws     echoes text; "flood" sends 4 MiB; "bye" closes with 3000

// So long anything is waited for: it bounds failures alone.
#define FIXTURE_PATIENCE_US 60000000LL

struct fixture {
    struct server_config config;
    struct server *server;
    struct loop *loop;
    pthread_t thread;
    _Atomic unsigned seen;      // requests given to the handler
    _Atomic unsigned ws_opened; // WebSockets
    _Atomic unsigned ws_closed;
    _Atomic int ws_code;          // of the last one closed
    _Atomic size_t ws_largest;    // longest message
    struct http_stream *stream;   // of /stream, the handlers' own
    _Atomic unsigned stream_gone; // how often
    _Atomic unsigned late;        // replies of /late still to come
    _Atomic unsigned connections; // looked at every 5 ms
    _Atomic unsigned looks;       // so often
    _Atomic bool stop;
    struct loop_timer look;
    int wake_fd;
};

// Starts with `config` (listen texts may be NULL: then http_listen is 127.0.0.1:0).
void fixture_start(struct fixture *fixture, const struct server_config *config);
void fixture_stop(struct fixture *fixture);

// Connects to the plain listener; replies are waited for at most 20 s.
int raw_connect(struct fixture *fixture);
void raw_send(int fd, const char *text);
void raw_send_bytes(int fd, const void *bytes, size_t len);
// Reads until the other end closes, `size` - 1 bytes or the time is over. Returns the length; the
// text ends with a zero. -1 when the time was over and nothing came.
long raw_read_all(int fd, char *text, size_t size, int timeout_ms);
// Reads one HTTP reply with its body (by Content-Length; `head_only`: none). Returns the status.
int raw_read_reply(int fd, char *text, size_t size, bool head_only);
// Sends on a fresh connection, reads one reply, closes; returns the status, 0 when closed without.
int raw_exchange(struct fixture *fixture, const char *request, char *text, size_t size);
// Waits until this is `wanted`; fails after 8 s.
void fixture_wait(const _Atomic unsigned *value, unsigned wanted);
// Waits until the server has `count` connections; fails after 8 s.
void fixture_wait_connections(struct fixture *fixture, unsigned count);
// Is the connection closed by the other end within the time?
bool raw_closed(int fd, int timeout_ms);
