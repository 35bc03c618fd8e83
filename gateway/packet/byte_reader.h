#pragma once
#include <stddef.h>
#include <stdint.h>

// Takes the bytes of a header one after the other. Behind the end they are 0: the caller compares
// `pos` with `len` once, when it has taken all.
struct byte_reader {
    const uint8_t *data;
    size_t len;
    size_t pos;
};

static inline uint8_t byte_take(struct byte_reader *r)
{
    uint8_t byte = r->pos < r->len ? r->data[r->pos] : 0;
    r->pos++;
    return byte;
}
