#include "gateway/rooms/address.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>

void address_list_add(struct address_list *list, const struct addr *addr)
{
    for (size_t i = 0; i < list->count; i++)
        if (addr_equal_host(&list->addr[i], addr))
            return;
    if (list->count == ADDRESS_MAX)
        return;
    list->addr[list->count] = *addr;
    addr_host_text(addr, list->text[list->count]);
    list->count++;
}

int address_list_add_text(struct address_list *list, const char *host)
{
    struct addr addr;
    int err = addr_parse(&addr, host);
    if (err)
        return err;
    addr_set_port(&addr, 0);
    address_list_add(list, &addr);
    return 0;
}

static bool is_link_local(const struct addr *addr)
{
    if (addr->sa.sa_family == AF_INET6)
        return IN6_IS_ADDR_LINKLOCAL(&addr->v6.sin6_addr);
    return (ntohl(addr->v4.sin_addr.s_addr) >> 16) == 0xa9fe;
}

static void add_interface(struct address_list *list, const struct ifaddrs *at, int family,
                          bool loopback)
{
    struct addr addr;
    if (!at->ifa_addr || at->ifa_addr->sa_family != family || !(at->ifa_flags & IFF_UP))
        return;
    if (addr_from(&addr, at->ifa_addr, sizeof(struct sockaddr_in6)))
        return;
    if (is_link_local(&addr) || addr_is_loopback(&addr) != loopback)
        return;
    addr_set_port(&addr, 0);
    address_list_add(list, &addr);
}

void address_list_own(struct address_list *list, int family, bool loopback)
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) < 0)
        return;
    for (const struct ifaddrs *at = all; at; at = at->ifa_next)
        add_interface(list, at, family, loopback);
    freeifaddrs(all);
}
