#include <errno.h>
#include <string.h>

#include "signaling/store/sqlite.h"

// The audit chain in its table.

static bool read_hash(sqlite3_stmt *stmt, int column, uint8_t *hash)
{
    if (sqlite3_column_bytes(stmt, column) != AUDIT_HASH_LEN)
        return false;
    memcpy(hash, sqlite3_column_blob(stmt, column), AUDIT_HASH_LEN);
    return true;
}

int db_audit_head(struct db *db)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_LAST_AUDIT, &stmt, "");
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err) {
        db->audit.n = sqlite3_column_int64(stmt, 0);
        err = read_hash(stmt, 1, db->audit.hash) ? 0 : EBADMSG;
    }
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}

int db_audit_add(struct db *db, struct audit_entry *entry)
{
    struct audit_walk *end = &db->audit_begun;
    entry->n = ++end->n;
    audit_seal(entry, end->hash);
    memcpy(end->hash, entry->hash, AUDIT_HASH_LEN);
    return sql_run(db, SQL_ADD_AUDIT, "iittttb", entry->n, entry->at_ms, entry->actor,
                   entry->action, entry->object, entry->detail, (const void *)entry->hash,
                   (size_t)AUDIT_HASH_LEN);
}

static int check_entry(sqlite3_stmt *stmt, struct audit_walk *walk)
{
    struct audit_entry entry = {.n = sqlite3_column_int64(stmt, 0),
                                .at_ms = sqlite3_column_int64(stmt, 1)};
    sql_text(stmt, 2, entry.actor, sizeof(entry.actor));
    sql_text(stmt, 3, entry.action, sizeof(entry.action));
    sql_text(stmt, 4, entry.object, sizeof(entry.object));
    sql_text(stmt, 5, entry.detail, sizeof(entry.detail));
    return read_hash(stmt, 6, entry.hash) ? audit_next(walk, &entry) : EBADMSG;
}

// The last entry is known since the start, so a chain cut at its end shows too.
int db_audit_verify(struct db *db, struct job *job)
{
    struct audit_walk walk = {0};
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_ALL_AUDIT, &stmt, "");
    if (err)
        return err;
    while (!(err = sql_next(stmt)))
        if ((err = check_entry(stmt, &walk)))
            break;
    sql_end(stmt);
    job->number = walk.n;
    if (err == ENOENT)
        err = walk.n == db->audit.n ? 0 : EBADMSG;
    return err;
}
