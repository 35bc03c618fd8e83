#include "gateway/packet/codec.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void cutting_ends(void **state)
{
    (void)state;
    struct slice rest = slice_of("a;;b");
    assert_true(slice_is(slice_cut(&rest, ';'), "a"));
    struct slice empty = slice_cut(&rest, ';');
    assert_non_null(empty.p);
    assert_int_equal(empty.len, 0);
    assert_true(slice_is(slice_cut(&rest, ';'), "b"));
    assert_null(slice_cut(&rest, ';').p);
}

static void words_skip_spaces(void **state)
{
    (void)state;
    struct slice rest = slice_of("  one  two ");
    assert_true(slice_is(slice_word(&rest), "one"));
    assert_true(slice_is(slice_word(&rest), "two"));
    assert_null(slice_word(&rest).p);
    assert_null(slice_word(&rest).p);
    assert_true(slice_is(slice_trim(slice_of(" \t x y\t")), "x y"));
}

static void numbers_have_limits(void **state)
{
    (void)state;
    uint64_t n = 5;
    assert_int_equal(slice_number(slice_of("18446744073709551615"), 0, UINT64_MAX, &n), 0);
    assert_true(n == UINT64_MAX);
    assert_int_equal(slice_number(slice_of("18446744073709551616"), 0, UINT64_MAX, &n), EOVERFLOW);
    assert_int_equal(slice_number(slice_of("99999999999999999999999"), 0, 9, &n), EOVERFLOW);
    assert_int_equal(slice_number(slice_of("0"), 1, 9, &n), EOVERFLOW);
    assert_int_equal(slice_number(slice_of("-1"), 0, 9, &n), EINVAL);
    assert_int_equal(slice_number(slice_of("1 "), 0, 9, &n), EINVAL);
    assert_int_equal(slice_number(slice_of(""), 0, 9, &n), EINVAL);
    assert_int_equal(slice_number((struct slice){0}, 0, 9, &n), EINVAL);
    assert_true(n == UINT64_MAX);
}

static void copies_whole_or_not(void **state)
{
    (void)state;
    char to[4];
    assert_int_equal(slice_copy(to, sizeof(to), slice_of("abc")), 0);
    assert_string_equal(to, "abc");
    assert_int_equal(slice_copy(to, sizeof(to), slice_of("abcd")), EMSGSIZE);
    assert_string_equal(to, "");
    assert_int_equal(slice_copy(to, sizeof(to), (struct slice){0}), 0);
}

static void codecs_are_found_as_rtpmap_says(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t clock;
        unsigned channels;
        enum codec want;
    } cases[] = {
        {"opus", 48000, 2, CODEC_OPUS}, {"OPUS", 48000, 2, CODEC_OPUS},
        {"opus", 48000, 1, CODEC_NONE}, {"opus", 8000, 2, CODEC_NONE},
        {"vp8", 90000, 0, CODEC_VP8},   {"VP8", 90000, 1, CODEC_VP8},
        {"VP88", 90000, 0, CODEC_NONE}, {"red", 48000, 2, CODEC_RED},
        {"red", 90000, 0, CODEC_NONE},  {"G722", 8000, 1, CODEC_G722},
        {"G722", 16000, 1, CODEC_NONE}, {"telephone-event", 8000, 0, CODEC_TELEPHONE_EVENT},
        {"rtx", 90000, 0, CODEC_RTX},   {"telephone-event", 48000, 0, CODEC_TELEPHONE_EVENT},
        {"", 90000, 0, CODEC_NONE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(codec_find(slice_of(cases[i].name), cases[i].clock, cases[i].channels),
                         cases[i].want);
    for (unsigned i = CODEC_NONE + 1; i < CODEC_COUNT; i++) {
        const struct codec_info *info = codec_info((enum codec)i);
        assert_int_equal(codec_find(slice_of(info->name), info->clock, info->channels), i);
    }
}

static void codec_numbers_out_of_range_are_harmless(void **state)
{
    (void)state;
    assert_string_equal(codec_info((enum codec)1000)->name, "");
    assert_true(codec_is_video(CODEC_AV1));
    assert_false(codec_is_video(CODEC_OPUS));
    assert_false(codec_is_video(CODEC_RTX));
    assert_int_equal(codec_of_static_pt(8), CODEC_PCMA);
    assert_int_equal(codec_of_static_pt(96), CODEC_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cutting_ends),
        cmocka_unit_test(words_skip_spaces),
        cmocka_unit_test(numbers_have_limits),
        cmocka_unit_test(copies_whole_or_not),
        cmocka_unit_test(codecs_are_found_as_rtpmap_says),
        cmocka_unit_test(codec_numbers_out_of_range_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
