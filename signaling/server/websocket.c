#include "signaling/server/websocket.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/server/fields.h"
#include "signaling/server/frame.h"
#include "signaling/server/ws_conn.h"

#define REASON_MAX    123
#define PONG_BACKLOG  4096 // with more than this unsent, pings are not answered
#define NO_CODE       1005 // RFC 6455: the peer closed without saying why
#define ABNORMAL      1006 // and: the connection was lost
#define MESSAGE_SMALL 512

struct ws_conn {
    struct conn *conn;
    void *user;
    char *cookies, *token; // in `texts`
    struct frame frame;
    char control[FRAME_CONTROL_MAX];
    size_t control_len;
    char *message;
    size_t message_len, message_cap;
    int code;        // what ws_closed is told
    bool close_sent; // our close frame is queued
    bool pong_due;   // a ping is unanswered
    bool announced;  // ws_open was called, ws_closed is owed
    char *scratch;   // of cookie values
    char texts[];
};

static char *put_text(char **at, const char *text, size_t len)
{
    char *start = *at;
    if (!text)
        return NULL;
    memcpy(start, text, len);
    *at += len + 1;
    return start;
}

static size_t size_of(const char *text)
{
    return text ? strlen(text) : 0;
}

int ws_alloc(struct conn *conn, const struct ws_facts *facts)
{
    size_t cookies = size_of(facts->cookies);
    struct ws_conn *ws = mem_zalloc(sizeof(*ws) + cookies + facts->token_len + 2);
    if (!ws)
        return ENOMEM;
    char *at = ws->texts;
    ws->cookies = put_text(&at, facts->cookies, cookies);
    ws->token = put_text(&at, facts->token, facts->token_len);
    ws->conn = conn;
    ws->code = ABNORMAL;
    conn->ws = ws;
    conn->state = CONN_WS;
    conn->server->counts.websockets++;
    conn_set_deadline(conn, conn->server->config.ping_s);
    return 0;
}

void ws_announce(struct conn *conn)
{
    const struct server_handlers *handlers = conn->server->handlers;
    if (conn->state != CONN_WS)
        return;
    conn->ws->announced = true;
    if (handlers->ws_open)
        handlers->ws_open(conn->ws, conn->server->arg);
}

void ws_gone(struct conn *conn)
{
    struct ws_conn *ws = conn->ws;
    const struct server_handlers *handlers = conn->server->handlers;
    if (!ws)
        return;
    conn->ws = NULL;
    conn->server->counts.websockets--;
    if (ws->announced && handlers->ws_closed)
        handlers->ws_closed(ws, ws->code, conn->server->arg);
    mem_free(ws->message);
    mem_free(ws->scratch);
    mem_free(ws);
}

static int send_frame(struct ws_conn *ws, enum frame_opcode opcode, const char *payload, size_t len)
{
    uint8_t small[FRAME_HEAD_MAX + 512], *frame = small;
    if (len > 512 && !(frame = mem_zalloc(FRAME_HEAD_MAX + len)))
        return ENOMEM;
    size_t head = frame_write_head(frame, opcode, len);
    if (len)
        memcpy(frame + head, payload, len);
    int err = conn_send(ws->conn, frame, head + len);
    if (frame != small)
        mem_free(frame);
    return err;
}

static void send_close(struct ws_conn *ws, int code, const char *reason)
{
    char payload[2 + REASON_MAX + 1] = {0};
    size_t len = 0;
    if (code != NO_CODE) {
        put_u16((uint8_t *)payload, (uint16_t)code);
        text_copy(payload + 2, sizeof(payload) - 2, reason ? reason : "");
        len = 2 + strlen(payload + 2);
        while (len > 2 && !text_is_utf8(payload + 2, len - 2))
            len--; // a reason that was cut inside a character
    }
    ws->close_sent = true;
    if (send_frame(ws, FRAME_CLOSE, payload, len))
        conn_doom(ws->conn);
}

// The peer broke the rules: says why, reads nothing more.
static void fail(struct ws_conn *ws, int code, const char *reason)
{
    ws->conn->server->counts.refused++;
    ws->code = code;
    if (!ws->close_sent)
        send_close(ws, code, reason);
    conn_finish(ws->conn);
}

void ws_close(struct ws_conn *ws, int code, const char *reason)
{
    if (ws->close_sent || ws->conn->state != CONN_WS)
        return;
    ws->code = code;
    send_close(ws, code, reason);
    conn_set_deadline(ws->conn, CLOSE_WAIT_S);
}

int ws_send(struct ws_conn *ws, const char *text, size_t len)
{
    struct conn *conn = ws->conn;
    if (ws->close_sent || conn->state != CONN_WS)
        return EPIPE;
    if (conn->queued + len <= conn->server->config.send_queue_max)
        return send_frame(ws, FRAME_TEXT, text, len);
    conn->server->counts.refused++;
    conn_drop_unsent(conn);
    ws_close(ws, WS_CLOSE_TRY_LATER, "too slow");
    return EOVERFLOW;
}

