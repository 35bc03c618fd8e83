#include <errno.h>
#include <string.h>

#include "gateway/peer/answer_draft.h"

#define UNACCEPTABLE 422
#define MALFORMED    400

static int check_kind(struct answer_draft *draft, const struct sdp_media *media)
{
    struct terms_media *terms = answer_terms(draft, media);
    if (media->kind != MEDIA_AUDIO && media->kind != MEDIA_VIDEO)
        return answer_counter(draft, "m=", "Only audio and video can be offered, no data channel.");
    if (terms->present)
        return answer_refuse(draft, UNACCEPTABLE,
                             "m=", "At most one audio and one video m-line can be offered.");
    terms->present = true;
    if (slice_copy(terms->mid, sizeof(terms->mid), media->mid) != 0)
        return answer_refuse(draft, UNACCEPTABLE, "a=mid", "The mid is longer than 31 characters.");
    return 0;
}

static int check_protocol(struct answer_draft *draft, const struct sdp_media *media)
{
    if (media->has_crypto)
        return answer_refuse(draft, UNACCEPTABLE, "a=crypto",
                             "Keys are agreed on by DTLS-SRTP only.");
    if (media->protocol != SDP_PROTOCOL_RTP_DTLS)
        return answer_refuse(draft, UNACCEPTABLE,
                             "m=", "The protocol must be UDP/TLS/RTP/SAVPF (DTLS-SRTP).");
    if (media->port == 0 && !media->bundle_only)
        return answer_counter(
            draft, "m=", "An m-line with port 0 that is not bundle-only is switched off.");
    return 0;
}

static int check_direction(struct answer_draft *draft, const struct sdp_media *media)
{
    if (draft->role == ANSWER_RECEIVE && !(media->direction & SDP_SENDONLY))
        return answer_refuse(draft, UNACCEPTABLE, "a=sendonly",
                             "To publish, every m-line must be sendonly or sendrecv.");
    if (draft->role == ANSWER_SEND && !(media->direction & SDP_RECVONLY))
        return answer_refuse(draft, UNACCEPTABLE, "a=recvonly",
                             "To watch, every m-line must be recvonly or sendrecv.");
    return 0;
}

static bool in_group(const struct sdp_group *group, struct slice mid)
{
    for (unsigned i = 0; mid.p && i < group->count; i++)
        if (slice_equal(group->mids[i], mid))
            return true;
    return false;
}

static int find_bundle(struct answer_draft *draft)
{
    const struct sdp *offer = draft->offer;
    const struct sdp_group *bundle = sdp_find_group(offer, "BUNDLE");
    draft->tagged = &offer->media[0];
    if (!bundle && offer->media_count == 1)
        return 0;
    bool whole = bundle != NULL;
    for (unsigned i = 0; whole && i < offer->media_count; i++)
        whole = in_group(bundle, offer->media[i].mid);
    if (!whole)
        return answer_counter(draft, "a=group", "All m-lines must be in one BUNDLE group.");
    draft->bundle = bundle;
    draft->tagged = sdp_find_media(offer, bundle->mids[0]);
    if (!draft->tagged || bundle->count != offer->media_count)
        return answer_refuse(draft, MALFORMED, "a=group",
                             "The BUNDLE group names a mid that no m-line has.");
    return 0;
}

static int check_bundle(struct answer_draft *draft)
{
    int err = find_bundle(draft);
    if (err)
        return err;
    draft->terms->bundled = draft->bundle != NULL;
    draft->terms->video_tagged = draft->tagged->kind == MEDIA_VIDEO;
    return 0;
}

// A bundle-only m-line may leave out what the tagged one says for all.
static int check_mux(struct answer_draft *draft)
{
    for (unsigned i = 0; i < draft->offer->media_count; i++) {
        const struct sdp_media *media = &draft->offer->media[i];
        bool must = media == draft->tagged || !media->bundle_only;
        if (must && !media->rtcp_mux && !media->rtcp_mux_only)
            return answer_counter(draft, "a=rtcp-mux", "RTP and RTCP must share one port.");
    }
    return 0;
}

