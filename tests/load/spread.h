#pragma once
#include <stdint.h>

#include "tests/load/traffic.h"

// Spreads the packets of a frame over time as a browser's pacer does: every 5 ms as much as 2.5
// times the bitrate carries in 5 ms, and never less than a packet. Sound is not held back. One
// thread.

#define SPREAD_MAX (2 * TRAFFIC_BURST_MAX)

struct spread {
    unsigned kbit;
    unsigned first, count; // of the ring
    int64_t tick_us;
    int64_t budget; // bytes
    struct traffic_packet packets[SPREAD_MAX];
};

void spread_begin(struct spread *spread, unsigned kbit);
// A frame's packets wait from now on; what does not fit any more is forgotten.
void spread_put(struct spread *spread, const struct traffic_packet *packets, unsigned count,
                int64_t now_us);
// When the next packet may leave; INT64_MAX when none waits.
int64_t spread_due(const struct spread *spread);
// The next packet that may leave now, or NULL. It stays where it is until the next spread_put().
struct traffic_packet *spread_take(struct spread *spread, int64_t now_us);
