#include <errno.h>
#include <string.h>

#include "gateway/peer/answer_draft.h"

// --- codecs -------------------------------------------------------------------------------------

// The packetization modes whose payload the gateway can look into, RFC 6184 section 5.2.
static bool h264_readable(struct slice fmtp)
{
    struct slice mode;
    return !sdp_fmtp_get(fmtp, "packetization-mode", &mode) || slice_is(mode, "0") ||
           slice_is(mode, "1");
}

// Redundant audio is taken when what it repeats is ours: fmtp "111/111".
static bool red_readable(const struct terms_media *terms, struct slice fmtp)
{
    uint64_t pt;
    struct slice first = slice_cut(&fmtp, '/');
    if (slice_number(slice_trim(first), 0, 127, &pt) != 0)
        return false;
    const struct terms_codec *row = terms_by_pt(terms, (uint8_t)pt);
    return row && row->codec == CODEC_OPUS;
}

static bool readable(const struct terms_media *terms, const struct sdp_format *format)
{
    switch (format->codec) {
    case CODEC_OPUS:
    case CODEC_VP8:
    case CODEC_VP9:
    case CODEC_AV1:
        return true;
    case CODEC_H264:
        return h264_readable(format->fmtp);
    case CODEC_RED:
        return red_readable(terms, format->fmtp);
    default:
        return false;
    }
}

static void add_codec(struct terms_media *terms, const struct sdp_format *format)
{
    struct terms_codec *row = &terms->codecs[terms->codec_count];
    if (terms->codec_count == TERMS_CODECS_MAX ||
        slice_copy(row->fmtp, sizeof(row->fmtp), format->fmtp) != 0 ||
        !terms_usable(format->codec, row->fmtp))
        return;
    row->codec = format->codec;
    row->pt = format->pt;
    terms->codec_count++;
}

// In the offerer's order, but RED behind what it repeats. A payload type that audio took already is
// not taken again: packets of a bundle are told apart by it.
static void agree_codecs(struct answer_draft *draft, const struct sdp_media *media)
{
    struct terms_media *terms = answer_terms(draft, media);
    for (int red = 0; red < 2; red++)
        for (unsigned i = 0; i < media->format_count; i++) {
            const struct sdp_format *format = &media->formats[i];
            bool of_kind = codec_info(format->codec)->kind == media->kind;
            bool taken = terms_by_pt(&draft->terms->audio, format->pt) ||
                         terms_by_pt(&draft->terms->video, format->pt);
            if (of_kind && !taken && (format->codec == CODEC_RED) == red && readable(terms, format))
                add_codec(terms, format);
        }
}

// --- retransmission -----------------------------------------------------------------------------

// Another payload type that already means something.
static bool is_taken(const struct answer_draft *draft, uint8_t pt)
{
    const struct terms_media *both[] = {&draft->terms->audio, &draft->terms->video};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < both[i]->codec_count; k++)
            if (both[i]->codecs[k].pt == pt || both[i]->codecs[k].rtx_pt == pt)
                return true;
    return false;
}

// What is repaired must be asked for by NACK. The first RTX of a codec counts.
static bool repairs(const struct sdp_media *media, const struct terms_codec *row,
                    const struct sdp_format *rtx)
{
    return rtx->codec == CODEC_RTX && rtx->has_apt && rtx->apt == row->pt && !row->rtx_pt &&
           rtx->pt != 0 && rtx->clock == codec_info(row->codec)->clock &&
           (sdp_find_format(media, row->pt)->feedback & SDP_FB_NACK);
}

// RFC 4588 section 8.1 for video. After all codecs: they come first where payload types collide.
static void agree_rtx(struct answer_draft *draft, const struct sdp_media *media)
{
    struct terms_media *terms = answer_terms(draft, media);
    for (size_t i = 0; media->kind == MEDIA_VIDEO && i < terms->codec_count; i++)
        for (unsigned k = 0; k < media->format_count; k++)
            if (repairs(media, &terms->codecs[i], &media->formats[k]) &&
                !is_taken(draft, media->formats[k].pt))
                terms->codecs[i].rtx_pt = media->formats[k].pt;
}

