#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "gateway/base/random.h"
#include "tests/unit/support/store_case.h"

// The power goes at any moment: what was acknowledged is there whole, what was not is there whole
// or not at all. And the disk is full: an error, nothing half written, and it goes on when there is
// room.

#define KILLS     50
#define ROWS_EACH 3 // events a batch

static struct store_batch *numbered(int64_t number)
{
    struct store_batch *batch;
    char body[512];
    struct consultation row = {.day = number,
                               .ticket_no = 1,
                               .booth = "b-demo",
                               .category = "family",
                               .language = "zh-CN",
                               .consent = "2026-11",
                               .state = CONSULT_CLOSED,
                               .asked_at = T0};
    snprintf(row.id, sizeof(row.id), "c-%lld", (long long)number);
    memset(body, 'x', sizeof(body));
    body[511] = 0;
    if (store_batch_alloc(&batch))
        return NULL;
    if (store_batch_consultation(batch, &row))
        abort();
    for (int i = 0; i < ROWS_EACH; i++)
        if (store_batch_event(batch, number, "clinic", "consultation", body))
            abort();
    return batch;
}

// --- the child: commits for ever, several under way, tells what was acknowledged ----------------

struct child {
    struct store_case *c;
    int pipe;
    int64_t next, acknowledged;
};

static void on_acknowledged(void *arg, int err, int64_t first_event)
{
    struct child *child = arg;
    (void)first_event;
    child->acknowledged++;
    if (err || write(child->pipe, &child->acknowledged, sizeof(child->acknowledged)) < 0)
        _exit(1);
}

static void child_run(struct store_case *c, int pipe, int64_t from)
{
    struct child child = {c, pipe, from, from};
    if (loop_alloc(&c->loop) || store_alloc(&c->store, c->url, c->loop) || store_start(c->store))
        _exit(1);
    for (;;) {
        while (child.next < child.acknowledged + 4)
            if (store_commit(c->store, numbered(++child.next), on_acknowledged, &child))
                _exit(1);
        loop_step(c->loop, 1000);
    }
}

// Kills the child `us` after its first acknowledgement; returns the last number acknowledged.
static int64_t kill_after(struct store_case *c, int64_t from, unsigned us)
{
    int ends[2];
    int64_t last = from, number;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid)
        child_run(c, ends[1], from);
    close(ends[1]);
    assert_int_equal(read(ends[0], &last, sizeof(last)), sizeof(last));
    usleep(us);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    while (read(ends[0], &number, sizeof(number)) == sizeof(number))
        last = number;
    close(ends[0]);
    return last;
}

