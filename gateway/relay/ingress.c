#include "gateway/relay/ingress.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/feedback/arrival.h"
#include "gateway/packet/rtcp.h"
#include "gateway/relay/rtx.h"

#define REPORT_US  1000000LL // between two receiver reports (and REMBs)
#define SILENT_US  1000000LL // after this a stream's SSRC may be taken over by another one
#define REMB_BPS   3000000   // told to publishers that have REMB and no transport-wide feedback
#define REMB_FREE  50000000  // told to the others when they are held back no longer
#define REMB_AGAIN 3         // reports
#define RTCP_SPACE 1400
#define CNAME_LEN  12
#define STREAMS    (1 + LAYERS_ENCODINGS) // sound, and the pictures' encodings
#define VIDEO      1                      // the first of those
#define PT_NONE    0                      // marks in stream_of: stream number + 1
#define ROUNDS_MAX 8                      // RTCP packets for one transport-wide feedback

struct stream {
    struct ingress *ingress;
    const struct terms_media *media;
    const char *rid;     // of a simulcast; NULL: payload types tell
    struct track *track; // NULL: not in this publication
    bool pinned;         // ssrc is the stream's
    bool ended;          // BYE came for it
    uint32_t ssrc;
    int64_t heard_us;
    // The RTX stream that repairs it:
    bool repair_pinned;
    uint32_t repair_ssrc;
    int64_t repair_us;
    uint8_t pt; // of the codec the track has now
    uint8_t fir_seq;
};

struct ingress {
    struct terms terms;
    struct drops *drops;
    struct ingress_handlers handlers;
    void *arg;
    uint32_t own_ssrc;
    char cname[CNAME_LEN + 1];
    struct stream streams[STREAMS];
    struct picture picture;
    uint8_t stream_of[128]; // by payload type; of encodings the first
    uint8_t repairs[128];   // by payload type of RTX: what it repairs + 1
    bool twcc, remb;
    uint64_t cap, uncapped; // bit/s, 0: none; reports that still have to say so
    bool reporting;         // something came that can be reported on
    int64_t report_us;
    struct arrival arrival;
};

// --- RTCP to the publisher ----------------------------------------------------------------------

// Every compound packet begins with a report and our name (RFC 3550 section 6.1).
static struct writer compound(const struct ingress *ingress, uint8_t *data,
                              const struct rtcp_report *reports, size_t count)
{
    struct writer w = writer_of(data, RTCP_SPACE);
    (void)rtcp_write_rr(&w, ingress->own_ssrc, reports, count);
    (void)rtcp_write_cname(&w, ingress->own_ssrc, ingress->cname);
    return w;
}

static void send_compound(struct ingress *ingress, const struct writer *w)
{
    ingress->handlers.send_rtcp(ingress->arg, w->data, w->len);
}

static void send_nack(void *arg, const uint16_t *seqs, size_t count)
{
    struct stream *stream = arg;
    uint8_t data[RTCP_SPACE];
    struct writer w = compound(stream->ingress, data, NULL, 0);
    if (rtcp_write_nack(&w, stream->ingress->own_ssrc, stream->ssrc, seqs, count) == 0)
        send_compound(stream->ingress, &w);
}

static void send_keyframe_wish(void *arg)
{
    struct stream *stream = arg;
    struct ingress *ingress = stream->ingress;
    uint8_t data[RTCP_SPACE];
    struct writer w = compound(ingress, data, NULL, 0);
    struct rtcp_fir fir = {.ssrc = stream->ssrc};
    int err = ENOENT;
    if (stream->pinned && stream->media->pli) {
        err = rtcp_write_pli(&w, ingress->own_ssrc, stream->ssrc);
    } else if (stream->pinned && stream->media->fir) {
        fir.seq = stream->fir_seq++;
        err = rtcp_write_fir(&w, ingress->own_ssrc, &fir);
    }
    if (!err)
        send_compound(ingress, &w);
}

static uint32_t any_ssrc(const struct ingress *ingress)
{
    for (size_t i = VIDEO; i < STREAMS; i++)
        if (ingress->streams[i].pinned)
            return ingress->streams[i].ssrc;
    return ingress->streams[0].ssrc;
}

static void send_arrivals(struct ingress *ingress)
{
    uint8_t data[RTCP_SPACE];
    int err = EMSGSIZE;
    for (int round = 0; err && round < ROUNDS_MAX; round++) {
        struct writer w = compound(ingress, data, NULL, 0);
        err = arrival_write(&ingress->arrival, &w, ingress->own_ssrc, any_ssrc(ingress));
        send_compound(ingress, &w);
    }
}

