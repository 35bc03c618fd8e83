#include "gateway/packet/sdp_parse.h"

#include <string.h>

// A whole description: the order of lines (RFC 8866 section 5), and what the session hands down to
// its media sections once everything is read.

static int read_version(struct sdp_parser *p, struct slice value)
{
    return slice_is(value, "0") ? 0 : sdp_bad(p, "must be 0");
}

// <username> <sess-id> <sess-version> IN <addrtype> <address>. The numbers may have any length.
static int read_origin(struct sdp_parser *p, struct slice value)
{
    struct slice rest = value;
    struct slice field[6];
    uint64_t number;
    for (unsigned i = 0; i < 6; i++)
        field[i] = slice_word(&rest);
    if (!field[5].p || slice_word(&rest).p)
        return sdp_bad(p, "must have six fields");
    if (slice_number(field[1], 0, UINT64_MAX, &number) == EINVAL ||
        slice_number(field[2], 0, UINT64_MAX, &number) == EINVAL)
        return sdp_bad(p, "must have a number and a version of digits");
    p->sdp->origin = value;
    return 0;
}

static int read_name(struct sdp_parser *p, struct slice value)
{
    p->sdp->name = value;
    return 0;
}

static int read_time(struct sdp_parser *p, struct slice value)
{
    struct slice rest = value;
    uint64_t number;
    for (unsigned i = 0; i < 2; i++)
        if (slice_number(slice_word(&rest), 0, UINT64_MAX, &number) == EINVAL)
            return sdp_bad(p, "must be two numbers");
    p->has_time = true;
    return slice_word(&rest).p ? sdp_bad(p, "must be two numbers") : 0;
}

// IN IP4|IP6 <address>[/ttl]. Of several in one section the first counts.
static int read_connection(struct sdp_parser *p, struct slice value)
{
    struct slice net = slice_word(&value);
    struct slice type = slice_word(&value);
    struct slice address = slice_word(&value);
    if (!slice_is(net, "IN") || !(slice_is(type, "IP4") || slice_is(type, "IP6")) || !address.p ||
        slice_word(&value).p)
        return sdp_bad(p, "must be IN IP4 or IN IP6 and an address");
    struct slice *to = p->media ? &p->media->address : &p->sdp->address;
    if (!to->p)
        *to = slice_cut(&address, '/');
    return 0;
}

// TIAS is in bit/s (RFC 3890), AS in kbit/s; others are of no use here.
static int read_bandwidth(struct sdp_parser *p, struct slice value)
{
    struct slice type = slice_cut(&value, ':');
    uint64_t number;
    if (slice_number(value, 0, UINT32_MAX, &number))
        return sdp_bad(p, "must be a type and a number");
    if (!p->media)
        return 0;
    if (slice_is(type, "TIAS"))
        p->media->bandwidth = number;
    else if (slice_is(type, "AS") && p->media->bandwidth == 0)
        p->media->bandwidth = number * 1000;
    return 0;
}

static int read_m(struct sdp_parser *p, struct slice value)
{
    if (!p->has_time)
        return sdp_bad(p, "must come after t=");
    if (p->media)
        sdp_end_media(p);
    return sdp_begin_media(p, value);
}

static int ignore(struct sdp_parser *p, struct slice value)
{
    (void)p;
    (void)value;
    return 0;
}

#define AT_SESSION 1
#define AT_MEDIA   2

static const struct {
    char type;
    uint8_t where;
    sdp_attribute_h *read;
} line_types[] = {
    {'a', AT_SESSION | AT_MEDIA, sdp_read_attribute},
    {'m', AT_SESSION | AT_MEDIA, read_m},
    {'c', AT_SESSION | AT_MEDIA, read_connection},
    {'b', AT_SESSION | AT_MEDIA, read_bandwidth},
    {'i', AT_SESSION | AT_MEDIA, ignore},
    {'k', AT_SESSION | AT_MEDIA, ignore},
    {'t', AT_SESSION, read_time},
    {'r', AT_SESSION, ignore},
    {'z', AT_SESSION, ignore},
    {'u', AT_SESSION, ignore},
    {'e', AT_SESSION, ignore},
    {'p', AT_SESSION, ignore},
};

static int read_other(struct sdp_parser *p, const struct sdp_line *line)
{
    unsigned where = p->media ? AT_MEDIA : AT_SESSION;
    for (size_t i = 0; i < sizeof(line_types) / sizeof(line_types[0]); i++)
        if (line_types[i].type == line->type && line_types[i].where & where)
            return line_types[i].read(p, line->value);
    return sdp_bad(p, "is not allowed here");
}

