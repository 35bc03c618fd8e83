#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How many bits a second went by, over a window that slides. Any clock that only differences of
// matter of; entries may come a little out of order. Embedded; zeroed is new. Pure.

#define RATE_SLOT_US 50000LL
#define RATE_SLOTS   21 // the running one and a second behind it

struct rate {
    bool started;
    int64_t first, newest; // slots since the clock's zero
    uint32_t bytes[RATE_SLOTS];
};

void rate_add(struct rate *rate, size_t bytes, int64_t at_us);
// bit/s over `window_us` (RATE_SLOT_US up to a second) before the slot of the newest entry; while
// there is less, over what there is. 0 before one slot is full.
uint64_t rate_newest(const struct rate *rate, int64_t window_us);
