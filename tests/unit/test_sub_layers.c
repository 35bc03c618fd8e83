// A viewer of a picture with several encodings and layers sees one stream without a gap.
#include "tests/unit/support/layered.h"

static void layers_are_told_by_rate(void **state)
{
    struct layer_list list;
    (void)state;
    layered_start(false);
    sub_layers(layered.sub, layered.now_us, &list);
    assert_int_equal(list.count, LAYERS_MAX);
    for (unsigned i = 1; i < list.count; i++)
        assert_true(list.layer[i].rate >= list.layer[i - 1].rate);
    const struct layer *top = &list.layer[list.count - 1];
    assert_int_equal(top->encoding, HIGH);
    assert_int_equal(top->temporal, 2);
    assert_string_equal(top->rid, "h");
    assert_int_equal(top->width, 1280);
    assert_int_equal(top->height, 720);
    // 2 packets of 912 bytes, 30.3 times a second
    assert_in_range(top->rate, 400000, 480000);
    assert_in_range(layered_find(&list, HIGH, 1)->rate, 200000, 240000);
    assert_in_range(layered_find(&list, HIGH, 0)->rate, 100000, 130000);
    assert_in_range(layered_find(&list, LOW, 2)->rate, 48000, 58000);
}

static void the_highest_is_shown_before_anybody_chooses(void **state)
{
    struct sub_showing showing;
    (void)state;
    layered_start(false);
    assert_int_equal(layered_see(HIGH), 31);
    sub_showing(layered.sub, layered.now_us, &showing);
    assert_false(showing.paused);
    assert_true(showing.now.active);
    assert_int_equal(showing.now.encoding, HIGH);
    assert_int_equal(showing.now.temporal, 2);
    assert_true(layer_same(&showing.now, &showing.aim));
}

static void an_encoding_changes_at_its_keyframe_only(void **state)
{
    struct sub_showing showing;
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered_aim(LOW, 2);
    assert_int_equal(layered.wishes[LOW], 1);
    layered_tick_many(5, 7);
    assert_int_equal(layered_see(HIGH), 5);
    sub_showing(layered.sub, layered.now_us, &showing);
    assert_int_equal(showing.now.encoding, HIGH);
    assert_int_equal(showing.aim.encoding, LOW);
    layered_tick(7, 1 << LOW);
    while (layered_next()) {
        layered_check();
        if (layered.got.encoding == LOW)
            break; // the high one of the same moment came first
    }
    assert_true(layered.got.vp8.key);
    assert_int_equal(layered.seen.step, 1); // taken at the same moment
    layered_see(LOW);
    layered_tick_many(20, 7);
    assert_int_equal(layered_see(LOW), 20);
    sub_showing(layered.sub, layered.now_us, &showing);
    assert_int_equal(showing.now.encoding, LOW);
    // And up again.
    layered_aim(HIGH, 2);
    assert_int_equal(layered.wishes[HIGH], 1);
    layered_tick_many(3, 7);
    assert_int_equal(layered_see(LOW), 3);
    layered_tick(7, 1 << HIGH);
    assert_int_equal(layered_see(HIGH), 1);
    layered_tick_many(3, 7);
    assert_int_equal(layered_see(HIGH), 3);
}

static void timestamps_follow_the_publishers_reports(void **state)
{
    (void)state;
    layered_start(false);
    for (unsigned i = 0; i < LAYERS_ENCODINGS; i++) // all tell one clock
        track_set_clock(layered.tracks[i], 1000ULL << 32, layered.at[i].ts,
                        layered.now_us + i * 7 * MEDIA_MS);
    layered_see(HIGH);
    layered_aim(MIDDLE, 2);
    layered_tick_many(2, 7);
    layered_see(HIGH);
    // The keyframe comes 20 ms late: its time is that of the picture.
    layered.at[HIGH].ts += LAYERED_TICK;
    layered.at[MIDDLE].ts += LAYERED_TICK;
    layered_send_frame(HIGH, false);
    layered_see(HIGH);
    layered.now_us += LAYERED_STEP + 20 * MEDIA_MS;
    layered.at[HIGH].ts += LAYERED_TICK;
    layered.at[MIDDLE].ts += LAYERED_TICK;
    layered_send_frame(MIDDLE, true);
    layered_see(MIDDLE);
    // Reports of one clock came 7 ms apart here, so that is what they seem to differ by.
    assert_in_range(layered.seen.step, LAYERED_TICK - 7 * 90, LAYERED_TICK + 7 * 90);
}

static void temporal_layers_leave_no_gap(void **state)
{
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered_aim(HIGH, 0);
    while (layered.at[HIGH].frame % 8 != 4)
        layered_tick(7, 0);
    layered_see(HIGH);
    for (unsigned i = 0; i < 16; i++) {
        layered_tick(7, 0);
        assert_int_equal(layered_see(HIGH), i % 4 == 0);
    }
    assert_true(counter_get(&layered.drops.count[DROP_SUB_LAYER]) > 0);
    // The next layer begins at a picture that says so (frame 2 of 8), not at the one before.
    layered_aim(HIGH, 1);
    layered_tick_many(4, 7); // 4..7
    assert_int_equal(layered_see(HIGH), 1);
    layered_tick_many(4, 7); // 0..3
    assert_int_equal(layered_see(HIGH), 2);
    layered_tick_many(8, 7);
    assert_int_equal(layered_see(HIGH), 4);
    // A keyframe allows everything.
    layered_aim(HIGH, 2);
    layered_tick(7, 1 << HIGH);
    layered_tick_many(7, 7);
    assert_int_equal(layered_see(HIGH), 8);
}

