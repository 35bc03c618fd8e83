#include "gateway/packet/sdp_parse.h"

// The table of attributes and the readers of those that are a word or a number.

static int set_flag(struct sdp_parser *p, struct slice value, bool *flag)
{
    if (value.p)
        return sdp_bad(p, "takes no value");
    *flag = true;
    return 0;
}

static int read_lite(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value, &p->sdp->ice_lite);
}

static int read_mux(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value, &p->media->rtcp_mux);
}

static int read_mux_only(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value, &p->media->rtcp_mux_only);
}

static int read_rsize(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value, &p->media->rtcp_rsize);
}

static int read_bundle_only(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value, &p->media->bundle_only);
}

static int read_mixed(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value,
                    p->media ? &p->media->extmap_allow_mixed : &p->sdp->extmap_allow_mixed);
}

static int read_end(struct sdp_parser *p, struct slice value)
{
    return set_flag(p, value, p->media ? &p->media->end_of_candidates : &p->sdp->end_of_candidates);
}

static int set_direction(struct sdp_parser *p, struct slice value, enum sdp_direction direction)
{
    if (value.p)
        return sdp_bad(p, "takes no value");
    if (p->media)
        p->media->direction = direction;
    else
        p->sdp->direction = direction;
    return 0;
}

static int read_sendrecv(struct sdp_parser *p, struct slice value)
{
    return set_direction(p, value, SDP_SENDRECV);
}

static int read_sendonly(struct sdp_parser *p, struct slice value)
{
    return set_direction(p, value, SDP_SENDONLY);
}

static int read_recvonly(struct sdp_parser *p, struct slice value)
{
    return set_direction(p, value, SDP_RECVONLY);
}

static int read_inactive(struct sdp_parser *p, struct slice value)
{
    return set_direction(p, value, SDP_INACTIVE);
}

static int read_mid(struct sdp_parser *p, struct slice value)
{
    if (!sdp_is_token(value))
        return sdp_bad(p, "must be a word of 1 to 255 characters");
    p->media->mid = value;
    return 0;
}

