// A viewer's stream as the viewer sees it: real sockets, plain RTP, virtual time.
#include "tests/unit/support/viewer.h"

#include <sys/socket.h>

#include "gateway/base/mem.h"
#include "gateway/packet/rtcp.h"

#define FRAME   3000
#define SSRC    0xfeedu
#define VP8_PT  102
#define OPUS_PT 109

static struct track *track;
static struct sub *sub;
static size_t wishes;

static void on_keyframe(void *arg)
{
    (void)arg;
    wishes++;
}

static struct track *new_track(enum codec codec)
{
    const struct track_upstream upstream = {.keyframe = on_keyframe};
    const struct track_config config = {.codec = codec, .drops = &drops};
    struct track *made = NULL;
    assert_int_equal(track_alloc(&made, &config, &upstream, NULL), 0);
    return made;
}

static int open_sub(void **state)
{
    int err = viewer_open(state);
    wishes = 0;
    track = new_track(CODEC_VP8);
    sub = NULL;
    return err;
}

static int close_sub(void **state)
{
    sub_free(sub);
    track_free(track);
    return viewer_close(state);
}

static void make_sub(void)
{
    struct terms_media terms = {.present = true, .mid = "0", .codec_count = 2};
    terms.codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = VP8_PT};
    terms.codecs[1] = (struct terms_codec){.codec = CODEC_OPUS, .pt = OPUS_PT};
    rtp_ext_map_set(&terms.ext, 9, RTP_EXT_MID);
    const struct sub_config config = {.terms = &terms,
                                      .ssrc = SSRC,
                                      .cname = "banyan",
                                      .outlet = &outlet,
                                      .egress = egress,
                                      .drops = &drops};
    assert_int_equal(sub_alloc(&sub, &config), 0);
}

static void watch(void)
{
    make_sub();
    assert_true(sub_attach(sub, track, 0));
}

static void push_to(struct track *to, uint16_t seq, uint32_t ts, enum media_part part,
                    int64_t now_us)
{
    const struct media_packet what = {
        .pt = 96, .seq = seq, .ts = ts, .ssrc = 1, .part = part, .marker = true};
    struct packet *packet = media_make(pool, &what, now_us);
    track_push(to, packet, now_us);
    packet_drop(packet);
}

static void push(uint16_t seq, uint32_t ts, enum media_part part, int64_t now_us)
{
    push_to(track, seq, ts, part, now_us);
}

// The publisher's number of the packet in `got`.
static uint16_t source_seq(void)
{
    return get_u16(got + got_len - 2);
}

static void a_viewer_waits_for_a_keyframe_and_asks_for_it(void **state)
{
    (void)state;
    make_sub();
    push(1, 0, MEDIA_FRAME, 1);
    assert_true(sub_attach(sub, track, 2));
    assert_int_equal(wishes, 1);
    push(2, FRAME, MEDIA_FRAME, 3);
    assert_false(viewer_next());
    assert_int_equal(counter_get(&drops.count[DROP_SUB_WAITS_KEY]), 1);
    push(3, 2 * FRAME, MEDIA_KEY, 4);
    push(4, 3 * FRAME, MEDIA_FRAME, 5);
    assert_true(viewer_next());
    assert_int_equal(source_seq(), 3);
    assert_int_equal(rtp.pt, VP8_PT);
    assert_int_equal(rtp.ssrc, SSRC);
    assert_true(rtp.marker);
    assert_true(viewer_next());
    assert_int_equal(source_seq(), 4);
}

