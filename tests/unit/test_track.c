// One published stream: order, duplicates, loss, restart, the newest group, wishes. In virtual
// time.
#include "tests/unit/support/media.h"

#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "gateway/relay/track.h"

#define BLOCKS 4096
#define PT     96
#define FRAME  3000 // 90 kHz at 30 frames a second

// A sink that writes down what it was given.
struct log_sink {
    struct sink sink;
    size_t count;
    uint64_t index[8192];
    uint32_t ts[8192];
    bool key[8192];
    bool closed, changed;
};

static struct pool *pool;
static struct track *track;
static struct log_sink seen;
static struct drops drops;
static size_t nacks, keyframes;
static uint16_t nacked[1024];

static void log_push(struct sink *sink, struct packet *packet, int64_t now_us)
{
    struct log_sink *to = container_of(sink, struct log_sink, sink);
    (void)now_us;
    to->index[to->count] = packet->index;
    to->ts[to->count] = packet->rtp.ts;
    to->key[to->count++] = packet->key;
}

static void log_close(struct sink *sink)
{
    container_of(sink, struct log_sink, sink)->closed = true;
}

static void log_changed(struct sink *sink)
{
    container_of(sink, struct log_sink, sink)->changed = true;
}

static const struct sink_ops log_ops = {
    .push = log_push, .close = log_close, .changed = log_changed};

static void on_nack(void *arg, const uint16_t *seqs, size_t count)
{
    (void)arg;
    for (size_t i = 0; i < count; i++)
        nacked[nacks++] = seqs[i];
}

static void on_keyframe(void *arg)
{
    (void)arg;
    keyframes++;
}

static int open_codec(enum codec codec)
{
    const struct track_upstream upstream = {.nack = on_nack, .keyframe = on_keyframe};
    const struct track_config config = {.codec = codec, .nack = true, .drops = &drops};
    memset(&seen, 0, sizeof(seen));
    memset(&drops, 0, sizeof(drops));
    nacks = keyframes = 0;
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    assert_int_equal(track_alloc(&track, &config, &upstream, NULL), 0);
    seen.sink.ops = &log_ops;
    track_add_sink(track, &seen.sink);
    return 0;
}

static int open_video(void **state)
{
    (void)state;
    return open_codec(CODEC_VP8);
}

static int open_audio(void **state)
{
    (void)state;
    return open_codec(CODEC_OPUS);
}

static int close_track(void **state)
{
    (void)state;
    track_free(track);
    assert_true(seen.closed);
    assert_int_equal(pool_left(pool), BLOCKS); // every reference was given back
    pool_free(pool);
    return 0;
}

static void push_of(uint32_t ssrc, uint16_t seq, uint32_t ts, enum media_part part, int64_t now_us)
{
    const struct media_packet what = {.pt = PT, .seq = seq, .ts = ts, .ssrc = ssrc, .part = part};
    struct packet *packet = media_make(pool, &what, now_us);
    track_push(track, packet, now_us);
    packet_drop(packet);
}

static void push(uint16_t seq, uint32_t ts, enum media_part part, int64_t now_us)
{
    push_of(0xabc, seq, ts, part, now_us);
}

static uint64_t dropped(enum drop_reason reason)
{
    return counter_get(&drops.count[reason]);
}

static void all_packets_go_on_once_over_the_wrap(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5000; i++)
        push((uint16_t)(63000 + i), i * FRAME, i ? MEDIA_FRAME : MEDIA_KEY, i * 5 * MEDIA_MS);
    assert_int_equal(seen.count, 5000);
    for (unsigned i = 1; i < 5000; i++)
        assert_int_equal(seen.index[i], seen.index[0] + i);
    push((uint16_t)(63000 + 4999), 4999 * FRAME, MEDIA_FRAME, 25000 * MEDIA_MS);
    assert_int_equal(dropped(DROP_DUPLICATE), 1);
    push((uint16_t)(63000 + 2500), 2500 * FRAME, MEDIA_FRAME, 25000 * MEDIA_MS);
    assert_int_equal(dropped(DROP_LATE), 1);
    assert_int_equal(seen.count, 5000);
    assert_int_equal(nacks, 0);
}

static void reordered_packets_get_their_own_index(void **state)
{
    (void)state;
    push(100, 0, MEDIA_KEY, 1);
    push(102, 0, MEDIA_MORE, 2);
    push(101, 0, MEDIA_MORE, 3);
    assert_int_equal(seen.index[1], seen.index[0] + 2);
    assert_int_equal(seen.index[2], seen.index[0] + 1);
    track_tick(track, 100 * MEDIA_MS);
    assert_int_equal(nacks, 0);
}

