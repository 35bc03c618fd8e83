#include "pipelines/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "pipelines/mkv_finish.h"
#include "pipelines/part_name.h"

#define WAITING_MAX 1024 // frames before the head is written

struct waiting {
    struct list link;
    struct recording_frame frame;
    uint8_t bytes[];
};

struct recording {
    struct recording_spec spec;
    int fd;
    struct sink *sink;
    unsigned number;
    struct mkv *mkv; // NULL until the head is written
    bool has_video;  // in this file
    unsigned width, height;
    int64_t start_us, video_us; // first frame of the file; latest picture
    int64_t began_ms;           // wall clock of the first frame
    bool started;
    uint8_t *config; // H.264's in this file
    size_t config_len;
    struct list waiting; // waiting.link
    size_t waiting_count;
};

static bool needs_config(const struct recording *recording)
{
    return strcmp(recording->spec.video, "H264") == 0;
}

int recording_about(const char *base, char about[SEALED_ABOUT_MAX])
{
    const char *slash = strrchr(base, '/');
    char stem[SEALED_ABOUT_MAX];
    int err = part_name(stem, sizeof(stem), slash ? slash + 1 : base, 1, "");

    if (err)
        return err;
    int len = snprintf(about, SEALED_ABOUT_MAX, "recording %s", stem);
    return len < 0 || len >= SEALED_ABOUT_MAX ? ENAMETOOLONG : 0;
}

static int sink_open(struct recording *recording)
{
    const struct recording_spec *spec = &recording->spec;
    char about[SEALED_ABOUT_MAX] = "";
    int err = spec->key ? recording_about(spec->base, about) : 0;

    return err ? err : sink_alloc(&recording->sink, recording->fd, spec->key, about);
}

static int file_open(struct recording *recording)
{
    char name[PATH_MAX];
    const struct recording_spec *spec = &recording->spec;
    int err = part_first_free(spec->base, &recording->number);

    if (!err)
        err = part_name(name, sizeof(name), spec->base, recording->number,
                        spec->key ? RECORDING_SEALED_SUFFIX : MKV_PART_SUFFIX);
    if (err)
        return err;
    recording->fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (recording->fd < 0 || flock(recording->fd, LOCK_EX | LOCK_NB) < 0)
        return errno;
    err = sink_open(recording);
    if (err) {
        unlink(name); // nothing is in it
        return err;
    }
    recording->spec.opened(recording->spec.arg, name);
    return 0;
}

static void file_close(struct recording *recording)
{
    mkv_free(recording->mkv);
    recording->mkv = NULL;
    sink_free(recording->sink);
    recording->sink = NULL;
    if (recording->fd >= 0) {
        fdatasync(recording->fd);
        close(recording->fd);
    }
    recording->fd = -1;
    recording->started = false;
    recording->width = recording->height = 0;
    mem_free(recording->config);
    recording->config = NULL;
    recording->config_len = 0;
}

static int config_keep(struct recording *recording, const struct recording_frame *frame)
{
    if (!frame || !frame->config)
        return 0;
    recording->config = mem_zalloc(frame->config_len);
    if (!recording->config)
        return ENOMEM;
    memcpy(recording->config, frame->config, frame->config_len);
    recording->config_len = frame->config_len;
    return 0;
}

// Writes the head. `video` is the first frame of the picture, NULL when it is not there yet.
static int head_write(struct recording *recording, const struct recording_frame *video)
{
    bool wanted = recording->spec.video[0] != '\0';
    int err = config_keep(recording, video);

    recording->has_video = wanted && (video || !needs_config(recording));
    recording->width = video ? video->width : 0;
    recording->height = video ? video->height : 0;
    struct mkv_format format = {
        .video = recording->has_video ? recording->spec.video : NULL,
        .audio = recording->spec.audio,
        .video_config = recording->config,
        .video_config_len = recording->config_len,
        .width = recording->width,
        .height = recording->height,
        .began_ms = recording->began_ms,
    };
    return err ? err : mkv_alloc(&recording->mkv, recording->sink, &format);
}

// VP8 and VP9 carry their size in each keyframe: the head only repeats the first.
static int size_note(struct recording *recording, const struct recording_frame *frame)
{
    if (frame->media != MKV_VIDEO || recording->width || !frame->width || !frame->height)
        return 0;
    recording->width = frame->width;
    recording->height = frame->height;
    return mkv_set_size(recording->mkv, frame->width, frame->height);
}