static void note_fids(struct answer_draft *draft, const struct sdp_media *media)
{
    struct terms_media *terms = answer_terms(draft, media);
    for (unsigned i = 0; i < media->ssrc_group_count && terms->fid_count < TERMS_FIDS_MAX; i++) {
        const struct sdp_ssrc_group *group = &media->ssrc_groups[i];
        if (slice_is(group->semantics, "FID") && group->count == 2)
            terms->fids[terms->fid_count++] = (struct terms_fid){.ssrc = group->ssrcs[0],
                                                                 .rtx_ssrc = group->ssrcs[1]};
    }
}

// --- header extensions --------------------------------------------------------------------------

#define AUDIO   1u
#define VIDEO   2u
#define RECEIVE 4u
#define SEND    8u

// For which media and which role an extension is of use. RIDs tell the streams of a simulcast apart
// and are left out without one: a publisher then sends one stream. MID is not sent: payload types
// and SSRCs tell all.
static const unsigned USES[RTP_EXT_COUNT] = {
    [RTP_EXT_MID] = AUDIO | VIDEO | RECEIVE,
    [RTP_EXT_RID] = VIDEO | RECEIVE,
    [RTP_EXT_RRID] = VIDEO | RECEIVE,
    [RTP_EXT_ABS_SEND_TIME] = AUDIO | VIDEO | RECEIVE,
    [RTP_EXT_TRANSPORT_CC] = AUDIO | VIDEO | RECEIVE | SEND,
    [RTP_EXT_AUDIO_LEVEL] = AUDIO | RECEIVE | SEND,
    [RTP_EXT_VIDEO_ORIENTATION] = VIDEO | RECEIVE | SEND,
    [RTP_EXT_PLAYOUT_DELAY] = VIDEO | RECEIVE | SEND,
    [RTP_EXT_ABS_CAPTURE_TIME] = AUDIO | VIDEO | RECEIVE | SEND,
    [RTP_EXT_DEPENDENCY_DESCRIPTOR] = VIDEO | RECEIVE | SEND,
};

static bool any_feedback(const struct answer_draft *draft, const struct sdp_media *media,
                         uint32_t bit)
{
    const struct terms_media *terms = answer_terms(draft, media);
    for (size_t i = 0; i < terms->codec_count; i++)
        if (sdp_find_format(media, terms->codecs[i].pt)->feedback & bit)
            return true;
    return false;
}

// A transport-wide number differs each time a packet is sent. So nothing may be sent again under
// the number it had (one nonce of the cipher for two texts): what can be asked for must go by RTX.
static bool countable(const struct answer_draft *draft, const struct sdp_media *media)
{
    const struct terms_media *terms = answer_terms(draft, media);
    for (size_t i = 0; i < terms->codec_count; i++) {
        const struct terms_codec *row = &terms->codecs[i];
        if (!row->rtx_pt && (sdp_find_format(media, row->pt)->feedback & SDP_FB_NACK))
            return false;
    }
    return true;
}

// Without extmap-allow-mixed every packet of ours must have the short form: ids up to 14, 16 bytes.
static bool sendable(const struct sdp_media *media, const struct sdp_extmap *extmap,
                     enum rtp_ext kind)
{
    if (kind == RTP_EXT_TRANSPORT_CC)
        return extmap->id <= 14; // the one-byte form
    return media->extmap_allow_mixed || (extmap->id <= 14 && kind != RTP_EXT_DEPENDENCY_DESCRIPTOR);
}