static int read_lines(struct sdp_parser *p)
{
    // The three that must come first, in this order.
    static const struct {
        char type;
        sdp_attribute_h *read;
    } first[] = {{'v', read_version}, {'o', read_origin}, {'s', read_name}};
    struct sdp_line line;
    int err;
    for (unsigned n = 0; (err = sdp_read_line(&p->reader, &line)) == 0; n++) {
        if (n >= 3)
            err = read_other(p, &line);
        else if (line.type == first[n].type)
            err = first[n].read(p, line.value);
        else
            err = sdp_bad(p, "is out of order: v=, o=, s= come first");
        if (err)
            return err;
    }
    return err == ENOENT ? 0 : err;
}

// --- the session as a whole ---------------------------------------------------------------------

static void inherit(const struct sdp *sdp, struct sdp_media *media)
{
    const struct sdp_ice *from = &sdp->ice;
    struct sdp_ice *to = &media->ice;
    if (!media->address.p)
        media->address = sdp->address;
    if (!to->ufrag.p)
        to->ufrag = from->ufrag;
    if (!to->pwd.p)
        to->pwd = from->pwd;
    if (!to->options.p)
        to->options = from->options;
    if (to->setup == SDP_SETUP_NONE)
        to->setup = from->setup;
    if (to->fingerprint_count == 0) {
        to->fingerprint_count = from->fingerprint_count;
        memcpy(to->fingerprints, from->fingerprints, sizeof(to->fingerprints));
    }
    media->extmap_allow_mixed |= sdp->extmap_allow_mixed;
    media->end_of_candidates |= sdp->end_of_candidates;
}

static bool has_twin(const struct sdp *sdp, unsigned index)
{
    struct slice mid = sdp->media[index].mid;
    return mid.p && sdp_find_media(sdp, mid) != &sdp->media[index];
}

// RFC 5888 section 9.2: a group names media by their mid, each once. A refused section may have
// lost its mid in an answer, but then the group does not name it (RFC 9143 section 7.3).
static int check_group(struct sdp_parser *p, const struct sdp_group *group)
{
    for (unsigned i = 0; i < group->count; i++) {
        if (!sdp_find_media(p->sdp, group->mids[i]))
            return sdp_bad(p, "names a mid that no media section has");
        for (unsigned k = 0; k < i; k++)
            if (slice_equal(group->mids[i], group->mids[k]))
                return sdp_bad(p, "names a mid twice");
    }
    return 0;
}

static int check_whole(struct sdp_parser *p)
{
    p->reader.line = 0;
    p->reader.name = slice_of("mid");
    for (unsigned i = 0; i < p->sdp->media_count; i++)
        if (has_twin(p->sdp, i))
            return sdp_bad(p, "is the same in two media sections");
    p->reader.name = slice_of("group");
    int err = 0;
    for (unsigned i = 0; !err && i < p->sdp->group_count; i++)
        err = check_group(p, &p->sdp->groups[i]);
    return err;
}

int sdp_parse(struct sdp *sdp, const char *text, size_t len, struct sdp_error *error)
{
    struct sdp_parser p = {.sdp = sdp};
    memset(sdp, 0, offsetof(struct sdp, media));
    sdp->direction = SDP_SENDRECV;
    int err = sdp_open(&p.reader, text, len, error);
    if (!err)
        err = read_lines(&p);
    if (err)
        return err;
    if (!p.has_time) {
        p.reader.line = 0;
        p.reader.name = slice_of("t=");
        return sdp_bad(&p, "is missing");
    }
    if (p.media)
        sdp_end_media(&p);
    for (unsigned i = 0; i < sdp->media_count; i++)
        inherit(sdp, &sdp->media[i]);
    return check_whole(&p);
}

const struct sdp_group *sdp_find_group(const struct sdp *sdp, const char *semantics)
{
    for (unsigned i = 0; i < sdp->group_count; i++)
        if (slice_is(sdp->groups[i].semantics, semantics))
            return &sdp->groups[i];
    return NULL;
}

const struct sdp_media *sdp_find_media(const struct sdp *sdp, struct slice mid)
{
    for (unsigned i = 0; i < sdp->media_count; i++)
        if (mid.p && sdp->media[i].mid.p && slice_equal(sdp->media[i].mid, mid))
            return &sdp->media[i];
    return NULL;
}
