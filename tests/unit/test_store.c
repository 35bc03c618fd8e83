#include <errno.h>
#include <sys/stat.h>

#include "tests/unit/support/store_case.h"

// Rows and events: what is committed together is there together, in order, after any restart.

// Its padding is zero, too: rows are compared as they lie in memory.
static struct consultation a_row(const char *id, int64_t ticket_no)
{
    struct consultation row;
    memset(&row, 0, sizeof(row));
    row.day = 20000;
    row.ticket_no = ticket_no;
    row.identity = CONSULT_IDENTITY_PHONE;
    row.asked_at = T0;
    strcpy(row.booth, "b-demo");
    strcpy(row.declined_by, "u-lawyer-2");
    strcpy(row.conflicts, "u-lawyer-2");
    strcpy(row.key, "k-1");
    strcpy(row.category, "family");
    strcpy(row.language, "zh-CN");
    strcpy(row.consent, "2026-11");
    snprintf(row.id, sizeof(row.id), "%s", id);
    return row;
}

static struct store_batch *a_batch(const struct consultation *row, unsigned events)
{
    struct store_batch *batch;
    assert_int_equal(store_batch_alloc(&batch), 0);
    if (row)
        assert_int_equal(store_batch_consultation(batch, row), 0);
    for (unsigned i = 0; i < events; i++)
        assert_int_equal(store_batch_event(batch, T0 + i, i % 2 ? "clinic" : "booth:b-demo",
                                           "consultation", "{\"state\":\"等候\"}"),
                         0);
    return batch;
}

static void restart(struct store_case *c)
{
    store_case_close(c);
    store_case_open(c);
    store_case_load(c);
    assert_int_equal(store_start(c->store), 0);
}

static void test_row_comes_back(void **state)
{
    struct store_case *c = *state;
    struct consultation row = a_row("c-1", 12);
    row.state = CONSULT_SUSPENDED;
    strcpy(row.lawyer, "u-lawyer-1");
    row.offered_at = T0 + 1;
    row.connected_at = T0 + 2;
    row.suspended_at = T0 + 3;
    struct answer answer = store_case_commit(c, a_batch(&row, 3));
    assert_int_equal(answer.err, 0);
    assert_int_equal(answer.number, 1);
    restart(c);
    assert_memory_equal(consult_find(c->consult, "c-1"), &row, sizeof(row));
    assert_string_equal(consult_of_lawyer(c->consult, "u-lawyer-1")->id, "c-1");
    assert_int_equal(c->last_event, 3);
    row.state = CONSULT_CLOSED;
    row.end_reason = CONSULT_END_LOST;
    assert_int_equal(store_case_commit(c, a_batch(&row, 1)).number, 4);
    restart(c);
    assert_null(consult_find(c->consult, "c-1"));
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM consultation WHERE state = 'closed'"
                                        " AND end_reason = 'lost' AND ticket_no = 12"),
                     1);
}

static void test_ticket_goes_on(void **state)
{
    struct store_case *c = *state;
    struct consultation row = a_row("c-1", 7);
    row.day = (T0 + CONSULT_DAY_SHIFT_MS) / 86400000;
    row.state = CONSULT_CLOSED;
    row.end_reason = CONSULT_END_CANCELLED;
    assert_int_equal(store_case_commit(c, a_batch(&row, 0)).err, 0);
    restart(c);
    static struct consult_effects effects;
    struct problem problem;
    struct consult_command ask = {.verb = CONSULT_ASK,
                                  .who = "b-demo",
                                  .consultation = "c-2",
                                  .category = "debt",
                                  .language = "zh-CN",
                                  .consent = "2026-11"};
    assert_int_equal(consult_do(c->consult, &ask, T0, &effects, &problem), 0);
    assert_int_equal(effects.result->ticket_no, 8);
}

static void test_duty_and_lecture(void **state)
{
    struct store_case *c = *state;
    struct consult_duty duty = {
        .lawyer = "u-lawyer-2", .on_duty = true, .since = T0, .last_served_at = T0 - 9};
    struct lecture lecture = *lecture_find(c->lectures, "l-demo");
    struct store_batch *batch = a_batch(NULL, 0);
    lecture.state = LECTURE_ENDED;
    lecture.started_at = T0;
    lecture.ended_at = T0 + 5;
    assert_int_equal(store_batch_duty(batch, &duty), 0);
    assert_int_equal(store_batch_lecture(batch, &lecture), 0);
    assert_int_equal(store_case_commit(c, batch).err, 0);
    restart(c);
    const struct consult_duty *loaded = consult_duty(c->consult, "u-lawyer-2");
    assert_true(loaded->on_duty);
    assert_int_equal(loaded->since, T0);
    assert_int_equal(loaded->last_served_at, T0 - 9);
    assert_int_equal(lecture_find(c->lectures, "l-demo")->state, LECTURE_ENDED);
    assert_int_equal(lecture_find(c->lectures, "l-demo")->ended_at, T0 + 5);
    assert_string_equal(lecture_find(c->lectures, "l-demo")->centre_name, "槐园社区党群服务中心");
}