static void a_joiner_gets_the_newest_group_at_once(void **state)
{
    (void)state;
    make_sub();
    for (unsigned i = 0; i < 60; i++)
        push((uint16_t)(65510 + i), i * FRAME, i % 25 ? MEDIA_FRAME : MEDIA_KEY, i * 33 * MEDIA_MS);
    assert_true(sub_attach(sub, track, 2000 * MEDIA_MS));
    assert_int_equal(wishes, 0);
    assert_true(viewer_next());
    assert_int_equal(source_seq(), (uint16_t)(65510 + 50));
    uint16_t first = rtp.seq;
    uint32_t first_ts = rtp.ts;
    for (unsigned i = 1; i < 10; i++) {
        assert_true(viewer_next());
        assert_int_equal(rtp.seq, (uint16_t)(first + i));
        assert_int_equal(rtp.ts, first_ts + i * FRAME);
    }
    assert_false(viewer_next());
    assert_int_equal(counter_get(&egress_stats(egress)->delay.count), 0); // kept, not delayed
    // And then what comes, without a gap.
    push((uint16_t)(65510 + 60), 60 * FRAME, MEDIA_FRAME, 2010 * MEDIA_MS);
    assert_true(viewer_next());
    assert_int_equal(rtp.seq, (uint16_t)(first + 10));
    assert_int_equal(counter_get(&egress_stats(egress)->delay.count), 1);
}

static void a_group_too_long_for_a_burst_is_replaced_by_a_wish(void **state)
{
    (void)state;
    make_sub();
    for (unsigned i = 0; i < 400; i++)
        push((uint16_t)i, i * FRAME, i ? MEDIA_FRAME : MEDIA_KEY, i * MEDIA_MS);
    assert_true(sub_attach(sub, track, 500 * MEDIA_MS));
    assert_int_equal(wishes, 1);
    assert_false(viewer_next());
}

static void numbers_begin_where_rollover_cannot_confuse(void **state)
{
    (void)state;
    push(1, 0, MEDIA_KEY, 1);
    for (int i = 0; i < 50; i++) {
        make_sub();
        sub_attach(sub, track, 2);
        assert_true(viewer_next());
        assert_true(rtp.seq < 32768);
        sub_free(sub);
        sub = NULL;
    }
}

static void losses_and_disorder_stay_what_they_were(void **state)
{
    (void)state;
    watch();
    push(100, 0, MEDIA_KEY, 1);
    push(103, FRAME, MEDIA_FRAME, 2);
    push(101, 0, MEDIA_MORE, 3); // recovered late
    push(99, 0, MEDIA_MORE, 4);  // from before the viewer's begin
    assert_true(viewer_next());
    uint16_t first = rtp.seq;
    assert_true(viewer_next());
    assert_int_equal(rtp.seq, (uint16_t)(first + 3));
    assert_true(viewer_next());
    assert_int_equal(rtp.seq, (uint16_t)(first + 1));
    assert_false(viewer_next());
}

static void a_nack_is_answered_with_the_same_bytes(void **state)
{
    (void)state;
    uint8_t sent[300][256];
    size_t sent_len[300];
    watch();
    for (unsigned i = 0; i < 300; i++) {
        push((uint16_t)(65400 + i), i * FRAME, i ? MEDIA_FRAME : MEDIA_KEY, i * MEDIA_MS);
        assert_true(viewer_next());
        memcpy(sent[i], got, got_len);
        sent_len[i] = got_len;
    }
    int64_t now = 1000 * MEDIA_MS;
    uint16_t first = get_u16(sent[0] + 2);
    for (unsigned i = 0; i < 300; i += 37) {
        sub_nack(sub, (uint16_t)(first + i), now);
        assert_true(viewer_next());
        assert_int_equal(got_len, sent_len[i]);
        assert_memory_equal(got, sent[i], got_len);
        // Again within 20 ms: the answer is on its way.
        sub_nack(sub, (uint16_t)(first + i), now + 19 * MEDIA_MS);
        assert_false(viewer_next());
        sub_nack(sub, (uint16_t)(first + i), now + 20 * MEDIA_MS);
        assert_true(viewer_next());
        assert_memory_equal(got, sent[i], got_len);
    }
    assert_int_equal(sub_stats(sub).retransmitted, 18);
    // The first ones carried the MID, the later ones did not.
    assert_true(sent_len[0] > sent_len[299]);
}

