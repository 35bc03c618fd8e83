#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/feedback/allocate.h"
#include "gateway/feedback/estimate.h"
#include "gateway/feedback/probe.h"
#include "gateway/feedback/rate.h"

// Everything sent to one participant shares one path: its estimate, what each stream is given of
// it, how fast packets may leave, and when to probe. Put together here, so that the gateway and the
// simulator do the same. Pure, embedded, one thread.

#define BUDGET_TICK_US 50000LL

// Above the estimate, so that a keyframe does not wait too long; less while a queue drains.
#define BUDGET_PACE       1.6
#define BUDGET_PACE_DRAIN 1.2
#define BUDGET_PACE_START 10000000u // bit/s at least, before there were bad news: joins are quick

struct budget {
    struct estimate estimate;
    struct allocation allocation;
    struct probe probe;
    struct rate again; // retransmissions
    int64_t tick_us;
    uint64_t lowered; // estimate.lowered at the last tick
    uint64_t bits;    // bit/s to give away
    uint64_t pace;    // bit/s the packets of all streams may leave at
    // Far more is sent than goes through: until the new layer's keyframe no picture is better than
    // the old layer, and what is queued of pictures is best forgotten. Of the newest tick only; who
    // does it says so by budget_was_cut().
    bool cut;
    int64_t cut_us;
};

void budget_init(struct budget *budget, int64_t now_us);
// So many bytes were sent again.
void budget_again(struct budget *budget, size_t bytes, int64_t now_us);

// Is it time for budget_tick()? Regularly, and at once after a step down.
bool budget_due(const struct budget *budget, int64_t now_us);
// Gives away what there is: read allocate_stream.layer, `pace` and `cut`. `sent`: bit/s that were
// sent of all streams in the last moments.
void budget_tick(struct budget *budget, uint64_t sent, int64_t now_us);

// What was queued of some picture was forgotten: not so soon again.
void budget_was_cut(struct budget *budget, int64_t now_us);

// So much more of a queue is of our own making: for each flow's queueing.spare_us.
int64_t budget_spare(const struct budget *budget, int64_t now_us);

// Most a publisher may send for this stream, when nobody but this viewer counts: what is left by
// the others.
uint64_t budget_room(const struct budget *budget, const struct allocate_stream *stream,
                     int64_t now_us);

// Is a cluster to be sent now? `more`: bit/s of estimate that are wanted for reasons the allocation
// does not know; 0: none. Then see probe.h; the session it goes on leaves at probe.rate meanwhile.
bool budget_probe(struct budget *budget, uint64_t more, int64_t now_us);