// --- encodings stop, viewers pause --------------------------------------------------------------

static void when_one_stops_the_next_is_shown_until_it_is_back(void **state)
{
    struct sub_showing showing;
    struct layer_list list;
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered_aim(HIGH, 2);
    layered_tick_many(40, 6); // over a second without it
    assert_int_equal(layered.wishes[MIDDLE], 1);
    sub_layers(layered.sub, layered.now_us, &list);
    for (unsigned i = 0; i < list.count; i++)
        assert_int_not_equal(list.layer[i].encoding, HIGH);
    assert_false(layered_next());
    layered_tick(6, 1 << MIDDLE);
    assert_int_equal(layered_see(MIDDLE), 1);
    layered_tick_many(5, 6);
    assert_int_equal(layered_see(MIDDLE), 5);
    sub_showing(layered.sub, layered.now_us, &showing);
    assert_int_equal(showing.now.encoding, MIDDLE);
    assert_int_equal(showing.aim.encoding, HIGH);
    // It begins anew with a keyframe, as encoders do.
    layered_tick(7, 1 << HIGH);
    while (layered_next())
        layered_check();
    assert_int_equal(layered.got.encoding, HIGH);
    layered_tick_many(5, 7);
    assert_int_equal(layered_see(HIGH), 5);
}

static void a_pause_is_told_and_ends_by_a_choice(void **state)
{
    struct sub_showing showing;
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered_tick(7, 0);
    assert_true(layered.outlet.queued_bytes > 0);
    sub_aim(layered.sub, NULL, SUB_PAUSED_NETWORK, layered.now_us);
    assert_int_equal(layered.outlet.queued_bytes, 0);
    sub_showing(layered.sub, layered.now_us, &showing);
    assert_true(showing.paused);
    assert_int_equal(showing.why, SUB_PAUSED_NETWORK);
    layered_tick_many(30, 7);
    assert_false(layered_next());
    assert_true(counter_get(&layered.drops.count[DROP_SUB_PAUSED]) > 0);
    layered_aim(MIDDLE, 2);
    sub_showing(layered.sub, layered.now_us, &showing);
    assert_false(showing.paused);
    assert_int_equal(layered.wishes[MIDDLE], 1);
    layered_tick_many(2, 7);
    assert_false(layered_next());
    layered_tick(7, 1 << MIDDLE);
    assert_true(layered_next());
    assert_int_equal(layered.got.encoding, MIDDLE);
    uint16_t forgotten = LAYERED_PACKETS; // their numbers were given out
    assert_int_equal(layered.got.rtp.seq, (uint16_t)(layered.seen.seq + forgotten + 1));
    assert_in_range(layered.got.rtp.ts - layered.seen.ts, 30 * LAYERED_TICK,
                    36 * LAYERED_TICK); // the time that passed
}

static void the_picture_may_end_at_any_time(void **state)
{
    (void)state;
    layered_start(false);
    layered_aim(LOW, 2); // sinks on two tracks
    track_free(layered.tracks[LOW]);
    layered.tracks[LOW] = NULL;
    assert_null(sub_track(layered.sub));
    sub_nack(layered.sub, 1, layered.now_us);
    sub_keyframe(layered.sub, layered.now_us);
    sub_aim(layered.sub, NULL, SUB_PAUSED_CLIENT, layered.now_us);
    track_free(layered.tracks[HIGH]);
    track_free(layered.tracks[MIDDLE]);
    layered.tracks[HIGH] = layered.tracks[MIDDLE] = NULL;
    while (layered_next())
        continue;
}

static void a_wish_of_the_viewer_goes_to_what_he_sees(void **state)
{
    (void)state;
    layered_start(false);
    sub_keyframe(layered.sub, layered.now_us);
    assert_int_equal(layered.wishes[HIGH], 1);
    assert_int_equal(layered.wishes[MIDDLE] + layered.wishes[LOW], 0);
}

// A second of the low encoding are 7,000 bytes.
static void after_a_cut_a_slow_outlet_gets_no_old_pictures(void **state)
{
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered.outlet.pace_rate = 100000;
    sub_cut(layered.sub);
    layered_aim(LOW, 2);
    assert_int_equal(layered.outlet.queued_bytes, 0);
    assert_int_equal(layered.wishes[LOW], 1);
}

static void after_a_cut_a_quick_one_gets_the_newest_group(void **state)
{
    (void)state;
    layered_start(false);
    layered_see(HIGH);
    layered.outlet.pace_rate = 400000;
    sub_cut(layered.sub);
    layered_aim(LOW, 2);
    assert_true(layered.outlet.queued_bytes > 6000);
    assert_int_equal(layered.wishes[LOW], 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, layered_open, layered_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(layers_are_told_by_rate),
        TEST(the_highest_is_shown_before_anybody_chooses),
        TEST(an_encoding_changes_at_its_keyframe_only),
        TEST(after_a_cut_a_slow_outlet_gets_no_old_pictures),
        TEST(after_a_cut_a_quick_one_gets_the_newest_group),
        TEST(timestamps_follow_the_publishers_reports),
        TEST(temporal_layers_leave_no_gap),
        TEST(when_one_stops_the_next_is_shown_until_it_is_back),
        TEST(a_pause_is_told_and_ends_by_a_choice),
        TEST(the_picture_may_end_at_any_time),
        TEST(a_wish_of_the_viewer_goes_to_what_he_sees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
