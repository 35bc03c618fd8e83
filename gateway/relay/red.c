#include "gateway/relay/red.h"

#include <errno.h>

#include "gateway/base/bytes.h"

#define BLOCK_HEAD 4 // F, block PT, timestamp offset (14 bits), block length (10 bits)

int red_parse(struct red_primary *primary, const uint8_t *payload, size_t len)
{
    size_t head = 0, older = 0;
    while (head < len && (payload[head] & 0x80)) {
        if (len - head <= BLOCK_HEAD)
            return EBADMSG;
        older += get_u16(payload + head + 2) & 0x3ff;
        head += BLOCK_HEAD;
    }
    if (head >= len || len - head - 1 < older)
        return EBADMSG;
    primary->pt = payload[head] & 0x7f;
    primary->data = payload + head + 1 + older;
    primary->len = len - head - 1 - older;
    return 0;
}
