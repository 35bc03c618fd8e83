// Transport-wide numbers on a viewer's streams: real sockets, plain RTP, virtual time.
#include "tests/unit/support/viewer.h"

#include "gateway/base/clock.h"
#include "gateway/feedback/sent.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/twcc.h"
#include "gateway/relay/sub.h"

#define FRAME   3000
#define SSRC    0xfeedu
#define REPAIR  0xbeefu
#define VP8_PT  96
#define RTX_PT  97
#define OPUS_PT 111
#define TWCC_ID 3
#define TURN_ID 5 // video orientation

static struct track *track;
static struct sent *sent;
static struct sub *sub;
static struct terms_media terms;

static int open_sub(void **state)
{
    int err = viewer_open(state);
    assert_int_equal(sent_alloc(&sent), 0);
    terms = (struct terms_media){.present = true, .codec_count = 2, .twcc = true};
    terms.codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = VP8_PT, .rtx_pt = RTX_PT};
    terms.codecs[1] = (struct terms_codec){.codec = CODEC_OPUS, .pt = OPUS_PT};
    rtp_ext_map_set(&terms.ext, TWCC_ID, RTP_EXT_TRANSPORT_CC);
    rtp_ext_map_set(&terms.ext, TURN_ID, RTP_EXT_VIDEO_ORIENTATION);
    return err;
}

static int close_sub(void **state)
{
    sub_free(sub);
    track_free(track);
    sent_free(sent);
    return viewer_close(state);
}

static void watch(enum codec codec)
{
    const struct track_config config = {.codec = codec, .drops = &drops};
    const struct sub_config of = {.terms = &terms,
                                  .ssrc = SSRC,
                                  .rtx_ssrc = REPAIR,
                                  .cname = "banyan",
                                  .outlet = &outlet,
                                  .egress = egress,
                                  .sent = sent,
                                  .drops = &drops};
    assert_int_equal(track_alloc(&track, &config, NULL, NULL), 0);
    assert_int_equal(sub_alloc(&sub, &of), 0);
    assert_true(sub_attach(sub, track, 0));
}

static size_t payload_len; // of what is pushed; 0: the usual

static void push(uint16_t seq, enum media_part part, bool turned)
{
    const uint8_t turn[] = {3};
    const struct rtp_ext_item item = {.id = TURN_ID, .len = 1, .data = turn};
    const struct media_packet what = {.seq = seq, .part = part, .len = payload_len};
    const struct rtp_header header = {
        .has_ext = turned, .pt = 1, .seq = seq, .ts = seq * FRAME, .ssrc = 1};
    struct packet *packet = packet_take(pool);
    size_t len = 0;
    packet->len = rtp_write_header(packet->data, &header);
    if (turned)
        rtp_ext_write(packet->data + packet->len, 100, &item, 1, &len);
    packet->len += len;
    packet->len += media_payload(packet->data + packet->len, &what);
    assert_int_equal(packet_parse(packet, &terms.ext), 0);
    track_push(track, packet, seq * MEDIA_MS);
    packet_drop(packet);
}

// The number of the next datagram; -1 without one, -2 when there is no datagram.
static int next_number(void)
{
    struct rtp_ext_set set;
    size_t len = 0;
    if (!viewer_next())
        return -2;
    assert_int_equal(rtp_ext_parse(&set, &terms.ext, got, &rtp), 0);
    const uint8_t *number = rtp_ext_get(&set, got, RTP_EXT_TRANSPORT_CC, &len);
    assert_true(!number || len == 2);
    return number ? get_u16(number) : -1;
}

