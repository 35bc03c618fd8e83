#pragma once
#include <stddef.h>
#include <stdint.h>

// Redundant audio, RFC 2198: a packet says once more what the ones before it said. Any thread.

#define RED_BLOCKS_MAX 10 // more of them are malformed: nobody repeats so much

struct red_block {
    uint8_t pt;
    uint16_t before; // so much earlier than the packet, in ticks of its timestamp; 0 is the newest
    const uint8_t *data; // into the payload
    size_t len;
};

// Section 3: the older blocks in the order they stand in, usually the oldest first, and then the
// newest ("primary") one, which is always there.
struct red_blocks {
    size_t count;
    struct red_block of[RED_BLOCKS_MAX];
};

// EBADMSG when the blocks do not fit into the payload.
int red_parse(struct red_blocks *blocks, const uint8_t *payload, size_t len);

static inline const struct red_block *red_newest(const struct red_blocks *blocks)
{
    return &blocks->of[blocks->count - 1];
}
