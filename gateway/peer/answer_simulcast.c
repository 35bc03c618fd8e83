#include <string.h>

#include "gateway/peer/answer_draft.h"

// Simulcast, RFC 8853 section 5.3.2: of the streams the offer would send, those we receive.

// A restriction of RFC 8851 section 5 that binds the sender alone: it is said back as it was.
// "depend" is not there: a stream of use only together with another is not forwarded by itself.
static bool is_restriction(struct slice name)
{
    static const char *const names[] = {"max-width", "max-height", "max-fps", "max-fs",
                                        "max-br",    "max-pps",    "max-bpp"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (slice_is(name, names[i]))
            return true;
    return false;
}

// "pt=96,98": the next of its payload types that was agreed on. False at the end.
static bool next_pt(const struct terms_media *terms, struct slice *list, uint64_t *pt)
{
    while (list->p)
        if (slice_number(slice_cut(list, ','), 0, 127, pt) == 0 && terms_by_pt(terms, (uint8_t)*pt))
            return true;
    return false;
}

// Nothing about the stream is beyond us?
static bool acceptable(const struct terms_media *terms, const struct sdp_rid *rid)
{
    struct slice params = rid->params;
    uint64_t pt;
    while (params.p) {
        struct slice value = slice_trim(slice_cut(&params, ';'));
        struct slice name = slice_cut(&value, '=');
        if (slice_is(name, "pt") ? !next_pt(terms, &value, &pt) : !is_restriction(name))
            return false;
    }
    return true;
}

static const struct sdp_rid *find_rid(const struct sdp_media *media, struct slice id)
{
    for (unsigned i = 0; i < media->rid_count; i++)
        if (slice_equal(media->rids[i].id, id) && media->rids[i].direction == SDP_SENDONLY)
            return &media->rids[i];
    return NULL;
}

static void add_rid(struct terms_media *terms, const struct sdp_rid *rid)
{
    char *to = terms->rids[terms->rid_count];
    bool told = false;
    for (size_t i = 0; i < terms->rid_count; i++)
        told |= slice_is(rid->id, terms->rids[i]);
    if (!told && slice_copy(to, TERMS_RID_MAX, rid->id) == 0)
        terms->rid_count++;
}

// Streams are told apart by a header extension; without it there is one.
static bool has_rid_extension(const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->extmap_count; i++)
        if (rtp_ext_find(media->extmaps[i].uri) == RTP_EXT_RID)
            return true;
    return false;
}

void answer_simulcast(struct answer_draft *draft, const struct sdp_media *media)
{
    struct terms_media *terms = answer_terms(draft, media);
    struct slice list = media->simulcast_send, id;
    bool paused;
    if (draft->role != ANSWER_RECEIVE || media->kind != MEDIA_VIDEO || !has_rid_extension(media))
        return;
    while (terms->rid_count < TERMS_RIDS_MAX && sdp_simulcast_next(&list, &id, &paused)) {
        const struct sdp_rid *rid = find_rid(media, id);
        if (rid && acceptable(terms, rid))
            add_rid(terms, rid);
    }
}

// --- the answer's lines -------------------------------------------------------------------------

static void write_pts(const struct terms_media *terms, struct slice list, struct writer *w)
{
    const char *between = "pt=";
    uint64_t pt;
    while (next_pt(terms, &list, &pt)) {
        writer_printf(w, "%s%u", between, (unsigned)pt);
        between = ",";
    }
}

static void write_params(const struct terms_media *terms, struct slice params, struct writer *w)
{
    const char *between = " ";
    while (params.p) {
        struct slice whole = slice_trim(slice_cut(&params, ';'));
        struct slice value = whole;
        writer_text(w, between);
        between = ";";
        if (slice_is(slice_cut(&value, '='), "pt"))
            write_pts(terms, value, w);
        else
            writer_printf(w, "%.*s", SLICE_ARG(whole));
    }
}

void answer_write_simulcast(const struct answer_draft *draft, const struct sdp_media *media,
                            struct writer *w)
{
    const struct terms_media *terms = answer_terms(draft, media);
    for (size_t i = 0; i < terms->rid_count; i++) {
        const struct sdp_rid *rid = find_rid(media, slice_of(terms->rids[i]));
        writer_printf(w, "a=rid:%s recv", terms->rids[i]);
        write_params(terms, rid->params, w);
        writer_text(w, "\r\n");
    }
    for (size_t i = 0; i < terms->rid_count; i++)
        writer_printf(w, "%s%s", i ? ";" : "a=simulcast:recv ", terms->rids[i]);
    if (terms->rid_count)
        writer_text(w, "\r\n");
}
