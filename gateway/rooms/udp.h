#pragma once
#include <stdint.h>

#include "gateway/base/addr.h"

// The UDP sockets of a shard. Reads in batches straight into packets. One thread, the shard's.

#define UDP_BATCH  32
#define UDP_BUFFER (4 << 20)

struct shard;
struct udp;
struct msghdr;

// When a datagram arrived: the kernel's stamp (wall clock, SO_TIMESTAMPNS) in monotonic
// microseconds, `offset_us` being wall clock minus monotonic. Without a stamp, or when the wall
// clock was set meanwhile so that it is later than `now_us` or over UDP_STAMP_AGE before: `now_us`.
#define UDP_STAMP_AGE 1000000
int64_t udp_arrival(const struct msghdr *head, int64_t offset_us, int64_t now_us);

int udp_alloc(struct udp **udpp, struct shard *shard);
void udp_free(struct udp *udp);
// Binds a socket; a port of 0 is filled in. EADDRINUSE and what else the system says.
int udp_bind(struct udp *udp, struct addr *addr);
// Gives all sockets up again, for another try with another port.
void udp_unbind(struct udp *udp);
