#include "gateway/relay/sub.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "gateway/feedback/sent.h"
#include "gateway/packet/rtcp.h"
#include "gateway/relay/red.h"
#include "gateway/relay/rewrite.h"
#include "gateway/relay/rtx.h"

#define GROUP_MAX     300   // a longer group is not worth its burst: a fresh keyframe is asked for
#define MID_PACKETS   128   // the first ones say the MID
#define AGAIN_SLOTS   256   // remembered retransmissions, by number
#define AGAIN_HOLD_US 20000 // one packet not twice within this time: NACKs overtake answers
#define AGAIN_PER_S   500   // retransmissions a second, at most
#define SECOND_US     1000000 // microseconds
#define REPORT_MAX    512
#define FIRST_MASK    0x7fff // of a stream's first number

struct sub {
    struct sink sink;
    struct egress *egress;
    struct outlet *outlet;
    struct drops *drops;
    struct sent *sent; // NULL: no transport-wide numbers
    // The viewer's stream: number base_out belongs to the track's index base_in.
    bool waits_key; // the next keyframe sets the base
    bool decodes;
    bool sound;
    uint8_t pt, red_pt; // red_pt 0: the viewer gets the primary block alone
    uint8_t rtx_pt;     // 0: retransmissions are the bytes sent before
    uint32_t clock;     // Hz
    uint32_t ts_shift;
    uint32_t newest_ts;
    uint64_t base_in, base_out;
    uint64_t first_out, newest_out; // of this viewer's stream, since ever
    int64_t newest_us;
    uint64_t packets, bytes, retransmitted;
    uint64_t rtx_out; // number of the next retransmission
    uint32_t ssrc, rtx_ssrc;
    struct rewrite rewrite;
    bool began; // anything was sent
    uint8_t fraction_lost;
    int64_t second_us; // the running second of retransmissions
    unsigned second_count;
    struct {
        uint64_t out;
        int64_t at_us;
    } again[AGAIN_SLOTS];
    struct terms_media terms;
    char cname[64];
};

static struct sub *sub_of(struct sink *sink)
{
    return container_of(sink, struct sub, sink);
}

// --- the packet's way ---------------------------------------------------------------------------

// What of the packet goes on, and under which payload type. RED is passed on to a viewer who has it
// and calls its inner codec by the same number; else it is unpacked.
static bool choose_payload(const struct sub *sub, const struct packet *packet,
                           struct egress_packet *out, uint8_t *pt)
{
    struct red_primary primary;
    uint8_t red_pt = sub->sink.track ? track_config(sub->sink.track)->red_pt : 0;
    out->payload = packet->rtp.payload;
    out->payload_len = packet->rtp.payload_len;
    *pt = sub->pt;
    if (!red_pt || packet->rtp.pt != red_pt)
        return true;
    if (red_parse(&primary, out->payload, out->payload_len) != 0)
        return false;
    if (sub->red_pt && primary.pt == sub->pt) {
        *pt = sub->red_pt;
        return true;
    }
    out->payload = primary.data;
    out->payload_len = primary.len;
    return true;
}

// A place for the transport-wide number, where that was agreed on.
static void choose_number(const struct sub *sub, struct rewrite_to *to)
{
    to->counted = sub->sent != NULL;
}

static void queue(struct sub *sub, struct egress_packet *out)
{
    if (sub->sent)
        out->number_at = rewrite_number_at(out->header);
    out->urgent = sub->sound;
    egress_rtp(sub->egress, sub->outlet, out);
}

// The packet again as a packet of the repairing stream: its own number, and the number it had in
// front of the payload. RFC 4588 section 4.
static void send_rtx(struct sub *sub, struct packet *packet)
{
    uint8_t header[EGRESS_HEADER_MAX];
    struct egress_packet out = {.source = packet,
                                .payload = packet->rtp.payload,
                                .payload_len = packet->rtp.payload_len,
                                .index = sub->rtx_out++,
                                .header = header,
                                .lead_len = RTX_LEAD,
                                .kept = true};
    struct rewrite_to to = {.pt = sub->rtx_pt,
                            .seq = (uint16_t)out.index,
                            .ts = packet->rtp.ts + sub->ts_shift,
                            .ssrc = sub->rtx_ssrc,
                            .mid = true};
    choose_number(sub, &to);
    out.header_len = rewrite_header(&sub->rewrite, packet, &to, header, sizeof(header) - RTX_LEAD);
    put_u16(header + out.header_len, (uint16_t)(packet->index - sub->base_in + sub->base_out));
    queue(sub, &out);
}

