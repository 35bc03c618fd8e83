#include <errno.h>
#include <glib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "pipelines/process/capture.h"
#include "pipelines/process/finish.h"
#include "pipelines/process/kind.h"
#include "pipelines/recording.h"

// Records a room's tracks, and completes the files at the end.

struct record {
    const struct kind_run *run;
    GMainLoop *main;
    struct port *port;
    struct capture *capture;
    GMutex lock; // a thread a track writes
    struct recording *recording;
    uint8_t key[SEALED_KEY_LEN];
    int error; // the first, from writing
};

static gboolean on_write_failed(gpointer arg)
{
    struct record *record = arg;

    g_main_loop_quit(record->main);
    return G_SOURCE_REMOVE;
}

static void on_frame(void *arg, const struct recording_frame *frame)
{
    struct record *record = arg;

    g_mutex_lock(&record->lock);
    if (!record->error) {
        record->error = recording_write(record->recording, frame);
        if (record->error)
            g_idle_add(on_write_failed, record);
    }
    g_mutex_unlock(&record->lock);
}

static void on_opened(void *arg, const char *file)
{
    const struct record *record = arg;

    control_event(record->run->control,
                  json_pack("{s:s, s:s}", "event", "recording", "file", file));
}

static void on_packet(void *arg, const uint8_t *packet, size_t len)
{
    const struct record *record = arg;

    capture_packet(record->capture, packet, len);
}

static void on_stop(void *arg)
{
    const struct record *record = arg;

    g_main_loop_quit(record->main);
}

static int record_open(struct record *record)
{
    const char *video = kind_text(record->run, "video");
    const char *key = kind_text(record->run, "key");
    struct recording_spec spec = {
        .base = record->run->file,
        .video = video,
        .audio = kind_text(record->run, "audio")[0] != '\0',
        .opened = on_opened,
        .arg = record,
    };

    if (*key)
        spec.key = record->key;
    int err = *key ? text_unhex(key, record->key, sizeof(record->key)) : 0;
    if (!err)
        err = port_alloc(&record->port, record->run->rtp_fd);
    if (!err)
        err = capture_alloc(&record->capture, record->port, video, spec.audio, on_frame, record);
    if (!err)
        err = recording_alloc(&record->recording, &spec);
    if (!err)
        err = control_watch(record->run->control, on_stop, record);
    if (!err)
        err = port_watch(record->port, on_packet, record);
    return err ? err : capture_start(record->capture);
}

static int record_run(struct record *record)
{
    int err = record_open(record);

    if (!err) {
        g_main_loop_run(record->main);
        if (!record->error)
            capture_drain(record->capture);
    }
    capture_free(record->capture);
    port_free(record->port);
    recording_free(record->recording);
    err = err ? err : record->error;
    if (err)
        control_failed(record->run->control, strerror(err));
    return err;
}

static int run(const struct kind_run *run_)
{
    struct record record = {.run = run_};

    if (strcmp(kind_text(run_, "video"), "AV1") == 0) {
        control_failed(run_->control, "AV1 cannot be recorded: GStreamer has no rtpav1depay");
        return EINVAL;
    }
    if (json_is_true(json_object_get(run_->spec, "finish")))
        return finish_all(run_->control, run_->file);
    g_mutex_init(&record.lock);
    record.main = g_main_loop_new(NULL, FALSE);
    int err = record_run(&record);
    g_main_loop_unref(record.main);
    g_mutex_clear(&record.lock);
    return err ? err : finish_all(run_->control, run_->file);
}

const struct pipeline_kind kind_record = {
    .name = "record", .rtp = true, .gstreamer = true, .writes = true, .outlives = true, .run = run};
