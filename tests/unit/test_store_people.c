#include <errno.h>

#include "signaling/auth/password.h"
#include "tests/unit/support/store_case.h"

// Who may come in: users, booths, members, sessions; and the log of what they did.

struct person {
    bool done;
    int err;
    struct store_user user;
    struct store_booth booth;
    struct store_member member;
};

static void on_user(void *arg, int err, const struct store_user *user)
{
    struct person *person = arg;
    assert_int_equal(err == 0, user != NULL);
    person->done = true;
    person->err = err;
    if (user)
        person->user = *user;
}

static void on_booth(void *arg, int err, const struct store_booth *booth)
{
    struct person *person = arg;
    assert_int_equal(err == 0, booth != NULL);
    person->done = true;
    person->err = err;
    if (booth)
        person->booth = *booth;
}

static void on_member(void *arg, int err, const struct store_member *member)
{
    struct person *person = arg;
    assert_int_equal(err == 0, member != NULL);
    person->done = true;
    person->err = err;
    if (member)
        person->member = *member;
}

static struct person by_name(struct store_case *c, const char *name)
{
    struct person person = {0};
    assert_int_equal(store_user_by_name(c->store, name, on_user, &person), 0);
    store_case_wait(c, &person.done);
    return person;
}

static struct person by_code(struct store_case *c, const char *code, int64_t now)
{
    struct person person = {0};
    char hash[SECRET_HASH_MAX];
    secret_hash(code, hash);
    assert_int_equal(store_booth_enrol(c->store, hash, now, on_booth, &person), 0);
    store_case_wait(c, &person.done);
    return person;
}

static struct person use(struct store_case *c, const char *hash, int64_t now)
{
    struct person person = {0};
    assert_int_equal(store_session_use(c->store, hash, now, 1800000, on_user, &person), 0);
    store_case_wait(c, &person.done);
    return person;
}

static int add_session(struct store_case *c, const char *hash, const char *user,
                       store_plain_h *done, void *arg)
{
    const struct store_sign_in sign_in = {.hash = hash, .user = user, .address = "192.0.2.1"};
    return store_session_add(c->store, &sign_in, T0, done, arg);
}

static void test_user(void **state)
{
    struct store_case *c = *state;
    struct person liu = by_name(c, "liu");
    assert_int_equal(liu.err, 0);
    assert_string_equal(liu.user.id, "u-lawyer-1");
    assert_int_equal(liu.user.role, ROLE_LAWYER);
    assert_string_equal(liu.user.display_name, "刘志远");
    assert_int_equal(password_check("liu-1", liu.user.password), 0);
    assert_int_equal(by_name(c, "LIU").err, ENOENT);
    assert_int_equal(by_name(c, "liu' OR '1'='1").err, ENOENT);
    char longest[1000];
    memset(longest, 'x', sizeof(longest));
    longest[999] = 0;
    assert_int_equal(by_name(c, longest).err, ENOENT);
    struct person hall = {0};
    assert_int_equal(store_user_by_id(c->store, "u-hall", on_user, &hall), 0);
    store_case_wait(c, &hall.done);
    assert_int_equal(hall.user.role, ROLE_HALL);
}

static int give_code(struct store_case *c, const char *booth, const char *hash, int64_t until_ms)
{
    struct store_batch *batch;
    const struct store_value values[] = {{.text = hash}, {.number = until_ms}, {.text = booth}};
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_write(batch, STORE_BOOTH_CODE, values, 3), 0);
    return store_case_commit(c, batch).err;
}

static void test_enrol_once(void **state)
{
    struct store_case *c = *state;
    assert_int_equal(by_code(c, "000000", T0).err, ENOENT);
    struct person booth = by_code(c, "483920", T0);
    assert_int_equal(booth.err, 0);
    assert_string_equal(booth.booth.id, "b-demo");
    assert_string_equal(booth.booth.centre_name, "槐园社区党群服务中心");
    assert_int_equal(booth.booth.generation, 1);
    assert_int_equal(by_code(c, "483920", T0).err, ENOENT); // it is spent

    char hash[SECRET_HASH_MAX];
    secret_hash("111111", hash);
    assert_int_equal(give_code(c, "b-demo", hash, T0 + 1000), 0);
    assert_int_equal(by_code(c, "111111", T0 + 1000).err, ENOENT); // too late
    assert_int_equal(by_code(c, "111111", T0 + 999).booth.generation, 2);
    struct person now = {0};
    assert_int_equal(store_booth_by_id(c->store, "b-demo", on_booth, &now), 0);
    store_case_wait(c, &now.done);
    assert_int_equal(now.booth.generation, 2); // the first device's token is out
    assert_int_equal(give_code(c, "b-none", hash, T0), ENOENT);
}

static void run_sql(const struct store_case *c, const char *sql)
{
    assert_int_equal(store_case_look(c, sql), -SQLITE_DONE);
}

// Who is signed in goes on when nothing more can be written; only his time is not renewed.
static void test_session_use_cannot_be_noted(void **state)
{
    struct store_case *c = *state;
    struct answer answer = {0};
    assert_int_equal(add_session(c, "h", "u-lawyer-1", on_plain, &answer), 0);
    store_case_wait(c, &answer.done);
    run_sql(c, "CREATE TRIGGER full BEFORE UPDATE ON session BEGIN SELECT RAISE(FAIL, ''); END");
    assert_string_equal(use(c, "h", T0 + 1000).user.id, "u-lawyer-1");
    assert_int_equal(use(c, "h", T0 + 1800000).err, ENOENT);
    run_sql(c, "DROP TRIGGER full");
    assert_string_equal(use(c, "h", T0 + 1000).user.id, "u-lawyer-1");
    assert_string_equal(use(c, "h", T0 + 1800000).user.id, "u-lawyer-1");
}

