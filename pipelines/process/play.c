#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "pipelines/process/kind.h"
#include "pipelines/process/outlet.h"
#include "pipelines/process/probe.h"
#include "pipelines/process/report.h"
#include "pipelines/process/source.h"

// Plays a media file into a room, in real time, once or in a loop.

#define LEAD       (300 * GST_MSECOND) // from the first frame to the moment it is sent
#define PASS_MIN   (100 * GST_MSECOND) // a shorter file would only keep the machine busy
#define WIDTH_MAX  1280u
#define HEIGHT_MAX 720u
#define REASON_MAX 256

struct play {
    const struct kind_run *run;
    struct probe probe;
    const char *pass; // codec handed on as it is, or NULL
    bool loop;
    bool broken;
    GMainLoop *main;
    struct port *port;
    struct outlet *outlet;
    struct source *source;
    GMutex lock;        // frames come from a thread a track
    GstClockTime start; // of this pass; NONE until the first frame of the first pass
};

static void play_end(struct play *play, const char *reason)
{
    if (reason) {
        play->broken = true;
        control_failed(play->run->control, reason);
    }
    g_main_loop_quit(play->main);
}

// The moment at which the file's time 0 is sent.
static GstClockTime start_of_pass(struct play *play)
{
    g_mutex_lock(&play->lock);
    if (!GST_CLOCK_TIME_IS_VALID(play->start))
        play->start = outlet_now(play->outlet) + LEAD;
    GstClockTime start = play->start;
    g_mutex_unlock(&play->lock);
    return start;
}

static bool on_frame(void *arg, enum outlet_media media, GstSample *sample, GstClockTime at)
{
    struct play *play = arg;
    GstBuffer *buffer = gst_buffer_copy(gst_sample_get_buffer(sample));

    GST_BUFFER_PTS(buffer) = start_of_pass(play) + at;
    GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
    GstSample *timed = gst_sample_new(buffer, gst_sample_get_caps(sample), NULL, NULL);
    bool more = outlet_push(play->outlet, media, timed);
    gst_sample_unref(timed);
    gst_buffer_unref(buffer);
    return more;
}

static gboolean on_played_out(gpointer arg)
{
    struct play *play = arg;

    control_event(play->run->control, json_pack("{s:s}", "event", "ended"));
    play_end(play, NULL);
    return G_SOURCE_REMOVE;
}

// The file was read to its end, but what is in stock is still to be heard.
static void play_out(struct play *play)
{
    GstClockTime now = outlet_now(play->outlet);
    GstClockTime left = play->start > now ? play->start - now : 0;

    g_timeout_add((guint)GST_TIME_AS_MSECONDS(left), on_played_out, play);
}

static int pass_start(struct play *play);

static void on_pass_end(void *arg, GstClockTime end, const char *reason)
{
    struct play *play = arg;

    source_free(play->source);
    play->source = NULL;
    if (end < PASS_MIN) {
        play_end(play, reason ? reason : "the file is empty");
        return;
    }
    play->start += end;
    if (!play->loop)
        play_out(play);
    else if (pass_start(play))
        play_end(play, "the file cannot be opened again");
}

static int pass_start(struct play *play)
{
    static const struct source_handlers handlers = {.frame = on_frame, .end = on_pass_end};
    int err = source_alloc(&play->source, play->run->file, play->pass, &handlers, play);

    return err ? err : source_start(play->source);
}

static void on_stop(void *arg)
{
    play_end(arg, NULL);
}

static void on_packet(void *arg, const uint8_t *packet, size_t len)
{
    struct play *play = arg;

    if (port_is_rtcp(packet, len) && report_wants_keyframe(packet, len))
        outlet_keyframe(play->outlet);
}

static gboolean on_outlet_message(GstBus *bus, GstMessage *message, gpointer arg)
{
    GError *error = NULL;

    (void)bus;
    if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR)
        return G_SOURCE_CONTINUE;
    gst_message_parse_error(message, &error, NULL);
    play_end(arg, error->message);
    g_error_free(error);
    return G_SOURCE_CONTINUE;
}

