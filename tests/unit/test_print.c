#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/print/print.h"

static const struct print_style style = {.title = "法律咨询记录", .text_pt = 18, .heading_pt = 24};

static void fill(struct print *print, unsigned rows)
{
    print_heading(print, "律师的意见");
    print_text(print, "买买提·吐尔逊，𬱖\n第二行");
    for (unsigned i = 0; i < rows; i++)
        print_row(print, "事实经过", "老板不给工资。");
}

static struct print *sheet(unsigned rows)
{
    struct print *print = NULL;
    assert_int_equal(print_alloc(&print, &style), 0);
    fill(print, rows);
    return print;
}

static uint8_t *pdf_of(struct print *print, size_t *len)
{
    uint8_t *bytes = NULL;
    assert_int_equal(print_pdf(print, &bytes, len), 0);
    print_free(print);
    return bytes;
}

// The pages a PDF says it has.
static long pages_of(const uint8_t *bytes, size_t len)
{
    const char *at = memmem(bytes, len, "/Count ", 7);
    assert_non_null(at);
    return strtol(at + 7, NULL, 10);
}

static void test_one_page(void **state)
{
    (void)state;
    size_t len;
    uint8_t *bytes = pdf_of(sheet(3), &len);
    assert_true(len > 1000);
    assert_memory_equal(bytes, "%PDF-1.", 7);
    assert_non_null(memmem(bytes + len - 16, 16, "%%EOF", 5));
    assert_int_equal(pages_of(bytes, len), 1);
    mem_free(bytes);
}

// Many rows, and one text longer than a page, go on over as many pages as they need.
static void test_more_pages(void **state)
{
    (void)state;
    size_t len;
    uint8_t *bytes = pdf_of(sheet(60), &len);
    assert_in_range(pages_of(bytes, len), 3, 6);
    mem_free(bytes);

    static char story[3 * 4000 + 1];
    struct print *print = sheet(0);
    for (size_t at = 0; at + 3 < sizeof(story); at += 3)
        memcpy(story + at, "\xe6\x83\x85", 3);
    print_row(print, "事实经过", story);
    print_row(print, "诉求", "要工资");
    bytes = pdf_of(print, &len);
    assert_in_range(pages_of(bytes, len), 7, 14);
    mem_free(bytes);
}

// The mark is drawn on every page, and moves nothing.
static void test_mark(void **state)
{
    (void)state;
    size_t len, plain;
    struct print *print = NULL;
    struct print_style copy = style;
    uint8_t *bytes = pdf_of(sheet(60), &plain);
    long pages = pages_of(bytes, plain);
    mem_free(bytes);
    copy.mark = "刘志远 2026-11-22 10:00";
    assert_int_equal(print_alloc(&print, &copy), 0);
    fill(print, 60);
    bytes = pdf_of(print, &len);
    assert_int_equal(pages_of(bytes, len), pages);
    assert_true(len > plain + (size_t)pages * 100);
    mem_free(bytes);
}

// Without memory there is an error, never half a sheet.
static void test_no_memory(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t len = 0;
    for (long nth = 0;; nth++) {
        struct print *print = NULL;
        long live = mem_live();
        mem_fail_after(nth);
        int err = print_alloc(&print, &style);
        if (!err) {
            print_row(print, "诉求", "要工资");
            err = print_pdf(print, &bytes, &len);
        }
        mem_fail_after(-1);
        print_free(print);
        mem_free(err ? NULL : bytes);
        assert_int_equal(mem_live(), live);
        if (!err)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_page),
        cmocka_unit_test(test_more_pages),
        cmocka_unit_test(test_mark),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
