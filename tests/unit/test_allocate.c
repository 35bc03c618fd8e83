// Who gets what of a path: speech, slides, faces; steps up and down.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/feedback/allocate.h"

#define SECOND 1000000LL
#define KBIT   1000u

static struct allocation allocation;
static struct allocate_stream speech, slides, face, other;
static int64_t now_us;

static struct allocate_stream picture(enum allocate_class class)
{
    return (struct allocate_stream){
        .class = class, .count = 3, .most = 3, .rate = {150 * KBIT, 500 * KBIT, 2000 * KBIT}};
}

static int open_path(void **state)
{
    (void)state;
    now_us = 100 * SECOND;
    allocate_init(&allocation);
    speech = (struct allocate_stream){
        .class = ALLOCATE_SPEECH, .count = 1, .most = 1, .rate = {40 * KBIT}};
    slides = picture(ALLOCATE_SLIDES);
    face = picture(ALLOCATE_FACES);
    other = picture(ALLOCATE_FACES);
    allocate_add(&allocation, &speech);
    allocate_add(&allocation, &face);
    return 0;
}

static void give(uint64_t budget)
{
    allocation.estimate = budget;
    allocate(&allocation, budget, true, now_us);
    now_us += SECOND / 10;
}

static void give_for(uint64_t budget, int seconds)
{
    for (int i = 0; i < 10 * seconds; i++)
        give(budget);
}

static void the_best_layer_that_fits(void **state)
{
    (void)state;
    give(1000 * KBIT);
    assert_int_equal(face.layer, 1);
    assert_int_equal(speech.layer, 0);
    assert_int_equal(allocation.given, 540 * KBIT);
    assert_in_range(allocation.wanted, 2041 * KBIT, 2300 * KBIT);
    give(3000 * KBIT);
    assert_int_equal(face.layer, 2);
    assert_int_equal(allocation.wanted, 0);
}

static void speech_is_never_taken_away(void **state)
{
    (void)state;
    give(20 * KBIT);
    assert_int_equal(speech.layer, 0);
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
    give(0);
    assert_int_equal(speech.layer, 0);
}

static void pictures_pause_below_the_floor_and_come_back(void **state)
{
    (void)state;
    face.rate[0] = 60 * KBIT; // it would fit
    give(400 * KBIT);
    give(ALLOCATE_FLOOR - 1);
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
    assert_int_equal(allocation.wanted, ALLOCATE_RESUME);
    give_for(ALLOCATE_FLOOR + 10 * KBIT, 10); // not yet clearly more
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
    give(ALLOCATE_RESUME);
    assert_int_equal(face.layer, 0);
    give(ALLOCATE_FLOOR - 1);
    give(400 * KBIT); // it was soon: even so
    assert_int_equal(face.layer, 0);
}

// What is sent again takes room away for a moment: there is a picture for as long as one fits.
static void the_floor_is_that_of_the_path(void **state)
{
    (void)state;
    face.rate[0] = 60 * KBIT;
    allocation.estimate = 250 * KBIT;
    allocate(&allocation, 110 * KBIT, true, now_us);
    assert_int_equal(face.layer, 0);
    allocate(&allocation, 90 * KBIT, true, now_us);
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
}

static void everybody_is_seen_before_anybody_is_seen_better(void **state)
{
    (void)state;
    allocate_add(&allocation, &slides);
    allocate_add(&allocation, &other);
    give(600 * KBIT);
    assert_int_equal(slides.layer, 0);
    assert_int_equal(face.layer, 0);
    assert_int_equal(other.layer, 0);
    give_for(1000 * KBIT, 3); // slides first
    assert_int_equal(slides.layer, 1);
    assert_int_equal(face.layer, 0);
    give_for(2600 * KBIT, 3); // and all of them before faces
    assert_int_equal(slides.layer, 2);
    assert_int_equal(face.layer, 0);
    give_for(3400 * KBIT, 3);
    assert_int_equal(face.layer, 1);
    assert_int_equal(other.layer, 1);
    allocate_remove(&slides);
    allocate_remove(&slides);
    give(600 * KBIT);
    assert_int_equal(face.layer + other.layer, 0);
}

static void what_is_shown_stays_while_it_fits(void **state)
{
    (void)state;
    give(3000 * KBIT);
    for (int i = 0; i < 200; i++) {
        give(i % 2 ? 2000 * KBIT : 2100 * KBIT); // just enough to stay, not to step up
        assert_int_equal(face.layer, 2);
    }
    give(1800 * KBIT);
    assert_int_equal(face.layer, 1);
    give_for(2100 * KBIT, 20);
    assert_int_equal(face.layer, 1);
}

