#include "gateway/packet/frame.h"

#include "gateway/packet/av1.h"
#include "gateway/packet/h264.h"
#include "gateway/packet/vp8.h"
#include "gateway/packet/vp9.h"
#include <errno.h>

typedef int frame_parse_h(struct frame_facts *facts, const uint8_t *payload, size_t len);

static int parse_vp8(struct frame_facts *facts, const uint8_t *payload, size_t len)
{
    struct vp8_header h;
    int err = vp8_parse(&h, payload, len);
    *facts = (struct frame_facts){.starts = h.starts,
                                  .key = h.key,
                                  .tid = h.tid,
                                  .sizes = h.width ? 1 : 0,
                                  .width = {h.width},
                                  .height = {h.height},
                                  .up = h.sync ? (uint8_t)(1u << h.tid) : 0,
                                  .picture_off = h.picture_id_off,
                                  .tl0_off = h.tl0_off,
                                  .tl0 = h.tl0,
                                  .wide_picture = h.wide_picture_id,
                                  .picture = h.picture_id};
    return err;
}

// Above its own layer, whichever.
static uint8_t above(uint8_t tid)
{
    return (uint8_t)(0xfe << tid);
}

static int parse_vp9(struct frame_facts *facts, const uint8_t *payload, size_t len)
{
    struct vp9_header h;
    int err = vp9_parse(&h, payload, len);
    *facts = (struct frame_facts){.starts = h.starts,
                                  .key = h.key,
                                  .fresh = !h.inter_predicted && h.tid == 0,
                                  .tid = h.tid,
                                  .sid = h.sid,
                                  .ends = h.ends,
                                  .up = h.switch_up ? above(h.tid) : 0,
                                  .picture_off = h.picture_id_off,
                                  .tl0_off = h.tl0_off,
                                  .tl0 = h.tl0,
                                  .wide_picture = h.wide_picture_id,
                                  .picture = h.picture_id};
    while (facts->sizes < h.spatial_layers && facts->sizes < FRAME_SIZES &&
           h.widths[facts->sizes]) {
        facts->width[facts->sizes] = h.widths[facts->sizes];
        facts->height[facts->sizes] = h.heights[facts->sizes];
        facts->sizes++;
    }
    return err;
}

static int parse_h264(struct frame_facts *facts, const uint8_t *payload, size_t len)
{
    struct h264_header h;
    int err = h264_parse(&h, payload, len);
    *facts = (struct frame_facts){.starts = h.starts,
                                  .key = h.key,
                                  .sizes = h.width ? 1 : 0,
                                  .width = {h.width},
                                  .height = {h.height}};
    return err;
}

static int parse_av1(struct frame_facts *facts, const uint8_t *payload, size_t len)
{
    struct av1_header h;
    int err = av1_parse(&h, payload, len);
    *facts = (struct frame_facts){.starts = h.starts, .key = h.key, .tid = h.tid, .sid = h.sid};
    return err;
}

static frame_parse_h *const parsers[CODEC_COUNT] = {
    [CODEC_VP8] = parse_vp8,
    [CODEC_VP9] = parse_vp9,
    [CODEC_H264] = parse_h264,
    [CODEC_AV1] = parse_av1,
};

int frame_parse(struct frame_facts *facts, enum codec codec, const uint8_t *payload, size_t len)
{
    *facts = (struct frame_facts){0};
    if ((unsigned)codec < CODEC_COUNT && parsers[codec])
        return parsers[codec](facts, payload, len);
    if (codec_info(codec)->kind != MEDIA_AUDIO)
        return 0;
    if (len == 0)
        return EBADMSG;
    *facts = (struct frame_facts){.starts = true, .key = true};
    return 0;
}

bool frame_is_key(enum codec codec, const uint8_t *payload, size_t len)
{
    struct frame_facts facts;
    frame_parse(&facts, codec, payload, len);
    return facts.key;
}

bool frame_starts(enum codec codec, const uint8_t *payload, size_t len)
{
    struct frame_facts facts;
    frame_parse(&facts, codec, payload, len);
    return facts.starts;
}
