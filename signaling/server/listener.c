#include "signaling/server/listener.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define BACKLOG       1024
#define ACCEPT_A_TURN 64

// How many connections one IPv4 address or IPv6 /64 has.
struct peer {
    struct map_node node;
    struct addr net;
    unsigned count;
};

static struct addr net_of(const struct addr *client)
{
    struct addr net;
    memset(&net, 0, sizeof(net));
    net.sa.sa_family = client->sa.sa_family;
    if (client->sa.sa_family == AF_INET)
        net.v4.sin_addr = client->v4.sin_addr;
    else
        memcpy(&net.v6.sin6_addr, &client->v6.sin6_addr, 8);
    return net;
}

static bool same_net(const struct map_node *node, const void *key)
{
    return memcmp(&container_of(node, struct peer, node)->net, key, sizeof(struct addr)) == 0;
}

static struct peer *peer_of(struct server *server, const struct addr *client)
{
    struct addr net = net_of(client);
    uint64_t hash = map_hash(&net, sizeof(net));
    struct map_node *node = map_find(server->peers, hash, &net);
    if (node)
        return container_of(node, struct peer, node);
    struct peer *peer = mem_zalloc(sizeof(*peer));
    if (!peer)
        return NULL;
    peer->net = net;
    map_insert(server->peers, &peer->node, hash);
    return peer;
}

void listener_release(struct server *server, struct peer *peer)
{
    if (!peer || --peer->count)
        return;
    map_remove(server->peers, &peer->node);
    mem_free(peer);
}

// Answers before anything is read. Without TLS the client can be told why.
static void turn_away(struct server *server, int fd, bool tls, int status)
{
    static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\n"
                               "content-length: 0\r\nconnection: close\r\n\r\n";
    static const char many[] = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 10\r\n"
                               "content-length: 0\r\nconnection: close\r\n\r\n";
    server->counts.refused++;
    if (!tls && status == 503)
        (void)!send(fd, busy, sizeof(busy) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (!tls && status == 429)
        (void)!send(fd, many, sizeof(many) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void adopt(struct server *server, int fd, struct conn *conn)
{
    lws_adopt_desc_t desc = {
        .vh = conn->tls ? server->secure : server->plain,
        .type = LWS_ADOPT_SOCKET | (conn->tls ? LWS_ADOPT_ALLOW_SSL : 0),
        .fd = {.sockfd = fd},
        .vh_prot_name = "banyan",
        .opaque = conn,
    };
    conn->adopting = true;
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&desc);
    conn->adopting = false;
    if (!wsi)
        conn_free(conn); // the descriptor is closed
    else
        conn->wsi = wsi;
}

static void welcome(struct server *server, int fd, bool tls, const struct addr *client)
{
    struct peer *peer = NULL;
    struct conn *conn;
    int on = 1;
    if (server->counts.connections >= server->config.connections_max) {
        turn_away(server, fd, tls, 503);
        return;
    }
    if (!addr_is_loopback(client)) {
        peer = peer_of(server, client);
        if (!peer || peer->count >= server->config.per_address_max) {
            turn_away(server, fd, tls, peer ? 429 : 503);
            return;
        }
        peer->count++;
    }
    if (conn_alloc(&conn, server, client, tls)) {
        listener_release(server, peer);
        turn_away(server, fd, tls, 503);
        return;
    }
    conn->peer = peer;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    adopt(server, fd, conn);
}

static bool out_of_descriptors(int err)
{
    return err == EMFILE || err == ENFILE || err == ENOBUFS || err == ENOMEM;
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = poll->data;
    (void)status;
    (void)events;
    for (unsigned i = 0; i < ACCEPT_A_TURN; i++) {
        struct sockaddr_storage from;
        socklen_t len = sizeof(from);
        struct addr client;
        int fd = accept4(listener->fd, (struct sockaddr *)&from, &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && out_of_descriptors(errno)) {
            log_warn("http", "out of descriptors or memory, accepting pauses");
            listener->paused = true;
            uv_poll_stop(poll);
        }
        if (fd < 0)
            return;
        if (addr_from(&client, (struct sockaddr *)&from, len))
            close(fd);
        else
            welcome(listener->server, fd, listener->tls, &client);
    }
}

void listener_retry(struct server *server)
{
    for (unsigned i = 0; i < server->listeners_open; i++) {
        struct listener *listener = &server->listeners[i];
        if (!listener->paused)
            continue;
        listener->paused = false;
        uv_poll_start(&listener->poll, UV_READABLE, on_connection);
    }
}

static int bind_socket(const struct addr *addr, int *fdp)
{
    int on = 1, err;
    int fd = socket(addr->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (addr->sa.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, &addr->sa, addr_len(addr)) || listen(fd, BACKLOG)) {
        err = errno;
        close(fd);
        return err;
    }
    *fdp = fd;
    return 0;
}

static int open_one(struct server *server, struct addr *addr, bool tls)
{
    struct listener *listener = &server->listeners[server->listeners_open];
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    if (server->listeners_open == LISTENERS_MAX)
        return EOVERFLOW;
    int err = bind_socket(addr, &listener->fd);
    if (err)
        return err;
    if (uv_poll_init_socket(&server->uv, &listener->poll, listener->fd)) {
        close(listener->fd);
        return ENOMEM;
    }
    server->listeners_open++;
    listener->server = server;
    listener->tls = tls;
    listener->poll.data = listener;
    getsockname(listener->fd, (struct sockaddr *)&bound, &len);
    addr_from(addr, (struct sockaddr *)&bound, len);
    server->ports[tls] = addr_port(addr);
    return uv_poll_start(&listener->poll, UV_READABLE, on_connection) ? EIO : 0;
}

// ":port" means everybody: IPv4, and IPv6 where the machine has it, on the same port.
static int open_six(struct server *server, bool tls)
{
    struct addr six;
    memset(&six, 0, sizeof(six));
    six.v6.sin6_family = AF_INET6;
    six.v6.sin6_port = htons((uint16_t)server->ports[tls]);
    int err = open_one(server, &six, tls);
    return err == EAFNOSUPPORT || err == EADDRNOTAVAIL ? 0 : err;
}

int listener_open(struct server *server, const char *text, bool tls)
{
    struct addr addr;
    if (!text || !*text)
        return 0;
    if (!server->peers && map_alloc(&server->peers, same_net))
        return ENOMEM;
    int err = addr_parse(&addr, text);
    if (!err)
        err = open_one(server, &addr, tls);
    if (!err && *text == ':')
        err = open_six(server, tls);
    if (err)
        log_error("http", "%s.listen: %s: %s", tls ? "https" : "http", text, strerror(err));
    return err;
}

void listener_close_all(struct server *server)
{
    for (unsigned i = 0; i < server->listeners_open; i++) {
        struct listener *listener = &server->listeners[i];
        uv_poll_stop(&listener->poll);
        uv_close((uv_handle_t *)&listener->poll, NULL);
        close(listener->fd);
    }
    server->listeners_open = 0;
}
