#include <inttypes.h>
#include <string.h>

#include "gateway/peer/answer_draft.h"

// A session id that differs from session to session, from what does already: FNV-1a of the ufrag.
static uint64_t session_id(const char *ufrag)
{
    uint64_t hash = 14695981039346656037u;
    for (; *ufrag; ufrag++)
        hash = (hash ^ (uint8_t)*ufrag) * 1099511628211u;
    return hash >> 2;
}

void answer_write_origin(const struct answer_local *local, struct writer *w)
{
    writer_printf(w, "v=0\r\no=- %" PRIu64 " 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
                  session_id(local->ufrag));
}

static void write_session(const struct answer_draft *draft, struct writer *w)
{
    answer_write_origin(draft->local, w);
    if (draft->bundle) {
        writer_text(w, "a=group:BUNDLE");
        for (unsigned i = 0; i < draft->bundle->count; i++)
            writer_printf(w, " %.*s", SLICE_ARG(draft->bundle->mids[i]));
        writer_text(w, "\r\n");
    }
    if (!draft->local->full_ice)
        writer_text(w, "a=ice-lite\r\n");
}

// --- candidates ---------------------------------------------------------------------------------

// RFC 8445 section 5.1.2.1 and RFC 6544 section 4.2: UDP before TCP, IPv6 before IPv4, then the
// order given.
static uint32_t priority(const struct answer_candidate *candidate, size_t i)
{
    bool v6 = strchr(candidate->host, ':') != NULL;
    uint32_t type = candidate->tcp ? 90 : 126;
    uint32_t local = (v6 ? 65535u : 32767u) - (uint32_t)(i % 1024);
    if (candidate->tcp) // direction preference 4 of a passive host, 13 bits for the rest
        local = 4u << 13 | ((v6 ? 8191u : 4095u) - (uint32_t)(i % 1024));
    return type << 24 | local << 8 | 255;
}

void answer_write_candidates(const struct answer_local *local, struct writer *w)
{
    if (local->candidate_lines)
        writer_text(w, local->candidate_lines);
    for (size_t i = 0; i < local->candidate_count; i++) {
        const struct answer_candidate *candidate = &local->candidates[i];
        writer_printf(w, "a=candidate:%zu 1 %s %" PRIu32 " %s %u typ host%s\r\n", i + 1,
                      candidate->tcp ? "tcp" : "udp", priority(candidate, i), candidate->host,
                      candidate->port, candidate->tcp ? " tcptype passive" : "");
    }
    writer_text(w, "a=end-of-candidates\r\n");
}

