// A publisher whose way to us becomes narrow is told what fits at once, and that all is well again;
// a keyframe takes the place of what was lost. In virtual time.
#include "tests/unit/support/media.h"

#include "gateway/packet/rtcp.h"
#include "gateway/relay/ingress.h"

#define BLOCKS   2048
#define VP8_PT   96
#define ABS_ID   3
#define SSRC     0xaaaau
#define PAYLOAD  1000
#define EVERY_US 5000 // 1.6 Mbit/s
#define NARROW   5    // times as long

static struct pool *pool;
static struct drops drops;
static struct ingress *ingress;

static struct {
    unsigned rembs;
    uint64_t bitrate; // by the newest REMB
    int64_t remb_us;  // which is from then
} told;
static int64_t now_us;

static void read_feedback(const struct rtcp_packet *packet)
{
    struct rtcp_feedback feedback;
    struct rtcp_remb remb;
    assert_int_equal(rtcp_parse_feedback(packet, &feedback), 0);
    if (rtcp_kind(packet) != RTCP_KIND_REMB)
        return;
    assert_int_equal(rtcp_parse_remb(&feedback, &remb), 0);
    told.bitrate = remb.bitrate;
    told.remb_us = now_us;
    told.rembs++;
}

static void on_rtcp(void *arg, const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    (void)arg;
    while (rtcp_next(&it, &packet) == 0)
        if (packet.type == RTCP_RTPFB || packet.type == RTCP_PSFB)
            read_feedback(&packet);
}

static int open_ingress(void **state)
{
    struct terms terms = {.video.present = true, .video.codec_count = 1};
    const struct ingress_config config = {
        .terms = &terms, .drops = &drops, .handlers.send_rtcp = on_rtcp};
    (void)state;
    memset(&told, 0, sizeof(told));
    terms.video.codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = VP8_PT};
    terms.video.nack = terms.video.pli = terms.video.twcc = true;
    rtp_ext_map_set(&terms.video.ext, ABS_ID, RTP_EXT_ABS_SEND_TIME);
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    return ingress_alloc(&ingress, &config);
}

static int close_all(void **state)
{
    (void)state;
    ingress_free(ingress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

static void give(uint16_t seq, enum media_part part, int64_t sent_us)
{
    uint32_t abs = (uint32_t)((uint64_t)sent_us * 262144 / 1000000);
    const uint8_t sent[] = {(uint8_t)(abs >> 16), (uint8_t)(abs >> 8), (uint8_t)abs};
    const struct rtp_ext_item item = {.id = ABS_ID, .len = sizeof(sent), .data = sent};
    const struct rtp_header header = {.has_ext = true,
                                      .pt = VP8_PT,
                                      .seq = seq,
                                      .ts = (uint32_t)(sent_us * 9 / 100),
                                      .ssrc = SSRC};
    const struct media_packet what = {.seq = seq, .part = part, .len = PAYLOAD};
    struct packet *packet = packet_take(pool);
    size_t len;
    assert_non_null(packet);
    packet->len = rtp_write_header(packet->data, &header);
    rtp_ext_write(packet->data + packet->len, 100, &item, 1, &len);
    packet->len += len;
    packet->len += media_payload(packet->data + packet->len, &what);
    packet->arrival_us = now_us;
    ingress_rtp(ingress, packet, now_us);
    packet_drop(packet);
}

// Packets `from` to `to`, of which only every `step`th comes, each `apart_us` after the one before.
static void come(unsigned from, unsigned to, unsigned step, int64_t apart_us)
{
    for (unsigned seq = from; seq < to; seq += step) {
        now_us += apart_us;
        give((uint16_t)seq, seq ? MEDIA_FRAME : MEDIA_KEY, seq * (int64_t)EVERY_US);
    }
}

static void wait_until(int64_t until_us)
{
    while (ingress_deadline(ingress) <= until_us) {
        now_us = ingress_deadline(ingress);
        ingress_tick(ingress, now_us);
    }
    now_us = until_us;
}

static void who_became_narrow_is_told_at_once(void **state)
{
    (void)state;
    now_us = 0;
    come(0, 400, 1, EVERY_US);
    assert_int_equal(told.rembs, 0);
    int64_t narrow_us = now_us;
    come(400, 415, 1, EVERY_US * NARROW); // the queue grows
    assert_int_equal(told.rembs, 1);
    assert_in_range(told.remb_us - narrow_us, 100000, 400000);
    assert_in_range(told.bitrate, 50000, 320000);
    come(415, 505, NARROW, EVERY_US * NARROW); // and is full
    assert_int_equal(told.rembs, 1);
}

static void all_is_well_again_a_moment_later(void **state)
{
    (void)state;
    now_us = 0;
    come(0, 400, 1, EVERY_US);
    come(400, 415, 1, EVERY_US * NARROW);
    int64_t told_us = told.remb_us;
    assert_in_range(told.bitrate, 50000, 320000);
    wait_until(told_us + 1400000);
    assert_in_range(told.bitrate, 50000, 320000);
    wait_until(told_us + 1600000);
    assert_true(told.bitrate > 10000000);
}

static void who_loses_is_not_narrow(void **state)
{
    (void)state;
    now_us = 0;
    come(0, 400, 1, EVERY_US);
    come(400, 800, 4, 4 * EVERY_US);
    assert_int_equal(told.rembs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_became_narrow_is_told_at_once, open_ingress, close_all),
        cmocka_unit_test_setup_teardown(all_is_well_again_a_moment_later, open_ingress, close_all),
        cmocka_unit_test_setup_teardown(who_loses_is_not_narrow, open_ingress, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
