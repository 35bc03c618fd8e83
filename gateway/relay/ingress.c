#include "gateway/relay/ingress.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/packet/red_blocks.h"
#include "gateway/packet/rtcp.h"
#include "gateway/relay/ingress_inside.h"
#include "gateway/relay/red.h"
#include "gateway/relay/rtx.h"

#define SILENT_US 1000000LL // after this a stream's SSRC may be taken over by another one
#define PT_NONE   0         // marks in stream_of: stream number + 1

// --- RTP ----------------------------------------------------------------------------------------

// Another SSRC under a payload type of ours: a second stream nobody agreed on, or the first one
// begun anew. It takes over when the old one said BYE or fell silent.
static bool pin(struct ingress_stream *stream, uint32_t ssrc, int64_t now_us)
{
    if (stream->pinned && stream->ssrc != ssrc) {
        if (!stream->ended && now_us - stream->heard_us < SILENT_US)
            return false;
        track_restart(stream->track, now_us);
    }
    if (stream->ssrc != ssrc)
        stream->repair_pinned = false;
    stream->pinned = true;
    stream->ended = false;
    stream->ssrc = ssrc;
    stream->heard_us = now_us;
    return true;
}

// Which SSRC repairs the stream: the one that the offer named, else the one that does.
static bool pin_repair(struct ingress_stream *stream, uint32_t ssrc, int64_t now_us)
{
    uint32_t named = terms_rtx_ssrc(stream->media, stream->ssrc);
    bool busy = stream->repair_pinned && now_us - stream->repair_us < SILENT_US;
    if (!stream->pinned || stream->ended || ssrc == stream->ssrc || (named && named != ssrc) ||
        (busy && stream->repair_ssrc != ssrc))
        return false;
    stream->repair_pinned = true;
    stream->repair_ssrc = ssrc;
    stream->repair_us = now_us;
    return true;
}

// A packet of the RTX stream. Publishers probe the path with it, too: by padding alone (which may
// be what tells the name of the stream it repairs), or by repeating what had arrived.
static void take_repair(struct ingress_stream *stream, struct packet *packet, uint8_t pt,
                        int64_t now_us)
{
    struct drops *drops = stream->ingress->drops;
    if (!pin_repair(stream, packet->rtp.ssrc, now_us))
        drop(drops, packet->rtp.payload_len ? DROP_SSRC : DROP_PROBE);
    else if (packet->rtp.payload_len == 0)
        drop(drops, DROP_PROBE);
    else if (rtx_unwrap(packet, pt, stream->ssrc) != 0)
        drop(drops, DROP_RTP_MALFORMED);
    else if (pt != stream->pt)
        drop(drops, DROP_LATE); // of a codec no longer used
    else
        track_push(stream->track, packet, now_us);
}

// The publisher uses another of the codecs agreed on. Encodings nothing comes of will have it, too.
static void follow_codec(struct ingress_stream *stream, uint8_t pt, int64_t now_us)
{
    struct ingress *ingress = stream->ingress;
    const struct terms_codec *row = pt != stream->pt ? terms_by_pt(stream->media, pt) : NULL;
    if (!row)
        return;
    ingress->codec_changes++;
    for (size_t i = 0; i < INGRESS_STREAMS; i++) {
        struct ingress_stream *other = &ingress->streams[i];
        if (!other->track || other->media != stream->media || other->pt == pt ||
            (other != stream && track_active(other->track, now_us)))
            continue;
        other->pt = pt;
        track_set_codec(other->track, row->codec, row->fmtp, now_us);
    }
}

static void record_arrival(struct ingress *ingress, const struct packet *packet)
{
    size_t len;
    const uint8_t *number = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_TRANSPORT_CC, &len);
    if (ingress->twcc && number && len == 2)
        arrival_record(&ingress->arrival, get_u16(number), packet->arrival_us);
}

