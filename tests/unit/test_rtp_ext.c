#include "gateway/packet/rtp_ext.h"

#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// A packet with the given extension block behind the fixed header, parsed and searched.
struct found {
    uint8_t *packet;
    struct rtp_header header;
    struct rtp_ext_set set;
    int err;
};

static struct found look(const struct rtp_ext_map *map, const uint8_t *block, size_t len)
{
    struct found f = {0};
    uint8_t packet[RTP_HEADER_LEN + 600];
    struct rtp_header h = {.has_ext = true, .pt = 96};
    rtp_write_header(packet, &h);
    memcpy(packet + RTP_HEADER_LEN, block, len);
    f.packet = exact_copy(packet, RTP_HEADER_LEN + len);
    assert_int_equal(rtp_parse(&f.header, f.packet, RTP_HEADER_LEN + len), 0);
    f.err = rtp_ext_parse(&f.set, map, f.packet, &f.header);
    return f;
}

static void assert_value(const struct found *f, enum rtp_ext kind, const void *value, size_t want)
{
    size_t len = 0;
    const uint8_t *at = rtp_ext_get(&f->set, f->packet, kind, &len);
    assert_non_null(at);
    assert_int_equal(len, want);
    assert_memory_equal(at, value, want);
}

static struct rtp_ext_map usual_map(void)
{
    struct rtp_ext_map map = {0};
    assert_int_equal(rtp_ext_map_set(&map, 1, RTP_EXT_MID), 0);
    assert_int_equal(rtp_ext_map_set(&map, 5, RTP_EXT_TRANSPORT_CC), 0);
    assert_int_equal(rtp_ext_map_set(&map, 200, RTP_EXT_DEPENDENCY_DESCRIPTOR), 0);
    return map;
}

static void every_uri_is_found(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RTP_EXT_COUNT; i++)
        assert_int_equal(rtp_ext_find(slice_of(rtp_ext_uri((enum rtp_ext)i))), i);
    assert_int_equal(rtp_ext_find(slice_of("urn:ietf:params:rtp-hdrext:sdes:mi")), RTP_EXT_COUNT);
    assert_int_equal(rtp_ext_find((struct slice){0}), RTP_EXT_COUNT);
    assert_null(rtp_ext_uri(RTP_EXT_COUNT));
}

static void map_keeps_pairs_apart(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    assert_int_equal(rtp_ext_map_kind(&map, 5), RTP_EXT_TRANSPORT_CC);
    assert_int_equal(rtp_ext_map_kind(&map, 6), RTP_EXT_COUNT);
    assert_int_equal(rtp_ext_map_id(&map, RTP_EXT_DEPENDENCY_DESCRIPTOR), 200);
    assert_int_equal(rtp_ext_map_id(&map, RTP_EXT_RID), 0);
    assert_int_equal(rtp_ext_map_set(&map, 1, RTP_EXT_MID), 0);
    assert_int_equal(rtp_ext_map_set(&map, 1, RTP_EXT_RID), EEXIST);
    assert_int_equal(rtp_ext_map_set(&map, 2, RTP_EXT_MID), EEXIST);
    assert_int_equal(rtp_ext_map_set(&map, 0, RTP_EXT_RID), EINVAL);
    assert_int_equal(rtp_ext_map_set(&map, 256, RTP_EXT_RID), EINVAL);
    assert_int_equal(rtp_ext_map_set(&map, 3, RTP_EXT_COUNT), EINVAL);
}

static void reads_the_one_byte_form(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    // Unknown id 2, padding, mid, transport-cc, and a second mid that does not count.
    static const uint8_t block[] = {0xBE, 0xDE, 0, 3,    0x20, 9, 0,    0x11,
                                    'a',  'b',  0, 0x51, 1,    2, 0x10, 'z'};
    struct found f = look(&map, block, sizeof(block));
    assert_int_equal(f.err, 0);
    assert_value(&f, RTP_EXT_MID, "ab", 2);
    assert_value(&f, RTP_EXT_TRANSPORT_CC, "\1\2", 2);
    assert_false(rtp_ext_has(&f.set, RTP_EXT_DEPENDENCY_DESCRIPTOR));
    free(f.packet);
}

static void id_15_and_long_zero_end_the_one_byte_form(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    static const uint8_t heads[] = {0xF0, 0x03};
    for (size_t i = 0; i < sizeof(heads); i++) {
        uint8_t block[] = {0xBE, 0xDE, 0, 2, 0x10, 'm', heads[i], 7, 0x51, 1, 2, 0};
        struct found f = look(&map, block, sizeof(block));
        assert_int_equal(f.err, 0);
        assert_true(rtp_ext_has(&f.set, RTP_EXT_MID));
        assert_false(rtp_ext_has(&f.set, RTP_EXT_TRANSPORT_CC));
        free(f.packet);
    }
}

