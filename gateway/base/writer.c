#include "gateway/base/writer.h"

#include <stdio.h>
#include <string.h>

static uint8_t *claim(struct writer *w, size_t len)
{
    if (w->full || len > w->cap - w->len) {
        w->full = true;
        return NULL;
    }
    uint8_t *at = w->data + w->len;
    w->len += len;
    return at;
}

void writer_bytes(struct writer *w, const void *bytes, size_t len)
{
    uint8_t *at = claim(w, len);
    if (at && len)
        memcpy(at, bytes, len);
}

static void write_number(struct writer *w, uint64_t v, unsigned bytes)
{
    uint8_t *at = claim(w, bytes);
    for (unsigned i = 0; at && i < bytes; i++)
        at[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
}

void writer_u8(struct writer *w, uint8_t v)
{
    write_number(w, v, 1);
}

void writer_u16(struct writer *w, uint16_t v)
{
    write_number(w, v, 2);
}

void writer_u24(struct writer *w, uint32_t v)
{
    write_number(w, v, 3);
}

void writer_u32(struct writer *w, uint32_t v)
{
    write_number(w, v, 4);
}

void writer_u64(struct writer *w, uint64_t v)
{
    write_number(w, v, 8);
}

void writer_text(struct writer *w, const char *text)
{
    writer_bytes(w, text, strlen(text));
}

void writer_printf(struct writer *w, const char *format, ...)
{
    if (w->full)
        return;
    size_t room = w->cap - w->len;
    va_list args;
    va_start(args, format);
    int len = vsnprintf((char *)w->data + w->len, room, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room)
        w->full = true;
    else
        w->len += (size_t)len;
}

const char *writer_string(struct writer *w)
{
    if (w->full || w->len >= w->cap)
        return NULL;
    w->data[w->len] = 0;
    return (const char *)w->data;
}