static void watch_way(struct ingress *ingress, const struct packet *packet, int64_t now_us)
{
    size_t len;
    const uint8_t *sent = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_ABS_SEND_TIME, &len);
    if (!sent || len != 3)
        return;
    uint32_t at = (uint32_t)get_u16(sent) << 8 | sent[2];
    uint64_t fits = narrow_arrived(&ingress->narrow, at, packet->len, packet->arrival_us);
    if (fits)
        ingress_narrow(ingress, fits, now_us);
}

// RED is taken apart here: behind this there are plain packets, those that were lost among them.
static int unpack(struct ingress_stream *stream, struct packet *packet, int64_t now_us)
{
    struct red_blocks blocks;
    int err = red_parse(&blocks, packet->rtp.payload, packet->rtp.payload_len);
    if (err)
        return err;
    const struct terms_codec *row = terms_by_pt(stream->media, red_newest(&blocks)->pt);
    if (!row || row->codec != CODEC_OPUS)
        return EBADMSG;
    follow_codec(stream, row->pt, now_us);
    red_recover(stream->track, packet, &blocks, now_us);
    red_strip(packet, &blocks);
    return 0;
}

static void take_media(struct ingress_stream *stream, struct packet *packet, int64_t now_us)
{
    struct ingress *ingress = stream->ingress;
    if (!pin(stream, packet->rtp.ssrc, now_us)) {
        drop(ingress->drops, DROP_SSRC);
        return;
    }
    if (!stream->red_pt || packet->rtp.pt != stream->red_pt) {
        follow_codec(stream, packet->rtp.pt, now_us);
    } else if (unpack(stream, packet, now_us) != 0) {
        drop(ingress->drops, DROP_RTP_MALFORMED);
        return;
    }
    if (!ingress->reporting) {
        ingress->reporting = true;
        ingress->report_us = now_us + INGRESS_REPORT_US;
        ingress_due_by(ingress, ingress->report_us);
    }
    track_push(stream->track, packet, now_us);
}

// --- simulcast ----------------------------------------------------------------------------------

// RFC 8852: a stream says its name until it is known by its SSRC; one that repairs says whose.
static struct ingress_stream *by_name(struct ingress *ingress, const struct packet *packet)
{
    size_t len;
    const uint8_t *name = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_RRID, &len);
    if (!name)
        name = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_RID, &len);
    for (size_t i = INGRESS_VIDEO; name && i < INGRESS_STREAMS; i++) {
        const char *rid = ingress->streams[i].rid;
        if (rid && slice_is((struct slice){(const char *)name, len}, rid))
            return &ingress->streams[i];
    }
    return NULL;
}

static struct ingress_stream *encoding_of(struct ingress *ingress, const struct packet *packet)
{
    uint32_t ssrc = packet->rtp.ssrc;
    for (size_t i = INGRESS_VIDEO; i < INGRESS_STREAMS; i++) {
        struct ingress_stream *stream = &ingress->streams[i];
        if ((stream->pinned && stream->ssrc == ssrc) ||
            (stream->repair_pinned && stream->repair_ssrc == ssrc))
            return stream;
    }
    struct ingress_stream *named = by_name(ingress, packet);
    for (size_t i = INGRESS_VIDEO; !named && i < INGRESS_STREAMS; i++) // or the offer told
        if (ingress->streams[i].pinned &&
            terms_rtx_ssrc(ingress->streams[i].media, ingress->streams[i].ssrc) == ssrc)
            named = &ingress->streams[i];
    return named;
}

// Of what may be due a packet changes only this; all of it would be other tracks' cache lines.
static void note_due(struct ingress *ingress, const struct track *track)
{
    ingress_due_by(ingress, track_deadline(track));
    ingress_due_by(ingress, arrival_deadline(&ingress->arrival));
}

