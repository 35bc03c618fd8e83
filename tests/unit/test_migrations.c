// A database of an earlier version keeps what it has.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "signaling/store/migrations.h"

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int count(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int n = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

// All up to the first that has this word in it; to the last without one.
static void migrate(sqlite3 *db, const char *word, size_t *next)
{
    for (; *next < store_migration_count; ++*next) {
        if (word && strstr(store_migrations[*next], word))
            return;
        assert_int_equal(run(db, store_migrations[*next]), SQLITE_OK);
    }
}

static void consents_of_before_are_kept(void **state)
{
    sqlite3 *db;
    size_t next = 0;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(run(db, "PRAGMA foreign_keys = ON"), SQLITE_OK);
    migrate(db, "consent_of_three", &next);
    assert_int_equal(
        run(db, "INSERT INTO centre (id, name, phone, address) VALUES ('ct', '', '', '');"
                "INSERT INTO booth (id, name, centre) VALUES ('b', '', 'ct');"
                "INSERT INTO consultation (id, day, ticket_no, booth, declined_by, conflicts, key,"
                " category, language, consent, state, end_reason, asked_at, offered_at,"
                " offer_expires_at, connected_at, suspended_at, ended_at)"
                " VALUES ('c-1', 1, 1, 'b', '', '', '', 'debt', 'zh-CN', '1', 'closed', '', 1, 1,"
                " 1, 1, 1, 1);"
                "INSERT INTO consent VALUES ('c-1', 1, 'b', 'notice', 1, '2026-11', 5, 0);"
                "INSERT INTO consent VALUES ('c-1', 2, 'b', 'sensitive', 1, '2026-11', 6, 7)"),
        SQLITE_OK);
    assert_int_not_equal(run(db, "INSERT INTO consent VALUES ('c-1', 3, 'b', 'earlier', 1, '', 1, "
                                 "0)"),
                         SQLITE_OK);
    assert_int_equal(run(db, "BEGIN"), SQLITE_OK);
    migrate(db, NULL, &next);
    assert_int_equal(run(db, "COMMIT"), SQLITE_OK);
    assert_int_equal(count(db, "SELECT count(*) FROM consent WHERE at_ms IN (5, 6)"), 2);
    assert_int_equal(run(db, "INSERT INTO consent VALUES ('c-1', 3, 'b', 'earlier', 1, '', 1, 0)"),
                     SQLITE_OK);
    assert_int_not_equal(run(db, "UPDATE consent SET given = 0 WHERE n = 1"), SQLITE_OK);
    assert_int_equal(run(db, "DELETE FROM consultation"), SQLITE_OK);
    assert_int_equal(count(db, "SELECT count(*) FROM consent"), 0);
    sqlite3_close(db);
}

static void accounts_of_one_centre_stay_of_it(void **state)
{
    sqlite3 *db;
    size_t next = 0;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(run(db, "PRAGMA foreign_keys = ON"), SQLITE_OK);
    migrate(db, "user_centre", &next);
    assert_int_equal(
        run(db, "INSERT INTO centre (id, name, phone, address) VALUES ('ct', '', '', '');"
                "INSERT INTO user (id, name, password, role, display_name, law_firm, licence_no,"
                " skills, languages, centre)"
                " VALUES ('u-1', 'a', '', 'staff', '', '', '', '', '', 'ct'),"
                " ('u-2', 'b', '', 'staff', '', '', '', '', '', NULL);"
                "INSERT INTO session (hash, user, made_at, used_at) VALUES ('h', 'u-1', 1, 1)"),
        SQLITE_OK);
    assert_int_equal(run(db, "BEGIN"), SQLITE_OK);
    migrate(db, NULL, &next);
    assert_int_equal(run(db, "COMMIT"), SQLITE_OK);
    assert_int_equal(count(db, "SELECT count(*) FROM user_centre"), 1);
    assert_int_equal(
        count(db, "SELECT count(*) FROM user_centre WHERE user = 'u-1' AND centre = 'ct'"), 1);
    assert_int_equal(count(db, "SELECT count(*) FROM session"), 1);
    assert_int_not_equal(run(db, "INSERT INTO user_centre VALUES ('u-2', 'none')"), SQLITE_OK);
    assert_int_not_equal(run(db, "DELETE FROM centre"), SQLITE_OK); // nobody becomes everybody's
    assert_int_equal(run(db, "DELETE FROM user WHERE id = 'u-1'"), SQLITE_OK);
    assert_int_equal(count(db, "SELECT count(*) FROM user_centre"), 0);
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(consents_of_before_are_kept),
                                       cmocka_unit_test(accounts_of_one_centre_stay_of_it)};
    return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}
