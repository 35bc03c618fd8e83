#include <errno.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/server/request.h"
#include "tests/fuzz/support/api_world.h"
#include "tests/fuzz/support/input.h"

// What the API sees of a server: requests out of bytes, replies that are looked at and dropped.

static struct {
    int status;        // of the last reply
    char location[96]; // of the last session made
} last;

void api_server_forget(void)
{
    last.location[0] = 0;
}

int http_add_header(struct http_request *req, const char *name, const char *value)
{
    (void)req;
    check(*name && !strpbrk(value, "\r\n"));
    if (strcmp(name, "location") == 0)
        text_copy(last.location, sizeof(last.location), value);
    return 0;
}

void http_reply(struct http_request *req, int status, const char *type, const void *body,
                size_t len)
{
    (void)type;
    check(status >= 200 && status < 600 && (body || !len) && !last.status);
    last.status = status;
    request_free(req);
}

void http_reply_empty(struct http_request *req, int status)
{
    http_reply(req, status, NULL, NULL, 0);
}

void http_reply_problem(struct http_request *req, const struct http_problem *problem)
{
    check(problem->status >= 400 && problem->slug && problem->title);
    http_reply_empty(req, problem->status);
}

void http_reply_json(struct http_request *req, int status, json_t *json)
{
    check(json != NULL);
    json_decref(json);
    http_reply_empty(req, status);
}

void http_reply_file(struct http_request *req, const char *path)
{
    check(*path == '/');
    http_reply_empty(req, 404);
}

// Its reader never goes away by himself.
struct http_stream {
    bool begun;
};

struct http_stream *http_stream_begin(struct http_request *req, const char *type,
                                      void (*gone)(void *arg), void *arg)
{
    check(*type && gone && arg && !last.status);
    struct http_stream *stream = mem_zalloc(sizeof(*stream));
    last.status = 200;
    request_free(req);
    if (stream)
        stream->begun = true;
    return stream;
}

int http_stream_send(struct http_stream *stream, const void *bytes, size_t len)
{
    check(stream->begun && bytes && len > 0);
    return 0;
}

void http_stream_end(struct http_stream *stream)
{
    check(stream->begun);
    mem_free(stream);
}

int ws_send(struct ws_conn *conn, const char *text, size_t len)
{
    check(len > 0 && text[len] == 0);
    conn->sent++;
    return 0;
}

void ws_close(struct ws_conn *conn, int code, const char *reason)
{
    check(code >= 1000 && (!reason || strlen(reason) <= 123));
    conn->closing = true;
}

const char *ws_token(const struct ws_conn *conn)
{
    return conn->token;
}

const char *ws_cookie(struct ws_conn *conn, const char *name)
{
    check(strcmp(name, "__Host-banyan") == 0);
    return conn->cookie;
}

void ws_set_user(struct ws_conn *conn, void *user)
{
    conn->user = user;
}

void *ws_user(const struct ws_conn *conn)
{
    return conn->user;
}

// --- asking -------------------------------------------------------------------------------------

// "authorization: room" and the like stand for a token, "/media/last" for the last session made.
static void fill_in(struct http_head *head, char *bearer, size_t size)
{
    static const char *const names[TOKEN_PURPOSES] = {[TOKEN_ROOM] = "room",
                                                      [TOKEN_BOOTH] = "booth",
                                                      [TOKEN_MEMBER] = "member",
                                                      [TOKEN_GUEST] = "guest"};
    const char *given = head_field(head, "authorization");
    for (unsigned i = TOKEN_ROOM; given && i < TOKEN_PURPOSES; i++)
        if (strcmp(given, names[i]) == 0)
            snprintf(bearer, size, "Bearer %s", api_world_token((enum token_purpose)i));
    for (size_t i = 0; *bearer && i < head->count; i++)
        if (head->fields[i].value == given)
            head->fields[i].value = bearer;
    if (strcmp(head->path, "/media/last") == 0 && last.location[0])
        head->path = last.location;
}

int api_world_ask(struct api *api, char *text, size_t len, const uint8_t *body, size_t body_len)
{
    struct conn conn = {0};
    struct http_request *req = NULL;
    struct http_problem problem;
    char bearer[TOKEN_TEXT_MAX + 8] = "";
    check(addr_parse(&conn.client, "192.0.2.9") == 0 && request_alloc(&req, &conn, NULL) == 0);
    int err = head_parse(&req->head, text, len, &problem);
    if (err) {
        request_free(req);
        return -err;
    }
    fill_in(&req->head, bearer, sizeof(bearer));
    if (body_len)
        check(request_add_body(req, (const char *)body, body_len) == 0);
    last.status = 0;
    api_handlers.http(req, api);
    if (!last.status)
        api_world_answer();
    check(last.status != 0); // every request is answered once
    return last.status;
}