// One bad row spoils its whole batch, and no number is lost for the next.
static void test_all_or_nothing(void **state)
{
    struct store_case *c = *state;
    struct consultation good = a_row("c-1", 1), bad = a_row("c-2", 2);
    strcpy(bad.booth, "b-nobody");
    struct store_batch *batch = a_batch(&good, 2);
    assert_int_equal(store_batch_consultation(batch, &bad), 0);
    struct answer answer = store_case_commit(c, batch);
    assert_int_equal(answer.err, EINVAL);
    assert_int_equal(answer.number, 0);
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM consultation"), 0);
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM event"), 0);
    assert_int_equal(store_case_commit(c, a_batch(&good, 1)).number, 1);
    bad = a_row("c-3", 1); // a ticket of another
    bad.state = CONSULT_CLOSED;
    assert_int_equal(store_case_commit(c, a_batch(&bad, 0)).err, EEXIST);
    bad = a_row("c-4", 4); // a second open one of the same booth
    assert_int_equal(store_case_commit(c, a_batch(&bad, 0)).err, EEXIST);
}

struct order {
    int64_t seen[100];
    unsigned count;
    bool done;
};

static void on_order(void *arg, int err, int64_t first_event)
{
    struct order *order = arg;
    assert_int_equal(err, 0);
    order->seen[order->count++] = first_event;
    order->done = order->count == 100;
}

static void test_answers_in_order(void **state)
{
    struct store_case *c = *state;
    struct order order = {0};
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(store_commit(c->store, a_batch(NULL, 2), on_order, &order), 0);
    store_case_wait(c, &order.done);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(order.seen[i], 2 * i + 1);
}

// Those that wait together share a transaction; one that cannot be saved spoils no other.
static void test_one_of_many_fails(void **state)
{
    enum { MANY = 40, BAD = 17 };
    struct store_case *c = *state;
    static struct answer answers[MANY];
    memset(answers, 0, sizeof(answers));
    for (int i = 0; i < MANY; i++) {
        struct consultation row = a_row("", i == BAD ? 1 : i + 1); // a ticket that is taken
        snprintf(row.id, sizeof(row.id), "c-%d", i);
        row.state = CONSULT_CLOSED;
        assert_int_equal(store_commit(c->store, a_batch(&row, 2), on_number, &answers[i]), 0);
    }
    store_case_wait(c, &answers[MANY - 1].done);
    int64_t next = answers[0].number;
    for (int i = 0; i < MANY; i++) {
        assert_true(answers[i].done);
        assert_int_equal(answers[i].err, i == BAD ? EEXIST : 0);
        if (i == BAD)
            continue;
        assert_int_equal(answers[i].number, next);
        next += 2;
    }
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM consultation"), MANY - 1);
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM event"), 2 * (MANY - 1));
}

static void test_too_many_jobs(void **state)
{
    struct store_case *c = *state;
    struct answer answer = {0};
    int err = 0;
    unsigned given = 0;
    for (; !err && given <= STORE_QUEUE_MAX; given++)
        err = store_session_end(c->store, "nothing", T0, on_plain, &answer);
    assert_int_equal(err, EAGAIN); // no answer was taken meanwhile
    assert_int_equal(given, STORE_QUEUE_MAX + 1);
    store_case_wait(c, &answer.done);
    assert_int_equal(store_case_commit(c, a_batch(NULL, 1)).err, 0);
}

static void test_stop_does_what_was_given(void **state)
{
    struct store_case *c = *state;
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(store_commit(c->store, a_batch(NULL, 1), NULL, NULL), 0);
    restart(c);
    assert_int_equal(c->last_event, 20);
}

struct chain {
    struct store *store;
    unsigned left, answered;
};

static void on_link(void *arg, int err)
{
    struct chain *chain = arg;
    (void)err;
    chain->answered++;
    if (chain->left-- > 1)
        assert_int_equal(store_session_end(chain->store, "nothing", T0, on_link, chain), 0);
}

static void test_drain_answers_all(void **state)
{
    struct store_case *c = *state;
    struct order order = {0};
    struct chain chain = {.store = c->store, .left = 5}; // an answer gives the next job
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(store_commit(c->store, a_batch(NULL, 1), on_order, &order), 0);
    assert_int_equal(store_session_end(c->store, "nothing", T0, on_link, &chain), 0);
    store_drain(c->store);
    assert_int_equal(order.count, 100);
    assert_int_equal(chain.answered, 5);
    store_drain(c->store); // with nothing to wait for
    store_drain(NULL);
}

// --- events since -------------------------------------------------------------------------------

