#pragma once
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "signaling/store/purge.h"
#include "signaling/store/store.h"

// Every statement the store uses, prepared once, with values bound and never written into the text.

struct db;

enum sql {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_PUT_CONSULTATION,
    SQL_PUT_PARTY,
    SQL_PUT_DUTY,
    SQL_ADD_RATING,
    SQL_PUT_ALARM,
    SQL_PUT_CONSENT,
    SQL_PUT_MESSAGE,
    SQL_PUT_APPOINTMENT,
    SQL_CLEAR_APPOINTMENTS,
    SQL_SEAL_APPOINTMENT,
    SQL_PUT_LECTURE,
    SQL_ADD_EVENT,
    SQL_PRUNE_EVENTS,
    SQL_EVENT_BOUNDS,
    SQL_EVENTS_OF_TOPIC,
    SQL_ADD_AUDIT,
    SQL_LAST_AUDIT,
    SQL_ALL_AUDIT,
    SQL_AUDIT_AT,
    SQL_USER_BY_NAME,
    SQL_USER_BY_ID,
    SQL_USER_BY_SESSION,
    SQL_BOOTH_BY_ID,
    SQL_BOOTH_BY_CODE,
    SQL_BOOTH_ENROLLED,
    SQL_MEMBER_BY_LINK,
    SQL_MEMBER_BY_ID,
    SQL_ADD_SESSION,
    SQL_USE_FACTOR,
    SQL_SET_FACTOR,
    SQL_SET_PASSWORD,
    SQL_TOUCH_SESSION,
    SQL_END_SESSION,
    SQL_SWEEP_SESSIONS,
    SQL_LOAD_CENTRES,
    SQL_LOAD_BOOTHS,
    SQL_LOAD_LAWYERS,
    SQL_LOAD_DUTIES,
    SQL_LOAD_CONSULTATIONS,
    SQL_LOAD_PARTIES,
    SQL_LOAD_UNRATED,
    SQL_LOAD_MESSAGES,
    SQL_LOAD_MESSAGE_ID,
    SQL_LOAD_LENGTHS,
    SQL_LOAD_ALARMS,
    SQL_LOAD_ALARM_ID,
    SQL_LOAD_CONSENTS,
    SQL_LOAD_SHIFTS,
    SQL_LOAD_TICKET,
    SQL_LOAD_ROOMS,
    SQL_LOAD_MET,
    SQL_LOAD_APPOINTMENTS,
    SQL_LOAD_APPOINTMENT_ID,
    SQL_LOAD_LECTURES,
    SQL_RECORD,
    SQL_RECORDS_OF,
    SQL_RECORD_KEY_ID,
    SQL_PAPERS,
    SQL_KEEP_PAPER,
    SQL_DRAW_PAPER,
    SQL_RECORDING,
    SQL_CLEAR_MESSAGES,
    SQL_SEAL_MESSAGE,
    SQL_BEGIN_RECORD,
    SQL_ADD_RECORD_REV,
    SQL_SET_RECORD_STATE,
    SQL_COUNT_VISITS,
    SQL_COUNT_PERSONS,
    SQL_COUNT_MESSAGES,
    SQL_COUNT_FOLLOW_UPS,
    SQL_SEED_CENTRE,
    SQL_SEED_BOOTH,
    SQL_SEED_USER,
    SQL_SEED_LECTURE,
    SQL_SEED_MEMBER,
    SQL_SEED_LINK,
    SQL_LISTS,                              // as enum store_list
    SQL_WRITES = SQL_LISTS + STORE_LISTS,   // as enum store_write
    SQL_PURGED = SQL_WRITES + STORE_WRITES, // as enum store_class: the ids of what is to go
    SQL_PURGE = SQL_PURGED + STORE_CLASSES, // as enum store_class
    SQL_COUNT = SQL_PURGE + STORE_CLASSES
};

// Their texts (statement_text.c).
extern const char *const sql_texts[SQL_COUNT];

// Prepares and binds. One letter a value: 't' const char *, 'n' const char * ("" becomes NULL),
// 'i' int64_t, 'b' const void * and size_t. Values must live until sql_end().
int sql_start(struct db *db, enum sql sql, sqlite3_stmt **stmtp, const char *format, ...);
// The same with the values in an array.
int sql_start_values(struct db *db, enum sql sql, sqlite3_stmt **stmtp,
                     const struct store_value *values, size_t count);
// Next row: 0, ENOENT after the last, or an error.
int sql_next(sqlite3_stmt *stmt);
void sql_end(sqlite3_stmt *stmt);
// All of it, for statements that give no rows.
int sql_run(struct db *db, enum sql sql, const char *format, ...);

// Column as text, cut at a character's edge when it is too long; NULL becomes "".
void sql_text(sqlite3_stmt *stmt, int column, char *to, size_t size);

// A row's columns from the first one on, a letter each: 't' char * and size_t, as sql_text() reads
// it; 'i' int64_t *; 'f' bool *, is it another number than 0.
void sql_read(sqlite3_stmt *stmt, const char *format, ...);
#define TO(text) (text), sizeof(text)
