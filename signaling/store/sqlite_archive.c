#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "signaling/store/sqlite.h"

#define BUSY_MS       60000
#define BUSY_PAUSE_MS 5

// As somebody who only reads. The log of a running gateway is read too.
static int open_reader(struct db **dbp, const char *path)
{
    struct db *db = mem_zalloc(sizeof(*db));
    if (!db)
        return ENOMEM;
    int err = access(path, R_OK) == 0 ? 0 : errno;
    // Not read-only for SQLite: the last reader of a log that was left behind takes it over.
    if (!err)
        err = db_errno(
            sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    if (err) {
        db_close(db);
        return err;
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    *dbp = db;
    return 0;
}

static int check_chain(struct db *db, int64_t *entries)
{
    struct job job = {0};
    int err = db_audit_head(db);
    if (!err)
        err = db_audit_verify(db, &job);
    *entries = job.number;
    return err;
}

int db_check_audit(const char *path, int64_t *entries)
{
    struct db *db = NULL;
    *entries = 0;
    int err = open_reader(&db, path);
    if (err)
        return err;
    err = check_chain(db, entries);
    db_close(db);
    return err;
}

static int read_hash(struct db *db, int64_t n, uint8_t *hash)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_AUDIT_AT, &stmt, "i", n);
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err && sqlite3_column_bytes(stmt, 0) != AUDIT_HASH_LEN)
        err = EBADMSG;
    if (!err)
        memcpy(hash, sqlite3_column_blob(stmt, 0), AUDIT_HASH_LEN);
    sql_end(stmt);
    return err;
}

int db_audit_at(const char *path, int64_t n, int64_t *entries, uint8_t *hash)
{
    struct db *db = NULL;
    int err = open_reader(&db, path);
    if (err)
        return err;
    err = db_audit_head(db);
    *entries = n ? n : db->audit.n;
    if (!err)
        err = read_hash(db, *entries, hash);
    db_close(db);
    return err;
}

// The only row of a sound database; `sql` gives none, or one for each fault.
static int expect(struct db *db, const char *sql, const char *sound)
{
    sqlite3_stmt *stmt;
    char text[8] = "";
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return db_errno(code);
    code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        sql_text(stmt, 0, text, sizeof(text));
    sqlite3_finalize(stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return db_errno(code);
    return strcmp(text, sound) == 0 ? 0 : EBADMSG;
}

int db_check(const char *path, int64_t *entries)
{
    struct db *db = NULL;
    *entries = 0;
    int err = open_reader(&db, path);
    if (err)
        return err;
    err = expect(db, "PRAGMA integrity_check(1)", "ok");
    if (!err)
        err = expect(db, "PRAGMA foreign_key_check", "");
    if (!err)
        err = check_chain(db, entries);
    db_close(db);
    return err;
}

// --- copying ------------------------------------------------------------------------------------

// In one go, from one snapshot: readers of the log keep nobody from writing.
static int run_copy(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return db_errno(sqlite3_errcode(to));
    int code, waited_ms = 0;
    while ((code = sqlite3_backup_step(backup, -1)) != SQLITE_DONE && db_errno(code) == EBUSY &&
           waited_ms < BUSY_MS)
        waited_ms += sqlite3_sleep(BUSY_PAUSE_MS);
    sqlite3_backup_finish(backup);
    return db_errno(code);
}

// One file, without a log beside it.
static int copy_into(const char *to, sqlite3 *from)
{
    sqlite3 *handle = NULL;
    int err = db_errno(sqlite3_open_v2(to, &handle, SQLITE_OPEN_READWRITE, NULL));
    if (!err)
        err = run_copy(handle, from);
    if (!err)
        err = db_errno(sqlite3_exec(handle, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL));
    sqlite3_close(handle);
    return err;
}

static int sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int err = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return err;
}

int db_copy(const char *path, const char *to)
{
    struct db *db = NULL;
    int err = open_reader(&db, path);
    if (err)
        return err;
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        err = errno;
    } else {
        close(fd);
        err = copy_into(to, db->handle);
        if (!err)
            err = sync_file(to);
        if (err)
            unlink(to);
    }
    db_close(db);
    return err;
}
