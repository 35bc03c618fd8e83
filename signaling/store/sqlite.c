#include "signaling/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/store/migrations.h"

int db_errno(int code)
{
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return EEXIST;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_NOMEM:
        return ENOMEM;
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return EBUSY;
    case SQLITE_CONSTRAINT:
        return EINVAL; // a row that names nobody, or a value out of range
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return EBADMSG;
    case SQLITE_READONLY:
        return EROFS;
    case SQLITE_CANTOPEN:
        return ENOENT;
    default:
        return EIO;
    }
}

int db_begin(struct db *db)
{
    db->audit_begun = db->audit;
    return sql_run(db, SQL_BEGIN, "");
}

// SQLite rolls some failures (a full disk) back by itself; then there is nothing left to roll back.
int db_end(struct db *db, int err)
{
    if (!err)
        err = sql_run(db, SQL_COMMIT, "");
    if (!err)
        db->audit = db->audit_begun;
    else if (!sqlite3_get_autocommit(db->handle))
        sql_run(db, SQL_ROLLBACK, "");
    return err;
}

// --- opening ------------------------------------------------------------------------------------

// FULL: a commit is on the disk before it is acknowledged, also when the power goes. secure_delete:
// what is deleted is overwritten.
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA busy_timeout = 5000;";

static int execute(struct db *db, const char *sql)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        log_error("store", "%s", sqlite3_errmsg(db->handle));
    return db_errno(code);
}

static int read_version(struct db *db, size_t *version)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return db_errno(code);
    code = sqlite3_step(stmt);
    *version = (size_t)sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return db_errno(code);
}

static int migrate_one(struct db *db, size_t step)
{
    char set_version[48];
    sqlite3_snprintf(sizeof(set_version), set_version, "PRAGMA user_version = %d", (int)step + 1);
    int err = db_begin(db);
    if (err)
        return err;
    err = execute(db, store_migrations[step]);
    if (!err)
        err = execute(db, set_version);
    return db_end(db, err);
}

static int migrate(struct db *db)
{
    size_t version = 0;
    int err = read_version(db, &version);
    if (err)
        return err;
    if (version > store_migration_count) {
        log_error("store", "the database is of version %zu, this program knows %zu", version,
                  store_migration_count);
        return EPROTO;
    }
    for (; version < store_migration_count && !err; version++)
        err = migrate_one(db, version);
    return err;
}

// Made by us first, so that nobody else on the machine may read it (SQLite gives its log the same
// mode).
static int create_private(const char *path)
{
    if (strcmp(path, ":memory:") == 0)
        return 0;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

void db_close(void *arg)
{
    struct db *db = arg;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->handle);
    explicit_bzero(db->seal_key, sizeof(db->seal_key));
    mem_free(db);
}

static int db_open(void **dbp, const char *path)
{
    struct db *db = mem_zalloc(sizeof(*db));
    if (!db)
        return ENOMEM;
    int err = create_private(path);
    if (err)
        goto out;
    err = db_errno(sqlite3_open_v2(
        path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    if (err)
        goto out;
    sqlite3_extended_result_codes(db->handle, 1);
    err = execute(db, settings);
    if (!err)
        err = migrate(db);
    if (!err)
        err = db_audit_head(db);
out:
    if (err)
        db_close(db);
    else
        *dbp = db;
    return err;
}

// --- jobs ---------------------------------------------------------------------------------------

static int (*const runs[JOB_KINDS])(struct db *db, struct job *job) = {
    [JOB_COMMIT] = db_commit,
    [JOB_RELOAD] = db_reload,
    [JOB_EVENTS] = db_events,
    [JOB_USER_BY_NAME] = db_user_by_name,
    [JOB_USER_BY_ID] = db_user_by_id,
    [JOB_BOOTH_ENROL] = db_booth_enrol,
    [JOB_BOOTH_BY_ID] = db_booth_by_id,
    [JOB_MEMBER_BY_LINK] = db_member_by_link,
    [JOB_MEMBER_BY_ID] = db_member_by_id,
    [JOB_SESSION_ADD] = db_session_add,
    [JOB_SESSION_USE] = db_session_use,
    [JOB_SESSION_END] = db_session_end,
    [JOB_LIST] = db_list,
    [JOB_AUDIT_VERIFY] = db_audit_verify,
    [JOB_RECORD] = db_record,
    [JOB_RECORDS_OF] = db_records_of,
    [JOB_PURGE] = db_purge,
    [JOB_COUNT] = db_count,
    [JOB_PAPERS] = db_papers,
};

static int db_run(void *arg, struct job *job)
{
    struct db *db = arg;
    int err = runs[job->msg.kind](db, job);
    if (err && err != ENOENT && err != EACCES)
        log_error("store", "job %d failed: %s", job->msg.kind, strerror(err));
    return err;
}

static int db_run_together(void *db, struct msg *first, size_t count)
{
    return db_commit_together(db, first, count);
}

const struct store_backend store_sqlite = {
    .scheme = "sqlite:",
    .open = db_open,
    .close = db_close,
    .load = db_load,
    .seed = db_seed,
    .run = db_run,
    .run_together = db_run_together,
    .seal_rows = db_seal_rows,
    .record_key_id = db_record_key_id,
    .check_audit = db_check_audit,
    .audit_at = db_audit_at,
    .check = db_check,
    .copy = db_copy,
};
