#include "gateway/packet/sdp_frag.h"

#include "gateway/packet/sdp_parse.h"
#include <stddef.h>
#include <string.h>

struct frag_parser {
    struct sdp_reader reader;
    struct sdp_frag *frag;
    struct sdp_frag_media *media; // NULL in front of the first section
};

static int bad(struct frag_parser *p, const char *text)
{
    return sdp_fail(&p->reader, EBADMSG, text);
}

static int begin_section(struct frag_parser *p)
{
    if (p->frag->media_count == SDP_MEDIA_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 64 media sections");
    p->media = &p->frag->media[p->frag->media_count++];
    memset(p->media, 0, sizeof(*p->media));
    return 0;
}

// RFC 8840 section 9 has the credentials in front of the sections, other senders repeat them in
// each: with one transport they must agree.
static int set_same(struct frag_parser *p, struct slice *to, struct slice value)
{
    if (to->p && !slice_equal(*to, value))
        return bad(p, "has two different values");
    *to = value;
    return 0;
}

static int read_ufrag(struct frag_parser *p, struct slice value)
{
    if (!sdp_is_ice(value, 4, 256))
        return bad(p, "must be 4 to 256 letters, digits, + or /");
    return set_same(p, &p->frag->ufrag, value);
}

static int read_pwd(struct frag_parser *p, struct slice value)
{
    if (!sdp_is_ice(value, 22, 256))
        return bad(p, "must be 22 to 256 letters, digits, + or /");
    return set_same(p, &p->frag->pwd, value);
}

static int read_options(struct frag_parser *p, struct slice value)
{
    return value.p ? set_same(p, &p->frag->options, slice_trim(value)) : bad(p, "has no value");
}

static int read_lite(struct frag_parser *p, struct slice value)
{
    (void)value;
    p->frag->ice_lite = true;
    return 0;
}

// A mid without an m-line in front of it begins a section by itself.
static int read_mid(struct frag_parser *p, struct slice value)
{
    if (!sdp_is_token(value))
        return bad(p, "must be a word of 1 to 255 characters");
    for (unsigned i = 0; i < p->frag->media_count; i++)
        if (slice_equal(p->frag->media[i].mid, value))
            return bad(p, "is the same in two sections");
    if (!p->media || p->media->mid.p) {
        int err = begin_section(p);
        if (err)
            return err;
    }
    p->media->mid = value;
    return 0;
}

static int read_candidate(struct frag_parser *p, struct slice value)
{
    struct sdp_candidate candidate;
    const char *why;
    if (!p->media)
        return bad(p, "must be inside a media section");
    if (sdp_candidate_parse(&candidate, value, &why))
        return bad(p, why);
    if (p->media->candidate_count < SDP_CANDIDATES_MAX)
        p->media->candidates[p->media->candidate_count++] = candidate;
    return 0;
}

static int read_end(struct frag_parser *p, struct slice value)
{
    (void)value;
    *(p->media ? &p->media->end_of_candidates : &p->frag->end_of_candidates) = true;
    return 0;
}

static const struct {
    const char *name;
    int (*read)(struct frag_parser *p, struct slice value);
} attributes[] = {
    {"candidate", read_candidate},
    {"end-of-candidates", read_end},
    {"ice-lite", read_lite},
    {"ice-options", read_options},
    {"ice-pwd", read_pwd},
    {"ice-ufrag", read_ufrag},
    {"mid", read_mid},
};

static int read_attribute(struct frag_parser *p, struct slice line)
{
    struct slice value = sdp_split(&p->reader, line);
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
        if (slice_is(p->reader.name, attributes[i].name))
            return attributes[i].read(p, value);
    return 0;
}

static int read_line(struct frag_parser *p, const struct sdp_line *line)
{
    if (line->type == 'a')
        return read_attribute(p, line->value);
    if (line->type != 'm')
        return bad(p, "is not allowed here");
    return begin_section(p);
}

int sdp_frag_parse(struct sdp_frag *frag, const char *text, size_t len, struct sdp_error *error)
{
    struct frag_parser p = {.frag = frag};
    struct sdp_line line;
    memset(frag, 0, offsetof(struct sdp_frag, media));
    int err = sdp_open(&p.reader, text, len, error);
    if (err)
        return err;
    while ((err = sdp_read_line(&p.reader, &line)) == 0) {
        err = read_line(&p, &line);
        if (err)
            return err;
    }
    return err == ENOENT ? 0 : err;
}
