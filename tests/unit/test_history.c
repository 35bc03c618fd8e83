// The ring of a stream's newest packets.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/feedback/history.h"

#define SLOTS 16

static int things[64];

static struct history *fresh(void)
{
    struct history *history = NULL;
    assert_int_equal(history_alloc(&history, SLOTS), 0);
    return history;
}

static void finds_what_was_put(void **state)
{
    (void)state;
    struct history *h = fresh();
    assert_true(history_empty(h));
    history_put(h, 1000, &things[0]);
    history_put(h, 1003, &things[3]);
    history_put(h, 1001, &things[1]);
    assert_ptr_equal(history_get(h, 1000), &things[0]);
    assert_ptr_equal(history_get(h, 1001), &things[1]);
    assert_null(history_get(h, 1002));
    assert_null(history_get(h, 999));
    assert_null(history_get(h, 1004));
    assert_int_equal(history_newest(h), 1003);
    history_free(h);
}

static void tells_duplicates_and_late_ones(void **state)
{
    (void)state;
    struct history *h = fresh();
    history_put(h, 50, &things[0]);
    history_put(h, 52, &things[2]);
    assert_int_equal(history_check(h, 52), EEXIST);
    assert_int_equal(history_check(h, 51), 0);
    assert_int_equal(history_check(h, 49), EOVERFLOW);
    assert_ptr_equal(history_shift(h), &things[0]);
    // What was taken out must not come again under the same number.
    assert_int_equal(history_check(h, 50), EOVERFLOW);
    history_free(h);
}

static void widens_with_all_that_is_inside(void **state)
{
    (void)state;
    static int many[256];
    struct history *h = NULL;
    unsigned widened = 0;
    assert_int_equal(history_alloc(&h, 256), 0);
    for (uint64_t i = 0; i < 256; i++) {
        while (history_crowded(h, 1000 + i)) {
            assert_true(history_widen(h));
            widened++;
        }
        if (i % 7)
            history_put(h, 1000 + i, &many[i]);
    }
    assert_int_equal(widened, 2);
    assert_false(history_widen(h));
    for (uint64_t i = 1; i < 256; i++)
        assert_ptr_equal(history_get(h, 1000 + i), i % 7 ? &many[i] : NULL);
    history_free(h);
}

static void gives_the_oldest_back_when_crowded(void **state)
{
    (void)state;
    struct history *h = fresh();
    for (uint64_t i = 0; i < SLOTS; i++) {
        assert_false(history_crowded(h, 100 + i));
        history_put(h, 100 + i, &things[i]);
    }
    assert_true(history_crowded(h, 100 + SLOTS));
    assert_ptr_equal(history_shift(h), &things[0]);
    assert_false(history_crowded(h, 100 + SLOTS));
    history_put(h, 100 + SLOTS, &things[SLOTS]);
    assert_ptr_equal(history_get(h, 101), &things[1]);
    assert_null(history_get(h, 100));
    history_free(h);
}

static void survives_a_jump_over_the_whole_ring(void **state)
{
    (void)state;
    struct history *h = fresh();
    history_put(h, 5, &things[5]);
    while (history_crowded(h, 5000))
        history_shift(h);
    history_put(h, 5000, &things[6]);
    assert_null(history_get(h, 5));
    assert_ptr_equal(history_get(h, 5000), &things[6]);
    int found = 0;
    while (!history_empty(h))
        found += history_shift(h) != NULL;
    assert_int_equal(found, 1);
    history_free(h);
}

static void refuses_bad_sizes_and_lack_of_memory(void **state)
{
    (void)state;
    struct history *h = NULL;
    long live = mem_live();
    assert_int_equal(history_alloc(&h, 0), EINVAL);
    assert_int_equal(history_alloc(&h, 12), EINVAL);
    for (int nth = 0; nth < 2; nth++) {
        mem_fail_after(nth);
        assert_int_equal(history_alloc(&h, SLOTS), ENOMEM);
    }
    mem_fail_after(-1);
    assert_null(h);
    assert_int_equal(mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(tells_duplicates_and_late_ones),
        cmocka_unit_test(widens_with_all_that_is_inside),
        cmocka_unit_test(gives_the_oldest_back_when_crowded),
        cmocka_unit_test(survives_a_jump_over_the_whole_ring),
        cmocka_unit_test(refuses_bad_sizes_and_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