struct page {
    bool done, gap;
    int err;
    size_t count;
    int64_t first, last;
    char body[64];
};

static void on_events(void *arg, int err, const struct store_event *events, size_t count, bool gap)
{
    struct page *page = arg;
    *page = (struct page){.done = true, .gap = gap, .err = err, .count = count};
    for (size_t i = 0; i < count; i++)
        assert_true(i == 0 || events[i].n > events[i - 1].n);
    if (!count)
        return;
    page->first = events[0].n;
    page->last = events[count - 1].n;
    snprintf(page->body, sizeof(page->body), "%s", events[0].body);
}

static struct page since(struct store_case *c, int64_t n, size_t topics, size_t max)
{
    static const char *const names[] = {"booth:b-demo", "clinic", "lawyer:u-9"};
    struct page page = {0};
    assert_int_equal(store_events_since(c->store, names, topics, n, max, on_events, &page), 0);
    store_case_wait(c, &page.done);
    assert_int_equal(page.err, 0);
    return page;
}

static void test_events_since(void **state)
{
    struct store_case *c = *state;
    struct page page = since(c, 0, 3, 500);
    assert_false(page.gap);
    assert_int_equal(page.count, 0);
    assert_int_equal(store_case_commit(c, a_batch(NULL, 10)).number, 1);
    page = since(c, 4, 3, 500);
    assert_int_equal(page.count, 6);
    assert_int_equal(page.first, 5);
    assert_int_equal(page.last, 10);
    assert_string_equal(page.body, "{\"state\":\"等候\"}");
    page = since(c, 4, 1, 500); // booth alone: 5, 7, 9
    assert_int_equal(page.count, 3);
    assert_int_equal(page.last, 9);
    assert_false(since(c, 4, 2, 6).gap); // just fits
    assert_true(since(c, 4, 2, 5).gap);
    assert_true(since(c, 11, 2, 500).gap); // a number this database never gave
    assert_int_equal(since(c, 10, 2, 500).count, 0);
}

static void test_old_events_go(void **state)
{
    struct store_case *c = *state;
    assert_int_equal(store_case_commit(c, a_batch(NULL, 900)).err, 0);
    store_case_close(c);
    assert_true(store_case_look(c, "UPDATE sqlite_sequence SET seq = 100899") <= 0);
    store_case_open(c);
    store_case_load(c);
    assert_int_equal(store_start(c->store), 0);
    assert_int_equal(store_case_commit(c, a_batch(NULL, 200)).number, 100900);
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM event WHERE n <= 900"), 0);
    assert_true(since(c, 899, 2, 500).gap);
    assert_int_equal(since(c, 100899, 2, 500).count, 200);
}

// --- batches ------------------------------------------------------------------------------------

static void test_batch_bounds(void **state)
{
    (void)state;
    struct store_batch *batch = a_batch(NULL, 0);
    char topic[STORE_TOPIC_MAX + 1], *body = mem_zalloc(70001);
    memset(topic, 't', STORE_TOPIC_MAX);
    topic[STORE_TOPIC_MAX] = 0;
    memset(body, 'b', 70000);
    assert_int_equal(store_batch_event(batch, T0, topic, "k", "{}"), EMSGSIZE);
    assert_int_equal(store_batch_event(batch, T0, "t", "k", body), EMSGSIZE);
    for (unsigned i = 0; i < STORE_BATCH_MAX; i++)
        assert_int_equal(store_batch_event(batch, T0, "t", "k", "{}"), 0);
    assert_int_equal(store_batch_event(batch, T0, "t", "k", "{}"), EOVERFLOW);
    mem_free(body);
    store_batch_free(batch);
}

static void test_private_file(void **state)
{
    struct store_case *c = *state;
    struct stat st;
    assert_true(store_case_look(c, "SELECT count(*) FROM user") > 0);
    assert_int_equal(store_case_look(c, "SELECT count(*) FROM user WHERE password NOT LIKE"
                                        " 'scrypt$%'"),
                     0);
    store_case_close(c);
    unlink(c->path);
    mode_t before = umask(0);
    store_case_open(c);
    umask(before);
    assert_int_equal(stat(c->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE_TEST(test_row_comes_back),    STORE_CASE_TEST(test_ticket_goes_on),
        STORE_CASE_TEST(test_duty_and_lecture),  STORE_CASE_TEST(test_all_or_nothing),
        STORE_CASE_TEST(test_answers_in_order),  STORE_CASE_TEST(test_one_of_many_fails),
        STORE_CASE_TEST(test_too_many_jobs),     STORE_CASE_TEST(test_stop_does_what_was_given),
        STORE_CASE_TEST(test_drain_answers_all), STORE_CASE_TEST(test_events_since),
        STORE_CASE_TEST(test_old_events_go),     STORE_CASE_TEST(test_batch_bounds),
        STORE_CASE_TEST(test_private_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
