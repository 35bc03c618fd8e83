#pragma once
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "signaling/store/inside.h"
#include "signaling/store/statement.h"

// The SQLite database of the store thread, and the parts of its work.

struct db {
    sqlite3 *handle;
    sqlite3_stmt *statements[SQL_COUNT]; // prepared when first used
    struct audit_walk audit;             // the end of the audit chain
    uint8_t seal_key[VAULT_KEY_LEN];
    bool seals;
    struct audit_walk audit_begun; // with what the transaction under way adds
};

// errno for an SQLite result code.
int db_errno(int code);

// BEGIN IMMEDIATE; then COMMIT when `err` is 0, else ROLLBACK. db_end() returns what failed first.
int db_begin(struct db *db);
int db_end(struct db *db, int err);

void db_close(void *db);

// sqlite_commit.c
int db_commit(struct db *db, struct job *job);
int db_commit_together(struct db *db, struct msg *first, size_t count);
// sqlite_audit.c
int db_audit_head(struct db *db); // reads the end of the chain at start
// Seals the entry and writes it, inside a transaction: it stands or falls with it.
int db_audit_add(struct db *db, struct audit_entry *entry);
int db_audit_verify(struct db *db, struct job *job);
// sqlite_events.c
int db_events(struct db *db, struct job *job);
int db_last_event(struct db *db, int64_t *n);
// sqlite_people.c
int db_user_by_name(struct db *db, struct job *job);
int db_user_by_id(struct db *db, struct job *job);
int db_booth_enrol(struct db *db, struct job *job);
int db_booth_by_id(struct db *db, struct job *job);
int db_member_by_link(struct db *db, struct job *job);
int db_member_by_id(struct db *db, struct job *job);
int db_session_add(struct db *db, struct job *job);
int db_session_use(struct db *db, struct job *job);
int db_session_end(struct db *db, struct job *job);
// sqlite_records.c
int db_record(struct db *db, struct job *job);
int db_records_of(struct db *db, struct job *job);
int db_papers(struct db *db, struct job *job);
int db_paper_keep(struct db *db, const struct store_paper *paper);
// Inside a transaction. EEXIST: there is such a revision already; EINVAL: the record is sealed.
int db_record_add(struct db *db, const struct store_record_rev *rev);
int db_record_key_id(void *db, char key_id[STORE_KEY_ID_MAX]);
// sqlite_rows.c
int db_list(struct db *db, struct job *job);
int db_write(struct db *db, enum store_write write, const struct store_values *values);
// sqlite_sealed.c
int db_seal_rows(void *db, const uint8_t key[VAULT_KEY_LEN]);
int db_put_message(struct db *db, const struct consult_message *row);
// A text that cannot be opened is "".
void db_open_phone(const struct db *db, int64_t message, const char *sealed, char *phone,
                   size_t size);
int db_put_appointment(struct db *db, const struct consult_appointment *row);
// `what` is name, phone or purpose; `mark` as in the row.
void db_open_appointment(const struct db *db, int64_t id, const char *what, const char *mark,
                         const char *sealed, char *text, size_t size);
// The three of each row of a list that has "mark", which is taken out; other lists stay as they
// are.
void db_open_appointments(const struct db *db, json_t *rows);
// sqlite_purge.c
int db_purge(struct db *db, struct job *job);
// What was deleted or written over is in no free page and not in the log any more. Not inside a
// transaction.
int db_rewrite(struct db *db);
// sqlite_count.c
int db_count(struct db *db, struct job *job);
// sqlite_load.c
int db_reload(struct db *db, struct job *job);
int db_load(void *db, struct consult *consult, struct lectures *lectures, int64_t *last_event);
// sqlite_seed.c
int db_seed(void *db, const struct store_seed *seed);
// sqlite_archive.c
int db_check_audit(const char *path, int64_t *entries);
int db_audit_at(const char *path, int64_t n, int64_t *entries, uint8_t *hash);
int db_check(const char *path, int64_t *entries);
int db_copy(const char *path, const char *to);
