#include <errno.h>

#include "signaling/consult/consult_json.h"
#include "tests/unit/support/store_case.h"

// The clinic and its database together: a random clinic whose every command is committed, and that
// is now and then closed and read back. Both must agree to the last byte, and no batch may be
// refused.

#define STEPS        3000
#define BOOTHS       8
#define LAWYERS      2
#define RESTART_ONCE 100

struct run {
    struct store_case c;
    struct consult_effects effects;
    uint64_t seed;
    int64_t now;
    unsigned asked, committed, answered, restarts;
    int64_t events; // given, and so the number of the last
    bool quiet;
};

static uint32_t dice(struct run *run, uint32_t below)
{
    run->seed = run->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(run->seed >> 33) % below;
}

static void on_committed(void *arg, int err, int64_t first_event)
{
    struct run *run = arg;
    assert_int_equal(err, 0);
    assert_true(first_event <= run->events);
    run->answered++;
    run->quiet = run->answered == run->committed;
}

static void add_event(struct run *run, struct store_batch *batch,
                      const struct consult_effect *effect)
{
    json_t *data = consult_json_effect(run->c.consult, effect);
    char *body = json_dumps(data, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_non_null(body);
    assert_int_equal(store_batch_event(batch, run->now, effect->topic, effect->event, body), 0);
    run->events++;
    free(body);
    json_decref(data);
}

static void commit(struct run *run)
{
    struct store_batch *batch;
    if (!run->effects.count)
        return;
    assert_int_equal(store_batch_alloc(&batch), 0);
    for (size_t i = 0; i < run->effects.count; i++) {
        const struct consult_effect *effect = &run->effects.list[i];
        if (effect->kind == CONSULT_SAVE)
            assert_int_equal(store_batch_consultation(batch, effect->consultation), 0);
        else if (effect->kind == CONSULT_SAVE_DUTY)
            assert_int_equal(store_batch_duty(batch, effect->duty), 0);
        else if (effect->kind == CONSULT_SAVE_ALARM)
            assert_int_equal(store_batch_alarm(batch, effect->alarm), 0);
        else if (effect->kind == CONSULT_SAVE_RATING)
            assert_int_equal(store_batch_rating(batch, effect->rating), 0);
        else if (effect->kind == CONSULT_TELL)
            add_event(run, batch, effect);
    }
    run->committed++;
    run->quiet = false;
    assert_int_equal(store_commit(run->c.store, batch, on_committed, run), 0);
}

// The newest meeting of the booth that has ended, as the rows have it; whether it may be rated is
// the clinic's to say.
static void rate_newest(struct run *run, const char *booth, char id[CONSULT_ID_MAX])
{
    char sql[256];
    while (!run->quiet)
        loop_step(run->c.loop, 10000);
    snprintf(sql, sizeof(sql),
             "SELECT substr(id, 3) FROM consultation WHERE booth = '%s' AND state = 'closed'"
             " AND connected_at > 0 ORDER BY ended_at DESC LIMIT 1",
             booth);
    snprintf(id, CONSULT_ID_MAX, "c-%lld", (long long)store_case_look(&run->c, sql));
}

static void pick(const struct consult_alarm *alarm, void *arg)
{
    *(int64_t *)arg = alarm->id;
}

// Every second one is of those that make consultations go on.
static enum consult_verb any_verb(struct run *run)
{
    static const enum consult_verb often[] = {CONSULT_ASK, CONSULT_ON_DUTY, CONSULT_ACCEPT,
                                              CONSULT_END};
    return dice(run, 2) ? often[dice(run, 4)] : (enum consult_verb)dice(run, CONSULT_VERBS);
}

static void command(struct run *run)
{
    char who[CONSULT_ID_MAX], id[CONSULT_ID_MAX];
    struct problem problem;
    struct consult_command command = {.verb = any_verb(run),
                                      .who = who,
                                      .consultation = id,
                                      .category = "family",
                                      .language = "zh-CN",
                                      .consent = "2026-11",
                                      .reason = dice(run, 9) ? "unwell" : "conflict_of_interest",
                                      .score = dice(run, 5) + 1};
    bool is_booth = command.verb <= CONSULT_RATE ||
                    (command.verb == CONSULT_ALARM && dice(run, 2)) ||
                    command.verb == CONSULT_BOOTH_LOST || command.verb == CONSULT_BOOTH_BACK;
    snprintf(who, sizeof(who), is_booth ? "b-%u" : "u-lawyer-%u",
             dice(run, is_booth ? BOOTHS : LAWYERS) + 1);
    snprintf(id, sizeof(id), "c-%u", ++run->asked);
    const struct consultation *own = consult_of_lawyer(run->c.consult, who);
    if (own)
        snprintf(id, sizeof(id), "%s", own->id);
    if (command.verb == CONSULT_ALARM)
        command.reason = is_booth ? "danger" : "panic";
    if (command.verb == CONSULT_CLOSE_ALARM)
        consult_each_alarm(run->c.consult, pick, &command.alarm);
    if (command.verb == CONSULT_RATE)
        rate_newest(run, who, id);
    if (command.verb == CONSULT_BOOTH_LOST || command.verb == CONSULT_LAWYER_LOST)
        command.verb += dice(run, 3) > 0; // rather back than lost
    run->now += dice(run, 4000);
    consult_do(run->c.consult, &command, run->now, &run->effects, &problem);
    commit(run);
}

static void compare(const struct consultation *row, void *arg)
{
    assert_memory_equal(row, consult_find(arg, row->id), sizeof(*row));
}

static void compare_duty(const struct consult_lawyer *lawyer, const struct consult_duty *duty,
                         void *arg)
{
    const struct consult_duty *other = consult_duty(arg, lawyer->id);
    assert_int_equal(duty->on_duty, other->on_duty);
    assert_int_equal(duty->since, other->since);
    assert_int_equal(duty->last_served_at, other->last_served_at);
}

static void compare_alarm(const struct consult_alarm *alarm, void *arg)
{
    assert_memory_equal(alarm, consult_alarm(arg, alarm->id), sizeof(*alarm));
}

static void count_one(const struct consultation *row, void *arg)
{
    (void)row;
    ++*(unsigned *)arg;
}

static unsigned count_open(const struct consult *consult)
{
    unsigned count = 0;
    consult_each(consult, count_one, &count);
    return count;
}

static void restart(struct run *run)
{
    struct consult *before = run->c.consult;
    if (run->committed)
        store_case_wait(&run->c, &run->quiet);
    run->c.consult = NULL;
    store_case_close(&run->c);
    store_case_open(&run->c);
    store_case_load(&run->c);
    assert_int_equal(run->c.last_event, run->events);
    assert_int_equal(count_open(run->c.consult), count_open(before));
    consult_each(before, compare, run->c.consult);
    consult_each_lawyer(before, compare_duty, run->c.consult);
    consult_each_alarm(before, compare_alarm, run->c.consult);
    consult_each_alarm(run->c.consult, compare_alarm, before);
    consult_free(before);
    assert_int_equal(store_start(run->c.store), 0);
    consult_resume(run->c.consult, run->now, &run->effects);
    commit(run);
    run->restarts++;
}

static void test_random_clinic_with_database(void **state)
{
    static struct run run = {.seed = 7, .now = T0, .quiet = true};
    (void)state;
    store_case_new(&run.c);
    store_case_close(&run.c);
    for (unsigned i = 1; i <= BOOTHS; i++) {
        char sql[128];
        snprintf(sql, sizeof(sql),
                 "INSERT INTO booth (id, name, centre) VALUES ('b-%u', '%u',"
                 " 'ct-demo')",
                 i, i);
        assert_int_equal(store_case_look(&run.c, sql), -SQLITE_DONE);
    }
    store_case_open(&run.c);
    store_case_load(&run.c);
    assert_int_equal(store_start(run.c.store), 0);
    for (unsigned i = 0; i < STEPS; i++) {
        command(&run);
        if (dice(&run, RESTART_ONCE) == 0)
            restart(&run);
    }
    restart(&run);
    int64_t rows = store_case_look(&run.c, "SELECT count(*) FROM consultation");
    print_message("%u commits, %u restarts, %lld consultations, %lld events\n", run.committed,
                  run.restarts, (long long)rows, (long long)run.events);
    assert_true(rows > 50);
    store_case_wait(&run.c, &run.quiet);
    assert_true(store_case_look(&run.c, "SELECT count(*) FROM rating") > 3);
    assert_true(store_case_look(&run.c, "SELECT count(*) FROM alarm WHERE closed_at > 0") > 3);
    store_case_end(&run.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_clinic_with_database)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
