#include <errno.h>
#include <fcntl.h>

#include "signaling/store/archive.h"
#include "tests/unit/support/store_case.h"

// Looking at a database and copying it, beside the gateway that writes it.

static void note(struct store_case *c, int count)
{
    for (int i = 0; i < count; i++) {
        struct store_batch *batch;
        struct audit_entry entry = {.at_ms = T0 + i};
        strcpy(entry.actor, "system");
        strcpy(entry.action, "test");
        assert_int_equal(store_batch_alloc(&batch), 0);
        assert_int_equal(store_batch_audit(batch, &entry), 0);
        assert_int_equal(store_case_commit(c, batch).err, 0);
    }
}

static void copy_path(const struct store_case *c, char path[192])
{
    snprintf(path, 192, "%s.copy", c->path);
}

static void test_sound(void **state)
{
    struct store_case *c = *state;
    int64_t before = 0, entries = 0;
    assert_int_equal(store_audit_check(c->url, &before), 0);
    note(c, 3);
    assert_int_equal(store_audit_check(c->url, &entries), 0);
    assert_int_equal(entries, before + 3);
    assert_int_equal(store_check(c->url, &entries), 0);
    assert_int_equal(entries, before + 3);
}

static void test_no_database(void **state)
{
    struct store_case *c = *state;
    int64_t entries;
    char path[192];
    copy_path(c, path);
    assert_int_equal(store_audit_check("sqlite:/nowhere/at.all", &entries), ENOENT);
    assert_int_equal(store_check("mysql:x", &entries), EINVAL);
    assert_int_equal(store_copy("sqlite:/nowhere/at.all", path), ENOENT);
    assert_int_not_equal(access(path, F_OK), 0);
}

// As somebody who may write the file, past the gateway.
static void tampered(struct store_case *c, const char *sql, int64_t whole)
{
    int64_t entries = -1;
    assert_int_equal(store_case_look(c, "DROP TRIGGER audit_keep"), -SQLITE_DONE);
    assert_int_equal(store_case_look(c, "DROP TRIGGER audit_stay"), -SQLITE_DONE);
    assert_int_equal(store_case_look(c, sql), -SQLITE_DONE);
    assert_int_equal(store_audit_check(c->url, &entries), EBADMSG);
    assert_int_equal(entries, whole);
    assert_int_equal(store_check(c->url, &entries), EBADMSG);
}

static void test_changed_entry(void **state)
{
    struct store_case *c = *state;
    note(c, 9);
    tampered(c, "UPDATE audit SET actor = 'nobody' WHERE n = 5", 4);
}

static void test_removed_entry(void **state)
{
    struct store_case *c = *state;
    note(c, 9);
    tampered(c, "DELETE FROM audit WHERE n = 7", 6);
}

static void test_row_of_nobody(void **state)
{
    struct store_case *c = *state;
    int64_t entries;
    assert_int_equal(store_case_look(c, "INSERT INTO link (hash, member, lecture)"
                                        " VALUES ('h', 'm-nobody', NULL)"),
                     -SQLITE_DONE); // this reader does not insist on references
    assert_int_equal(store_check(c->url, &entries), EBADMSG);
}

// The copy is what was there, whole, while more is written; and it is nobody's to read but the
// owner's.
static void test_copy_while_writing(void **state)
{
    struct store_case *c = *state;
    char path[192], url[224];
    int64_t entries = 0, before = 0;
    struct stat stat_;
    copy_path(c, path);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    note(c, 20);
    assert_int_equal(store_audit_check(c->url, &before), 0);
    assert_int_equal(store_copy(c->url, path), 0);
    note(c, 20); // the gateway goes on
    assert_int_equal(store_check(url, &entries), 0);
    assert_int_equal(entries, before);
    assert_int_equal(stat(path, &stat_), 0);
    assert_int_equal(stat_.st_mode & 0777, 0600);
    assert_int_equal(store_copy(c->url, path), EEXIST);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE_TEST(test_sound),         STORE_CASE_TEST(test_no_database),
        STORE_CASE_TEST(test_changed_entry), STORE_CASE_TEST(test_removed_entry),
        STORE_CASE_TEST(test_row_of_nobody), STORE_CASE_TEST(test_copy_while_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
