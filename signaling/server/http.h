#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/addr.h"

// One HTTP request, whole (head and body), already checked for framing tricks. Control thread only.
//
// A request is given to the `http` handler once and lives until one of the http_reply functions is
// called for it: exactly once, now or later. When the client goes away first the reply is dropped
// in silence, so code that answers later needs to know nothing about sockets.

struct http_request;

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHODS // how many there are
};

struct http_header {
    const char *name; // lower case
    const char *value;
};

enum http_method http_method(const struct http_request *req);
// "GET", "HEAD", ...
const char *http_method_name(enum http_method method);

// Raw path as it was sent, without the query; starts with '/'. Not percent-decoded: see router.h.
const char *http_path(const struct http_request *req);
// Query parameter by name, percent-decoded; NULL when it is not there or is not clean UTF-8 text
// (see http_query_unclean). An empty value is "".
const char *http_query(struct http_request *req, const char *name);
// The first query parameter that is not clean UTF-8 text ("query" when its name is none either);
// NULL: all are. Who takes parameters that may be missing asks this first, or a broken one would
// count as missing.
const char *http_query_unclean(struct http_request *req);
// Header by lower-case name; NULL when absent. Lines of the same name are joined by ", ".
const char *http_header(struct http_request *req, const char *name);
// Cookie by name; NULL when absent. The text lives as long as the request.
const char *http_cookie(struct http_request *req, const char *name);
// Token of "Authorization: Bearer TOKEN", or NULL.
const char *http_bearer(const struct http_request *req);
// Body and its length; a zero follows the last byte, which is not counted. Never NULL.
const char *http_body(const struct http_request *req, size_t *len);
// Is the media type of the body `type` ("application/json"), parameters and case aside?
bool http_content_is(const struct http_request *req, const char *type);
// The other end of the connection.
const struct addr *http_client(const struct http_request *req);
bool http_is_tls(const struct http_request *req);
// Does the request say an Origin that is not this server's own (scheme aside)? No Origin: false.
bool http_is_cross_origin(const struct http_request *req);

// A place for the caller's own data, NULL at first. `release` (may be NULL) is called for it when
// the request ends.
void http_set_user(struct http_request *req, void *user, void (*release)(void *user));

// Adds one header to the reply that will come: for what a layer above handlers decides, e.g.
// Access-Control-Allow-Origin. Names and values with control characters are EINVAL; at most 24
// headers a reply (EOVERFLOW). A name that the server sets itself (cache-control) is replaced.
int http_add_header(struct http_request *req, const char *name, const char *value);

// Replies and ends the request. `type` (NULL: no Content-Type), `body` (copied). HEAD, 204 and 304
// send no body by themselves. The security headers and `Cache-Control: no-store` are added unless
// http_add_header() gave that header.
void http_reply(struct http_request *req, int status, const char *type, const void *body,
                size_t len);
void http_reply_empty(struct http_request *req, int status);

// A reply without an end: the head (200, `type`, with what http_add_header() added) goes out now,
// pieces follow until one side ends it; the connection ends with it. Nothing of the request may be
// asked for afterwards. `gone` is called once when the client has gone away or reads too slowly;
// the stream is then no more. NULL: there is nobody to send to (also: HEAD, no memory); the request
// has been replied to.
struct http_stream;
struct http_stream *http_stream_begin(struct http_request *req, const char *type,
                                      void (*gone)(void *arg), void *arg);
// Queues bytes (copied). EOVERFLOW: more than 64 KiB wait already; ENOMEM; EPIPE. On any error the
// connection is being closed, and `gone` comes later.
int http_stream_send(struct http_stream *stream, const void *bytes, size_t len);
// Ends it after what is queued; `gone` is not called any more.
void http_stream_end(struct http_stream *stream);

// What is wrong with a request, as RFC 9457 says it.
struct http_problem {
    int status;
    const char *slug;   // stable: `type` becomes "/problems/<slug>"
    const char *title;  // short, the same for every case of the slug
    const char *detail; // this case, or NULL
    const char *field;  // the member, parameter or header that is wrong, or NULL
};

// Replies application/problem+json.
void http_reply_problem(struct http_request *req, const struct http_problem *problem);
// Replies application/json. Takes over the caller's reference to `json`; NULL (no memory) is a 503.
void http_reply_json(struct http_request *req, int status, json_t *json);
// Replies a file of the static directory by its address ("/booth/index.html", "/booth", "/"): 200,
// 304 when the client has it, or 404. GET and HEAD only; 405 for others.
void http_reply_file(struct http_request *req, const char *path);
