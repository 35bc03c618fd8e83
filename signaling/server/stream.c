#include "signaling/server/stream.h"

#include <errno.h>

#include "signaling/server/exchange.h"
#include "signaling/server/reply.h"

// Replies without an end. A stream is its request, which stays with the connection.

#define QUEUE_MAX 65536

static struct http_request *request_of(struct http_stream *stream)
{
    return (struct http_request *)stream;
}

struct http_stream *http_stream_begin(struct http_request *req, const char *type,
                                      void (*gone)(void *arg), void *arg)
{
    struct conn *conn = req->conn;
    const struct reply reply = {.status = 200, .type = type, .endless = true};
    req->close = true; // only the connection's end is the body's
    if (!conn || conn->req != req || conn->server->ending || req->head.method == HTTP_HEAD) {
        reply_send(req, &reply);
        return NULL;
    }
    if (reply_head(req, &reply)) {
        conn_doom(conn);
        conn->req = NULL;
        request_free(req);
        return NULL;
    }
    req->streams = true;
    req->gone = gone;
    req->gone_arg = arg;
    return (struct http_stream *)req;
}

int http_stream_send(struct http_stream *stream, const void *bytes, size_t len)
{
    struct conn *conn = request_of(stream)->conn;
    if (conn->state != CONN_BUSY)
        return EPIPE;
    int err = conn->queued + len > QUEUE_MAX ? EOVERFLOW : conn_send(conn, bytes, len);
    if (err == EOVERFLOW)
        conn->server->counts.refused++;
    if (err)
        conn_doom(conn);
    return err;
}

void http_stream_end(struct http_stream *stream)
{
    struct http_request *req = request_of(stream);
    struct conn *conn = req->conn;
    request_free(req);
    exchange_done(conn, true);
}

void stream_gone(struct http_request *req)
{
    req->gone(req->gone_arg);
    request_free(req);
}
