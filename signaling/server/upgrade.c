#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/writer.h"
#include "signaling/server/exchange.h"
#include "signaling/server/fields.h"
#include "signaling/server/headers.h"
#include "signaling/server/reply.h"
#include "signaling/server/ws_conn.h"

// The opening handshake of a WebSocket (RFC 6455 section 4.2).

#define ACCEPT_SIZE 29 // 20 bytes in base64 and a zero
#define KEY_LEN     24 // 16 bytes in base64

static const char protocol_name[] = "banyan";
static const char bearer_prefix[] = "bearer.";

static bool accept_key(const char *key, char accept[ACCEPT_SIZE])
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE], decoded[KEY_LEN];
    char text[KEY_LEN + sizeof(magic)];
    unsigned len;
    if (strlen(key) != KEY_LEN || key[KEY_LEN - 3] == '=' || strcmp(key + KEY_LEN - 2, "==") != 0 ||
        EVP_DecodeBlock(decoded, (const unsigned char *)key, KEY_LEN) != 18)
        return false;
    memcpy(text, key, KEY_LEN);
    memcpy(text + KEY_LEN, magic, sizeof(magic));
    if (EVP_Digest(text, strlen(text), digest, &len, EVP_sha1(), NULL) != 1)
        return false;
    EVP_EncodeBlock((unsigned char *)accept, digest, 20);
    return true;
}

static struct http_problem bad(const char *title, const char *field)
{
    return (struct http_problem){
        .status = 400, .slug = "bad-upgrade", .title = title, .field = field};
}

// What is wrong with the upgrade; status 0 when nothing is.
static struct http_problem check(struct http_request *req, char accept[ACCEPT_SIZE])
{
    const struct http_head *head = &req->head;
    const char *key = head_field(head, "sec-websocket-key");
    const char *version = head_field(head, "sec-websocket-version");
    if (head->method != HTTP_GET)
        return bad("Only GET can become a WebSocket", "method");
    if (head->http10 || !head_has_token(head, "connection", "upgrade"))
        return bad("The Connection header does not say upgrade", "connection");
    if (!version || head_count(head, "sec-websocket-version") > 1 || strcmp(version, "13") != 0) {
        http_add_header(req, "sec-websocket-version", "13");
        http_add_header(req, "upgrade", "websocket");
        return (struct http_problem){.status = 426,
                                     .slug = "websocket-version",
                                     .title = "Only WebSocket version 13 is spoken here",
                                     .field = "sec-websocket-version"};
    }
    if (!key || head_count(head, "sec-websocket-key") > 1 || !accept_key(key, accept))
        return bad("The key must be 16 bytes in base64", "sec-websocket-key");
    if (http_is_cross_origin(req))
        return (struct http_problem){.status = 403,
                                     .slug = "foreign-origin",
                                     .title = "Pages of other sites may not connect",
                                     .field = "origin"};
    return (struct http_problem){.status = 0};
}

static struct http_problem check_place(struct http_request *req)
{
    const struct server_handlers *handlers = req->server->handlers;
    const struct server *server = req->server;
    if (!handlers->ws_wanted || !handlers->ws_wanted(req->head.path, server->arg))
        return (struct http_problem){.status = 404,
                                     .slug = "not-found",
                                     .title = "There is no WebSocket at this address",
                                     .field = "path"};
    if (server->counts.websockets >= server->config.websockets_max)
        return (struct http_problem){
            .status = 503, .slug = "busy", .title = "There are too many connections, try later"};
    return (struct http_problem){.status = 0};
}

static void send_accept(struct conn *conn, const struct http_request *req, const char *accept)
{
    char head[2048];
    size_t count;
    const struct http_header *headers = security_headers(conn->tls, &count);
    struct writer w = writer_of(head, sizeof(head));
    writer_printf(&w,
                  "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n"
                  "connection: upgrade\r\nsec-websocket-accept: %s\r\n",
                  accept);
    if (head_has_token(&req->head, "sec-websocket-protocol", protocol_name))
        writer_printf(&w, "sec-websocket-protocol: %s\r\n", protocol_name);
    for (size_t i = 0; i < count; i++)
        writer_printf(&w, "%s: %s\r\n", headers[i].name, headers[i].value);
    writer_text(&w, "\r\n");
    if (w.full || conn_send(conn, head, w.len))
        conn_doom(conn);
}

// The token of "bearer.<token>" among the offered protocols, and how long it is.
static const char *offered_token(const struct http_head *head, size_t *len)
{
    size_t prefix = sizeof(bearer_prefix) - 1;
    for (size_t i = 0; i < head->count; i++) {
        const char *list = head->fields[i].value, *at;
        if (strcmp(head->fields[i].name, "sec-websocket-protocol") != 0)
            continue;
        while ((at = field_next(&list, len)) != NULL) {
            if (*len > prefix && strncmp(at, bearer_prefix, prefix) == 0) {
                *len -= prefix;
                return at + prefix;
            }
        }
    }
    return NULL;
}

void ws_upgrade(struct conn *conn, struct http_request *req)
{
    char accept[ACCEPT_SIZE];
    size_t token_len = 0;
    struct http_problem problem = check(req, accept);
    if (problem.status == 0)
        problem = check_place(req);
    if (problem.status) {
        req->close = true;
        conn->server->counts.refused++;
        http_reply_problem(req, &problem);
        return;
    }
    const char *token = offered_token(&req->head, &token_len);
    struct ws_facts facts = {
        .cookies = head_field(&req->head, "cookie"), .token = token, .token_len = token_len};
    if (ws_alloc(conn, &facts)) {
        conn_doom(conn);
    } else {
        send_accept(conn, req, accept);
    }
    conn->req = NULL;
    request_free(req);
    ws_announce(conn);
}
