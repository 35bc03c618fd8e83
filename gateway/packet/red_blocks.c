#include "gateway/packet/red_blocks.h"

#include <errno.h>

#include "gateway/base/bytes.h"

#define FOLLOWED 0x80 // another head comes behind this one
#define HEAD_LEN 4    // F, block PT, timestamp offset (14 bits), block length (10 bits)
#define LEN_BITS 10
#define LEN_MASK ((1u << LEN_BITS) - 1)

// The heads. *read: how many bytes they are.
static int read_heads(struct red_blocks *blocks, const uint8_t *payload, size_t len, size_t *read)
{
    size_t at = 0;
    for (; at < len && (payload[at] & FOLLOWED); at += HEAD_LEN) {
        if (len - at <= HEAD_LEN || blocks->count + 1 == RED_BLOCKS_MAX)
            return EBADMSG;
        uint32_t head = get_u32(payload + at);
        blocks->of[blocks->count++] = (struct red_block){
            .pt = payload[at] & 0x7f,
            .before = (uint16_t)((head & 0xffffff) >> LEN_BITS),
            .len = head & LEN_MASK};
    }
    if (at >= len)
        return EBADMSG;
    blocks->of[blocks->count++] = (struct red_block){.pt = payload[at]};
    *read = at + 1;
    return 0;
}

int red_parse(struct red_blocks *blocks, const uint8_t *payload, size_t len)
{
    size_t at;
    blocks->count = 0;
    int err = read_heads(blocks, payload, len, &at);
    if (err)
        return err;
    for (size_t i = 0; i < blocks->count; i++) {
        struct red_block *block = &blocks->of[i];
        if (i == blocks->count - 1)
            block->len = len - at;
        if (block->len > len - at)
            return EBADMSG;
        block->data = payload + at;
        at += block->len;
    }
    return 0;
}
