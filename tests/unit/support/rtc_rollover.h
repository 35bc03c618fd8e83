#pragma once
#include <stdbool.h>
#include <stdint.h>

// Extended sequence numbers (RFC 3711 section 3.3.1) of the few streams a test client sends.

#define RTC_STREAMS_MAX 4

struct rtc_stream {
    uint32_t ssrc;
    uint16_t newest;
    uint32_t rollover;
    bool used;
};

struct rtc_rollover {
    struct rtc_stream streams[RTC_STREAMS_MAX];
};

// The index of the next packet of a stream. EMSGSIZE for one stream too many.
int rtc_rollover_index(struct rtc_rollover *rollover, uint32_t ssrc, uint16_t seq, uint64_t *index);
