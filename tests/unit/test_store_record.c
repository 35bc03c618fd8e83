#include <errno.h>

#include "signaling/store/records.h"
#include "tests/unit/support/store_case.h"

// Records in the database: revisions are only added, one of each number, none behind a seal.

static int add(struct store_case *c, const char *id, int64_t n, const char *body, const char *state)
{
    struct store_batch *batch;
    struct store_record_rev rev = {
        .n = n, .at_ms = T0 + n, .body = (const uint8_t *)body, .body_len = strlen(body)};
    strcpy(rev.consultation, id);
    strcpy(rev.author, "lawyer:u-lawyer-1");
    strcpy(rev.state, state);
    strcpy(rev.key_id, "0123456789abcdef");
    memset(rev.key, (int)n, sizeof(rev.key));
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_record(batch, &rev), 0);
    return store_case_commit(c, batch).err;
}

struct got {
    bool done;
    int err;
    struct store_record record;
    char body[64];
};

static void on_record(void *arg, int err, const struct store_record *record)
{
    struct got *got = arg;
    got->done = true;
    got->err = err;
    if (err)
        return;
    got->record = *record;
    if (record->body)
        memcpy(got->body, record->body, record->body_len);
}

static struct got look(struct store_case *c, const char *id)
{
    struct got got = {0};
    assert_int_equal(store_record(c->store, id, on_record, &got), 0);
    store_case_wait(c, &got.done);
    return got;
}

static void test_newest(void **state)
{
    struct store_case c;
    (void)state;
    store_case_new(&c);
    assert_int_equal(look(&c, "c-none").err, ENOENT);
    store_case_meeting(&c, "c-1", 1, "u-lawyer-1");
    struct got got = look(&c, "c-1");
    assert_int_equal(got.err, 0);
    assert_int_equal(got.record.n, 0);
    assert_string_equal(got.record.lawyer_name, "刘志远");
    assert_string_equal(got.record.row.booth, "b-demo");
    assert_int_equal(add(&c, "c-1", 1, "first", "drafting"), 0);
    assert_int_equal(add(&c, "c-1", 2, "second", "readback"), 0);
    store_case_close(&c); // and after a restart
    store_case_open(&c);
    char key_id[STORE_KEY_ID_MAX];
    assert_int_equal(store_record_key_id(c.store, key_id), 0);
    assert_string_equal(key_id, "0123456789abcdef");
    assert_int_equal(store_start(c.store), 0);
    got = look(&c, "c-1");
    assert_int_equal(got.record.n, 2);
    assert_int_equal(got.record.at_ms, T0 + 2);
    assert_string_equal(got.body, "second");
    assert_string_equal(got.record.state, "readback");
    assert_int_equal(got.record.key[5], 1); // the key is the first revision's
    store_case_end(&c);
}

static void test_once(void **state)
{
    struct store_case c;
    (void)state;
    store_case_new(&c);
    store_case_meeting(&c, "c-1", 1, "u-lawyer-1");
    assert_int_equal(add(&c, "c-none", 1, "x", "drafting"), EINVAL);
    assert_int_equal(add(&c, "c-1", 1, "first", "drafting"), 0);
    assert_int_equal(add(&c, "c-1", 1, "other", "drafting"), EEXIST);
    assert_string_equal(look(&c, "c-1").body, "first");
    assert_int_equal(add(&c, "c-1", 2, "last", "sealed"), 0);
    assert_int_equal(add(&c, "c-1", 3, "late", "sealed"), EINVAL);
    assert_string_equal(look(&c, "c-1").body, "last");
    // Not past the gateway either.
    assert_int_not_equal(store_case_look(&c, "UPDATE record_rev SET author = 'x'"), -SQLITE_DONE);
    assert_int_not_equal(store_case_look(&c, "UPDATE record SET state = 'drafting'"), -SQLITE_DONE);
    assert_int_equal(store_case_look(&c, "SELECT count(*) FROM record_rev"), 2);
    store_case_end(&c);
}

struct listed {
    bool done;
    size_t count;
    struct store_record_brief list[STORE_RECORDS_MAX];
};

static void on_list(void *arg, int err, const struct store_record_brief *list, size_t count)
{
    struct listed *listed = arg;
    assert_int_equal(err, 0);
    listed->done = true;
    listed->count = count;
    memcpy(listed->list, list, count * sizeof(*list));
}

static void test_list(void **state)
{
    struct store_case c;
    static struct listed listed;
    char id[16];
    (void)state;
    store_case_new(&c);
    for (int i = 1; i <= STORE_RECORDS_MAX + 3; i++) {
        snprintf(id, sizeof(id), "c-%d", i);
        store_case_meeting(&c, id, i, "u-lawyer-1");
    }
    store_case_meeting(&c, "c-other", 999, "u-lawyer-2");
    assert_int_equal(add(&c, "c-103", 1, "x", "sealed"), 0);
    assert_int_equal(store_records_of(c.store, "u-lawyer-1", on_list, &listed), 0);
    store_case_wait(&c, &listed.done);
    assert_int_equal(listed.count, STORE_RECORDS_MAX);
    assert_string_equal(listed.list[0].consultation,
                        "c-102"); // the sealed one is behind all others
    assert_string_equal(listed.list[0].state, "");
    for (size_t i = 0; i < listed.count; i++)
        assert_string_not_equal(listed.list[i].consultation, "c-103");
    store_case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest),
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
