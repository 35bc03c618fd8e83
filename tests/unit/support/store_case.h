#pragma once
// For tests of the store: a database in a directory of its own, and answers waited for.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "gateway/base/clock.h"
#include "gateway/base/loop.h"
#include "gateway/base/mem.h"
#include "signaling/store/seed.h"
#include "signaling/store/store.h"
#include "tests/unit/support/scratch.h"

#define T0 1780000000000ll

struct store_case {
    char dir[SCRATCH_LEN];
    char path[160];
    char url[200];
    struct loop *loop;
    struct store *store;
    struct consult *consult;
    struct lectures *lectures;
    int64_t last_event;
};

static const struct store_seed store_case_seed = {
    .lawyer_name = {"liu", "chen"},
    .lawyer_password = {"liu-1", "chen-1"},
    .hall_name = "hall",
    .hall_password = "hall-1",
    .staff_password = "desk-1",
    .enrol_code = "483920",
    .link = "demo-link",
    .now_ms = T0,
};

// Opens the database as it is and loads the domains; no thread yet.
static inline void store_case_open(struct store_case *c)
{
    assert_int_equal(store_alloc(&c->store, c->url, c->loop), 0);
    assert_int_equal(consult_alloc(&c->consult), 0);
    assert_int_equal(lectures_alloc(&c->lectures), 0);
}

static inline void store_case_load(struct store_case *c)
{
    assert_int_equal(store_load_all(c->store, c->consult, c->lectures, &c->last_event), 0);
}

static inline void store_case_close(struct store_case *c)
{
    store_free(c->store);
    consult_free(c->consult);
    lectures_free(c->lectures);
    c->store = NULL;
    c->consult = NULL;
    c->lectures = NULL;
}

static inline void store_case_dir(struct store_case *c)
{
    *c = (struct store_case){0};
    scratch_dir(c->dir);
    snprintf(c->path, sizeof(c->path), "%s/banyan.db", c->dir);
    snprintf(c->url, sizeof(c->url), "sqlite:%s", c->path);
    assert_int_equal(loop_alloc(&c->loop), 0);
}

// Hashing the demo people's passwords is slow, so it is done once and the file is kept.
struct store_case_image {
    char bytes[1 << 20];
    size_t len;
};

static inline void store_case_seed_new(struct store_case *c, struct store_case_image *image)
{
    store_case_open(c);
    assert_int_equal(store_seed_demo(c->store, &store_case_seed), 0);
    store_case_close(c);
    FILE *file = fopen(c->path, "rb");
    assert_non_null(file);
    image->len = fread(image->bytes, 1, sizeof(image->bytes), file);
    assert_true(image->len < sizeof(image->bytes));
    fclose(file);
}

static inline void store_case_seed_again(const struct store_case *c,
                                         const struct store_case_image *image)
{
    FILE *file = fopen(c->path, "wb");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    assert_int_equal(fwrite(image->bytes, 1, image->len, file), image->len);
    assert_int_equal(fclose(file), 0);
}

// A new database with the demo people, loaded and its thread running.
static inline void store_case_new(struct store_case *c)
{
    static struct store_case_image image;
    store_case_dir(c);
    if (image.len)
        store_case_seed_again(c, &image);
    else
        store_case_seed_new(c, &image);
    store_case_open(c);
    store_case_load(c);
    assert_int_equal(store_start(c->store), 0);
}

static inline void store_case_end(struct store_case *c)
{
    store_case_close(c);
    loop_free(c->loop);
}

static inline int store_case_setup(void **state)
{
    static struct store_case c;
    store_case_new(&c);
    *state = &c;
    return 0;
}

static inline int store_case_teardown(void **state)
{
    store_case_end(*state);
    return 0;
}

// A test with a case of its own.
#define STORE_CASE_TEST(name)                                                                      \
    cmocka_unit_test_setup_teardown(name, store_case_setup, store_case_teardown)

// Runs the loop until *done is set; five seconds are enough for any disk.
static inline void store_case_wait(struct store_case *c, const bool *done)
{
    int64_t deadline = clock_us() + 5000000;
    while (!*done && clock_us() < deadline)
        loop_step(c->loop, 10000);
    assert_true(*done);
}

struct answer {
    bool done;
    int err;
    int64_t number;
};

static inline void on_number(void *arg, int err, int64_t number)
{
    *(struct answer *)arg = (struct answer){true, err, number};
}

static inline void on_plain(void *arg, int err)
{
    *(struct answer *)arg = (struct answer){true, err, 0};
}

// Gives the batch away and waits for the answer.
static inline struct answer store_case_commit(struct store_case *c, struct store_batch *batch)
{
    struct answer answer = {0};
    assert_int_equal(store_commit(c->store, batch, on_number, &answer), 0);
    store_case_wait(c, &answer.done);
    return answer;
}

// What another program sees in the file: the first column of the first row as a number.
static inline int64_t store_case_look(const struct store_case *c, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(c->path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    int code = sqlite3_step(stmt);
    int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -code;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return value;
}

// A consultation that is over.
static inline void store_case_meeting(struct store_case *c, const char *id, int64_t ticket_no,
                                      const char *lawyer)
{
    struct store_batch *batch;
    struct consultation row = {.day = 20779,
                               .ticket_no = ticket_no,
                               .booth = "b-demo",
                               .category = "labour",
                               .language = "zh-CN",
                               .consent = "2026-11",
                               .state = CONSULT_CLOSED,
                               .end_reason = CONSULT_END_LAWYER_ENDED,
                               .asked_at = T0,
                               .connected_at = T0 + ticket_no,
                               .ended_at = T0 + 1000};
    strcpy(row.id, id);
    strcpy(row.lawyer, lawyer);
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_consultation(batch, &row), 0);
    assert_int_equal(store_case_commit(c, batch).err, 0);
}
