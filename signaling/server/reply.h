#pragma once
#include "signaling/server/request.h"

struct reply {
    int status;
    const struct http_header *headers;
    size_t count;
    const char *type;
    const void *body;
    size_t len;
    bool endless; // the body comes later, piece by piece
    bool lasting; // the body lives as long as the server: not copied
};

// Sends only the head. ENOMEM, EOVERFLOW, EPIPE.
int reply_head(struct http_request *req, const struct reply *reply);
// Sends and ends the request; what http_reply does.
void reply_send(struct http_request *req, const struct reply *reply);