static void test_kill(void **state)
{
    struct store_case c;
    (void)state;
    store_case_new(&c);
    store_case_close(&c);
    int64_t last = 0, acknowledged = 0;
    for (int i = 0; i < KILLS; i++) {
        acknowledged = kill_after(&c, last, random_u32() % 40000);
        assert_true(acknowledged > last);
        last = store_case_look(&c, "SELECT max(day) FROM consultation");
        assert_true(last >= acknowledged);
        // Whole and without holes: every number once, each with all its events.
        assert_int_equal(store_case_look(&c, "SELECT count(*) FROM consultation"), last);
        assert_int_equal(store_case_look(&c, "SELECT count(*) FROM event"), ROWS_EACH * last);
        assert_int_equal(store_case_look(&c, "SELECT count(*) FROM (SELECT at_ms FROM event"
                                             " GROUP BY at_ms HAVING count(*) = 3)"),
                         last);
        assert_int_equal(
            store_case_look(&c, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    }
    print_message("%d kills, %lld batches acknowledged, %lld there\n", KILLS,
                  (long long)acknowledged, (long long)last);
    store_case_end(&c);
}

// --- a full disk --------------------------------------------------------------------------------

static void set_page_limit(sqlite3 *db, int64_t pages)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld", (long long)pages);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

// The store opens its database through this too, so the test can reach the same connection.
static sqlite3 *opened;
static int on_open(sqlite3 *db, const char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    opened = db;
    return SQLITE_OK;
}

static void test_full_disk(void **state)
{
    struct store_case c;
    struct answer answer = {0};
    int64_t number = 0, there;
    (void)state;
    sqlite3_auto_extension((void (*)(void))on_open);
    store_case_dir(&c);
    store_case_open(&c);
    sqlite3_cancel_auto_extension((void (*)(void))on_open);
    assert_int_equal(store_seed_demo(c.store, &store_case_seed), 0);
    store_case_load(&c);
    set_page_limit(opened, store_case_look(&c, "PRAGMA page_count") + 8);
    assert_int_equal(store_start(c.store), 0);
    while (!answer.err) {
        answer = store_case_commit(&c, numbered(++number));
        assert_true(number < 1000);
    }
    assert_int_equal(answer.err, ENOSPC);
    for (int i = 0; i < 3; i++) // and it goes on saying so
        assert_int_equal(store_case_commit(&c, numbered(number + i)).err, ENOSPC);
    there = store_case_look(&c, "SELECT count(*) FROM consultation");
    assert_int_equal(there, number - 1);
    assert_int_equal(store_case_look(&c, "SELECT count(*) FROM event"), ROWS_EACH * there);
    assert_int_equal(
        store_case_look(&c, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    store_case_close(&c); // somebody makes room
    store_case_open(&c);
    store_case_load(&c);
    assert_int_equal(c.last_event, ROWS_EACH * there);
    assert_int_equal(store_start(c.store), 0);
    answer = store_case_commit(&c, numbered(number));
    assert_int_equal(answer.err, 0);
    assert_int_equal(answer.number, ROWS_EACH * there + 1); // no number is missing
    store_case_end(&c);
}

// The disk is full while somebody asks: memory is ahead of the rows, until it is read from them
// again.
struct reloaded {
    bool done;
    struct consult *consult;
    struct lectures *lectures;
    int64_t last_event;
};

static void on_reload(void *arg, int err, struct consult *consult, struct lectures *lectures,
                      int64_t last_event)
{
    assert_int_equal(err, 0);
    *(struct reloaded *)arg = (struct reloaded){true, consult, lectures, last_event};
}

static void test_reload(void **state)
{
    struct store_case c;
    struct reloaded reloaded = {0};
    static struct consult_effects effects;
    struct problem problem;
    struct consult_command ask = {.verb = CONSULT_ASK,
                                  .who = "b-demo",
                                  .consultation = "c-lost",
                                  .category = "family",
                                  .language = "zh-CN",
                                  .consent = "2026-11"};
    (void)state;
    store_case_new(&c);
    assert_int_equal(store_case_commit(&c, numbered(1)).err, 0);
    assert_int_equal(consult_do(c.consult, &ask, T0, &effects, &problem), 0); // never committed
    assert_int_equal(store_reload(c.store, on_reload, &reloaded), 0);
    store_case_wait(&c, &reloaded.done);
    assert_int_equal(reloaded.last_event, ROWS_EACH);
    assert_int_equal(lectures_count(reloaded.lectures), 1);
    assert_int_equal(consult_waiting(reloaded.consult), 0);
    assert_int_equal(consult_do(reloaded.consult, &ask, T0, &effects, &problem), 0);
    consult_free(reloaded.consult);
    lectures_free(reloaded.lectures);
    long live = mem_live();
    assert_int_equal(store_reload(c.store, on_reload, &reloaded), 0);
    store_free(c.store); // an answer nobody waits for is not lost memory
    c.store = NULL;
    assert_true(mem_live() < live);
    store_case_end(&c);
}

// --- opening ------------------------------------------------------------------------------------

static void test_cannot_open(void **state)
{
    struct store_case c;
    struct store *store = NULL;
    (void)state;
    store_case_dir(&c);
    assert_int_equal(store_alloc(&store, "postgresql://nowhere", c.loop), EINVAL);
    assert_int_equal(store_alloc(&store, "sqlite:", c.loop), EINVAL);
    assert_int_equal(store_alloc(&store, "sqlite:/nowhere/at/all.db", c.loop), ENOENT);
    FILE *file = fopen(c.path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", file);
    fclose(file);
    assert_int_equal(store_alloc(&store, c.url, c.loop), EBADMSG);
    unlink(c.path);
    assert_int_equal(store_alloc(&store, c.url, c.loop), 0);
    store_free(store);
    assert_int_equal(store_case_look(&c, "PRAGMA user_version = 999"), -SQLITE_DONE);
    store = NULL;
    assert_int_equal(store_alloc(&store, c.url, c.loop), EPROTO); // of a later Banyan
    assert_null(store);
    assert_int_equal(store_alloc(&store, "sqlite::memory:", c.loop), 0);
    store_free(store);
    store_case_end(&c);
}

static void test_short_memory(void **state)
{
    struct store_case c;
    struct store *store;
    int err = ENOMEM;
    (void)state;
    store_case_dir(&c);
    assert_int_equal(store_alloc(&store, "sqlite::memory:", c.loop), 0); // the loop's own memory
    store_free(store);
    for (long i = 0; err; i++) {
        long live = mem_live();
        mem_fail_after(i);
        err = store_alloc(&store, "sqlite::memory:", c.loop);
        mem_fail_after(-1);
        assert_true(err == 0 || err == ENOMEM);
        if (!err)
            store_free(store);
        assert_int_equal(mem_live(), live);
    }
    store_case_end(&c);
}

static void test_batch_short_memory(void **state)
{
    (void)state;
    long live = mem_live();
    for (long i = 0; i < 4; i++) {
        struct store_batch *batch = NULL;
        mem_fail_after(i);
        int err = store_batch_alloc(&batch);
        if (!err)
            err = store_batch_event(batch, T0, "t", "k", "{}");
        mem_fail_after(-1);
        assert_int_equal(err, i < 3 ? ENOMEM : 0);
        store_batch_free(batch);
        assert_int_equal(mem_live(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill),         cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_reload),       cmocka_unit_test(test_cannot_open),
        cmocka_unit_test(test_short_memory), cmocka_unit_test(test_batch_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
