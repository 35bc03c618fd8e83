#include "gateway/relay/sub.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "gateway/relay/rtx.h"
#include "gateway/relay/sub_inside.h"

#define MID_PACKETS   128 // the first ones say the MID
#define PADDING_BIT   0x20
#define PROBE_PACKETS 16 // the newest so many are sent once more as a probe
#define PROBE_LEAST   8  // packets there are in one: fewer would tell little
#define LEAD_MAX      (RTX_LEAD + PART_LEAD_MAX)

static struct sub *sub_of(struct sink *sink)
{
    return sink->owner;
}

// --- the packet's way ---------------------------------------------------------------------------

// Opus to a viewer who loses: once more what came before. The packet to drop, or NULL.
static struct packet *choose_redundancy(struct sub *sub, const struct packet *packet,
                                        struct egress_packet *out, uint8_t *pt)
{
    struct packet *red = NULL;
    if (sub->red_pt)
        red = red_make(sub_source(sub), packet, sub->red.older, sub->pt);
    if (!red)
        return NULL;
    sub->redundant = true;
    *pt = sub->red_pt;
    out->source = red;
    out->payload = red->data;
    out->payload_len = red->len;
    return red;
}

// A place for the transport-wide number, where that was agreed on.
static void choose_number(const struct sub *sub, struct rewrite_to *to)
{
    to->counted = sub->sent != NULL;
}

// The number itself, and the time under it, are those of leaving: egress's.
static void queue(struct sub *sub, struct egress_packet *out)
{
    if (sub->sent)
        out->number_at = rewrite_number_at(out->header);
    out->urgent = sub->sound;
    egress_rtp(sub->egress, sub->outlet, out);
}

// What a viewer of some layers sees otherwise than one of all: which packet is the last of its
// picture, and what a dependency descriptor tells.
static void choose_layers(const struct part *part, const struct packet *packet,
                          struct rewrite_to *to)
{
    to->last = packet->layer.ends && packet->layer.spatial == PACKET_BOX_SPATIAL(part->box);
    to->frame_shift = part->frame_shift;
    to->limited = !part_is_whole(part);
    to->box = part->box;
}

// The payload behind the header (at `to`). The codec's running numbers are those of the viewer's
// count: the bytes up to them lead, and are skipped in the publisher's. A packet of layers the
// viewer does not get, whose number he was shown to be missing, comes empty: he would ask for it
// for ever.
static void adapt_payload(const struct part *part, struct egress_packet *out, uint8_t *to)
{
    if (!packet_within(out->source, part->box)) {
        out->payload_len = 0;
    } else if (part->renumbers) {
        size_t len = part_rewrite(part, out->source, out->payload, out->payload_len, to);
        out->lead_len += len;
        out->payload += len;
        out->payload_len -= len;
    }
}

// The packet again as a packet of the repairing stream: its own number, and the number it had in
// front of the payload. RFC 4588 section 4.
static void send_rtx(struct sub *sub, const struct part *part, struct packet *packet)
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
                            .ts = packet->rtp.ts + part->ts_shift,
                            .ssrc = sub->rtx_ssrc,
                            .mid = true};
    choose_number(sub, &to);
    if (part->adapts)
        choose_layers(part, packet, &to);
    out.header_len = rewrite_header(&sub->rewrite, packet, &to, header, sizeof(header) - LEAD_MAX);
    put_u16(header + out.header_len, (uint16_t)part_number(part, packet));
    if (part->adapts)
        adapt_payload(part, &out, header + out.header_len + RTX_LEAD);
    queue(sub, &out);
}

