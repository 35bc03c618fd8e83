#include "signaling/statistics/count.h"
#include "tests/unit/support/store_case.h"

// Reports from real rows.

#define DAY 86400000ll

struct counted {
    bool done;
    int err;
    struct count_report report;
};

static void on_count(void *arg, int err, const struct count *count)
{
    struct counted *counted = arg;
    counted->done = true;
    counted->err = err;
    if (!err)
        count_report(count, &counted->report);
}

static struct count_report ask(struct store_case *c, const char *centre, int64_t from,
                               int64_t until)
{
    struct counted counted = {0};
    assert_int_equal(store_count(c->store, centre, from, until, on_count, &counted), 0);
    store_case_wait(c, &counted.done);
    assert_int_equal(counted.err, 0);
    return counted.report;
}

static void add_visit(struct store_batch *batch, int n, int64_t asked_at, int64_t score)
{
    struct consultation row = {.day = T0 / DAY,
                               .ticket_no = n,
                               .booth = "b-demo",
                               .lawyer = "u-lawyer-1",
                               .category = "labour",
                               .language = "zh-CN",
                               .consent = "2026-11",
                               .state = CONSULT_CLOSED,
                               .end_reason = CONSULT_END_LAWYER_ENDED,
                               .asked_at = asked_at,
                               .connected_at = asked_at + 7000,
                               .ended_at = asked_at + 607000};
    struct consult_rating rating = {.score = score, .rated_at = asked_at + 610000};
    snprintf(row.id, sizeof(row.id), "c-%d", n);
    snprintf(rating.consultation, sizeof(rating.consultation), "c-%d", n);
    assert_int_equal(store_batch_consultation(batch, &row), 0);
    if (score)
        assert_int_equal(store_batch_rating(batch, &rating), 0);
}

static void fill(struct store_case *c)
{
    struct store_batch *batch = NULL;
    const struct consult_message late = {.id = 1,
                                         .booth = "b-demo",
                                         .category = "labour",
                                         .phone = "13876543210",
                                         .asked_at = T0,
                                         .due_at = T0 + DAY};
    assert_int_equal(store_batch_alloc(&batch), 0);
    for (int i = 1; i <= 6; i++)
        add_visit(batch, i, T0 + i, i < 6 ? 4 : 0);
    add_visit(batch, 7, T0 + DAY, 1);
    assert_int_equal(store_batch_message(batch, &late), 0);
    const struct store_value task[] = {
        {.text = "dissatisfied"}, {.text = "c-1"}, {.number = T0 + 1}};
    assert_int_equal(store_batch_write(batch, STORE_ADD_TASK, task, 3), 0);
    assert_int_equal(store_case_commit(c, batch).err, 0);
}

static void test_statistics(void **state)
{
    struct store_case *c = *state;
    fill(c);
    struct count_report r = ask(c, "", T0, T0 + DAY);
    assert_int_equal(r.items.n, 6);
    assert_int_equal(r.attendances.n, 6);
    assert_int_equal(r.wait_p50_s, 7);
    assert_int_equal(r.talk_minutes, 60);
    assert_int_equal(r.rated.n, 5);
    assert_int_equal(r.satisfied_percent, 100);
    assert_int_equal(r.messages.n, 1);
    assert_true(r.messages.hidden);
    assert_int_equal(r.follow_ups.n, 1);
    assert_int_equal(r.follow_ups_done.n, 0);
    assert_int_equal(ask(c, "", T0, T0 + DAY + 1).items.n, 7);
    assert_int_equal(ask(c, "", T0 + DAY + 1, T0 + 2 * DAY).items.n, 0);
    assert_int_equal(ask(c, "elsewhere", T0, T0 + DAY).items.n, 0);
    assert_int_equal(ask(c, "elsewhere", T0, T0 + DAY).follow_ups.n, 0);
}

static void of_person(struct store_case *c, const char *consultation, const char *hash)
{
    struct store_batch *batch = NULL;
    const struct store_value values[] = {{.text = consultation}, {.text = hash}};
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_write(batch, *hash ? STORE_PUT_PERSON : STORE_FORGET_PERSON,
                                       values, *hash ? 2 : 1),
                     0);
    assert_int_equal(store_case_commit(c, batch).err, 0);
}

