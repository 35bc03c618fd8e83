#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "signaling/auth/scope.h"

// Who sees what: every pair of a table of places of every kind, and what must hold for all of them.

static const struct scope places[] = {
    {"", "", {""}, 0},                           // 0: everything
    {"江北区", "", {""}, 0},                     // 1
    {"渝中区", "", {""}, 0},                     // 2
    {"江北区", "槐园", {""}, 0},                 // 3
    {"江北区", "北门", {""}, 0},                 // 4
    {"渝中区", "槐园", {""}, 0},                 // 5: a street of the same name elsewhere
    {"江北区", "槐园", {"ct-a"}, 1},             // 6
    {"江北区", "北门", {"ct-b"}, 1},             // 7
    {"渝中区", "槐园", {"ct-c"}, 1},             // 8
    {"", "", {"ct-d"}, 1},                       // 9: a centre of no district
    {"江北区", "槐园", {"ct-a", "ct-e"}, 2},     // 10: two of one street
    {"江北区", "", {"ct-b", "ct-a"}, 2},         // 11: two of one district
    {"", "", {"ct-a", "ct-c"}, 2},               // 12: of two districts
    {"江北区", "", {"ct-a", "ct-b", "ct-e"}, 3}, // 13: all of 10 and of 11
};
#define COUNT (sizeof(places) / sizeof(places[0]))

static const char *const covered[COUNT] = {
    "11111111111111", // everything
    "01011011001101", "00100100100000", "00010010001000", "00001001000000", "00000100100000",
    "00000010000000", "00000001000000", "00000000100000", "00000000010000", "00000010001000",
    "00000011000100", "00000010100010", "00000011001101",
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
            for (size_t k = 0; k < COUNT; k++) // what he gives away was his own
                if (scope_covers(&places[i], &places[j]) && scope_covers(&places[j], &places[k]))
                    assert_true(scope_covers(&places[i], &places[k]));
        }
    }
}

static void test_meets(void **state)
{
    (void)state;
    assert_true(scope_meets(&places[6], &places[1]));  // the district's lawyer, of this centre, too
    assert_true(scope_meets(&places[6], &places[0]));  // everybody's
    assert_true(scope_meets(&places[6], &places[12])); // one of two
    assert_false(scope_meets(&places[6], &places[7])); // another centre's
    assert_false(scope_meets(&places[6], &places[5])); // the other street of this name
}

// A centre that has moved to another street stays chosen, whatever names stand beside it.
static void test_chosen_is_chosen(void **state)
{
    (void)state;
    const struct scope moved = {"渝中区", "北门", {"ct-a"}, 1};
    assert_true(scope_covers(&places[6], &moved));
    assert_true(scope_covers(&places[11], &moved));
    assert_false(scope_covers(&places[1], &moved)); // and is its old district's no more
}

static void test_lists(void **state)
{
    (void)state;
    struct scope scope = {0};
    char list[SCOPE_LIST_MAX], id[SCOPE_ID_MAX + 1];
    scope_read_centres(&scope, "ct-b,ct-a,,ct-b");
    scope_list_centres(&scope, list);
    assert_string_equal(list, "ct-b,ct-a"); // each once
    assert_string_equal(scope_only_centre(&scope), "");
    scope_read_centres(&scope, "ct-c");
    assert_string_equal(scope_only_centre(&scope), "ct-c");
    assert_false(scope_has_centre(&scope, "ct-a"));
    assert_false(scope_add_centre(&scope, ""));
    memset(id, 'x', SCOPE_ID_MAX);
    id[SCOPE_ID_MAX] = 0;
    assert_false(scope_add_centre(&scope, id)); // longer than any
    for (size_t i = 0; i < SCOPE_CENTRES_MAX - 1; i++) {
        memset(id, 'a' + (int)i, SCOPE_ID_MAX - 1);
        id[SCOPE_ID_MAX - 1] = 0;
        assert_true(scope_add_centre(&scope, id));
    }
    assert_false(scope_add_centre(&scope, "ct-x"));
    assert_true(scope_add_centre(&scope, "ct-c")); // is there already
    struct scope again;
    char same[SCOPE_LIST_MAX];
    scope_list_centres(&scope, list);
    scope_read_centres(&again, list);
    scope_list_centres(&again, same);
    assert_int_equal(again.centre_count, SCOPE_CENTRES_MAX);
    assert_string_equal(same, list);
    scope_read_centres(&scope, "");
    assert_true(scope_is_all(&scope));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covers), cmocka_unit_test(test_what_always_holds),
        cmocka_unit_test(test_meets),  cmocka_unit_test(test_chosen_is_chosen),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
