#include "signaling/server/conn.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "signaling/server/exchange.h"
#include "signaling/server/listener.h"
#include "signaling/server/ws_conn.h"

#define SECOND_US     1000000
#define ROUNDS_A_TURN 4 // writes of WRITE_MAX for one connection before others have their turn
#define IN_CAP_SMALL  1024

struct chunk {
    struct list link;
    const char *data;
    size_t len, sent;
    char own[];
};

int conn_alloc(struct conn **connp, struct server *server, const struct addr *client, bool tls)
{
    struct conn *conn = mem_zalloc(sizeof(*conn));
    if (!conn)
        return ENOMEM;
    conn->server = server;
    conn->client = *client;
    conn->tls = tls;
    list_init(&conn->out);
    list_append(&server->conns, &conn->link);
    server->counts.connections++;
    conn_set_deadline(conn, server->config.head_s);
    *connp = conn;
    return 0;
}

static void chunk_free(struct conn *conn, struct chunk *chunk)
{
    conn->queued -= chunk->len - chunk->sent;
    list_remove(&chunk->link);
    mem_free(chunk);
}

void conn_free(struct conn *conn)
{
    struct list *pos, *tmp;
    if (!conn)
        return;
    conn->state = CONN_DEAD;
    conn->wsi = NULL;
    list_remove(&conn->link);
    list_remove(&conn->doomed);
    ws_gone(conn);
    exchange_gone(conn);
    list_each(pos, tmp, &conn->out) chunk_free(conn, container_of(pos, struct chunk, link));
    listener_release(conn->server, conn->peer);
    conn->server->counts.connections--;
    mem_free(conn->in);
    mem_free(conn);
}

void conn_set_deadline(struct conn *conn, unsigned seconds)
{
    conn->deadline_us = seconds ? clock_us() + (int64_t)seconds * SECOND_US : 0;
}

void conn_doom(struct conn *conn)
{
    if (conn->state == CONN_DEAD)
        return;
    conn->state = CONN_DEAD;
    list_append(&conn->server->doomed, &conn->doomed);
}

void conn_pause(struct conn *conn, bool paused)
{
    if (conn->paused == paused || !conn->wsi)
        return;
    conn->paused = paused;
    lws_rx_flow_control(conn->wsi, !paused);
    if (!paused) // also wakes a TLS connection whose next bytes are already decrypted
        lws_callback_on_writable(conn->wsi);
}

static int keep(struct conn *conn, const void *bytes, size_t len)
{
    if (conn->in_len + len > conn->in_cap) {
        size_t cap = conn->in_cap ? conn->in_cap : IN_CAP_SMALL;
        while (cap < conn->in_len + len)
            cap *= 2;
        char *in = mem_resize(conn->in, cap);
        if (!in)
            return ENOMEM;
        conn->in = in;
        conn->in_cap = cap;
    }
    memcpy(conn->in + conn->in_len, bytes, len);
    conn->in_len += len;
    return 0;
}

void conn_consume(struct conn *conn, size_t len)
{
    conn->in_len -= len;
    conn->in_scanned = 0;
    if (conn->in_len) {
        memmove(conn->in, conn->in + len, conn->in_len);
        return;
    }
    mem_free(conn->in); // an idle connection keeps no buffer
    conn->in = NULL;
    conn->in_cap = 0;
}

void conn_receive(struct conn *conn, const void *bytes, size_t len)
{
    if (conn->state >= CONN_LAST)
        return;
    if (conn->state == CONN_WS) {
        ws_receive(conn, bytes, len);
        return;
    }
    if (keep(conn, bytes, len)) {
        conn_doom(conn);
        return;
    }
    exchange_process(conn);
}

static int queue(struct conn *conn, const void *bytes, size_t len, bool copy)
{
    if (conn->state >= CONN_LINGER)
        return EPIPE;
    if (len == 0)
        return 0;
    struct chunk *chunk = mem_zalloc(sizeof(*chunk) + (copy ? len : 0));
    if (!chunk)
        return ENOMEM;
    if (copy)
        memcpy(chunk->own, bytes, len);
    chunk->data = copy ? chunk->own : bytes;
    chunk->len = len;
    if (!conn->queued)
        conn->stalled_us = clock_us();
    conn->queued += len;
    list_append(&conn->out, &chunk->link);
    lws_callback_on_writable(conn->wsi);
    return 0;
}