// Fits the picture into WIDTH_MAX x HEIGHT_MAX, never larger than it is; both even.
static void choose_size(const struct probe *probe, struct outlet_format *format)
{
    unsigned width = probe->width ? probe->width : WIDTH_MAX;
    unsigned height = probe->height ? probe->height : HEIGHT_MAX;

    if (width > WIDTH_MAX) {
        height = height * WIDTH_MAX / width;
        width = WIDTH_MAX;
    }
    if (height > HEIGHT_MAX) {
        width = width * HEIGHT_MAX / height;
        height = HEIGHT_MAX;
    }
    format->width = MAX(width & ~1u, 16);
    format->height = MAX(height & ~1u, 16);
}

// "VP8" and "H264" pass such a file when it is fit, "auto" passes either; all else becomes VP8.
static void choose_format(struct play *play, struct outlet_format *format)
{
    const struct probe *probe = &play->probe;
    const char *wish = kind_text(play->run, "video");
    bool wanted = strcmp(wish, "auto") == 0 || !wish[0] || strcmp(wish, probe->codec) == 0;

    format->audio = probe->audio;
    format->frame_rate = probe->frame_rate > 30 ? 30 : probe->frame_rate;
    choose_size(probe, format);
    if (!probe->video)
        return;
    format->pass = wanted && probe_passes(probe);
    if (format->pass) {
        format->width = probe->width;
        format->height = probe->height;
    }
    play->pass = format->pass ? probe->codec : NULL;
    format->video = format->pass ? probe->codec : "VP8";
}

static void tell_ready(const struct play *play, const struct outlet_format *format)
{
    control_event(play->run->control, json_pack("{s:s, s:s, s:s, s:i, s:i}", "event", "ready",
                                                "video", format->video ? format->video : "",
                                                "audio", format->audio ? "OPUS" : "", "width",
                                                format->video ? (int)format->width : 0, "height",
                                                format->video ? (int)format->height : 0));
}

static int play_open(struct play *play)
{
    struct outlet_format format = {0};
    char reason[REASON_MAX];

    int err = probe_file(&play->probe, play->run->file, reason);
    if (err) {
        control_failed(play->run->control, reason);
        return err;
    }
    choose_format(play, &format);
    err = port_alloc(&play->port, play->run->rtp_fd);
    if (!err)
        err = outlet_alloc(&play->outlet, play->port, &format);
    if (!err)
        err = control_watch(play->run->control, on_stop, play);
    if (!err)
        err = port_watch(play->port, on_packet, play);
    if (!err)
        err = outlet_start(play->outlet);
    if (!err) {
        tell_ready(play, &format);
        err = pass_start(play);
    }
    if (err)
        control_failed(play->run->control, strerror(err));
    return err;
}

static void play_run(struct play *play)
{
    GstBus *bus = outlet_bus(play->outlet);
    guint watch = gst_bus_add_watch(bus, on_outlet_message, play);

    g_main_loop_run(play->main);
    g_source_remove(watch);
    gst_object_unref(bus);
}

static int run(const struct kind_run *run_)
{
    struct play play = {
        .run = run_,
        .loop = json_is_true(json_object_get(run_->spec, "loop")),
        .start = GST_CLOCK_TIME_NONE,
    };

    g_mutex_init(&play.lock);
    play.main = g_main_loop_new(NULL, FALSE);
    int err = play_open(&play);
    if (!err)
        play_run(&play);
    if (play.outlet)
        outlet_stop(play.outlet);
    source_free(play.source);
    outlet_free(play.outlet);
    port_free(play.port);
    g_main_loop_unref(play.main);
    g_mutex_clear(&play.lock);
    return err ? err : play.broken ? EIO : 0;
}

const struct pipeline_kind kind_play = {.name = "play", .rtp = true, .gstreamer = true, .run = run};