static void reads_the_two_byte_form(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    static const uint8_t block[] = {0x10, 0x05, 0, 3, 200, 3, 'x', 'y', 'z', 0, 1, 0, 5, 2, 7, 8};
    struct found f = look(&map, block, sizeof(block));
    assert_int_equal(f.err, 0);
    assert_value(&f, RTP_EXT_DEPENDENCY_DESCRIPTOR, "xyz", 3);
    assert_value(&f, RTP_EXT_MID, "", 0);
    assert_value(&f, RTP_EXT_TRANSPORT_CC, "\7\10", 2);
    free(f.packet);
}

static void other_profiles_are_skipped(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    static const uint8_t block[] = {0xAB, 0xAC, 0, 1, 0x10, 'm', 0, 0};
    struct found f = look(&map, block, sizeof(block));
    assert_int_equal(f.err, 0);
    assert_int_equal(f.set.present, 0);
    free(f.packet);
}

static void elements_beyond_the_end_are_refused(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    static const uint8_t blocks[][8] = {
        {0xBE, 0xDE, 0, 1, 0x10, 'm', 0x51, 1}, // needs two bytes, has one
        {0xBE, 0xDE, 0, 1, 0x10, 'm', 0, 0x5F}, // needs sixteen, has none
        {0x10, 0x00, 0, 1, 1, 1, 'm', 5},       // id without a length
        {0x10, 0x00, 0, 1, 1, 0, 5, 255},       // needs 255
    };
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        struct found f = look(&map, blocks[i], 8);
        assert_int_equal(f.err, EBADMSG);
        assert_true(rtp_ext_has(&f.set, RTP_EXT_MID)); // what came before may be used
        assert_false(rtp_ext_has(&f.set, RTP_EXT_TRANSPORT_CC));
        free(f.packet);
    }
}

static void writes_the_shortest_form(void **state)
{
    (void)state;
    struct rtp_ext_map map = usual_map();
    uint8_t long_value[40];
    memset(long_value, 'L', sizeof(long_value));
    struct rtp_ext_item items[] = {{1, 2, (const uint8_t *)"ab"},
                                   {5, 2, (const uint8_t *)"\1\2"},
                                   {200, sizeof(long_value), long_value}};
    uint8_t out[128];
    size_t len;
    assert_int_equal(rtp_ext_write(out, sizeof(out), items, 2, &len), 0);
    assert_int_equal(len, 12);
    assert_int_equal(out[0], 0xBE);
    assert_int_equal(rtp_ext_write(out, sizeof(out), items, 3, &len), 0);
    assert_int_equal(out[0], 0x10);
    assert_int_equal(len, 56);
    struct found f = look(&map, out, len);
    assert_int_equal(f.err, 0);
    assert_value(&f, RTP_EXT_MID, "ab", 2);
    assert_value(&f, RTP_EXT_DEPENDENCY_DESCRIPTOR, long_value, sizeof(long_value));
    free(f.packet);
}

static void length_0_and_17_need_the_two_byte_form(void **state)
{
    (void)state;
    uint8_t value[17] = {0};
    uint8_t out[64];
    size_t len;
    struct rtp_ext_item item = {1, 16, value};
    assert_int_equal(rtp_ext_write(out, sizeof(out), &item, 1, &len), 0);
    assert_int_equal(out[0], 0xBE);
    item.len = 17;
    assert_int_equal(rtp_ext_write(out, sizeof(out), &item, 1, &len), 0);
    assert_int_equal(out[0], 0x10);
    item.len = 0;
    assert_int_equal(rtp_ext_write(out, sizeof(out), &item, 1, &len), 0);
    assert_int_equal(out[0], 0x10);
    assert_int_equal(len, 8);
}

static void refuses_to_write_what_does_not_fit(void **state)
{
    (void)state;
    uint8_t out[16];
    size_t len = 77;
    struct rtp_ext_item item = {1, 8, (const uint8_t *)"12345678"};
    assert_int_equal(rtp_ext_write(out, 15, &item, 1, &len), EMSGSIZE);
    assert_int_equal(len, 0);
    assert_int_equal(rtp_ext_write(out, 16, &item, 1, &len), 0);
    assert_int_equal(rtp_ext_write(out, 0, &item, 0, &len), 0);
    assert_int_equal(len, 0);
    item.id = 0;
    assert_int_equal(rtp_ext_write(out, 16, &item, 1, &len), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_uri_is_found),
        cmocka_unit_test(map_keeps_pairs_apart),
        cmocka_unit_test(reads_the_one_byte_form),
        cmocka_unit_test(id_15_and_long_zero_end_the_one_byte_form),
        cmocka_unit_test(reads_the_two_byte_form),
        cmocka_unit_test(other_profiles_are_skipped),
        cmocka_unit_test(elements_beyond_the_end_are_refused),
        cmocka_unit_test(writes_the_shortest_form),
        cmocka_unit_test(length_0_and_17_need_the_two_byte_form),
        cmocka_unit_test(refuses_to_write_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
