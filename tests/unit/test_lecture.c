#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/lecture/lecture.h"
#include "signaling/lecture/lecture_json.h"

#define T0 1780000000000ll

struct school {
    struct lectures *lectures;
    struct lecture_effects effects;
    struct problem problem;
    int64_t now;
};

static int do_at(struct school *school, enum lecture_verb verb, const char *what, unsigned viewers)
{
    struct lecture_command command = {
        .verb = verb, .lecture = what, .room = what, .viewers = viewers};
    return lectures_do(school->lectures, &command, school->now, &school->effects, &school->problem);
}

static int setup(void **state)
{
    static struct school school;
    struct lecture row = {.id = "l-1",
                          .title = "身边的法律课",
                          .lecturer = "王老师",
                          .centre_name = "槐园",
                          .centre_phone = "023-1",
                          .room = "room-1",
                          .starts_at = T0};
    school = (struct school){.now = T0};
    assert_int_equal(lectures_alloc(&school.lectures), 0);
    assert_int_equal(lectures_load(school.lectures, &row), 0);
    *state = &school;
    return 0;
}

static int teardown(void **state)
{
    lectures_free(((struct school *)*state)->lectures);
    return 0;
}

static enum lecture_state state_of(const struct school *school)
{
    return lecture_find(school->lectures, "l-1")->state;
}

static size_t count(const struct school *school, enum lecture_effect_kind kind)
{
    size_t found = 0;
    for (size_t i = 0; i < school->effects.count; i++)
        found += school->effects.list[i].kind == kind;
    return found;
}

static void test_whole_life(void **state)
{
    struct school *school = *state;
    assert_int_equal(do_at(school, LECTURE_START, "l-1", 0), 0);
    assert_int_equal(state_of(school), LECTURE_OPEN);
    assert_int_equal(count(school, LECTURE_SAVE), 1);
    assert_int_equal(count(school, LECTURE_TELL), 2); // viewers and hall
    assert_int_equal(count(school, LECTURE_MEDIA_OPEN), 1);
    assert_int_equal(do_at(school, LECTURE_PUBLISHED, "room-1", 0), 0);
    assert_int_equal(state_of(school), LECTURE_LIVE);
    assert_int_equal(do_at(school, LECTURE_PUBLISHED, "room-1", 0), 0);
    assert_int_equal(school->effects.count, 0); // nothing new
    assert_int_equal(do_at(school, LECTURE_UNPUBLISHED, "room-1", 0), 0);
    assert_int_equal(state_of(school), LECTURE_OPEN);
    assert_int_equal(do_at(school, LECTURE_END, "l-1", 0), 0);
    assert_int_equal(state_of(school), LECTURE_ENDED);
    assert_int_equal(count(school, LECTURE_MEDIA_CLOSE), 1);
    assert_int_equal(lecture_find(school->lectures, "l-1")->ended_at, T0);
}

static void test_wrong_commands(void **state)
{
    struct school *school = *state;
    assert_int_equal(do_at(school, LECTURE_START, "l-9", 0), ENOENT);
    assert_string_equal(school->problem.slug, "unknown-lecture");
    assert_string_equal(school->problem.field, "lecture");
    assert_int_equal(do_at(school, LECTURE_START, NULL, 0), ENOENT);
    assert_int_equal(do_at(school, LECTURE_END, "l-1", 0), EPROTO);
    assert_string_equal(school->problem.slug, "not-started");
    assert_int_equal(do_at(school, LECTURE_START, "l-1", 0), 0);
    assert_int_equal(do_at(school, LECTURE_START, "l-1", 0), EPROTO);
    assert_string_equal(school->problem.slug, "already-started");
    assert_int_equal(do_at(school, (enum lecture_verb)77, "l-1", 0), EINVAL);
    assert_int_equal(do_at(school, LECTURE_PUBLISHED, "c-consultation", 0), 0); // not ours
    assert_int_equal(school->effects.count, 0);
}

static void test_sending_without_start(void **state)
{
    struct school *school = *state;
    assert_int_equal(do_at(school, LECTURE_PUBLISHED, "room-1", 0), 0);
    assert_int_equal(state_of(school), LECTURE_LIVE);
    assert_int_equal(lecture_find(school->lectures, "l-1")->started_at, T0);
}

