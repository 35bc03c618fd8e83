#pragma once
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "signaling/api/people.h"

// What the API asks of papers that are kept beyond their consultation; the composition above fills
// in the table. Control thread.

struct paper_kept {
    const char *consultation;
    const char *id;       // unguessable, made by the caller
    const char *hash;     // SHA-256 of the octets
    const json_t *about;  // what it is, and what is drawn on it
    const uint8_t *bytes; // NULL: as they were kept
    size_t len;
};

typedef void paper_done_h(void *arg, int err);
// `list` (borrowed) is what is known of each, with its "id" and "kept_at"; `bytes` are those that
// were asked for. `err` ENOENT: not for this caller, which is noted, or no such paper.
typedef void paper_read_h(void *arg, int err, json_t *list, const uint8_t *bytes, size_t len);

struct paper_ops {
    // Seals and stores it, in the place of what had this id; `bytes` NULL: only `about` is new.
    // `caller` NULL: nobody asked, nothing is noted in the audit log. Everything is copied.
    void (*keep)(void *ops_arg, const struct caller *caller, const struct paper_kept *kept,
                 paper_done_h *done, void *arg);
    void (*drop)(void *ops_arg, const struct caller *caller, const char *consultation,
                 const char *id, paper_done_h *done, void *arg);
    // All of a consultation whose lawyer `caller` is; with the octets of `id` ("": of none).
    void (*read)(void *ops_arg, const struct caller *caller, const char *consultation,
                 const char *id, paper_read_h *done, void *arg);
};