static void what_is_lost_is_asked_for(void **state)
{
    (void)state;
    push(65534, 0, MEDIA_KEY, 0);
    push(1, FRAME, MEDIA_FRAME, 0);
    assert_int_equal(track_deadline(track), 10 * MEDIA_MS);
    track_tick(track, 10 * MEDIA_MS);
    assert_int_equal(nacks, 2);
    assert_int_equal(nacked[0], 65535);
    assert_int_equal(nacked[1], 0);
    push(0, FRAME, MEDIA_FRAME, 40 * MEDIA_MS);
    push(65535, 0, MEDIA_MORE, 41 * MEDIA_MS);
    track_tick(track, 500 * MEDIA_MS);
    assert_int_equal(nacks, 2);
    assert_int_equal(seen.count, 4);
}

static void giving_up_asks_for_a_keyframe(void **state)
{
    (void)state;
    push(10, 0, MEDIA_KEY, 0);
    push(12, FRAME, MEDIA_FRAME, 0);
    for (int64_t now = 0; now < 2000 * MEDIA_MS && !keyframes; now += 20 * MEDIA_MS)
        track_tick(track, now);
    assert_in_range(nacks, 3, 8);
    assert_int_equal(keyframes, 1);
    // A gap too long to be repaired, too.
    push(1012, 2 * FRAME, MEDIA_FRAME, 5000 * MEDIA_MS);
    assert_int_equal(keyframes, 2);
}

static void wishes_are_merged_and_granted(void **state)
{
    (void)state;
    push(10, 0, MEDIA_KEY, 0);
    for (int64_t now = 1; now < 3000 * MEDIA_MS; now += MEDIA_MS) {
        track_want_keyframe(track, now);
        track_tick(track, now);
    }
    assert_in_range(keyframes, 5, 6);
    push(11, 100 * FRAME, MEDIA_KEY, 3000 * MEDIA_MS);
    keyframes = 0;
    track_tick(track, 60000 * MEDIA_MS);
    assert_int_equal(keyframes, 0);
}

static void the_newest_group_begins_with_its_keyframe(void **state)
{
    (void)state;
    uint64_t first, newest;
    assert_false(track_newest_group(track, &first, &newest));
    push(9, 0, MEDIA_FRAME, 0);
    assert_false(track_newest_group(track, &first, &newest));
    push(10, FRAME, MEDIA_KEY, 0);
    push(11, FRAME, MEDIA_MORE, 0);
    push(12, 2 * FRAME, MEDIA_FRAME, 0);
    push(13, 3 * FRAME, MEDIA_KEY, 0);
    push(14, 3 * FRAME, MEDIA_KEY, 0); // another packet of the same picture that says "key"
    push(16, 4 * FRAME, MEDIA_FRAME, 0);
    assert_true(track_newest_group(track, &first, &newest));
    assert_int_equal(track_find(track, first)->rtp.seq, 13);
    assert_int_equal(newest, first + 3);
    assert_null(track_find(track, first + 2));
    assert_true(track_find(track, first)->key);
}

static void deaf_push(struct sink *sink, struct packet *packet, int64_t now_us)
{
    (void)sink;
    (void)packet;
    (void)now_us;
}

static void deaf_close(struct sink *sink)
{
    (void)sink;
}

static const struct sink_ops deaf_ops = {.push = deaf_push, .close = deaf_close};

// Everybody who looks asks again for packets at most so old.
static void look_on(struct sink *sinks, unsigned count, int64_t reach_us)
{
    for (unsigned i = 0; i < count; i++) {
        sinks[i] = (struct sink){.ops = &deaf_ops, .reach_us = reach_us};
        track_add_sink(track, &sinks[i]);
    }
}

static void the_history_reaches_as_far_back_as_anybody_may_ask(void **state)
{
    (void)state;
    struct sink sinks[2];
    look_on(sinks, 2, 300 * MEDIA_MS);
    for (unsigned i = 0; i < 400; i++)
        push((uint16_t)i, i * FRAME, i ? MEDIA_FRAME : MEDIA_KEY, i * 10 * MEDIA_MS);
    assert_in_range(BLOCKS - pool_left(pool), 30, 40);
    track_reach(&sinks[1], 900 * MEDIA_MS);
    for (unsigned i = 400; i < 600; i++)
        push((uint16_t)i, i * FRAME, MEDIA_FRAME, i * 10 * MEDIA_MS);
    assert_in_range(BLOCKS - pool_left(pool), 90, 100);
    track_remove_sink(&sinks[1]); // who was far away has left
    for (unsigned i = 600; i < 800; i++)
        push((uint16_t)i, i * FRAME, MEDIA_FRAME, i * 10 * MEDIA_MS);
    assert_in_range(BLOCKS - pool_left(pool), 30, 40);
    track_remove_sink(&sinks[0]);
}