static void deliver(struct ws_conn *ws)
{
    const struct server *server = ws->conn->server;
    size_t len = ws->message_len;
    char *message = ws->message;
    ws->message = NULL;
    ws->message_len = ws->message_cap = 0;
    if (!text_is_utf8(message ? message : "", len))
        fail(ws, WS_CLOSE_BAD_TEXT, "text is not UTF-8");
    else if (!ws->close_sent && server->handlers->ws_message)
        server->handlers->ws_message(ws, message ? message : "", len, server->arg);
    mem_free(message);
}

static void peer_closes(struct ws_conn *ws)
{
    int code = ws->control_len >= 2 ? get_u16((const uint8_t *)ws->control) : NO_CODE;
    if (ws->control_len == 1 || (ws->control_len && !frame_close_code_valid(code))) {
        fail(ws, WS_CLOSE_PROTOCOL, "bad close code");
        return;
    }
    if (ws->control_len > 2 && !text_is_utf8(ws->control + 2, ws->control_len - 2)) {
        fail(ws, WS_CLOSE_BAD_TEXT, "reason is not UTF-8");
        return;
    }
    if (!ws->close_sent) {
        ws->code = code;
        send_close(ws, code, NULL);
    }
    conn_finish(ws->conn);
}

static void control_frame(struct ws_conn *ws)
{
    if (ws->frame.opcode == FRAME_CLOSE)
        peer_closes(ws);
    else if (ws->frame.opcode == FRAME_PONG)
        ws->pong_due = false;
    else if (!ws->close_sent && ws->conn->queued < PONG_BACKLOG &&
             send_frame(ws, FRAME_PONG, ws->control, ws->control_len))
        conn_doom(ws->conn);
    ws->control_len = 0;
}

static void frame_over(struct ws_conn *ws)
{
    ws->frame.complete = false;
    if (frame_is_control(&ws->frame))
        control_frame(ws);
    else if (ws->frame.final)
        deliver(ws);
}

// Room for `len` more bytes of a message and a zero; grows with what has come.
static bool make_room(struct ws_conn *ws, size_t len)
{
    size_t need = ws->message_len + len + 1, most = ws->conn->server->config.message_max + 1;
    if (need <= ws->message_cap)
        return true;
    size_t cap = ws->message_cap ? ws->message_cap * 2 : MESSAGE_SMALL;
    if (cap < need)
        cap = need;
    if (cap > most)
        cap = most;
    char *message = mem_resize(ws->message, cap);
    if (!message)
        return false;
    ws->message = message;
    ws->message_cap = cap;
    return true;
}

static bool check_frame(struct ws_conn *ws)
{
    const struct frame *frame = &ws->frame;
    if (frame_is_control(frame))
        return true;
    if (frame->opcode == FRAME_BINARY)
        fail(ws, WS_CLOSE_UNSUPPORTED, "text only");
    else if (frame->left > ws->conn->server->config.message_max - ws->message_len)
        fail(ws, WS_CLOSE_TOO_BIG, "message too large");
    return ws->conn->state == CONN_WS;
}

static size_t take_payload(struct ws_conn *ws, const uint8_t *bytes, size_t len)
{
    size_t n = len < ws->frame.left ? len : (size_t)ws->frame.left;
    if (frame_is_control(&ws->frame)) {
        n = frame_payload(&ws->frame, bytes, n, ws->control + ws->control_len);
        ws->control_len += n;
        return n;
    }
    if (!make_room(ws, n)) {
        conn_doom(ws->conn);
        return len;
    }
    n = frame_payload(&ws->frame, bytes, n, ws->message + ws->message_len);
    ws->message_len += n;
    ws->message[ws->message_len] = '\0';
    return n;
}

void ws_receive(struct conn *conn, const void *data, size_t len)
{
    struct ws_conn *ws = conn->ws;
    const uint8_t *bytes = data;
    while (conn->state == CONN_WS && len) {
        size_t used = 0;
        int err = ws->frame.complete ? 0 : frame_head(&ws->frame, bytes, len, &used);
        if (err == EPROTO)
            fail(ws, WS_CLOSE_PROTOCOL, "bad frame");
        if (err || (!ws->control_len && !check_frame(ws)))
            return;
        if (ws->frame.left)
            used += take_payload(ws, bytes + used, len - used);
        bytes += used;
        len -= used;
        if (ws->frame.left == 0 && conn->state == CONN_WS)
            frame_over(ws);
    }
}

void ws_deadline(struct conn *conn)
{
    struct ws_conn *ws = conn->ws;
    if (ws->close_sent || ws->pong_due) {
        conn_doom(conn);
        return;
    }
    ws->pong_due = true;
    conn_set_deadline(conn, conn->server->config.ping_s);
    if (send_frame(ws, FRAME_PING, NULL, 0))
        conn_doom(conn);
}

const char *ws_token(const struct ws_conn *ws)
{
    return ws->token;
}

// Values are kept until the next call: one at a time is enough for handlers.
static const char *keep(struct ws_conn *ws, const char *value, size_t len)
{
    mem_free(ws->scratch);
    ws->scratch = mem_strndup(value, len);
    return ws->scratch;
}

const char *ws_cookie(struct ws_conn *ws, const char *name)
{
    const char *value;
    size_t len;
    return cookie_find(ws->cookies, name, &value, &len) ? NULL : keep(ws, value, len);
}

void ws_set_user(struct ws_conn *ws, void *user)
{
    ws->user = user;
}

void *ws_user(const struct ws_conn *ws)
{
    return ws->user;
}