static void nonsense_nacks_get_nothing(void **state)
{
    (void)state;
    make_sub();
    sub_nack(sub, 1, 1);
    sub_attach(sub, track, 0);
    sub_nack(sub, 1, 1);
    push(100, 0, MEDIA_KEY, 1);
    push(102, 0, MEDIA_MORE, 1);
    assert_true(viewer_next());
    uint16_t first = rtp.seq;
    assert_true(viewer_next());
    sub_nack(sub, (uint16_t)(first - 1), 1000);
    sub_nack(sub, (uint16_t)(first + 1), 1000); // never came to us either
    sub_nack(sub, (uint16_t)(first + 3), 1000);
    sub_nack(sub, (uint16_t)(first + 30000), 1000);
    assert_false(viewer_next());
    push(101, 0, MEDIA_MORE, 2000);
    assert_true(viewer_next());
    assert_int_equal(rtp.seq, (uint16_t)(first + 1));
}

static void a_nack_storm_is_bounded(void **state)
{
    (void)state;
    size_t answers = 0;
    watch();
    push(0, 0, MEDIA_KEY, 1);
    assert_true(viewer_next());
    uint16_t first = rtp.seq;
    for (unsigned i = 1; i < 100; i++)
        push((uint16_t)i, 0, MEDIA_MORE, 1);
    while (viewer_next())
        ;
    for (int64_t now = 1; now < 2000 * MEDIA_MS; now += 5 * MEDIA_MS)
        for (unsigned i = 0; i < 100; i++) {
            sub_nack(sub, (uint16_t)(first + i), now);
            answers += viewer_next();
        }
    assert_in_range(answers, 500, 1000);
}

static void another_track_continues_the_stream(void **state)
{
    (void)state;
    struct track *other = new_track(CODEC_VP8);
    watch();
    push(100, 0, MEDIA_KEY, 1000 * MEDIA_MS);
    push(101, FRAME, MEDIA_FRAME, 1033 * MEDIA_MS);
    assert_true(viewer_next());
    assert_true(viewer_next());
    uint16_t seq = rtp.seq;
    uint32_t ts = rtp.ts;
    uint64_t old = sub_stats(sub).packets;
    assert_true(sub_attach(sub, other, 1500 * MEDIA_MS));
    assert_ptr_equal(sub_track(sub), other);
    push(102, 2 * FRAME, MEDIA_KEY, 1600 * MEDIA_MS);
    push_to(other, 50000, 123456789, MEDIA_FRAME, 2000 * MEDIA_MS);
    push_to(other, 50001, 123456789 + FRAME, MEDIA_KEY, 2033 * MEDIA_MS);
    assert_true(viewer_next());
    assert_int_equal(source_seq(), 50001);
    assert_int_equal(rtp.seq, (uint16_t)(seq + 1));
    assert_int_equal(rtp.ts - ts, 90000); // one second after the last one
    assert_int_equal(sub_stats(sub).packets, old + 1);
    // What was sent of the old track is not sent again under its number.
    sub_nack(sub, seq, 2040 * MEDIA_MS);
    assert_false(viewer_next());
    sub_detach(sub);
    track_free(other);
}

static void a_group_of_another_track_lies_before_now(void **state)
{
    (void)state;
    struct track *other = new_track(CODEC_VP8);
    watch();
    push(100, 0, MEDIA_KEY, 1000 * MEDIA_MS);
    assert_true(viewer_next());
    uint32_t ts = rtp.ts;
    for (unsigned i = 0; i < 11; i++)
        push_to(other, (uint16_t)i, i * 9000, i ? MEDIA_FRAME : MEDIA_KEY,
                (2000 + i * 100) * MEDIA_MS);
    sub_attach(sub, other, 3000 * MEDIA_MS);
    for (unsigned i = 0; i < 11; i++)
        assert_true(viewer_next());
    assert_int_equal(rtp.ts - ts, 180000); // the newest is now: two seconds after
    sub_detach(sub);
    track_free(other);
}

static void a_track_that_ends_leaves_the_viewer_waiting(void **state)
{
    (void)state;
    watch();
    push(1, 0, MEDIA_KEY, 1);
    track_free(track);
    track = new_track(CODEC_VP8);
    assert_null(sub_track(sub));
    sub_keyframe(sub, 1);
    sub_nack(sub, 1, 1);
    sub_report(sub, 1);
    assert_true(viewer_next());
    assert_false(viewer_next());
}

