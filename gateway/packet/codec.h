#pragma once
#include "gateway/packet/slice.h"

// The codecs the gateway knows by name, as rtpmap tells them. Any thread.

enum media_kind {
    MEDIA_OTHER, // m=text, m=message, ...
    MEDIA_AUDIO,
    MEDIA_VIDEO,
    MEDIA_APPLICATION, // data channel
};

enum codec {
    CODEC_NONE,
    CODEC_OPUS,
    CODEC_RED, // RFC 2198 around Opus
    CODEC_VP8,
    CODEC_VP9,
    CODEC_H264,
    CODEC_AV1,
    CODEC_PCMU,
    CODEC_PCMA,
    CODEC_G722,
    CODEC_TELEPHONE_EVENT,
    CODEC_RTX,
    CODEC_COUNT,
};

struct codec_info {
    const char *name;     // as written in rtpmap
    uint32_t clock;       // Hz; 0: any
    uint8_t channels;     // 0 for video
    enum media_kind kind; // MEDIA_OTHER for RTX, which repairs either
};

// Never NULL; CODEC_NONE and numbers out of range give an empty name.
const struct codec_info *codec_info(enum codec codec);

// The codec of an rtpmap: name in any case, clock rate, channels (0 or 1 when not given).
// CODEC_NONE when one of them does not fit: red/90000 is not our RED, opus/48000 without /2 is not
// Opus.
enum codec codec_find(struct slice name, uint32_t clock, unsigned channels);

// The codec of a static payload type of RFC 3551 that needs no rtpmap (0, 8, 9); else CODEC_NONE.
enum codec codec_of_static_pt(uint8_t pt);

static inline bool codec_is_video(enum codec codec)
{
    return codec_info(codec)->kind == MEDIA_VIDEO;
}
