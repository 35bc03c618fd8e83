#include "tests/unit/support/layered.h"

#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/relay/rtx.h"

#define BLOCKS 4096
#define SSRC   0xfeedu
#define VP8_PT 102
#define RTX_PT 103

struct layered layered = {.port.kind = WIRE_PORT};

static void on_keyframe(void *arg)
{
    ++*(size_t *)arg;
}

int layered_open(void **state)
{
    static const char *const rids[] = {"h", "m", "l"};
    const struct track_upstream upstream = {.keyframe = on_keyframe};
    const struct track_config config = {.codec = CODEC_VP8, .drops = &layered.drops};
    int pair[2];
    (void)state;
    memset(&layered.drops, 0, sizeof(layered.drops));
    memset(layered.wishes, 0, sizeof(layered.wishes));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) != 0)
        return 1;
    layered.port.fd = pair[0];
    layered.viewer = pair[1];
    layered.outlet = (struct outlet){.open = true, .path.wire = &layered.port};
    assert_int_equal(pool_alloc(&layered.pool, sizeof(struct packet), BLOCKS), 0);
    assert_int_equal(egress_alloc(&layered.egress, &layered.drops), 0);
    layered.picture = (struct picture){0};
    layered.now_us = 1000 * MEDIA_MS;
    for (unsigned i = 0; i < LAYERS_ENCODINGS; i++) {
        assert_int_equal(track_alloc(&layered.tracks[i], &config, &upstream, &layered.wishes[i]),
                         0);
        picture_add(&layered.picture, layered.tracks[i], rids[i]);
        layered.at[i].seq = (uint16_t)(65000 + 200 * i);
        layered.at[i].picture = (uint16_t)(0x7ff0 + 5 * i);
        layered.at[i].tl0 = (uint8_t)(250 + i);
        layered.at[i].ts = 0xfffff000u + 12345 * i;
        layered.at[i].frame = 0;
    }
    layered.sub = NULL;
    return 0;
}

int layered_close(void **state)
{
    (void)state;
    sub_free(layered.sub);
    for (unsigned i = 0; i < LAYERS_ENCODINGS; i++)
        track_free(layered.tracks[i]);
    egress_free(layered.egress);
    assert_int_equal(pool_left(layered.pool), BLOCKS);
    pool_free(layered.pool);
    close(layered.viewer);
    close(layered.port.fd);
    return 0;
}

void layered_watch(bool rtx)
{
    struct terms_media terms = {.present = true, .mid = "0", .codec_count = 1};
    terms.codecs[0] = (struct terms_codec){
        .codec = CODEC_VP8, .pt = VP8_PT, .rtx_pt = rtx ? RTX_PT : 0};
    const struct sub_config config = {.terms = &terms,
                                      .ssrc = SSRC,
                                      .rtx_ssrc = LAYERED_RTX,
                                      .cname = "banyan",
                                      .outlet = &layered.outlet,
                                      .egress = layered.egress,
                                      .drops = &layered.drops};
    assert_int_equal(sub_alloc(&layered.sub, &config), 0);
    assert_true(sub_attach(layered.sub, layered.tracks[0], layered.now_us));
}

// --- the publisher ------------------------------------------------------------------------------

static uint8_t temporal_of(unsigned frame)
{
    static const uint8_t pattern[] = {0, 2, 1, 2};
    return pattern[frame % 4];
}

static void set_frame_size(uint8_t *frame, unsigned encoding)
{
    static const uint16_t width[] = {1280, 640, 320};
    memcpy(frame, "\x10\x00\x00\x9d\x01\x2a", 6);
    frame[6] = (uint8_t)width[encoding];
    frame[7] = (uint8_t)(width[encoding] >> 8);
    frame[8] = (uint8_t)(width[encoding] * 9 / 16);
    frame[9] = (uint8_t)((width[encoding] * 9 / 16) >> 8);
}

struct packet *layered_make(unsigned encoding, bool key, bool first, bool last)
{
    static const size_t size[] = {900, 500, 100};
    struct packet *packet = packet_take(layered.pool);
    assert_non_null(packet);
    uint8_t tid = temporal_of(layered.at[encoding].frame);
    const struct rtp_header header = {.marker = last,
                                      .pt = 96,
                                      .seq = layered.at[encoding].seq++,
                                      .ts = layered.at[encoding].ts,
                                      .ssrc = 100 + encoding};
    rtp_write_header(packet->data, &header);
    uint8_t *p = packet->data + RTP_HEADER_LEN;
    memset(p, 0x55, size[encoding]);
    p[0] = first ? 0x90 : 0x80;
    p[1] = 0xe0;
    put_u16(p + 2, 0x8000 | layered.at[encoding].picture);
    p[4] = layered.at[encoding].tl0;
    p[5] = (uint8_t)(tid << 6 | (tid == 1 && layered.at[encoding].frame % 8 == 2 ? 0x20 : 0));
    p[6] = key ? 0x10 : 0x11;
    if (key && first)
        set_frame_size(p + 6, encoding);
    p[size[encoding] - 3] = (uint8_t)encoding;
    put_u16(p + size[encoding] - 2, header.seq);
    packet->len = RTP_HEADER_LEN + size[encoding];
    packet->arrival_us = layered.now_us;
    static const struct rtp_ext_map none;
    assert_int_equal(packet_parse(packet, &none), 0);
    return packet;
}

