#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/consult/csv.h"

struct seen {
    char text[512];
    size_t len;
};

// "1[a|b]3[c]": line numbers and fields.
static int note(unsigned line, char *const *fields, size_t count, void *arg)
{
    struct seen *seen = arg;
    seen->len += (size_t)snprintf(seen->text + seen->len, sizeof(seen->text) - seen->len, "%u",
                                  line);
    for (size_t i = 0; i < count; i++)
        seen->len += (size_t)snprintf(seen->text + seen->len, sizeof(seen->text) - seen->len,
                                      "%s%s", i ? "|" : "[", fields[i]);
    seen->len += (size_t)snprintf(seen->text + seen->len, sizeof(seen->text) - seen->len, "]");
    return 0;
}

static void assert_reads(const char *bytes, size_t len, int err, const char *wanted)
{
    struct seen seen = {0};
    char *text = NULL;
    unsigned line = 0;
    assert_int_equal(csv_decode(bytes, len, &text), 0);
    assert_int_equal(csv_read(text, note, &seen, &line), err);
    assert_string_equal(seen.text, wanted);
    mem_free(text);
}

#define READS(bytes, wanted) assert_reads(bytes, sizeof(bytes) - 1, 0, wanted)

static void test_lines(void **state)
{
    (void)state;
    READS("", "");
    READS("a,b", "1[a|b]");
    READS("a,b\n", "1[a|b]");
    READS("a,b\r\nc,d\r\n", "1[a|b]2[c|d]");
    READS(" a , b \n\n\n,\n", "1[a|b]4[|]");
    READS("\"a,b\",\"c \"\"d\"\"\"\n e", "1[a,b|c \"d\"]2[e]");
    READS("\"two\nlines\",x\nnext", "1[two\nlines|x]3[next]");
    READS("\xef\xbb\xbf\xe5\xa7\x93\xe5\x90\x8d,x", "1[姓名|x]");
}

static void test_gb18030(void **state)
{
    (void)state;
    READS("\xd0\xd5\xc3\xfb,\xc2\xc9\xca\xa6\r\n", "1[姓名|律师]");
    // 4 bytes: a character that GB2312 does not have; and a dot in a name.
    READS("\x95\x32\x9a\x34\xa1\xa4", "1[\xf0\xa0\x83\xae\xc2\xb7]");
}

static void test_broken(void **state)
{
    (void)state;
    char *text;
    assert_reads("a,\"b", 4, EINVAL, "");
    assert_reads("a\nb,\"c\nd", 8, EINVAL, "1[a]");
    assert_reads(",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", 40, EINVAL, "");
    assert_int_equal(csv_decode("a\0b", 3, &text), EILSEQ);
    assert_int_equal(csv_decode("\xff\xff\xff", 3, &text), EILSEQ);
    assert_int_equal(csv_decode("\xd0", 1, &text), EILSEQ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_gb18030),
        cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
