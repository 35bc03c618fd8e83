#include <errno.h>
#include <stdlib.h>

#include "gateway/base/mem.h"
#include "signaling/store/sqlite.h"

// Oldest event there is and newest number ever given; 0 when there is none.
static int bounds(struct db *db, int64_t *oldest, int64_t *newest)
{
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_EVENT_BOUNDS, &stmt, "");
    if (err)
        return err;
    err = sql_next(stmt);
    *oldest = err ? 0 : sqlite3_column_int64(stmt, 0);
    *newest = err ? 0 : sqlite3_column_int64(stmt, 1);
    sql_end(stmt);
    return err;
}

int db_last_event(struct db *db, int64_t *n)
{
    int64_t oldest;
    return bounds(db, &oldest, n);
}

static char *column_dup(sqlite3_stmt *stmt, int column)
{
    return mem_strdup((const char *)sqlite3_column_text(stmt, column));
}

static int fill(sqlite3_stmt *stmt, struct store_event *event)
{
    event->n = sqlite3_column_int64(stmt, 0);
    event->at_ms = sqlite3_column_int64(stmt, 1);
    event->topic = column_dup(stmt, 2);
    event->kind = column_dup(stmt, 3);
    event->body = column_dup(stmt, 4);
    return event->topic && event->kind && event->body ? 0 : ENOMEM;
}

// More than fit: the reader needs a snapshot anyway, so the rest is not read.
static int add_topic(struct db *db, struct event_page *page, const char *topic, int64_t since)
{
    sqlite3_stmt *stmt;
    int64_t limit = (int64_t)(page->max - page->count) + 1;
    int err = sql_start(db, SQL_EVENTS_OF_TOPIC, &stmt, "tii", topic, since, limit);
    if (err)
        return err;
    while (!page->gap && !(err = sql_next(stmt))) {
        page->gap = page->count == page->max;
        if (!page->gap && (err = fill(stmt, &page->list[page->count++])))
            break;
    }
    sql_end(stmt);
    return err == ENOENT ? 0 : err;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = ((const struct store_event *)a)->n, y = ((const struct store_event *)b)->n;
    return (x > y) - (x < y);
}

int db_events(struct db *db, struct job *job)
{
    struct event_page *page = job->page;
    int64_t oldest, newest;
    int err = bounds(db, &oldest, &newest);
    if (err)
        return err;
    page->gap = job->number > newest || job->number + 1 < oldest;
    for (size_t i = 0; i < page->topic_count && !page->gap && !err; i++)
        err = add_topic(db, page, page->topics[i], job->number);
    qsort(page->list, page->count, sizeof(page->list[0]), by_number);
    return err;
}
