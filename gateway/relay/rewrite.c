#include "gateway/relay/rewrite.h"

#include <string.h>

#define BIT(kind) (1u << (kind))

static const uint32_t passed_on = BIT(RTP_EXT_AUDIO_LEVEL) | BIT(RTP_EXT_VIDEO_ORIENTATION) |
                                  BIT(RTP_EXT_PLAYOUT_DELAY) | BIT(RTP_EXT_ABS_CAPTURE_TIME) |
                                  BIT(RTP_EXT_DEPENDENCY_DESCRIPTOR) |
                                  BIT(RTP_EXT_VIDEO_CONTENT_TYPE) | BIT(RTP_EXT_COLOR_SPACE);

void rewrite_init(struct rewrite *rewrite, const struct terms_media *terms)
{
    *rewrite = (struct rewrite){0};
    for (unsigned kind = 0; kind < RTP_EXT_COUNT; kind++) {
        rewrite->id_of[kind] = rtp_ext_map_id(&terms->ext, (enum rtp_ext)kind);
        if (rewrite->id_of[kind])
            rewrite->kinds |= BIT(kind) & passed_on;
    }
    if (rewrite->id_of[RTP_EXT_MID])
        rewrite->mid_len = (uint8_t)strnlen(terms->mid, sizeof(terms->mid));
    memcpy(rewrite->mid, terms->mid, rewrite->mid_len);
}

static size_t write_extensions(const struct rewrite *rewrite, const struct packet *packet, bool mid,
                               uint8_t *out, size_t cap)
{
    struct rtp_ext_item items[RTP_EXT_COUNT];
    size_t count = 0, len = 0;
    if (mid)
        items[count++] = (struct rtp_ext_item){
            .id = rewrite->id_of[RTP_EXT_MID], .len = rewrite->mid_len, .data = rewrite->mid};
    for (uint32_t left = packet->ext.present & rewrite->kinds; left; left &= left - 1) {
        unsigned kind = (unsigned)__builtin_ctz(left);
        items[count++] = (struct rtp_ext_item){.id = rewrite->id_of[kind],
                                               .len = packet->ext.at[kind].len,
                                               .data = packet->data + packet->ext.at[kind].off};
    }
    return rtp_ext_write(out, cap, items, count, &len) ? 0 : len;
}

size_t rewrite_header(const struct rewrite *rewrite, const struct packet *packet,
                      const struct rewrite_to *to, uint8_t *out, size_t cap)
{
    size_t ext_len = 0;
    bool mid = to->mid && rewrite->mid_len;
    if (mid || (packet->ext.present & rewrite->kinds))
        ext_len = write_extensions(rewrite, packet, mid, out + RTP_HEADER_LEN,
                                   cap - RTP_HEADER_LEN);
    const struct rtp_header header = {.marker = packet->rtp.marker,
                                      .has_ext = ext_len > 0,
                                      .pt = to->pt,
                                      .seq = to->seq,
                                      .ts = to->ts,
                                      .ssrc = to->ssrc};
    return rtp_write_header(out, &header) + ext_len;
}
