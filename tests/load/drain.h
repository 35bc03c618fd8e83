#pragma once
#include <netinet/in.h>
#include <stdint.h>

// Sockets that a thread of their own reads empty and counts.

struct drain;

// `count` sockets on loopback; the thread runs on `core` (negative: anywhere). ENOMEM, what sockets
// and threads say.
int drain_alloc(struct drain **drainp, unsigned count, int core);
void drain_free(struct drain *drain);
struct sockaddr_in *drain_address(struct drain *drain, unsigned which);
// Datagrams so far. Any thread.
uint64_t drain_received(const struct drain *drain);
