#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/packet/rtcp.h"

// What a receiver knows about one stream: RFC 3550 appendix A.1 (sequence numbers), A.3 (loss), A.8
// (jitter). Embedded; zeroed is new. Pure.

#define RECEPTION_DROPOUT_MAX                                                                      \
    3000 // a longer jump is taken for a restart once a second packet agrees
#define RECEPTION_LATE_MAX 3000

struct reception {
    bool started;
    uint64_t base, highest; // extended: 65536 * (1 + cycles) + sequence number
    bool jumped;
    uint16_t jumped_seq; // would confirm the jump
    uint64_t received;
    uint64_t expected_before, received_before; // at the last report
    bool has_transit;
    uint32_t transit, ts;
    uint32_t jitter16; // 16 times the jitter
};

enum reception_verdict {
    RECEPTION_OK,
    RECEPTION_JUMPED,    // far off: not to be used, the next packet decides
    RECEPTION_RESTARTED, // a new stream of numbers: zero the struct, then give it in again
};

// Places a sequence number on the extended line. On RECEPTION_OK *extended is set and the highest
// moved; nothing is counted yet.
enum reception_verdict reception_place(struct reception *reception, uint16_t seq,
                                       uint64_t *extended);
// Is this number near those that came? Then reception_place() places it.
bool reception_near(const struct reception *reception, uint16_t seq);
// Where on the line: of one that is near.
uint64_t reception_extend(const struct reception *reception, uint16_t seq);
// Counts a packet that is no duplicate. `clock` is the RTP clock in Hz.
void reception_count(struct reception *reception, uint64_t extended, uint32_t ts, uint32_t clock,
                     int64_t arrival_us);
// Fills lost_fraction, lost_total, highest_seq and jitter, and begins a new interval.
void reception_report(struct reception *reception, struct rtcp_report *report);
