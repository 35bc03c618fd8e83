#include "pipelines/playback.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "pipelines/mkv.h"
#include "pipelines/mkv_head.h"
#include "pipelines/sealed_file.h"

struct playback {
    struct sealed_file *file;
    struct playback_about about;
    uint8_t *head;
    size_t head_len;
    off_t first; // cluster, in the file
    int error;   // of reading it
};

static ssize_t read_sealed(void *arg, void *to, size_t len, off_t at)
{
    struct playback *playback = arg;
    ssize_t got = sealed_file_read(playback->file, to, len, at);
    if (got < 0)
        playback->error = errno;
    return got;
}

// The clusters are not changed: that their size is not said in them does no harm, for it is known
// where each begins.
static int make_head(struct playback *playback, const struct mkv_index *index,
                     const struct mkv_source *source)
{
    if (!mkv_has_frames(index))
        return ENODATA;
    int err = mkv_head(index, source, &playback->head, &playback->head_len);
    playback->first = index->first;
    playback->about = (struct playback_about){
        .size = (int64_t)(playback->head_len + mkv_clusters_len(index)),
        .duration_ms = index->duration_ms,
        .began_ms = index->began_ms,
        .webm = index->webm,
        .video = index->tracks[MKV_VIDEO].blocks > 0,
    };
    return err;
}

static int open_in(struct playback *playback, const char *path, const uint8_t *key,
                   const char *about)
{
    struct mkv_index index;
    int err = sealed_file_open(&playback->file, path, key, about);
    if (err)
        return err;
    const struct mkv_source source = {read_sealed, playback, sealed_file_size(playback->file)};
    if (source.size == 0)
        return ENODATA;
    err = mkv_index_read(&index, &source);
    if (err)
        return err;
    err = playback->error ? playback->error : make_head(playback, &index, &source);
    mkv_index_release(&index);
    return err;
}

int playback_open(struct playback **playbackp, const char *path, const uint8_t key[SEALED_KEY_LEN],
                  const char *about)
{
    struct playback *playback = mem_zalloc(sizeof(*playback));
    if (!playback)
        return ENOMEM;
    int err = open_in(playback, path, key, about);
    if (err)
        playback_free(playback);
    else
        *playbackp = playback;
    return err;
}

const struct playback_about *playback_about(const struct playback *playback)
{
    return &playback->about;
}

int playback_read(struct playback *playback, void *to, size_t len, int64_t at)
{
    size_t from_head = 0;
    if ((size_t)at < playback->head_len) {
        from_head = playback->head_len - (size_t)at;
        from_head = from_head < len ? from_head : len;
        memcpy(to, playback->head + at, from_head);
    }
    size_t rest = len - from_head;
    off_t from = playback->first + (off_t)(at + (int64_t)from_head) - (off_t)playback->head_len;
    if (!rest)
        return 0;
    ssize_t got = sealed_file_read(playback->file, (uint8_t *)to + from_head, rest, from);
    return got == (ssize_t)rest ? 0 : got < 0 ? errno : EIO;
}

void playback_free(struct playback *playback)
{
    if (!playback)
        return;
    sealed_file_free(playback->file);
    mem_free(playback->head);
    mem_free(playback);
}
