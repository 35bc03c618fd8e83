#include "signaling/store/statement.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/store/sqlite.h"

static int prepare(struct db *db, enum sql sql, sqlite3_stmt **stmtp)
{
    if (!db->statements[sql]) {
        int code = sqlite3_prepare_v3(db->handle, sql_texts[sql], -1, SQLITE_PREPARE_PERSISTENT,
                                      &db->statements[sql], NULL);
        if (code != SQLITE_OK)
            return db_errno(code);
    }
    *stmtp = db->statements[sql];
    return 0;
}

static int bind_text(sqlite3_stmt *stmt, int index, const char *text, bool may_be_null)
{
    if (may_be_null && !*text)
        return sqlite3_bind_null(stmt, index);
    return sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
}

static int bind_all(sqlite3_stmt *stmt, const char *format, va_list args)
{
    int code = SQLITE_OK;
    for (int index = 1; *format && code == SQLITE_OK; format++, index++) {
        if (*format == 'i') {
            code = sqlite3_bind_int64(stmt, index, va_arg(args, int64_t));
        } else if (*format == 'b') {
            const void *bytes = va_arg(args, const void *);
            code = sqlite3_bind_blob64(stmt, index, bytes, va_arg(args, size_t), SQLITE_STATIC);
        } else {
            code = bind_text(stmt, index, va_arg(args, const char *), *format == 'n');
        }
    }
    return db_errno(code);
}

static int start(struct db *db, enum sql sql, sqlite3_stmt **stmtp, const char *format,
                 va_list args)
{
    int err = prepare(db, sql, stmtp);
    if (err)
        return err;
    err = bind_all(*stmtp, format, args);
    if (err)
        sql_end(*stmtp);
    return err;
}

int sql_start(struct db *db, enum sql sql, sqlite3_stmt **stmtp, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int err = start(db, sql, stmtp, format, args);
    va_end(args);
    return err;
}

int sql_start_values(struct db *db, enum sql sql, sqlite3_stmt **stmtp,
                     const struct store_value *values, size_t count)
{
    int err = prepare(db, sql, stmtp);
    if (err)
        return err;
    for (size_t i = 0; i < count && !err; i++) {
        int index = (int)i + 1;
        if (values[i].text)
            err = db_errno(sqlite3_bind_text(*stmtp, index, values[i].text, -1, SQLITE_STATIC));
        else
            err = db_errno(sqlite3_bind_int64(*stmtp, index, values[i].number));
    }
    if (err)
        sql_end(*stmtp);
    return err;
}

int sql_next(sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        return 0;
    return code == SQLITE_DONE ? ENOENT : db_errno(code);
}

void sql_end(sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

int sql_run(struct db *db, enum sql sql, const char *format, ...)
{
    sqlite3_stmt *stmt = NULL;
    va_list args;
    va_start(args, format);
    int err = start(db, sql, &stmt, format, args);
    va_end(args);
    if (err)
        return err;
    err = sql_next(stmt);
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}

void sql_text(sqlite3_stmt *stmt, int column, char *to, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    if (text_copy(to, size, text ? text : ""))
        return;
    size_t len = strlen(to);
    while (len && !text_is_utf8(to, len))
        to[--len] = 0;
}

void sql_read(sqlite3_stmt *stmt, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (int column = 0; format[column]; column++) {
        if (format[column] == 't') {
            char *to = va_arg(args, char *);
            sql_text(stmt, column, to, va_arg(args, size_t));
        } else if (format[column] == 'i') {
            *va_arg(args, int64_t *) = sqlite3_column_int64(stmt, column);
        } else {
            *va_arg(args, bool *) = sqlite3_column_int64(stmt, column) != 0;
        }
    }
    va_end(args);
}
