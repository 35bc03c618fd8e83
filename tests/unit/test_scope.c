#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signaling/auth/scope.h"

// Who sees what: every pair of a table of places, and what must hold for all of them.

static const struct scope places[] = {
    {"", "", ""},           // everything
    {"江北区", "", ""},     // 1
    {"渝中区", "", ""},     // 2
    {"江北区", "槐园", ""}, // 3
    {"江北区", "北门", ""}, // 4
    {"渝中区", "槐园", ""}, // 5: a street of the same name elsewhere
    {"江北区", "槐园", "ct-a"},
    {"江北区", "北门", "ct-b"},
    {"渝中区", "槐园", "ct-c"},
    {"", "", "ct-d"}, // a centre of no district
};
#define COUNT (sizeof(places) / sizeof(places[0]))

static const char *const covered[COUNT] = {
    "1111111111", // everything
    "0101101100", "0010010010", "0001001000", "0000100100", "0000010010",
    "0000001000", "0000000100", "0000000010", "0000000001",
};

static void test_covers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++)
            if (scope_covers(&places[i], &places[j]) != (covered[i][j] == '1'))
                fail_msg("%zu and %zu", i, j);
}

static void test_what_always_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(scope_covers(&places[i], &places[i]));
        assert_int_equal(scope_is_all(&places[i]), i == 0);
        for (size_t j = 0; j < COUNT; j++) {
            assert_int_equal(scope_meets(&places[i], &places[j]),
                             scope_meets(&places[j], &places[i]));
            if (i != j) // nobody sees who sees him, unless they are the same
                assert_false(scope_covers(&places[i], &places[j]) &&
                             scope_covers(&places[j], &places[i]));
        }
    }
}

static void test_meets(void **state)
{
    (void)state;
    assert_true(scope_meets(&places[6], &places[1]));  // the district's lawyer, of this centre, too
    assert_true(scope_meets(&places[6], &places[0]));  // everybody's
    assert_false(scope_meets(&places[6], &places[7])); // another centre's
    assert_false(scope_meets(&places[6], &places[5])); // the other street of this name
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covers),
        cmocka_unit_test(test_what_always_holds),
        cmocka_unit_test(test_meets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
