#pragma once
#include "signaling/server/conn.h"
#include "signaling/server/head.h"

#define REPLY_HEADERS_MAX 24

struct http_request {
    struct conn *conn; // NULL when the client has gone away
    struct server *server;
    struct addr client;
    bool tls;
    bool given; // a handler has it and will reply
    bool close; // the connection ends with the reply
    struct http_head head;
    char *text; // what head points into
    char *body;
    size_t body_len, body_cap;
    struct list kept; // texts that live as long as the request
    struct http_header extra[REPLY_HEADERS_MAX];
    size_t extras;
    void *user;
    void (*release)(void *user);
    bool streams; // stream.c has replied, and goes on
    void (*gone)(void *arg);
    void *gone_arg;
};

// `text` (from mem_zalloc and its kin, may be NULL) becomes the request's. ENOMEM: it stays the
// caller's.
int request_alloc(struct http_request **reqp, struct conn *conn, char *text);
void request_free(struct http_request *req);
// Adds body bytes. The block grows with what has come, not with what was promised. ENOMEM.
int request_add_body(struct http_request *req, const char *bytes, size_t len);
// A copy of `text` that lives as long as the request, or NULL.
char *request_keep(struct http_request *req, const char *text, size_t len);
