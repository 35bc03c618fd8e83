#include "gateway/rooms/listen.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/rooms/shard.h"
#include "gateway/rooms/tcp.h"
#include "gateway/rooms/udp.h"

#define TRIES 32 // for a free port when any will do

static bool is_any(const struct addr *addr)
{
    if (addr->sa.sa_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&addr->v6.sin6_addr);
    return addr->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static int listen_on(struct shard *shard, const char *host, uint16_t *port)
{
    struct addr addr;
    int err = addr_parse(&addr, host);
    if (err)
        return err;
    addr_set_port(&addr, *port);
    err = udp_bind(shard->udp, &addr);
    if (!err)
        err = tcp_listen(shard->tcp, &addr);
    if (!err)
        *port = addr_port(&addr);
    return err;
}

// A machine without IPv6 still serves IPv4.
static bool is_missing_family(int err)
{
    return err == EAFNOSUPPORT || err == EADDRNOTAVAIL;
}

static int try_port(struct shard *shard, uint16_t wanted)
{
    int err, bound = 0;
    shard->port = wanted;
    for (unsigned i = 0; i < SHARD_SOCKETS; i++) {
        const char *host = shard->config.listen[i];
        err = host ? listen_on(shard, host, &shard->port) : 0;
        if (is_missing_family(err)) {
            log_warn("rooms", "cannot listen on %s: %s", host, strerror(err));
            continue;
        }
        if (err)
            return err;
        bound += host != NULL;
    }
    return bound ? 0 : EADDRNOTAVAIL;
}

static int bind_all(struct shard *shard)
{
    uint16_t wanted = shard->config.port;
    int err = EADDRINUSE;
    for (unsigned i = 0; err == EADDRINUSE && i < (wanted ? 1 : TRIES); i++) {
        udp_unbind(shard->udp);
        tcp_unlisten(shard->tcp);
        err = try_port(shard, wanted);
    }
    return err;
}

static void add_listened(const char *const *listen, bool loopback, struct address_list *list)
{
    struct addr addr;
    for (unsigned i = 0; i < SHARD_SOCKETS; i++) {
        if (!listen[i] || addr_parse(&addr, listen[i]))
            continue;
        if (is_any(&addr))
            address_list_own(list, addr.sa.sa_family, loopback);
        else
            address_list_add(list, &addr);
    }
}

void listen_addresses(const char *const *listen, struct address_list *list)
{
    add_listened(listen, false, list);
    if (!list->count)
        add_listened(listen, true, list);
}

int listen_all(struct shard *shard)
{
    int err = bind_all(shard);
    if (err)
        return err;
    shard->candidates = *shard->config.advertise;
    if (!shard->candidates.count)
        listen_addresses(shard->config.listen, &shard->candidates);
    return shard->candidates.count ? 0 : EADDRNOTAVAIL;
}
