#include "gateway/packet/sdp.h"
#include "gateway/peer/restart.h"

#include <errno.h>

#include "tests/fuzz/support/input.h"

// A description: every slice lies inside the text. As an offer it is answered or refused with the
// field at fault, and an answer can be read again.

#define ANSWER_MAX 65536

static const char *begin, *end;

static void inside(struct slice s)
{
    check(!s.p || (s.p >= begin && s.p <= end && s.len <= (size_t)(end - s.p)));
}

static void check_streams(const struct sdp_media *m)
{
    struct slice list = m->simulcast_send;
    struct slice rid;
    bool paused;
    check(m->rid_count <= SDP_RIDS_MAX && m->ssrc_count <= SDP_SSRCS_MAX);
    check(m->msid_count <= SDP_MSIDS_MAX && m->ssrc_group_count <= SDP_SSRC_GROUPS_MAX);
    while (sdp_simulcast_next(&list, &rid, &paused))
        inside(rid);
    for (unsigned i = 0; i < m->rid_count; i++)
        inside(m->rids[i].params);
    for (unsigned i = 0; i < m->ssrc_count; i++)
        inside(m->ssrcs[i].cname);
    for (unsigned i = 0; i < m->msid_count; i++)
        inside(m->msids[i].track);
}

static void check_media(const struct sdp_media *m)
{
    check(m->format_count <= SDP_FORMATS_MAX && m->extmap_count <= SDP_EXTMAPS_MAX);
    check(m->candidate_count <= SDP_CANDIDATES_MAX);
    check(m->ice.fingerprint_count <= SDP_FINGERPRINTS_MAX);
    for (unsigned i = 0; i < m->format_count; i++) {
        struct slice value = {0};
        inside(m->formats[i].fmtp);
        check(m->formats[i].codec < CODEC_COUNT);
        if (sdp_fmtp_get(m->formats[i].fmtp, "profile-level-id", &value))
            inside(value);
    }
    for (unsigned i = 0; i < m->extmap_count; i++)
        inside(m->extmaps[i].uri);
    for (unsigned i = 0; i < m->candidate_count; i++)
        inside(m->candidates[i].address);
    inside(m->mid);
    inside(m->ice.ufrag);
    inside(m->ice.pwd);
    check_streams(m);
}

static void check_error(int err, const struct sdp_error *error)
{
    check(err == EBADMSG || err == EMSGSIZE);
    check(error->text[0] && memchr(error->text, 0, sizeof(error->text)));
    check(memchr(error->attribute, 0, sizeof(error->attribute)) != NULL);
}

static const struct answer_candidate candidates[] = {{"192.0.2.1", 5000, false},
                                                     {"2001:db8::1", 5000, true}};
static const struct answer_local local = {
    .ufrag = "ourufrag",
    .pwd = "ourpasswordourpassword12",
    .fingerprint = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"
                   "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F",
    .candidates = candidates,
    .candidate_count = 2,
    .audio_ssrc = 11,
    .video_ssrc = 22,
    .video_rtx_ssrc = 33,
    .cname = "fuzz",
};

static void check_terms(const struct terms *terms)
{
    const struct terms_media *video = &terms->video;
    check(terms->audio.present || video->present);
    check(terms->audio.codec_count <= TERMS_CODECS_MAX && video->codec_count <= TERMS_CODECS_MAX);
    for (size_t i = 0; i < video->codec_count; i++) {
        const struct terms_codec *codec = &video->codecs[i];
        check(terms_by_pt(video, codec->pt) == codec);
        check(terms_match(video, codec->codec, codec->fmtp) != NULL);
        check(!codec->rtx_pt || terms_have_rtx(video));
    }
    for (size_t i = 0; i < video->fid_count; i++)
        check(terms_rtx_ssrc(video, video->fids[i].ssrc) != 0 || !video->fids[i].rtx_ssrc);
}

// The fragment that answers an ICE restart of this session.
static void check_restart(const struct terms *terms)
{
    static struct sdp_frag frag;
    struct restart_lines lines;
    struct sdp_error error;
    char text[2048];
    restart_lines_set(&lines, terms);
    check(restart_write(&lines, &local, text, sizeof(text)) == 0);
    check(sdp_frag_parse(&frag, text, strlen(text), &error) == 0);
    check(slice_is(frag.ufrag, local.ufrag) && slice_is(frag.pwd, local.pwd));
}

static void check_answer(const struct sdp *offer, enum answer_role role, size_t cap)
{
    static char text[ANSWER_MAX];
    static struct sdp again;
    static struct terms terms;
    struct answer_refusal refusal = {0};
    struct sdp_error error;
    int err = answer_make(offer, role, &local, text, cap, &terms, &refusal);
    check(err == 0 || err == EBADMSG || err == EPROTO || err == EMSGSIZE);
    if (err == EBADMSG || err == EPROTO)
        check((refusal.status == 400 || refusal.status == 422) && refusal.detail[0]);
    if (err)
        return;
    check(strlen(text) < cap && sdp_parse(&again, text, strlen(text), &error) == 0);
    check(again.media_count == offer->media_count);
    check_terms(&terms);
    check_restart(&terms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sdp sdp;
    struct sdp_error error;
    begin = (const char *)data;
    end = begin + size;
    memset(&error, 0x7F, sizeof(error));
    int err = sdp_parse(&sdp, begin, size, &error);
    if (err) {
        check_error(err, &error);
        return 0;
    }
    for (unsigned i = 0; i < sdp.media_count; i++)
        check_media(&sdp.media[i]);
    check_answer(&sdp, ANSWER_RECEIVE, ANSWER_MAX);
    check_answer(&sdp, ANSWER_SEND, ANSWER_MAX);
    check_answer(&sdp, ANSWER_SEND, 1 + size / 2);
    return 0;
}
