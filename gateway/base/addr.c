#include "gateway/base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/map.h"
#include "gateway/base/text.h"

static void unmap(struct addr *addr)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = addr->v6.sin6_port};
    memcpy(&v4.sin_addr, addr->v6.sin6_addr.s6_addr + 12, 4);
    memset(addr, 0, sizeof(*addr));
    addr->v4 = v4;
}

int addr_from(struct addr *addr, const struct sockaddr *sa, socklen_t len)
{
    memset(addr, 0, sizeof(*addr));
    if (sa->sa_family == AF_INET && len >= (socklen_t)sizeof(addr->v4)) {
        memcpy(&addr->v4, sa, sizeof(addr->v4));
        return 0;
    }
    if (sa->sa_family != AF_INET6 || len < (socklen_t)sizeof(addr->v6))
        return EAFNOSUPPORT;
    memcpy(&addr->v6, sa, sizeof(addr->v6));
    addr->v6.sin6_flowinfo = 0;
    if (IN6_IS_ADDR_V4MAPPED(&addr->v6.sin6_addr))
        unmap(addr);
    return 0;
}

socklen_t addr_len(const struct addr *addr)
{
    return addr->sa.sa_family == AF_INET6 ? sizeof(addr->v6) : sizeof(addr->v4);
}

uint16_t addr_port(const struct addr *addr)
{
    return ntohs(addr->sa.sa_family == AF_INET6 ? addr->v6.sin6_port : addr->v4.sin_port);
}

void addr_set_port(struct addr *addr, uint16_t port)
{
    if (addr->sa.sa_family == AF_INET6)
        addr->v6.sin6_port = htons(port);
    else
        addr->v4.sin_port = htons(port);
}

bool addr_equal_host(const struct addr *a, const struct addr *b)
{
    if (a->sa.sa_family != b->sa.sa_family)
        return false;
    if (a->sa.sa_family == AF_INET6)
        return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, 16) == 0 &&
               a->v6.sin6_scope_id == b->v6.sin6_scope_id;
    return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    return addr_equal_host(a, b) && addr_port(a) == addr_port(b);
}

bool addr_is_loopback(const struct addr *addr)
{
    if (addr->sa.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&addr->v6.sin6_addr);
    return ntohl(addr->v4.sin_addr.s_addr) >> 24 == 127;
}

uint64_t addr_hash(const struct addr *addr)
{
    if (addr->sa.sa_family == AF_INET6)
        return map_hash(&addr->v6, sizeof(addr->v6));
    return map_hash(&addr->v4, offsetof(struct sockaddr_in, sin_zero));
}

// Splits "host:port", "[host]:port", "host" or ":port"; host gets no brackets.
static int split(const char *text, char *host, size_t size, const char **port)
{
    const char *end;
    bool bracket = *text == '[';
    if (bracket) {
        end = strchr(++text, ']');
        *port = end && end[1] == ':' ? end + 2 : NULL;
        if (!end || (end[1] && end[1] != ':'))
            return EINVAL;
    } else {
        end = strrchr(text, ':');
        bool bare_v6 = end && strchr(text, ':') != end;
        *port = end && !bare_v6 ? end + 1 : NULL;
        if (!end || bare_v6)
            end = text + strlen(text);
    }
    if ((size_t)(end - text) >= size)
        return EINVAL;
    memcpy(host, text, (size_t)(end - text));
    host[end - text] = 0;
    return 0;
}

int addr_parse(struct addr *addr, const char *text)
{
    char host[INET6_ADDRSTRLEN + 1];
    const char *port_text;
    long port = 0;
    if (split(text, host, sizeof(host), &port_text) != 0)
        return EINVAL;
    if (port_text && text_number(port_text, 0, 65535, &port) != 0)
        return EINVAL;
    memset(addr, 0, sizeof(*addr));
    if (inet_pton(AF_INET, *host ? host : "0.0.0.0", &addr->v4.sin_addr) == 1)
        addr->v4.sin_family = AF_INET;
    else if (inet_pton(AF_INET6, host, &addr->v6.sin6_addr) == 1)
        addr->v6.sin6_family = AF_INET6;
    else
        return EINVAL;
    addr_set_port(addr, (uint16_t)port);
    return 0;
}

const char *addr_host_text(const struct addr *addr, char *text)
{
    const void *host = addr->sa.sa_family == AF_INET6 ? (const void *)&addr->v6.sin6_addr
                                                      : (const void *)&addr->v4.sin_addr;
    if (!inet_ntop(addr->sa.sa_family, host, text, ADDR_TEXT_MAX))
        text_copy(text, ADDR_TEXT_MAX, "unknown");
    return text;
}

const char *addr_text(const struct addr *addr, char *text)
{
    char host[ADDR_TEXT_MAX];
    addr_host_text(addr, host);
    const char *format = addr->sa.sa_family == AF_INET6 ? "[%.50s]:%u" : "%.50s:%u";
    snprintf(text, ADDR_TEXT_MAX, format, host, addr_port(addr));
    return text;
}
