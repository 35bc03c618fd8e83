#include "gateway/packet/demux.h"
#include "gateway/packet/rtp_ext.h"

#include "tests/fuzz/support/input.h"

// A datagram goes the way it would at the media port: kind, header, extensions. What was read must
// lie inside the packet, and a header written back must read the same.

static void check_extensions(const uint8_t *data, size_t size, const struct rtp_header *h)
{
    static struct rtp_ext_map map;
    struct rtp_ext_set set;
    for (unsigned kind = 0; kind < RTP_EXT_COUNT; kind++)
        rtp_ext_map_set(&map, kind + 1, (enum rtp_ext)kind);
    rtp_ext_parse(&set, &map, data, h);
    struct rtp_ext_item items[RTP_EXT_COUNT];
    size_t count = 0;
    for (unsigned kind = 0; kind < RTP_EXT_COUNT; kind++) {
        size_t len = 0;
        const uint8_t *at = rtp_ext_get(&set, data, (enum rtp_ext)kind, &len);
        check(!at || (at > data && len <= size - (size_t)(at - data)));
        if (at)
            items[count++] = (struct rtp_ext_item){(uint8_t)(kind + 1), (uint8_t)len, at};
    }
    uint8_t out[4 + RTP_EXT_COUNT * 257 + 4];
    size_t written;
    check(rtp_ext_write(out, sizeof(out), items, count, &written) == 0);
    check(written <= sizeof(out) && written % 4 == 0);
}

static void check_header(const uint8_t *data, size_t size)
{
    struct rtp_header h;
    struct rtp_header again;
    uint8_t out[RTP_HEADER_LEN + 4] = {0};
    if (rtp_parse(&h, data, size))
        return;
    check(h.header_len + h.payload_len + h.padding == size);
    check_extensions(data, size, &h);
    h.has_ext = h.has_padding = false;
    check(rtp_write_header(out, &h) == RTP_HEADER_LEN);
    check(rtp_parse(&again, out, sizeof(out)) == 0);
    check(again.seq == h.seq && again.ts == h.ts && again.ssrc == h.ssrc && again.pt == h.pt &&
          again.marker == h.marker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtp_header h;
    check(packet_kind(data, size) <= PACKET_RTCP);
    if (rtp_parse_protected(&h, data, size) == 0)
        check(h.header_len + h.payload_len == size && h.padding == 0);
    check_header(data, size);
    return 0;
}
