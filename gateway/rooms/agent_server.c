#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/packet/slice.h"
#include "gateway/rooms/agent.h"

// Addresses of STUN and TURN servers: RFC 7064, RFC 7065.

static const struct {
    const char *scheme, *query;
    uint16_t port;
    int transport;
} kinds[] = {
    {"stun", NULL, 3478, AGENTS_UDP},
    {"turn", NULL, 3478, AGENTS_UDP},
    {"turn", "transport=udp", 3478, AGENTS_UDP},
    {"turn", "transport=tcp", 3478, AGENTS_TCP},
    {"turns", NULL, 5349, AGENTS_TLS},
    {"turns", "transport=tcp", 5349, AGENTS_TLS},
};

static int parse_place(struct agents_server *server, struct slice place)
{
    struct slice host = slice_cut(&place, ':');
    uint64_t port = server->port;
    if (host.len && host.p[0] == '[') // an IPv6 address has colons of its own
        return EINVAL;
    if (!host.len || (place.p && slice_number(place, 1, UINT16_MAX, &port)))
        return EINVAL;
    server->port = (uint16_t)port;
    return slice_copy(server->host, sizeof(server->host), host) ? EINVAL : 0;
}

static int parse_bracketed(struct agents_server *server, struct slice place)
{
    struct slice rest = {place.p + 1, place.len - 1};
    struct slice host = slice_cut(&rest, ']');
    uint64_t port = server->port;
    if (!rest.p || !host.len || (rest.len && rest.p[0] != ':'))
        return EINVAL;
    struct slice number = {rest.p + 1, rest.len ? rest.len - 1 : 0};
    if (rest.len && slice_number(number, 1, UINT16_MAX, &port))
        return EINVAL;
    server->port = (uint16_t)port;
    return slice_copy(server->host, sizeof(server->host), host) ? EINVAL : 0;
}

bool rooms_is_ice_server(const char *url)
{
    struct agents_server server;
    return agents_server_parse(&server, url) == 0;
}

int agents_server_parse(struct agents_server *server, const char *url)
{
    struct slice rest = slice_of(url);
    memset(server, 0, sizeof(*server));
    if (!url || !*url)
        return 0;
    struct slice scheme = slice_cut(&rest, ':');
    struct slice place = slice_cut(&rest, '?');
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        bool same = kinds[i].query ? slice_is(rest, kinds[i].query) : !rest.p;
        if (!same || !slice_is(scheme, kinds[i].scheme))
            continue;
        server->port = kinds[i].port;
        server->transport = kinds[i].transport;
        bool bracket = place.len && place.p[0] == '[';
        return bracket ? parse_bracketed(server, place) : parse_place(server, place);
    }
    return EINVAL;
}
