#include "gateway/packet/opus.h"
#include "gateway/packet/red_blocks.h"

#include "tests/fuzz/support/input.h"

// Blocks lie one behind the other in the payload and end with it; Opus never sounds too long.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct red_blocks blocks;
    check(opus_duration(data, size) <= 5760);
    if (red_parse(&blocks, data, size) != 0)
        return 0;
    check(blocks.count > 0 && blocks.count <= RED_BLOCKS_MAX);
    const uint8_t *end = blocks.of[0].data;
    for (size_t i = 0; i < blocks.count; i++) {
        check(blocks.of[i].data == end);
        end += blocks.of[i].len;
        check(opus_duration(blocks.of[i].data, blocks.of[i].len) % 120 == 0);
    }
    check(end == data + size);
    check(red_newest(&blocks)->before == 0);
    return 0;
}
