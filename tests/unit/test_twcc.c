#include "gateway/packet/twcc.h"

#include "gateway/packet/rtcp.h"
#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_MAX 70000

struct told {
    size_t count;
    uint16_t first_seq, last_seq;
    struct twcc_arrival at[COUNT_MAX];
};

static struct told told;
static struct twcc_arrival arrivals[COUNT_MAX];
static uint8_t buffer[200000];

static void keep(uint16_t seq, bool received, int64_t at_us, void *arg)
{
    struct told *to = arg;
    assert_true(to->count < COUNT_MAX);
    if (to->count == 0)
        to->first_seq = seq;
    to->last_seq = seq;
    to->at[to->count++] = (struct twcc_arrival){received, at_us};
}

// Reads the FCI from a copy without a byte to spare.
static int parse(const uint8_t *fci, size_t len, struct twcc_feedback *head)
{
    uint8_t *copy = exact_copy(fci, len);
    told.count = 0;
    int err = twcc_parse(head, copy, len, keep, &told);
    free(copy);
    return err;
}

// Writes and reads back; returns how many statuses one packet took.
static size_t round_trip(size_t count, size_t room, uint16_t base_seq)
{
    struct twcc_source source = {.sender = 1, .media = 2, .base_seq = base_seq, .fb_count = 200};
    struct writer w = writer_of(buffer, room);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    struct twcc_feedback head;
    size_t taken;
    assert_int_equal(twcc_write(&w, &source, arrivals, count, &taken), 0);
    struct rtcp_iter it = rtcp_iter_of(buffer, w.len);
    assert_int_equal(rtcp_next(&it, &packet), 0);
    assert_int_equal(it.left, 0);
    assert_int_equal(rtcp_kind(&packet), RTCP_KIND_TWCC);
    assert_int_equal(rtcp_parse_feedback(&packet, &feedback), 0);
    assert_int_equal(feedback.sender, 1);
    assert_int_equal(feedback.media, 2);
    assert_int_equal(parse(feedback.fci, feedback.fci_len, &head), 0);
    assert_int_equal(head.base_seq, base_seq);
    assert_int_equal(head.fb_count, 200);
    assert_int_equal(told.count, taken);
    for (size_t i = 0; i < taken; i++) {
        assert_int_equal(told.at[i].received, arrivals[i].received);
        if (arrivals[i].received)
            assert_int_equal(told.at[i].at_us, arrivals[i].at_us / TWCC_TICK_US * TWCC_TICK_US);
    }
    return taken;
}

static void steady_stream_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++)
        arrivals[i] = (struct twcc_arrival){true, 10000000 + (int64_t)i * 5123};
    assert_int_equal(round_trip(100, 1200, 65500), 100);
    assert_int_equal(told.first_seq, 65500);
    assert_int_equal(told.last_seq, 63); // numbers wrap
}

static void every_pattern_comes_back(void **state)
{
    (void)state;
    uint32_t random = 2463534242u;
    for (unsigned round = 0; round < 2000; round++) {
        size_t count = 1 + exact_random(&random) % 60;
        int64_t now = 7000000000 + round;
        for (size_t i = 0; i < count; i++) {
            uint32_t dice = exact_random(&random);
            now += dice % 5 == 0 ? 70000 : (int64_t)(dice % 9000) - (dice % 7 == 0 ? 9000 : 0);
            arrivals[i] = (struct twcc_arrival){dice % 3 != 0, now};
        }
        arrivals[0].received = true;
        assert_int_equal(round_trip(count, 1200, (uint16_t)random), count);
    }
}

static void lost_ones_at_both_ends(void **state)
{
    (void)state;
    memset(arrivals, 0, sizeof(arrivals));
    arrivals[9000] = (struct twcc_arrival){true, 123456789};
    assert_int_equal(round_trip(20000, 3000 * 2, 5), 20000);
}

static void all_65535_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_MAX; i++)
        arrivals[i] = (struct twcc_arrival){true, (int64_t)i * 300};
    assert_int_equal(round_trip(COUNT_MAX, sizeof(buffer), 0), 65535);
}

static void takes_what_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5000; i++)
        arrivals[i] = (struct twcc_arrival){i % 3 != 1, 5000000 + (int64_t)i * 1000};
    size_t taken = round_trip(5000, 1200, 0);
    assert_true(taken > 800 && taken < 5000);
    arrivals[10].at_us += 9000000; // nine seconds do not fit a delta
    arrivals[10].received = true;
    assert_int_equal(round_trip(5000, 1200, 0), 10);
}

