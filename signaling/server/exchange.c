#include "signaling/server/exchange.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/server/request.h"
#include "signaling/server/stream.h"
#include "signaling/server/ws_conn.h"

// More than this waits in the kernel while a request is being answered.
#define PIPELINE_MAX READ_MAX

static const char continue_line[] = "HTTP/1.1 100 Continue\r\n\r\n";

// Answers what is not a request that handlers could be given, and ends the connection: after bad
// framing nobody knows where the next request would start.
static void refuse(struct conn *conn, struct http_request *req, const struct http_problem *problem)
{
    conn->server->counts.refused++;
    if (!req && request_alloc(&req, conn, NULL)) {
        conn_doom(conn);
        return;
    }
    conn->req = req;
    conn->state = CONN_BUSY;
    req->close = true;
    http_reply_problem(req, problem);
}

static void refuse_simply(struct conn *conn, int status, const char *slug, const char *title)
{
    refuse(conn, NULL, &(struct http_problem){.status = status, .slug = slug, .title = title});
}

static void dispatch(struct conn *conn)
{
    struct http_request *req = conn->req;
    const struct server_handlers *handlers = conn->server->handlers;
    conn->state = CONN_BUSY;
    conn->deadline_us = 0;
    conn->server->counts.requests++;
    req->given = true;
    if (req->head.websocket)
        ws_upgrade(conn, req);
    else if (handlers->http)
        handlers->http(req, conn->server->arg);
    else
        http_reply_problem(
            req, &(struct http_problem){
                     .status = 404, .slug = "not-found", .title = "Not found", .field = "path"});
}

static size_t body_max(const struct server *server, const char *path)
{
    size_t of_path = server->handlers->body_max ? server->handlers->body_max(path) : 0;
    return of_path ? of_path : server->config.body_max;
}

static void begin(struct conn *conn, size_t len)
{
    struct http_request *req;
    struct http_problem problem = {.status = 0};
    char *text = mem_strndup(conn->in, len);
    if (!text || request_alloc(&req, conn, text)) {
        mem_free(text);
        conn_doom(conn);
        return;
    }
    conn_consume(conn, len);
    if (head_parse(&req->head, text, len, &problem) ||
        head_check_length(&req->head, body_max(conn->server, req->head.path), &problem)) {
        refuse(conn, req, &problem);
        return;
    }
    conn->req = req;
    req->close = req->head.close;
    conn->state = CONN_BODY;
    conn_set_deadline(conn, conn->server->config.body_s);
    if (req->head.wants_continue && conn->in_len == 0 &&
        conn_send_static(conn, continue_line, sizeof(continue_line) - 1))
        conn_doom(conn);
}

// True when there is nothing more to do for now.
static bool read_head(struct conn *conn)
{
    size_t end = 0;
    if (conn->in_len == 0)
        return true;
    if (conn->idle) { // a later head's time starts with its first byte
        conn->idle = false;
        conn_set_deadline(conn, conn->server->config.head_s);
    }
    int err = head_find_end(conn->in, conn->in_len, &conn->in_scanned, &end);
    if (err == EBADMSG) {
        refuse_simply(conn, 400, "bad-request", "The request is not HTTP");
    } else if (err == EAGAIN ? conn->in_len > HEAD_MAX : end > HEAD_MAX) {
        refuse_simply(conn, 431, "head-too-large", "The head of the request is too large");
    } else if (err == 0) {
        begin(conn, end);
    }
    return err == EAGAIN;
}

static bool read_body(struct conn *conn)
{
    struct http_request *req = conn->req;
    size_t missing = req->head.content_length - req->body_len;
    size_t len = conn->in_len < missing ? conn->in_len : missing;
    if (len && request_add_body(req, conn->in, len)) {
        conn_doom(conn);
        return true;
    }
    if (len)
        conn_consume(conn, len);
    if (len < missing)
        return true;
    dispatch(conn);
    return false;
}

static void feed_websocket(struct conn *conn)
{
    char *early = conn->in;
    size_t len = conn->in_len;
    conn->in = NULL;
    conn->in_len = conn->in_cap = 0;
    if (len)
        ws_receive(conn, early, len);
    mem_free(early);
}

void exchange_process(struct conn *conn)
{
    bool wait = false;
    if (conn->processing)
        return;
    conn->processing = true;
    while (!wait) {
        if (conn->state == CONN_HEAD)
            wait = read_head(conn);
        else if (conn->state == CONN_BODY)
            wait = read_body(conn);
        else
            wait = true;
    }
    conn->processing = false;
    if (conn->state == CONN_WS)
        feed_websocket(conn);
    if (conn->state == CONN_BUSY && conn->in_len >= PIPELINE_MAX)
        conn_pause(conn, true);
    if (conn->queued && conn->state != CONN_DEAD)
        conn_flush(conn);
}

void exchange_done(struct conn *conn, bool close)
{
    conn->req = NULL;
    if (conn->state != CONN_BUSY)
        return;
    if (close || conn->server->ending) {
        conn_finish(conn);
        return;
    }
    conn->state = CONN_HEAD;
    conn->idle = true;
    conn_set_deadline(conn, conn->server->config.idle_s);
    conn_pause(conn, false);
    exchange_process(conn);
}

void exchange_deadline(struct conn *conn)
{
    bool silent = conn->state == CONN_HEAD && conn->in_len == 0;
    if (conn->state == CONN_LINGER || silent) {
        conn_doom(conn);
        return;
    }
    struct http_request *req = conn->req;
    conn->req = NULL;
    refuse(conn, req,
           &(struct http_problem){
               .status = 408, .slug = "too-slow", .title = "The request took too long to come"});
}

void exchange_gone(struct conn *conn)
{
    struct http_request *req = conn->req;
    if (!req)
        return;
    req->conn = NULL;
    conn->req = NULL;
    if (req->streams)
        stream_gone(req);
    else if (!req->given)
        request_free(req);
}
