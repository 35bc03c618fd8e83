#pragma once
#include <stdint.h>

#include "gateway/packet/rtcp.h"

// How much later than the sound the picture arrives, by the sender's own clock: sender reports say
// when a frame was taken, the arrival says when it came here. Recorded frames are moved back by it.

struct lipsync_track {
    uint32_t rate;     // of the RTP clock
    uint32_t rtp_time; // of the last sender report
    int64_t taken_us;  // and the sender's wall clock at that moment
    int64_t best_us;   // shortest way so far in this window
    int64_t way_us;    // of the last whole window
    int64_t window_us; // its start
    int known;         // 0: no report yet, 1: window running, 2: way_us is valid
};

struct lipsync {
    struct lipsync_track video, audio;
};

void lipsync_init(struct lipsync *sync);
void lipsync_report(struct lipsync_track *track, const struct rtcp_sr *report);
void lipsync_packet(struct lipsync_track *track, uint32_t rtp_time, int64_t now_us);

// Microseconds to take from the picture's times; 0 while unknown or when the clocks cannot be one.
int64_t lipsync_skew_us(const struct lipsync *sync);
