#pragma once
#include "signaling/auth/vault.h"
#include "signaling/store/store.h"

// Records of consultations in the store. Their bodies come here sealed and leave it sealed: neither
// the database nor its thread ever sees what they say.

#define STORE_KEY_ID_MAX      17 // which key outside the database wraps a record's key
#define STORE_RECORD_KEY_LEN  (VAULT_KEY_LEN + VAULT_EXTRA)
#define STORE_RECORD_BODY_MAX 65536
#define STORE_RECORDS_MAX     100 // of one lawyer, in a list

// A consultation that somebody was offered, with its record's newest revision.
struct store_record {
    struct consultation row; // id, day, ticket, booth, lawyer, category, language, state, times
    char booth_name[STORE_TEXT_MAX], centre_name[STORE_TEXT_MAX], centre_phone[STORE_TEXT_MAX];
    char lawyer_name[STORE_TEXT_MAX], law_firm[STORE_TEXT_MAX], licence_no[STORE_TEXT_MAX];
    // The record; n 0: there is none yet, and nothing below counts.
    int64_t n;
    int64_t at_ms;
    char state[16];
    uint8_t key[STORE_RECORD_KEY_LEN]; // wrapped
    char key_id[STORE_KEY_ID_MAX];
    char seal[AUDIT_TEXT_MAX]; // as the audit log has it; "" without one
    uint8_t *body;             // sealed
    size_t body_len;
};

struct store_record_brief {
    char consultation[STORE_ID_MAX];
    int64_t day, ticket_no;
    char booth_name[STORE_TEXT_MAX];
    char category[CONSULT_WORD_MAX];
    int64_t connected_at, ended_at; // 0: it goes on
    char state[16];                 // of the record; "": none yet
};

// The next revision, and the state the record has with it. `key` and `key_id` count for the first.
struct store_record_rev {
    char consultation[STORE_ID_MAX];
    int64_t n;
    int64_t at_ms;
    char author[STORE_TEXT_MAX];
    char state[16];
    uint8_t key[STORE_RECORD_KEY_LEN];
    char key_id[STORE_KEY_ID_MAX];
    const uint8_t *body; // copied
    size_t body_len;
};

// ENOENT: no such consultation, or nobody was ever offered it.
typedef void store_record_h(void *arg, int err, const struct store_record *record);
// Those not sealed first, then the newest, at most STORE_RECORDS_MAX.
typedef void store_records_h(void *arg, int err, const struct store_record_brief *list,
                             size_t count);

int store_record(struct store *store, const char *consultation, store_record_h *done, void *arg);
int store_records_of(struct store *store, const char *lawyer, store_records_h *done, void *arg);
// The commit fails with EEXIST when there is a revision of this number, with EINVAL when the
// record is sealed. ENOMEM, EOVERFLOW.
int store_batch_record(struct store_batch *batch, const struct store_record_rev *rev);
// By which key the newest record was written; "" when there is none. Before store_start() only.
int store_record_key_id(struct store *store, char key_id[STORE_KEY_ID_MAX]);
