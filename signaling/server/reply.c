#include <errno.h>
#include <string.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/writer.h"
#include "signaling/server/exchange.h"
#include "signaling/server/fields.h"
#include "signaling/server/headers.h"
#include "signaling/server/reply.h"
#include "signaling/server/statics.h"

#define REPLY_HEAD_MAX 16384

static const char *date_now(struct server *server)
{
    int64_t now_s = clock_wall_ms() / 1000;
    if (now_s != server->date_s) {
        time_t t = (time_t)now_s;
        struct tm tm;
        gmtime_r(&t, &tm);
        strftime(server->date, sizeof(server->date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
        server->date_s = now_s;
    }
    return server->date;
}

static bool header_valid(const char *name, const char *value)
{
    return name && value && field_is_token(name) && field_is_value(value);
}

int http_add_header(struct http_request *req, const char *name, const char *value)
{
    if (!header_valid(name, value))
        return EINVAL;
    if (req->extras == REPLY_HEADERS_MAX)
        return EOVERFLOW;
    char *own_name = request_keep(req, name, strlen(name));
    char *own_value = request_keep(req, value, strlen(value));
    if (!own_name || !own_value)
        return ENOMEM;
    req->extra[req->extras++] = (struct http_header){.name = own_name, .value = own_value};
    return 0;
}

static bool has_header(const struct http_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return true;
    return false;
}

static void write_header(struct writer *w, const struct http_header *header)
{
    if (!header_valid(header->name, header->value)) {
        log_error("http", "a reply header with a control character was left out");
        return;
    }
    writer_text(w, header->name);
    writer_bytes(w, ": ", 2);
    writer_text(w, header->value);
    writer_bytes(w, "\r\n", 2);
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static void write_head(struct writer *w, struct http_request *req, const struct reply *reply)
{
    size_t count;
    const struct http_header *defaults = security_headers(req->tls, &count);
    writer_printf(w, "HTTP/1.1 %d %s\r\ndate: %s\r\n", reply->status, status_text(reply->status),
                  date_now(req->server));
    if (reply->type)
        write_header(w, &(struct http_header){"content-type", reply->type});
    if (has_body(reply->status) && !reply->endless)
        writer_printf(w, "content-length: %zu\r\n", reply->len);
    if (req->close)
        writer_text(w, "connection: close\r\n");
    for (size_t i = 0; i < reply->count; i++)
        write_header(w, &reply->headers[i]);
    for (size_t i = 0; i < req->extras; i++)
        if (!has_header(reply->headers, reply->count, req->extra[i].name))
            write_header(w, &req->extra[i]);
    for (size_t i = 0; i < count; i++)
        if (!has_header(reply->headers, reply->count, defaults[i].name) &&
            !has_header(req->extra, req->extras, defaults[i].name))
            write_header(w, &defaults[i]);
    writer_bytes(w, "\r\n", 2);
}

int reply_head(struct http_request *req, const struct reply *reply)
{
    char *head = mem_zalloc(REPLY_HEAD_MAX);
    if (!head)
        return ENOMEM;
    struct writer w = writer_of(head, REPLY_HEAD_MAX);
    write_head(&w, req, reply);
    int err = w.full ? EOVERFLOW : conn_send(req->conn, head, w.len);
    mem_free(head);
    return err;
}

static int send_reply(struct http_request *req, const struct reply *reply)
{
    int err = reply_head(req, reply);
    if (err || !has_body(reply->status) || req->head.method == HTTP_HEAD)
        return err;
    return reply->lasting ? conn_send_static(req->conn, reply->body, reply->len)
                          : conn_send(req->conn, reply->body, reply->len);
}

void reply_send(struct http_request *req, const struct reply *reply)
{
    struct conn *conn = req->conn;
    bool close = req->close;
    if (conn && conn->req == req) {
        if (conn->server->ending)
            close = req->close = true;
        if (send_reply(req, reply))
            conn_doom(conn);
    }
    request_free(req);
    if (conn)
        exchange_done(conn, close);
}

void http_reply(struct http_request *req, int status, const char *type, const void *body,
                size_t len)
{
    reply_send(req, &(struct reply){.status = status, .type = type, .body = body, .len = len});
}

void http_reply_empty(struct http_request *req, int status)
{
    http_reply(req, status, NULL, NULL, 0);
}

static void reply_text(struct http_request *req, int status, const char *type, char *text)
{
    if (!text) {
        req->close = true;
        http_reply_empty(req, 503);
        return;
    }
    http_reply(req, status, type, text, strlen(text));
    free(text); // jansson's, from malloc
}

void http_reply_json(struct http_request *req, int status, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    reply_text(req, status, "application/json", text);
}

static char *problem_text(const struct http_problem *problem, const char *type)
{
    json_t *json = json_pack("{ss ss si ss* ss*}", "type", type, "title", problem->title, "status",
                             problem->status, "detail", problem->detail, "field", problem->field);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

void http_reply_problem(struct http_request *req, const struct http_problem *problem)
{
    char type[128];
    struct writer w = writer_of(type, sizeof(type));
    writer_printf(&w, "/problems/%s", problem->slug);
    if (!writer_string(&w))
        strcpy(type, "about:blank");
    char *text = problem_text(problem, type);
    if (!text) { // a detail that quotes text which is not UTF-8 is better left out
        struct http_problem plain = *problem;
        plain.detail = plain.field = NULL;
        text = problem_text(&plain, type);
    }
    reply_text(req, problem->status, "application/problem+json", text);
}

// An own file may become another one while its last bytes still wait: they are copied.
static void reply_static(struct http_request *req, const struct static_file *file, bool own)
{
    struct http_header headers[] = {{"etag", file->etag}, {"cache-control", file->cache}};
    const char *known = http_header(req, "if-none-match");
    bool same = known && static_matches(file, known);
    reply_send(req, &(struct reply){.status = same ? 304 : 200,
                                    .headers = headers,
                                    .count = 2,
                                    .type = same ? NULL : file->type,
                                    .body = file->data,
                                    .len = file->len,
                                    .lasting = !own});
}

void http_reply_file(struct http_request *req, const char *path)
{
    enum http_method method = http_method(req);
    const struct static_file *file = req->conn ? static_find(req->server->own, path) : NULL;
    bool own = file != NULL;
    if (req->conn && !own)
        file = static_find(req->server->statics, path);
    if (!file) {
        http_reply_problem(
            req, &(struct http_problem){
                     .status = 404, .slug = "not-found", .title = "Not found", .field = "path"});
    } else if (method != HTTP_GET && method != HTTP_HEAD) {
        http_add_header(req, "allow", "GET, HEAD");
        http_reply_problem(req, &(struct http_problem){.status = 405,
                                                       .slug = "method-not-allowed",
                                                       .title = "A page can only be read",
                                                       .field = "method"});
    } else {
        reply_static(req, file, own);
    }
}