static void send_packet(struct sub *sub, const struct part *part, struct packet *packet,
                        uint64_t index, bool kept)
{
    uint8_t header[EGRESS_HEADER_MAX];
    struct egress_packet out = {.source = packet,
                                .payload = packet->rtp.payload,
                                .payload_len = packet->rtp.payload_len,
                                .index = index,
                                .header = header,
                                .kept = kept};
    struct rewrite_to to = {.pt = sub->pt,
                            .seq = (uint16_t)index,
                            .ts = packet->rtp.ts + part->ts_shift,
                            .ssrc = sub->ssrc,
                            .mid = index - sub->first_out < MID_PACKETS};
    struct packet *red = sub->red.older && !sub->crowded
                             ? choose_redundancy(sub, packet, &out, &to.pt)
                             : NULL;
    choose_number(sub, &to);
    if (part->adapts)
        choose_layers(part, packet, &to);
    out.header_len = rewrite_header(&sub->rewrite, packet, &to, header, sizeof(header) - LEAD_MAX);
    if (part->adapts)
        adapt_payload(part, &out, header + out.header_len);
    queue(sub, &out);
    packet_drop(red);
    sub->packets++;
    sub->bytes += out.payload_len;
}

void sub_repeat(struct sub *sub, const struct part *part, struct packet *packet, uint64_t out)
{
    sub->retransmitted++;
    sub->again_bytes += packet->rtp.payload_len;
    if (sub->rtx_pt)
        send_rtx(sub, part, packet);
    else
        send_packet(sub, part, packet, out, true);
}

static inline void forward(struct sub *sub, struct packet *packet, bool kept, int64_t now_us)
{
    if (sub->parts.now->box != sub->box && packet->frame_start)
        sub_select_step(sub, packet);
    const struct part *part = sub->parts.now;
    if (packet->index < part->index) {
        drop(sub->drops, DROP_LATE);
        return;
    }
    if (!part_is_whole(part) && !packet_counts(packet, part->box)) {
        drop(sub->drops, DROP_SUB_LAYER);
        return;
    }
    uint64_t out = part_number(part, packet);
    if (out >= sub->newest_out) {
        sub->newest_out = out;
        sub->newest_ts = packet->rtp.ts + part->ts_shift;
        sub->newest_us = now_us;
    } else {
        sub_note_again(sub, out, now_us);
    }
    send_packet(sub, part, packet, out, kept);
}

void sub_forward(struct sub *sub, struct packet *packet, bool kept, int64_t now_us)
{
    forward(sub, packet, kept, now_us);
}

static bool may_begin(struct sub *sub, const struct packet *packet, int64_t now_us)
{
    if (packet->key)
        sub_select_begin(sub, packet, packet->rtp.ts, now_us);
    else
        drop(sub->drops, DROP_SUB_WAITS_KEY);
    return packet->key;
}

static void sub_push(struct sink *sink, struct packet *packet, int64_t now_us)
{
    struct sub *sub = sub_of(sink);
    if (!sub->decodes || sub->paused) {
        drop(sub->drops, sub->paused ? DROP_SUB_PAUSED : DROP_SUB_NO_CODEC);
        return;
    }
    if (sink != &sub->sinks[sub->showing] && !sub_select_change(sub, packet, now_us)) {
        drop(sub->drops, DROP_SUB_LAYER);
        return;
    }
    if (!sub->waits_key || may_begin(sub, packet, now_us))
        forward(sub, packet, false, now_us);
}

static void sub_close(struct sink *sink)
{
    sub_select_close(sub_of(sink));
}

static void sub_changed(struct sink *sink)
{
    struct sub *sub = sub_of(sink);
    if (sink == &sub->sinks[sub->showing])
        sub_select_changed(sub, sink->track);
}

static void sub_stirred(struct sink *sink, int64_t now_us)
{
    sub_select_again(sub_of(sink), now_us);
}

static const struct sink_ops sub_ops = {
    .push = sub_push, .close = sub_close, .changed = sub_changed, .stirred = sub_stirred};

// --- the path -----------------------------------------------------------------------------------

void sub_cut(struct sub *sub)
{
    egress_forget_pictures(sub->egress, sub->outlet);
    sub->parts.count = 0;
    sub->waits_key = true;
}

