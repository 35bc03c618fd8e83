// What is asked for again, when, and when it is given up. In virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/feedback/nack.h"

#define MS 1000LL

static struct nack nack;
static struct nack_missing missing[NACK_VIDEO_MAX];
static uint64_t asked[NACK_VIDEO_MAX];
static bool gave_up;

static int fresh(void **state)
{
    (void)state;
    nack_init(&nack, missing, NACK_VIDEO_MAX);
    gave_up = false;
    return 0;
}

static size_t due(int64_t now_us)
{
    return nack_due(&nack, now_us, asked, NACK_VIDEO_MAX, &gave_up);
}

static void nothing_is_due_without_loss(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(nack_arrived(&nack, 70000 + i, (int64_t)i * MS));
    assert_int_equal(nack_deadline(&nack), INT64_MAX);
    assert_int_equal(due(1000000 * MS), 0);
}

static void a_packet_only_late_is_not_asked_for(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 12, 0);
    assert_int_equal(nack_deadline(&nack), 10 * MS);
    assert_int_equal(due(1 * MS), 0);
    nack_arrived(&nack, 11, 2 * MS);
    assert_int_equal(nack_deadline(&nack), INT64_MAX);
    assert_int_equal(due(20 * MS), 0);
}

static void a_loss_is_asked_for_after_ten_milliseconds(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 12, 0);
    assert_int_equal(due(9 * MS), 0);
    assert_int_equal(due(10 * MS), 1);
    assert_int_equal(asked[0], 11);
}

static void two_later_packets_are_enough(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 12, 1);
    nack_arrived(&nack, 13, 2);
    assert_true(nack_deadline(&nack) <= 2);
    assert_int_equal(due(2), 1);
    assert_int_equal(asked[0], 11);
}

static void it_is_repeated_by_the_round_trip(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 12, 0);
    assert_int_equal(due(10 * MS), 1);
    assert_int_equal(due(50 * MS), 0);
    assert_int_equal(due(110 * MS), 1);
}

// Loses one packet, asks at 10 ms and answers 300 ms later: how many questions did that take?
static size_t lose_one(uint64_t index, int64_t at_us)
{
    size_t questions = 0;
    nack_arrived(&nack, index, at_us);
    nack_arrived(&nack, index + 2, at_us);
    for (int64_t ms = 0; ms < 310; ms += 5)
        questions += due(at_us + ms * MS);
    nack_arrived(&nack, index + 1, at_us + 310 * MS);
    return questions;
}

static void a_long_round_trip_is_learnt(void **state)
{
    (void)state;
    assert_in_range(lose_one(100, 0), 2, 4);
    for (uint64_t i = 1; i <= 40; i++) {
        // One question and its answer at a time: the answer comes before the repetition.
        nack_arrived(&nack, 100 + 3 * i, (int64_t)i * 2000 * MS);
        nack_arrived(&nack, 102 + 3 * i, (int64_t)i * 2000 * MS);
        assert_int_equal(due((int64_t)i * 2000 * MS + 10 * MS), 1);
        nack_arrived(&nack, 101 + 3 * i, (int64_t)i * 2000 * MS + 310 * MS);
    }
    assert_int_equal(lose_one(1000, 100000 * MS), 1);
}

static void it_is_given_up_in_the_end(void **state)
{
    (void)state;
    size_t questions = 0;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 12, 0);
    for (int64_t now = 0; now <= 3000 * MS && !gave_up; now += 5 * MS)
        questions += due(now);
    assert_true(gave_up);
    assert_in_range(questions, 4, NACK_TRIES_MAX);
    assert_int_equal(nack_deadline(&nack), INT64_MAX);
}

static void a_long_gap_is_hopeless(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    assert_false(nack_arrived(&nack, 10 + NACK_GAP_MAX + 2, 0));
    assert_int_equal(due(20 * MS), 0);
    // And asking goes on for what is lost afterwards.
    assert_true(nack_arrived(&nack, 10 + NACK_GAP_MAX + 4, 30 * MS));
    assert_int_equal(due(40 * MS), 1);
}

static void many_short_gaps_are_bounded(void **state)
{
    (void)state;
    bool hopeful = true;
    nack_arrived(&nack, 0, 0);
    for (uint64_t i = 1; hopeful && i < 2000; i++)
        hopeful = nack_arrived(&nack, 2 * i, 0);
    assert_false(hopeful);
}

static void a_keyframe_makes_older_losses_unimportant(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 12, 0);
    nack_arrived(&nack, 14, 0);
    nack_forget_before(&nack, 12);
    assert_int_equal(due(10 * MS), 1);
    assert_int_equal(asked[0], 13);
    nack_forget_before(&nack, 14);
    assert_int_equal(nack_deadline(&nack), INT64_MAX);
}

static void many_are_asked_for_in_portions(void **state)
{
    (void)state;
    nack_arrived(&nack, 10, 0);
    nack_arrived(&nack, 111, 0);
    assert_int_equal(nack_due(&nack, 10 * MS, asked, 64, &gave_up), 64);
    assert_int_equal(asked[0], 11);
    assert_true(nack_deadline(&nack) <= 10 * MS);
    assert_int_equal(nack_due(&nack, 10 * MS, asked, 64, &gave_up), 36);
    assert_int_equal(asked[35], 110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_due_without_loss, fresh),
        cmocka_unit_test_setup(a_packet_only_late_is_not_asked_for, fresh),
        cmocka_unit_test_setup(a_loss_is_asked_for_after_ten_milliseconds, fresh),
        cmocka_unit_test_setup(two_later_packets_are_enough, fresh),
        cmocka_unit_test_setup(it_is_repeated_by_the_round_trip, fresh),
        cmocka_unit_test_setup(a_long_round_trip_is_learnt, fresh),
        cmocka_unit_test_setup(it_is_given_up_in_the_end, fresh),
        cmocka_unit_test_setup(a_long_gap_is_hopeless, fresh),
        cmocka_unit_test_setup(many_short_gaps_are_bounded, fresh),
        cmocka_unit_test_setup(a_keyframe_makes_older_losses_unimportant, fresh),
        cmocka_unit_test_setup(many_are_asked_for_in_portions, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