static void send_report(struct ingress *ingress, int64_t now_us)
{
    uint8_t data[RTCP_SPACE];
    struct rtcp_report reports[STREAMS];
    uint32_t ssrcs[STREAMS];
    size_t count = 0;
    for (size_t i = 0; i < STREAMS; i++) {
        struct track *track = ingress->streams[i].track;
        if (track && track_report(track, now_us, &reports[count])) {
            ssrcs[count] = reports[count].ssrc;
            count++;
        }
    }
    struct writer w = compound(ingress, data, reports, count);
    uint64_t free = ingress->remb ? REMB_BPS : REMB_FREE;
    uint64_t bitrate = ingress->cap && ingress->cap < free ? ingress->cap : free;
    if ((ingress->remb || ingress->cap || ingress->uncapped) && count)
        (void)rtcp_write_remb(&w, ingress->own_ssrc, bitrate, ssrcs, count);
    ingress->uncapped -= ingress->uncapped > 0;
    send_compound(ingress, &w);
}

int64_t ingress_deadline(const struct ingress *ingress)
{
    int64_t deadline = ingress->reporting ? ingress->report_us : INT64_MAX;
    if (arrival_deadline(&ingress->arrival) < deadline)
        deadline = arrival_deadline(&ingress->arrival);
    for (size_t i = 0; i < STREAMS; i++) {
        const struct track *track = ingress->streams[i].track;
        if (track && track_deadline(track) < deadline)
            deadline = track_deadline(track);
    }
    return deadline;
}

void ingress_tick(struct ingress *ingress, int64_t now_us)
{
    for (size_t i = 0; i < STREAMS; i++)
        if (ingress->streams[i].track)
            track_tick(ingress->streams[i].track, now_us);
    if (now_us >= arrival_deadline(&ingress->arrival))
        send_arrivals(ingress);
    if (ingress->reporting && now_us >= ingress->report_us) {
        ingress->report_us = now_us + REPORT_US;
        send_report(ingress, now_us);
    }
}

void ingress_cap(struct ingress *ingress, uint64_t bitrate, int64_t now_us)
{
    if (ingress->cap && !bitrate)
        ingress->uncapped = REMB_AGAIN;
    ingress->cap = bitrate;
    if (ingress->reporting)
        ingress->report_us = now_us;
}

// --- RTP ----------------------------------------------------------------------------------------

// Another SSRC under a payload type of ours: a second stream nobody agreed on, or the first one
// begun anew. It takes over when the old one said BYE or fell silent.
static bool pin(struct stream *stream, uint32_t ssrc, int64_t now_us)
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
static bool pin_repair(struct stream *stream, uint32_t ssrc, int64_t now_us)
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
static void take_repair(struct stream *stream, struct packet *packet, uint8_t pt, int64_t now_us)
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
static void follow_codec(struct stream *stream, uint8_t pt, int64_t now_us)
{
    struct ingress *ingress = stream->ingress;
    const struct terms_codec *row = terms_by_pt(stream->media, pt);
    if (pt == stream->pt || !row || row->codec == CODEC_RED)
        return;
    for (size_t i = 0; i < STREAMS; i++) {
        struct stream *other = &ingress->streams[i];
        if (!other->track || other->media != stream->media || other->pt == pt ||
            (other != stream && track_active(other->track, now_us)))
            continue;
        other->pt = pt;
        track_set_codec(other->track, row->codec, row->fmtp, now_us);
    }
}

static void record_arrival(struct ingress *ingress, const struct packet *packet, int64_t now_us)
{
    size_t len;
    const uint8_t *number = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_TRANSPORT_CC, &len);
    if (ingress->twcc && number && len == 2)
        arrival_record(&ingress->arrival, get_u16(number),
                       packet->arrival_us < now_us ? packet->arrival_us : now_us);
}

static void take_media(struct stream *stream, struct packet *packet, int64_t now_us)
{
    struct ingress *ingress = stream->ingress;
    if (!pin(stream, packet->rtp.ssrc, now_us)) {
        drop(ingress->drops, DROP_SSRC);
        return;
    }
    follow_codec(stream, packet->rtp.pt, now_us);
    if (!ingress->reporting)
        ingress->report_us = now_us + REPORT_US;
    ingress->reporting = true;
    track_push(stream->track, packet, now_us);
}

// --- simulcast ----------------------------------------------------------------------------------

