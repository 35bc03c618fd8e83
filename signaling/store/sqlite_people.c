#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "signaling/store/sqlite.h"

#define SESSION_MAX_MS (30 * 86400000ll) // kept at most this long without use

// Who did what at the door. The entry stands or falls with the change.
static int note(struct db *db, int64_t now_ms, const char *action, const char *kind, const char *id)
{
    char actor[AUDIT_TEXT_MAX];
    audit_actor(actor, kind, id);
    struct audit_entry entry = audit_entry_of(now_ms, actor, action, "", "");
    return db_audit_add(db, &entry);
}

// --- users --------------------------------------------------------------------------------------

static int read_user(sqlite3_stmt *stmt, struct store_user *user)
{
    char role[32], centres[SCOPE_LIST_MAX];
    sql_read(stmt, "tttttttttfftitftt", TO(user->id), TO(user->name), TO(user->password), TO(role),
             TO(user->display_name), TO(user->law_firm), TO(user->licence_no), TO(user->skills),
             TO(user->languages), &user->must_change, &user->needs_factor, TO(user->factor),
             &user->factor_step, TO(centres), &user->is_disabled, TO(user->scope.district),
             TO(user->scope.street));
    scope_read_centres(&user->scope, centres);
    return role_parse(role, &user->role) ? EBADMSG : 0;
}

static int take_user(sqlite3_stmt *stmt, struct store_user *user)
{
    int err = sql_next(stmt);
    if (!err)
        err = read_user(stmt, user);
    sql_end(stmt);
    return err;
}

static int find_user(struct db *db, enum sql sql, const char *key, struct store_user *user)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, sql, &stmt, "t", key);
    return err ? err : take_user(stmt, user);
}

int db_user_by_name(struct db *db, struct job *job)
{
    return find_user(db, SQL_USER_BY_NAME, job->key, &job->user);
}

int db_user_by_id(struct db *db, struct job *job)
{
    return find_user(db, SQL_USER_BY_ID, job->key, &job->user);
}

// --- booths -------------------------------------------------------------------------------------

static void read_booth(sqlite3_stmt *stmt, struct store_booth *booth)
{
    int64_t generation;
    sql_read(stmt, "ttti", TO(booth->id), TO(booth->name), TO(booth->centre_name), &generation);
    booth->generation = (uint32_t)generation;
}

int db_booth_by_id(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_BOOTH_BY_ID, &stmt, "t", job->key);
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err)
        read_booth(stmt, &job->booth);
    sql_end(stmt);
    return err;
}

static int spend_code(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_BOOTH_BY_CODE, &stmt, "ti", job->key, job->number);
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err)
        read_booth(stmt, &job->booth);
    sql_end(stmt);
    if (err)
        return err;
    job->booth.generation++;
    err = sql_run(db, SQL_BOOTH_ENROLLED, "t", job->booth.id);
    return err ? err : note(db, job->number, "booth_enrol", "booth", job->booth.id);
}

int db_booth_enrol(struct db *db, struct job *job)
{
    int err = db_begin(db);
    return err ? err : db_end(db, spend_code(db, job));
}

// --- members ------------------------------------------------------------------------------------

static int find_member(struct db *db, enum sql sql, struct job *job)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, sql, &stmt, "t", job->key);
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err)
        sql_read(stmt, "ttt", TO(job->member.id), TO(job->member.name), TO(job->member.lecture));
    sql_end(stmt);
    return err;
}

int db_member_by_link(struct db *db, struct job *job)
{
    return find_member(db, SQL_MEMBER_BY_LINK, job);
}

int db_member_by_id(struct db *db, struct job *job)
{
    return find_member(db, SQL_MEMBER_BY_ID, job);
}

// --- sessions -----------------------------------------------------------------------------------

// In the order of store_session_add().
enum { HASH, USER, ADDRESS, PASSWORD, FACTOR, STEP };

static int change_password(struct db *db, const struct job *job, const char *user)
{
    const char *password = job->values->list[PASSWORD].text;
    if (!password)
        return 0;
    int err = sql_run(db, SQL_SET_PASSWORD, "tt", password, user);
    if (!err) // whoever knew the old one is out
        err = sql_run(db, (enum sql)(SQL_WRITES + STORE_END_SESSIONS), "tt", user, "");
    return err ? err : note(db, job->number, "password_changed", "user", user);
}

static int change_factor(struct db *db, const struct job *job, const char *user)
{
    const char *factor = job->values->list[FACTOR].text;
    if (!factor)
        return 0;
    int err = sql_run(db, SQL_SET_FACTOR, "tt", factor, user);
    return err ? err : note(db, job->number, "second_factor_enrolled", "user", user);
}

// Two who type the same code at once: the second finds it used.
static int use_factor(struct db *db, const struct job *job, const char *user)
{
    int64_t step = job->values->list[STEP].number;
    if (!step)
        return 0;
    int err = sql_run(db, SQL_USE_FACTOR, "it", step, user);
    if (err)
        return err;
    return sqlite3_changes(db->handle) ? 0 : EACCES;
}

static int add_session(struct db *db, struct job *job)
{
    const struct store_value *values = job->values->list;
    const char *user = values[USER].text;
    int err = sql_run(db, SQL_SWEEP_SESSIONS, "i", job->number - SESSION_MAX_MS);
    if (!err)
        err = change_password(db, job, user);
    if (!err)
        err = change_factor(db, job, user);
    if (!err)
        err = use_factor(db, job, user);
    if (!err)
        err = sql_run(db, SQL_ADD_SESSION, "ttiit", values[HASH].text, user, job->number,
                      job->number, values[ADDRESS].text);
    return err ? err : note(db, job->number, "sign_in", "user", user);
}

int db_session_add(struct db *db, struct job *job)
{
    int err = db_begin(db);
    return err ? err : db_end(db, add_session(db, job));
}

// A full disk keeps the use from being noted, not the person from working: the session then only
// counts as unused since before.
int db_session_use(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_USER_BY_SESSION, &stmt, "ti", job->key, job->number - job->span_ms);
    if (!err)
        err = take_user(stmt, &job->user);
    if (!err && sql_run(db, SQL_TOUCH_SESSION, "it", job->number, job->key))
        log_warn("store", "the use of a session could not be noted");
    return err;
}

static int end_session(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_USER_BY_SESSION, &stmt, "ti", job->key, (int64_t)0);
    if (!err)
        err = take_user(stmt, &job->user);
    if (!err)
        err = sql_run(db, SQL_END_SESSION, "t", job->key);
    if (!err)
        err = note(db, job->number, "sign_out", "user", job->user.id);
    return err == ENOENT ? 0 : err; // it was over already
}

int db_session_end(struct db *db, struct job *job)
{
    int err = db_begin(db);
    return err ? err : db_end(db, end_session(db, job));
}
