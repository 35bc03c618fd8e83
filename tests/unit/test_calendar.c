// Working days in China, from the official tables.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/consult/calendar.h"

static int add(struct calendar *calendar, int year, const char *text, unsigned *line)
{
    const char *wrong;
    return calendar_read(calendar, year, text, line, &wrong);
}

static struct calendar shipped(void)
{
    struct calendar calendar = {0};
    for (int year = 2025; year <= 2026; year++) {
        char name[64], text[4096];
        unsigned line;
        snprintf(name, sizeof(name), "configs/holidays/%d.txt", year);
        FILE *file = fopen(name, "r");
        assert_non_null(file);
        text[fread(text, 1, sizeof(text) - 1, file)] = 0;
        fclose(file);
        assert_int_equal(add(&calendar, year, text, &line), 0);
    }
    return calendar;
}

static void test_day(void **state)
{
    (void)state;
    assert_int_equal(calendar_day("1970-01-01"), 0);
    assert_int_equal(calendar_day("2026-11-24-am"), 20781);
    assert_int_equal(calendar_day("2026-02-29"), -1);
    assert_int_equal(calendar_day("2026-2-3"), -1);
    assert_int_equal(calendar_day("26-02-03"), -1);
    assert_int_equal(calendar_day(""), -1);
    // 16:00 UTC is midnight in China.
    int64_t midnight = calendar_midnight(20781);
    assert_int_equal(calendar_today(midnight), 20781);
    assert_int_equal(calendar_today(midnight - 1), 20780);
}

// The announced days of 2025 and 2026: so many rest days on weekdays, so many worked weekends.
static void test_shipped(void **state)
{
    (void)state;
    const struct calendar calendar = shipped();
    static const struct {
        const char *from, *until;
        int working;
    } years[] = {{"2025-01-01", "2026-01-01", 248}, {"2026-01-01", "2027-01-01", 248}};
    for (size_t i = 0; i < 2; i++) {
        int working = 0;
        for (int64_t day = calendar_day(years[i].from); day < calendar_day(years[i].until); day++)
            working += calendar_is_working(&calendar, day);
        assert_int_equal(working, years[i].working);
    }
    assert_false(calendar_is_working(&calendar, calendar_day("2026-10-01"))); // a Thursday
    assert_true(calendar_is_working(&calendar, calendar_day("2026-10-10")));  // a Saturday
    assert_false(calendar_is_working(&calendar, calendar_day("2026-10-11")));
    assert_true(calendar_is_working(&calendar, calendar_day("2026-10-12")));
}

static void assert_third(const struct calendar *calendar, const char *asked, const char *third)
{
    assert_int_equal(calendar_after(calendar, calendar_day(asked), 3), calendar_day(third));
}

static void test_three_working_days(void **state)
{
    (void)state;
    const struct calendar calendar = shipped();
    assert_third(&calendar, "2026-11-23", "2026-11-26"); // Monday: Thursday
    assert_third(&calendar, "2026-11-20", "2026-11-25"); // Friday: over the weekend
    assert_third(&calendar, "2026-11-22", "2026-11-25"); // asked on a Sunday
    assert_third(&calendar, "2026-02-13",
                 "2026-02-25"); // the Saturday is worked, then nine days off
    assert_third(&calendar, "2026-05-08", "2026-05-12"); // Friday before a worked Saturday
    assert_third(&calendar, "2026-09-30", "2026-10-10"); // over National Day
    assert_third(&calendar, "2025-12-31", "2026-01-06"); // from one table into the next
    assert_third(&calendar, "2026-12-31", "2027-01-05"); // no table: as the week says
    struct calendar never = {.count = 1, .years = {{.year = 2026}}};
    memset(never.years[0].marks, 'r', 366);
    never.years[never.count] = never.years[0];
    never.years[never.count++].year = 2027;
    int64_t first = calendar_day("2026-01-01");
    assert_int_equal(calendar_after(&never, first, 3), first + 366); // ends all the same
}

static void assert_before(const struct calendar *calendar, const char *day, const char *before)
{
    assert_int_equal(calendar_before(calendar, calendar_day(day)), calendar_day(before));
}

static void test_working_day_before(void **state)
{
    (void)state;
    const struct calendar calendar = shipped();
    assert_before(&calendar, "2026-11-24", "2026-11-23"); // Tuesday: Monday
    assert_before(&calendar, "2026-11-23", "2026-11-20"); // Monday: Friday
    assert_before(&calendar, "2026-10-08", "2026-09-30"); // over National Day
    assert_before(&calendar, "2026-02-24", "2026-02-14"); // the Saturday is worked
    assert_before(&calendar, "2026-01-04", "2025-12-31"); // into the table before
    struct calendar never = {.count = 2, .years = {{.year = 2025}, {.year = 2026}}};
    memset(never.years[0].marks, 'r', 366);
    memset(never.years[1].marks, 'r', 366);
    int64_t last = calendar_day("2026-12-31");
    assert_int_equal(calendar_before(&never, last), last - 366); // ends all the same
}

static void test_where_data_ends(void **state)
{
    (void)state;
    const struct calendar calendar = shipped();
    assert_int_equal(calendar_until(&calendar, calendar_day("2026-11-22")),
                     calendar_day("2026-12-31"));
    assert_int_equal(calendar_until(&calendar, calendar_day("2027-01-01")),
                     calendar_day("2026-12-31"));
    assert_true(calendar_knows(&calendar, calendar_day("2025-01-01")));
    assert_false(calendar_knows(&calendar, calendar_day("2024-12-31")));
}

static void test_bad_tables(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } bad[] = {{"", 0},
               {"# nothing\n\n", 2},
               {"2026-01-01 rest\n2026-02-30 rest\n", 2},
               {"2026-01-01 rest\n\n# x\n2027-01-01 rest\n", 4},
               {"2026-01-01 free\n", 1},
               {"2026-01-01 restful\n", 1},
               {"2026-01-01\n", 1},
               {"2026-01-01  rest\n", 1},
               {"2026-1-1 rest\n", 1},
               {"2026-01-01 rest\n2026-01-01 work\n", 2},
               {"2026-01-01 rest and much more than a word\n", 1}};
    struct calendar calendar = {0};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        unsigned line = 99;
        assert_int_equal(add(&calendar, 2026, bad[i].text, &line), EINVAL);
        assert_int_equal(line, bad[i].line);
    }
    assert_int_equal(calendar.count, 0);
}

static void test_replaced(void **state)
{
    (void)state;
    struct calendar calendar = {0};
    unsigned line;
    assert_int_equal(add(&calendar, 2026, "2026-11-23 rest # as was said\r\n", &line), 0);
    assert_false(calendar_is_working(&calendar, calendar_day("2026-11-23")));
    assert_int_equal(add(&calendar, 2026, "2026-11-24 rest", &line), 0);
    assert_true(calendar_is_working(&calendar, calendar_day("2026-11-23")));
    assert_int_equal(calendar.count, 1);
    for (int year = 2027; year < 2026 + CALENDAR_YEARS_MAX; year++) {
        char text[32];
        snprintf(text, sizeof(text), "%d-01-01 rest\n", year);
        assert_int_equal(add(&calendar, year, text, &line), 0);
    }
    assert_int_equal(add(&calendar, 2090, "2090-01-01 rest\n", &line), EOVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_day),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_bad_tables),
        cmocka_unit_test(test_three_working_days),
        cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_where_data_ends),
        cmocka_unit_test(test_working_day_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
