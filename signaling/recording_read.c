#include "signaling/recording_read.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "pipelines/recording.h"
#include "signaling/carriage.h"
#include "signaling/recording_key.h"

#define PIECE_MAX (1024 * 1024)

static const struct problem no_recording = {404, "no-recording", "Not found",
                                            "there is no such recording", "recording"};
static const struct problem no_key = {503, "recording-key-missing", "Not available now",
                                      "its key is not here; ask the administrator", NULL};
static const struct problem damaged = {500, "recording-damaged", "Damaged",
                                       "it is not as it was recorded; ask the administrator", NULL};

struct reading {
    struct control *control;
    char lawyer[CALLER_ID_MAX];
    char id[RECORDING_ID_MAX];
    char *path;
    uint8_t key[VAULT_KEY_LEN];
    int64_t from, next; // chunks
    uint8_t *bytes;
    size_t len;
    int err;
    recording_piece_h *done;
    void *arg;
};

static void reading_end(struct reading *reading, const struct problem *problem)
{
    const struct recording_piece piece = {reading->bytes, reading->len, reading->next};
    reading->done(reading->arg, problem, problem ? NULL : &piece);
    OPENSSL_cleanse(reading->key, sizeof(reading->key));
    mem_free(reading->bytes);
    mem_free(reading->path);
    mem_free(reading);
}

// --- work thread --------------------------------------------------------------------------------

// ENODATA and ESPIPE: the file ends before.
static int skip(struct sealed *sealed, int fd, int64_t chunks)
{
    uint8_t mark[SEALED_MARK_LEN];
    size_t len;
    for (; chunks > 0; chunks--) {
        if (read(fd, mark, sizeof(mark)) != sizeof(mark))
            return ESPIPE;
        int err = sealed_mark(mark, &len);
        if (err)
            return err;
        if (lseek(fd, (off_t)len, SEEK_CUR) < 0)
            return errno;
        sealed->chunk++;
    }
    return 0;
}

static int read_pieces(struct reading *reading, struct sealed *sealed, int fd)
{
    size_t len;
    int err = skip(sealed, fd, reading->from);
    while (!err && reading->len + SEALED_CHUNK_MAX <= PIECE_MAX) {
        err = sealed_read(sealed, fd, reading->bytes + reading->len, &len);
        reading->len += err ? 0 : len;
    }
    reading->next = err ? -1 : (int64_t)sealed->chunk;
    return err == ENODATA || err == ESPIPE ? 0 : err; // the end, or as far as it was written
}

static int open_file(struct reading *reading)
{
    char about[SEALED_ABOUT_MAX];
    uint8_t head[SEALED_HEAD_LEN];
    struct sealed sealed;
    int fd = open(reading->path, O_RDONLY | O_CLOEXEC);
    int err = fd < 0 ? errno : recording_about(reading->id, about);
    if (!err && read(fd, head, sizeof(head)) != sizeof(head))
        err = EBADMSG;
    if (!err)
        err = sealed_open(&sealed, reading->key, about, head);
    if (!err)
        err = read_pieces(reading, &sealed, fd);
    sealed_wipe(&sealed);
    if (fd >= 0)
        close(fd);
    return err;
}

static void run(void *arg)
{
    struct reading *reading = arg;
    reading->bytes = mem_zalloc(PIECE_MAX);
    reading->err = reading->bytes ? open_file(reading) : ENOMEM;
}

static void ran(void *arg)
{
    struct reading *reading = arg;
    if (reading->err)
        log_error("recording", "%s cannot be read: %s", reading->id, strerror(reading->err));
    reading_end(reading, !reading->err            ? NULL
                         : reading->err == ENOENT ? &no_recording
                         : reading->err == ENOMEM ? &carriage_not_saved
                                                  : &damaged);
}

// --- the lawyer's -------------------------------------------------------------------------------

static void noted(void *arg, int err, int64_t first_event)
{
    struct reading *reading = arg;
    (void)first_event;
    if (err || work_do(reading->control->work, run, ran, reading) != 0)
        reading_end(reading, &carriage_not_saved);
}

static int note(struct control *control, const char *actor, const char *id, const char *reason,
                store_done_h *done, void *arg)
{
    struct audit_entry entry = {.at_ms = clock_wall_ms()};
    struct store_batch *batch = NULL;
    int err = store_batch_alloc(&batch);
    text_copy(entry.actor, sizeof(entry.actor), actor);
    text_copy(entry.action, sizeof(entry.action), "recording_open");
    text_copy(entry.object, sizeof(entry.object), id);
    text_copy(entry.detail, sizeof(entry.detail), reason);
    if (!err)
        err = store_batch_audit(batch, &entry);
    if (!err)
        return store_commit(control->store, batch, done, arg);
    store_batch_free(batch);
    return err;
}

static const json_t *row_of(const json_t *rows, const char *id)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "id")), id) == 0)
            return row;
    }
    return NULL;
}

static int key_of(const struct control *control, const json_t *row, uint8_t key[VAULT_KEY_LEN])
{
    return recording_key(control, json_string_value(json_object_get(row, "id")),
                         json_string_value(json_object_get(row, "key_id")),
                         json_string_value(json_object_get(row, "key")), key);
}