static void write_transport(const struct answer_draft *draft, const struct sdp_media *media,
                            struct writer *w)
{
    const struct answer_local *local = draft->local;
    writer_printf(w, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", local->ufrag, local->pwd);
    writer_printf(w, "a=fingerprint:sha-256 %s\r\na=setup:passive\r\n", local->fingerprint);
    if (media == draft->tagged)
        answer_write_candidates(local, w);
}

// --- codecs and extensions ----------------------------------------------------------------------

void answer_write_feedback(uint8_t pt, uint32_t feedback, struct writer *w)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        {SDP_FB_NACK, "nack"},           {SDP_FB_NACK_PLI, "nack pli"},
        {SDP_FB_CCM_FIR, "ccm fir"},     {SDP_FB_TRANSPORT_CC, "transport-cc"},
        {SDP_FB_GOOG_REMB, "goog-remb"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (feedback & names[i].bit)
            writer_printf(w, "a=rtcp-fb:%u %s\r\n", pt, names[i].name);
}

static void write_codec(const struct answer_draft *draft, const struct sdp_media *media,
                        const struct terms_codec *row, struct writer *w)
{
    const struct codec_info *info = codec_info(row->codec);
    writer_printf(w, "a=rtpmap:%u %s/%" PRIu32, row->pt, info->name, info->clock);
    if (info->channels > 1)
        writer_printf(w, "/%u", info->channels);
    writer_text(w, "\r\n");
    if (row->fmtp[0])
        writer_printf(w, "a=fmtp:%u %s\r\n", row->pt, row->fmtp);
    const struct sdp_format *format = sdp_find_format(media, row->pt);
    answer_write_feedback(row->pt, answer_feedback(draft, media, format), w);
    if (row->rtx_pt)
        writer_printf(w, "a=rtpmap:%u rtx/%" PRIu32 "\r\na=fmtp:%u apt=%u\r\n", row->rtx_pt,
                      info->clock, row->rtx_pt, row->pt);
}

static void write_extensions(const struct answer_draft *draft, const struct sdp_media *media,
                             struct writer *w)
{
    const struct terms_media *terms = answer_terms(draft, media);
    const char *direction = draft->role == ANSWER_RECEIVE ? "/recvonly" : "/sendonly";
    if (media->extmap_allow_mixed)
        writer_text(w, "a=extmap-allow-mixed\r\n");
    for (unsigned i = 0; i < media->extmap_count; i++) {
        const struct sdp_extmap *extmap = &media->extmaps[i];
        enum rtp_ext kind = rtp_ext_find(extmap->uri);
        if (kind == RTP_EXT_COUNT || rtp_ext_map_id(&terms->ext, kind) != extmap->id)
            continue;
        writer_printf(w, "a=extmap:%u%s %.*s\r\n", extmap->id,
                      extmap->has_direction ? direction : "", SLICE_ARG(extmap->uri));
    }
}

// --- m-lines ------------------------------------------------------------------------------------

void answer_write_source(const struct answer_local *local, bool video, bool rtx, struct writer *w)
{
    uint32_t ssrc = video ? local->video_ssrc : local->audio_ssrc;
    writer_printf(w, "a=msid:%s %s\r\n", local->cname, video ? "video" : "audio");
    if (rtx)
        writer_printf(w, "a=ssrc-group:FID %" PRIu32 " %" PRIu32 "\r\n", ssrc,
                      local->video_rtx_ssrc);
    writer_printf(w, "a=ssrc:%" PRIu32 " cname:%s\r\n", ssrc, local->cname);
    if (rtx)
        writer_printf(w, "a=ssrc:%" PRIu32 " cname:%s\r\n", local->video_rtx_ssrc, local->cname);
}

static void write_media(const struct answer_draft *draft, const struct sdp_media *media,
                        struct writer *w)
{
    const struct terms_media *terms = answer_terms(draft, media);
    bool receive = draft->role == ANSWER_RECEIVE;
    writer_printf(w, "m=%.*s 9 %.*s", SLICE_ARG(media->type), SLICE_ARG(media->protocol_text));
    for (size_t i = 0; i < terms->codec_count; i++) {
        writer_printf(w, " %u", terms->codecs[i].pt);
        if (terms->codecs[i].rtx_pt)
            writer_printf(w, " %u", terms->codecs[i].rtx_pt);
    }
    writer_text(w, "\r\nc=IN IP4 0.0.0.0\r\n");
    if (terms->mid[0])
        writer_printf(w, "a=mid:%s\r\n", terms->mid);
    writer_printf(w, "a=%s\r\na=rtcp-mux\r\n", receive ? "recvonly" : "sendonly");
    if (media->rtcp_rsize)
        writer_text(w, "a=rtcp-rsize\r\n");
    write_transport(draft, media, w);
    write_extensions(draft, media, w);
    for (size_t i = 0; i < terms->codec_count; i++)
        write_codec(draft, media, &terms->codecs[i], w);
    answer_write_simulcast(draft, media, w);
    if (!receive)
        answer_write_source(draft->local, media->kind == MEDIA_VIDEO, terms_have_rtx(terms), w);
}

void answer_write(const struct answer_draft *draft, struct writer *w)
{
    write_session(draft, w);
    for (unsigned i = 0; i < draft->offer->media_count; i++)
        write_media(draft, &draft->offer->media[i], w);
}
