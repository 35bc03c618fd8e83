#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/server/statics.h"

static void assert_says(const struct statics *statics, const char *path, const char *text)
{
    const struct static_file *file = static_find(statics, path);
    assert_non_null(file);
    assert_int_equal(file->len, strlen(text));
    assert_memory_equal(file->data, text, file->len);
}

static void put(struct statics *statics, const char *path, const char *text)
{
    assert_int_equal(static_put(statics, path, text, strlen(text)), 0);
}

static void test_put_and_removed(void **state)
{
    (void)state;
    struct statics *statics;
    assert_int_equal(static_alloc(&statics, NULL), 0);
    assert_null(static_find(statics, "/b"));
    put(statics, "/b.ogg", "machine");
    put(statics, "/c.ogg", "c");
    put(statics, "/a.ogg", "a");
    assert_says(statics, "/b", "machine");
    char etag[40];
    memcpy(etag, static_find(statics, "/b")->etag, sizeof(etag));
    put(statics, "/b.weba", "one's own");
    assert_says(statics, "/b", "one's own");
    assert_string_equal(static_find(statics, "/b")->type, "audio/webm");
    assert_false(static_matches(static_find(statics, "/b"), etag));
    put(statics, "/b.weba", "another");
    assert_says(statics, "/b", "another");
    assert_says(statics, "/b.ogg", "machine");
    static_remove(statics, "/b.weba");
    static_remove(statics, "/b.weba");
    assert_says(statics, "/b", "machine");
    assert_says(statics, "/a", "a");
    assert_says(statics, "/c", "c");
    static_free(statics);
}

// What cannot be put leaves all as it was.
static void test_without_memory(void **state)
{
    (void)state;
    struct statics *statics;
    int err = -1;
    assert_int_equal(static_alloc(&statics, NULL), 0);
    put(statics, "/b.weba", "before");
    for (long n = 0; err && n < 10; n++) {
        mem_fail_after(n);
        err = static_put(statics, "/b.weba", "after", 5);
        mem_fail_after(-1);
        assert_says(statics, "/b", err ? "before" : "after");
    }
    assert_int_equal(err, 0);
    assert_int_not_equal(static_put(statics, "/big", "", (size_t)1 << 40), 0);
    assert_says(statics, "/b", "after");
    static_free(statics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_and_removed),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
