#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "signaling/server/http.h"

// The head of an HTTP/1.1 request (RFC 9112), read strictly: whatever two readers could understand
// differently is refused. Pure: bytes in, facts out.

#define HEAD_MAX        16384 // bytes of a whole head
#define HEAD_TARGET_MAX 4096
#define HEAD_FIELDS_MAX 64

struct http_head {
    enum http_method method;
    bool http10;
    bool close;     // the connection ends after this exchange
    bool websocket; // asks for an upgrade to WebSocket
    bool wants_continue;
    size_t content_length; // 0 when none was said
    const char *path;
    const char *query; // without '?', or NULL
    const char *host;  // "" when an HTTP/1.0 client says none
    size_t count;
    struct http_header fields[HEAD_FIELDS_MAX];
};

// Looks for the end of the head. `*scanned` is where to go on next time (0 at first). 0 with `*end`
// (bytes of the head with its empty line); EAGAIN: more is needed; EBADMSG: a bare CR, LF or a NUL.
int head_find_end(const char *bytes, size_t len, size_t *scanned, size_t *end);

// Reads a head of `len` bytes that head_find_end() found. `text` is changed (names become lower
// case, zeros end the parts) and must live as long as `head`. Returns 0, or EBADMSG with `problem`
// filled in with static texts (status 400, 411, 414, 417, 431).
int head_parse(struct http_head *head, char *text, size_t len, struct http_problem *problem);
// Is the body to come no longer than `max`? EBADMSG with a problem of status 413.
int head_check_length(const struct http_head *head, size_t max, struct http_problem *problem);

// Value of the first field of this lower-case name, or NULL; how many there are.
const char *head_field(const struct http_head *head, const char *name);
size_t head_count(const struct http_head *head, const char *name);
// Is `token` (lower case) in the comma lists of all fields of this name?
bool head_has_token(const struct http_head *head, const char *name, const char *token);
