// What a clinic did, as a report may tell it.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/statistics/report.h"

#define T0 1793462400000ll // 2026-11-01 00:00 in China

static void test_periods(void **state)
{
    struct period p;
    (void)state;
    assert_int_equal(period_parse("2026-11", &p), 0);
    assert_string_equal(p.name, "2026-11");
    assert_int_equal(p.from_ms, T0);
    assert_int_equal(p.until_day - p.from_day, 30);
    assert_int_equal(period_parse("2028-02", &p), 0);
    assert_int_equal(p.until_day - p.from_day, 29);
    assert_int_equal(period_parse("2026-q4", &p), 0);
    assert_int_equal(p.until_day - p.from_day, 92);
    assert_int_equal(period_parse("2026", &p), 0);
    assert_int_equal(p.until_day - p.from_day, 365);
    static const char *const bad[] = {"",         "2026-13", "2026-00", "2026-q0", "2026-q5",
                                      "2026-1",   "202",     "2019",    "2100",    "2026-11x",
                                      "2026-q4 ", "-026",    " 2026",   "2026-+1", "2026-q"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (period_parse(bad[i], &p) != EINVAL)
            fail_msg("%s is taken", bad[i]);
}

static struct count *new_count(void)
{
    struct count *count = NULL;
    assert_int_equal(count_alloc(&count), 0);
    return count;
}

static void visits(struct count *count, int n, const char *category, int64_t wait_s, int64_t score)
{
    for (int i = 0; i < n; i++)
        count_visit(count, &(const struct count_visit){.category = category,
                                                       .asked_at = T0,
                                                       .connected_at = T0 + wait_s * 1000,
                                                       .ended_at = T0 + wait_s * 1000 + 600000,
                                                       .score = score});
}

static struct count_report report_of(struct count *count)
{
    struct count_report report;
    count_report(count, &report);
    count_free(count);
    return report;
}

static void test_a_month(void **state)
{
    struct count *count = new_count();
    (void)state;
    visits(count, 90, "family", 20, 5);
    visits(count, 9, "labour", 100, 3);
    visits(count, 1, "labour", 400, 0);
    for (int i = 0; i < 25; i++) // left before a lawyer came
        count_visit(count, &(const struct count_visit){
                               .category = "debt", .asked_at = T0, .ended_at = T0 + 1000});
    for (int i = 0; i < 10; i++)
        count_message(count, false, T0 + 1000, i < 8 ? T0 + 1000 : i == 8 ? T0 + 1001 : 0);
    for (int i = 0; i < 6; i++)
        count_message(count, true, T0, 0);
    count_follow_up(count, true);
    count_follow_up(count, false);
    struct count_report r = report_of(count);
    assert_int_equal(r.items.n, 125);
    assert_int_equal(r.attendances.n, 100);
    assert_int_equal(r.connected_percent, 80);
    assert_int_equal(r.wait_p50_s, 20);
    assert_int_equal(r.wait_p95_s, 100);
    assert_int_equal(r.talk_minutes, 1000);
    assert_int_equal(r.talk_mean_s, 600);
    assert_int_equal(r.rated.n, 99);
    assert_int_equal(r.satisfied_percent, 91);
    assert_int_equal(r.messages.n, 10);
    assert_int_equal(r.in_time_percent, 80);
    assert_int_equal(r.appointments.n, 6);
    assert_true(r.follow_ups.hidden);
    assert_int_equal(r.follow_ups.n, 2);
    assert_int_equal(r.follow_ups_done.n, 1);
}

static const struct count_cell *of(const struct count_report *report, const char *category)
{
    for (size_t i = 0; i < report->category_count; i++)
        if (strcmp(count_category(i), category) == 0)
            return &report->categories[i];
    fail_msg("no %s", category);
    return NULL;
}

static void test_few_are_hidden_and_what_would_tell_them(void **state)
{
    struct count *count = new_count();
    (void)state;
    visits(count, 30, "family", 1, 5);
    visits(count, 8, "labour", 1, 0);
    visits(count, 3, "criminal", 1, 1); // 41 - 30 - 8 would tell it
    struct count_report r = report_of(count);
    assert_true(of(&r, "criminal")->hidden);
    assert_true(of(&r, "labour")->hidden);
    assert_false(of(&r, "family")->hidden);
    assert_false(of(&r, "debt")->hidden);
    assert_int_equal(of(&r, "debt")->n, 0);
    assert_true(r.scores[0].hidden);
    assert_true(r.scores[4].hidden);
}

// Two hidden cells of one each: together they would still be two people in two categories.
static void test_hidden_people_are_five_at_least(void **state)
{
    struct count *count = new_count();
    (void)state;
    visits(count, 30, "family", 1, 0);
    visits(count, 8, "labour", 1, 0);
    visits(count, 1, "criminal", 1, 0);
    visits(count, 1, "fraud", 1, 0);
    struct count_report r = report_of(count);
    assert_true(of(&r, "labour")->hidden);
    assert_false(of(&r, "family")->hidden);
    count = new_count();
    visits(count, 30, "family", 1, 0);
    visits(count, 8, "labour", 1, 0);
    visits(count, 2, "criminal", 1, 0);
    visits(count, 3, "fraud", 1, 0);
    r = report_of(count);
    assert_false(of(&r, "labour")->hidden);
}

// The share that a clinic is asked for, without the few who would be found by it.
static void test_the_share_of_the_satisfied(void **state)
{
    static const struct {
        int satisfied, others;
        int64_t percent;
        bool at_least;
    } rows[] = {
        {0, 0, COUNT_NONE, false}, {6, 0, 100, false},        {5, 5, 50, false},
        {5, 4, COUNT_NONE, false}, {4, 5, COUNT_NONE, false}, {35, 4, COUNT_NONE, false},
        {36, 4, 90, true},         {49, 1, 92, true},         {46, 4, 92, true},
        {45, 5, 90, false},        {0, 9, 0, false},          {4, 400, COUNT_NONE, false},
        {996, 4, 99, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct count *count = new_count();
        struct period p;
        visits(count, rows[i].satisfied, "family", 1, 4);
        visits(count, rows[i].others, "family", 1, 3);
        struct count_report r = report_of(count);
        if (r.satisfied_percent != rows[i].percent || r.satisfied_at_least != rows[i].at_least)
            fail_msg("%d and %d others", rows[i].satisfied, rows[i].others);
        assert_int_equal(period_parse("2026-11", &p), 0);
        json_t *json = report_json(&r, &p);
        char *table = report_csv(json, "");
        assert_int_equal(!!strstr(table, "\"满意率\",\"不低于"), rows[i].at_least);
        assert_int_equal(!!strstr(table, "\"满意率\",\"不显示"), rows[i].percent == COUNT_NONE);
        mem_free(table);
        json_decref(json);
    }
}

static void test_a_quiet_month_says_nothing(void **state)
{
    struct count *count = new_count();
    (void)state;
    visits(count, 4, "family", 1, 1);
    struct count_report r = report_of(count);
    assert_true(r.items.hidden);
    assert_true(r.attendances.hidden);
    assert_true(r.rated.hidden);
    assert_int_equal(r.connected_percent, COUNT_NONE);
    assert_int_equal(r.wait_p50_s, COUNT_NONE);
    assert_int_equal(r.talk_minutes, COUNT_NONE);
    assert_int_equal(r.satisfied_percent, COUNT_NONE);
    r = report_of(new_count());
    assert_false(r.items.hidden);
    assert_int_equal(r.items.n, 0);
}

// --- nothing that is hidden can be worked out ----------------------------------------------------

#define CELLS COUNT_CATEGORIES_MAX

struct numbers {
    int n[CELLS];
};

static uint32_t seed = 7;

static uint32_t dice(uint32_t sides)
{
    return ((seed = seed * 1664525 + 1013904223) >> 16) % sides;
}

typedef void shown_h(const struct numbers *numbers, struct count_report *report);

// What everybody knows is in it, too: whoever was dissatisfied is called back.
static void show_scores(const struct numbers *numbers, struct count_report *report)
{
    struct count *count = new_count();
    for (int i = 0; i < COUNT_SCORES; i++)
        visits(count, numbers->n[i], "family", 1, i + 1);
    for (int i = 0; i < numbers->n[0] + numbers->n[1]; i++)
        count_follow_up(count, i % 2);
    *report = report_of(count);
}

static void show_categories(const struct numbers *numbers, struct count_report *report)
{
    struct count *count = new_count();
    for (int i = 0; i < 15; i++)
        visits(count, numbers->n[i], count_category((size_t)i), 1, 0);
    *report = report_of(count);
}

static char *text_of(const struct count_report *report)
{
    struct period p;
    assert_int_equal(period_parse("2026-11", &p), 0);
    json_t *json = report_json(report, &p);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

// Another table with the same sum, in the hidden cells alone: one to the other, or all anew.
static struct numbers another(const struct numbers *from, const int *hidden, int count, bool anew)
{
    struct numbers to = *from;
    int sum = 0;
    if (!anew) {
        int a = hidden[dice((uint32_t)count)], b = hidden[dice((uint32_t)count)];
        int moved = (int)dice((uint32_t)to.n[a] + 1);
        to.n[a] -= moved;
        to.n[b] += moved;
        return to;
    }
    for (int i = 0; i < count; i++) {
        sum += to.n[hidden[i]];
        to.n[hidden[i]] = 0;
    }
    for (; sum; sum--) // nobody, one or many: most of it in one place
        to.n[hidden[dice(3) ? dice((uint32_t)count) : (uint32_t)(sum % count)]]++;
    return to;
}

// Whoever knows how tables are hidden, and sees this one, cannot say of any hidden cell what it is:
// another table looks the same and has another number there.
static void nobody_can_tell(const struct numbers *numbers, const struct count_cell *cells,
                            int count, const char *seen, shown_h *show)
{
    int hidden[CELLS], hidden_count = 0, sure = 0;
    for (int i = 0; i < count; i++)
        if (cells[i].hidden)
            hidden[hidden_count++] = i;
    bool doubtful[CELLS] = {false};
    for (int round = 0; round < 40000 && sure < hidden_count; round++) {
        struct count_report report;
        struct numbers other = another(numbers, hidden, hidden_count, round % 2);
        show(&other, &report);
        char *text = text_of(&report);
        for (int i = 0; strcmp(text, seen) == 0 && i < hidden_count; i++) {
            bool differs = other.n[hidden[i]] != numbers->n[hidden[i]];
            sure += differs && !doubtful[i];
            doubtful[i] = doubtful[i] || differs;
        }
        free(text);
    }
    if (sure < hidden_count)
        fail_msg("%d of %d hidden cells can be worked out of %s", hidden_count - sure, hidden_count,
                 seen);
}

static struct numbers random_numbers(int count)
{
    static const int some[] = {0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 11, 45};
    struct numbers numbers = {{0}};
    for (int i = 0; i < count; i++)
        numbers.n[i] = some[dice(sizeof(some) / sizeof(some[0]))];
    return numbers;
}

static void scores_tell_nobody(struct numbers numbers)
{
    struct count_report report;
    int sum = 0;
    for (int i = 0; i < COUNT_SCORES; i++)
        sum += numbers.n[i];
    show_scores(&numbers, &report);
    char *text = text_of(&report);
    if (sum >= COUNT_FEW) // of fewer the sum itself is hidden, and all else
        nobody_can_tell(&numbers, report.scores, COUNT_SCORES, text, show_scores);
    else if (sum)
        assert_true(report.rated.hidden && report.scores[0].hidden && report.scores[4].hidden);
    free(text);
}

static void test_no_score_can_be_worked_out(void **state)
{
    (void)state;
    scores_tell_nobody((struct numbers){{1, 1, 1, 1, 1}});   // five people, five answers
    scores_tell_nobody((struct numbers){{0, 0, 1, 20, 29}}); // 98 % of 50
    scores_tell_nobody((struct numbers){{5, 5, 2, 9, 9}});   // ten are called back
    for (int round = 0; round < 400; round++)
        scores_tell_nobody(random_numbers(COUNT_SCORES));
}

static void test_no_category_can_be_worked_out(void **state)
{
    struct numbers ones = {{0}};
    (void)state;
    for (int round = 0; round < 150; round++) {
        struct count_report report;
        struct numbers numbers = random_numbers(5);
        for (int i = 0; i < 15; i++) // at last one of each
            ones.n[i] = round < 15 ? i <= round : 0;
        if (round < 15)
            numbers = ones;
        show_categories(&numbers, &report);
        char *text = text_of(&report);
        if (!report.items.hidden)
            nobody_can_tell(&numbers, report.categories, 15, text, show_categories);
        free(text);
    }
}

// However the table falls out, nobody can be counted back.
static void test_no_table_tells(void **state)
{
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct count *count = new_count();
        for (size_t i = 0; i < 5; i++)
            visits(count, (int)dice(8), count_category(i), 1, 0);
        struct count_report r = report_of(count);
        int64_t hidden = 0, people = 0;
        for (size_t i = 0; i < r.category_count; i++) {
            assert_true(r.categories[i].hidden || !r.categories[i].n || r.categories[i].n >= 5);
            hidden += r.categories[i].hidden;
            people += r.categories[i].hidden ? r.categories[i].n : 0;
        }
        assert_true(!hidden || r.items.hidden || (hidden >= 2 && people >= 5));
    }
}

static void test_persons_are_told_beside_attendances(void **state)
{
    struct count *count = new_count();
    (void)state;
    visits(count, 9, "family", 1, 5);
    count_persons(count, 6);
    struct count_report r = report_of(count);
    assert_int_equal(r.attendances.n, 9);
    assert_int_equal(r.persons.n, 6);
    assert_false(r.persons.hidden);
    count = new_count();
    visits(count, 9, "family", 1, 5);
    count_persons(count, 4); // they came twice: four are few, nine meetings are not
    r = report_of(count);
    assert_true(r.persons.hidden);
    assert_false(r.attendances.hidden);
}

static void test_the_table(void **state)
{
    struct count *count = new_count();
    struct period p;
    (void)state;
    visits(count, 6, "family", 12, 5);
    visits(count, 7, "labour", 12, 5);
    visits(count, 1, "land", 12, 5);
    count_persons(count, 9);
    struct count_report r = report_of(count);
    assert_int_equal(period_parse("2026-11", &p), 0);
    json_t *json = report_json(&r, &p);
    char *table = report_csv(json, "=买买提·吐尔逊𬱖站");
    assert_memory_equal(table, "\xef\xbb\xbf\"站点\",\"'=买买提·吐尔逊𬱖站\"\r\n", 38);
    assert_non_null(strstr(table, "\"合计\",\"咨询受理\",\"14\",\"件\"\r\n"));
    assert_non_null(strstr(table, "来一次算一人）\",\"9\",\"人\"\r\n"));
    assert_non_null(strstr(table, "\"合计\",\"等待时间（中位数）\",\"12\",\"秒\"\r\n"));
    assert_non_null(strstr(table, "\"类别\",\"婚姻家庭\",\"6\",\"件\"\r\n"));
    assert_non_null(strstr(table, "\"类别\",\"土地承包\",\"不显示\",\"件\"\r\n"));
    assert_non_null(strstr(table, "\"类别\",\"劳动\",\"不显示\",\"件\"\r\n"));
    assert_non_null(strstr(table, "\"类别\",\"债务\",\"0\",\"件\"\r\n"));
    assert_non_null(strstr(table, "\"评价\",\"非常满意\",\"14\",\"人次\"\r\n"));
    assert_null(strstr(table, "\"1\""));
    mem_free(table);
    json_decref(json);
}

static void test_workload(void **state)
{
    struct period p;
    (void)state;
    assert_int_equal(period_parse("2026-11", &p), 0);
    json_t *rows = json_array();
    for (int i = 0; i < 5; i++)
        json_array_append_new(
            rows, json_pack("{s:I, s:i, s:s, s:s, s:s, s:s, s:I, s:I, s:i}", "day",
                            (json_int_t)p.from_day, "ticket_no", i + 1, "booth", "法律咨询室 1",
                            "centre", "槐园", "category", "labour", "language", "zh-CN",
                            "connected_at", (json_int_t)(T0 + 3600000), "ended_at",
                            (json_int_t)(i == 4 ? 0 : T0 + 3600000 + 90000), "mean_tenths", 43));
    json_t *work = workload_json(rows, &p);
    assert_int_equal(json_integer_value(json_object_get(work, "attendances")), 5);
    assert_int_equal(json_integer_value(json_object_get(work, "talk_minutes")), 6);
    assert_int_equal(json_integer_value(json_object_get(work, "satisfaction_tenths")), 43);
    assert_null(json_object_get(json_array_get(json_object_get(work, "rows"), 0), "mean_tenths"));
    char *table = workload_csv(work, "刘志远");
    assert_non_null(strstr(table, "\"满意度（5分制平均）\",\"4.3\"\r\n"));
    assert_non_null(strstr(table,
                           "\"20261101-001\",\"2026-11-01 01:00:00\",\"2026-11-01 01:01:30\","
                           "\"2\",\"劳动\",\"zh-CN\",\"槐园\",\"法律咨询室 1\"\r\n"));
    assert_non_null(strstr(table, "\"20261101-005\",\"2026-11-01 01:00:00\",\"\",\"0\""));
    mem_free(table);
    json_decref(work);
    json_array_clear(rows);
    work = workload_json(rows, &p);
    assert_null(json_object_get(work, "satisfaction_tenths"));
    table = workload_csv(work, "刘志远");
    assert_non_null(strstr(table, "评价不足5人次"));
    mem_free(table);
    json_decref(work);
    json_decref(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_a_month),
        cmocka_unit_test(test_few_are_hidden_and_what_would_tell_them),
        cmocka_unit_test(test_hidden_people_are_five_at_least),
        cmocka_unit_test(test_the_share_of_the_satisfied),
        cmocka_unit_test(test_a_quiet_month_says_nothing),
        cmocka_unit_test(test_no_table_tells),
        cmocka_unit_test(test_no_score_can_be_worked_out),
        cmocka_unit_test(test_no_category_can_be_worked_out),
        cmocka_unit_test(test_persons_are_told_beside_attendances),
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_workload),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
