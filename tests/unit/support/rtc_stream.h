#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

// The streams a test client sends: each counts its own rollover.

#define RTC_STREAMS_MAX 4

struct rtc_stream {
    uint32_t ssrc;
    uint16_t newest;
    uint32_t rollover;
    bool used;
};

static inline struct rtc_stream *rtc_stream_of(struct rtc_stream *streams, uint32_t ssrc,
                                               uint16_t seq)
{
    for (unsigned i = 0; i < RTC_STREAMS_MAX; i++) {
        struct rtc_stream *stream = &streams[i];
        if (!stream->used)
            *stream = (struct rtc_stream){.ssrc = ssrc, .newest = seq, .used = true};
        if (stream->ssrc == ssrc)
            return stream;
    }
    return NULL;
}

static inline uint64_t rtc_stream_index(struct rtc_stream *stream, uint16_t seq)
{
    if (seq < stream->newest && seq_newer(seq, stream->newest))
        stream->rollover++;
    if (seq_newer(seq, stream->newest))
        stream->newest = seq;
    return (uint64_t)stream->rollover << 16 | seq;
}