// Seconds from a failed step up to the next one.
static int wait_for_next_try(void)
{
    give(1000 * KBIT);
    assert_int_equal(face.layer, 1);
    int tenths = 0;
    while (face.layer == 1 && ++tenths < 1000)
        give(3000 * KBIT);
    return tenths / 10;
}

static void a_failed_step_up_waits_longer_each_time(void **state)
{
    (void)state;
    give(1000 * KBIT);
    give(3000 * KBIT);
    int first = wait_for_next_try(), second = wait_for_next_try(), third = wait_for_next_try();
    assert_true(first >= 1 && second >= 2 * first - 1 && third >= 2 * second - 1);
    for (int i = 0; i < 10; i++)
        assert_in_range(wait_for_next_try(), 1, 9);
    give_for(3000 * KBIT, 60); // it held: forgiven
    assert_in_range(wait_for_next_try(), 1, 5);
}

// What is below is had again soon.
static void only_what_failed_waits_longer(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        give_for(1000 * KBIT, 9);
        give(3000 * KBIT);
        assert_int_equal(face.layer, 2);
        give(300 * KBIT);
        assert_int_equal(face.layer, 0);
        give_for(1000 * KBIT, 3);
        assert_int_equal(face.layer, 1);
    }
    give_for(3000 * KBIT, 2);
    assert_int_equal(face.layer, 1);
}

// A network that narrows takes away layer after layer: that is one failure, not one each.
static void a_step_up_fails_once(void **state)
{
    (void)state;
    give(1000 * KBIT);
    give_for(3000 * KBIT, 3);
    assert_int_equal(face.layer, 2);
    give(1000 * KBIT);
    give(300 * KBIT);
    give(100 * KBIT);
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
    give_for(3000 * KBIT, 3);
    assert_int_equal(face.layer, 2);
    give(1000 * KBIT);
    give_for(3000 * KBIT, 5);
    assert_int_equal(face.layer, 2);
}

static void the_viewers_wish_bounds_what_he_gets(void **state)
{
    (void)state;
    face.most = 1;
    give(5000 * KBIT);
    assert_int_equal(face.layer, 0);
    assert_int_equal(allocation.wanted, 0);
    face.most = 0;
    give(5000 * KBIT);
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
    face.most = 3;
    give_for(5000 * KBIT, 3);
    assert_int_equal(face.layer, 2);
}

static void nothing_is_taken_away_without_bad_news(void **state)
{
    (void)state;
    allocation.estimate = 1000 * KBIT;
    allocate(&allocation, 1000 * KBIT, false, now_us);
    assert_int_equal(face.layer, 2); // nobody knows yet
    face.rate[2] = 9000 * KBIT;
    allocate(&allocation, 100 * KBIT, false, now_us);
    assert_int_equal(face.layer, 2);
    give(1000 * KBIT);
    assert_int_equal(face.layer, 1);
    allocation.known = true; // who joins now is given what is there
    allocate_add(&allocation, &other);
    allocate(&allocation, 800 * KBIT, false, now_us);
    assert_int_equal(face.layer, 1);
    assert_int_equal(other.layer, 0);
}

static void layers_that_go_away_are_not_given(void **state)
{
    (void)state;
    give(5000 * KBIT);
    assert_int_equal(face.layer, 2);
    face.count = 2;
    give(5000 * KBIT);
    assert_int_equal(face.layer, 1);
    face.count = 0;
    give(5000 * KBIT);
    assert_int_equal(face.layer, ALLOCATE_PAUSED);
    assert_int_equal(allocation.given, 40 * KBIT);
}

#define ALLOCATE_TEST(name) cmocka_unit_test_setup(name, open_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALLOCATE_TEST(the_best_layer_that_fits),
        ALLOCATE_TEST(speech_is_never_taken_away),
        ALLOCATE_TEST(pictures_pause_below_the_floor_and_come_back),
        ALLOCATE_TEST(the_floor_is_that_of_the_path),
        ALLOCATE_TEST(everybody_is_seen_before_anybody_is_seen_better),
        ALLOCATE_TEST(what_is_shown_stays_while_it_fits),
        ALLOCATE_TEST(a_failed_step_up_waits_longer_each_time),
        ALLOCATE_TEST(only_what_failed_waits_longer),
        ALLOCATE_TEST(a_step_up_fails_once),
        ALLOCATE_TEST(the_viewers_wish_bounds_what_he_gets),
        ALLOCATE_TEST(nothing_is_taken_away_without_bad_news),
        ALLOCATE_TEST(layers_that_go_away_are_not_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
