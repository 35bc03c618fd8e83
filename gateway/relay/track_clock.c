#include "gateway/relay/track_inside.h"

#define NTP_SECOND (1LL << 32)

void track_set_clock(struct track *track, uint64_t ntp, uint32_t rtp_ts, int64_t now_us)
{
    if (track->restarting)
        return;
    track->has_clock = true;
    track->ntp = ntp;
    track->ntp_ts = rtp_ts + track->ts_shift;
    track->ntp_us = now_us;
}

static uint64_t ntp_of_us(int64_t us)
{
    return ((uint64_t)(us / 1000000) << 32) + ((uint64_t)(us % 1000000) << 32) / 1000000;
}

bool track_clock(const struct track *track, int64_t now_us, uint64_t *ntp, uint32_t *rtp_ts)
{
    int64_t passed = now_us - track->ntp_us;
    if (!track->has_clock || passed < 0)
        return false;
    *ntp = track->ntp + ntp_of_us(passed);
    *rtp_ts = track->ntp_ts + (uint32_t)(passed / 1000000 * track->clock +
                                         passed % 1000000 * track->clock / 1000000);
    return true;
}

bool track_report(struct track *track, int64_t now_us, struct rtcp_report *report)
{
    if (!track->reception.started)
        return false;
    *report = (struct rtcp_report){.ssrc = track->ssrc};
    reception_report(&track->reception, report);
    if (track->has_clock) {
        int64_t since = now_us - track->ntp_us;
        report->last_sr = (uint32_t)(track->ntp >> 16);
        report->since_sr = (uint32_t)(ntp_of_us(since > 0 ? since : 0) >> 16);
    }
    return true;
}

// Both lines at the same moment of the publisher's clock.
bool track_between(const struct track *from, const struct track *to, int64_t now_us,
                   uint32_t *shift)
{
    uint64_t from_ntp, to_ntp;
    uint32_t from_ts, to_ts;
    if (!track_clock(from, now_us, &from_ntp, &from_ts) ||
        !track_clock(to, now_us, &to_ntp, &to_ts))
        return false;
    int64_t apart = (int64_t)(from_ntp - to_ntp); // 2^-32 s
    if (apart > NTP_SECOND || apart < -NTP_SECOND)
        return false;
    *shift = to_ts + (uint32_t)((apart * (int64_t)to->clock) >> 32) - from_ts;
    return true;
}
