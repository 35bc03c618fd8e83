#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/bytes.h"
#include "gateway/rooms/tcp_frame.h"

// RFC 4571 framing, lawful and hostile.

struct seen {
    unsigned frames;
    size_t bytes, longest;
    uint32_t sum;
    unsigned stop_after;
};

static int on_frame(void *arg, const uint8_t *frame, size_t len)
{
    struct seen *seen = arg;
    assert_true(len > 0 && len <= TCP_FRAME_MAX);
    seen->frames++;
    seen->bytes += len;
    seen->longest = len > seen->longest ? len : seen->longest;
    for (size_t i = 0; i < len; i++)
        seen->sum = seen->sum * 31 + frame[i];
    return seen->stop_after && seen->frames == seen->stop_after ? EPROTO : 0;
}

static size_t put_frame(uint8_t *to, size_t len, uint8_t first)
{
    put_u16(to, (uint16_t)len);
    for (size_t i = 0; i < len; i++)
        to[2 + i] = (uint8_t)(first + i);
    return 2 + len;
}

static size_t three_frames(uint8_t *to)
{
    size_t len = put_frame(to, 1, 7);
    len += put_frame(to + len, TCP_FRAME_MAX, 9);
    return len + put_frame(to + len, 300, 11);
}

static void test_pieces_of_any_size_give_the_same(void **state)
{
    uint8_t stream[4096];
    size_t len = three_frames(stream);
    struct seen whole = {0};
    struct tcp_frame *frame = calloc(1, sizeof(*frame));
    (void)state;
    assert_int_equal(tcp_frame_feed(frame, stream, len, on_frame, &whole), 0);
    assert_int_equal(whole.frames, 3);
    assert_int_equal(whole.bytes, 1 + TCP_FRAME_MAX + 300);
    for (size_t piece = 1; piece < 700; piece++) {
        struct seen seen = {0};
        for (size_t at = 0; at < len; at += piece) {
            size_t part = len - at < piece ? len - at : piece;
            assert_int_equal(tcp_frame_feed(frame, stream + at, part, on_frame, &seen), 0);
        }
        assert_int_equal(seen.frames, 3);
        assert_int_equal(seen.sum, whole.sum);
    }
    free(frame);
}

static void test_long_frame_is_refused_at_once(void **state)
{
    static const size_t lengths[] = {TCP_FRAME_MAX + 1, 0x8000, 0xffff};
    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct tcp_frame *frame = calloc(1, sizeof(*frame));
        struct seen seen = {0};
        uint8_t head[2];
        put_u16(head, (uint16_t)lengths[i]);
        assert_int_equal(tcp_frame_feed(frame, head, 1, on_frame, &seen), 0);
        assert_int_equal(tcp_frame_feed(frame, head + 1, 1, on_frame, &seen), EMSGSIZE);
        assert_int_equal(seen.frames, 0);
        free(frame);
    }
}

static void test_empty_frames_are_skipped(void **state)
{
    uint8_t zeros[1000] = {0};
    struct tcp_frame *frame = calloc(1, sizeof(*frame));
    struct seen seen = {0};
    (void)state;
    assert_int_equal(tcp_frame_feed(frame, zeros, sizeof(zeros), on_frame, &seen), 0);
    assert_int_equal(seen.frames, 0);
    uint8_t one[8];
    assert_int_equal(tcp_frame_feed(frame, one, put_frame(one, 5, 1), on_frame, &seen), 0);
    assert_int_equal(seen.frames, 1);
    free(frame);
}

static void test_handler_stops_it(void **state)
{
    uint8_t stream[4096];
    size_t len = three_frames(stream);
    struct tcp_frame *frame = calloc(1, sizeof(*frame));
    struct seen seen = {.stop_after = 2};
    (void)state;
    assert_int_equal(tcp_frame_feed(frame, stream, len, on_frame, &seen), EPROTO);
    assert_int_equal(seen.frames, 2);
    free(frame);
}

// Bytes of a scanner: whatever they are, memory stays inside and the answer is one of two.
static void test_noise(void **state)
{
    struct tcp_frame *frame = calloc(1, sizeof(*frame));
    uint8_t noise[977];
    uint32_t x = 12345;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        struct seen seen = {0};
        for (size_t i = 0; i < sizeof(noise); i++) {
            x = x * 1664525u + 1013904223u;
            noise[i] = (uint8_t)(x >> 24) & (round & 1 ? 0xff : 0x07);
        }
        int err = tcp_frame_feed(frame, noise, 1 + round % sizeof(noise), on_frame, &seen);
        assert_true(err == 0 || err == EMSGSIZE);
        assert_true(frame->have <= sizeof(frame->bytes));
        if (err)
            frame->have = 0;
    }
    free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_of_any_size_give_the_same),
        cmocka_unit_test(test_long_frame_is_refused_at_once),
        cmocka_unit_test(test_empty_frames_are_skipped),
        cmocka_unit_test(test_handler_stops_it),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
