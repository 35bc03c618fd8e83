#pragma once
#include "signaling/records.h"
#include "signaling/store/records.h"

// One command about a record on its way: looked up, opened, changed, saved. Files records.c and
// record_errand.c share it.

struct record_errand {
    struct control *control;
    enum record_verb verb;
    struct caller caller;
    char consultation[STORE_ID_MAX];
    char meeting[STORE_ID_MAX]; // of looks at earlier ones
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

// record_errand.c. NULL without memory.
struct record_errand *record_errand_new(struct control *control,
                                        const struct record_command *command);
void record_errand_free(struct record_errand *errand);
// Tells the outcome and frees the errand.
void record_errand_fail(struct record_errand *errand, const struct problem *problem);
void record_errand_show(struct record_errand *errand, const struct problem *problem);
// Opens what the store has, or begins anew. The problem, or NULL.
const struct problem *record_errand_open(struct record_errand *errand,
                                         const struct store_record *stored);
// Puts the record as it is now into the batch, as the next revision, and its seal into the audit
// log. ENOMEM, EIO, EMSGSIZE.
int record_errand_save(struct record_errand *errand, struct store_batch *batch);
int record_errand_note(const struct record_errand *errand, struct store_batch *batch,
                       const char *detail);
// As the domain wants it; borrowed from the errand.
struct record_frame record_errand_frame(const struct record_errand *errand);
