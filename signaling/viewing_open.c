#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <string.h>

#include "gateway/base/log.h"
#include "pipelines/part_name.h"
#include "pipelines/recording.h"
#include "signaling/recording_key.h"
#include "signaling/viewing.h"

// A recording is one file, and more where its pipeline was started again or its picture became
// another one: NAME, NAME-2, ...

static const char *id_of(const struct viewing *viewing, size_t row)
{
    return json_string_value(json_object_get(json_array_get(viewing->rows, row), "id"));
}

static int path_of(const struct viewing *viewing, size_t row, unsigned part, char path[PATH_MAX])
{
    char base[PATH_MAX];
    int len = snprintf(base, sizeof(base), "%s/recordings/%s",
                       viewing->viewings->control->config.data_dir, id_of(viewing, row));
    if (len < 0 || (size_t)len >= sizeof(base))
        return ENAMETOOLONG;
    return part_name(path, PATH_MAX, base, part, RECORDING_SEALED_SUFFIX);
}

// ENOENT: there is no such part. What is empty or damaged does not keep the others back.
static int open_part(struct viewing *viewing, size_t row, unsigned part)
{
    char path[PATH_MAX], about[SEALED_ABOUT_MAX];
    struct viewing_file *file = &viewing->files[viewing->count];
    int err = path_of(viewing, row, part, path);
    if (!err)
        err = recording_about(id_of(viewing, row), about);
    if (!err)
        err = playback_open(&file->playback, path, viewing->keys[row], about);
    if (err == ENOENT || err == ENOMEM)
        return err;
    if (err && err != ENODATA) {
        log_error("recording", "%s cannot be read: %s", path, strerror(err));
        viewing->damaged++;
    }
    if (err)
        return 0;
    file->row = row;
    file->part = part;
    viewing->count++;
    return 0;
}

void viewing_open_files(void *arg)
{
    struct viewing *viewing = arg;
    size_t rows = json_array_size(viewing->rows);
    for (size_t row = 0; row < rows && !viewing->err; row++) {
        int err = 0;
        for (unsigned part = 1; !err && part <= PART_MAX; part++)
            err = viewing->count < VIEWING_FILES_MAX ? open_part(viewing, row, part) : ENOENT;
        viewing->err = err == ENOENT ? 0 : err;
    }
    OPENSSL_cleanse(viewing->keys, rows * sizeof(*viewing->keys));
}

// --- what is told ------------------------------------------------------------------------------

static json_t *file_json(const struct viewing *viewing, size_t n)
{
    const struct viewing_file *file = &viewing->files[n];
    const struct playback_about *about = playback_about(file->playback);
    const json_t *row = json_array_get(viewing->rows, file->row);
    json_int_t began = about->began_ms ? about->began_ms
                                       : json_integer_value(json_object_get(row, "started_at"));
    return json_pack("{s:I, s:O, s:I, s:O, s:O, s:O, s:I, s:I, s:b}", "n", (json_int_t)n,
                     "recording", json_object_get(row, "id"), "part", (json_int_t)file->part,
                     "participant", json_object_get(row, "participant"), "role",
                     json_object_get(row, "role"), "name", json_object_get(row, "name"), "began_at",
                     began, "duration_ms", (json_int_t)about->duration_ms, "video", about->video);
}

json_t *viewing_json(const struct viewing *viewing)
{
    json_t *files = json_array();
    for (size_t n = 0; n < viewing->count; n++)
        json_array_append_new(files, file_json(viewing, n));
    return json_pack("{s:s, s:i, s:o}", "viewing", viewing->id, "damaged", (int)viewing->damaged,
                     "files", files);
}
