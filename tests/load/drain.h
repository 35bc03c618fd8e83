#pragma once
#include <netinet/in.h>
#include <stdint.h>

// Sockets that a thread of their own reads empty and counts.

struct drain;
struct departures;

// `count` sockets on loopback; the thread runs on `core` (negative: anywhere). ENOMEM, what sockets
// and threads say.
// `departures` tells when packets were sent, and outlives the drain; NULL: delays are not measured.
int drain_alloc(struct drain **drainp, unsigned count, int core,
                const struct departures *departures);
void drain_free(struct drain *drain);
struct sockaddr_in *drain_address(struct drain *drain, unsigned which);
// Datagrams so far. Any thread.
uint64_t drain_received(const struct drain *drain);
// From sending to the kernel's receipt, microseconds, of what came since drain_measure().
const struct histogram *drain_delay(const struct drain *drain);
void drain_measure(struct drain *drain);