// Nothing but padding, RFC 3550 section 5.1: no payload, its length in its last byte.
static size_t send_padding(struct sub *sub, struct packet *packet)
{
    uint8_t header[EGRESS_HEADER_MAX] = {0};
    struct egress_packet out = {.source = packet,
                                .payload = packet->rtp.payload,
                                .index = sub->rtx_out++,
                                .header = header,
                                .kept = true};
    struct rewrite_to to = {.pt = sub->rtx_pt,
                            .seq = (uint16_t)out.index,
                            .ts = sub->newest_ts,
                            .ssrc = sub->rtx_ssrc,
                            .mid = true};
    choose_number(sub, &to);
    out.header_len = rewrite_header(&sub->rewrite, packet, &to, header, sizeof(header) / 2);
    header[0] |= PADDING_BIT;
    out.lead_len = sizeof(header) - out.header_len;
    memset(header + out.header_len, 0, out.lead_len);
    header[sizeof(header) - 1] = (uint8_t)out.lead_len;
    queue(sub, &out);
    return sizeof(header);
}

// One of the newest packets sent, the `nth`; NULL: it is not there any more, or of more than `most`
// bytes.
static struct packet *sent_before(struct sub *sub, unsigned nth, size_t most,
                                  const struct part **part)
{
    uint64_t behind = nth % PROBE_PACKETS;
    if (!sub->parts.count || sub->waits_key || sub->paused || sub->newest_out < behind)
        return NULL;
    struct packet *packet = parts_find(&sub->parts, sub->picture, sub->newest_out - behind, part);
    return packet && packet->rtp.payload_len <= most ? packet : NULL;
}

unsigned sub_probe(struct sub *sub, size_t bytes)
{
    unsigned count = 0;
    const struct track *track = sub_source(sub);
    if (!sub->sent || !sub->rtx_pt || !sub->outlet->open || !track)
        return 0;
    struct packet *any = track_find(track, track_newest(track));
    for (size_t done = 0; any && done < bytes; count++) {
        const struct part *part;
        struct packet *packet = sent_before(sub, count, bytes / PROBE_LEAST, &part);
        if (packet)
            send_rtx(sub, part, packet);
        done += packet ? packet->rtp.payload_len + RTP_HEADER_LEN : send_padding(sub, any);
    }
    return count;
}

// --- birth and death ----------------------------------------------------------------------------

int sub_alloc(struct sub **subp, const struct sub_config *config)
{
    if (!subp || !config || !config->outlet || !config->egress || !config->drops)
        return EINVAL;
    struct sub *sub = mem_zalloc(sizeof(*sub));
    if (!sub)
        return ENOMEM;
    if (terms_media_copy(&sub->terms, config->terms)) {
        mem_free(sub);
        return ENOMEM;
    }
    for (unsigned i = 0; i < 2; i++)
        sub->sinks[i] = (struct sink){
            .ops = &sub_ops,
            .owner = sub,
            .reach_us = TRACK_REACH_MAX, // until it is told how far away the viewer is
        };
    sub->egress = config->egress;
    sub->outlet = config->outlet;
    sub->drops = config->drops;
    if (rtp_ext_map_id(&config->terms->ext, RTP_EXT_TRANSPORT_CC))
        sub->sent = sub->outlet->sent = config->sent;
    sub->waits_key = true;
    sub->box = PACKET_BOX_ALL;
    sub->ssrc = config->ssrc;
    sub->rtx_ssrc = config->rtx_ssrc;
    sub->rtx_out = random_u32() & SUB_FIRST_MASK;
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
    mem_free(sub->terms);
    mem_free(sub);
}

struct track *sub_track(const struct sub *sub)
{
    return sub_source(sub);
}

uint32_t sub_ssrc(const struct sub *sub)
{
    return sub->ssrc;
}

struct sub_stats sub_stats(const struct sub *sub)
{
    return (struct sub_stats){.packets = sub->packets,
                              .bytes = sub->bytes,
                              .retransmitted = sub->retransmitted,
                              .again = sub->again_bytes,
                              .fraction_lost = sub->fraction_lost};
}
