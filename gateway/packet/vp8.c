#include "gateway/packet/vp8.h"

#include <errno.h>

#include "gateway/base/bytes.h"
#include "gateway/packet/byte_reader.h"

// RFC 7741 section 4.2: X R N S R PID, then X: I L T K, then the fields they announce.

static void read_picture_id(struct vp8_header *h, struct byte_reader *r)
{
    h->has_picture_id = true;
    h->picture_id_off = (uint8_t)r->pos;
    h->picture_id = byte_take(r);
    h->wide_picture_id = h->picture_id & 0x80;
    if (h->wide_picture_id)
        h->picture_id = (uint16_t)((h->picture_id & 0x7F) << 8 | byte_take(r));
}

static void read_layer(struct vp8_header *h, struct byte_reader *r, uint8_t flags)
{
    uint8_t byte = byte_take(r);
    h->has_tid = flags & 0x20;
    h->has_key_index = flags & 0x10;
    if (h->has_tid) {
        h->tid = byte >> 6;
        h->sync = byte & 0x20;
    }
    if (h->has_key_index)
        h->key_index = byte & 0x1F;
}

static void read_extension(struct vp8_header *h, struct byte_reader *r)
{
    uint8_t flags = byte_take(r);
    if (flags & 0x80)
        read_picture_id(h, r);
    if (flags & 0x40) {
        h->has_tl0 = true;
        h->tl0_off = (uint8_t)r->pos;
        h->tl0 = byte_take(r);
    }
    if (flags & 0x30)
        read_layer(h, r, flags);
}

// RFC 6386 section 9.1: three bytes with the inverse key flag, start code 9d 01 2a, two sizes of 14
// bits.
static void read_frame(struct vp8_header *h, const uint8_t *frame, size_t len)
{
    h->key = !(frame[0] & 1);
    if (!h->key || len < 10 || get_u24(frame + 3) != 0x9D012A)
        return;
    h->width = (uint16_t)((frame[6] | frame[7] << 8) & 0x3FFF);
    h->height = (uint16_t)((frame[8] | frame[9] << 8) & 0x3FFF);
}

int vp8_parse(struct vp8_header *h, const uint8_t *payload, size_t len)
{
    struct byte_reader r = {payload, len, 0};
    *h = (struct vp8_header){0};
    uint8_t first = byte_take(&r);
    h->non_reference = first & 0x20;
    h->starts = (first & 0x10) && (first & 0x07) == 0;
    if (first & 0x80)
        read_extension(h, &r);
    if (r.pos >= len) {
        *h = (struct vp8_header){0};
        return EBADMSG;
    }
    h->len = (uint8_t)r.pos;
    if (h->starts)
        read_frame(h, payload + r.pos, len - r.pos);
    return 0;
}