void ingress_rtp(struct ingress *ingress, struct packet *packet, int64_t now_us)
{
    uint8_t pt = packet->len > 1 ? packet->data[1] & 0x7f : 0;
    if (packet->len < RTP_HEADER_LEN) {
        drop(ingress->drops, DROP_RTP_MALFORMED);
        return;
    }
    if (ingress->stream_of[pt] == PT_NONE) {
        drop(ingress->drops, DROP_PAYLOAD_TYPE);
        return;
    }
    struct ingress_stream *stream = &ingress->streams[ingress->stream_of[pt] - 1];
    if (packet_parse(packet, &stream->media->ext) != 0) {
        drop(ingress->drops, DROP_RTP_MALFORMED);
        return;
    }
    record_arrival(ingress, packet);
    watch_way(ingress, packet, now_us);
    if (stream->rid)
        stream = encoding_of(ingress, packet);
    if (!stream) {
        drop(ingress->drops, packet->rtp.payload_len ? DROP_SSRC : DROP_PROBE);
        return;
    }
    if (ingress->repairs[pt])
        take_repair(stream, packet, (uint8_t)(ingress->repairs[pt] - 1), now_us);
    else
        take_media(stream, packet, now_us);
    note_due(ingress, stream->track);
    if (now_us >= ingress->due_us)
        ingress_tick(ingress, now_us);
}

// --- RTCP from the publisher --------------------------------------------------------------------

static struct ingress_stream *stream_by_ssrc(struct ingress *ingress, uint32_t ssrc)
{
    for (size_t i = 0; i < INGRESS_STREAMS; i++)
        if (ingress->streams[i].pinned && ingress->streams[i].ssrc == ssrc)
            return &ingress->streams[i];
    return NULL;
}

static int take_sr(struct ingress *ingress, const struct rtcp_packet *packet, int64_t now_us)
{
    struct rtcp_sr sr;
    int err = rtcp_parse_sr(packet, &sr);
    if (err)
        return err;
    struct ingress_stream *stream = stream_by_ssrc(ingress, sr.ssrc);
    if (stream)
        track_set_clock(stream->track, sr.ntp, sr.rtp_ts, now_us);
    return 0;
}

static bool all_ended(const struct ingress *ingress)
{
    size_t pinned = 0, ended = 0;
    for (size_t i = 0; i < INGRESS_STREAMS; i++) {
        pinned += ingress->streams[i].pinned;
        ended += ingress->streams[i].ended;
    }
    return pinned && pinned == ended;
}

static int take_bye(struct ingress *ingress, const struct rtcp_packet *packet)
{
    uint32_t ssrc;
    bool ours = false;
    int err;
    for (unsigned i = 0; (err = rtcp_bye_at(packet, i, &ssrc)) == 0; i++) {
        struct ingress_stream *stream = stream_by_ssrc(ingress, ssrc);
        if (stream)
            stream->ended = ours = true;
    }
    if (ours && all_ended(ingress) && ingress->handlers.bye)
        ingress->handlers.bye(ingress->arg);
    return err == ENOENT ? 0 : err;
}

void ingress_rtcp(struct ingress *ingress, const uint8_t *data, size_t len, int64_t now_us)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    int err, bad = 0;
    while ((err = rtcp_next(&it, &packet)) == 0) {
        enum rtcp_kind kind = rtcp_kind(&packet);
        if (kind == RTCP_KIND_SR)
            bad |= take_sr(ingress, &packet, now_us);
        else if (kind == RTCP_KIND_BYE)
            bad |= take_bye(ingress, &packet);
    }
    if (bad || err != ENOENT)
        drop(ingress->drops, DROP_RTCP_MALFORMED);
}

// --- birth and death ----------------------------------------------------------------------------

static bool is_media(enum codec codec)
{
    enum media_kind kind = codec_info(codec)->kind;
    return (kind == MEDIA_AUDIO || kind == MEDIA_VIDEO) && codec != CODEC_TELEPHONE_EVENT;
}

