#include "signaling/viewing.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/carriage.h"
#include "signaling/recording_key.h"
#include "signaling/recording_read.h"
#include "signaling/records.h"

static const struct problem no_recordings = {
    404, "no-recording", "Not found", "nothing was recorded of this consultation", "consultation"};
static const struct problem no_viewing = {404, "no-viewing", "Not found",
                                          "this viewing is over; open it again", "viewing"};
static const struct problem no_file = {404, "no-recording", "Not found",
                                       "this viewing has no such file", "file"};
static const struct problem no_key = {503, "recording-key-missing", "Not available now",
                                      "its key is not here; ask the administrator", NULL};
static const struct problem damaged = {500, "recording-damaged", "Damaged",
                                       "it is not as it was recorded; ask the administrator", NULL};
static const struct problem bad_range = {416, "bad-range", "Not in it",
                                         "the file ends before this range", "range"};
static const struct problem too_many = {503, "too-many-viewings", "Not available now",
                                        "others are watching; please try again later", NULL};

struct piece {
    struct list link; // viewing.pieces
    struct viewing *viewing;
    size_t file;
    int64_t from;
    size_t len;
    uint8_t *bytes;
    int err;
    viewing_piece_h *done;
    void *arg;
};

static void viewing_free(struct viewing *viewing)
{
    for (size_t i = 0; i < viewing->count; i++)
        playback_free(viewing->files[i].playback);
    loop_timer_stop(viewing->viewings->control->loop, &viewing->idle);
    if (viewing->keys)
        OPENSSL_cleanse(viewing->keys, json_array_size(viewing->rows) * sizeof(*viewing->keys));
    mem_free(viewing->keys);
    json_decref(viewing->rows);
    mem_free(viewing);
}

// Who still waits for a piece gets it.
static void viewing_end(struct viewing *viewing)
{
    viewing->ended = true;
    viewing->viewings->count--;
    list_remove(&viewing->link);
    if (list_empty(&viewing->pieces))
        viewing_free(viewing);
}

static void unused(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)timer, (void)now_us;
    viewing_end(arg);
}

static void viewing_used(struct viewing *viewing)
{
    if (!viewing->ended)
        loop_timer_start(viewing->viewings->control->loop, &viewing->idle,
                         clock_us() + VIEWING_IDLE_US, unused, viewing);
}

// `id` NULL: whichever he has.
static struct viewing *viewing_of(const struct viewings *viewings, const char *lawyer,
                                  const char *id)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &((struct viewings *)(uintptr_t)viewings)->all)
    {
        struct viewing *viewing = container_of(pos, struct viewing, link);
        if (strcmp(viewing->caller.id, lawyer) == 0 && (!id || strcmp(viewing->id, id) == 0))
            return viewing;
    }
    return NULL;
}

// --- opening -----------------------------------------------------------------------------------

static void refuse(struct viewing *viewing, const struct problem *problem)
{
    viewing->done(viewing->arg, EIO, problem, NULL);
    viewing_free(viewing);
}

static void noted(void *arg, int err, int64_t first_event)
{
    struct viewing *viewing = arg;
    struct viewings *viewings = viewing->viewings;
    struct viewing *before = viewing_of(viewings, viewing->caller.id, NULL);
    (void)first_event;
    if (before)
        viewing_end(before);
    if (err || viewings->count >= VIEWINGS_MAX) {
        refuse(viewing, err ? &carriage_not_saved : &too_many);
        return;
    }
    list_append(&viewings->all, &viewing->link);
    viewings->count++;
    viewing_used(viewing);
    json_t *json = viewing_json(viewing);
    viewing->done(viewing->arg, json ? 0 : ENOMEM, json ? NULL : &carriage_not_saved, json);
    json_decref(json);
}

static void files_opened(void *arg)
{
    char actor[AUDIT_TEXT_MAX], detail[32];
    struct viewing *viewing = arg;
    snprintf(actor, sizeof(actor), "lawyer:%s", viewing->caller.id);
    snprintf(detail, sizeof(detail), "files:%zu", viewing->count);
    if (viewing->err || recording_note(viewing->viewings->control, actor, viewing->consultation,
                                       detail, noted, viewing) != 0)
        refuse(viewing, &carriage_not_saved);
}

// Nobody learns whether there is something he may not see before it is noted that he asked.
static void turned_away(void *arg, int err)
{
    refuse(arg, err ? &carriage_not_saved : &no_recordings);
}

static int take_keys(struct viewing *viewing)
{
    size_t i;
    json_t *row;
    viewing->keys = mem_array(json_array_size(viewing->rows), sizeof(*viewing->keys));
    if (!viewing->keys)
        return ENOMEM;
    json_array_foreach(viewing->rows, i, row)
    {
        int err = recording_row_key(viewing->viewings->control, row, viewing->keys[i]);
        if (err)
            return err;
    }
    return 0;
}

static void found(void *arg, int err, json_t *rows)
{
    struct viewing *viewing = arg;
    struct control *control = viewing->viewings->control;
    viewing->rows = json_incref(rows);
    if (err) {
        refuse(viewing, &carriage_not_saved);
    } else if (json_array_size(rows) == 0) {
        control_records.refused(control, &viewing->caller, viewing->consultation, turned_away,
                                viewing);
    } else if (take_keys(viewing) != 0) {
        refuse(viewing, &no_key);
    } else if (work_do(control->work, viewing_open_files, files_opened, viewing) != 0) {
        refuse(viewing, &carriage_not_saved);
    }
}