static bool wanted(const struct answer_draft *draft, const struct sdp_media *media,
                   const struct sdp_extmap *extmap)
{
    enum rtp_ext kind = rtp_ext_find(extmap->uri);
    bool receive = draft->role == ANSWER_RECEIVE;
    unsigned need = (media->kind == MEDIA_VIDEO ? VIDEO : AUDIO) | (receive ? RECEIVE : SEND);
    enum sdp_direction direction = receive ? SDP_SENDONLY : SDP_RECVONLY; // as the offerer says it
    if (kind == RTP_EXT_COUNT || (USES[kind] & need) != need)
        return false;
    if ((kind == RTP_EXT_RID || kind == RTP_EXT_RRID) && !answer_terms(draft, media)->rid_count)
        return false;
    if (extmap->has_direction && !(extmap->direction & direction))
        return false;
    if (kind == RTP_EXT_TRANSPORT_CC && (!any_feedback(draft, media, SDP_FB_TRANSPORT_CC) ||
                                         (!receive && !countable(draft, media))))
        return false;
    return receive || sendable(media, extmap, kind);
}

// An id with two meanings in the bundle keeps the first: some clients offer that.
static void agree_extensions(struct answer_draft *draft, const struct sdp_media *media,
                             struct slice *meanings)
{
    struct terms_media *terms = answer_terms(draft, media);
    for (unsigned i = 0; i < media->extmap_count; i++) {
        const struct sdp_extmap *extmap = &media->extmaps[i];
        if (extmap->id < 1 || extmap->id > 255)
            continue;
        struct slice *meaning = &meanings[extmap->id];
        if (!meaning->p)
            *meaning = extmap->uri;
        if (slice_equal(*meaning, extmap->uri) && wanted(draft, media, extmap))
            (void)rtp_ext_map_set(&terms->ext, extmap->id, rtp_ext_find(extmap->uri));
    }
}

// --- feedback -----------------------------------------------------------------------------------

uint32_t answer_feedback(const struct answer_draft *draft, const struct sdp_media *media,
                         const struct sdp_format *format)
{
    const struct terms_media *terms = answer_terms(draft, media);
    uint32_t allowed = SDP_FB_NACK | SDP_FB_NACK_PLI | SDP_FB_CCM_FIR;
    if (rtp_ext_map_id(&terms->ext, RTP_EXT_TRANSPORT_CC))
        allowed |= SDP_FB_TRANSPORT_CC;
    else if (draft->role == ANSWER_RECEIVE)
        allowed |= SDP_FB_GOOG_REMB;
    return format->feedback & allowed;
}

static void agree_feedback(struct answer_draft *draft, const struct sdp_media *media)
{
    struct terms_media *terms = answer_terms(draft, media);
    uint32_t all = 0;
    for (size_t i = 0; i < terms->codec_count; i++)
        all |= answer_feedback(draft, media, sdp_find_format(media, terms->codecs[i].pt));
    terms->nack = all & SDP_FB_NACK;
    terms->pli = all & SDP_FB_NACK_PLI;
    terms->fir = all & SDP_FB_CCM_FIR;
    terms->twcc = all & SDP_FB_TRANSPORT_CC;
    terms->remb = all & SDP_FB_GOOG_REMB;
}

int answer_agree(struct answer_draft *draft)
{
    struct slice meanings[256] = {0};
    for (unsigned i = 0; i < draft->offer->media_count; i++) {
        const struct sdp_media *media = &draft->offer->media[i];
        bool video = media->kind == MEDIA_VIDEO;
        agree_codecs(draft, media);
        if (answer_terms(draft, media)->codec_count == 0)
            return answer_counter(draft, video ? "m=video" : "m=audio",
                                  video ? "None of VP8, VP9, H264 and AV1 is offered."
                                        : "Opus (opus/48000/2) is not offered.");
    }
    for (unsigned i = 0; i < draft->offer->media_count; i++) {
        const struct sdp_media *media = &draft->offer->media[i];
        agree_rtx(draft, media);
        answer_simulcast(draft, media);
        agree_extensions(draft, media, meanings);
        agree_feedback(draft, media);
        note_fids(draft, media);
    }
    return 0;
}
