#pragma once
#include "signaling/api/inside.h"
#include "signaling/paper/paper.h"

// The papers of running consultations: stills of what the resident holds out, files of either side,
// pages of a PDF as the lawyer's page drew them. Only in memory, never decoded here, and wiped when
// the consultation is over. Files papers*.c share this; no other includes it.

#define PHOTO_BYTES_MAX  (128u << 10) // of a lawyer
#define PAPER_BYTES_MAX  (4u << 20)
#define PAPERS_COUNT_MAX 60                // of one consultation
#define PAPERS_BYTES_MAX (24u << 20)       // of one consultation
#define PAPERS_ALL_MAX   ((size_t)1 << 29) // bytes of all
#define PAPER_NAME_MAX   201
#define PAPER_PAGES_MAX  2000
#define PAPER_HASH_MAX   65 // SHA-256 in hex and a zero

// Whether the lawyer has seen the original of it.
enum paper_original { ORIGINAL_UNKNOWN, ORIGINAL_SEEN, ORIGINAL_NOT_SEEN };

struct paper {
    struct list link; // api.papers
    struct api *api;
    char consultation[CONSULT_ID_MAX];
    json_int_t n; // every paper of a gateway has another
    enum paper_type type;
    enum role by;
    char name[PAPER_NAME_MAX];
    json_int_t of;    // a page of the PDF of this number; 0: none
    long page, pages; // which one of how many
    struct paper_size size;
    char hash[PAPER_HASH_MAX];
    char kept[PAPER_KEPT_MAX]; // its id among those that stay; "": it goes with the meeting
    bool changed_since;        // it was kept: drawn on, or its original was seen
    struct loop_timer saving;  // what changed
    enum paper_original original;
    bool shown;                   // on all screens: one of a consultation at most
    char not_for[CONSULT_ID_MAX]; // who was parked when it was given; "": nobody
    unsigned char *bytes;
    size_t len;
    json_t *strokes; // arrays of x and y in turn
};

// The meeting that the caller is in, and not parked, if its id is `id` (NULL: whichever it is); or
// NULL.
const struct consultation *papers_meeting(const struct api *api, const struct caller *caller,
                                          const char *id);
// What who takes part may do with papers; each includes those before.
enum papers_may { PAPERS_SEE, PAPERS_POINT, PAPERS_GIVE };
// papers_may.c. The booth and the lawyer of it give; who joined points where his role is to
// explain.
enum papers_may papers_may(const struct api *api, const struct consultation *row,
                           const char *participant);
const char *papers_may_name(enum papers_may may); // "see", "point", "draw"
// NULL: there is none. `n` 0: the one that is shown.
struct paper *papers_find(const struct api *api, const char *consultation, json_int_t n);
// Is it there for this participant? What is given while one is parked is not for him, until it is
// shown when all are together.
bool papers_are_for(const struct paper *paper, const char *participant);
// A copy of `about` (which has no bytes) with these bytes, at the end of the list. NULL: no memory.
struct paper *papers_add(struct api *api, const struct paper *about, const void *bytes, size_t len);
// Is there room for one more of `len` bytes?
bool papers_have_room(const struct api *api, const char *consultation, size_t len);
// Shows this one (NULL: none) instead of what is shown.
void papers_show(struct api *api, const char *consultation, struct paper *paper);
// With the pages drawn of it.
void papers_wipe(struct api *api, struct paper *paper);

// papers_kept.c. Answers the PATCH that says whether it stays.
void papers_choose(struct call *call, struct paper *paper, bool kept);
// It was drawn on, or its original was seen: kept soon, too, if it is one that stays (a page: with
// its PDF).
void papers_changed(struct paper *paper);
// The same at once, before it is wiped.
void papers_keep_changes(struct paper *paper);
// papers_http.c
void paper_reply(struct call *call, json_int_t n, const char *type, const void *bytes, size_t len);

json_t *paper_json(const struct paper *paper);
// {"consultation","may","shown","strokes","papers"}, as far as it is for `participant`.
json_t *papers_json(const struct api *api, const struct consultation *row, const char *participant);
// Tells everybody of the meeting what there is now.
void papers_told(struct api *api, const struct consultation *row);
