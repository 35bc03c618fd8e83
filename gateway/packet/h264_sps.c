#include "gateway/packet/h264_sps.h"

#include <errno.h>
#include <stdbool.h>

#define MACROBLOCK    16
#define PICTURE_MAX   65535
#define REFERENCE_MAX 255 // pictures of a counting cycle

struct bits {
    const uint8_t *data;
    size_t len, byte; // bytes
    unsigned bit;     // of data[byte], from the highest
    unsigned zeros;   // bytes of zero in front of data[byte]
    bool over;
};

// 00 00 03: the 3 was put there so that nothing looks like a start code (section 7.4.1).
static void next_byte(struct bits *b)
{
    b->zeros = b->data[b->byte] ? 0 : b->zeros + 1;
    b->byte++;
    if (b->zeros >= 2 && b->byte < b->len && b->data[b->byte] == 3) {
        b->zeros = 0;
        b->byte++;
    }
}

static unsigned take_bit(struct bits *b)
{
    if (b->byte >= b->len) {
        b->over = true;
        return 0;
    }
    unsigned bit = b->data[b->byte] >> (7 - b->bit) & 1;
    if (++b->bit == 8) {
        b->bit = 0;
        next_byte(b);
    }
    return bit;
}

static uint32_t take(struct bits *b, unsigned count)
{
    uint32_t value = 0;
    for (; count; count--)
        value = value << 1 | take_bit(b);
    return value;
}

// ue(v), section 9.1; at most 31 leading zeros.
static uint32_t take_number(struct bits *b)
{
    unsigned zeros = 0;
    while (!b->over && zeros < 32 && !take_bit(b))
        zeros++;
    b->over |= zeros == 32;
    return b->over ? 0 : (1u << zeros) - 1 + take(b, zeros);
}

// se(v): 1, -1, 2, -2...
static int take_signed(struct bits *b)
{
    uint32_t number = take_number(b);
    return number & 1 ? (int)(number / 2 + 1) : -(int)(number / 2);
}

static void skip_scaling_list(struct bits *b, unsigned size)
{
    int last = 8, next = 8;
    for (unsigned i = 0; i < size && !b->over; i++) {
        if (next)
            next = (int)(((unsigned)last + (unsigned)take_signed(b)) & 255);
        last = next ? next : last;
    }
}

static bool is_high(uint32_t profile)
{
    static const uint8_t high[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
    for (size_t i = 0; i < sizeof(high); i++)
        if (high[i] == profile)
            return true;
    return false;
}

// What high profiles tell about samples; gives chroma_format_idc.
static uint32_t read_samples(struct bits *b)
{
    uint32_t chroma = take_number(b);
    if (chroma == 3)
        take(b, 1); // separate planes
    take_number(b);
    take_number(b); // bit depths
    take(b, 1);
    if (!take(b, 1))
        return chroma;
    for (unsigned i = 0; i < (chroma == 3 ? 12u : 8u); i++)
        if (take(b, 1))
            skip_scaling_list(b, i < 6 ? 16 : 64);
    return chroma;
}

static void skip_order(struct bits *b)
{
    uint32_t kind = take_number(b);
    if (kind == 0)
        take_number(b);
    if (kind != 1)
        return;
    take(b, 1);
    take_number(b);
    take_number(b);
    uint32_t cycle = take_number(b);
    b->over |= cycle > REFERENCE_MAX;
    for (uint32_t i = 0; i < cycle && !b->over; i++)
        take_number(b);
}

// Macroblocks less what is cut off, in units of table 6-1 (equations 7-19 to 7-22).
static int read_size(struct bits *b, uint32_t chroma, uint16_t *width, uint16_t *height)
{
    uint64_t wide = take_number(b) + 1ull, high = take_number(b) + 1ull;
    unsigned fields = take(b, 1) ? 1 : 2; // frames alone?
    if (fields == 2)
        take(b, 1);
    take(b, 1);
    uint64_t crop[4] = {0};
    if (take(b, 1))
        for (unsigned i = 0; i < 4; i++)
            crop[i] = take_number(b);
    uint64_t cut_x = (crop[0] + crop[1]) * (chroma == 1 || chroma == 2 ? 2 : 1);
    uint64_t cut_y = (crop[2] + crop[3]) * (chroma == 1 ? 2 : 1) * fields;
    wide *= MACROBLOCK;
    high *= MACROBLOCK * fields;
    if (b->over || cut_x >= wide || cut_y >= high)
        return EBADMSG;
    if (wide - cut_x > PICTURE_MAX || high - cut_y > PICTURE_MAX)
        return EOVERFLOW;
    *width = (uint16_t)(wide - cut_x);
    *height = (uint16_t)(high - cut_y);
    return 0;
}

int h264_sps_size(const uint8_t *sps, size_t len, uint16_t *width, uint16_t *height)
{
    struct bits b = {.data = sps, .len = len, .byte = 1};
    uint32_t profile = take(&b, 8), chroma = 1;
    take(&b, 16); // constraints, level
    take_number(&b);
    if (is_high(profile))
        chroma = read_samples(&b);
    take_number(&b); // frame numbers
    skip_order(&b);
    take_number(&b); // references
    take(&b, 1);
    return read_size(&b, chroma, width, height);
}
