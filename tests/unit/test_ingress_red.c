// A publisher who says his sound twice (RFC 2198): what viewers get is plain, and has no gaps where
// a later packet said what was lost. In virtual time.
#include "tests/unit/support/media.h"

#include "gateway/relay/ingress.h"

#define BLOCKS  256
#define OPUS_PT 111
#define RED_PT  63
#define SSRC    0xbbbbu
#define FRAME   960
#define STEP    (20 * MEDIA_MS)
#define LEN     40

static struct pool *pool;
static struct drops drops;
static struct ingress *ingress;
static uint16_t first;

static void on_rtcp(void *arg, const uint8_t *data, size_t len)
{
    (void)arg;
    (void)data;
    (void)len;
}

static int open_ingress(void **state)
{
    (void)state;
    struct terms terms = {.audio = {.present = true, .codec_count = 2}};
    const struct ingress_config config = {
        .terms = &terms, .drops = &drops, .handlers = {.send_rtcp = on_rtcp}};
    memset(&drops, 0, sizeof(drops));
    first = 65534;
    terms.audio.codecs[0] = (struct terms_codec){.codec = CODEC_OPUS, .pt = OPUS_PT};
    terms.audio.codecs[1] = (struct terms_codec){.codec = CODEC_RED, .pt = RED_PT};
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    return ingress_alloc(&ingress, &config);
}

static int close_ingress(void **state)
{
    (void)state;
    ingress_free(ingress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

// Frame `nth` of the publisher's sound.
static size_t sound(uint8_t *to, unsigned nth)
{
    const struct media_packet what = {
        .seq = (uint16_t)(first + nth), .part = MEDIA_SOUND, .len = LEN};
    return media_payload(to, &what);
}

// A packet with frame `nth` as its newest block, of payload type `pt`, behind those of the frames
// in `older`, which ends with 0.
static void give(unsigned nth, const unsigned *older, uint8_t pt)
{
    struct packet *packet = packet_take(pool);
    const struct rtp_header header = {
        .pt = RED_PT, .seq = (uint16_t)(first + nth), .ts = nth * FRAME, .ssrc = SSRC};
    size_t at = rtp_write_header(packet->data, &header);
    for (const unsigned *one = older; *one; one++, at += 4)
        put_u32(packet->data + at, 0x80000000u | OPUS_PT << 24 | (nth - *one) * FRAME << 10 | LEN);
    packet->data[at++] = pt;
    for (const unsigned *one = older; *one; one++)
        at += sound(packet->data + at, *one);
    packet->len = at + sound(packet->data + at, nth);
    packet->arrival_us = nth * STEP;
    ingress_rtp(ingress, packet, packet->arrival_us);
    packet_drop(packet);
}

static void plain(unsigned nth)
{
    const struct media_packet what = {.pt = OPUS_PT,
                                      .seq = (uint16_t)(first + nth),
                                      .ts = nth * FRAME,
                                      .ssrc = SSRC,
                                      .part = MEDIA_SOUND,
                                      .len = LEN};
    struct packet *packet = media_arrive(pool, &what, nth * STEP);
    ingress_rtp(ingress, packet, packet->arrival_us);
    packet_drop(packet);
}

// Frame `nth` where `newest` is the newest one, as viewers get it; NULL: it is missing.
static const struct packet *kept(unsigned nth, unsigned newest)
{
    const struct track *track = ingress_audio(ingress);
    uint64_t before, index;
    uint8_t wanted[LEN];
    assert_true(track_newest_group(track, &before, &index));
    const struct packet *packet = track_find(track, index - (newest - nth));
    if (!packet)
        return NULL;
    sound(wanted, nth);
    assert_int_equal(packet->rtp.pt, OPUS_PT);
    assert_int_equal(packet->rtp.seq, (uint16_t)(first + nth));
    assert_int_equal(packet->rtp.ts, nth * FRAME);
    assert_int_equal(packet->rtp.ssrc, SSRC);
    assert_int_equal(packet->rtp.payload_len, LEN);
    assert_memory_equal(packet->rtp.payload, wanted, LEN);
    return packet;
}

static uint64_t dropped(enum drop_reason reason)
{
    return counter_get(&drops.count[reason]);
}

static void what_was_lost_comes_of_a_later_packet(void **state)
{
    (void)state;
    plain(1);
    give(4, (const unsigned[]){2, 3, 0}, OPUS_PT);
    for (unsigned nth = 1; nth <= 4; nth++)
        assert_non_null(kept(nth, 4));
    assert_true(kept(2, 4)->recovered && kept(3, 4)->recovered);
    assert_false(kept(4, 4)->recovered);
    give(5, (const unsigned[]){3, 4, 0}, OPUS_PT); // nothing is missing, nothing is twice
    assert_int_equal(dropped(DROP_DUPLICATE), 0);
    give(8, (const unsigned[]){7, 0}, OPUS_PT);
    assert_null(kept(6, 8));
    assert_non_null(kept(7, 8));
}

// The publisher is told what the network lost, so that he goes on saying things twice.
static void what_was_lost_stays_lost_in_reports(void **state)
{
    (void)state;
    struct rtcp_report report;
    plain(1);
    give(4, (const unsigned[]){2, 3, 0}, OPUS_PT);
    assert_true(track_report(ingress_audio(ingress), 5 * STEP, &report));
    assert_int_equal(report.lost_total, 2);
    assert_int_equal(report.lost_fraction, 128);
}

// A block says when it sounds, not which packet it was: left out ones do not shift the others.
static void blocks_are_placed_by_their_time(void **state)
{
    (void)state;
    plain(1);
    give(4, (const unsigned[]){2, 0}, OPUS_PT);
    assert_non_null(kept(2, 4));
    assert_null(kept(3, 4));
}

static void nothing_begins_with_what_was_before(void **state)
{
    (void)state;
    give(5, (const unsigned[]){3, 4, 0}, OPUS_PT);
    assert_non_null(kept(5, 5));
    assert_null(kept(4, 5));
    assert_int_equal(dropped(DROP_LATE), 0);
}

static void what_is_inside_must_be_agreed_on(void **state)
{
    (void)state;
    plain(1);
    give(3, (const unsigned[]){2, 0}, OPUS_PT + 1);
    give(3, (const unsigned[]){2, 0}, RED_PT);
    assert_int_equal(dropped(DROP_RTP_MALFORMED), 2);
    assert_non_null(kept(1, 1));
}

#define RED_TEST(name) cmocka_unit_test_setup_teardown(name, open_ingress, close_ingress)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RED_TEST(what_was_lost_comes_of_a_later_packet),
        RED_TEST(what_was_lost_stays_lost_in_reports),
        RED_TEST(blocks_are_placed_by_their_time),
        RED_TEST(nothing_begins_with_what_was_before),
        RED_TEST(what_is_inside_must_be_agreed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
