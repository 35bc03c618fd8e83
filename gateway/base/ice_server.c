#include "gateway/base/ice_server.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "gateway/base/text.h"

struct kind {
    const char *scheme, *query;
    uint16_t port;
    enum ice_transport transport;
};

static const struct kind stun[] = {{"stun:", "", 3478, ICE_SERVER_UDP}};

static const struct kind turn[] = {
    {"turn:", "", 3478, ICE_SERVER_UDP},
    {"turn:", "?transport=udp", 3478, ICE_SERVER_UDP},
    {"turn:", "?transport=tcp", 3478, ICE_SERVER_TCP},
    {"turns:", "", 5349, ICE_SERVER_TLS},
    {"turns:", "?transport=tcp", 5349, ICE_SERVER_TLS},
};

// "host", "host:port", "[host]", "[host]:port".
static int parse_place(struct ice_server *server, char *place)
{
    long port = server->port;
    bool bracket = place[0] == '[';
    char *host = bracket ? place + 1 : place;
    char *end = host + strcspn(host, bracket ? "]" : ":");
    char *rest = end;
    if (bracket && *end != ']')
        return EINVAL;
    if (bracket)
        rest++;
    if (*rest && (*rest != ':' || text_number(rest + 1, 1, UINT16_MAX, &port)))
        return EINVAL;
    *end = 0;
    server->port = (uint16_t)port;
    return *host && text_copy(server->host, sizeof(server->host), host) ? 0 : EINVAL;
}

static int parse(struct ice_server *server, const char *url, const struct kind *kinds, size_t count)
{
    char place[sizeof(server->host) + 16];
    memset(server, 0, sizeof(*server));
    if (!url || !*url)
        return 0;
    for (size_t i = 0; i < count; i++) {
        size_t scheme = strlen(kinds[i].scheme);
        size_t len = strcspn(url, "?");
        if (strncmp(url, kinds[i].scheme, scheme) != 0 || strcmp(url + len, kinds[i].query) != 0 ||
            len - scheme >= sizeof(place))
            continue;
        memcpy(place, url + scheme, len - scheme);
        place[len - scheme] = 0;
        server->port = kinds[i].port;
        server->transport = kinds[i].transport;
        int err = parse_place(server, place);
        if (err)
            memset(server, 0, sizeof(*server));
        return err;
    }
    return EINVAL;
}

int ice_server_parse_stun(struct ice_server *server, const char *url)
{
    return parse(server, url, stun, sizeof(stun) / sizeof(stun[0]));
}

int ice_server_parse_turn(struct ice_server *server, const char *url)
{
    return parse(server, url, turn, sizeof(turn) / sizeof(turn[0]));
}
