#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "signaling/store/sqlite.h"

// Lists and writes that need no more than their statement (store.h). A list's columns have the
// names of its JSON members; a name that ends with ? is a boolean; NULL is left out.

static json_t *column(sqlite3_stmt *stmt, int i, bool is_boolean)
{
    if (sqlite3_column_type(stmt, i) == SQLITE_INTEGER && is_boolean)
        return json_boolean(sqlite3_column_int(stmt, i));
    if (sqlite3_column_type(stmt, i) == SQLITE_INTEGER)
        return json_integer(sqlite3_column_int64(stmt, i));
    const char *text = (const char *)sqlite3_column_text(stmt, i);
    return json_stringn(text, (size_t)sqlite3_column_bytes(stmt, i));
}

static int add_column(sqlite3_stmt *stmt, int i, json_t *object)
{
    const char *name = sqlite3_column_name(stmt, i);
    size_t len = name ? strlen(name) : 0;
    if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
        return 0;
    bool is_boolean = len && name[len - 1] == '?';
    json_t *value = column(stmt, i, is_boolean);
    return json_object_setn_new(object, name, len - is_boolean, value) < 0 ? ENOMEM : 0;
}

static int add_row(sqlite3_stmt *stmt, json_t *rows)
{
    json_t *object = json_object();
    int err = object ? 0 : ENOMEM;
    for (int i = 0; i < sqlite3_column_count(stmt) && !err; i++)
        err = add_column(stmt, i, object);
    if (!err && json_array_append(rows, object) < 0)
        err = ENOMEM;
    json_decref(object);
    return err;
}

int db_list(struct db *db, struct job *job)
{
    sqlite3_stmt *stmt;
    job->rows = json_array();
    if (!job->rows)
        return ENOMEM;
    int err = sql_start_values(db, (enum sql)(SQL_LISTS + job->number), &stmt, job->values->list,
                               job->values->count);
    if (err)
        return err;
    while (!(err = sql_next(stmt)))
        if ((err = add_row(stmt, job->rows)))
            break;
    sql_end(stmt);
    db_open_appointments(db, job->rows);
    return err == ENOENT ? 0 : err;
}

int db_write(struct db *db, enum store_write write, const struct store_values *values)
{
    sqlite3_stmt *stmt;
    int err = sql_start_values(db, (enum sql)(SQL_WRITES + write), &stmt, values->list,
                               values->count);
    if (err)
        return err;
    err = sql_next(stmt);
    sql_end(stmt);
    if (err != ENOENT)
        return err;
    return write < STORE_MAY_BE_NONE || sqlite3_changes(db->handle) ? 0 : ENOENT;
}