static void repairs_are_counted_with_the_stream(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    for (uint16_t i = 0; i < 10; i++)
        push(i, i ? MEDIA_FRAME : MEDIA_KEY, i % 3 == 0);
    uint16_t first = 0;
    for (int i = 0; i < 10; i++) {
        struct rtp_ext_set set;
        size_t len;
        assert_int_equal(next_number(), i);
        assert_int_equal(rtp.payload_len, 100);
        assert_int_equal(get_u16(rtp.payload + 98), i);
        rtp_ext_parse(&set, &terms.ext, got, &rtp);
        const uint8_t *turn = rtp_ext_get(&set, got, RTP_EXT_VIDEO_ORIENTATION, &len);
        assert_true(i % 3 == 0 ? turn && *turn == 3 : !turn);
        first = i ? first : rtp.seq;
    }
    for (int i = 0; i < 10; i++) {
        sub_nack(sub, (uint16_t)(first + i), 1000 * MEDIA_MS);
        assert_int_equal(next_number(), 10 + i);
        assert_int_equal(rtp.ssrc, REPAIR);
        assert_int_equal(get_u16(rtp.payload), (uint16_t)(first + i));
        assert_int_equal(get_u16(rtp.payload + 100), i);
    }
    push(10, MEDIA_FRAME, false);
    assert_int_equal(next_number(), 20);
    assert_int_equal(rtp.ssrc, SSRC);
}

// Feedback about the first packet says that the round trip is so long.
static void learn_round_trip(int64_t us)
{
    uint8_t data[200];
    struct writer w = writer_of(data, sizeof(data));
    const struct twcc_source source = {.sender = 1, .media = SSRC};
    const struct twcc_arrival arrival = {.received = true, .at_us = 64000};
    size_t taken;
    assert_int_equal(twcc_write(&w, &source, &arrival, 1, &taken), 0);
    struct rtcp_iter it = rtcp_iter_of(data, w.len);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    assert_int_equal(rtcp_next(&it, &packet), 0);
    assert_int_equal(rtcp_parse_feedback(&packet, &feedback), 0);
    assert_int_equal(
        sent_feedback(sent, feedback.fci, feedback.fci_len, clock_us() + us, NULL, NULL), 0);
}

// A viewer behind a full queue asks again before the answer can have come: each time it would make
// the queue longer.
static void a_wish_that_crosses_its_answer_is_not_granted_again(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    push(0, MEDIA_KEY, false);
    assert_int_equal(next_number(), 0);
    learn_round_trip(400 * MEDIA_MS);
    push(2, MEDIA_FRAME, false);
    assert_int_equal(next_number(), 1);
    push(1, MEDIA_FRAME, false); // repaired on its way to us
    assert_int_equal(next_number(), 2);
    uint16_t seq = rtp.seq;
    sub_nack(sub, seq, 250 * MEDIA_MS);
    assert_int_equal(next_number(), -2);
    sub_nack(sub, seq, 400 * MEDIA_MS);
    assert_int_equal(next_number(), 3);
    sub_nack(sub, seq, 500 * MEDIA_MS);
    assert_int_equal(next_number(), -2);
    sub_nack(sub, seq, 800 * MEDIA_MS);
    assert_int_equal(next_number(), 4);
}

// A wish nobody agreed on: under the old number the packet would be another one.
static void what_is_counted_and_has_no_rtx_is_not_repeated(void **state)
{
    (void)state;
    watch(CODEC_OPUS);
    push(1, MEDIA_SOUND, false);
    assert_int_equal(next_number(), 0);
    sub_nack(sub, rtp.seq, 1000 * MEDIA_MS);
    assert_int_equal(next_number(), -2);
    assert_int_equal(sub_stats(sub).retransmitted, 0);
}

static void without_an_id_nothing_is_counted(void **state)
{
    (void)state;
    memset(&terms.ext, 0, sizeof(terms.ext));
    watch(CODEC_OPUS);
    push(1, MEDIA_SOUND, false);
    assert_int_equal(next_number(), -1);
    assert_false(rtp.has_ext);
    sub_nack(sub, rtp.seq, 1000 * MEDIA_MS);
    assert_int_equal(next_number(), -1);
    assert_int_equal(sent_number(sent), 0);
}

static void what_cannot_be_sent_takes_no_number(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    push(1, MEDIA_KEY, false);
    assert_int_equal(next_number(), 0);
    outlet.open = false;
    push(2, MEDIA_FRAME, false);
    assert_int_equal(next_number(), -2);
    outlet.open = true;
    push(3, MEDIA_FRAME, false);
    assert_int_equal(next_number(), 1);
}

