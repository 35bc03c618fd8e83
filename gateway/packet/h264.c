#include "gateway/packet/h264.h"

#include "gateway/base/bytes.h"
#include "gateway/packet/h264_sps.h"
#include <errno.h>

// NAL unit types, H.264 table 7-1 and RFC 6184 table 1.
#define NAL_SLICE  1
#define NAL_IDR    5
#define NAL_SEI    6
#define NAL_SPS    7
#define NAL_PPS    8
#define NAL_AUD    9
#define NAL_SINGLE 23 // 1..23 are units by themselves
#define NAL_STAP_A 24
#define NAL_FU_A   28

#define FU_START 0x80

// What it announces is for information only: one that cannot be read says nothing.
static void note_sps(struct h264_header *h, const uint8_t *unit, size_t len)
{
    if ((unit[0] & 31) == NAL_SPS)
        (void)h264_sps_size(unit, len, &h->width, &h->height);
}

// Notes one unit's type; `body` is what follows its header byte.
static void note_unit(struct h264_header *h, uint8_t nal, const uint8_t *body, size_t len)
{
    uint8_t type = nal & 31;
    bool slice = type >= NAL_SLICE && type <= NAL_IDR;
    h->has_sps |= type == NAL_SPS;
    h->has_idr |= type == NAL_IDR;
    h->non_reference &= (nal & 0x60) == 0;
    if (type >= NAL_SEI && type <= NAL_AUD)
        h->starts = true;
    // first_mb_in_slice is an Exp-Golomb number: 0 is the single bit 1.
    if (slice && len && body[0] & 0x80)
        h->starts = true;
}

static int parse_stap(struct h264_header *h, const uint8_t *at, size_t left)
{
    if (left == 0)
        return EBADMSG;
    while (left) {
        if (left < 2)
            return EBADMSG;
        size_t size = get_u16(at);
        if (size == 0 || size > left - 2)
            return EBADMSG;
        note_unit(h, at[2], at + 3, size - 1);
        note_sps(h, at + 2, size);
        at += 2 + size;
        left -= 2 + size;
    }
    return 0;
}

static int parse_fu(struct h264_header *h, const uint8_t *payload, size_t len)
{
    if (len < 3)
        return EBADMSG;
    uint8_t nal = (uint8_t)((payload[0] & 0xE0) | (payload[1] & 0x1F));
    if (payload[1] & FU_START) {
        note_unit(h, nal, payload + 2, len - 2);
    } else {
        h->has_idr = (nal & 31) == NAL_IDR;
        h->non_reference = (nal & 0x60) == 0;
    }
    return 0;
}

static int parse_units(struct h264_header *h, const uint8_t *payload, size_t len)
{
    uint8_t type = payload[0] & 31;
    if (type == NAL_STAP_A)
        return parse_stap(h, payload + 1, len - 1);
    if (type == NAL_FU_A)
        return parse_fu(h, payload, len);
    if (type == 0 || type > NAL_SINGLE)
        return EBADMSG;
    note_unit(h, payload[0], payload + 1, len - 1);
    note_sps(h, payload, len);
    return 0;
}

int h264_parse(struct h264_header *h, const uint8_t *payload, size_t len)
{
    *h = (struct h264_header){.non_reference = true};
    int err = len ? parse_units(h, payload, len) : EBADMSG;
    if (err)
        *h = (struct h264_header){0};
    h->key = h->starts && (h->has_sps || h->has_idr);
    return err;
}
