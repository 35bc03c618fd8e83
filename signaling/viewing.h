#pragma once
#include "gateway/base/list.h"
#include "pipelines/playback.h"
#include "signaling/control_inside.h"

// A lawyer watches what was recorded of his consultation: a viewing is opened, which is in the
// audit log before anything is told, and is then asked for pieces of its files. Keys and heads are
// in memory for as long as it lasts; what is decrypted goes to who asked and nowhere else. A lawyer
// has one at a time; it ends when he says so, or is not used any more. Control thread; files are
// read on a work thread.

#define VIEWING_ID_MAX    25
#define VIEWING_FILES_MAX 128
#define VIEWINGS_MAX      8
#define VIEWING_IDLE_US   (15 * 60 * 1000000LL)
#define VIEWING_PIECE_MAX (1024 * 1024)

struct viewing_file {
    struct playback *playback;
    size_t row; // in `rows`
    unsigned part;
};

struct viewings {
    struct control *control;
    struct list all; // viewing.link
    unsigned count;
};

struct viewing {
    struct list link; // viewings.all
    struct viewings *viewings;
    struct caller caller; // its lawyer
    char id[VIEWING_ID_MAX], consultation[CONSULT_ID_MAX];
    json_t *rows; // of recordings; their keys are wiped once the files are open
    uint8_t (*keys)[VAULT_KEY_LEN];
    struct viewing_file files[VIEWING_FILES_MAX];
    size_t count;
    unsigned damaged; // files that cannot be opened
    int err;
    struct list pieces; // asked for and not answered; the first is being read
    struct loop_timer idle;
    bool ended;
    people_result_h *done; // of the opening
    void *arg;
};

// ENOMEM.
int viewings_alloc(struct viewings **viewingsp, struct control *control);
// After the work has been drained.
void viewings_free(struct viewings *viewings);

// api's: see struct record_ops.
void control_view(void *ops_arg, const struct caller *caller, const char *consultation,
                  people_result_h *done, void *arg);
void control_view_piece(void *ops_arg, const struct viewing_request *request, viewing_piece_h *done,
                        void *arg);
int control_view_end(void *ops_arg, const struct caller *caller, const char *viewing);

// viewing_open.c, for viewing.c: on a work thread, opens every file of every row; viewing->err.
void viewing_open_files(void *arg);
// What the page is told of it. New reference, or NULL.
json_t *viewing_json(const struct viewing *viewing);