static void nothing_to_tell_is_an_error(void **state)
{
    (void)state;
    struct twcc_source source = {0};
    struct writer w = writer_of(buffer, 1200);
    size_t taken = 9;
    memset(arrivals, 0, sizeof(arrivals));
    assert_int_equal(twcc_write(&w, &source, arrivals, 10, &taken), ENOENT);
    assert_int_equal(twcc_write(&w, &source, arrivals, 0, &taken), ENOENT);
    arrivals[0].received = true;
    w = writer_of(buffer, 23);
    assert_int_equal(twcc_write(&w, &source, arrivals, 1, &taken), EMSGSIZE);
    assert_int_equal(taken, 0);
    assert_int_equal(w.len, 0);
}

static void reads_a_packet_made_by_hand(void **state)
{
    (void)state;
    // Base 10, six statuses, time -1 * 64 ms. Two-bit vector: small, lost, large, lost; run: two
    // small.
    static const uint8_t fci[] = {0, 10,   0,    6,    0xFF, 0xFF, 0xFF, 3, 0xD2,
                                  0, 0x20, 0x02, 0x04, 0xFF, 0xFC, 8,    12};
    struct twcc_feedback head;
    // The vector has seven slots: it tells all six, and the run is behind the last.
    assert_int_equal(parse(fci, sizeof(fci), &head), 0);
    assert_int_equal(head.base_time, -1);
    assert_int_equal(told.count, 6);
    static const bool received[] = {true, false, true, false, false, false};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(told.at[i].received, received[i]);
    assert_int_equal(told.at[0].at_us, -64000 + 0x20 * 250);
}

static void hostile_feedback_is_refused(void **state)
{
    (void)state;
    struct twcc_feedback head;
    static const struct {
        const char *what;
        uint8_t fci[12];
        size_t len;
    } cases[] = {
        {"too short", {0, 1, 0, 1, 0, 0, 0}, 7},
        {"tells nothing", {0, 1, 0, 0, 0, 0, 0, 0, 0x20, 1}, 10},
        {"no chunk", {0, 1, 0, 1, 0, 0, 0, 0}, 8},
        {"half a chunk", {0, 1, 0, 1, 0, 0, 0, 0, 0x20}, 9},
        {"no delta", {0, 1, 0, 1, 0, 0, 0, 0, 0x20, 1}, 10},
        {"half a large delta", {0, 1, 0, 1, 0, 0, 0, 0, 0x40, 1, 9}, 11},
        {"reserved symbol in a run", {0, 1, 0, 1, 0, 0, 0, 0, 0x60, 1, 0, 0}, 12},
        {"reserved symbol in a vector", {0, 1, 0, 1, 0, 0, 0, 0, 0xF0, 0, 0, 0}, 12},
        {"empty run", {0, 1, 0, 1, 0, 0, 0, 0, 0x20, 0, 0x20, 1}, 12},
        {"65535 small ones", {0, 1, 255, 255, 0, 0, 0, 0, 0x3F, 0xFF, 0x3F, 0xFF}, 12},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (parse(cases[i].fci, cases[i].len, &head) != EBADMSG)
            fail_msg("%s was taken", cases[i].what);
        assert_int_equal(told.count, 0);
    }
}

static void cuts_and_flips_stay_inside(void **state)
{
    (void)state;
    struct twcc_source source = {0};
    struct twcc_feedback head;
    size_t taken;
    for (size_t i = 0; i < 60; i++)
        arrivals[i] = (struct twcc_arrival){i % 4 != 1, 5000000 + (int64_t)(i * i) * 900};
    struct writer w = writer_of(buffer, 1200);
    assert_int_equal(twcc_write(&w, &source, arrivals, 60, &taken), 0);
    for (size_t len = 12; len < w.len - 3; len++)
        assert_int_equal(parse(buffer + 12, len - 12, &head), EBADMSG);
    for (size_t bit = 12 * 8; bit < w.len * 8; bit++) {
        buffer[bit / 8] ^= (uint8_t)(1 << (bit % 8));
        parse(buffer + 12, w.len - 12, &head);
        buffer[bit / 8] ^= (uint8_t)(1 << (bit % 8));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_stream_comes_back),
        cmocka_unit_test(every_pattern_comes_back),
        cmocka_unit_test(lost_ones_at_both_ends),
        cmocka_unit_test(all_65535_fit),
        cmocka_unit_test(takes_what_fits),
        cmocka_unit_test(nothing_to_tell_is_an_error),
        cmocka_unit_test(reads_a_packet_made_by_hand),
        cmocka_unit_test(hostile_feedback_is_refused),
        cmocka_unit_test(cuts_and_flips_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
