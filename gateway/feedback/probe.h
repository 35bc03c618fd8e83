#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/feedback/estimate.h"
#include "gateway/feedback/sent.h"

// When more is wanted than the estimate allows and nothing says that the path is full: a short
// cluster of packets, faster than anything sent so far, shows whether there is more. It is so short
// that the queue it makes, should there be no more, stays under PROBE_QUEUE_US. Its packets are
// those with numbers from `first` to before `end` of one session: media that happen to be sent, and
// padding. Embedded; zeroed is new. Pure.

#define PROBE_QUEUE_US    60000
#define PROBE_LENGTH_US   100000    // at most; where there is jitter it is longer, and slower
#define PROBE_QUIET_US    1000000LL // so long there was no queue
#define PROBE_WAITS_US    300000LL  // nor so long ago one that may just begin
#define PROBE_EVERY_US    1000000LL // while they succeed,
#define PROBE_SELDOM_US   8000000LL // at most so seldom when they do not
#define PROBE_AFTER_US    4000000LL // so long after a step down,
#define PROBE_BARE_US     2000000LL // or so long, when there is nothing but speech
#define PROBE_PACKETS_MIN 5
#define PROBE_PADDING     255       // bytes of padding in a packet, at most (RFC 3550 section 5.1)
#define PROBE_WAIT_US     1000000LL // and a round trip: then it has failed

struct probe {
    bool running, sent;
    uint64_t rate;       // bit/s it goes at
    uint32_t bytes;      // it has, with headers
    int64_t length_us;   // it takes
    uint16_t first, end; // transport-wide numbers
    int64_t begun_us, next_us, wait_us;
    // What came of it:
    unsigned arrived, lost;
    uint64_t arrived_bytes, first_bytes;
    int64_t first_sent_us, last_sent_us;
    int64_t early_us, late_us; // least transit in its first and in its last third
};

// Is there reason to probe for `wanted` bit/s now (`bare`: nothing but speech is sent)? Then `rate`
// and `bytes` say how: choose a session, probe_begin() with the number of its next packet, send so
// much padding there at that rate, and probe_sent() with the number behind the last: the same one
// when it could not be sent.
bool probe_due(struct probe *probe, const struct estimate *estimate, uint64_t wanted, bool bare,
               int64_t now_us);
void probe_begin(struct probe *probe, uint16_t first);
void probe_sent(struct probe *probe, uint16_t end, int64_t now_us);

// A row of that session's feedback.
void probe_row(struct probe *probe, const struct sent_row *row);
// After feedback, and now and then: when the cluster is told of completely or it took too long, the
// estimate learns what came of it.
void probe_judge(struct probe *probe, struct estimate *estimate, int64_t now_us);
