#pragma once
#include <stddef.h>

#include "gateway/base/addr.h"

// Addresses that stand in candidates. Pure but for address_list_own(). Any thread.

#define ADDRESS_MAX 8

struct address_list {
    struct addr addr[ADDRESS_MAX];
    char text[ADDRESS_MAX][ADDR_TEXT_MAX]; // host alone
    size_t count;
};

// Adds one, once; more than ADDRESS_MAX are left out.
void address_list_add(struct address_list *list, const struct addr *addr);
// Adds a numeric host. EINVAL.
int address_list_add_text(struct address_list *list, const char *host);
// Adds the machine's own addresses of a family (AF_INET, AF_INET6): up, not link-local; those of
// the loopback only when `loopback`.
void address_list_own(struct address_list *list, int family, bool loopback);