static void a_probe_repeats_what_was_sent(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    for (uint16_t i = 0; i < 5; i++)
        push(i, i ? MEDIA_FRAME : MEDIA_KEY, false);
    uint16_t newest = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(next_number(), i);
        newest = rtp.seq;
    }
    unsigned count = sub_probe(sub, 2500);
    assert_in_range(count, 10, 25); // what is not there any more is padding
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(next_number(), 5 + i);
        assert_int_equal(rtp.ssrc, REPAIR);
        assert_int_equal(rtp.pt, RTX_PT);
        if (i < 5)
            assert_int_equal(get_u16(rtp.payload), (uint16_t)(newest - i));
        else if (i < 16)
            assert_int_equal(rtp.payload_len, 0);
    }
    assert_int_equal(next_number(), -2);
    assert_int_equal(sub_stats(sub).retransmitted, 0);
}

static void a_probe_of_a_paused_picture_is_padding(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    assert_int_equal(sub_probe(sub, 1000), 0); // nothing came yet
    push(0, MEDIA_KEY, false);
    assert_int_equal(next_number(), 0);
    sub_aim(sub, NULL, SUB_PAUSED_NETWORK, 0);
    unsigned count = sub_probe(sub, 1000);
    assert_in_range(count, 5, 6);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(next_number(), 1 + i);
        assert_int_equal(rtp.payload_len, 0);
        assert_int_equal(got_len, EGRESS_HEADER_MAX);
    }
}

// A few large packets would tell little.
static void a_small_probe_has_packets_enough(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    payload_len = 1000;
    for (uint16_t i = 0; i < 20; i++)
        push(i, i ? MEDIA_FRAME : MEDIA_KEY, false);
    payload_len = 0;
    for (int i = 0; i < 20; i++)
        assert_int_equal(next_number(), i);
    assert_in_range(sub_probe(sub, 3000), 8, 20);
    assert_in_range(sub_probe(sub, 12000), 8, 13); // these may be as large as they are
}

// What a near viewer is kept does not reach back to the keyframe; a probe needs none.
static void a_paused_picture_is_probed_long_after_its_keyframe(void **state)
{
    uint64_t first, newest;
    (void)state;
    watch(CODEC_VP8);
    sub_is_near(sub);
    for (uint16_t i = 0; i < 2000; i++) {
        push(i, i ? MEDIA_FRAME : MEDIA_KEY, false);
        assert_int_equal(next_number(), i);
    }
    assert_false(track_newest_group(track, &first, &newest));
    sub_aim(sub, NULL, SUB_PAUSED_NETWORK, 0);
    assert_in_range(sub_probe(sub, 1000), 5, 6);
}

static void a_cut_goes_on_with_a_keyframe(void **state)
{
    (void)state;
    watch(CODEC_VP8);
    push(0, MEDIA_KEY, false);
    assert_int_equal(next_number(), 0);
    uint16_t before = rtp.seq;
    push(1, MEDIA_FRAME, false); // waits
    sub_cut(sub);
    push(2, MEDIA_FRAME, false);
    assert_int_equal(next_number(), -2);
    assert_int_equal(outlet.queued_bytes, 0);
    sub_nack(sub, before, 1000 * MEDIA_MS); // nor is anything sent again
    assert_int_equal(next_number(), -2);
    push(3, MEDIA_KEY, false);
    push(4, MEDIA_FRAME, false);
    assert_int_equal(next_number(), 1);
    assert_int_equal(rtp.seq, (uint16_t)(before + 2));
    assert_int_equal(next_number(), 2);
}

#define SUB_TEST(name) cmocka_unit_test_setup_teardown(name, open_sub, close_sub)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUB_TEST(repairs_are_counted_with_the_stream),
        SUB_TEST(a_wish_that_crosses_its_answer_is_not_granted_again),
        SUB_TEST(what_is_counted_and_has_no_rtx_is_not_repeated),
        SUB_TEST(without_an_id_nothing_is_counted),
        SUB_TEST(what_cannot_be_sent_takes_no_number),
        SUB_TEST(a_probe_repeats_what_was_sent),
        SUB_TEST(a_small_probe_has_packets_enough),
        SUB_TEST(a_probe_of_a_paused_picture_is_padding),
        SUB_TEST(a_paused_picture_is_probed_long_after_its_keyframe),
        SUB_TEST(a_cut_goes_on_with_a_keyframe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