static int frame_put(struct recording *recording, const struct recording_frame *frame)
{
    int64_t at_us = frame->time_us - recording->start_us;
    int err = size_note(recording, frame);

    if (frame->media == MKV_VIDEO && at_us < recording->video_us)
        at_us = recording->video_us; // the picture never goes back, however its clock is corrected
    if (frame->media == MKV_VIDEO)
        recording->video_us = at_us;
    struct mkv_frame out = {
        .media = frame->media,
        .key = frame->key,
        .time_ms = at_us > 0 ? at_us / 1000 : 0,
        .data = frame->data,
        .len = frame->len,
    };
    return err ? err : mkv_write(recording->mkv, &out);
}

static int waiting_add(struct recording *recording, const struct recording_frame *frame)
{
    struct waiting *waiting = mem_zalloc(sizeof(*waiting) + frame->len);

    if (!waiting)
        return ENOMEM;
    waiting->frame = *frame;
    memcpy(waiting->bytes, frame->data, frame->len);
    waiting->frame.data = waiting->bytes;
    list_append(&recording->waiting, &waiting->link);
    recording->waiting_count++;
    return 0;
}

static int waiting_put(struct recording *recording, bool write)
{
    struct list *link, *next;
    int err = 0;

    list_each(link, next, &recording->waiting)
    {
        struct waiting *waiting = container_of(link, struct waiting, link);
        if (write && !err)
            err = frame_put(recording, &waiting->frame);
        list_remove(link);
        mem_free(waiting);
    }
    recording->waiting_count = 0;
    return err;
}

// Only H.264 needs something in the head that comes with its first frame.
static bool head_is_due(const struct recording *recording, const struct recording_frame *frame)
{
    int64_t waited_ms = (frame->time_us - recording->start_us) / 1000;

    return !needs_config(recording) || frame->media == MKV_VIDEO ||
           waited_ms >= RECORDING_WAIT_MS || recording->waiting_count >= WAITING_MAX;
}

static int head_or_wait(struct recording *recording, const struct recording_frame *frame)
{
    if (!head_is_due(recording, frame))
        return waiting_add(recording, frame);
    int err = head_write(recording, frame->media == MKV_VIDEO ? frame : NULL);
    if (!err)
        err = waiting_put(recording, true);
    return err ? err : frame_put(recording, frame);
}

static bool fits(const struct recording *recording, const struct recording_frame *frame)
{
    if (frame->media != MKV_VIDEO || !recording->mkv)
        return true;
    if (!recording->has_video)
        return false;
    return !frame->config || (frame->config_len == recording->config_len &&
                              memcmp(frame->config, recording->config, frame->config_len) == 0);
}

int recording_write(struct recording *recording, const struct recording_frame *frame)
{
    bool wanted = frame->media == MKV_AUDIO ? recording->spec.audio
                                            : recording->spec.video[0] != '\0';

    if (!wanted)
        return 0;
    if (!fits(recording, frame)) {
        if (!frame->key)
            return 0; // the next file begins with a keyframe
        file_close(recording);
        int err = file_open(recording);
        if (err)
            return err;
    }
    if (!recording->started) {
        recording->started = true;
        recording->start_us = frame->time_us;
        recording->began_ms = frame->wall_ms;
        recording->video_us = 0;
    }
    return recording->mkv ? frame_put(recording, frame) : head_or_wait(recording, frame);
}

int recording_alloc(struct recording **recordingp, const struct recording_spec *spec)
{
    if (!recordingp || !spec || (!spec->video[0] && !spec->audio))
        return EINVAL;
    struct recording *recording = mem_zalloc(sizeof(*recording));
    if (!recording)
        return ENOMEM;
    recording->spec = *spec;
    recording->fd = -1;
    list_init(&recording->waiting);
    int err = file_open(recording);
    if (err)
        recording_free(recording);
    else
        *recordingp = recording;
    return err;
}

// Sound that still waits for its picture is kept all the same.
static void waiting_end(struct recording *recording)
{
    bool write = recording->waiting_count > 0 && !head_write(recording, NULL);

    waiting_put(recording, write);
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    waiting_end(recording);
    file_close(recording);
    mem_free(recording);
}
