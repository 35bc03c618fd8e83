#pragma once
#include <stdbool.h>
#include <stdint.h>

// How long packets wait in queues on the way to one receiver, from when they were sent and when
// they arrived (two clocks: only differences count). The least delay of a short window stands for
// the window, as jitter delays some packets but a queue delays all (RFC 8698 section 4.2 filters
// likewise); the least delay of the last seconds stands for the empty path. Embedded; zeroed is
// new. Pure.

#define QUEUEING_WINDOW_US     30000LL // at least so long, by the clock of sending,
#define QUEUEING_WINDOW_COUNT  2       // and of so many packets,
#define QUEUEING_WINDOW_JITTER 6       // where there is jitter of so many,
#define QUEUEING_JITTERY_US    12000
#define QUEUEING_WINDOW_MAX_US 250000LL // but no longer than this
#define QUEUEING_EPOCH_US      2000000LL
#define QUEUEING_EPOCHS        6     // the empty path is looked for in so many
#define QUEUEING_LOW_US        40000 // no queue below this is minded; jitter lifts the limit,
#define QUEUEING_HIGH_US       80000 // never above this

struct queueing {
    bool started;
    int64_t epoch_us;                  // when the running epoch began; clock of sending
    int64_t least_us[QUEUEING_EPOCHS]; // the running epoch first
    int64_t window_us, window_least_us, first_arrival_us, last_arrival_us;
    unsigned window_count;
    bool squeezed; // the last window came faster than it was sent: held up somewhere, then let go
    int64_t queue_us, before_us; // the last window's, and the one before
    int64_t seen_us;             // when the last window's packets began to be sent
    int64_t jitter_us;           // from window to window, smoothed
    unsigned long_for;           // so many windows it was too long,
    int64_t long_least_us;       // with this as their least delay
    int64_t spare_us;            // the owner's: added to what is minded
};

// One packet that arrived. In any order. True when it finished a window.
bool queueing_add(struct queueing *queueing, int64_t sent_us, int64_t arrival_us);
// A queue this long is one too many.
int64_t queueing_limit(const struct queueing *queueing);

// The queue as the last window saw it, in microseconds.
static inline int64_t queueing_now(const struct queueing *queueing)
{
    return queueing->queue_us;
}

// All that is waited for since the queue is too long is no queue: the way has become longer.
void queueing_is_longer(struct queueing *queueing);

// Too long and not shrinking, and that for some windows (more where there is jitter) or by so much
// that it cannot be jitter. A link that stood still and then let everything go at once is not full.
bool queueing_over(const struct queueing *queueing);