// RFC 8852: a stream says its name until it is known by its SSRC; one that repairs says whose.
static struct stream *by_name(struct ingress *ingress, const struct packet *packet)
{
    size_t len;
    const uint8_t *name = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_RRID, &len);
    if (!name)
        name = rtp_ext_get(&packet->ext, packet->data, RTP_EXT_RID, &len);
    for (size_t i = VIDEO; name && i < STREAMS; i++) {
        const char *rid = ingress->streams[i].rid;
        if (rid && slice_is((struct slice){(const char *)name, len}, rid))
            return &ingress->streams[i];
    }
    return NULL;
}

static struct stream *encoding_of(struct ingress *ingress, const struct packet *packet)
{
    uint32_t ssrc = packet->rtp.ssrc;
    for (size_t i = VIDEO; i < STREAMS; i++) {
        struct stream *stream = &ingress->streams[i];
        if ((stream->pinned && stream->ssrc == ssrc) ||
            (stream->repair_pinned && stream->repair_ssrc == ssrc))
            return stream;
    }
    struct stream *named = by_name(ingress, packet);
    for (size_t i = VIDEO; !named && i < STREAMS; i++) // or the offer told
        if (ingress->streams[i].pinned &&
            terms_rtx_ssrc(ingress->streams[i].media, ingress->streams[i].ssrc) == ssrc)
            named = &ingress->streams[i];
    return named;
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
    struct stream *stream = &ingress->streams[ingress->stream_of[pt] - 1];
    if (packet_parse(packet, &stream->media->ext) != 0) {
        drop(ingress->drops, DROP_RTP_MALFORMED);
        return;
    }
    record_arrival(ingress, packet, now_us);
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
    if (now_us >= ingress_deadline(ingress))
        ingress_tick(ingress, now_us);
}

// --- RTCP from the publisher --------------------------------------------------------------------

static struct stream *stream_by_ssrc(struct ingress *ingress, uint32_t ssrc)
{
    for (size_t i = 0; i < STREAMS; i++)
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
    struct stream *stream = stream_by_ssrc(ingress, sr.ssrc);
    if (stream)
        track_set_clock(stream->track, sr.ntp, sr.rtp_ts, now_us);
    return 0;
}

static bool all_ended(const struct ingress *ingress)
{
    size_t pinned = 0, ended = 0;
    for (size_t i = 0; i < STREAMS; i++) {
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
        struct stream *stream = stream_by_ssrc(ingress, ssrc);
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
static void map_codecs(struct ingress *ingress, size_t which, const struct terms_media *media,
                       struct track_config *config, uint8_t *pt)
{
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
            config->red_pt = row->pt;
        } else if (config->codec == CODEC_NONE) {
            config->codec = row->codec;
            memcpy(config->fmtp, row->fmtp, sizeof(config->fmtp));
            *pt = row->pt;
        }
    }
}

static int add_stream(struct ingress *ingress, size_t which, const struct terms_media *media)
{
    const struct track_upstream upstream = {.nack = send_nack, .keyframe = send_keyframe_wish};
    size_t count = media->rid_count ? media->rid_count : 1;
    struct track_config config = {.nack = media->nack, .drops = ingress->drops};
    uint8_t pt = 0;
    int err = 0;
    if (!media->present)
        return 0;
    map_codecs(ingress, which, media, &config, &pt);
    if (!config.codec) {
        ingress->stream_of[config.red_pt] = PT_NONE; // RED without what is inside is of no use
        return 0;
    }
    for (size_t i = which; !err && i < which + count; i++) {
        struct stream *stream = &ingress->streams[i];
        *stream = (struct stream){.ingress = ingress, .media = media, .pt = pt};
        if (media->rid_count)
            stream->rid = media->rids[i - which];
        err = track_alloc(&stream->track, &config, &upstream, stream);
        if (!err && which == VIDEO)
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
    const struct terms *terms = &ingress->terms;
    ingress->terms = *config->terms;
    ingress->drops = config->drops;
    ingress->handlers = config->handlers;
    ingress->arg = config->arg;
    ingress->own_ssrc = random_u32();
    random_text(ingress->cname, CNAME_LEN);
    ingress->twcc = terms->audio.twcc || terms->video.twcc;
    ingress->remb = !ingress->twcc && (terms->audio.remb || terms->video.remb);
    int err = add_stream(ingress, 0, &terms->audio);
    if (!err)
        err = add_stream(ingress, VIDEO, &terms->video);
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
    for (size_t i = 0; i < STREAMS; i++)
        track_free(ingress->streams[i].track);
    mem_free(ingress);
}

struct track *ingress_audio(const struct ingress *ingress)
{
    return ingress->streams[0].track;
}

struct track *ingress_video(const struct ingress *ingress)
{
    return ingress->streams[VIDEO].track;
}
