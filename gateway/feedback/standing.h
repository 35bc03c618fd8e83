#pragma once
#include <stdbool.h>
#include <stdint.h>

// Is it a queue at all? A queue drains while less is sent than came through it; a delay that stays
// although it should long have drained is the way's own: another station, another route. Told of
// all flows that go the same way. Microseconds; embedded; zeroed is new. Pure.

#define STANDING_LOOK_US 300000LL

struct standing {
    bool running;       // a delay is looked at
    int64_t begun_us;   // sending of the first packet that had it,
    int64_t newest_us;  // and of the newest one
    int64_t longest_us; // delay meanwhile
    uint64_t bits;      // sent meanwhile
    uint64_t carried;   // bit/s that came through meanwhile, at most
};

// A packet arrived.
void standing_row(struct standing *standing, int64_t sent_us, uint32_t size);
// Now and then: packets sent at `seen_us` waited for `queue_us`, too long; `arrived` bit/s came
// within the last STANDING_LOOK_US. True when this is no queue.
bool standing_waits(struct standing *standing, int64_t queue_us, int64_t seen_us, uint64_t arrived);
