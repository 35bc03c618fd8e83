#include <string.h>

#include "signaling/paper/inside.h"

// PNG (ISO/IEC 15948): a signature and chunks, each with its checksum; nothing behind the last.

#define CHUNK_EXTRA 12 // length, name, checksum
#define IHDR_LEN    13

struct chunk {
    const uint8_t *data;
    uint32_t len;
    char name[5];
};

struct png {
    unsigned chunks, data; // how many so far, and of IDAT
    bool has_palette, data_over, ended;
    uint8_t colour;
};

static uint32_t u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// CRC-32 of annex D, four bits at a time.
static uint32_t checksum(const uint8_t *bytes, size_t len)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc = crc >> 4 ^ table[(crc ^ bytes[i]) & 15];
        crc = crc >> 4 ^ table[(crc ^ bytes[i] >> 4) & 15];
    }
    return ~crc;
}

// The bits a sample that each type of colour may have, as a set.
static bool is_colour(uint8_t type, uint8_t bits)
{
    static const uint32_t allowed[7] = {[0] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16,
                                        [2] = 1 << 8 | 1 << 16,
                                        [3] = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
                                        [4] = 1 << 8 | 1 << 16,
                                        [6] = 1 << 8 | 1 << 16};
    return type < 7 && bits <= 16 && (allowed[type] >> bits & 1);
}

static const char *read_header(struct png *png, const struct chunk *chunk, struct paper_size *size)
{
    const uint8_t *data = chunk->data;
    if (strcmp(chunk->name, "IHDR") != 0 || chunk->len != IHDR_LEN)
        return "its header is missing";
    size->width = u32(data);
    size->height = u32(data + 4);
    png->colour = data[9];
    bool good = size->width && size->height && is_colour(data[9], data[8]) && data[10] == 0 &&
                data[11] == 0 && data[12] <= 1;
    return good ? NULL : "its header is malformed";
}

// Chunks that a picture cannot be drawn without begin with a capital letter.
static const char *read_beside(struct png *png, const struct chunk *chunk)
{
    if (strcmp(chunk->name, "PLTE") == 0 && !png->data && !png->has_palette && chunk->len % 3 == 0)
        png->has_palette = true;
    else if (chunk->name[0] < 'a')
        return "it has a part that is not known";
    else if (strcmp(chunk->name, "acTL") == 0)
        return "it moves";
    return NULL;
}

static const char *read_chunk(struct png *png, const struct chunk *chunk, struct paper_size *size)
{
    if (png->chunks++ == 0)
        return read_header(png, chunk, size);
    if (strcmp(chunk->name, "IDAT") == 0) {
        if (png->data_over || (png->colour == 3 && !png->has_palette))
            return "its parts do not follow each other";
        png->data++;
        return NULL;
    }
    png->data_over = png->data > 0;
    png->ended = strcmp(chunk->name, "IEND") == 0;
    if (!png->ended)
        return read_beside(png, chunk);
    return png->data && chunk->len == 0 ? NULL : "there is no picture in it";
}

static const char *next_chunk(const uint8_t *at, size_t left, struct chunk *chunk)
{
    chunk->len = left < CHUNK_EXTRA ? 0 : u32(at);
    if (left < CHUNK_EXTRA || chunk->len > left - CHUNK_EXTRA)
        return "it is cut off";
    chunk->data = at + 8;
    memcpy(chunk->name, at + 4, 4);
    chunk->name[4] = 0;
    for (unsigned i = 0; i < 4; i++)
        if ((chunk->name[i] | 0x20) < 'a' || (chunk->name[i] | 0x20) > 'z')
            return "its parts do not follow each other";
    return checksum(at + 4, 4 + (size_t)chunk->len) == u32(chunk->data + chunk->len)
               ? NULL
               : "a checksum is wrong";
}

const char *paper_png(const uint8_t *bytes, size_t len, struct paper_size *size)
{
    struct png png = {0};
    struct chunk chunk;
    size_t at = 8;
    if (len < at || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0)
        return "it does not begin as a PNG picture";
    while (!png.ended) {
        const char *why = next_chunk(bytes + at, len - at, &chunk);
        if (!why)
            why = read_chunk(&png, &chunk, size);
        if (why)
            return why;
        at += CHUNK_EXTRA + (size_t)chunk.len;
    }
    return at == len ? NULL : "something follows its end";
}
