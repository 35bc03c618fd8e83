#include "tests/unit/support/rtc_rollover.h"

#include <errno.h>
#include <stddef.h>

#include "gateway/base/bytes.h"

static struct rtc_stream *stream_of(struct rtc_rollover *rollover, uint32_t ssrc, uint16_t seq)
{
    for (unsigned i = 0; i < RTC_STREAMS_MAX; i++) {
        struct rtc_stream *stream = &rollover->streams[i];
        if (!stream->used)
            *stream = (struct rtc_stream){.ssrc = ssrc, .newest = seq, .used = true};
        if (stream->ssrc == ssrc)
            return stream;
    }
    return NULL;
}

int rtc_rollover_index(struct rtc_rollover *rollover, uint32_t ssrc, uint16_t seq, uint64_t *index)
{
    struct rtc_stream *stream = stream_of(rollover, ssrc, seq);
    if (!stream)
        return EMSGSIZE;
    if (seq < stream->newest && seq_newer(seq, stream->newest))
        stream->rollover++;
    if (seq_newer(seq, stream->newest))
        stream->newest = seq;
    *index = (uint64_t)stream->rollover << 16 | seq;
    return 0;
}
