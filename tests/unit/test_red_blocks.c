// RED taken apart (RFC 2198), and how long Opus sounds (RFC 6716).
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/packet/opus.h"
#include "gateway/packet/red_blocks.h"

static void blocks_come_in_their_order(void **state)
{
    (void)state;
    struct red_blocks blocks;
    const uint8_t three[] = {0x80 | 111, 0x1e, 0x00, 0x02, 0x80 | 112, 0x0f, 0x00, 0x03, 111,
                             'o',        'l',  'd',  'e',  'r',        'n',  'e',  'w',  '!'};
    assert_int_equal(red_parse(&blocks, three, sizeof(three)), 0);
    assert_int_equal(blocks.count, 3);
    assert_int_equal(blocks.of[0].before, 1920);
    assert_int_equal(blocks.of[0].pt, 111);
    assert_int_equal(blocks.of[0].len, 2);
    assert_memory_equal(blocks.of[0].data, "ol", 2);
    assert_int_equal(blocks.of[1].before, 960);
    assert_int_equal(blocks.of[1].pt, 112);
    assert_memory_equal(blocks.of[1].data, "der", 3);
    assert_int_equal(red_newest(&blocks)->before, 0);
    assert_int_equal(red_newest(&blocks)->pt, 111);
    assert_int_equal(red_newest(&blocks)->len, 4);
    assert_memory_equal(red_newest(&blocks)->data, "new!", 4);
}

static void one_block_has_a_head_of_one_byte(void **state)
{
    (void)state;
    struct red_blocks blocks;
    const uint8_t one[] = {111, 'a'};
    assert_int_equal(red_parse(&blocks, one, sizeof(one)), 0);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(red_newest(&blocks)->len, 1);
    assert_int_equal(red_parse(&blocks, one, 1), 0);
    assert_int_equal(red_newest(&blocks)->len, 0);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct red_blocks blocks;
    const uint8_t two[] = {0x80 | 111, 0x0f, 0x00, 0x03, 111, 'o', 'l', 'd', 'n'};
    for (size_t len = 0; len < 8; len++)
        assert_int_equal(red_parse(&blocks, two, len), EBADMSG);
    assert_int_equal(red_parse(&blocks, two, 8), 0);
    uint8_t many[4 * RED_BLOCKS_MAX + 1] = {0};
    for (unsigned i = 0; i < RED_BLOCKS_MAX; i++)
        many[4 * i] = 0x80;
    assert_int_equal(red_parse(&blocks, many, sizeof(many)), EBADMSG);
    assert_int_equal(red_parse(&blocks, many + 4, sizeof(many) - 4), 0);
    assert_int_equal(blocks.count, RED_BLOCKS_MAX);
}

static void opus_says_how_long_it_sounds(void **state)
{
    (void)state;
    static const struct {
        uint8_t config, code, count;
        uint32_t duration;
    } rows[] = {
        {0, 0, 0, 480},    {3, 0, 0, 2880}, {9, 0, 0, 960},   {12, 0, 0, 480},  {15, 0, 0, 960},
        {16, 0, 0, 120},   {31, 0, 0, 960}, {31, 1, 0, 1920}, {19, 2, 0, 1920}, {31, 3, 3, 2880},
        {16, 3, 48, 5760}, {3, 3, 2, 5760}, {3, 3, 3, 0},     {16, 3, 49, 0},   {31, 3, 0, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint8_t data[] = {(uint8_t)(rows[i].config << 3 | rows[i].code),
                                (uint8_t)(0x80 | rows[i].count)};
        assert_int_equal(opus_duration(data, 2), rows[i].duration);
    }
    const uint8_t cut = 0xfb;
    assert_int_equal(opus_duration(&cut, 1), 0);
    assert_int_equal(opus_duration(&cut, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_come_in_their_order),
        cmocka_unit_test(one_block_has_a_head_of_one_byte),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(opus_says_how_long_it_sounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