// RFC 9725 section 4.4.2: what is published is one MediaStream. "-" is none.
static int check_streams(struct answer_draft *draft)
{
    const struct sdp_msid *first = NULL;
    for (unsigned i = 0; i < draft->offer->media_count; i++) {
        const struct sdp_media *media = &draft->offer->media[i];
        for (unsigned k = 0; k < media->msid_count; k++) {
            const struct sdp_msid *msid = &media->msids[k];
            if (slice_is(msid->stream, "-"))
                continue;
            if (first && !slice_equal(first->stream, msid->stream))
                return answer_refuse(draft, UNACCEPTABLE, "a=msid",
                                     "All tracks must be of one MediaStream.");
            first = msid;
        }
    }
    return 0;
}

int answer_check(struct answer_draft *draft)
{
    int err = 0;
    if (draft->offer->media_count == 0)
        return answer_counter(draft, "m=", "The offer has no audio and no video.");
    for (unsigned i = 0; !err && i < draft->offer->media_count; i++) {
        const struct sdp_media *media = &draft->offer->media[i];
        err = check_kind(draft, media);
        if (!err)
            err = check_protocol(draft, media);
        if (!err)
            err = check_direction(draft, media);
    }
    if (!err && draft->role == ANSWER_RECEIVE)
        err = check_streams(draft);
    if (!err)
        err = check_bundle(draft);
    return err ? err : check_mux(draft);
}

// --- transport ----------------------------------------------------------------------------------

static size_t digest_len(struct slice hash)
{
    if (slice_is_nocase(hash, "sha-256"))
        return 32;
    if (slice_is_nocase(hash, "sha-384"))
        return 48;
    return slice_is_nocase(hash, "sha-512") ? 64 : 0;
}

static int take_fingerprint(struct answer_draft *draft)
{
    const struct sdp_ice *ice = &draft->tagged->ice;
    struct terms *terms = draft->terms;
    if (ice->fingerprint_count == 0)
        return answer_refuse(draft, MALFORMED, "a=fingerprint",
                             "The fingerprint of the DTLS certificate is missing.");
    for (unsigned i = 0; i < ice->fingerprint_count; i++) {
        const struct sdp_fingerprint *fingerprint = &ice->fingerprints[i];
        if (fingerprint->len == 0 || fingerprint->len != digest_len(fingerprint->hash))
            continue;
        terms->fingerprint_len = fingerprint->len;
        memcpy(terms->fingerprint, fingerprint->bytes, fingerprint->len);
        return slice_copy(terms->fingerprint_hash, sizeof(terms->fingerprint_hash),
                          fingerprint->hash);
    }
    return answer_refuse(draft, UNACCEPTABLE, "a=fingerprint",
                         "The hash must be sha-256, sha-384 or sha-512.");
}

int answer_credentials(struct answer_draft *draft)
{
    const struct sdp_ice *ice = &draft->tagged->ice;
    struct terms *terms = draft->terms;
    if (ice->ufrag.len == 0 || slice_copy(terms->ufrag, sizeof(terms->ufrag), ice->ufrag) != 0)
        return answer_refuse(draft, MALFORMED, "a=ice-ufrag", "It must have 4 to 256 characters.");
    if (ice->pwd.len == 0 || slice_copy(terms->pwd, sizeof(terms->pwd), ice->pwd) != 0)
        return answer_refuse(draft, MALFORMED, "a=ice-pwd", "It must have 22 to 256 characters.");
    return take_fingerprint(draft);
}

int answer_transport(struct answer_draft *draft)
{
    enum sdp_setup setup = draft->tagged->ice.setup;
    if (draft->offer->ice_lite)
        return answer_refuse(draft, UNACCEPTABLE, "a=ice-lite",
                             "Two ICE-lite ends never find each other.");
    if (setup != SDP_SETUP_ACTPASS && setup != SDP_SETUP_ACTIVE)
        return answer_refuse(draft, UNACCEPTABLE, "a=setup", "It must be actpass or active.");
    return answer_credentials(draft);
}
