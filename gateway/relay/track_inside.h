#pragma once
#include "gateway/feedback/history.h"
#include "gateway/feedback/keyframe.h"
#include "gateway/feedback/nack.h"
#include "gateway/feedback/reception.h"
#include "gateway/relay/track.h"

// Private to track.c (packets, sinks, what is asked of the publisher) and track_clock.c (his clock
// and the reports).

struct track {
    struct track_config config;
    struct track_upstream upstream;
    void *arg;
    bool video;
    uint32_t clock;    // Hz
    struct list sinks; // sink.link
    size_t sink_count;
    struct history *history; // holds a reference on each packet,
    int64_t keep_us;         // of those that came in so long,
    int64_t look_us;         // which is found out again then
    struct reception reception;
    uint64_t shift;    // index = extended sequence number + shift
    uint32_t ts_shift; // packet->rtp.ts = the publisher's + ts_shift
    bool started, restarting, waits_key;
    uint32_t newest_ts;
    int64_t newest_us;
    bool has_key;
    uint64_t key_index;
    uint32_t key_ts;
    struct keyframe keyframe;
    struct nack nack;
    struct nack_missing *missing;
    uint32_t ssrc;
    bool has_clock;
    uint64_t ntp;
    uint32_t ntp_ts;
    int64_t ntp_us;
    const struct picture *picture;
    struct picture alone; // unless it is one of several
    struct layering layering;
    bool active; // as its picture's sinks were told
};