static int read_group(struct sdp_parser *p, struct slice value)
{
    struct sdp *sdp = p->sdp;
    struct slice word = slice_word(&value);
    if (!word.p)
        return sdp_bad(p, "must say what the group is for");
    if (sdp_find_group(sdp, "BUNDLE") && slice_is(word, "BUNDLE"))
        return sdp_bad(p, "BUNDLE may be said once");
    if (sdp->group_count == SDP_GROUPS_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 4");
    struct sdp_group *group = &sdp->groups[sdp->group_count++];
    group->semantics = word;
    while ((word = slice_word(&value)).p) {
        if (group->count == SDP_MEDIA_MAX)
            return sdp_fail(&p->reader, EMSGSIZE, "names more than 64 mids");
        group->mids[group->count++] = word;
    }
    return 0;
}

static int read_crypto(struct sdp_parser *p, struct slice value)
{
    (void)value;
    p->media->has_crypto = true;
    return 0;
}

// Milliseconds, RFC 8866 section 6.4: a number that may have a fraction ("2.5"), which is dropped.
static int read_ms(struct sdp_parser *p, struct slice value, uint32_t *to)
{
    struct slice whole = slice_cut(&value, '.');
    uint64_t number;
    uint64_t fraction;
    if (slice_number(whole, 1, 10000, &number))
        return sdp_bad(p, "must be 1 to 10000");
    if (value.p && slice_number(value, 0, UINT64_MAX, &fraction) == EINVAL)
        return sdp_bad(p, "must be a number");
    *to = (uint32_t)number;
    return 0;
}

static int read_ptime(struct sdp_parser *p, struct slice value)
{
    return read_ms(p, value, &p->media->ptime);
}

static int read_maxptime(struct sdp_parser *p, struct slice value)
{
    return read_ms(p, value, &p->media->maxptime);
}

#define AT_SESSION 1
#define AT_MEDIA   2
#define AT_BOTH    3

static const struct attribute {
    const char *name;
    uint8_t where;
    enum sdp_once once;
    sdp_attribute_h *read;
} attributes[] = {
    {"bundle-only", AT_MEDIA, SDP_ONCE_BUNDLE_ONLY, read_bundle_only},
    {"candidate", AT_MEDIA, SDP_MANY, sdp_read_candidate},
    {"crypto", AT_MEDIA, SDP_MANY, read_crypto},
    {"end-of-candidates", AT_BOTH, SDP_ONCE_END, read_end},
    {"extmap", AT_MEDIA, SDP_MANY, sdp_read_extmap},
    {"extmap-allow-mixed", AT_BOTH, SDP_ONCE_MIXED, read_mixed},
    {"fingerprint", AT_BOTH, SDP_MANY, sdp_read_fingerprint},
    {"fmtp", AT_MEDIA, SDP_MANY, sdp_read_fmtp},
    {"group", AT_SESSION, SDP_MANY, read_group},
    {"ice-lite", AT_SESSION, SDP_ONCE_LITE, read_lite},
    {"ice-options", AT_BOTH, SDP_ONCE_OPTIONS, sdp_read_options},
    {"ice-pwd", AT_BOTH, SDP_ONCE_PWD, sdp_read_pwd},
    {"ice-ufrag", AT_BOTH, SDP_ONCE_UFRAG, sdp_read_ufrag},
    {"inactive", AT_BOTH, SDP_ONCE_DIRECTION, read_inactive},
    {"maxptime", AT_MEDIA, SDP_ONCE_MAXPTIME, read_maxptime},
    {"mid", AT_MEDIA, SDP_ONCE_MID, read_mid},
    {"msid", AT_MEDIA, SDP_MANY, sdp_read_msid},
    {"ptime", AT_MEDIA, SDP_ONCE_PTIME, read_ptime},
    {"recvonly", AT_BOTH, SDP_ONCE_DIRECTION, read_recvonly},
    {"rid", AT_MEDIA, SDP_MANY, sdp_read_rid},
    {"rtcp-fb", AT_MEDIA, SDP_MANY, sdp_read_rtcp_fb},
    {"rtcp-mux", AT_MEDIA, SDP_ONCE_MUX, read_mux},
    {"rtcp-mux-only", AT_MEDIA, SDP_ONCE_MUX_ONLY, read_mux_only},
    {"rtcp-rsize", AT_MEDIA, SDP_ONCE_RSIZE, read_rsize},
    {"rtpmap", AT_MEDIA, SDP_MANY, sdp_read_rtpmap},
    {"sendonly", AT_BOTH, SDP_ONCE_DIRECTION, read_sendonly},
    {"sendrecv", AT_BOTH, SDP_ONCE_DIRECTION, read_sendrecv},
    {"setup", AT_BOTH, SDP_ONCE_SETUP, sdp_read_setup},
    {"simulcast", AT_MEDIA, SDP_ONCE_SIMULCAST, sdp_read_simulcast},
    {"ssrc", AT_MEDIA, SDP_MANY, sdp_read_ssrc},
    {"ssrc-group", AT_MEDIA, SDP_MANY, sdp_read_ssrc_group},
};

static const struct attribute *find(struct slice name, unsigned where)
{
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
        if (slice_is(name, attributes[i].name))
            return attributes[i].where & where ? &attributes[i] : NULL;
    return NULL;
}

int sdp_read_attribute(struct sdp_parser *p, struct slice line)
{
    struct slice value = sdp_split(&p->reader, line);
    const struct attribute *row = find(p->reader.name, p->media ? AT_MEDIA : AT_SESSION);
    if (!row)
        return 0;
    uint32_t bit = row->once == SDP_MANY ? 0 : 1u << row->once;
    if (p->seen & bit)
        return sdp_bad(p, "may be said once");
    p->seen |= bit;
    return row->read(p, value);
}
