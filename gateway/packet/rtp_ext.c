#include "gateway/packet/rtp_ext.h"

#include "gateway/base/bytes.h"
#include <errno.h>
#include <string.h>

#define DEPENDENCY_DESCRIPTOR_URI                                                                  \
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"

static const char *const uris[RTP_EXT_COUNT] = {
    [RTP_EXT_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
    [RTP_EXT_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    [RTP_EXT_RRID] = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    [RTP_EXT_ABS_SEND_TIME] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    [RTP_EXT_TRANSPORT_CC] =
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    [RTP_EXT_AUDIO_LEVEL] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    [RTP_EXT_VIDEO_ORIENTATION] = "urn:3gpp:video-orientation",
    [RTP_EXT_PLAYOUT_DELAY] = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    [RTP_EXT_ABS_CAPTURE_TIME] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    [RTP_EXT_DEPENDENCY_DESCRIPTOR] = DEPENDENCY_DESCRIPTOR_URI,
    [RTP_EXT_VIDEO_LAYERS] =
        "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00",
    [RTP_EXT_TOFFSET] = "urn:ietf:params:rtp-hdrext:toffset",
    [RTP_EXT_VIDEO_CONTENT_TYPE] =
        "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type",
    [RTP_EXT_VIDEO_TIMING] = "http://www.webrtc.org/experiments/rtp-hdrext/video-timing",
    [RTP_EXT_COLOR_SPACE] = "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
};

const char *rtp_ext_uri(enum rtp_ext kind)
{
    return (unsigned)kind < RTP_EXT_COUNT ? uris[kind] : NULL;
}

enum rtp_ext rtp_ext_find(struct slice uri)
{
    unsigned kind = 0;
    while (kind < RTP_EXT_COUNT && !slice_is(uri, uris[kind]))
        kind++;
    return (enum rtp_ext)kind;
}

int rtp_ext_map_set(struct rtp_ext_map *map, unsigned id, enum rtp_ext kind)
{
    if (id < 1 || id > 255 || (unsigned)kind >= RTP_EXT_COUNT)
        return EINVAL;
    if (map->kind_of[id] && map->kind_of[id] != kind + 1)
        return EEXIST;
    if (map->id_of[kind] && map->id_of[kind] != id)
        return EEXIST;
    map->kind_of[id] = (uint8_t)(kind + 1);
    map->id_of[kind] = (uint8_t)id;
    return 0;
}

// --- reading ------------------------------------------------------------------------------------

struct element {
    uint8_t id;
    uint8_t len;
    size_t head; // bytes in front of the data
};

static void keep(struct rtp_ext_set *set, enum rtp_ext kind, size_t off, uint8_t len)
{
    if (kind == RTP_EXT_COUNT || rtp_ext_has(set, kind) || off > UINT16_MAX)
        return;
    set->present |= 1u << kind;
    set->at[kind].off = (uint16_t)off;
    set->at[kind].len = len;
}

// Reads the head of the element at *pos after skipping padding. ENOENT at the end.
static int next_element(const struct rtp_header *h, bool wide, size_t *pos, struct element *e)
{
    while (*pos < h->ext_len && h->ext[*pos] == 0)
        (*pos)++;
    if (*pos == h->ext_len)
        return ENOENT;
    const uint8_t *at = h->ext + *pos;
    if (!wide) {
        *e = (struct element){at[0] >> 4, (uint8_t)((at[0] & 15) + 1), 1};
        // RFC 8285 section 4.2: id 15, and id 0 with a length, end the whole extension.
        if (e->id == 15 || e->id == 0)
            return ENOENT;
    } else {
        if (h->ext_len - *pos < 2)
            return EBADMSG;
        *e = (struct element){at[0], at[1], 2};
    }
    return h->ext_len - *pos - e->head < e->len ? EBADMSG : 0;
}

int rtp_ext_parse(struct rtp_ext_set *set, const struct rtp_ext_map *map, const uint8_t *packet,
                  const struct rtp_header *h)
{
    set->present = 0;
    bool wide = (h->ext_profile & 0xFFF0) == RTP_EXT_PROFILE_TWO;
    if (!h->ext || (!wide && h->ext_profile != RTP_EXT_PROFILE_ONE))
        return 0;
    size_t base = (size_t)(h->ext - packet);
    struct element e;
    size_t pos = 0;
    int err;
    while ((err = next_element(h, wide, &pos, &e)) == 0) {
        keep(set, rtp_ext_map_kind(map, e.id), base + pos + e.head, e.len);
        pos += e.head + e.len;
    }
    return err == ENOENT ? 0 : err;
}

// --- writing ------------------------------------------------------------------------------------

static bool is_wide(const struct rtp_ext_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].id > 14 || items[i].len < 1 || items[i].len > 16)
            return true;
    return false;
}

static size_t elements_size(const struct rtp_ext_item *items, size_t count, bool wide)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += (wide ? 2u : 1u) + items[i].len;
    return (size + 3) & ~(size_t)3;
}

static uint8_t *put_element(uint8_t *to, const struct rtp_ext_item *item, bool wide)
{
    if (wide) {
        *to++ = item->id;
        *to++ = item->len;
    } else {
        *to++ = (uint8_t)(item->id << 4 | (item->len - 1));
    }
    if (item->len)
        memcpy(to, item->data, item->len);
    return to + item->len;
}

int rtp_ext_write(uint8_t *to, size_t cap, const struct rtp_ext_item *items, size_t count,
                  size_t *len)
{
    *len = 0;
    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].id == 0)
            return EINVAL;
    bool wide = is_wide(items, count);
    size_t size = elements_size(items, count, wide);
    if (size / 4 > UINT16_MAX || cap < 4 || cap - 4 < size)
        return EMSGSIZE;
    put_u16(to, wide ? RTP_EXT_PROFILE_TWO : RTP_EXT_PROFILE_ONE);
    put_u16(to + 2, (uint16_t)(size / 4));
    uint8_t *at = to + 4;
    for (size_t i = 0; i < count; i++)
        at = put_element(at, &items[i], wide);
    memset(at, 0, (size_t)(to + 4 + size - at));
    *len = 4 + size;
    return 0;
}
