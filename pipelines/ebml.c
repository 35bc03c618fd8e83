#include "pipelines/ebml.h"

#include <string.h>

#include "gateway/base/bytes.h"

#define SIZE_BYTES 4

void ebml_id(struct writer *w, enum ebml_id id)
{
    if (id > 0xFFFFFF)
        writer_u32(w, id);
    else if (id > 0xFFFF)
        writer_u24(w, id);
    else if (id > 0xFF)
        writer_u16(w, (uint16_t)id);
    else
        writer_u8(w, (uint8_t)id);
}

void ebml_size(struct writer *w, size_t size)
{
    if (size > EBML_SIZE_MAX)
        w->full = true;
    writer_u32(w, 0x10000000u | (uint32_t)size);
}

void ebml_size_long(struct writer *w, uint64_t size)
{
    writer_u64(w, UINT64_C(1) << 56 | size);
}

void ebml_uint(struct writer *w, enum ebml_id id, uint64_t value)
{
    ebml_id(w, id);
    ebml_size(w, 8);
    writer_u64(w, value);
}

void ebml_short(struct writer *w, enum ebml_id id, uint16_t value)
{
    ebml_id(w, id);
    ebml_size(w, 2);
    writer_u16(w, value);
}

void ebml_float(struct writer *w, enum ebml_id id, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    ebml_uint(w, id, bits);
}

void ebml_bytes(struct writer *w, enum ebml_id id, const void *bytes, size_t len)
{
    ebml_id(w, id);
    ebml_size(w, len);
    writer_bytes(w, bytes, len);
}

void ebml_text(struct writer *w, enum ebml_id id, const char *text)
{
    ebml_bytes(w, id, text, strlen(text));
}

size_t ebml_begin(struct writer *w, enum ebml_id id)
{
    ebml_id(w, id);
    ebml_size(w, 0);
    return w->len;
}

void ebml_end(struct writer *w, size_t mark)
{
    if (!w->full)
        put_u32(w->data + mark - SIZE_BYTES, 0x10000000u | (uint32_t)(w->len - mark));
}

// Bytes of a number by its first byte: the place of the highest bit. 9 for a zero byte.
static size_t width_of(uint8_t first)
{
    size_t width = 1;

    while (width < 9 && !(first & (0x100u >> width)))
        width++;
    return width;
}

size_t ebml_head(const uint8_t *data, size_t len, uint32_t *idp, uint64_t *sizep)
{
    size_t id_len = len ? width_of(data[0]) : 9;

    if (id_len > 4 || id_len >= len)
        return 0;
    size_t size_len = width_of(data[id_len]);
    if (size_len > 8 || id_len + size_len > len)
        return 0;
    uint32_t id = 0;
    for (size_t i = 0; i < id_len; i++)
        id = id << 8 | data[i];
    uint64_t size = data[id_len] & (0xFFu >> size_len);
    for (size_t i = 1; i < size_len; i++)
        size = size << 8 | data[id_len + i];
    if (size == (UINT64_C(1) << (7 * size_len)) - 1)
        size = EBML_SIZE_UNKNOWN;
    *idp = id;
    *sizep = size;
    return id_len + size_len;
}

void ebml_doc(struct writer *w, const char *type)
{
    size_t head = ebml_begin(w, EBML_HEAD);

    ebml_uint(w, EBML_VERSION, 1);
    ebml_uint(w, EBML_READ_VERSION, 1);
    ebml_uint(w, EBML_MAX_ID, 4);
    ebml_uint(w, EBML_MAX_SIZE, 8);
    ebml_text(w, EBML_DOC_TYPE, type);
    ebml_uint(w, EBML_DOC_VERSION, 4);
    ebml_uint(w, EBML_DOC_READ_VERSION, 2);
    ebml_end(w, head);
}