static void send_packet(struct sub *sub, struct packet *packet, bool kept)
{
    uint8_t header[EGRESS_HEADER_MAX];
    uint64_t index = packet->index - sub->base_in + sub->base_out;
    struct egress_packet out = {.source = packet, .index = index, .header = header, .kept = kept};
    struct rewrite_to to = {.seq = (uint16_t)index,
                            .ts = packet->rtp.ts + sub->ts_shift,
                            .ssrc = sub->ssrc,
                            .mid = index - sub->first_out < MID_PACKETS};
    if (!choose_payload(sub, packet, &out, &to.pt)) {
        drop(sub->drops, DROP_RTP_MALFORMED);
        return;
    }
    choose_number(sub, &to);
    out.header_len = rewrite_header(&sub->rewrite, packet, &to, header, sizeof(header));
    queue(sub, &out);
    sub->packets++;
    sub->bytes += out.payload_len;
}

// The packet that a track's part of the viewer's stream begins with: its number is the next one,
// its timestamp is later by the time that passed since. `newest_ts` is what the track is at by now
// (a joiner's group begins in the past).
static void begin(struct sub *sub, const struct packet *packet, uint32_t newest_ts, int64_t now_us)
{
    uint32_t ts = random_u32();
    sub->base_in = packet->index;
    if (sub->began) {
        int64_t passed = (now_us - sub->newest_us) * sub->clock / SECOND_US;
        int64_t back = (int32_t)(newest_ts - packet->rtp.ts);
        ts = sub->newest_ts + (uint32_t)(passed > back ? passed - back : 1);
        sub->base_out = sub->newest_out + 1;
    } else {
        // Receivers take the first packet's rollover counter for 0 (RFC 3711 section 3.3.1): begin
        // in the lower half, so that it cannot wrap before they have seen it.
        sub->base_out = sub->first_out = random_u32() & FIRST_MASK;
    }
    sub->ts_shift = ts - packet->rtp.ts;
    sub->newest_out = sub->base_out;
    sub->began = true;
    sub->waits_key = false;
}

static void forward(struct sub *sub, struct packet *packet, bool kept, int64_t now_us)
{
    uint64_t out = packet->index - sub->base_in + sub->base_out;
    if (out >= sub->newest_out) {
        sub->newest_out = out;
        sub->newest_ts = packet->rtp.ts + sub->ts_shift;
        sub->newest_us = now_us;
    }
    send_packet(sub, packet, kept);
}

static void sub_push(struct sink *sink, struct packet *packet, int64_t now_us)
{
    struct sub *sub = sub_of(sink);
    if (!sub->decodes) {
        drop(sub->drops, DROP_SUB_NO_CODEC);
        return;
    }
    if (sub->waits_key) {
        if (!packet->key) {
            drop(sub->drops, DROP_SUB_WAITS_KEY);
            return;
        }
        begin(sub, packet, packet->rtp.ts, now_us);
    }
    if (packet->index < sub->base_in) {
        drop(sub->drops, DROP_LATE);
        return;
    }
    forward(sub, packet, false, now_us);
}

// --- tracks come and go -------------------------------------------------------------------------

static void sub_close(struct sink *sink)
{
    sub_of(sink)->waits_key = true;
}

// Also starts a new part of the viewer's stream: what was sent under another payload type is never
// sent again.
static bool agree_codec(struct sub *sub, const struct track *track)
{
    const struct track_config *config = track_config(track);
    const struct terms_codec *row = terms_match(&sub->terms, config->codec, config->fmtp);
    const struct terms_codec *red = terms_match(&sub->terms, CODEC_RED, "");
    sub->waits_key = true;
    sub->decodes = row != NULL;
    if (!row)
        return false;
    sub->pt = row->pt;
    sub->rtx_pt = row->rtx_pt;
    sub->red_pt = config->codec == CODEC_OPUS && red ? red->pt : 0;
    sub->clock = codec_info(config->codec)->clock;
    sub->sound = !codec_is_video(config->codec);
    return true;
}

static void sub_changed(struct sink *sink)
{
    agree_codec(sub_of(sink), sink->track);
}

static const struct sink_ops sub_ops = {
    .push = sub_push, .close = sub_close, .changed = sub_changed};

static bool send_group(struct sub *sub, struct track *track, int64_t now_us)
{
    uint64_t first, newest;
    if (!track_newest_group(track, &first, &newest) || newest - first >= GROUP_MAX)
        return false;
    begin(sub, track_find(track, first), track_find(track, newest)->rtp.ts, now_us);
    for (uint64_t index = first; index <= newest; index++) {
        struct packet *packet = track_find(track, index);
        if (packet)
            forward(sub, packet, true, now_us);
    }
    return true;
}

bool sub_attach(struct sub *sub, struct track *track, int64_t now_us)
{
    if (sub->sink.track == track)
        return sub->decodes;
    sub_detach(sub);
    if (!agree_codec(sub, track))
        return false;
    track_add_sink(track, &sub->sink);
    if (codec_is_video(track_config(track)->codec) && !send_group(sub, track, now_us))
        track_want_keyframe(track, now_us);
    return true;
}