static void test_link(void **state)
{
    struct store_case *c = *state;
    char hash[SECRET_HASH_MAX];
    struct person member = {0}, stranger = {0}, again = {0};
    secret_hash("demo-link", hash);
    assert_int_equal(store_member_by_link(c->store, hash, on_member, &member), 0);
    assert_int_equal(store_member_by_link(c->store, "demo-link", on_member, &stranger), 0);
    assert_int_equal(store_member_by_id(c->store, "m-demo", on_member, &again), 0);
    store_case_wait(c, &again.done);
    assert_int_equal(member.err, 0);
    assert_string_equal(member.member.id, "m-demo");
    assert_string_equal(member.member.lecture, "l-demo");
    assert_int_equal(stranger.err, ENOENT);
    assert_string_equal(again.member.lecture, "l-demo");
}

static void test_session(void **state)
{
    struct store_case *c = *state;
    struct answer answer = {0};
    assert_int_equal(add_session(c, "h1", "u-lawyer-1", on_plain, &answer), 0);
    store_case_wait(c, &answer.done);
    assert_int_equal(answer.err, 0);
    assert_string_equal(use(c, "h1", T0 + 1799999).user.name, "liu");
    assert_int_equal(use(c, "h1", T0 + 1799999 + 1799999).err, 0); // use keeps it alive
    assert_int_equal(use(c, "h1", T0 + 1799999 * 3 + 1).err, ENOENT);
    assert_int_equal(use(c, "h2", T0).err, ENOENT);
    assert_int_equal(add_session(c, "h3", "u-hall", NULL, NULL), 0);
    assert_int_equal(use(c, "h3", T0).err, 0);
    answer.done = false;
    assert_int_equal(store_session_end(c->store, "h3", T0, on_plain, &answer), 0);
    store_case_wait(c, &answer.done);
    assert_int_equal(use(c, "h3", T0).err, ENOENT);
    answer.done = false;
    assert_int_equal(add_session(c, "h4", "u-nobody", on_plain, &answer), 0);
    store_case_wait(c, &answer.done);
    assert_int_equal(answer.err, EINVAL);
}

static void test_seed_twice(void **state)
{
    struct store_case *c = *state;
    by_code(c, "483920", T0);
    store_case_close(c);
    store_case_open(c);
    struct store_seed seed = store_case_seed;
    seed.lawyer_password[0] = "new-password";
    seed.link = "another";
    assert_int_equal(store_seed_demo(c->store, &seed), 0);
    store_case_load(c);
    assert_int_equal(store_start(c->store), 0);
    assert_int_equal(store_seed_demo(c->store, &seed), EBUSY); // too late
    assert_int_equal(lectures_count(c->lectures), 1);
    assert_int_equal(password_check("new-password", by_name(c, "liu").user.password), 0);
    struct person booth = {0};
    assert_int_equal(store_booth_by_id(c->store, "b-demo", on_booth, &booth), 0);
    store_case_wait(c, &booth.done);
    assert_int_equal(booth.booth.generation, 1); // the enrolled device stays good
    assert_int_equal(by_code(c, "483920", T0).err, 0);
}

// --- audit --------------------------------------------------------------------------------------

static struct answer verify(struct store_case *c)
{
    struct answer answer = {0};
    assert_int_equal(store_audit_verify(c->store, on_number, &answer), 0);
    store_case_wait(c, &answer.done);
    return answer;
}

static void log_some(struct store_case *c, unsigned count)
{
    struct store_batch *batch;
    struct audit_entry entry = {.at_ms = T0, .actor = "lawyer:u-lawyer-1", .action = "sign_in"};
    assert_int_equal(store_batch_alloc(&batch), 0);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(store_batch_audit(batch, &entry), 0);
    assert_int_equal(store_case_commit(c, batch).err, 0);
}

static void restart(struct store_case *c)
{
    store_case_close(c);
    store_case_open(c);
    store_case_load(c);
    assert_int_equal(store_start(c->store), 0);
}

static void test_audit(void **state)
{
    struct store_case *c = *state;
    assert_int_equal(verify(c).err, 0);
    log_some(c, 3);
    restart(c);
    log_some(c, 4); // the chain goes on where it was
    assert_int_equal(verify(c).err, 0);
    assert_int_equal(verify(c).number, 7);
    assert_int_equal(store_case_look(c, "DELETE FROM audit WHERE n = 7"), -SQLITE_CONSTRAINT);
    assert_int_equal(store_case_look(c, "UPDATE audit SET at_ms = 1"), -SQLITE_CONSTRAINT);
    assert_int_equal(store_case_look(c, "DROP TRIGGER audit_keep"), -SQLITE_DONE);
    assert_int_equal(store_case_look(c, "UPDATE audit SET actor = 'nobody' WHERE n = 5"),
                     -SQLITE_DONE);
    assert_int_equal(verify(c).err, EBADMSG); // somebody who owns the file is seen at least
    assert_int_equal(verify(c).number, 4);
}

static void test_audit_cut_short(void **state)
{
    struct store_case *c = *state;
    log_some(c, 3);
    assert_int_equal(store_case_look(c, "DROP TRIGGER audit_stay"), -SQLITE_DONE);
    assert_int_equal(store_case_look(c, "DELETE FROM audit WHERE n = 3"), -SQLITE_DONE);
    assert_int_equal(verify(c).err, EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE_TEST(test_user),
        STORE_CASE_TEST(test_enrol_once),
        STORE_CASE_TEST(test_link),
        STORE_CASE_TEST(test_session),
        STORE_CASE_TEST(test_session_use_cannot_be_noted),
        STORE_CASE_TEST(test_seed_twice),
        STORE_CASE_TEST(test_audit),
        STORE_CASE_TEST(test_audit_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
