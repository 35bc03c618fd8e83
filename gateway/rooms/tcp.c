#include "gateway/rooms/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/packet/demux.h"
#include "gateway/rooms/session.h"
#include "gateway/rooms/tcp_frame.h"

#define BACKLOG        256
#define ACCEPTS_A_TURN 64
#define PAUSE_US       100000
#define READ_BYTES     32768

struct tcp {
    struct shard *shard;
    int listeners[SHARD_SOCKETS];
    unsigned listener_count;
    struct list connections; // tcp_connection.link
    unsigned count, strangers;
    struct loop_timer pause; // out of descriptors: do not accept for a while
};

struct tcp_connection {
    struct wire wire;
    struct tcp *tcp;
    struct list link, of_session;
    struct session *session; // NULL: a stranger
    struct addr remote;
    int64_t accepted_us, heard_us;
    struct loop_timer timer;
    struct tcp_frame frame;
};

int tcp_alloc(struct tcp **tcpp, struct shard *shard)
{
    if (!tcpp || !shard)
        return EINVAL;
    struct tcp *tcp = mem_zalloc(sizeof(*tcp));
    if (!tcp)
        return ENOMEM;
    tcp->shard = shard;
    list_init(&tcp->connections);
    *tcpp = tcp;
    return 0;
}

void tcp_unlisten(struct tcp *tcp)
{
    loop_timer_stop(tcp->shard->loop, &tcp->pause);
    for (unsigned i = 0; i < tcp->listener_count; i++) {
        loop_fd_remove(tcp->shard->loop, tcp->listeners[i]);
        close(tcp->listeners[i]);
    }
    tcp->listener_count = 0;
}

static void close_connection(struct tcp_connection *connection)
{
    struct tcp *tcp = connection->tcp;
    struct shard *shard = tcp->shard;
    if (connection->session)
        session_wire_gone(connection->session, &connection->wire);
    else
        tcp->strangers--;
    egress_forget_wire(shard->egress, &connection->wire);
    loop_timer_stop(shard->loop, &connection->timer);
    loop_fd_remove(shard->loop, connection->wire.fd);
    close(connection->wire.fd);
    list_remove(&connection->link);
    list_remove(&connection->of_session);
    wire_backlog_free(connection->wire.backlog);
    mem_free(connection);
    tcp->count--;
    counter_add(&shard->stats.tcp_connections, (uint64_t)-1);
}

void tcp_free(struct tcp *tcp)
{
    struct list *at, *tmp;
    if (!tcp)
        return;
    tcp_unlisten(tcp);
    list_each(at, tmp, &tcp->connections)
        close_connection(container_of(at, struct tcp_connection, link));
    mem_free(tcp);
}

static int on_frame(void *arg, const uint8_t *data, size_t len)
{
    struct tcp_connection *connection = arg;
    struct shard *shard = connection->tcp->shard;
    struct path path = {.wire = &connection->wire, .remote = connection->remote};
    counter_add(&shard->stats.packets_in, 1);
    counter_add(&shard->stats.bytes_in, len);
    if (!connection->session && packet_kind(data, len) != PACKET_STUN) {
        drop(&shard->stats.drops, DROP_UNKNOWN_PATH);
        return EPROTO;
    }
    struct packet *packet = packet_take_for(&shard->packets, len);
    if (!packet) {
        drop(&shard->stats.drops, DROP_NO_BUFFER);
        return 0;
    }
    memcpy(packet->data, data, len);
    packet->len = len;
    packet->arrival_us = connection->heard_us;
    shard_take(shard, &path, packet, connection->heard_us);
    packet_drop(packet);
    return 0;
}