void sub_detach(struct sub *sub)
{
    track_remove_sink(&sub->sink);
    sub->waits_key = true;
}

struct track *sub_track(const struct sub *sub)
{
    return sub->sink.track;
}

uint32_t sub_ssrc(const struct sub *sub)
{
    return sub->ssrc;
}

int sub_alloc(struct sub **subp, const struct sub_config *config)
{
    if (!subp || !config || !config->outlet || !config->egress || !config->drops)
        return EINVAL;
    struct sub *sub = mem_zalloc(sizeof(*sub));
    if (!sub)
        return ENOMEM;
    sub->sink.ops = &sub_ops;
    sub->egress = config->egress;
    sub->outlet = config->outlet;
    sub->drops = config->drops;
    if (rtp_ext_map_id(&config->terms->ext, RTP_EXT_TRANSPORT_CC))
        sub->sent = config->sent;
    if (sub->sent)
        sub->outlet->sent = sub->sent;
    sub->terms = *config->terms;
    sub->waits_key = true;
    sub->ssrc = config->ssrc;
    sub->rtx_ssrc = config->rtx_ssrc;
    sub->rtx_out = random_u32() & FIRST_MASK;
    rewrite_init(&sub->rewrite, config->terms);
    text_copy(sub->cname, sizeof(sub->cname), config->cname);
    *subp = sub;
    return 0;
}

void sub_free(struct sub *sub)
{
    if (!sub)
        return;
    sub_detach(sub);
    egress_forget_outlet(sub->egress, sub->outlet);
    sub->outlet->sent = NULL;
    mem_free(sub);
}

// --- the viewer's RTCP --------------------------------------------------------------------------

// Retransmissions are bounded: by packet and time, and by second.
static bool may_repeat(struct sub *sub, uint64_t out, int64_t now_us)
{
    size_t slot = out % AGAIN_SLOTS;
    if (sub->again[slot].at_us && sub->again[slot].out == out &&
        now_us - sub->again[slot].at_us < AGAIN_HOLD_US)
        return false;
    if (now_us - sub->second_us >= SECOND_US) {
        sub->second_us = now_us;
        sub->second_count = 0;
    }
    if (sub->second_count >= AGAIN_PER_S)
        return false;
    sub->second_count++;
    sub->again[slot].out = out;
    sub->again[slot].at_us = now_us;
    return true;
}

void sub_nack(struct sub *sub, uint16_t seq, int64_t now_us)
{
    if (sub->waits_key || !sub->sink.track)
        return;
    if (sub->sent && !sub->rtx_pt) // under its old number it would be other bytes: never
        return;
    int behind = (int16_t)(uint16_t)((uint16_t)sub->newest_out - seq);
    uint64_t out = sub->newest_out - (uint64_t)(int64_t)behind;
    if (behind < 0 || (uint64_t)behind > sub->newest_out - sub->base_out)
        return;
    struct packet *packet = track_find(sub->sink.track, out - sub->base_out + sub->base_in);
    if (!packet || !may_repeat(sub, out, now_us))
        return;
    sub->retransmitted++;
    if (sub->rtx_pt)
        send_rtx(sub, packet);
    else
        send_packet(sub, packet, true);
}

void sub_keyframe(struct sub *sub, int64_t now_us)
{
    if (sub->sink.track)
        track_want_keyframe(sub->sink.track, now_us);
}

void sub_receiver_report(struct sub *sub, uint8_t fraction_lost, uint32_t lost, int64_t now_us)
{
    (void)lost;
    (void)now_us;
    sub->fraction_lost = fraction_lost;
}

void sub_report(struct sub *sub, int64_t now_us)
{
    uint8_t data[REPORT_MAX];
    struct writer w = writer_of(data, sizeof(data));
    struct rtcp_sr sr = {
        .ssrc = sub->ssrc, .packets = (uint32_t)sub->packets, .bytes = (uint32_t)sub->bytes};
    if (sub->waits_key || !sub->sink.track ||
        !track_clock(sub->sink.track, now_us, &sr.ntp, &sr.rtp_ts))
        return;
    sr.rtp_ts += sub->ts_shift;
    if (rtcp_write_sr(&w, &sr, NULL, 0) != 0 || rtcp_write_cname(&w, sub->ssrc, sub->cname) != 0)
        return;
    egress_rtcp(sub->egress, sub->outlet, data, w.len);
}

struct sub_stats sub_stats(const struct sub *sub)
{
    return (struct sub_stats){.packets = sub->packets,
                              .bytes = sub->bytes,
                              .retransmitted = sub->retransmitted,
                              .fraction_lost = sub->fraction_lost};
}