void layered_begin_frame(unsigned encoding, bool key)
{
    if (key)
        layered.at[encoding].frame = 0;
    layered.at[encoding].picture = (layered.at[encoding].picture + 1) & 0x7fff;
    layered.at[encoding].tl0 = (uint8_t)(layered.at[encoding].tl0 +
                                         (temporal_of(layered.at[encoding].frame) == 0));
}

void layered_send_frame(unsigned encoding, bool key)
{
    layered_begin_frame(encoding, key);
    for (unsigned i = 0; i < LAYERED_PACKETS; i++) {
        struct packet *packet = layered_make(encoding, key, i == 0, i + 1 == LAYERED_PACKETS);
        track_push(layered.tracks[encoding], packet, layered.now_us);
        packet_drop(packet);
    }
    layered.at[encoding].frame++;
}

// One picture of the encodings in `mask`; those in `keys` are keyframes.
void layered_tick(unsigned mask, unsigned keys)
{
    for (unsigned i = 0; i < LAYERS_ENCODINGS; i++) {
        layered.at[i].ts += LAYERED_TICK;
        if (mask >> i & 1)
            layered_send_frame(i, keys >> i & 1);
    }
    layered.now_us += LAYERED_STEP;
    for (unsigned i = 0; i < LAYERS_ENCODINGS; i++)
        if (track_deadline(layered.tracks[i]) <= layered.now_us)
            track_tick(layered.tracks[i], layered.now_us);
}

// --- the viewer ---------------------------------------------------------------------------------

bool layered_next(void)
{
    egress_flush(layered.egress);
    ssize_t len = recv(layered.viewer, layered.got.data, sizeof(layered.got.data), MSG_DONTWAIT);
    if (len <= 0)
        return false;
    layered.got.len = (size_t)len;
    assert_int_equal(rtp_parse(&layered.got.rtp, layered.got.data, layered.got.len), 0);
    const uint8_t *payload = layered.got.rtp.payload;
    size_t payload_len = layered.got.rtp.payload_len;
    if (layered.got.rtp.ssrc == LAYERED_RTX) {
        payload += RTX_LEAD;
        payload_len -= RTX_LEAD;
    }
    if (payload_len) {
        assert_int_equal(vp8_parse(&layered.got.vp8, payload, payload_len), 0);
        layered.got.encoding = layered.got.data[layered.got.len - 3];
        layered.got.source_seq = get_u16(layered.got.data + layered.got.len - 2);
    }
    return true;
}

void layered_check(void)
{
    if (!layered.seen.began)
        layered.seen.pictures = 1;
    if (layered.seen.began) {
        assert_int_equal(layered.got.rtp.seq, (uint16_t)(layered.seen.seq + 1));
        bool same = layered.got.rtp.ts == layered.seen.ts;
        assert_int_equal(layered.got.vp8.picture_id,
                         (layered.seen.picture + (same ? 0 : 1)) & 0x7fff);
        assert_int_equal(layered.got.vp8.tl0,
                         (uint8_t)(layered.seen.tl0 + (!same && layered.got.vp8.tid == 0 ? 1 : 0)));
        assert_int_equal(layered.got.vp8.starts, !same);
        if (!same) {
            assert_true((int32_t)(layered.got.rtp.ts - layered.seen.ts) > 0);
            layered.seen.step = layered.got.rtp.ts - layered.seen.ts;
            layered.seen.pictures++;
        }
    }
    layered.seen.began = true;
    layered.seen.seq = layered.got.rtp.seq;
    layered.seen.picture = layered.got.vp8.picture_id;
    layered.seen.tl0 = layered.got.vp8.tl0;
    layered.seen.ts = layered.got.rtp.ts;
}

// Everything that came obeys the rules and is of this encoding; how many pictures it were.
unsigned layered_see(unsigned encoding)
{
    unsigned before = layered.seen.pictures;
    while (layered_next()) {
        layered_check();
        assert_int_equal(layered.got.encoding, encoding);
    }
    return layered.seen.pictures - before;
}

const struct layer *layered_find(struct layer_list *list, unsigned encoding, unsigned temporal)
{
    sub_layers(layered.sub, layered.now_us, list);
    for (unsigned i = 0; i < list->count; i++)
        if (list->layer[i].encoding == encoding && list->layer[i].temporal == temporal)
            return &list->layer[i];
    fail_msg("there is no layer %u of encoding %u", temporal, encoding);
    return NULL;
}

void layered_aim(unsigned encoding, unsigned temporal)
{
    struct layer_list list;
    sub_aim(layered.sub, layered_find(&list, encoding, temporal), SUB_NOT_PAUSED, layered.now_us);
}

void layered_tick_many(unsigned count, unsigned mask)
{
    for (unsigned i = 0; i < count; i++)
        layered_tick(mask, 0);
}

// Everybody sends, the viewer has seen the beginning.
void layered_start(bool rtx)
{
    memset(&layered.seen, 0, sizeof(layered.seen));
    layered_tick(7, 7);
    layered_watch(rtx);
    layered_tick_many(30, 7);
}