static void a_codec_the_viewer_lacks_is_not_sent(void **state)
{
    (void)state;
    struct track *other = new_track(CODEC_H264);
    make_sub();
    assert_false(sub_attach(sub, other, 0));
    track_free(other);
    // The publisher changes to it in the middle, and back.
    assert_true(sub_attach(sub, track, 0));
    push(1, 0, MEDIA_KEY, 1);
    assert_true(viewer_next());
    uint16_t seq = rtp.seq;
    track_set_codec(track, CODEC_H264, "", 2);
    push(2, 0, MEDIA_IDR, 3);
    assert_false(viewer_next());
    assert_int_equal(counter_get(&drops.count[DROP_SUB_NO_CODEC]), 1);
    track_set_codec(track, CODEC_VP8, "", 4);
    sub_nack(sub, seq, 5); // what was sent before is the past
    push(3, 0, MEDIA_KEY, 5);
    assert_true(viewer_next());
    assert_int_equal(source_seq(), 3);
    assert_int_equal(rtp.seq, (uint16_t)(seq + 1));
}

static void sender_reports_follow_the_publishers_clock(void **state)
{
    (void)state;
    struct rtcp_packet packet;
    struct rtcp_sr sr;
    struct slice cname;
    uint32_t ssrc;
    watch();
    push(1, 5000, MEDIA_KEY, 1);
    assert_true(viewer_next());
    uint32_t out_ts = rtp.ts;
    sub_report(sub, 2); // the publisher has not told his clock
    assert_false(viewer_next());
    track_set_clock(track, (uint64_t)77 << 32, 5000, 1000 * MEDIA_MS);
    sub_report(sub, 2000 * MEDIA_MS);
    ssize_t len = recv(viewer, got, sizeof(got), MSG_DONTWAIT);
    assert_true(len > 0);
    struct rtcp_iter it = rtcp_iter_of(got, (size_t)len);
    assert_int_equal(rtcp_next(&it, &packet), 0);
    assert_int_equal(rtcp_parse_sr(&packet, &sr), 0);
    assert_int_equal(sr.ssrc, SSRC);
    assert_true(sr.ntp == (uint64_t)78 << 32);
    assert_int_equal(sr.rtp_ts, out_ts + 90000);
    assert_int_equal(sr.packets, 1);
    assert_int_equal(sr.bytes, 100);
    assert_int_equal(rtcp_next(&it, &packet), 0);
    assert_int_equal(rtcp_cname_at(&packet, 0, &ssrc, &cname), 0);
    assert_true(slice_is(cname, "banyan"));
}

static void lack_of_memory_is_a_clean_error(void **state)
{
    (void)state;
    long live = mem_live();
    mem_fail_after(0);
    const struct terms_media terms = {.present = true};
    const struct sub_config config = {
        .terms = &terms, .cname = "", .outlet = &outlet, .egress = egress, .drops = &drops};
    assert_int_equal(sub_alloc(&sub, &config), ENOMEM);
    mem_fail_after(-1);
    assert_null(sub);
    assert_int_equal(mem_live(), live);
}

#define SUB_TEST(name) cmocka_unit_test_setup_teardown(name, open_sub, close_sub)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUB_TEST(a_viewer_waits_for_a_keyframe_and_asks_for_it),
        SUB_TEST(a_joiner_gets_the_newest_group_at_once),
        SUB_TEST(a_group_too_long_for_a_burst_is_replaced_by_a_wish),
        SUB_TEST(numbers_begin_where_rollover_cannot_confuse),
        SUB_TEST(losses_and_disorder_stay_what_they_were),
        SUB_TEST(a_nack_is_answered_with_the_same_bytes),
        SUB_TEST(nonsense_nacks_get_nothing),
        SUB_TEST(a_nack_storm_is_bounded),
        SUB_TEST(another_track_continues_the_stream),
        SUB_TEST(a_group_of_another_track_lies_before_now),
        SUB_TEST(a_track_that_ends_leaves_the_viewer_waiting),
        SUB_TEST(a_codec_the_viewer_lacks_is_not_sent),
        SUB_TEST(sender_reports_follow_the_publishers_clock),
        SUB_TEST(lack_of_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
