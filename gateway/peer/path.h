#pragma once
#include <stdbool.h>

#include "gateway/base/addr.h"

// Where datagrams of a peer come from and go to: the remote address and the wire they travel on. A
// wire is a UDP socket or a TCP connection of the shard; here it is only compared, never looked
// into.

struct wire;

struct path {
    struct wire *wire;
    struct addr remote;
};

static inline bool path_equal(const struct path *a, const struct path *b)
{
    return a->wire == b->wire && addr_equal(&a->remote, &b->remote);
}
