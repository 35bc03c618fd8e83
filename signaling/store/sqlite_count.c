#include <errno.h>

#include "signaling/statistics/count.h"
#include "signaling/store/sqlite.h"

// Rows of a span of time, given one by one to whoever counts them: however many there are, they
// take no room.

typedef void count_row_h(struct count *count, sqlite3_stmt *stmt);

static void take_visit(struct count *count, sqlite3_stmt *stmt)
{
    char category[CONSULT_WORD_MAX];
    sql_text(stmt, 0, category, sizeof(category));
    count_visit(count, &(const struct count_visit){.category = category,
                                                   .asked_at = sqlite3_column_int64(stmt, 1),
                                                   .connected_at = sqlite3_column_int64(stmt, 2),
                                                   .ended_at = sqlite3_column_int64(stmt, 3),
                                                   .score = sqlite3_column_int64(stmt, 4)});
}

static void take_message(struct count *count, sqlite3_stmt *stmt)
{
    count_message(count, sqlite3_column_int(stmt, 0) != 0, sqlite3_column_int64(stmt, 1),
                  sqlite3_column_int64(stmt, 2));
}

static void take_follow_up(struct count *count, sqlite3_stmt *stmt)
{
    count_follow_up(count, sqlite3_column_int(stmt, 0) != 0);
}

// One row: how many they are.
static void take_persons(struct count *count, sqlite3_stmt *stmt)
{
    count_persons(count, sqlite3_column_int64(stmt, 0));
}

static int take_all(struct db *db, struct job *job, enum sql sql, count_row_h *take)
{
    sqlite3_stmt *stmt;
    int err = sql_start_values(db, sql, &stmt, job->values->list, job->values->count);
    if (err)
        return err;
    while (!(err = sql_next(stmt)))
        take(job->count, stmt);
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}

int db_count(struct db *db, struct job *job)
{
    int err = count_alloc(&job->count); // freed with the job
    if (!err)
        err = take_all(db, job, SQL_COUNT_VISITS, take_visit);
    if (!err)
        err = take_all(db, job, SQL_COUNT_PERSONS, take_persons);
    if (!err)
        err = take_all(db, job, SQL_COUNT_MESSAGES, take_message);
    if (!err)
        err = take_all(db, job, SQL_COUNT_FOLLOW_UPS, take_follow_up);
    return err;
}