void control_view(void *ops_arg, const struct caller *caller, const char *consultation,
                  people_result_h *done, void *arg)
{
    struct control *control = ops_arg;
    const struct store_value values[] = {{.text = consultation}, {.text = caller->id}};
    struct viewing *viewing = mem_zalloc(sizeof(*viewing));
    if (!viewing) {
        done(arg, ENOMEM, &carriage_not_saved, NULL);
        return;
    }
    viewing->viewings = control->viewings;
    viewing->caller = *caller;
    viewing->done = done;
    viewing->arg = arg;
    list_init(&viewing->pieces);
    random_text(viewing->id, VIEWING_ID_MAX - 1);
    text_copy(viewing->consultation, sizeof(viewing->consultation), consultation);
    if (store_list(control->store, STORE_RECORDINGS, values, 2, found, viewing) != 0)
        refuse(viewing, &carriage_not_saved);
}

// --- pieces ------------------------------------------------------------------------------------

static void read_piece(void *arg)
{
    struct piece *piece = arg;
    struct playback *playback = piece->viewing->files[piece->file].playback;
    piece->bytes = mem_zalloc(piece->len);
    piece->err = piece->bytes ? playback_read(playback, piece->bytes, piece->len, piece->from)
                              : ENOMEM;
}

static void next_piece(struct viewing *viewing);

static void answer(struct piece *piece)
{
    struct viewing *viewing = piece->viewing;
    const struct playback_about *about = playback_about(viewing->files[piece->file].playback);
    const struct viewing_piece told = {piece->bytes, piece->len, piece->from, about->size,
                                       about->webm};
    const struct problem *problem = !piece->err            ? NULL
                                    : piece->err == ENOMEM ? &carriage_not_saved
                                                           : &damaged;
    piece->done(piece->arg, problem, &told);
    list_remove(&piece->link);
    if (piece->bytes)
        explicit_bzero(piece->bytes, piece->len);
    mem_free(piece->bytes);
    mem_free(piece);
}

static void piece_is_read(void *arg)
{
    struct piece *piece = arg;
    struct viewing *viewing = piece->viewing;
    answer(piece);
    next_piece(viewing);
}

static void next_piece(struct viewing *viewing)
{
    while (!list_empty(&viewing->pieces)) {
        struct piece *piece = container_of(viewing->pieces.next, struct piece, link);
        if (work_do(viewing->viewings->control->work, read_piece, piece_is_read, piece) == 0)
            return;
        piece->err = ENOMEM;
        answer(piece);
    }
    if (viewing->ended)
        viewing_free(viewing);
}

static const struct problem *ask(struct viewing *viewing, const struct viewing_request *request,
                                 viewing_piece_h *done, void *arg)
{
    int64_t size = playback_about(viewing->files[request->file].playback)->size;
    int64_t from = request->from < 0 ? size + request->from : request->from;
    from = from < 0 ? 0 : from;
    if (from >= size)
        return &bad_range;
    int64_t len = request->len < size - from ? request->len : size - from;
    struct piece *piece = mem_zalloc(sizeof(*piece));
    if (!piece)
        return &carriage_not_saved;
    *piece = (struct piece){.viewing = viewing,
                            .file = request->file,
                            .from = from,
                            .len = len < VIEWING_PIECE_MAX ? (size_t)len : VIEWING_PIECE_MAX,
                            .err = ENOMEM, // unless it is read
                            .done = done,
                            .arg = arg};
    bool first = list_empty(&viewing->pieces);
    list_append(&viewing->pieces, &piece->link);
    if (first)
        next_piece(viewing);
    return NULL;
}

void control_view_piece(void *ops_arg, const struct viewing_request *request, viewing_piece_h *done,
                        void *arg)
{
    const struct control *control = ops_arg;
    struct viewing *viewing = viewing_of(control->viewings, request->caller->id, request->viewing);
    const struct problem *problem = &no_viewing;
    if (viewing && strcmp(viewing->consultation, request->consultation) == 0) {
        viewing_used(viewing);
        problem = request->file < viewing->count ? ask(viewing, request, done, arg) : &no_file;
    }
    if (problem)
        done(arg, problem, NULL);
}

int control_view_end(void *ops_arg, const struct caller *caller, const char *id)
{
    const struct control *control = ops_arg;
    struct viewing *viewing = viewing_of(control->viewings, caller->id, id);
    if (viewing)
        viewing_end(viewing);
    return viewing ? 0 : ENOENT;
}

// --- life --------------------------------------------------------------------------------------

int viewings_alloc(struct viewings **viewingsp, struct control *control)
{
    struct viewings *viewings = mem_zalloc(sizeof(*viewings));
    if (!viewings)
        return ENOMEM;
    viewings->control = control;
    list_init(&viewings->all);
    *viewingsp = viewings;
    return 0;
}

void viewings_free(struct viewings *viewings)
{
    struct list *pos, *tmp;
    if (!viewings)
        return;
    list_each(pos, tmp, &viewings->all) viewing_end(container_of(pos, struct viewing, link));
    mem_free(viewings);
}
