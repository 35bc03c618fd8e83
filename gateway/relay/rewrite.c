#include "gateway/relay/rewrite.h"

#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/packet/dependency.h"

#define BIT(kind)   (1u << (kind))
#define EXT_BIT     0x10 // RFC 3550 section 5.1
#define NUMBER_LEN  2
#define COUNTED_LEN 8 // an extension with nothing but the number

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

// What most packets of a viewer with transport-wide numbers have: that alone, in the one-byte form.
static size_t write_number(const struct rewrite *rewrite, uint16_t number, uint8_t *out)
{
    put_u16(out, RTP_EXT_PROFILE_ONE);
    put_u16(out + 2, 1);
    out[4] = (uint8_t)(rewrite->id_of[RTP_EXT_TRANSPORT_CC] << 4 | (NUMBER_LEN - 1));
    put_u16(out + 5, number);
    out[7] = 0;
    return COUNTED_LEN;
}

// The dependency descriptor as this viewer has to see it. One that was not understood stays.
static void adapt(const struct packet *packet, const struct rewrite_to *to,
                  struct rtp_ext_item *item, uint8_t *descriptor)
{
    const struct packet_layer *layer = &packet->layer;
    unsigned targets = to->limited && layer->targets <= 16 ? layer->targets : 0;
    uint16_t frame = item->len < DEPENDENCY_MIN ? 0 : get_u16(item->data + 1);
    const struct dependency_change change = {.mask_at = layer->mask_at,
                                             .has_mask = layer->has_mask,
                                             .frame = (uint16_t)(frame + to->frame_shift),
                                             .targets = targets,
                                             .mask = layer->masks[to->box]};
    size_t len = dependency_rewrite(item->data, item->len, &change, descriptor);
    if (!len)
        return;
    item->len = (uint8_t)len;
    item->data = descriptor;
}

static size_t write_extensions(const struct rewrite *rewrite, const struct packet *packet,
                               const struct rewrite_to *to, uint8_t *out, size_t cap)
{
    struct rtp_ext_item items[RTP_EXT_COUNT];
    uint8_t descriptor[DEPENDENCY_MAX];
    uint8_t number[NUMBER_LEN];
    size_t count = 0, len = 0;
    put_u16(number, to->transport_seq);
    if (to->counted)
        items[count++] = (struct rtp_ext_item){
            .id = rewrite->id_of[RTP_EXT_TRANSPORT_CC], .len = NUMBER_LEN, .data = number};
    if (to->mid && rewrite->mid_len)
        items[count++] = (struct rtp_ext_item){
            .id = rewrite->id_of[RTP_EXT_MID], .len = rewrite->mid_len, .data = rewrite->mid};
    for (uint32_t left = packet->ext.present & rewrite->kinds; left; left &= left - 1) {
        unsigned kind = (unsigned)__builtin_ctz(left);
        items[count++] = (struct rtp_ext_item){.id = rewrite->id_of[kind],
                                               .len = packet->ext.at[kind].len,
                                               .data = packet->data + packet->ext.at[kind].off};
        if (kind == RTP_EXT_DEPENDENCY_DESCRIPTOR && (to->frame_shift || to->limited))
            adapt(packet, to, &items[count - 1], descriptor);
    }
    return rtp_ext_write(out, cap, items, count, &len) ? 0 : len;
}

size_t rewrite_header(const struct rewrite *rewrite, const struct packet *packet,
                      const struct rewrite_to *to, uint8_t *out, size_t cap)
{
    size_t ext_len = 0;
    bool others = (to->mid && rewrite->mid_len) || (packet->ext.present & rewrite->kinds);
    if (others)
        ext_len = write_extensions(rewrite, packet, to, out + RTP_HEADER_LEN, cap - RTP_HEADER_LEN);
    if (to->counted && !ext_len && cap >= RTP_HEADER_LEN + COUNTED_LEN)
        ext_len = write_number(rewrite, to->transport_seq, out + RTP_HEADER_LEN);
    const struct rtp_header header = {.marker = packet->rtp.marker || to->last,
                                      .has_ext = ext_len > 0,
                                      .pt = to->pt,
                                      .seq = to->seq,
                                      .ts = to->ts,
                                      .ssrc = to->ssrc};
    return rtp_write_header(out, &header) + ext_len;
}

// It is always the first element; its head has one byte or two.
uint8_t rewrite_number_at(const uint8_t *header)
{
    if (!(header[0] & EXT_BIT))
        return 0;
    return RTP_HEADER_LEN + 4 + (get_u16(header + RTP_HEADER_LEN) == RTP_EXT_PROFILE_ONE ? 1 : 2);
}
