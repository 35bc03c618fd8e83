#include "signaling/paper/inside.h"

// JPEG (ITU-T T.81, annex B): segments between the start and the end of the image, of which one
// frame says the size; nothing behind the end.

#define MARKER_SOI 0xd8
#define MARKER_EOI 0xd9
#define MARKER_SOS 0xda

struct jpeg {
    const uint8_t *bytes;
    size_t len, at;
    struct paper_size *size;
    bool has_frame, has_scan;
};

static unsigned u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

// Baseline, extended and progressive ones by Huffman codes: what browsers show.
static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xc2;
}

// Tables, restart interval, applications' data, comment.
static bool is_beside(uint8_t marker)
{
    return marker == 0xc4 || marker == 0xdb || marker == 0xdd || marker == 0xfe ||
           (marker >= 0xe0 && marker <= 0xef);
}

static const char *read_frame(struct jpeg *jpeg, const uint8_t *segment, unsigned len)
{
    if (jpeg->has_frame || len < 8 || len != 8 + 3u * segment[7])
        return "its frame is malformed";
    jpeg->has_frame = true;
    jpeg->size->height = u16(segment + 3);
    jpeg->size->width = u16(segment + 5);
    bool plain = segment[2] == 8 && (segment[7] == 1 || segment[7] == 3);
    return plain && jpeg->size->width && jpeg->size->height ? NULL : "such pictures are not shown";
}

// Coded data, in which every 0xff is followed by 0x00 or a restart mark. Ends at another marker.
static void skip_scan(struct jpeg *jpeg)
{
    const uint8_t *bytes = jpeg->bytes;
    for (; jpeg->at + 1 < jpeg->len; jpeg->at++) {
        uint8_t next = bytes[jpeg->at + 1];
        if (bytes[jpeg->at] == 0xff && next && next != 0xff && (next < 0xd0 || next > 0xd7))
            return;
    }
}

static const char *read_segment(struct jpeg *jpeg, uint8_t marker)
{
    const uint8_t *segment = jpeg->bytes + jpeg->at;
    size_t left = jpeg->len - jpeg->at;
    unsigned len = left < 2 ? 0 : u16(segment);
    if (len < 2 || len > left)
        return "it is cut off";
    jpeg->at += len;
    if (is_frame(marker))
        return read_frame(jpeg, segment, len);
    if (marker != MARKER_SOS)
        return is_beside(marker) ? NULL : "it has a part that is not known";
    if (!jpeg->has_frame)
        return "its frame is missing";
    jpeg->has_scan = true;
    skip_scan(jpeg);
    return NULL;
}

const char *paper_jpeg(const uint8_t *bytes, size_t len, struct paper_size *size)
{
    struct jpeg jpeg = {.bytes = bytes, .len = len, .at = 2, .size = size};
    if (len < 4 || bytes[0] != 0xff || bytes[1] != MARKER_SOI)
        return "it does not begin as a JPEG picture";
    while (jpeg.at + 2 <= len) {
        if (bytes[jpeg.at] != 0xff)
            return "its parts do not follow each other";
        uint8_t marker = bytes[jpeg.at + 1];
        jpeg.at += marker == 0xff ? 1 : 2; // fill bytes
        if (marker == MARKER_EOI)
            return jpeg.at != len  ? "something follows its end"
                   : jpeg.has_scan ? NULL
                                   : "there is no picture in it";
        const char *why = marker == 0xff ? NULL : read_segment(&jpeg, marker);
        if (why)
            return why;
    }
    return "it is cut off";
}