static void test_persons(void **state)
{
    struct store_case *c = *state;
    fill(c);
    assert_int_equal(ask(c, "", T0, T0 + 2 * DAY).persons.n, 7); // nobody left a number
    of_person(c, "c-1", "aa");
    of_person(c, "c-2", "aa");
    of_person(c, "c-7", "aa");
    of_person(c, "c-3", "bb");
    struct count_report r = ask(c, "", T0, T0 + 2 * DAY);
    assert_int_equal(r.attendances.n, 7);
    assert_int_equal(r.persons.n, 5);
    assert_false(r.persons.hidden);
    assert_int_equal(ask(c, "", T0, T0 + DAY).persons.n, 5); // one of the three was later
    of_person(c, "c-4", "aa");
    r = ask(c, "", T0, T0 + DAY);
    assert_int_equal(r.persons.n, 4);
    assert_true(r.persons.hidden);
    of_person(c, "c-4", "bb"); // he said another number then
    of_person(c, "c-3", "");   // and took one back
    assert_int_equal(ask(c, "", T0, T0 + DAY).persons.n, 5);
    assert_int_equal(ask(c, "elsewhere", T0, T0 + DAY).persons.n, 0);
}

struct listed {
    bool done;
    json_t *rows;
};

static void on_list(void *arg, int err, json_t *rows)
{
    assert_int_equal(err, 0);
    *(struct listed *)arg = (struct listed){true, json_incref(rows)};
}

static json_t *work(struct store_case *c, const char *lawyer, int64_t from, int64_t until)
{
    struct listed listed = {0};
    const struct store_value values[] = {{.text = lawyer}, {.number = from}, {.number = until}};
    assert_int_equal(store_list(c->store, STORE_WORKLOAD, values, 3, on_list, &listed), 0);
    store_case_wait(c, &listed.done);
    return listed.rows;
}

static json_t *earlier(struct store_case *c, const char *consultation)
{
    struct listed listed = {0};
    const struct store_value values[] = {{.text = consultation}};
    assert_int_equal(store_list(c->store, STORE_EARLIER, values, 1, on_list, &listed), 0);
    store_case_wait(c, &listed.done);
    return listed.rows;
}

static void test_earlier_ones(void **state)
{
    struct store_case *c = *state;
    fill(c);
    of_person(c, "c-1", "aa");
    of_person(c, "c-2", "aa");
    of_person(c, "c-7", "aa");
    of_person(c, "c-3", "bb");
    json_t *rows = earlier(c, "c-2");
    assert_int_equal(json_array_size(rows), 2);
    json_t *first = json_array_get(rows, 0); // the newest
    assert_string_equal(json_string_value(json_object_get(first, "consultation")), "c-7");
    assert_false(json_boolean_value(json_object_get(first, "sealed")));
    json_decref(rows);
    rows = earlier(c, "c-3");
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
    rows = earlier(c, "c-4"); // of nobody
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
}

static void test_workload(void **state)
{
    struct store_case *c = *state;
    fill(c);
    json_t *rows = work(c, "u-lawyer-1", T0, T0 + DAY);
    assert_int_equal(json_array_size(rows), 6);
    json_t *first = json_array_get(rows, 0);
    assert_int_equal(json_integer_value(json_object_get(first, "mean_tenths")), 40);
    assert_null(json_object_get(first, "score"));
    json_decref(rows);
    rows = work(c, "u-lawyer-1", T0 + 2, T0 + DAY); // five meetings, four ratings
    assert_int_equal(json_array_size(rows), 5);
    assert_null(json_object_get(json_array_get(rows, 0), "mean_tenths"));
    json_decref(rows);
    rows = work(c, "u-lawyer-2", T0, T0 + DAY);
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE_TEST(test_statistics),
        STORE_CASE_TEST(test_persons),
        STORE_CASE_TEST(test_earlier_ones),
        STORE_CASE_TEST(test_workload),
    };
    return cmocka_run_group_tests_name("store_count", tests, NULL, NULL);
}
