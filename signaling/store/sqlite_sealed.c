#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "signaling/auth/person.h"
#include "signaling/store/sqlite.h"

// Who left a number or comes to an appointment: sealed in the database, in clear for who is to
// call. Each text is sealed with what it is and of which row, so that it opens nowhere else.

#define PHONE_MAX  24 // one in clear; sealed ones are longer
#define ABOUT_MAX  48
#define SEALED_MAX VAULT_TEXT(APPOINTMENT_TEXT_MAX)

_Static_assert(VAULT_EXTRA > PHONE_MAX, "sealed and clear ones differ by their length");
_Static_assert(APPOINTMENT_TEXT_MAX <= VAULT_TEXT_PLAIN, "the longest text can be sealed");

static int seal(const struct db *db, const char *what, int64_t id, const char *text,
                char sealed[SEALED_MAX])
{
    char about[ABOUT_MAX];
    if (!db->seals || !*text)
        return text_copy(sealed, SEALED_MAX, text) ? 0 : EINVAL;
    snprintf(about, sizeof(about), "%s %lld", what, (long long)id);
    return vault_seal_text(db->seal_key, about, text, strlen(text), sealed);
}

static void open_text(const struct db *db, const char *what, int64_t id, const char *sealed,
                      char *text, size_t size)
{
    char about[ABOUT_MAX];
    size_t len = 0;
    snprintf(about, sizeof(about), "%s %lld", what, (long long)id);
    int err = vault_open_text(db->seal_key, about, sealed, text, size - 1, &len);
    text[err ? 0 : len] = 0;
    if (err)
        log_error("store", "the %s %lld cannot be opened: %s", what, (long long)id, strerror(err));
}

// --- messages ------------------------------------------------------------------------------------

static const char message_phone[] = "message phone";

void db_open_phone(const struct db *db, int64_t message, const char *sealed, char *phone,
                   size_t size)
{
    if (strlen(sealed) <= PHONE_MAX)
        text_copy(phone, size, sealed);
    else
        open_text(db, message_phone, message, sealed, phone, size);
}

int db_put_message(struct db *db, const struct consult_message *row)
{
    char sealed[SEALED_MAX];
    int err = seal(db, message_phone, row->id, row->phone, sealed);
    if (err)
        return err;
    return sql_run(db, SQL_PUT_MESSAGE, "itttttiiin", row->id, row->booth, row->category, sealed,
                   row->half_day, row->reason, row->asked_at, row->due_at, row->answered_at,
                   row->answered_by);
}

// One that an earlier version wrote in clear. ENOENT: there is none any more.
static int seal_message(struct db *db)
{
    char phone[PHONE_MAX + 1], sealed[SEALED_MAX];
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_CLEAR_MESSAGES, &stmt, "");
    if (err)
        return err;
    err = sql_next(stmt);
    int64_t id = err ? 0 : sqlite3_column_int64(stmt, 0);
    if (!err)
        sql_text(stmt, 1, phone, sizeof(phone));
    sql_end(stmt);
    if (!err)
        err = seal(db, message_phone, id, phone, sealed);
    return err ? err : sql_run(db, SQL_SEAL_MESSAGE, "ti", sealed, id);
}

// --- appointments --------------------------------------------------------------------------------

struct sealed_appointment {
    char name[SEALED_MAX], phone[SEALED_MAX], purpose[SEALED_MAX];
    char mark[PERSON_HASH_MAX]; // of the phone number: how often he came is counted by it
};

static int seal_texts(const struct db *db, const struct consult_appointment *row,
                      struct sealed_appointment *sealed)
{
    char person[ABOUT_MAX];
    sealed->mark[0] = 0;
    int err = seal(db, "appointment name", row->id, row->name, sealed->name);
    if (!err)
        err = seal(db, "appointment phone", row->id, row->phone, sealed->phone);
    if (!err)
        err = seal(db, "appointment purpose", row->id, row->purpose, sealed->purpose);
    if (err || !db->seals)
        return err;
    // Not the mark that consultations have: what is apart stays apart.
    snprintf(person, sizeof(person), "appointment %s", row->phone);
    return person_hash(db->seal_key, person, sealed->mark);
}

int db_put_appointment(struct db *db, const struct consult_appointment *row)
{
    struct sealed_appointment sealed;
    int err = seal_texts(db, row, &sealed);
    if (err)
        return err;
    return sql_run(db, SQL_PUT_APPOINTMENT, "itttnttttttiiiii", row->id,
                   appointment_kind_name(row->kind), appointment_state_name(row->state), row->place,
                   row->lawyer, row->category, sealed.name, sealed.phone, sealed.purpose,
                   sealed.mark, row->reason, row->starts_at, row->ends_at, row->asked_at,
                   row->decided_at, row->reminded_at);
}

void db_open_appointment(const struct db *db, int64_t id, const char *what, const char *mark,
                         const char *sealed, char *text, size_t size)
{
    char about[ABOUT_MAX];
    snprintf(about, sizeof(about), "appointment %s", what);
    if (*mark && *sealed)
        open_text(db, about, id, sealed, text, size);
    else
        text_copy(text, size, sealed);
}

// One that an earlier version wrote in clear. ENOENT: there is none any more.
static int seal_appointment(struct db *db)
{
    struct consult_appointment row = {0};
    struct sealed_appointment sealed;
    sqlite3_stmt *stmt;
    int err = sql_start(db, SQL_CLEAR_APPOINTMENTS, &stmt, "");
    if (err)
        return err;
    err = sql_next(stmt);
    if (!err) {
        row.id = sqlite3_column_int64(stmt, 0);
        sql_text(stmt, 1, row.name, sizeof(row.name));
        sql_text(stmt, 2, row.phone, sizeof(row.phone));
        sql_text(stmt, 3, row.purpose, sizeof(row.purpose));
    }
    sql_end(stmt);
    if (!err)
        err = seal_texts(db, &row, &sealed);
    return err ? err
               : sql_run(db, SQL_SEAL_APPOINTMENT, "tttti", sealed.name, sealed.phone,
                         sealed.purpose, sealed.mark, row.id);
}

static void open_member(const struct db *db, json_t *row, const char *name, const char *mark)
{
    char text[APPOINTMENT_TEXT_MAX];
    const char *sealed = json_string_value(json_object_get(row, name));
    if (!sealed)
        return;
    const json_t *of = json_object_get(row, "appointment");
    db_open_appointment(db, json_integer_value(of ? of : json_object_get(row, "id")), name, mark,
                        sealed, text, sizeof(text));
    json_object_set_new(row, name, json_string(text));
}

void db_open_appointments(const struct db *db, json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const char *mark = json_string_value(json_object_get(row, "mark"));
        if (!mark) // of another list, or a task that is about none
            continue;
        open_member(db, row, "name", mark);
        open_member(db, row, "phone", mark);
        open_member(db, row, "purpose", mark);
        json_object_del(row, "mark");
    }
}

// --- from before ---------------------------------------------------------------------------------

static int seal_all(struct db *db, int (*seal_one)(struct db *db), unsigned *count)
{
    int err;
    while (!(err = seal_one(db)))
        ++*count;
    return err == ENOENT ? 0 : err;
}

int db_seal_rows(void *arg, const uint8_t key[VAULT_KEY_LEN])
{
    struct db *db = arg;
    unsigned count = 0;
    memcpy(db->seal_key, key, VAULT_KEY_LEN);
    db->seals = true;
    int err = seal_all(db, seal_message, &count);
    if (!err)
        err = seal_all(db, seal_appointment, &count);
    return err || !count ? err : db_rewrite(db);
}
