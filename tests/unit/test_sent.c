// What was sent and what became of it, in virtual time; feedback is written by our own writer.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/feedback/sent.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/twcc.h"

#define MS       1000LL
#define ROWS_MAX 2048
#define CLOCK_US ((int64_t)TWCC_BASE_US << 24)

static struct sent *sent;
static struct sent_row rows[ROWS_MAX];
static size_t row_count;

static int open_sent(void **state)
{
    (void)state;
    row_count = 0;
    return sent_alloc(&sent);
}

static int close_sent(void **state)
{
    (void)state;
    sent_free(sent);
    return 0;
}

static void on_row(const struct sent_row *row, void *arg)
{
    assert_ptr_equal(arg, &row_count);
    assert_true(row_count < ROWS_MAX);
    rows[row_count++] = *row;
}

// Sends `count` packets of 1000 bytes, one every `gap_us`; gives the first one's number.
static uint16_t send_some(unsigned count, int64_t from_us, int64_t gap_us)
{
    uint16_t first = sent_number(sent);
    for (unsigned i = 0; i < count; i++)
        sent_note(sent, 1000, from_us + i * gap_us);
    return first;
}

// The receiver tells of packets: `fates` has one letter each, '-' for one that was lost; they
// arrived 1 ms apart from `at_us` on (his clock).
static void tell(uint16_t base, const char *fates, int64_t at_us, int64_t now_us)
{
    struct twcc_arrival arrivals[ROWS_MAX];
    uint8_t data[8192];
    struct writer w = writer_of(data, sizeof(data));
    const struct twcc_source source = {.sender = 1, .media = 2, .base_seq = base};
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    size_t count = strlen(fates), taken;
    for (size_t i = 0; i < count; i++)
        arrivals[i] = (struct twcc_arrival){.received = fates[i] != '-',
                                            .at_us = at_us + (int64_t)i * MS};
    assert_int_equal(twcc_write(&w, &source, arrivals, count, &taken), 0);
    assert_int_equal(taken, count);
    struct rtcp_iter it = rtcp_iter_of(data, w.len);
    assert_int_equal(rtcp_next(&it, &packet), 0);
    assert_int_equal(rtcp_parse_feedback(&packet, &feedback), 0);
    assert_int_equal(
        sent_feedback(sent, feedback.fci, feedback.fci_len, now_us, on_row, &row_count), 0);
}

static void every_packets_fate_is_told(void **state)
{
    (void)state;
    uint16_t first = send_some(4, 5000 * MS, 10 * MS);
    tell(first, "x-xx", 640 * MS, 5100 * MS);
    assert_int_equal(row_count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(rows[i].seq, (uint16_t)(first + i));
        assert_int_equal(rows[i].size, 1000);
        assert_int_equal(rows[i].arrived, i != 1);
        assert_true(rows[i].sent_us == (5000 + 10 * i) * MS);
    }
    assert_true(rows[2].arrival_us - rows[0].arrival_us == 2 * MS);
    assert_true(rows[3].arrival_us - rows[2].arrival_us == 1 * MS);
    assert_int_equal(sent_stats(sent)->arrived, 3);
    assert_int_equal(sent_stats(sent)->lost, 1);
    assert_true(sent_stats(sent)->rtt_us == 70 * MS);
}

static void a_late_packet_is_lost_no_longer(void **state)
{
    (void)state;
    uint16_t first = send_some(3, 0, MS);
    tell(first, "x-x", 0, 50 * MS);
    tell(first, "x-x", 0, 60 * MS); // the same again
    assert_int_equal(row_count, 3);
    tell((uint16_t)(first + 1), "x", 40 * MS, 100 * MS);
    assert_int_equal(row_count, 4);
    assert_true(rows[3].arrived && rows[3].late);
    assert_false(rows[0].late || rows[1].late || rows[2].late);
    assert_int_equal(rows[3].seq, (uint16_t)(first + 1));
    tell((uint16_t)(first + 1), "-x", 0, 110 * MS); // what arrived cannot be lost
    assert_int_equal(row_count, 4);
    assert_int_equal(sent_stats(sent)->arrived, 3);
    assert_int_equal(sent_stats(sent)->lost, 0);
}

static void numbers_wrap_around(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 700; round++) {
        int64_t now = round * 100 * MS;
        uint16_t first = send_some(100, now, MS);
        row_count = 0;
        tell(first, "xxxxxxxxxxxxxxxxxxxx-xxx", now, now + 100 * MS);
        assert_int_equal(row_count, 24);
        assert_true(rows[23].sent_us == now + 23 * MS);
    }
    assert_int_equal(sent_stats(sent)->arrived, 700 * 23);
}

