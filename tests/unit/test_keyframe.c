// Wishes for a keyframe, merged. In virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/feedback/keyframe.h"

#define MS 1000LL

static bool want(struct keyframe *keyframe, int64_t now_us)
{
    keyframe_want(keyframe);
    return keyframe_due(keyframe, now_us);
}

static void the_first_wish_is_sent_at_once(void **state)
{
    (void)state;
    struct keyframe keyframe = {0};
    assert_int_equal(keyframe_deadline(&keyframe), INT64_MAX);
    assert_false(keyframe_due(&keyframe, 1));
    assert_true(want(&keyframe, 1));
}

static void a_thousand_viewers_ask_at_most_twice_a_second(void **state)
{
    (void)state;
    struct keyframe keyframe = {0};
    int asked = 0;
    for (int64_t now = 1; now < 10000 * MS; now += MS)
        asked += want(&keyframe, now);
    assert_in_range(asked, 19, 20);
}

static void a_wish_inside_the_hold_off_is_remembered(void **state)
{
    (void)state;
    struct keyframe keyframe = {0};
    assert_true(want(&keyframe, 0));
    keyframe_came(&keyframe);
    assert_false(want(&keyframe, 100 * MS));
    assert_int_equal(keyframe_deadline(&keyframe), 500 * MS);
    assert_false(keyframe_due(&keyframe, 499 * MS));
    assert_true(keyframe_due(&keyframe, 500 * MS));
}

static void a_keyframe_grants_all_wishes(void **state)
{
    (void)state;
    struct keyframe keyframe = {0};
    assert_true(want(&keyframe, 0));
    assert_false(want(&keyframe, 100 * MS));
    keyframe_came(&keyframe);
    assert_int_equal(keyframe_deadline(&keyframe), INT64_MAX);
    assert_false(keyframe_due(&keyframe, 5000 * MS));
}

static void an_unanswered_question_is_repeated(void **state)
{
    (void)state;
    struct keyframe keyframe = {0};
    int asked = want(&keyframe, 0);
    for (int64_t now = 0; now <= 5000 * MS; now += 10 * MS)
        asked += keyframe_due(&keyframe, now);
    assert_int_equal(asked, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_wish_is_sent_at_once),
        cmocka_unit_test(a_thousand_viewers_ask_at_most_twice_a_second),
        cmocka_unit_test(a_wish_inside_the_hold_off_is_remembered),
        cmocka_unit_test(a_keyframe_grants_all_wishes),
        cmocka_unit_test(an_unanswered_question_is_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
