#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/store/sqlite.h"

// Papers that were kept.

static int read_blob(sqlite3_stmt *stmt, int column, size_t max, uint8_t **bytesp, size_t *lenp)
{
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);
    if (!len || len > max)
        return EBADMSG;
    *bytesp = mem_zalloc(len);
    if (!*bytesp)
        return ENOMEM;
    memcpy(*bytesp, sqlite3_column_blob(stmt, column), len);
    *lenp = len;
    return 0;
}

static int read_paper(sqlite3_stmt *stmt, const char *consultation, struct store_paper *paper)
{
    if (sqlite3_column_bytes(stmt, 2) != STORE_RECORD_KEY_LEN ||
        sqlite3_column_bytes(stmt, 7) != STORE_RECORD_KEY_LEN)
        return EBADMSG;
    strcpy(paper->consultation, consultation);
    sql_text(stmt, 0, paper->id, sizeof(paper->id));
    paper->kept_at = sqlite3_column_int64(stmt, 1);
    memcpy(paper->key, sqlite3_column_blob(stmt, 2), STORE_RECORD_KEY_LEN);
    memcpy(paper->about_key, sqlite3_column_blob(stmt, 7), STORE_RECORD_KEY_LEN);
    sql_text(stmt, 3, paper->key_id, sizeof(paper->key_id));
    sql_text(stmt, 6, paper->lawyer, sizeof(paper->lawyer));
    int err = read_blob(stmt, 4, STORE_PAPER_ABOUT_MAX, &paper->about, &paper->about_len);
    if (!err && sqlite3_column_type(stmt, 5) != SQLITE_NULL)
        err = read_blob(stmt, 5, STORE_PAPER_BODY_MAX, &paper->body, &paper->body_len);
    return err;
}

int db_papers(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    struct store_papers *papers = mem_zalloc(sizeof(*papers));
    job->papers = papers; // freed with the job
    if (!papers || strlen(job->key) >= STORE_ID_MAX)
        return papers ? ENOENT : ENOMEM;
    int err = sql_start(db, SQL_PAPERS, &stmt, "tti", job->other, job->key,
                        (int64_t)STORE_PAPERS_MAX);
    if (err)
        return err;
    while (!(err = sql_next(stmt)) && papers->count < STORE_PAPERS_MAX) {
        err = read_paper(stmt, job->key, &papers->list[papers->count++]);
        if (err)
            break;
    }
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}

int db_paper_keep(struct db *db, const struct store_paper *paper)
{
    if (!paper->body)
        return sql_run(db, SQL_DRAW_PAPER, "bbt", (const void *)paper->key, sizeof(paper->key),
                       (const void *)paper->about, paper->about_len, paper->id);
    return sql_run(db, SQL_KEEP_PAPER, "ttibtbb", paper->id, paper->consultation, paper->kept_at,
                   (const void *)paper->key, sizeof(paper->key), paper->key_id,
                   (const void *)paper->about, paper->about_len, (const void *)paper->body,
                   paper->body_len);
}
