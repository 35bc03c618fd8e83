#include "signaling/paper/paper.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/paper/inside.h"

#define NAME_MAX_BYTES 200

static const struct {
    const char *name;
    const char *(*read)(const uint8_t *bytes, size_t len, struct paper_size *size);
} types[PAPER_TYPES] = {
    [PAPER_JPEG] = {"image/jpeg", paper_jpeg},
    [PAPER_PNG] = {"image/png", paper_png},
    [PAPER_PDF] = {"application/pdf", paper_pdf},
};

const char *paper_type_name(enum paper_type type)
{
    return types[type].name;
}

int paper_check(enum paper_type type, const uint8_t *bytes, size_t len, struct paper_size *size,
                const char **why)
{
    *size = (struct paper_size){0};
    *why = types[type].read(bytes, len, size);
    if (*why)
        return EBADMSG;
    if (size->width <= PAPER_SIDE_MAX && size->height <= PAPER_SIDE_MAX &&
        (uint64_t)size->width * size->height <= PAPER_PIXELS_MAX)
        return 0;
    *why = "the picture has too many pixels";
    return EFBIG;
}

// Marks that turn the direction of writing can make a name end in another way than it seems to:
// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
static bool turns(const unsigned char *at)
{
    if (at[0] != 0xe2 || (at[1] != 0x80 && at[1] != 0x81))
        return false;
    unsigned char last = at[2];
    if (at[1] == 0x81)
        return last >= 0xa6 && last <= 0xa9;
    return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae);
}

bool paper_is_name(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > NAME_MAX_BYTES || !text_is_utf8(name, len))
        return false;
    for (const unsigned char *at = (const unsigned char *)name; *at; at++)
        if (*at < 0x20 || *at == 0x7f || strchr("/\\\"<>", *at) || turns(at))
            return false;
    return true;
}
