#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Writes text or bytes into a buffer of fixed size that the caller owns. Overflow sets `full` and
// writes nothing more, so a chain of writes is checked once, at its end.

struct writer {
    uint8_t *data;
    size_t len;
    size_t cap;
    bool full;
};

static inline struct writer writer_of(void *buffer, size_t cap)
{
    return (struct writer){.data = buffer, .cap = cap};
}

void writer_bytes(struct writer *w, const void *bytes, size_t len);
void writer_u8(struct writer *w, uint8_t v);
void writer_u16(struct writer *w, uint16_t v); // network order
void writer_u24(struct writer *w, uint32_t v);
void writer_u32(struct writer *w, uint32_t v);
void writer_u64(struct writer *w, uint64_t v);
void writer_text(struct writer *w, const char *text);
void writer_printf(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Ends the text with a zero (not counted in len) and returns it, or NULL when it did not fit.
const char *writer_string(struct writer *w);
