#include "gateway/rooms/tcp_frame.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"

// Moves bytes over until `want` are there.
static void fill(struct tcp_frame *frame, size_t want, const uint8_t **data, size_t *len)
{
    size_t take = want - frame->have;
    if (take > *len)
        take = *len;
    memcpy(frame->bytes + frame->have, *data, take);
    frame->have += take;
    *data += take;
    *len -= take;
}

int tcp_frame_feed(struct tcp_frame *frame, const uint8_t *data, size_t len, tcp_frame_h *handler,
                   void *arg)
{
    while (len) {
        if (frame->have < 2)
            fill(frame, 2, &data, &len);
        if (frame->have < 2)
            return 0;
        size_t want = get_u16(frame->bytes);
        if (want > TCP_FRAME_MAX)
            return EMSGSIZE;
        fill(frame, 2 + want, &data, &len);
        if (frame->have < 2 + want)
            return 0;
        frame->have = 0;
        int err = want ? handler(arg, frame->bytes + 2, want) : 0;
        if (err)
            return err;
    }
    return 0;
}
