#pragma once
#include "signaling/store/records.h"

// Papers that were kept beyond their consultation. As with records, what they are and what they
// show comes here sealed and leaves it sealed.

#define STORE_PAPERS_MAX      60 // of one consultation
#define STORE_PAPER_ABOUT_MAX ((size_t)1 << 20)
#define STORE_PAPER_BODY_MAX  ((size_t)5 << 20)

struct store_paper {
    char id[STORE_ID_MAX];
    char consultation[STORE_ID_MAX];
    int64_t kept_at;
    uint8_t key[STORE_RECORD_KEY_LEN]; // of this paper, wrapped
    char key_id[STORE_KEY_ID_MAX];
    uint8_t *about; // sealed: what it is, and what is drawn on it
    size_t about_len;
    uint8_t *body; // sealed: its octets
    size_t body_len;
    // Read only.
    uint8_t about_key[STORE_RECORD_KEY_LEN]; // `key`, or another one since it was drawn on; wrapped
    char lawyer[STORE_ID_MAX];               // of the consultation
};

struct store_papers {
    size_t count;
    struct store_paper list[STORE_PAPERS_MAX];
};

// Borrowed. `papers` may be empty.
typedef void store_papers_h(void *arg, int err, const struct store_papers *papers);

// Those kept of a consultation, the oldest first; with its body that of this `id` alone (""
// none).
int store_papers(struct store *store, const char *consultation, const char *id,
                 store_papers_h *done, void *arg);
// In the place of the one of this id; without a body only `about` is new, under this `key`, and
// nothing happens when there is no such paper (any more). Copied. ENOMEM, EOVERFLOW, EMSGSIZE.
int store_batch_paper(struct store_batch *batch, const struct store_paper *paper);

// For the files of this folder.
void store_papers_free(struct store_papers *papers);
void store_paper_release(struct store_paper *paper);
