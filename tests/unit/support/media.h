#pragma once
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/bytes.h"
#include "gateway/relay/packet.h"

// RTP packets as a publisher would send them, for the tests of the relay.

#define MEDIA_MS 1000LL // microseconds

enum media_part { MEDIA_KEY, MEDIA_FRAME, MEDIA_MORE, MEDIA_SOUND, MEDIA_IDR };

struct media_packet {
    uint8_t pt;
    uint16_t seq;
    uint32_t ts, ssrc;
    enum media_part part;
    bool marker;
    size_t len; // of the payload, 0: 100
};

// The first bytes are VP8 (descriptor and frame tag), or an H.264 slice; the last two tell packets
// apart.
static inline size_t media_payload(uint8_t *to, const struct media_packet *what)
{
    static const uint8_t head[][2] = {[MEDIA_KEY] = {0x10, 0x10},
                                      [MEDIA_FRAME] = {0x10, 0x11},
                                      [MEDIA_MORE] = {0x00, 0x11},
                                      [MEDIA_SOUND] = {0x78, 0x78},
                                      [MEDIA_IDR] = {0x65, 0x88}};
    size_t len = what->len ? what->len : 100;
    memset(to, 0x55 ^ (what->seq & 0xff), len);
    memcpy(to, head[what->part], 2);
    put_u16(to + len - 2, what->seq);
    return len;
}

// Not parsed yet: what the socket gave, decrypted.
static inline struct packet *media_arrive(struct pool *pool, const struct media_packet *what,
                                          int64_t now_us)
{
    struct packet *packet = packet_take(pool);
    assert_non_null(packet);
    const struct rtp_header header = {.marker = what->marker,
                                      .pt = what->pt,
                                      .seq = what->seq,
                                      .ts = what->ts,
                                      .ssrc = what->ssrc};
    rtp_write_header(packet->data, &header);
    packet->len = RTP_HEADER_LEN + media_payload(packet->data + RTP_HEADER_LEN, what);
    packet->arrival_us = now_us;
    return packet;
}

static inline struct packet *media_make(struct pool *pool, const struct media_packet *what,
                                        int64_t now_us)
{
    static const struct rtp_ext_map none;
    struct packet *packet = media_arrive(pool, what, now_us);
    assert_int_equal(packet_parse(packet, &none), 0);
    return packet;
}
