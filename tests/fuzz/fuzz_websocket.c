// Frames of a WebSocket client: cut anywhere, the payload that comes out is what was announced,
// never more.
#include <errno.h>

#include "signaling/server/frame.h"
#include "tests/fuzz/support/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame = {0};
    char *out = malloc(size + 1);
    size_t at = 0;
    while (at < size) {
        size_t used = 0;
        if (!frame.complete) {
            // A byte at a time where the input is odd: heads come in pieces.
            size_t give = data[at] & 1 ? 1 : size - at;
            int err = frame_head(&frame, data + at, give, &used);
            if (err && err != EAGAIN)
                break;
            check(used <= give && (err != EAGAIN || used == give));
        } else {
            uint64_t left = frame.left;
            used = frame_payload(&frame, data + at, size - at, out);
            check(used <= size - at && used <= left && frame.left == left - used);
        }
        at += used;
        if (frame.complete && !frame.left)
            frame.complete = false;
    }
    free(out);
    return 0;
}