static void what_is_asked_for_upstream_keeps_its_place(void **state)
{
    (void)state;
    struct sink sinks[1];
    look_on(sinks, 1, 200 * MEDIA_MS);
    for (unsigned i = 0; i < 200; i++)
        if (i != 100)
            push((uint16_t)i, i * FRAME, i ? MEDIA_FRAME : MEDIA_KEY, i * 10 * MEDIA_MS);
    uint64_t before = track_newest(track);
    assert_null(track_find(track, before - 99));
    push(100, 100 * FRAME, MEDIA_FRAME, 200 * 10 * MEDIA_MS); // after nearly a second
    assert_non_null(track_find(track, before - 99));
    track_remove_sink(&sinks[0]);
}

static void fast_pictures_get_more_room(void **state)
{
    (void)state;
    struct sink sinks[1];
    look_on(sinks, 1, TRACK_REACH_MAX);
    for (unsigned i = 0; i < 1500; i++) // within one second and a half
        push((uint16_t)i, i * 90, i ? MEDIA_MORE : MEDIA_KEY, i * MEDIA_MS);
    assert_non_null(track_find(track, track_newest(track) - 1499));
    track_remove_sink(&sinks[0]);
}

static void a_group_is_kept_where_many_look_but_not_for_ever(void **state)
{
    (void)state;
    uint64_t first, newest;
    struct sink sinks[4];
    look_on(sinks, 4, TRACK_REACH_MAX);
    push(0, 0, MEDIA_KEY, 0);
    for (unsigned i = 1; i < 200; i++) // 20 s of slow pictures
        push((uint16_t)i, i * FRAME, MEDIA_FRAME, i * 100 * MEDIA_MS);
    assert_true(track_newest_group(track, &first, &newest));
    assert_int_equal(newest - first, 199);
    for (unsigned i = 200; i < 4000; i++)
        push((uint16_t)i, i * FRAME, MEDIA_FRAME, i * 100 * MEDIA_MS);
    assert_false(track_newest_group(track, &first, &newest));
    assert_true(BLOCKS - pool_left(pool) < 50); // about two seconds
    for (unsigned i = 0; i < 4; i++)
        track_remove_sink(&sinks[i]);
}

static void after_a_silence_a_latecomer_still_finds_its_place(void **state)
{
    (void)state;
    push(10, 0, MEDIA_KEY, 0);
    push(11, FRAME, MEDIA_FRAME, 0);
    push(13, 2 * FRAME, MEDIA_FRAME, 5000 * MEDIA_MS);
    push(14, 2 * FRAME, MEDIA_MORE, 5001 * MEDIA_MS);
    push(12, 2 * FRAME, MEDIA_FRAME, 5002 * MEDIA_MS);
    assert_int_equal(seen.count, 5);
    assert_int_equal(track_find(track, seen.index[0] + 2)->rtp.seq, 12);
    // The same without a group that keeps the old ones.
    track_restart(track, 9000 * MEDIA_MS);
    push_of(2, 20, 0, MEDIA_FRAME, 9000 * MEDIA_MS);
    push_of(2, 22, 0, MEDIA_FRAME, 12000 * MEDIA_MS);
    push_of(2, 23, 0, MEDIA_FRAME, 12000 * MEDIA_MS);
    push_of(2, 21, 0, MEDIA_FRAME, 12001 * MEDIA_MS);
    push_of(2, 21, 0, MEDIA_FRAME, 12002 * MEDIA_MS);
    assert_int_equal(dropped(DROP_LATE), 0);
    assert_int_equal(dropped(DROP_DUPLICATE), 1);
}

static void a_restarted_stream_continues_the_old_line(void **state)
{
    (void)state;
    uint64_t first, newest;
    push(500, 1000, MEDIA_KEY, 0);
    push(501, 1000 + FRAME, MEDIA_FRAME, 33 * MEDIA_MS);
    track_restart(track, 1033 * MEDIA_MS);
    assert_false(track_newest_group(track, &first, &newest));
    push_of(0xdef, 40000, 777777, MEDIA_FRAME, 1033 * MEDIA_MS);
    assert_int_equal(seen.count, 2); // nothing before a keyframe
    assert_int_equal(keyframes, 1);
    push_of(0xdef, 40001, 777777 + FRAME, MEDIA_KEY, 1066 * MEDIA_MS);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.index[2], seen.index[1] + 3);
    assert_int_equal(seen.ts[2] - seen.ts[1], 90000 + FRAME); // one second later
    push_of(0xdef, 40003, 777777 + 2 * FRAME, MEDIA_FRAME, 1100 * MEDIA_MS);
    track_tick(track, 1110 * MEDIA_MS);
    assert_int_equal(nacks, 1);
    assert_int_equal(nacked[0], 40002); // the publisher's number
}

static void a_jump_of_numbers_is_a_restart_after_two_packets(void **state)
{
    (void)state;
    push(500, 1000, MEDIA_KEY, 0);
    push(30000, 5000, MEDIA_FRAME, MEDIA_MS);
    assert_int_equal(seen.count, 1);
    push(30001, 5000, MEDIA_KEY, 2 * MEDIA_MS);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.index[1], seen.index[0] + 2);
}

