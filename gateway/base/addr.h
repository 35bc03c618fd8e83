#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

// An IPv4 or IPv6 transport address. IPv4-mapped IPv6 addresses are never kept: addr_from() makes
// them IPv4, because a mapped address in a STUN answer makes ICE fail in every browser.

struct addr {
    union {
        struct sockaddr sa;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
};

#define ADDR_TEXT_MAX 64

// EAFNOSUPPORT for other families.
int addr_from(struct addr *addr, const struct sockaddr *sa, socklen_t len);
socklen_t addr_len(const struct addr *addr);
uint16_t addr_port(const struct addr *addr);
void addr_set_port(struct addr *addr, uint16_t port);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_equal_host(const struct addr *a, const struct addr *b);
bool addr_is_loopback(const struct addr *addr);
uint64_t addr_hash(const struct addr *addr);

// Reads "192.0.2.1:80", "[2001:db8::1]:80", ":80" (all IPv4 addresses) or a lone address (port 0).
// EINVAL.
int addr_parse(struct addr *addr, const char *text);
// Writes "192.0.2.1:80" or "[2001:db8::1]:80" into `text` (ADDR_TEXT_MAX bytes) and returns it.
const char *addr_text(const struct addr *addr, char *text);
// Writes the host alone, without brackets.
const char *addr_host_text(const struct addr *addr, char *text);
