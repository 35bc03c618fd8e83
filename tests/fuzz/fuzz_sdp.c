#include "gateway/packet/sdp_frag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// One text as a description and as a fragment. Every slice must lie inside the text.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *begin, *end;

static void check(int ok)
{
    if (!ok)
        abort();
}

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sdp sdp;
    static struct sdp_frag frag;
    struct sdp_error error;
    begin = (const char *)data;
    end = begin + size;
    memset(&error, 0x7F, sizeof(error));
    int err = sdp_parse(&sdp, begin, size, &error);
    if (err)
        check_error(err, &error);
    for (unsigned i = 0; !err && i < sdp.media_count; i++)
        check_media(&sdp.media[i]);
    err = sdp_frag_parse(&frag, begin, size, &error);
    if (err)
        check_error(err, &error);
    for (unsigned i = 0; !err && i < frag.media_count; i++)
        inside(frag.media[i].mid);
    return 0;
}