// Which payload types are this medium's, and the codec a track of it begins with: the first agreed
// on. Which one really comes, its first packet tells.
static void map_codecs(struct ingress *ingress, size_t which, struct ingress_stream *stream,
                       struct track_config *config)
{
    const struct terms_media *media = stream->media;
    for (size_t i = 0; i < media->codec_count; i++) {
        const struct terms_codec *row = &media->codecs[i];
        if (!is_media(row->codec))
            continue;
        ingress->stream_of[row->pt & 0x7f] = (uint8_t)(which + 1);
        if (row->rtx_pt) {
            ingress->stream_of[row->rtx_pt & 0x7f] = (uint8_t)(which + 1);
            ingress->repairs[row->rtx_pt & 0x7f] = (uint8_t)(row->pt + 1);
        }
        if (row->codec == CODEC_RED) {
            stream->red_pt = row->pt;
        } else if (config->codec == CODEC_NONE) {
            config->codec = row->codec;
            memcpy(config->fmtp, row->fmtp, sizeof(config->fmtp));
            stream->pt = row->pt;
        }
    }
}

static int add_stream(struct ingress *ingress, size_t which, const struct terms_media *media)
{
    size_t count = media->rid_count ? media->rid_count : 1;
    struct track_config config = {.nack = media->nack, .drops = ingress->drops};
    struct ingress_stream all = {.ingress = ingress, .media = media};
    int err = 0;
    if (!media->present)
        return 0;
    map_codecs(ingress, which, &all, &config);
    if (!config.codec) {
        ingress->stream_of[all.red_pt] = PT_NONE; // RED without what is inside is of no use
        return 0;
    }
    for (size_t i = which; !err && i < which + count; i++) {
        struct ingress_stream *stream = &ingress->streams[i];
        *stream = all;
        if (media->rid_count)
            stream->rid = media->rids[i - which];
        err = track_alloc(&stream->track, &config, &ingress_upstream, stream);
        if (!err && which == INGRESS_VIDEO)
            picture_add(&ingress->picture, stream->track, stream->rid ? stream->rid : "");
    }
    return err;
}

int ingress_alloc(struct ingress **ingressp, const struct ingress_config *config)
{
    if (!ingressp || !config || !config->terms || !config->drops || !config->handlers.send_rtcp)
        return EINVAL;
    struct ingress *ingress = mem_zalloc(sizeof(*ingress));
    if (!ingress)
        return ENOMEM;
    const struct terms *terms = config->terms;
    ingress->drops = config->drops;
    ingress->handlers = config->handlers;
    ingress->arg = config->arg;
    ingress->own_ssrc = random_u32();
    ingress->due_us = INT64_MAX;
    random_text(ingress->cname, INGRESS_CNAME_LEN);
    ingress->twcc = terms->audio.twcc || terms->video.twcc;
    ingress->remb = !ingress->twcc && (terms->audio.remb || terms->video.remb);
    int err = terms_media_copy(&ingress->terms[0], &terms->audio);
    if (!err)
        err = terms_media_copy(&ingress->terms[1], &terms->video);
    if (!err)
        err = add_stream(ingress, 0, ingress->terms[0]);
    if (!err)
        err = add_stream(ingress, INGRESS_VIDEO, ingress->terms[1]);
    if (err)
        ingress_free(ingress);
    else
        *ingressp = ingress;
    return err;
}

void ingress_free(struct ingress *ingress)
{
    if (!ingress)
        return;
    for (size_t i = 0; i < INGRESS_STREAMS; i++)
        track_free(ingress->streams[i].track);
    for (size_t i = 0; i < 2; i++)
        mem_free(ingress->terms[i]);
    mem_free(ingress);
}

unsigned ingress_codec_changes(const struct ingress *ingress)
{
    return ingress->codec_changes;
}

struct track *ingress_audio(const struct ingress *ingress)
{
    return ingress->streams[0].track;
}

struct track *ingress_video(const struct ingress *ingress)
{
    return ingress->streams[INGRESS_VIDEO].track;
}