static void found(void *arg, int err, json_t *rows)
{
    char actor[AUDIT_TEXT_MAX];
    struct reading *reading = arg;
    const json_t *row = err ? NULL : row_of(rows, reading->id);
    if (err || !row) {
        reading_end(reading, err ? &carriage_not_saved : &no_recording);
        return;
    }
    if (key_of(reading->control, row, reading->key) != 0) {
        reading_end(reading, &no_key);
        return;
    }
    snprintf(actor, sizeof(actor), "lawyer:%s", reading->lawyer);
    if (reading->from) // the first piece is the opening
        noted(reading, 0, 0);
    else if (note(reading->control, actor, reading->id, "", noted, reading) != 0)
        reading_end(reading, &carriage_not_saved);
}

void control_recording_piece(void *ops_arg, const struct recording_request *request,
                             recording_piece_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct reading *reading = mem_zalloc(sizeof(*reading));
    if (!reading) {
        done(arg, &carriage_not_saved, NULL);
        return;
    }
    reading->control = control;
    reading->done = done;
    reading->arg = arg;
    reading->from = request->from;
    text_copy(reading->lawyer, sizeof(reading->lawyer), request->caller->id);
    bool whole = text_copy(reading->id, sizeof(reading->id), request->recording);
    reading->path = mem_printf("%s/recordings/%s" RECORDING_SEALED_SUFFIX, control->config.data_dir,
                               reading->id);
    const struct store_value values[] = {{.text = request->consultation},
                                         {.text = reading->lawyer}};
    if (!whole || strchr(reading->id, '/'))
        reading_end(reading, &no_recording);
    else if (!reading->path ||
             store_list(control->store, STORE_RECORDINGS, values, 2, found, reading) != 0)
        reading_end(reading, &carriage_not_saved);
}

struct listing {
    people_result_h *done;
    void *arg;
};

// Keys, though sealed, are nobody's business.
static void listed(void *arg, int err, json_t *rows)
{
    struct listing *listing = arg;
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        json_object_del(row, "key");
        json_object_del(row, "key_id");
    }
    listing->done(listing->arg, err, err ? &carriage_not_saved : NULL, rows);
    mem_free(listing);
}

void control_recordings(void *ops_arg, const struct caller *caller, const char *consultation,
                        people_result_h *done, void *arg)
{
    const struct control *control = ops_arg;
    const struct store_value values[] = {{.text = consultation}, {.text = caller->id}};
    struct listing *listing = mem_zalloc(sizeof(*listing));
    int err = listing ? 0 : ENOMEM;
    if (!err) {
        *listing = (struct listing){done, arg};
        err = store_list(control->store, STORE_RECORDINGS, values, 2, listed, listing);
    }
    if (err) {
        mem_free(listing);
        done(arg, err, &carriage_not_saved, NULL);
    }
}

// --- the operator's -----------------------------------------------------------------------------

static void glass_noted(void *arg, int err, int64_t first_event)
{
    struct glass *glass = &((struct control *)arg)->glass;
    (void)first_event;
    glass->running = false;
    if (!err)
        return;
    json_decref(glass->result);
    glass->result = NULL;
}

static void glass_found(void *arg, int err, json_t *rows)
{
    struct control *control = arg;
    struct glass *glass = &control->glass;
    uint8_t key[VAULT_KEY_LEN];
    char hex[RECORDING_KEY_TEXT], about[SEALED_ABOUT_MAX];
    const json_t *row = err ? NULL : json_array_get(rows, 0);
    glass->running = false;
    if (!row || key_of(control, row, key) || recording_about(glass->id, about))
        return;
    text_hex(key, sizeof(key), hex);
    glass->result = json_pack("{s:b, s:s, s:s, s:s, s:s}", "done", 1, "directory",
                              control->config.data_dir, "id", glass->id, "about", about, "key",
                              hex);
    OPENSSL_cleanse(key, sizeof(key));
    OPENSSL_cleanse(hex, sizeof(hex));
    glass->running = glass->result &&
                     note(control, "operator", glass->id, glass->reason, glass_noted, control) == 0;
    if (glass->running)
        return;
    json_decref(glass->result);
    glass->result = NULL;
}

static json_t *glass_result(struct glass *glass, json_int_t job, const char **error)
{
    *error = "there is no such recording, its key is gone, or it could not be audited";
    if (job != glass->job || (!glass->running && !glass->result))
        return NULL;
    if (glass->running)
        return json_pack("{s:b}", "done", 0);
    json_t *result = glass->result;
    glass->result = NULL; // once
    return result;
}

json_t *control_break_glass(void *arg, const json_t *request, const char **error)
{
    struct control *control = arg;
    struct glass *glass = &control->glass;
    const char *id = json_string_value(json_object_get(request, "id"));
    const char *reason = json_string_value(json_object_get(request, "reason"));
    json_int_t job = json_integer_value(json_object_get(request, "job"));
    if (job)
        return glass_result(glass, job, error);
    *error = "--id is the recording's name without its ending, --reason says why (audited)";
    if (!id || !reason || !*reason || glass->running ||
        !text_copy(glass->id, sizeof(glass->id), id) ||
        !text_copy(glass->reason, sizeof(glass->reason), reason))
        return NULL;
    json_decref(glass->result);
    glass->result = NULL;
    const struct store_value values[] = {{.text = glass->id}};
    if (store_list(control->store, STORE_RECORDING, values, 1, glass_found, control) != 0)
        return NULL;
    glass->running = true;
    return json_pack("{s:I}", "job", ++glass->job);
}
