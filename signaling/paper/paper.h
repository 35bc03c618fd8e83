#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a file is that one side of a consultation gives the other: read strictly against what it is
// said to be, never guessed. Nothing is decoded here: what a reader lets through has one beginning,
// one end and nothing behind it, so that it is not two kinds of file at once, and a picture is of
// a size that a browser can draw. Pure: bytes in, facts out.

enum paper_type { PAPER_JPEG, PAPER_PNG, PAPER_PDF, PAPER_TYPES };

#define PAPER_SIDE_MAX   8192               // pixels
#define PAPER_PIXELS_MAX (32 * 1000 * 1000) // A4 at 300 dots an inch is 8.7 million

struct paper_size {
    unsigned width, height; // pixels; of a PDF 0
};

// "image/jpeg", "image/png", "application/pdf".
const char *paper_type_name(enum paper_type type);
// 0; EBADMSG: not a whole file of this type, or one with something more in it; EFBIG: a picture of
// too many pixels. `why` (English, static) says what is wrong.
int paper_check(enum paper_type type, const uint8_t *bytes, size_t len, struct paper_size *size,
                const char **why);

// A file's name as people see it: 1 to 200 bytes of UTF-8 without control characters, slashes,
// quotes and what changes the direction of writing.
bool paper_is_name(const char *name);