static void the_receivers_clock_wraps_around(void **state)
{
    (void)state;
    uint16_t first = send_some(2, 0, MS);
    tell(first, "x", CLOCK_US / 2 - 64 * MS, 10 * MS); // the last tick of 24 signed bits
    tell((uint16_t)(first + 1), "x", CLOCK_US / 2 + 64 * MS, 20 * MS);
    assert_true(rows[1].arrival_us - rows[0].arrival_us == 128 * MS);
}

static void what_was_never_sent_is_passed_over(void **state)
{
    (void)state;
    tell(0, "xxx", 0, 1 * MS);
    tell(65000, "xxx", 0, 1 * MS);
    assert_int_equal(row_count, 0);
    uint16_t first = send_some(2, 0, 0);
    tell((uint16_t)(first - 2), "xxxxxx", 0, 1 * MS);
    assert_int_equal(row_count, 2);
    assert_int_equal(sent_stats(sent)->arrived, 2);
    // Forgotten: more were sent since than are remembered.
    first = send_some(1, 0, 0);
    send_some(SENT_SLOTS, 0, 0);
    tell(first, "xx", 0, 1 * MS);
    assert_int_equal(row_count, 3);
    assert_int_equal(rows[2].seq, (uint16_t)(first + 1));
}

static void loss_and_rate_are_those_of_a_second(void **state)
{
    (void)state;
    int64_t now = 0;
    for (unsigned i = 0; i < 40; i++, now += 100 * MS) {
        // In the last two seconds a quarter is lost.
        uint16_t first = send_some(8, now, 10 * MS);
        tell(first, i < 20 ? "xxxxxxxx" : "xx-xxx-x", now, now + 100 * MS);
        if (i == 15) {
            assert_true(sent_stats(sent)->loss == 0.0);
            assert_in_range(sent_stats(sent)->rate, 630000, 650000); // 80 packets a second
            assert_int_equal(sent_stats(sent)->seconds, 1);
        }
    }
    assert_int_equal(sent_stats(sent)->seconds, 3);
    assert_true(sent_stats(sent)->loss > 0.24 && sent_stats(sent)->loss < 0.26);
    assert_in_range(sent_stats(sent)->rate, 470000, 490000);
    assert_in_range(sent_stats(sent)->rtt_us, 20 * MS, 40 * MS);
}

static void malformed_feedback_changes_nothing(void **state)
{
    uint8_t fci[16] = {0};
    (void)state;
    uint16_t first = send_some(10, 0, 0);
    put_u16(fci, first);
    put_u16(fci + 2, 65535); // received, all of them: 65535 deltas are not there
    put_u16(fci + 8, 0x3fff);
    assert_int_equal(sent_feedback(sent, fci, sizeof(fci), 1, on_row, &row_count), EBADMSG);
    put_u16(fci + 8, 0x1fff); // or lost, which costs no bytes at all
    for (unsigned count = SENT_SLOTS + 1; count < 65536; count += 8191) {
        put_u16(fci + 2, (uint16_t)count);
        assert_int_equal(sent_feedback(sent, fci, sizeof(fci), 1, on_row, &row_count), EBADMSG);
    }
    for (size_t len = 0; len < 10; len++)
        assert_int_equal(sent_feedback(sent, fci, len, 1, on_row, &row_count), EBADMSG);
    assert_int_equal(row_count, 0);
    assert_int_equal(sent_stats(sent)->lost, 0);
}

static void lack_of_memory_is_a_clean_error(void **state)
{
    struct sent *none = NULL;
    (void)state;
    mem_fail_after(0);
    assert_int_equal(sent_alloc(&none), ENOMEM);
    mem_fail_after(-1);
    assert_null(none);
    sent_free(NULL);
}

#define SENT_TEST(name) cmocka_unit_test_setup_teardown(name, open_sent, close_sent)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENT_TEST(every_packets_fate_is_told),
        SENT_TEST(a_late_packet_is_lost_no_longer),
        SENT_TEST(numbers_wrap_around),
        SENT_TEST(the_receivers_clock_wraps_around),
        SENT_TEST(what_was_never_sent_is_passed_over),
        SENT_TEST(loss_and_rate_are_those_of_a_second),
        SENT_TEST(malformed_feedback_changes_nothing),
        SENT_TEST(lack_of_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