// 0 when the connection can go on.
static int read_some(struct tcp_connection *connection)
{
    uint8_t bytes[READ_BYTES];
    ssize_t got = recv(connection->wire.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : errno;
    if (got == 0)
        return EPIPE;
    int err = tcp_frame_feed(&connection->frame, bytes, (size_t)got, on_frame, connection);
    if (err == EMSGSIZE)
        drop(&connection->tcp->shard->stats.drops, DROP_TOO_LONG);
    return err;
}

static int write_some(struct tcp_connection *connection)
{
    int err = wire_write_backlog(&connection->wire);
    if (err)
        return err == EAGAIN ? 0 : err;
    return loop_fd_change(connection->tcp->shard->loop, connection->wire.fd, EPOLLIN);
}

static void on_event(void *arg, uint32_t events, int64_t now_us)
{
    struct tcp_connection *connection = arg;
    int err = 0;
    connection->heard_us = now_us;
    if (events & EPOLLOUT)
        err = write_some(connection);
    if (!err && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        err = read_some(connection);
    if (err || connection->wire.broken)
        close_connection(connection);
}

static void on_blocked(struct wire *wire)
{
    struct tcp_connection *connection = wire->owner;
    loop_fd_change(connection->tcp->shard->loop, wire->fd, EPOLLIN | EPOLLOUT);
}

static int64_t limit_of(const struct tcp_connection *connection)
{
    return connection->session ? connection->heard_us + TCP_IDLE_US
                               : connection->accepted_us + TCP_STRANGER_US;
}

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct tcp_connection *connection = arg;
    int64_t limit = limit_of(connection);
    if (now_us >= limit || connection->wire.broken)
        close_connection(connection);
    else
        loop_timer_start(connection->tcp->shard->loop, timer, limit, on_timer, connection);
}

static int add_connection(struct tcp *tcp, int fd, const struct addr *remote, int64_t now_us)
{
    int err, on = 1;
    struct tcp_connection *connection = mem_zalloc(sizeof(*connection));
    if (!connection)
        return ENOMEM;
    struct loop *loop = tcp->shard->loop;
    connection->tcp = tcp;
    connection->remote = *remote;
    connection->accepted_us = connection->heard_us = now_us;
    connection->wire = (struct wire){
        .kind = WIRE_TCP, .fd = fd, .blocked = on_blocked, .owner = connection};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    err = loop_timer_start(loop, &connection->timer, limit_of(connection), on_timer, connection);
    if (!err)
        err = loop_fd_add(loop, fd, EPOLLIN, on_event, connection);
    if (err) {
        loop_timer_stop(loop, &connection->timer);
        mem_free(connection);
        return err;
    }
    list_append(&tcp->connections, &connection->link);
    tcp->count++;
    tcp->strangers++;
    counter_add(&tcp->shard->stats.tcp_connections, 1);
    return 0;
}

static void resume(struct loop_timer *timer, void *arg, int64_t now_us)
{
    const struct tcp *tcp = arg;
    (void)timer;
    (void)now_us;
    for (unsigned i = 0; i < tcp->listener_count; i++)
        loop_fd_change(tcp->shard->loop, tcp->listeners[i], EPOLLIN);
}

// Out of descriptors: the waiting connection would wake the loop for ever.
static void pause_accepting(struct tcp *tcp, int64_t now_us)
{
    if (loop_timer_start(tcp->shard->loop, &tcp->pause, now_us + PAUSE_US, resume, tcp))
        return;
    for (unsigned i = 0; i < tcp->listener_count; i++)
        loop_fd_change(tcp->shard->loop, tcp->listeners[i], 0);
}

static bool may_enter(const struct tcp *tcp)
{
    return tcp->count < TCP_CONNECTIONS_MAX && tcp->strangers < TCP_STRANGERS_MAX;
}

// False when there is nothing more to accept.
static bool accept_one(struct tcp *tcp, int listener, int64_t now_us)
{
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    struct addr remote;
    int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            pause_accepting(tcp, now_us);
        return errno == ECONNABORTED || errno == EINTR;
    }
    if (!may_enter(tcp) || addr_from(&remote, (struct sockaddr *)&from, len) ||
        add_connection(tcp, fd, &remote, now_us)) {
        counter_add(&tcp->shard->stats.tcp_refused, 1);
        close(fd);
    }
    return true;
}

static void on_listener(struct tcp *tcp, int listener, int64_t now_us)
{
    for (unsigned i = 0; i < ACCEPTS_A_TURN && accept_one(tcp, listener, now_us); i++)
        continue;
}

static void on_first(void *arg, uint32_t events, int64_t now_us)
{
    struct tcp *tcp = arg;
    (void)events;
    on_listener(tcp, tcp->listeners[0], now_us);
}

static void on_second(void *arg, uint32_t events, int64_t now_us)
{
    struct tcp *tcp = arg;
    (void)events;
    on_listener(tcp, tcp->listeners[1], now_us);
}

static loop_fd_h *const listener_handlers[SHARD_SOCKETS] = {on_first, on_second};

static int start_listening(int fd, const struct addr *addr)
{
    int on = 1;
    if (addr->sa.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    // For TCP this only lets a restarted gateway take its port over from connections that linger.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, &addr->sa, addr_len(addr)) < 0 || listen(fd, BACKLOG) < 0)
        return errno;
    return 0;
}

int tcp_listen(struct tcp *tcp, const struct addr *addr)
{
    if (tcp->listener_count == SHARD_SOCKETS)
        return EINVAL;
    int fd = socket(addr->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int err = start_listening(fd, addr);
    if (!err)
        err = loop_fd_add(tcp->shard->loop, fd, EPOLLIN, listener_handlers[tcp->listener_count],
                          tcp);
    if (err)
        close(fd);
    else
        tcp->listeners[tcp->listener_count++] = fd;
    return err;
}

bool tcp_adopt(struct wire *wire, struct session *session)
{
    struct tcp_connection *connection = wire->owner;
    if (connection->session)
        return connection->session == session;
    connection->session = session;
    connection->tcp->strangers--;
    list_append(&session->connections, &connection->of_session);
    return true;
}

void tcp_close_session(struct session *session)
{
    struct list *at, *tmp;
    list_each(at, tmp, &session->connections)
        close_connection(container_of(at, struct tcp_connection, of_session));
}
