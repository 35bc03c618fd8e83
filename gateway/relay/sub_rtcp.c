#include "gateway/feedback/sent.h"
#include "gateway/packet/rtcp.h"
#include "gateway/relay/sub_inside.h"

// What a viewer says of his stream, and what he is told: losses answered, the way he is away,
// reports.

#define AGAIN_HOLD_US  20000   // one packet not twice within this time: NACKs overtake answers,
#define AGAIN_ROUND    0.75    // nor within so much of the round trip: they cross in a queue
#define AGAIN_PER_S    500     // retransmissions a second, at most
#define SECOND_US      1000000 // microseconds
#define REACH_TRIPS    4       // see note_round_trip()
#define REACH_LOSS     8       // of 256: 3 %
#define REACH_SPARE_US 200000LL
#define REACH_SHARE    4
#define REPORT_MAX     512

// Speech makes no queue, and has no time to wait for a second try.
static int64_t hold_us(const struct sub *sub)
{
    int64_t round_us = sub->sent && !sub->sound ? sent_stats(sub->sent)->rtt_us : 0;
    int64_t us = (int64_t)((double)round_us * AGAIN_ROUND);
    return us > AGAIN_HOLD_US ? us : AGAIN_HOLD_US;
}

// Retransmissions are bounded: by packet and time, and by second.
static bool may_repeat(struct sub *sub, uint64_t out, int64_t now_us)
{
    size_t slot = out % SUB_AGAIN_SLOTS;
    uint32_t held_us = (uint32_t)now_us - sub->again[slot].at_us;
    if (sub->again[slot].at_us && sub->again[slot].out == (uint32_t)out && held_us < hold_us(sub))
        return false;
    if (now_us - sub->second_us >= SECOND_US) {
        sub->second_us = now_us;
        sub->second_count = 0;
    }
    if (sub->second_count >= AGAIN_PER_S)
        return false;
    sub->second_count++;
    sub_note_again(sub, out, now_us);
    return true;
}

void sub_nack(struct sub *sub, uint16_t seq, int64_t now_us)
{
    const struct part *part;
    if (!sub->picture || !sub->parts.count)
        return;
    if ((sub->sent && !sub->rtx_pt) || sub->redundant) // it would be other bytes: never
        return;
    int behind = (int16_t)(uint16_t)((uint16_t)sub->newest_out - seq);
    uint64_t out = sub->newest_out - (uint64_t)(int64_t)behind;
    if (behind < 0)
        return;
    struct packet *packet = parts_find(&sub->parts, sub->picture, out, &part);
    if (!packet || !may_repeat(sub, out, now_us))
        return;
    sub_repeat(sub, part, packet, out);
}

void sub_keyframe(struct sub *sub, int64_t now_us)
{
    if (sub_source(sub) && !sub->paused)
        track_want_keyframe(sub_source(sub), now_us);
}

// A packet is asked for again and again, once a round trip: the fourth question is still answered,
// and one that waited for a radio; where much is lost, so are questions and answers, and all there
// is room for is kept. A longer way is believed at once, a shorter one slowly.
static void note_round_trip(struct sub *sub, int64_t rtt_us)
{
    bool loses = sub->fraction_lost >= REACH_LOSS;
    int64_t reach_us = sub->sinks[0].reach_us;
    int64_t wanted_us = loses ? TRACK_REACH_MAX : REACH_TRIPS * rtt_us + REACH_SPARE_US;
    if (wanted_us < reach_us && sub->far)
        wanted_us = reach_us - (reach_us - wanted_us) / REACH_SHARE;
    sub->far = true;
    for (unsigned i = 0; i < 2; i++)
        track_reach(&sub->sinks[i], wanted_us < TRACK_REACH_MAX ? wanted_us : TRACK_REACH_MAX);
}

void sub_is_near(struct sub *sub)
{
    note_round_trip(sub, 0);
}

void sub_receiver_report(struct sub *sub, const struct rtcp_report *report, int64_t now_us)
{
    int64_t rtt_us = sub_round_trip(sub, report->last_sr, report->since_sr, now_us);
    sub->fraction_lost = report->lost_fraction;
    if (sub->red_pt && !sub->sent)
        red_need_heard(&sub->red, report->lost_fraction);
    if (rtt_us)
        note_round_trip(sub, rtt_us);
}

void sub_lost(struct sub *sub, double share)
{
    if (sub->red_pt)
        red_need_heard(&sub->red, (uint8_t)(share * UINT8_MAX));
}

void sub_crowded(struct sub *sub, bool crowded)
{
    sub->crowded = crowded;
}

void sub_report(struct sub *sub, int64_t now_us)
{
    uint8_t data[REPORT_MAX];
    struct writer w = writer_of(data, sizeof(data));
    struct rtcp_sr sr = {
        .ssrc = sub->ssrc, .packets = (uint32_t)sub->packets, .bytes = (uint32_t)sub->bytes};
    sub_select_again(sub, now_us);
    if (sub->waits_key || !sub_source(sub) ||
        !track_clock(sub_source(sub), now_us, &sr.ntp, &sr.rtp_ts))
        return;
    sr.rtp_ts += sub->parts.now->ts_shift;
    if (rtcp_write_sr(&w, &sr, NULL, 0) != 0 || rtcp_write_cname(&w, sub->ssrc, sub->cname) != 0)
        return;
    sub->sr = (uint32_t)(sr.ntp >> 16);
    sub->sr_us = now_us;
    egress_rtcp(sub->egress, sub->outlet, data, w.len);
}

int64_t sub_round_trip(const struct sub *sub, uint32_t last_sr, uint32_t since_sr, int64_t now_us)
{
    int64_t waited_us = (int64_t)since_sr * SECOND_US >> 16;
    int64_t all_us = now_us - sub->sr_us;
    if (!last_sr || last_sr != sub->sr || waited_us >= all_us)
        return 0;
    return all_us - waited_us;
}
