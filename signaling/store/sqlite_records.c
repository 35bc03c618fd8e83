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
    sql_read(stmt, "tiitttttttttttii", TO(row->id), &row->day, &row->ticket_no, TO(row->booth),
             TO(record->booth_name), TO(record->centre_name), TO(record->centre_phone),
             TO(row->lawyer), TO(record->lawyer_name), TO(record->law_firm), TO(record->licence_no),
             TO(row->category), TO(row->language), TO(state), &row->connected_at, &row->ended_at);
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
    sql_read(stmt, "tiittiit", TO(brief->consultation), &brief->day, &brief->ticket_no,
             TO(brief->booth_name), TO(brief->category), &brief->connected_at, &brief->ended_at,
             TO(brief->state));
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
