#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

// The client's side of WHIP and WHEP over HTTP (RFC 9725, draft-ietf-wish-whep): one request to
// another server, by libcurl. It blocks: for a work thread. TLS is verified unless told otherwise;
// only http and https, also after a redirect, and never from https back to http.

#define LINK_URL_MAX    1024 // with the zero
#define LINK_TOKEN_MAX  4096
#define LINK_ERROR_MAX  160
#define LINK_ANSWER_MAX 65536

struct link_http {
    char url[LINK_URL_MAX];     // an endpoint, or for DELETE a session
    char token[LINK_TOKEN_MAX]; // Bearer; empty: none
    bool insecure;              // any certificate will do
    const atomic_bool *stop;    // when it becomes true the request is given up; may be NULL
    char *offer;                // POST; freed by link_http_free()
    // What came of it:
    int status; // 0: nobody answered
    char *answer;
    size_t answer_len;
    char location[LINK_URL_MAX]; // of the session, absolute; empty: none was told
    unsigned retry_after;        // seconds; 0: not said
    char error[LINK_ERROR_MAX];  // why it did not succeed; empty: it did
};

// Once in the process, before any thread. EPROTO.
int link_http_start(void);
void link_http_stop(void);

// Is this an absolute http(s) URL with a host, without user, password and fragment, that fits?
bool link_http_is_url(const char *url);

// POST of the offer; a 307 is followed three times at most. Success is 201 with an answer and a
// Location.
void link_http_offer(struct link_http *http);
// DELETE of a session.
void link_http_delete(struct link_http *http);
void link_http_free(struct link_http *http);
