#include "gateway/peer/offer.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/peer/answer_draft.h"

// --- what is offered ----------------------------------------------------------------------------

struct offer_codec {
    enum codec codec;
    uint8_t pt, rtx_pt; // 0: no RTX
    const char *fmtp;
};

// In the order of preference. The payload types are the ones browsers use.
static const struct offer_codec CODECS[] = {
    {CODEC_OPUS, 111, 0, "minptime=10;useinbandfec=1"},
    {CODEC_RED, 63, 0, "111/111"},
    {CODEC_VP8, 96, 97, NULL},
    {CODEC_H264, 102, 103,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    {CODEC_H264, 104, 105,
     "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"},
    {CODEC_H264, 106, 107,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f"},
    {CODEC_VP9, 98, 99, "profile-id=0"},
    {CODEC_AV1, 45, 46, "level-idx=5;profile=0;tier=0"},
};
#define CODEC_ROWS (sizeof(CODECS) / sizeof(CODECS[0]))

#define AUDIO   1u
#define VIDEO   2u
#define RECEIVE 4u

static const struct {
    uint8_t id;
    enum rtp_ext kind;
    unsigned use; // RECEIVE: only for what we receive
} EXTENSIONS[] = {
    {1, RTP_EXT_AUDIO_LEVEL, AUDIO},
    {2, RTP_EXT_ABS_SEND_TIME, AUDIO | VIDEO | RECEIVE},
    {3, RTP_EXT_TRANSPORT_CC, AUDIO | VIDEO},
    {4, RTP_EXT_MID, AUDIO | VIDEO}, // must be offered in a bundle: RFC 9143 section 9.1
    {5, RTP_EXT_PLAYOUT_DELAY, VIDEO},
    {6, RTP_EXT_ABS_CAPTURE_TIME, AUDIO | VIDEO},
    {13, RTP_EXT_VIDEO_ORIENTATION, VIDEO},
    {12, RTP_EXT_DEPENDENCY_DESCRIPTOR, VIDEO},
};

static enum media_kind kind_of(const struct offer_codec *row)
{
    return codec_info(row->codec)->kind;
}

static bool is_offered(const struct offer_config *config, const struct offer_codec *row)
{
    bool kind = kind_of(row) == MEDIA_VIDEO ? config->video : config->audio;
    uint32_t need = 1u << row->codec;
    if (row->codec == CODEC_RED)
        need |= 1u << CODEC_OPUS;
    return kind && (!config->codecs || (config->codecs & need) == need);
}

static uint8_t rtx_of(const struct offer_config *config, const struct offer_codec *row)
{
    bool sends = config->role == ANSWER_SEND;
    return sends && !config->local.video_rtx_ssrc ? 0 : row->rtx_pt;
}

static bool has_kind(const struct offer_config *config, enum media_kind kind)
{
    for (size_t i = 0; i < CODEC_ROWS; i++)
        if (kind_of(&CODECS[i]) == kind && is_offered(config, &CODECS[i]))
            return true;
    return false;
}

// The m-lines of the offer; how many.
static unsigned lines(const struct offer_config *config, enum media_kind kinds[2])
{
    unsigned count = 0;
    if (has_kind(config, MEDIA_AUDIO))
        kinds[count++] = MEDIA_AUDIO;
    if (has_kind(config, MEDIA_VIDEO))
        kinds[count++] = MEDIA_VIDEO;
    return count;
}

// --- writing ------------------------------------------------------------------------------------

static void write_codec(const struct offer_config *config, const struct offer_codec *row,
                        struct writer *w)
{
    const struct codec_info *info = codec_info(row->codec);
    uint32_t feedback = SDP_FB_TRANSPORT_CC;
    uint8_t rtx = rtx_of(config, row);
    if (info->kind == MEDIA_VIDEO)
        feedback |= SDP_FB_NACK | SDP_FB_NACK_PLI | SDP_FB_CCM_FIR;
    if (info->kind == MEDIA_VIDEO && config->role == ANSWER_RECEIVE)
        feedback |= SDP_FB_GOOG_REMB;
    writer_printf(w, "a=rtpmap:%u %s/%" PRIu32, row->pt, info->name, info->clock);
    writer_text(w, info->channels > 1 ? "/2\r\n" : "\r\n");
    if (row->fmtp)
        writer_printf(w, "a=fmtp:%u %s\r\n", row->pt, row->fmtp);
    if (row->codec != CODEC_RED)
        answer_write_feedback(row->pt, feedback, w);
    if (rtx)
        writer_printf(w, "a=rtpmap:%u rtx/%" PRIu32 "\r\na=fmtp:%u apt=%u\r\n", rtx, info->clock,
                      rtx, row->pt);
}

static void write_formats(const struct offer_config *config, enum media_kind kind, struct writer *w)
{
    for (size_t i = 0; i < CODEC_ROWS; i++) {
        const struct offer_codec *row = &CODECS[i];
        if (kind_of(row) != kind || !is_offered(config, row))
            continue;
        writer_printf(w, " %u", row->pt);
        if (rtx_of(config, row))
            writer_printf(w, " %u", rtx_of(config, row));
    }
}

static void write_extensions(const struct offer_config *config, enum media_kind kind,
                             struct writer *w)
{
    unsigned need = kind == MEDIA_VIDEO ? VIDEO : AUDIO;
    for (size_t i = 0; i < sizeof(EXTENSIONS) / sizeof(EXTENSIONS[0]); i++) {
        bool only_received = EXTENSIONS[i].use & RECEIVE;
        if ((EXTENSIONS[i].use & need) && (!only_received || config->role == ANSWER_RECEIVE))
            writer_printf(w, "a=extmap:%u %s\r\n", EXTENSIONS[i].id,
                          rtp_ext_uri(EXTENSIONS[i].kind));
    }
}

// The transport of the first m-line counts for the bundle; the others repeat what is no candidate.
static void write_transport(const struct offer_config *config, unsigned mid, struct writer *w)
{
    const struct answer_local *local = &config->local;
    writer_printf(w, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", local->ufrag, local->pwd);
    writer_printf(w, "a=fingerprint:sha-256 %s\r\na=setup:actpass\r\n", local->fingerprint);
    writer_text(w, "a=rtcp-mux\r\na=rtcp-mux-only\r\na=rtcp-rsize\r\n");
    if (mid > 0)
        return;
    answer_write_candidates(local, w);
}

static void write_media(const struct offer_config *config, enum media_kind kind, unsigned mid,
                        struct writer *w)
{
    bool video = kind == MEDIA_VIDEO;
    writer_printf(w, "m=%s 9 UDP/TLS/RTP/SAVPF", video ? "video" : "audio");
    write_formats(config, kind, w);
    writer_printf(w, "\r\nc=IN IP4 0.0.0.0\r\na=mid:%u\r\na=%s\r\n", mid,
                  config->role == ANSWER_SEND ? "sendonly" : "recvonly");
    write_transport(config, mid, w);
    write_extensions(config, kind, w);
    for (size_t i = 0; i < CODEC_ROWS; i++)
        if (kind_of(&CODECS[i]) == kind && is_offered(config, &CODECS[i]))
            write_codec(config, &CODECS[i], w);
    if (config->role == ANSWER_SEND)
        answer_write_source(&config->local, video, video && config->local.video_rtx_ssrc, w);
}

int offer_write(char *out, size_t cap, size_t *len, const struct offer_config *config)
{
    struct writer w = writer_of(out, cap);
    enum media_kind kinds[2];
    unsigned count = lines(config, kinds);
    if (count == 0)
        return EINVAL;
    answer_write_origin(&config->local, &w);
    writer_text(&w, count == 2 ? "a=group:BUNDLE 0 1\r\n" : "a=group:BUNDLE 0\r\n");
    if (!config->local.full_ice)
        writer_text(&w, "a=ice-lite\r\n");
    writer_text(&w, "a=extmap-allow-mixed\r\n");
    for (unsigned mid = 0; mid < count; mid++)
        write_media(config, kinds[mid], mid, &w);
    if (!writer_string(&w))
        return EMSGSIZE;
    *len = w.len;
    return 0;
}

// --- concluding ---------------------------------------------------------------------------------

static int check_lines(struct answer_draft *draft, const struct offer_config *config)
{
    static const char *const mids[] = {"0", "1"};
    enum media_kind kinds[2];
    unsigned count = lines(config, kinds);
    if (draft->offer->media_count != count)
        return answer_refuse(draft, 400, "m=", "The answer needs the m-lines of the offer.");
    for (unsigned i = 0; i < count; i++) {
        const struct sdp_media *media = &draft->offer->media[i];
        if (media->kind != kinds[i])
            return answer_refuse(draft, 400, "m=", "The m-lines are not in the offer's order.");
        if (!slice_is(media->mid, mids[i]))
            return answer_refuse(draft, 400, "a=mid", "It must be the mid of the offer's m-line.");
        if (media->port == 0)
            return answer_refuse(draft, 422, kinds[i] == MEDIA_VIDEO ? "m=video" : "m=audio",
                                 "The m-line was refused; nothing is sent in part.");
    }
    return 0;
}

static int check_transport(struct answer_draft *draft, const struct offer_config *config)
{
    enum sdp_setup setup = draft->tagged->ice.setup;
    if (draft->offer->ice_lite && !config->local.full_ice)
        return answer_refuse(draft, 422, "a=ice-lite", "Two ICE-lite ends never find each other.");
    if (setup == SDP_SETUP_PASSIVE && config->dtls_active)
        draft->terms->dtls_active = true;
    else if (setup == SDP_SETUP_PASSIVE)
        return answer_refuse(draft, 422, "a=setup", "It must be active: this end is passive.");
    else if (setup != SDP_SETUP_ACTIVE)
        return answer_refuse(draft, 400, "a=setup", "An answer says active or passive.");
    return answer_credentials(draft);
}

static const struct offer_codec *offered_as(const struct offer_config *config, uint8_t pt)
{
    for (size_t i = 0; i < CODEC_ROWS; i++)
        if (CODECS[i].pt == pt && is_offered(config, &CODECS[i]))
            return &CODECS[i];
    return NULL;
}

// Leaves what was offered under the same payload type.
static void keep_offered(struct terms_media *media, const struct offer_config *config)
{
    size_t kept = 0;
    for (size_t i = 0; i < media->codec_count; i++) {
        struct terms_codec row = media->codecs[i];
        const struct offer_codec *ours = offered_as(config, row.pt);
        if (!ours || ours->codec != row.codec)
            continue;
        if (row.rtx_pt != rtx_of(config, ours))
            row.rtx_pt = 0;
        media->codecs[kept++] = row;
    }
    media->codec_count = kept;
}

static int check_codecs(struct answer_draft *draft, const struct offer_config *config)
{
    struct terms *terms = draft->terms;
    keep_offered(&terms->audio, config);
    keep_offered(&terms->video, config);
    if (terms->audio.present && terms->audio.codec_count == 0)
        return answer_refuse(draft, 422, "m=audio", "None of the offered codecs is left.");
    if (terms->video.present && terms->video.codec_count == 0)
        return answer_refuse(draft, 422, "m=video", "None of the offered codecs is left.");
    return 0;
}

int offer_conclude(struct terms *terms, const struct sdp *answer, const struct offer_config *config,
                   struct answer_refusal *refusal)
{
    struct answer_draft draft = {.offer = answer,
                                 .role = config->role,
                                 .local = &config->local,
                                 .terms = terms,
                                 .refusal = refusal};
    memset(terms, 0, sizeof(*terms));
    memset(refusal, 0, sizeof(*refusal));
    int err = check_lines(&draft, config);
    if (!err)
        err = answer_check(&draft);
    if (!err)
        err = check_transport(&draft, config);
    if (!err)
        err = answer_agree(&draft);
    return err ? err : check_codecs(&draft, config);
}