static void test_ended_stays_ended_until_started(void **state)
{
    struct school *school = *state;
    do_at(school, LECTURE_PUBLISHED, "room-1", 0);
    do_at(school, LECTURE_END, "l-1", 0);
    assert_int_equal(do_at(school, LECTURE_PUBLISHED, "room-1", 0), 0);
    assert_int_equal(state_of(school), LECTURE_ENDED);
    assert_int_equal(do_at(school, LECTURE_START, "l-1", 0), 0); // pressed by mistake: once more
    assert_int_equal(state_of(school), LECTURE_LIVE);
    assert_int_equal(lecture_find(school->lectures, "l-1")->ended_at, 0);
}

static void test_viewers_twice_a_second(void **state)
{
    struct school *school = *state;
    unsigned told = 0;
    do_at(school, LECTURE_PUBLISHED, "room-1", 0);
    for (unsigned i = 1; i <= 1000; i++) { // one a millisecond
        school->now++;
        assert_int_equal(do_at(school, LECTURE_VIEWERS, "room-1", i), 0);
        told += (unsigned)count(school, LECTURE_TELL_NOW);
        assert_int_equal(count(school, LECTURE_SAVE), 0);
    }
    assert_int_equal(told, 2);
    do_at(school, LECTURE_VIEWERS, "room-1", 7);
    int64_t deadline = lectures_next_deadline(school->lectures);
    assert_int_equal(deadline, T0 + 1500);
    school->now = deadline;
    assert_int_equal(do_at(school, LECTURE_TICK, NULL, 0), 0);
    assert_int_equal(count(school, LECTURE_TELL_NOW), 1);
    assert_string_equal(school->effects.list[0].topic, "hall");
    assert_int_equal(school->effects.list[0].lecture->viewers, 7);
    assert_int_equal(lectures_next_deadline(school->lectures), -1);
}

static void test_loading(void **state)
{
    struct school *school = *state;
    struct lecture row = {.id = "l-2", .room = "room-1"};
    assert_int_equal(lectures_load(school->lectures, &row), EEXIST);
    strcpy(row.room, "room-2");
    row.state = LECTURE_LIVE;
    assert_int_equal(lectures_load(school->lectures, &row), 0);
    assert_int_equal(lecture_of_room(school->lectures, "room-2")->state, LECTURE_OPEN);
    assert_int_equal(lectures_load(school->lectures, &row), EEXIST);
    row.id[0] = 0;
    assert_int_equal(lectures_load(school->lectures, &row), EINVAL);
    for (size_t i = 2; i <= LECTURES_MAX; i++) {
        snprintf(row.id, sizeof(row.id), "x-%zu", i);
        snprintf(row.room, sizeof(row.room), "x-room-%zu", i);
        assert_int_equal(lectures_load(school->lectures, &row), i < LECTURES_MAX ? 0 : EOVERFLOW);
    }
    assert_null(lecture_at(school->lectures, LECTURES_MAX));
}

static void test_json(void **state)
{
    struct school *school = *state;
    do_at(school, LECTURE_PUBLISHED, "room-1", 0);
    do_at(school, LECTURE_VIEWERS, "room-1", 3);
    do_at(school, LECTURE_END, "l-1", 0);
    for (size_t i = 0; i < school->effects.count; i++) {
        const struct lecture_effect *effect = &school->effects.list[i];
        if (effect->kind != LECTURE_TELL)
            continue;
        json_t *json = lecture_json_effect(effect);
        bool is_hall = strcmp(effect->topic, "hall") == 0;
        assert_true(is_hall || strcmp(effect->topic, "lecture:l-1") == 0);
        assert_int_equal(is_hall, json_object_get(json, "viewers") != NULL);
        assert_string_equal(json_string_value(json_object_get(json, "state")), "ended");
        json_t *centre = json_object_get(json, "centre");
        assert_string_equal(json_string_value(json_object_get(centre, "phone")), "023-1");
        json_decref(json);
    }
    json_t *all = lectures_json(school->lectures, LECTURE_FOR_HALL);
    assert_int_equal(json_array_size(all), 1);
    json_decref(all);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_life),
        TEST(test_wrong_commands),
        TEST(test_sending_without_start),
        TEST(test_ended_stays_ended_until_started),
        TEST(test_viewers_twice_a_second),
        TEST(test_loading),
        TEST(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
