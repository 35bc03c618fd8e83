#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "signaling/store/sqlite.h"

// Phone numbers of messages: sealed in the database, in clear for who is to call.

#define PHONE_MAX  24 // one in clear; sealed ones are longer
#define SEALED_MAX VAULT_TEXT(PHONE_MAX)

_Static_assert(VAULT_EXTRA > PHONE_MAX, "sealed and clear ones differ by their length");

static void about_phone(int64_t message, char about[48])
{
    snprintf(about, 48, "message phone %lld", (long long)message);
}

static int seal(const struct db *db, int64_t message, const char *phone, char sealed[SEALED_MAX])
{
    char about[48];
    if (!db->seals_messages || !*phone)
        return text_copy(sealed, SEALED_MAX, phone) ? 0 : EINVAL;
    about_phone(message, about);
    return vault_seal_text(db->message_key, about, phone, strlen(phone), sealed);
}

void db_open_phone(const struct db *db, int64_t message, const char *sealed, char *phone,
                   size_t size)
{
    char about[48];
    size_t len = 0;
    *phone = 0;
    if (strlen(sealed) <= PHONE_MAX) {
        text_copy(phone, size, sealed);
        return;
    }
    about_phone(message, about);
    int err = vault_open_text(db->message_key, about, sealed, phone, size - 1, &len);
    phone[err ? 0 : len] = 0;
    if (err)
        log_error("store", "the phone number of message %lld cannot be opened: %s",
                  (long long)message, strerror(err));
}

int db_put_message(struct db *db, const struct consult_message *row)
{
    char sealed[SEALED_MAX];
    int err = seal(db, row->id, row->phone, sealed);
    if (err)
        return err;
    return sql_run(db, SQL_PUT_MESSAGE, "ittttiiin", row->id, row->booth, row->category, sealed,
                   row->half_day, row->asked_at, row->due_at, row->answered_at, row->answered_by);
}

// One that an earlier version wrote in clear. ENOENT: there is none any more.
static int seal_one(struct db *db)
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
        err = seal(db, id, phone, sealed);
    return err ? err : sql_run(db, SQL_SEAL_MESSAGE, "ti", sealed, id);
}

int db_seal_messages(void *arg, const uint8_t key[VAULT_KEY_LEN])
{
    struct db *db = arg;
    int err;
    memcpy(db->message_key, key, VAULT_KEY_LEN);
    db->seals_messages = true;
    while (!(err = seal_one(db)))
        ;
    return err == ENOENT ? 0 : err;
}
