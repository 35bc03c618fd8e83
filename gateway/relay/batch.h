#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/relay/egress.h"

// Datagrams on their way into the kernel: written one behind the other into one small block;
// neighbours to the same path with the same size (the last may be shorter) become one train
// (UDP_SEGMENT); the trains of one socket leave by one sendmmsg. Egress's own. One thread.

struct batch;

// `drops` and `stats` outlive the batch. ENOMEM.
int batch_alloc(struct batch **batchp, struct drops *drops, struct egress_stats *stats);
void batch_free(struct batch *batch);

// Begins a flush: how long it may wait for a full socket is counted from here.
void batch_begin(struct batch *batch);
// The time (monotonic microseconds) as it was when the flush began, or last sent something.
int64_t batch_now(const struct batch *batch);
// Room for one datagram of at most `need` bytes on this wire (not TCP). Sends what is there first
// when it does not fit.
uint8_t *batch_space(struct batch *batch, struct wire *wire, size_t need);
// `len` bytes were written there. `path` stays unchanged until the batch is sent. `arrival_us` for
// the delay histogram, 0: not counted.
void batch_add(struct batch *batch, const struct path *path, size_t len, int64_t arrival_us);
void batch_send(struct batch *batch);
