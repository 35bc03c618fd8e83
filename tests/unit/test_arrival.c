// Transport-wide feedback: what is told is what came, over wraps, losses and full packets.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/feedback/arrival.h"
#include "gateway/packet/rtcp.h"

#define MS 1000LL

static struct arrival arrival;
static struct {
    bool told, received;
    int64_t at_us;
} heard[65536];
static int next_fb_count;

static int fresh(void **state)
{
    (void)state;
    memset(&arrival, 0, sizeof(arrival));
    memset(heard, 0, sizeof(heard));
    next_fb_count = 0;
    return 0;
}

static void hear(uint16_t seq, bool received, int64_t at_us, void *arg)
{
    (void)arg;
    heard[seq].told = true;
    heard[seq].received = received;
    heard[seq].at_us = at_us;
}

// Reads everything as the publisher would; returns the number of RTCP packets.
static int tell(size_t space)
{
    int packets = 0, err = EMSGSIZE;
    for (int round = 0; err == EMSGSIZE && round < 100; round++) {
        uint8_t data[1500];
        struct writer w = writer_of(data, space);
        err = arrival_write(&arrival, &w, 1, 2);
        struct rtcp_iter it = rtcp_iter_of(data, w.len);
        struct rtcp_packet packet;
        while (rtcp_next(&it, &packet) == 0) {
            struct rtcp_feedback feedback;
            struct twcc_feedback twcc;
            assert_int_equal(rtcp_kind(&packet), RTCP_KIND_TWCC);
            assert_int_equal(rtcp_parse_feedback(&packet, &feedback), 0);
            assert_int_equal(twcc_parse(&twcc, feedback.fci, feedback.fci_len, hear, NULL), 0);
            assert_int_equal(twcc.fb_count, next_fb_count++ & 0xff);
            packets++;
        }
    }
    assert_int_equal(err, 0);
    return packets;
}

static void every_packet_is_told_with_its_time(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++)
        if (i % 10 != 3)
            arrival_record(&arrival, (uint16_t)(65500 + i), (int64_t)(1000 + i) * MS);
    assert_int_equal(arrival_deadline(&arrival), 1000 * MS + ARRIVAL_INTERVAL_US);
    assert_true(tell(1400) >= 1);
    assert_int_equal(arrival_deadline(&arrival), INT64_MAX);
    int64_t first = heard[65500].at_us;
    for (unsigned i = 0; i < 200; i++) {
        unsigned seq = (65500 + i) % 65536;
        assert_true(heard[seq].told);
        assert_int_equal(heard[seq].received, i % 10 != 3);
        if (heard[seq].received)
            assert_int_equal(heard[seq].at_us - first, (int64_t)i * MS);
    }
}

static void nothing_is_told_twice(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++)
        arrival_record(&arrival, (uint16_t)i, 1000 * MS + i);
    tell(1400);
    memset(heard, 0, sizeof(heard));
    arrival_record(&arrival, 50, 1100 * MS);
    tell(1400);
    assert_false(heard[49].told);
    assert_true(heard[50].received);
}

static void a_latecomer_is_told_again(void **state)
{
    (void)state;
    arrival_record(&arrival, 10, 1000 * MS);
    arrival_record(&arrival, 12, 1001 * MS);
    tell(1400);
    assert_true(heard[11].told && !heard[11].received);
    arrival_record(&arrival, 11, 1102 * MS);
    tell(1400);
    assert_true(heard[11].received);
}

static void small_writers_get_it_in_several_packets(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 900; i++)
        arrival_record(&arrival, (uint16_t)i, 1000 * MS + i * 97LL);
    assert_true(tell(200) > 4);
    for (unsigned i = 0; i < 900; i++)
        assert_true(heard[i].received);
}

static void a_leap_begins_anew(void **state)
{
    (void)state;
    arrival_record(&arrival, 10, 1000 * MS);
    arrival_record(&arrival, 20000, 1001 * MS);
    assert_int_equal(tell(1400), 1);
    assert_true(heard[20000].received);
    assert_false(heard[15000].told);
}

static void a_long_burst_of_loss_is_told(void **state)
{
    (void)state;
    arrival_record(&arrival, 10, 1000 * MS);
    arrival_record(&arrival, 10 + 700, 1001 * MS);
    tell(1400);
    assert_true(heard[10].received);
    assert_true(heard[710].received);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_packet_is_told_with_its_time, fresh),
        cmocka_unit_test_setup(nothing_is_told_twice, fresh),
        cmocka_unit_test_setup(a_latecomer_is_told_again, fresh),
        cmocka_unit_test_setup(small_writers_get_it_in_several_packets, fresh),
        cmocka_unit_test_setup(a_leap_begins_anew, fresh),
        cmocka_unit_test_setup(a_long_burst_of_loss_is_told, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
