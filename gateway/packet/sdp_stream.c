#include "gateway/packet/sdp_parse.h"

// The streams inside a media section: extmap, rid, simulcast, msid, ssrc.

static bool direction_of(struct slice text, enum sdp_direction *direction)
{
    static const char *const names[] = {[SDP_INACTIVE] = "inactive",
                                        [SDP_SENDONLY] = "sendonly",
                                        [SDP_RECVONLY] = "recvonly",
                                        [SDP_SENDRECV] = "sendrecv"};
    for (unsigned i = SDP_INACTIVE; i <= SDP_SENDRECV; i++) {
        if (!slice_is(text, names[i]))
            continue;
        *direction = (enum sdp_direction)i;
        return true;
    }
    return false;
}

static bool has_extmap(const struct sdp_media *media, uint64_t id)
{
    for (unsigned i = 0; i < media->extmap_count; i++)
        if (media->extmaps[i].id == id)
            return true;
    return false;
}

// <id>[/<direction>] <uri>[ <attributes>], RFC 8285 section 5
int sdp_read_extmap(struct sdp_parser *p, struct slice value)
{
    struct sdp_media *media = p->media;
    struct sdp_extmap map = {.direction = SDP_SENDRECV};
    struct slice rest = slice_word(&value);
    uint64_t id;
    if (slice_number(slice_cut(&rest, '/'), 1, 4351, &id) || (id > 256 && id < 4096))
        return sdp_bad(p, "id must be 1 to 256 or 4096 to 4351");
    map.has_direction = rest.p;
    if (rest.p && !direction_of(rest, &map.direction))
        return sdp_bad(p, "direction must be sendrecv, sendonly, recvonly or inactive");
    map.id = (uint16_t)id;
    map.uri = slice_word(&value);
    if (!map.uri.p)
        return sdp_bad(p, "must have a URI");
    if (has_extmap(media, id))
        return sdp_bad(p, "has one id twice");
    if (media->extmap_count == SDP_EXTMAPS_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 32 in one section");
    media->extmaps[media->extmap_count++] = map;
    return 0;
}

// --- rid and simulcast, RFC 8851 section 10, RFC 8853 section 5.1 -------------------------------

static bool is_rid(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return s.len >= 1 && s.len <= 255;
}

static bool has_rid(const struct sdp_media *media, struct slice id)
{
    for (unsigned i = 0; i < media->rid_count; i++)
        if (slice_equal(media->rids[i].id, id))
            return true;
    return false;
}

int sdp_read_rid(struct sdp_parser *p, struct slice value)
{
    struct sdp_media *media = p->media;
    struct sdp_rid rid = {.id = slice_word(&value)};
    struct slice direction = slice_word(&value);
    if (!is_rid(rid.id))
        return sdp_bad(p, "must be 1 to 255 letters, digits, - or _");
    if (!slice_is(direction, "send") && !slice_is(direction, "recv"))
        return sdp_bad(p, "must say send or recv");
    if (has_rid(media, rid.id))
        return sdp_bad(p, "is the same twice");
    if (media->rid_count == SDP_RIDS_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 16 in one section");
    rid.direction = slice_is(direction, "send") ? SDP_SENDONLY : SDP_RECVONLY;
    value = slice_trim(value);
    if (value.len)
        rid.params = value;
    media->rids[media->rid_count++] = rid;
    return 0;
}

static struct slice take_pause(struct slice alternative, bool *paused)
{
    *paused = alternative.len && alternative.p[0] == '~';
    if (*paused) {
        alternative.p++;
        alternative.len--;
    }
    return alternative;
}

static bool is_simulcast_list(struct slice list)
{
    unsigned streams = 0;
    bool paused;
    while (list.p) {
        struct slice alternatives = slice_cut(&list, ';');
        if (++streams > SDP_RIDS_MAX || !alternatives.p)
            return false;
        while (alternatives.p)
            if (!is_rid(take_pause(slice_cut(&alternatives, ','), &paused)))
                return false;
    }
    return streams > 0;
}

// send|recv <list>[ recv|send <list>]
int sdp_read_simulcast(struct sdp_parser *p, struct slice value)
{
    struct slice word;
    while ((word = slice_word(&value)).p) {
        struct slice list = slice_word(&value);
        struct slice *to = &p->media->simulcast_send;
        if (slice_is(word, "recv"))
            to = &p->media->simulcast_recv;
        else if (!slice_is(word, "send"))
            return sdp_bad(p, "must say send or recv");
        if (to->p)
            return sdp_bad(p, "has one direction twice");
        if (!is_simulcast_list(list))
            return sdp_bad(p, "must have a list of 1 to 16 rids parted by ;");
        *to = list;
    }
    if (!p->media->simulcast_send.p && !p->media->simulcast_recv.p)
        return sdp_bad(p, "must say send or recv");
    return 0;
}

bool sdp_simulcast_next(struct slice *list, struct slice *rid, bool *paused)
{
    if (!list->p)
        return false;
    struct slice alternatives = slice_cut(list, ';');
    *rid = take_pause(slice_cut(&alternatives, ','), paused);
    return true;
}

// --- msid, RFC 8830 section 2; ssrc, RFC 5576 section 4 -----------------------------------------

int sdp_read_msid(struct sdp_parser *p, struct slice value)
{
    struct sdp_media *media = p->media;
    struct sdp_msid msid = {.stream = slice_word(&value)};
    msid.track = slice_word(&value);
    if (!sdp_is_token(msid.stream))
        return sdp_bad(p, "must name a stream");
    if (media->msid_count == SDP_MSIDS_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 4 in one section");
    media->msids[media->msid_count++] = msid;
    return 0;
}

// The entry of an SSRC, made when there is none; NULL when there is no room.
static struct sdp_ssrc *find_or_add(struct sdp_media *media, uint32_t ssrc)
{
    for (unsigned i = 0; i < media->ssrc_count; i++)
        if (media->ssrcs[i].ssrc == ssrc)
            return &media->ssrcs[i];
    if (media->ssrc_count == SDP_SSRCS_MAX)
        return NULL;
    struct sdp_ssrc *entry = &media->ssrcs[media->ssrc_count++];
    entry->ssrc = ssrc;
    return entry;
}

// <ssrc> <attribute>[:<value>]; of the attributes only cname is kept.
int sdp_read_ssrc(struct sdp_parser *p, struct slice value)
{
    uint64_t ssrc;
    if (slice_number(slice_word(&value), 0, UINT32_MAX, &ssrc))
        return sdp_bad(p, "must begin with a number of 0 to 4294967295");
    struct sdp_ssrc *entry = find_or_add(p->media, (uint32_t)ssrc);
    if (!entry)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 32 in one section");
    struct slice rest = slice_trim(value);
    struct slice name = slice_cut(&rest, ':');
    if (slice_is(name, "cname") && rest.len && !entry->cname.p)
        entry->cname = rest;
    return 0;
}

int sdp_read_ssrc_group(struct sdp_parser *p, struct slice value)
{
    struct sdp_media *media = p->media;
    struct sdp_ssrc_group group = {.semantics = slice_word(&value)};
    struct slice word;
    uint64_t ssrc;
    while ((word = slice_word(&value)).p) {
        if (slice_number(word, 0, UINT32_MAX, &ssrc))
            return sdp_bad(p, "must be numbers of 0 to 4294967295");
        if (group.count == SDP_SSRC_GROUP_SIZE)
            return sdp_fail(&p->reader, EMSGSIZE, "names more than 8");
        group.ssrcs[group.count++] = (uint32_t)ssrc;
    }
    if (group.count == 0)
        return sdp_bad(p, "must say what for, and which");
    if (media->ssrc_group_count == SDP_SSRC_GROUPS_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 16 in one section");
    media->ssrc_groups[media->ssrc_group_count++] = group;
    return 0;
}
