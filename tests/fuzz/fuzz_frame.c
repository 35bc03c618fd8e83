#include "gateway/packet/av1.h"
#include "gateway/packet/frame.h"
#include "gateway/packet/h264.h"
#include "gateway/packet/vp8.h"
#include "gateway/packet/vp9.h"

#include "tests/fuzz/support/input.h"

// One payload through every codec: facts lie inside the payload and agree with each other.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vp8_header vp8;
    struct vp9_header vp9;
    struct h264_header h264;
    struct av1_header av1;
    if (vp8_parse(&vp8, data, size) == 0)
        check(vp8.len < size && vp8.picture_id_off < vp8.len && vp8.tl0_off < vp8.len);
    if (vp9_parse(&vp9, data, size) == 0)
        check(vp9.len < size && vp9.picture_id_off < vp9.len && vp9.tl0_off < vp9.len);
    if (h264_parse(&h264, data, size) == 0)
        check(!h264.key || h264.starts);
    if (av1_parse(&av1, data, size) == 0)
        check(!av1.key || av1.starts);
    for (unsigned codec = CODEC_NONE; codec <= CODEC_COUNT; codec++) {
        struct frame_facts facts;
        int err = frame_parse(&facts, (enum codec)codec, data, size);
        check(!err || (!facts.starts && !facts.key));
        check(facts.key == frame_is_key((enum codec)codec, data, size));
        check(!facts.key || frame_starts((enum codec)codec, data, size));
    }
    return 0;
}
