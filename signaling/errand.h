#pragma once
#include "signaling/records.h"
#include "signaling/store/records.h"

// One command about a record on its way: looked up, opened, changed, saved. Files records.c and
// errand.c share it.

struct errand {
    struct control *control;
    enum record_verb verb;
    struct caller caller;
    char consultation[STORE_ID_MAX];
    int64_t rev;
    json_t *fields;
    char item[STORE_ID_MAX];
    bool right;
    record_result_h *done;
    void *arg;

    struct store_record stored; // without its body
    struct record record;
    uint8_t key[VAULT_KEY_LEN]; // of this record
    char hash[RECORD_HASH_MAX];
    bool was_reading;
};

// errand.c. NULL without memory.
struct errand *errand_new(struct control *control, const struct record_command *command);
void errand_free(struct errand *errand);
// Tells the outcome and frees the errand.
void errand_fail(struct errand *errand, const struct problem *problem);
void errand_show(struct errand *errand, const struct problem *problem);
// Opens what the store has, or begins anew. The problem, or NULL.
const struct problem *errand_open(struct errand *errand, const struct store_record *stored);
// Puts the record as it is now into the batch, as the next revision, and its seal into the audit
// log. ENOMEM, EIO, EMSGSIZE.
int errand_save(struct errand *errand, struct store_batch *batch);
int errand_note(const struct errand *errand, struct store_batch *batch, const char *detail);
// As the domain wants it; borrowed from the errand.
struct record_frame errand_frame(const struct errand *errand);
