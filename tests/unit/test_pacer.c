// A bucket of five milliseconds: what leaves in any span of virtual time, and when.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/feedback/pacer.h"

#define START_US  7000000
#define SECOND_US 1000000
#define PACKET    1000
#define MBIT      1000000ull

static struct pacer pacer;

static int open_pacer(void **state)
{
    (void)state;
    pacer = (struct pacer){0};
    return 0;
}

// Sends as much as may leave at `now_us`.
static unsigned send_all(int64_t now_us)
{
    unsigned sent = 0;
    while (sent < 10000 && pacer_allows(&pacer, PACKET, now_us)) {
        pacer_take(&pacer, PACKET, now_us);
        sent++;
    }
    return sent;
}

static void without_a_rate_everything_leaves(void **state)
{
    (void)state;
    assert_int_equal(send_all(START_US), 10000);
    assert_true(pacer_ready(&pacer, PACKET) == INT64_MIN);
}

static void after_silence_five_milliseconds_leave_at_once(void **state)
{
    (void)state;
    pacer_set_rate(&pacer, 8 * MBIT, START_US); // one packet a millisecond
    assert_int_equal(send_all(START_US), 5);
    assert_int_equal(pacer_ready(&pacer, PACKET), START_US + 1000);
    assert_false(pacer_allows(&pacer, PACKET, START_US + 999));
    assert_int_equal(send_all(START_US + 1000), 1);
    pacer = (struct pacer){.rate = 8 * MBIT};
    pacer_take(&pacer, PACKET, START_US);                     // nobody waits
    assert_int_equal(send_all(START_US + 10 * SECOND_US), 5); // silence is not saved up
}

static void a_packet_longer_than_the_burst_leaves_when_nothing_is_owed(void **state)
{
    (void)state;
    pacer_set_rate(&pacer, MBIT / 5, START_US); // a packet takes 40 ms
    assert_int_equal(send_all(START_US), 1);
    assert_int_equal(pacer_ready(&pacer, PACKET), START_US + 40000);
    assert_int_equal(send_all(START_US + 39999), 0);
    assert_int_equal(send_all(START_US + 40000), 1);
}

// Whatever the rate and however the asking is timed: the rate is reached and never passed.
static void every_second_carries_its_rate(void **state)
{
    (void)state;
    static const uint64_t rates[] = {50000, 300000, 2 * MBIT, 25 * MBIT, 400 * MBIT};
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        uint64_t sent = 0;
        unsigned noise = 1;
        pacer = (struct pacer){0};
        pacer_set_rate(&pacer, rates[i], START_US);
        for (int64_t now_us = START_US; now_us < START_US + 10 * SECOND_US;) {
            sent += send_all(now_us);
            noise = noise * 1664525u + 1013904223u;
            now_us += 1 + (noise >> 16) % 4000;
        }
        uint64_t bits = sent * PACKET * 8;
        assert_true(bits <= rates[i] * 10 + rates[i] / 100 + PACKET * 8ull);
        assert_true(bits >= rates[i] * 10 * 97 / 100);
    }
}

static void a_late_timer_is_made_up_for_once(void **state)
{
    (void)state;
    pacer_set_rate(&pacer, 8 * MBIT, START_US);
    assert_int_equal(send_all(START_US), 5);
    assert_int_equal(send_all(START_US + 8000), 8);     // three late and five of the bucket
    assert_int_equal(send_all(START_US + 1008000), 10); // never more than five late
}

static void what_is_sent_unasked_is_owed_but_not_for_ever(void **state)
{
    (void)state;
    pacer_set_rate(&pacer, 8 * MBIT, START_US);
    for (unsigned i = 0; i < 20; i++)
        pacer_take(&pacer, PACKET, START_US);
    assert_int_equal(pacer_ready(&pacer, PACKET), START_US + 16000);
    for (unsigned i = 0; i < 5000; i++)
        pacer_take(&pacer, PACKET, START_US);
    assert_in_range(pacer_ready(&pacer, PACKET), START_US + PACER_DEBT_US - PACER_BURST_US,
                    START_US + PACER_DEBT_US);
}

static void a_new_rate_counts_from_now_on_and_bytes_owed_stay(void **state)
{
    (void)state;
    pacer_set_rate(&pacer, 8 * MBIT, START_US);
    for (unsigned i = 0; i < 12; i++) // 12 ms
        pacer_take(&pacer, PACKET, START_US);
    pacer_set_rate(&pacer, 4 * MBIT, START_US + 2000); // 10 packets of 2 ms are left
    assert_in_range(pacer_ready(&pacer, PACKET), START_US + 18999, START_US + 19001);
    pacer_set_rate(&pacer, 0, START_US + 2000);
    assert_true(pacer_allows(&pacer, PACKET, START_US + 2000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_rate_everything_leaves, open_pacer),
        cmocka_unit_test_setup(after_silence_five_milliseconds_leave_at_once, open_pacer),
        cmocka_unit_test_setup(a_packet_longer_than_the_burst_leaves_when_nothing_is_owed,
                               open_pacer),
        cmocka_unit_test_setup(every_second_carries_its_rate, open_pacer),
        cmocka_unit_test_setup(a_late_timer_is_made_up_for_once, open_pacer),
        cmocka_unit_test_setup(what_is_sent_unasked_is_owed_but_not_for_ever, open_pacer),
        cmocka_unit_test_setup(a_new_rate_counts_from_now_on_and_bytes_owed_stay, open_pacer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