static void sound_has_no_groups_and_no_wishes(void **state)
{
    (void)state;
    uint64_t first, newest;
    for (unsigned i = 0; i < 700; i++)
        push((uint16_t)(65500 + i), i * 960, MEDIA_SOUND, i * 20 * MEDIA_MS);
    assert_int_equal(seen.count, 700);
    assert_true(track_newest_group(track, &first, &newest));
    assert_int_equal(first, newest);
    track_want_keyframe(track, 1);
    assert_int_equal(keyframes, 0);
    assert_true(BLOCKS - pool_left(pool) <= 102);
}

static void the_clock_goes_on_between_sender_reports(void **state)
{
    (void)state;
    uint64_t ntp;
    uint32_t ts;
    assert_false(track_clock(track, 0, &ntp, &ts));
    track_set_clock(track, (uint64_t)100 << 32, 5000, 1000 * MEDIA_MS);
    assert_true(track_clock(track, 2500 * MEDIA_MS, &ntp, &ts));
    assert_true(ntp == ((uint64_t)101 << 32) + (1ULL << 31));
    assert_int_equal(ts, 5000 + 135000);
}

static void the_report_names_the_stream_and_the_last_sender_report(void **state)
{
    (void)state;
    struct rtcp_report report;
    assert_false(track_report(track, 0, &report));
    push(1, 0, MEDIA_KEY, 0);
    push(3, 0, MEDIA_MORE, 0);
    track_set_clock(track, 0x1122334455667788, 0, 1000 * MEDIA_MS);
    assert_true(track_report(track, 1500 * MEDIA_MS, &report));
    assert_int_equal(report.ssrc, 0xabc);
    assert_int_equal(report.lost_total, 1);
    assert_int_equal(report.last_sr, 0x33445566);
    assert_int_equal(report.since_sr, 32768);
}

static void another_codec_is_told_to_the_sinks(void **state)
{
    (void)state;
    push(1, 0, MEDIA_KEY, 0);
    track_set_codec(track, CODEC_VP9, "profile-id=0", MEDIA_MS);
    assert_true(seen.changed);
    assert_int_equal(track_config(track)->codec, CODEC_VP9);
    assert_string_equal(track_config(track)->fmtp, "profile-id=0");
    push(2, FRAME, MEDIA_MORE, 2 * MEDIA_MS);
    assert_int_equal(seen.count, 1);
    assert_int_equal(keyframes, 1);
}

static void lack_of_memory_is_a_clean_error(void **state)
{
    (void)state;
    const struct track_config config = {.codec = CODEC_VP8};
    struct track *other = NULL;
    long live = mem_live();
    int err = ENOMEM;
    for (int nth = 0; err; nth++) {
        mem_fail_after(nth);
        err = track_alloc(&other, &config, NULL, NULL);
        mem_fail_after(-1);
        assert_true(err == ENOMEM || (err == 0 && nth == 4));
        assert_true(err == 0 || mem_live() == live);
    }
    track_free(other);
    track_free(NULL);
    assert_int_equal(mem_live(), live);
}

#define VIDEO_TEST(name) cmocka_unit_test_setup_teardown(name, open_video, close_track)
#define AUDIO_TEST(name) cmocka_unit_test_setup_teardown(name, open_audio, close_track)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VIDEO_TEST(all_packets_go_on_once_over_the_wrap),
        VIDEO_TEST(reordered_packets_get_their_own_index),
        VIDEO_TEST(what_is_lost_is_asked_for),
        VIDEO_TEST(giving_up_asks_for_a_keyframe),
        VIDEO_TEST(wishes_are_merged_and_granted),
        VIDEO_TEST(the_newest_group_begins_with_its_keyframe),
        VIDEO_TEST(the_history_reaches_as_far_back_as_anybody_may_ask),
        VIDEO_TEST(what_is_asked_for_upstream_keeps_its_place),
        VIDEO_TEST(fast_pictures_get_more_room),
        VIDEO_TEST(a_group_is_kept_where_many_look_but_not_for_ever),
        VIDEO_TEST(after_a_silence_a_latecomer_still_finds_its_place),
        VIDEO_TEST(a_restarted_stream_continues_the_old_line),
        VIDEO_TEST(a_jump_of_numbers_is_a_restart_after_two_packets),
        AUDIO_TEST(sound_has_no_groups_and_no_wishes),
        VIDEO_TEST(the_clock_goes_on_between_sender_reports),
        VIDEO_TEST(the_report_names_the_stream_and_the_last_sender_report),
        VIDEO_TEST(another_codec_is_told_to_the_sinks),
        VIDEO_TEST(lack_of_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
