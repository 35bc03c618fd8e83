#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/feedback/queueing.h"
#include "gateway/feedback/rate.h"

// A sender's way to us that becomes narrow from one moment to the next. Our feedback tells him of
// packets that stood in its queue, so he knows a queue's length later, and has sent for so long
// what was lost or is in the way of what comes next. Here it shows while the queue grows: what was
// sent in a moment takes several to arrive. Embedded; zeroed is new. Pure.

#define NARROW_HOLD_US 1500000LL // he should send less for so long: by then he knows himself
#define NARROW_MIN     50000u    // bit/s; nobody is told less

struct narrow {
    struct queueing queueing;
    struct rate arrived;
    bool started;
    uint32_t newest;     // the latest abs-send-time,
    int64_t sent_us;     // and the same without wrap-around
    size_t bytes, count; // packets of them, since the last window of queueing ended,
    int64_t from_us;     // which was then, by the sender's clock
    int64_t again_us;    // nothing is said before
};

// A packet of `bytes` came at `now_us`, sent at 24 bits of abs-send-time (seconds as 6.18). bit/s
// that the sender should send at most for NARROW_HOLD_US; 0: nothing is new.
uint64_t narrow_arrived(struct narrow *narrow, uint32_t abs_sent, size_t bytes, int64_t now_us);
