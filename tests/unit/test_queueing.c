// The queue on the way, read from times of sending and arrival.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/feedback/queueing.h"
#include "gateway/feedback/rate.h"
#include "tests/unit/support/sim_link.h"

#define MS     1000LL
#define SKEW   123456789LL // between the two clocks
#define GAP_US (10 * MS)

static struct queueing queueing;
static int64_t now_us;

static int fresh(void **state)
{
    (void)state;
    memset(&queueing, 0, sizeof(queueing));
    now_us = 1000 * MS;
    return 0;
}

// One packet that was under way for so long. True once the queue is too long.
static bool travel(int64_t way_us)
{
    queueing_add(&queueing, now_us, now_us + SKEW + way_us);
    now_us += GAP_US;
    return queueing_over(&queueing);
}

static void an_empty_path_has_no_queue(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_false(travel(40 * MS + i % 7 * 300));
    assert_true(queueing_now(&queueing) < 2 * MS);
}

static void a_filling_link_is_found_out_soon(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++)
        assert_false(travel(40 * MS));
    int packets = 0;
    while (!travel(40 * MS + packets * 8 * MS)) // 1.8 times what it carries
        assert_true(++packets < 20);
    assert_true(queueing_now(&queueing) >= QUEUEING_LOW_US);
}

static void a_shrinking_queue_is_no_reason(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++)
        travel(40 * MS);
    for (int i = 0; i < 40; i++)
        travel(240 * MS);
    assert_true(queueing_over(&queueing));
    for (int i = 0; i < 6; i++) // the first windows still show its height
        travel(240 * MS - i * 4 * MS);
    for (int i = 6; i < 50; i++)
        assert_false(travel(240 * MS - i * 4 * MS));
}

static void jitter_is_not_a_queue(void **state)
{
    struct sim_random random = {.state = 4711};
    int wrong = 0;
    (void)state;
    for (int i = 0; i < 12000; i++) // two minutes
        wrong += travel(30 * MS + (int64_t)(sim_random(&random) * 200 * MS));
    assert_in_range(wrong, 0, 12);
    assert_true(queueing_limit(&queueing) > QUEUEING_LOW_US);
    assert_true(queueing_limit(&queueing) <= QUEUEING_HIGH_US);
}

static void a_link_that_stood_still_is_not_full(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100; i++)
            assert_false(travel(40 * MS));
        for (int i = 0; i < 18; i++) // all arrive together
            assert_false(travel(40 * MS + (18 - i) * GAP_US));
    }
}

static void a_longer_path_is_learned(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++)
        travel(40 * MS);
    int64_t longest = QUEUEING_EPOCHS * QUEUEING_EPOCH_US / GAP_US + 100;
    for (int64_t i = 0; i < longest; i++)
        travel(200 * MS);
    assert_false(queueing_over(&queueing));
    assert_true(queueing_now(&queueing) < MS);
}

static void a_rate_is_that_of_its_window(void **state)
{
    struct rate rate = {0};
    (void)state;
    assert_int_equal(rate_newest(&rate, 1000 * MS), 0);
    for (int64_t at = 0; at < 3000; at += 10) // 1250 bytes each 10 ms: 1 Mbit/s; then half
        rate_add(&rate, at < 2000 ? 1250 : 625, 7000000 * MS + at * MS);
    assert_in_range(rate_newest(&rate, 200 * MS), 490000, 510000);
    for (int64_t at = 3000; at < 3500; at += 10)
        rate_add(&rate, 1250, 7000000 * MS + at * MS);
    assert_in_range(rate_newest(&rate, 1000 * MS), 700000, 800000);
    rate_add(&rate, 1, 7000000 * MS + 3000 * MS); // late, not lost
    rate_add(&rate, 0, 7100000 * MS);             // long silence
    assert_int_equal(rate_newest(&rate, 1000 * MS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_path_has_no_queue, fresh),
        cmocka_unit_test_setup(a_filling_link_is_found_out_soon, fresh),
        cmocka_unit_test_setup(a_shrinking_queue_is_no_reason, fresh),
        cmocka_unit_test_setup(jitter_is_not_a_queue, fresh),
        cmocka_unit_test_setup(a_link_that_stood_still_is_not_full, fresh),
        cmocka_unit_test_setup(a_longer_path_is_learned, fresh),
        cmocka_unit_test_setup(a_rate_is_that_of_its_window, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
