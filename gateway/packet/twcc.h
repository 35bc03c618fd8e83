#pragma once
#include "gateway/base/writer.h"
#include <stdbool.h>

// Transport-wide congestion control feedback, draft-holmer-rmcat-transport-wide-cc-extensions-01
// section 3.1: which packets arrived, and when. RTCP type 205, format 15. Any thread; nothing is
// kept.

#define TWCC_FORMAT     15
#define TWCC_TICK_US    250
#define TWCC_BASE_US    64000
#define TWCC_STATUS_MAX 65535

struct twcc_feedback {
    uint16_t base_seq;
    uint16_t status_count;
    int32_t base_time; // signed 24 bits, times TWCC_BASE_US
    uint8_t fb_count;  // running number of feedback packets
};

// One packet's fate. `at_us` is on the feedback sender's clock, which wraps every 2^24 * 64 ms
// (12.4 days); only differences mean anything. 0 when not received.
typedef void twcc_status_h(uint16_t seq, bool received, int64_t at_us, void *arg);

// Reads the FCI of a feedback packet (rtcp_parse_feedback) and calls `handler` (may be NULL) for
// every status in the order of sequence numbers, at most 65535 times. EBADMSG, before any call,
// when statuses or deltas are missing, a status is the reserved one, or none is told.
int twcc_parse(struct twcc_feedback *feedback, const uint8_t *fci, size_t len,
               twcc_status_h *handler, void *arg);

struct twcc_arrival {
    bool received;
    int64_t at_us; // any monotonic clock, not negative
};

struct twcc_source {
    uint32_t sender;   // our SSRC
    uint32_t media;    // any SSRC of theirs
    uint16_t base_seq; // the packet arrivals[0] is about
    uint8_t fb_count;
};

// Appends one RTCP packet about arrivals[0], [1], ... (base_seq, base_seq + 1, ...). It tells of
// the first *taken: all, or fewer when the writer has no more room, 65535 is reached, or a packet
// came more than 8 s before or after the one in front of it; call again with what is left and the
// next fb_count. ENOENT when none of them was received (nothing to tell), EMSGSIZE when not even
// the first received one fits. The writer is then as it was.
int twcc_write(struct writer *w, const struct twcc_source *source,
               const struct twcc_arrival *arrivals, size_t count, size_t *taken);