int conn_send(struct conn *conn, const void *bytes, size_t len)
{
    return queue(conn, bytes, len, true);
}

int conn_send_static(struct conn *conn, const void *bytes, size_t len)
{
    return queue(conn, bytes, len, false);
}

void conn_drop_unsent(struct conn *conn)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &conn->out)
    {
        struct chunk *chunk = container_of(pos, struct chunk, link);
        if (chunk->sent == 0)
            chunk_free(conn, chunk);
    }
}

// Small chunks are put together, so that a burst of events is one TLS record and one system call.
static size_t gather(struct conn *conn, const char **from)
{
    struct list *pos, *tmp;
    struct chunk *chunk = container_of(conn->out.next, struct chunk, link);
    size_t len = chunk->len - chunk->sent;
    *from = chunk->data + chunk->sent;
    if (len >= WRITE_MAX || chunk->link.next == &conn->out)
        return len < WRITE_MAX ? len : WRITE_MAX;
    len = 0;
    *from = conn->server->scratch;
    list_each(pos, tmp, &conn->out)
    {
        chunk = container_of(pos, struct chunk, link);
        size_t n = chunk->len - chunk->sent;
        if (n > WRITE_MAX - len)
            n = WRITE_MAX - len;
        memcpy(conn->server->scratch + len, chunk->data + chunk->sent, n);
        len += n;
    }
    return len;
}

static void written(struct conn *conn, size_t len)
{
    while (len) {
        struct chunk *chunk = container_of(conn->out.next, struct chunk, link);
        size_t n = chunk->len - chunk->sent < len ? chunk->len - chunk->sent : len;
        chunk->sent += n;
        conn->queued -= n;
        len -= n;
        if (chunk->sent == chunk->len)
            chunk_free(conn, chunk);
    }
}

// Ends our direction and waits for the client's end: closing at once could reset the connection and
// take our last reply away from a client that is still sending.
static void linger(struct conn *conn)
{
    SSL *ssl = conn->tls ? lws_get_ssl(conn->wsi) : NULL;
    conn->state = CONN_LINGER;
    conn_set_deadline(conn, LINGER_S);
    conn_pause(conn, false);
    if (ssl && SSL_is_init_finished(ssl))
        SSL_shutdown(ssl);
    shutdown(lws_get_socket_fd(conn->wsi), SHUT_WR);
}

void conn_flush(struct conn *conn)
{
    const char *from;
    for (unsigned i = 0; i < ROUNDS_A_TURN && conn->queued; i++) {
        if (conn->state >= CONN_LINGER || lws_partial_buffered(conn->wsi))
            break;
        size_t len = gather(conn, &from);
        if (lws_write(conn->wsi, (unsigned char *)(uintptr_t)from, len, LWS_WRITE_RAW) < 0) {
            conn_doom(conn);
            return;
        }
        written(conn, len);
        conn->stalled_us = clock_us();
    }
    if (conn->state >= CONN_LINGER)
        return;
    if (conn->queued || lws_partial_buffered(conn->wsi)) {
        lws_callback_on_writable(conn->wsi);
        return;
    }
    conn->stalled_us = 0;
    if (conn->state == CONN_LAST)
        linger(conn);
}

int conn_writable(struct conn *conn)
{
    if (conn->state == CONN_DEAD)
        return EPIPE;
    if (conn->stalled_us)
        conn->stalled_us = clock_us();
    conn_flush(conn);
    return conn->state == CONN_DEAD ? EPIPE : 0;
}

void conn_finish(struct conn *conn)
{
    if (conn->state >= CONN_LAST)
        return;
    conn->state = CONN_LAST;
    conn->deadline_us = 0; // the stall limit holds
    conn->stalled_us = clock_us();
    conn_flush(conn);
}

void conn_tick(struct conn *conn, int64_t now_us)
{
    if (conn->state == CONN_DEAD)
        return;
    if (conn->stalled_us && now_us - conn->stalled_us > (int64_t)WRITE_STALL_S * SECOND_US) {
        conn->server->counts.refused++;
        conn_doom(conn);
        return;
    }
    if (conn->deadline_us && now_us >= conn->deadline_us) {
        if (conn->state == CONN_WS)
            ws_deadline(conn);
        else
            exchange_deadline(conn);
    }
}
