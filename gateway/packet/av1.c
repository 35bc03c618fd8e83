#include "gateway/packet/av1.h"

#include <errno.h>

// Aggregation header: Z Y W W N.
#define BIT_Z 0x80
#define BIT_Y 0x40
#define BIT_N 0x08

#define OBU_SEQUENCE_HEADER    1
#define OBU_TEMPORAL_DELIMITER 2
#define OBU_FORBIDDEN          0x80
#define OBU_EXTENSION          0x04

struct obus {
    const uint8_t *at;
    size_t left;
    unsigned count; // W: how many elements, the last without a length; 0: all have one
    unsigned taken;
};

// leb128 of at most five bytes that fits 32 bits.
static int read_size(struct obus *o, size_t *size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 5 && i < o->left; i++) {
        value |= (uint64_t)(o->at[i] & 0x7F) << (7 * i);
        if (o->at[i] & 0x80)
            continue;
        o->at += i + 1;
        o->left -= i + 1;
        *size = (size_t)value;
        return 0;
    }
    return EBADMSG;
}

// The next OBU element; ENOENT behind the last.
static int next_obu(struct obus *o, const uint8_t **obu, size_t *size)
{
    if (o->left == 0)
        return o->count && o->taken < o->count ? EBADMSG : ENOENT;
    if (o->count && o->taken == o->count)
        return EBADMSG;
    o->taken++;
    *size = o->left;
    if (o->taken != o->count && read_size(o, size))
        return EBADMSG;
    if (*size > o->left)
        return EBADMSG;
    *obu = o->at;
    o->at += *size;
    o->left -= *size;
    return 0;
}

// What the first OBU tells. `first` has at least one byte.
static int note_first(struct av1_header *h, const uint8_t *first, size_t size)
{
    if (first[0] & OBU_FORBIDDEN)
        return EBADMSG;
    if (first[0] & OBU_EXTENSION) {
        if (size < 2)
            return EBADMSG;
        h->has_layers = true;
        h->tid = first[1] >> 5;
        h->sid = first[1] >> 3 & 3;
    }
    return 0;
}

static unsigned obu_type(uint8_t head)
{
    return head >> 3 & 15;
}

// Walks all elements, so that every length is checked; `key` is decided by the first that is not a
// temporal delimiter (which should have been left out, section 5).
static int walk(struct av1_header *h, struct obus *o, bool new_sequence)
{
    const uint8_t *obu;
    size_t size;
    bool seen = !h->starts;
    int err;
    while ((err = next_obu(o, &obu, &size)) == 0) {
        if (size == 0 || seen || obu_type(obu[0]) == OBU_TEMPORAL_DELIMITER)
            continue;
        seen = true;
        if (note_first(h, obu, size))
            return EBADMSG;
        h->key = new_sequence && obu_type(obu[0]) == OBU_SEQUENCE_HEADER;
    }
    return err == ENOENT ? 0 : err;
}

int av1_parse(struct av1_header *h, const uint8_t *payload, size_t len)
{
    *h = (struct av1_header){0};
    if (len < 2)
        return EBADMSG;
    bool new_sequence = payload[0] & BIT_N;
    bool continued = payload[0] & BIT_Z;
    if (new_sequence && continued)
        return EBADMSG;
    struct obus o = {.at = payload + 1, .left = len - 1, .count = payload[0] >> 4 & 3};
    h->starts = !continued;
    h->continues = payload[0] & BIT_Y;
    int err = walk(h, &o, new_sequence);
    if (err)
        *h = (struct av1_header){0};
    return err;
}
