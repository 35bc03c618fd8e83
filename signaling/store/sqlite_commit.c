#include <errno.h>
#include <string.h>

#include "signaling/consult/words.h"
#include "signaling/store/sqlite.h"

// One batch in one transaction.
struct commit {
    struct db *db;
    int64_t first_event, last_event;
    int64_t audit_n; // the chain's end, taken over when the commit succeeds
    uint8_t audit_hash[AUDIT_HASH_LEN];
};

static int put_consultation(struct commit *commit, struct batch_item *item)
{
    const struct consultation *row = &item->consultation;
    return sql_run(commit->db, SQL_PUT_CONSULTATION, "tiitnttttttttiiiiii", row->id, row->day,
                   row->ticket_no, row->booth, row->lawyer, row->declined_by, row->conflicts,
                   row->key, row->category, row->language, row->consent,
                   consult_state_name(row->state), consult_end_name(row->end_reason), row->asked_at,
                   row->offered_at, row->offer_expires_at, row->connected_at, row->suspended_at,
                   row->ended_at);
}

static int put_duty(struct commit *commit, struct batch_item *item)
{
    const struct consult_duty *row = &item->duty;
    return sql_run(commit->db, SQL_PUT_DUTY, "tiii", row->lawyer, (int64_t)row->on_duty, row->since,
                   row->last_served_at);
}

static int put_lecture(struct commit *commit, struct batch_item *item)
{
    const struct lecture *row = &item->lecture;
    int err = sql_run(commit->db, SQL_PUT_LECTURE, "tiit", lecture_state_name(row->state),
                      row->started_at, row->ended_at, row->id);
    if (err)
        return err;
    return sqlite3_changes(commit->db->handle) ? 0 : EINVAL;
}

static int add_event(struct commit *commit, struct batch_item *item)
{
    const struct batch_event *event = &item->event;
    int err = sql_run(commit->db, SQL_ADD_EVENT, "ittt", event->at_ms, event->topic, event->kind,
                      event->body);
    if (err)
        return err;
    commit->last_event = sqlite3_last_insert_rowid(commit->db->handle);
    if (!commit->first_event)
        commit->first_event = commit->last_event;
    return 0;
}

static int add_audit(struct commit *commit, struct batch_item *item)
{
    struct audit_entry *entry = &item->audit;
    entry->n = ++commit->audit_n;
    audit_seal(entry, commit->audit_hash);
    memcpy(commit->audit_hash, entry->hash, AUDIT_HASH_LEN);
    return sql_run(commit->db, SQL_ADD_AUDIT, "iittttb", entry->n, entry->at_ms, entry->actor,
                   entry->action, entry->object, entry->detail, (const void *)entry->hash,
                   (size_t)AUDIT_HASH_LEN);
}

static int (*const writers[])(struct commit *commit, struct batch_item *item) = {
    [ITEM_CONSULTATION] = put_consultation,
    [ITEM_DUTY] = put_duty,
    [ITEM_LECTURE] = put_lecture,
    [ITEM_EVENT] = add_event,
    [ITEM_AUDIT] = add_audit,
};

// Every thousandth event or so, the oldest go.
static int prune(const struct commit *commit)
{
    if (commit->first_event / 1000 == commit->last_event / 1000)
        return 0;
    return sql_run(commit->db, SQL_PRUNE_EVENTS, "i", commit->last_event - STORE_EVENTS_KEPT);
}

static int put_all(struct commit *commit, struct batch_item *item)
{
    int err = 0;
    for (; item && !err; item = item->next)
        err = writers[item->kind](commit, item);
    return err ? err : prune(commit);
}

int db_commit(struct db *db, struct job *job)
{
    struct commit commit = {.db = db, .audit_n = db->audit_n};
    memcpy(commit.audit_hash, db->audit_hash, AUDIT_HASH_LEN);
    int err = db_begin(db);
    if (err)
        return err;
    err = db_end(db, put_all(&commit, job->batch->first));
    if (err)
        return err;
    job->number = commit.first_event;
    db->audit_n = commit.audit_n;
    memcpy(db->audit_hash, commit.audit_hash, AUDIT_HASH_LEN);
    return 0;
}

// --- audit --------------------------------------------------------------------------------------

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
        db->audit_n = sqlite3_column_int64(stmt, 0);
        err = read_hash(stmt, 1, db->audit_hash) ? 0 : EBADMSG;
    }
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
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
        err = walk.n == db->audit_n ? 0 : EBADMSG;
    return err;
}
