#include "gateway/packet/rtp.h"

#include "gateway/packet/rtp_ext.h"
#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// Two CSRCs, a one-byte extension (mid "1", transport-cc 0x0102), payload "hello", three bytes
// padding.
static const uint8_t whole[] = {
    0xB2, 0xE0, 0x12, 0x34, 0x00, 0x01, 0x00, 0x00, 0xDE, 0xAD, 0xBE, 0xEF, // fixed part
    0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x08,                         // CSRCs
    0xBE, 0xDE, 0x00, 0x02, 0x10, '1',  0x51, 0x01, 0x02, 0x00, 0x00, 0x00, // extension
    'h',  'e',  'l',  'l',  'o',  0x00, 0x00, 0x03,
};

static int parse(struct rtp_header *h, const uint8_t *data, size_t len)
{
    uint8_t *copy = exact_copy(data, len);
    int err = rtp_parse(h, copy, len);
    free(copy);
    return err;
}

static void reads_every_field(void **state)
{
    (void)state;
    struct rtp_header h;
    assert_int_equal(rtp_parse(&h, whole, sizeof(whole)), 0);
    assert_true(h.marker && h.has_ext && h.has_padding);
    assert_int_equal(h.pt, 96);
    assert_int_equal(h.seq, 0x1234);
    assert_int_equal(h.ts, 0x10000);
    assert_int_equal(h.ssrc, 0xDEADBEEF);
    assert_int_equal(h.csrc_count, 2);
    assert_int_equal(h.ext_profile, 0xBEDE);
    assert_int_equal(h.ext_len, 8);
    assert_ptr_equal(h.ext, whole + 24);
    assert_int_equal(h.header_len, 32);
    assert_int_equal(h.padding, 3);
    assert_int_equal(h.payload_len, 5);
    assert_memory_equal(h.payload, "hello", 5);
}

static void protected_padding_is_not_read(void **state)
{
    (void)state;
    struct rtp_header h;
    uint8_t packet[sizeof(whole)];
    memcpy(packet, whole, sizeof(whole));
    packet[sizeof(whole) - 1] = 255; // ciphertext
    assert_int_equal(rtp_parse(&h, packet, sizeof(packet)), EBADMSG);
    assert_int_equal(rtp_parse_protected(&h, packet, sizeof(packet)), 0);
    assert_int_equal(h.padding, 0);
    assert_int_equal(h.payload_len, 8);
}

static void refuses_every_cut_in_the_header(void **state)
{
    (void)state;
    struct rtp_header h;
    for (size_t len = 0; len < 32; len++)
        assert_int_equal(parse(&h, whole, len), EBADMSG);
}

static void refuses_other_versions(void **state)
{
    (void)state;
    struct rtp_header h;
    for (unsigned version = 0; version < 4; version++) {
        uint8_t packet[16] = {(uint8_t)(version << 6), 96};
        assert_int_equal(parse(&h, packet, sizeof(packet)), version == 2 ? 0 : EBADMSG);
    }
}

static void checks_the_padding_count(void **state)
{
    (void)state;
    struct rtp_header h;
    uint8_t packet[16] = {0xA0, 96};
    static const struct {
        uint8_t count;
        int err;
        size_t payload;
    } cases[] = {{0, EBADMSG, 0}, {1, 0, 3}, {4, 0, 0}, {5, EBADMSG, 0}, {255, EBADMSG, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        packet[15] = cases[i].count;
        assert_int_equal(parse(&h, packet, sizeof(packet)), cases[i].err);
        if (!cases[i].err)
            assert_int_equal(h.payload_len, cases[i].payload);
    }
    // The padding bit with nothing behind the header.
    assert_int_equal(parse(&h, packet, 12), EBADMSG);
}

static void refuses_an_extension_beyond_the_end(void **state)
{
    (void)state;
    struct rtp_header h;
    uint8_t packet[20] = {0x90, 96, [12] = 0xBE, 0xDE, 0x00, 0x01};
    assert_int_equal(parse(&h, packet, sizeof(packet)), 0);
    assert_int_equal(h.payload_len, 0);
    packet[15] = 2;
    assert_int_equal(parse(&h, packet, sizeof(packet)), EBADMSG);
    packet[14] = 0xFF;
    packet[15] = 0xFF;
    assert_int_equal(parse(&h, packet, sizeof(packet)), EBADMSG);
}

static void survives_flipped_bits(void **state)
{
    (void)state;
    struct rtp_header h;
    struct rtp_ext_set set;
    struct rtp_ext_map map = {0};
    rtp_ext_map_set(&map, 1, RTP_EXT_MID);
    rtp_ext_map_set(&map, 5, RTP_EXT_TRANSPORT_CC);
    for (size_t bit = 0; bit < sizeof(whole) * 8; bit++) {
        uint8_t *copy = exact_copy(whole, sizeof(whole));
        copy[bit / 8] ^= (uint8_t)(1 << (bit % 8));
        if (rtp_parse(&h, copy, sizeof(whole)) == 0) {
            assert_int_equal(h.header_len + h.payload_len + h.padding, sizeof(whole));
            rtp_ext_parse(&set, &map, copy, &h);
        }
        free(copy);
    }
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    struct rtp_header in = {
        .marker = true, .pt = 111, .seq = 65535, .ts = 0xFFFFFFFF, .ssrc = 0x80000001};
    struct rtp_header out;
    uint8_t packet[RTP_HEADER_LEN];
    assert_int_equal(rtp_write_header(packet, &in), RTP_HEADER_LEN);
    assert_int_equal(rtp_parse(&out, packet, sizeof(packet)), 0);
    assert_true(out.marker);
    assert_int_equal(out.pt, 111);
    assert_int_equal(out.seq, 65535);
    assert_int_equal(out.ts, 0xFFFFFFFF);
    assert_int_equal(out.ssrc, 0x80000001);
    assert_int_equal(out.payload_len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(protected_padding_is_not_read),
        cmocka_unit_test(refuses_every_cut_in_the_header),
        cmocka_unit_test(refuses_other_versions),
        cmocka_unit_test(checks_the_padding_count),
        cmocka_unit_test(refuses_an_extension_beyond_the_end),
        cmocka_unit_test(survives_flipped_bits),
        cmocka_unit_test(writes_what_it_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
