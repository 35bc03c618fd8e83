#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/consult/words.h"
#include "signaling/store/sqlite.h"

// Records and their revisions.

static int read_consultation(sqlite3_stmt *stmt, struct store_record *record)
{
    char state[16];
    struct consultation *row = &record->row;
    sql_text(stmt, 0, row->id, sizeof(row->id));
    row->day = sqlite3_column_int64(stmt, 1);
    row->ticket_no = sqlite3_column_int64(stmt, 2);
    sql_text(stmt, 3, row->booth, sizeof(row->booth));
    sql_text(stmt, 4, record->booth_name, sizeof(record->booth_name));
    sql_text(stmt, 5, record->centre_name, sizeof(record->centre_name));
    sql_text(stmt, 6, record->centre_phone, sizeof(record->centre_phone));
    sql_text(stmt, 7, row->lawyer, sizeof(row->lawyer));
    sql_text(stmt, 8, record->lawyer_name, sizeof(record->lawyer_name));
    sql_text(stmt, 9, record->law_firm, sizeof(record->law_firm));
    sql_text(stmt, 10, record->licence_no, sizeof(record->licence_no));
    sql_text(stmt, 11, row->category, sizeof(row->category));
    sql_text(stmt, 12, row->language, sizeof(row->language));
    sql_text(stmt, 13, state, sizeof(state));
    row->connected_at = sqlite3_column_int64(stmt, 14);
    row->ended_at = sqlite3_column_int64(stmt, 15);
    return consult_state_parse(state, &row->state) ? EBADMSG : 0;
}

static int read_body(sqlite3_stmt *stmt, struct store_record *record)
{
    size_t len = (size_t)sqlite3_column_bytes(stmt, 21);
    if (sqlite3_column_bytes(stmt, 17) != STORE_RECORD_KEY_LEN || !len ||
        len > STORE_RECORD_BODY_MAX)
        return EBADMSG;
    record->body = mem_zalloc(len);
    if (!record->body)
        return ENOMEM;
    memcpy(record->body, sqlite3_column_blob(stmt, 21), len);
    record->body_len = len;
    memcpy(record->key, sqlite3_column_blob(stmt, 17), STORE_RECORD_KEY_LEN);
    return 0;
}

static int read_record(sqlite3_stmt *stmt, struct store_record *record)
{
    int err = read_consultation(stmt, record);
    record->n = sqlite3_column_int64(stmt, 19);
    if (err || !record->n)
        return err;
    sql_text(stmt, 16, record->state, sizeof(record->state));
    sql_text(stmt, 18, record->key_id, sizeof(record->key_id));
    record->at_ms = sqlite3_column_int64(stmt, 20);
    sql_text(stmt, 22, record->seal, sizeof(record->seal));
    return read_body(stmt, record);
}

int db_record(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    job->record = mem_zalloc(sizeof(*job->record)); // freed with the job
    if (!job->record)
        return ENOMEM;
    int err = sql_start(db, SQL_RECORD, &stmt, "t", job->key);
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err)
        err = read_record(stmt, job->record);
    sql_end(stmt);
    return err;
}

static void read_brief(sqlite3_stmt *stmt, struct store_record_brief *brief)
{
    sql_text(stmt, 0, brief->consultation, sizeof(brief->consultation));
    brief->day = sqlite3_column_int64(stmt, 1);
    brief->ticket_no = sqlite3_column_int64(stmt, 2);
    sql_text(stmt, 3, brief->booth_name, sizeof(brief->booth_name));
    sql_text(stmt, 4, brief->category, sizeof(brief->category));
    brief->connected_at = sqlite3_column_int64(stmt, 5);
    brief->ended_at = sqlite3_column_int64(stmt, 6);
    sql_text(stmt, 7, brief->state, sizeof(brief->state));
}

int db_records_of(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    job->briefs = mem_array(STORE_RECORDS_MAX, sizeof(*job->briefs)); // freed with the job
    if (!job->briefs)
        return ENOMEM;
    int err = sql_start(db, SQL_RECORDS_OF, &stmt, "ti", job->key, (int64_t)STORE_RECORDS_MAX);
    if (err)
        return err;
    job->number = 0;
    while (!(err = sql_next(stmt)))
        read_brief(stmt, &job->briefs[job->number++]);
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}

int db_record_add(struct db *db, const struct store_record_rev *rev)
{
    int err = sql_run(db, SQL_BEGIN_RECORD, "tbt", rev->consultation, (const void *)rev->key,
                      sizeof(rev->key), rev->key_id);
    if (!err)
        err = sql_run(db, SQL_ADD_RECORD_REV, "tiitb", rev->consultation, rev->n, rev->at_ms,
                      rev->author, (const void *)rev->body, rev->body_len);
    if (!err)
        err = sql_run(db, SQL_SET_RECORD_STATE, "tt", rev->state, rev->consultation);
    return err;
}

int db_record_key_id(void *arg, char key_id[STORE_KEY_ID_MAX])
{
    sqlite3_stmt *stmt;
    *key_id = 0;
    int err = sql_start(arg, SQL_RECORD_KEY_ID, &stmt, "");
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err)
        sql_text(stmt, 0, key_id, STORE_KEY_ID_MAX);
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}
