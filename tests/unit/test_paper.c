#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/paper/paper.h"

static const uint8_t jpeg[] = {
    0xff, 0xd8,                                                                // start
    0xff, 0xdb, 0x00, 0x04, 1,    2,                                           // a table
    0xff, 0xc0, 0x00, 0x0b, 8,    0x0d, 0xb4, 0x09, 0xb0, 1,    1,    0x11, 0, // a frame: 2480x3508
    0xff, 0xff, 0xda, 0x00, 0x08, 1,    1,    0,    0,    63,   0,             // fill byte, scan
    1,    2,    0xff, 0x00, 3,    4,    0xff, 0xd0, 5,    0xff, 0xff, 0xd1, 6, // coded
    0xff, 0xd9,
};

static const uint8_t png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x08, 0x02, 0x00, 0x00, 0x00, 0x36,
    0x88, 0x49, 0xd6, 0x00, 0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8,
    0xcb, 0xc0, 0x00, 0x44, 0x0c, 0x10, 0x0a, 0x00, 0x1f, 0xae, 0x03, 0xf5, 0xf6, 0x18, 0x2a,
    0x59, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

static const char pdf[] = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\nstartxref\n29\n%%EOF\n";

static int check(enum paper_type type, const void *bytes, size_t len, struct paper_size *size)
{
    const char *why = NULL;
    uint8_t *copy = mem_zalloc(len + 1); // its end is seen by the sanitizers
    memcpy(copy, bytes, len);
    int err = paper_check(type, copy, len, size, &why);
    assert_true(!err == !why);
    mem_free(copy);
    return err;
}

static void test_good(void **state)
{
    (void)state;
    struct paper_size size;
    assert_int_equal(check(PAPER_JPEG, jpeg, sizeof(jpeg), &size), 0);
    assert_int_equal(size.width, 2480);
    assert_int_equal(size.height, 3508);
    assert_int_equal(check(PAPER_PNG, png, sizeof(png), &size), 0);
    assert_int_equal(size.width, 2);
    assert_int_equal(size.height, 3);
    assert_int_equal(check(PAPER_PDF, pdf, sizeof(pdf) - 1, &size), 0);
    static const char stream[] = "%PDF-1.5\r\n7 0 obj\r\nstartxref\r\n10\r\n%%EOF";
    assert_int_equal(check(PAPER_PDF, stream, sizeof(stream) - 1, &size), 0);
}

// Nothing is taken for what it is not, cut off, or with something behind it.
static void test_whole_only(void **state)
{
    (void)state;
    static const struct {
        const void *bytes;
        size_t len;
    } good[PAPER_TYPES] = {[PAPER_JPEG] = {jpeg, sizeof(jpeg)},
                           [PAPER_PNG] = {png, sizeof(png)},
                           [PAPER_PDF] = {pdf, sizeof(pdf) - 2}}; // without the last line's end
    struct paper_size size;
    for (unsigned is = 0; is < PAPER_TYPES; is++) {
        char more[256] = "";
        memcpy(more, good[is].bytes, good[is].len);
        for (size_t len = 0; len < good[is].len; len++)
            assert_int_equal(check((enum paper_type)is, good[is].bytes, len, &size), EBADMSG);
        more[good[is].len] = 'x';
        assert_int_equal(check((enum paper_type)is, more, good[is].len + 1, &size), EBADMSG);
        for (unsigned said = 0; said < PAPER_TYPES; said++)
            if (said != is)
                assert_int_equal(check((enum paper_type)said, good[is].bytes, good[is].len, &size),
                                 EBADMSG);
    }
}

// Any byte may be another one: an answer, and never a size beyond the limits.
static void test_changed(void **state)
{
    (void)state;
    struct paper_size size;
    for (size_t at = 0; at < sizeof(jpeg); at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t changed[sizeof(jpeg)];
            memcpy(changed, jpeg, sizeof(jpeg));
            changed[at] = (uint8_t)byte;
            if (check(PAPER_JPEG, changed, sizeof(jpeg), &size) == 0)
                assert_true(size.width && size.width <= PAPER_SIDE_MAX && size.height);
        }
    }
    for (size_t at = 0; at < sizeof(png); at++) {
        uint8_t changed[sizeof(png)];
        memcpy(changed, png, sizeof(png));
        changed[at] ^= 0x10;
        assert_int_equal(check(PAPER_PNG, changed, sizeof(png), &size), EBADMSG);
    }
}

static void test_size(void **state)
{
    (void)state;
    struct paper_size size;
    uint8_t huge[sizeof(jpeg)];
    memcpy(huge, jpeg, sizeof(jpeg));
    huge[13] = 0x20; // 8192 + 0xb4 lines
    assert_int_equal(check(PAPER_JPEG, huge, sizeof(huge), &size), EFBIG);
    huge[13] = 0x1f; // 8116 x 8116: each side is short enough
    huge[15] = 0x1f;
    assert_int_equal(check(PAPER_JPEG, huge, sizeof(huge), &size), EFBIG);
}

static void test_names(void **state)
{
    (void)state;
    char longest[202];
    memset(longest, 'a', sizeof(longest));
    longest[201] = 0;
    assert_false(paper_is_name(longest));
    longest[200] = 0;
    assert_true(paper_is_name(longest));
    assert_true(paper_is_name("劳动合同 (1).pdf"));
    assert_true(paper_is_name("买买提·吐尔逊.jpg"));
    static const char *const bad[] = {"",        "a/b",    "a\\b", "a\nb",     "\x7f",
                                      "a\"b",    "<b>",    "\xff", "\xe6\x9d", "a\u202egpj.exe",
                                      "\u2066a", "\u200fa"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(paper_is_name(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_whole_only),
        cmocka_unit_test(test_changed), cmocka_unit_test(test_size),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
