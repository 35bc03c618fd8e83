// A receiver's statistics: RFC 3550 appendix A.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/feedback/reception.h"

#define CLOCK 90000

static enum reception_verdict take(struct reception *reception, uint16_t seq, uint32_t ts,
                                   int64_t arrival_us)
{
    uint64_t extended;
    enum reception_verdict verdict = reception_place(reception, seq, &extended);
    if (verdict == RECEPTION_OK)
        reception_count(reception, extended, ts, CLOCK, arrival_us);
    return verdict;
}

static void numbers_go_on_over_the_wrap(void **state)
{
    (void)state;
    struct reception reception = {0};
    uint64_t first, extended = 0;
    assert_int_equal(reception_place(&reception, 65000, &first), RECEPTION_OK);
    for (unsigned i = 1; i <= 70000; i++)
        assert_int_equal(reception_place(&reception, (uint16_t)(65000 + i), &extended),
                         RECEPTION_OK);
    assert_int_equal(extended - first, 70000);
    // One from before the newest wrap has its old place.
    assert_int_equal(reception_place(&reception, (uint16_t)(65000 + 69000), &extended),
                     RECEPTION_OK);
    assert_int_equal(extended - first, 69000);
}

static void the_report_says_what_was_lost(void **state)
{
    (void)state;
    struct reception reception = {0};
    struct rtcp_report report = {0};
    for (unsigned i = 0; i < 100; i++)
        if (i % 4 != 1)
            take(&reception, (uint16_t)(65500 + i), i * 3000, i * 33333);
    reception_report(&reception, &report);
    assert_int_equal(report.lost_fraction, 64);
    assert_int_equal(report.lost_total, 25);
    assert_int_equal(report.highest_seq, 65536 + (65500 + 99 - 65536));
    // The next interval is without loss.
    for (unsigned i = 100; i < 200; i++)
        take(&reception, (uint16_t)(65500 + i), i * 3000, i * 33333);
    reception_report(&reception, &report);
    assert_int_equal(report.lost_fraction, 0);
    assert_int_equal(report.lost_total, 25);
}

static void nothing_received_in_an_interval_is_no_loss(void **state)
{
    (void)state;
    struct reception reception = {0};
    struct rtcp_report report = {0};
    take(&reception, 7, 0, 0);
    reception_report(&reception, &report);
    reception_report(&reception, &report);
    assert_int_equal(report.lost_fraction, 0);
    assert_int_equal(report.lost_total, 0);
}

static void retransmissions_make_the_loss_small_again(void **state)
{
    (void)state;
    struct reception reception = {0};
    struct rtcp_report report = {0};
    take(&reception, 1, 0, 0);
    take(&reception, 3, 0, 0);
    take(&reception, 2, 0, 0);
    reception_report(&reception, &report);
    assert_int_equal(report.lost_total, 0);
}

static void jitter_is_small_for_steady_and_large_for_unsteady_arrival(void **state)
{
    (void)state;
    struct reception steady = {0}, unsteady = {0};
    struct rtcp_report report = {0};
    for (unsigned i = 0; i < 500; i++) {
        int64_t at = (int64_t)i * 100000 / 3; // 30 frames a second
        take(&steady, (uint16_t)i, i * 3000, at);
        take(&unsteady, (uint16_t)i, i * 3000, at + (i % 2) * 10000);
    }
    reception_report(&steady, &report);
    assert_in_range(report.jitter, 0, 2);
    reception_report(&unsteady, &report);
    assert_in_range(report.jitter, 800, 900); // 10 ms are 900
}

// The publisher's clock begins anew, or did when nobody had heard of it: the packets still come as
// they should.
static void another_timeline_is_no_jitter(void **state)
{
    (void)state;
    struct reception reception = {0};
    struct rtcp_report report = {0};
    for (unsigned i = 0; i < 20; i++)
        take(&reception, (uint16_t)i, i * 3000 + (i < 10 ? 900000 : 90000000),
             (int64_t)i * 100000 / 3);
    reception_report(&reception, &report);
    assert_in_range(report.jitter, 0, 2);
}

static void a_far_jump_needs_a_second_witness(void **state)
{
    (void)state;
    struct reception reception = {0};
    take(&reception, 100, 0, 0);
    assert_int_equal(take(&reception, 30000, 0, 0), RECEPTION_JUMPED);
    assert_int_equal(take(&reception, 101, 0, 0), RECEPTION_OK);
    assert_int_equal(take(&reception, 30000, 0, 0), RECEPTION_JUMPED);
    assert_int_equal(take(&reception, 30001, 0, 0), RECEPTION_RESTARTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_go_on_over_the_wrap),
        cmocka_unit_test(the_report_says_what_was_lost),
        cmocka_unit_test(nothing_received_in_an_interval_is_no_loss),
        cmocka_unit_test(retransmissions_make_the_loss_small_again),
        cmocka_unit_test(jitter_is_small_for_steady_and_large_for_unsteady_arrival),
        cmocka_unit_test(another_timeline_is_no_jitter),
        cmocka_unit_test(a_far_jump_needs_a_second_witness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
