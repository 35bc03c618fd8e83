#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How fast one network path may be filled: a token bucket, kept as the time at which what was sent
// will have gone through at the path's rate. After silence at most PACER_BURST_US of the rate
// leave at once; one packet may leave whenever nothing is owed, however large it is. Pure: the
// time (monotonic microseconds) is an argument. Embedded; zeroed is unpaced. One thread.

#define PACER_BURST_US 5000
#define PACER_DEBT_US  500000 // what may be owed at most: sound is sent without being asked for

struct pacer {
    uint64_t rate;  // bit/s; 0: unpaced
    int64_t due_ns; // all that was sent is through
    bool waits;     // something was refused since then: a late timer is made up for
};

// What is owed stays owed in bytes. Cheap when nothing changes: call it as often as you like.
void pacer_set_rate(struct pacer *pacer, uint64_t rate, int64_t now_us);
// May so many bytes leave now? Who is refused is taken to come again at pacer_ready(); if he comes
// late, the rate does not suffer (PACER_BURST_US are made up for at most).
bool pacer_allows(struct pacer *pacer, size_t bytes, int64_t now_us);
// They left, allowed or not.
void pacer_take(struct pacer *pacer, size_t bytes, int64_t now_us);
// The earliest time at which pacer_allows() says yes; INT64_MIN when unpaced.
int64_t pacer_ready(const struct pacer *pacer, size_t bytes);
