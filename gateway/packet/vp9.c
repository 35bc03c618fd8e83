#include "gateway/packet/vp9.h"

#include <errno.h>

#include "gateway/packet/byte_reader.h"

// First byte: I P L F B E V Z.
#define BIT_I 0x80
#define BIT_P 0x40
#define BIT_L 0x20
#define BIT_F 0x10
#define BIT_B 0x08
#define BIT_E 0x04
#define BIT_V 0x02
#define BIT_Z 0x01

static uint16_t take_u16(struct byte_reader *r)
{
    uint8_t high = byte_take(r);
    return (uint16_t)(high << 8 | byte_take(r));
}

static void read_picture_id(struct vp9_header *h, struct byte_reader *r)
{
    h->has_picture_id = true;
    h->picture_id_off = (uint8_t)r->pos;
    h->picture_id = byte_take(r);
    h->wide_picture_id = h->picture_id & 0x80;
    if (h->wide_picture_id)
        h->picture_id = (uint16_t)((h->picture_id & 0x7F) << 8 | byte_take(r));
}

static void read_layers(struct vp9_header *h, struct byte_reader *r)
{
    uint8_t byte = byte_take(r);
    h->has_layers = true;
    h->tid = byte >> 5;
    h->switch_up = byte & 0x10;
    h->sid = byte >> 1 & 7;
    h->inter_layer = byte & 1;
    if (h->flexible)
        return;
    h->has_tl0 = true;
    h->tl0_off = (uint8_t)r->pos;
    h->tl0 = byte_take(r);
}

// Up to three reference distances, the lowest bit says whether another follows.
static int skip_references(struct byte_reader *r)
{
    for (unsigned i = 0; i < 3; i++)
        if (!(byte_take(r) & 1))
            return 0;
    return EBADMSG;
}

// RFC 9628 section 4.2.1: N_S Y G, sizes of the spatial layers, then the pictures of a group.
static void read_structure(struct vp9_header *h, struct byte_reader *r)
{
    uint8_t head = byte_take(r);
    h->spatial_layers = (uint8_t)((head >> 5) + 1);
    for (unsigned i = 0; (head & 0x10) && i < h->spatial_layers; i++) {
        h->widths[i] = take_u16(r);
        h->heights[i] = take_u16(r);
    }
    unsigned pictures = head & 0x08 ? byte_take(r) : 0;
    for (unsigned i = 0; i < pictures; i++) {
        unsigned references = byte_take(r) >> 2 & 3;
        r->pos += references;
    }
}

int vp9_parse(struct vp9_header *h, const uint8_t *payload, size_t len)
{
    struct byte_reader r = {payload, len, 0};
    *h = (struct vp9_header){0};
    uint8_t first = byte_take(&r);
    int err = 0;
    h->starts = first & BIT_B;
    h->ends = first & BIT_E;
    h->inter_predicted = first & BIT_P;
    h->flexible = first & BIT_F;
    h->upper_unused = first & BIT_Z;
    if (first & BIT_I)
        read_picture_id(h, &r);
    if (first & BIT_L)
        read_layers(h, &r);
    if (h->flexible && h->inter_predicted)
        err = skip_references(&r);
    if (first & BIT_V)
        read_structure(h, &r);
    if (err || r.pos >= len) {
        *h = (struct vp9_header){0};
        return EBADMSG;
    }
    h->len = (uint16_t)r.pos;
    h->key = h->starts && !h->inter_predicted && h->sid == 0;
    return 0;
}
