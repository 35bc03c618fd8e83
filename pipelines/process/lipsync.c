#include "pipelines/process/lipsync.h"

#include <stdlib.h>

#include "pipelines/process/report.h"

#define WINDOW_US   2000000
#define SKEW_MAX_US 2000000 // more is not delay but two clocks

void lipsync_init(struct lipsync *sync)
{
    *sync = (struct lipsync){.video.rate = 90000, .audio.rate = 48000};
}

void lipsync_report(struct lipsync_track *track, const struct rtcp_sr *report)
{
    track->rtp_time = report->rtp_ts;
    track->taken_us = report_ntp_to_us(report->ntp);
    track->known = track->known ? track->known : 1;
}

void lipsync_packet(struct lipsync_track *track, uint32_t rtp_time, int64_t now_us)
{
    if (!track->known)
        return;
    int64_t since = (int32_t)(rtp_time - track->rtp_time);
    int64_t way_us = now_us - (track->taken_us + since * 1000000 / track->rate);

    if (track->window_us == 0) {
        track->window_us = now_us;
        track->best_us = way_us;
    }
    if (way_us < track->best_us)
        track->best_us = way_us;
    if (now_us - track->window_us < WINDOW_US)
        return;
    track->way_us = track->best_us;
    track->known = 2;
    track->window_us = now_us;
    track->best_us = way_us;
}

int64_t lipsync_skew_us(const struct lipsync *sync)
{
    if (sync->video.known < 2 || sync->audio.known < 2)
        return 0;
    int64_t skew_us = sync->video.way_us - sync->audio.way_us;
    return llabs(skew_us) > SKEW_MAX_US ? 0 : skew_us;
}
