#include "pipelines/process/capture.h"

#include <errno.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/packet/rtp.h"
#include "pipelines/process/lipsync.h"
#include "pipelines/process/report.h"

#define REORDER_MS    400 // a lost packet is given up after this
#define STOCK_BYTES   "33554432"
#define DRAIN_SECONDS 2
#define PLI_EACH_US   500000
#define ASK_AGAIN_MS  1000
#define DESCRIPTION   2048

struct branch {
    struct capture *capture;
    enum mkv_media media;
    GstElement *src, *sink;
};

struct capture {
    struct port *port;
    GstElement *pipeline;
    struct branch branches[2];
    GMutex lock; // of all below: packets come on the main loop, frames on GStreamer's threads
    struct lipsync sync;
    int64_t pli_us;
    bool picture; // a keyframe was seen
    guint ask;
    capture_frame_h *handler;
    void *arg;
};

static void ask_keyframe(struct capture *capture)
{
    uint8_t packet[REPORT_MAX];
    int64_t now_us = g_get_monotonic_time();

    g_mutex_lock(&capture->lock);
    bool due = now_us - capture->pli_us >= PLI_EACH_US;
    capture->pli_us = due ? now_us : capture->pli_us;
    g_mutex_unlock(&capture->lock);
    if (due)
        port_send_now(capture->port, packet, report_write_pli(packet, PORT_SSRC_VIDEO));
}

// The first keyframe: nobody may be listening yet, so ask until it comes.
static gboolean on_ask_again(gpointer arg)
{
    struct capture *capture = arg;

    g_mutex_lock(&capture->lock);
    bool picture = capture->picture;
    g_mutex_unlock(&capture->lock);
    if (!picture)
        ask_keyframe(capture);
    return G_SOURCE_CONTINUE;
}

static void ask_again(const struct branch *branch, const GstStructure *request)
{
    uint8_t packet[REPORT_MAX];
    guint seq = 0;
    uint32_t ssrc = branch->media == MKV_VIDEO ? PORT_SSRC_VIDEO : PORT_SSRC_AUDIO;

    if (gst_structure_get_uint(request, "seqnum", &seq))
        port_send_now(branch->capture->port, packet,
                      report_write_nack(packet, ssrc, (uint16_t)seq));
}

// What the elements ask their source for: a packet again, or a keyframe.
static GstPadProbeReturn on_request(GstPad *pad, GstPadProbeInfo *info, gpointer arg)
{
    const struct branch *branch = arg;
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT(info);

    (void)pad;
    if (gst_event_has_name(event, "GstRTPRetransmissionRequest"))
        ask_again(branch, gst_event_get_structure(event));
    else if (gst_video_event_is_force_key_unit(event))
        ask_keyframe(branch->capture);
    return GST_PAD_PROBE_OK;
}

// Returns the buffer that is mapped to `config`, NULL when there is none.
static GstBuffer *format_read(GstSample *sample, struct recording_frame *frame, GstMapInfo *config)
{
    const GstStructure *format = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
    const GValue *codec_data = gst_structure_get_value(format, "codec_data");
    int width = 0, height = 0;

    gst_structure_get_int(format, "width", &width);
    gst_structure_get_int(format, "height", &height);
    frame->width = width > 0 ? (unsigned)width : 0;
    frame->height = height > 0 ? (unsigned)height : 0;
    if (!codec_data || !gst_structure_has_name(format, "video/x-h264"))
        return NULL;
    GstBuffer *buffer = gst_value_get_buffer(codec_data);
    if (!gst_buffer_map(buffer, config, GST_MAP_READ))
        return NULL;
    frame->config = config->data;
    frame->config_len = config->size;
    return buffer;
}

static int64_t time_of(struct capture *capture, const struct branch *branch,
                       const GstBuffer *buffer)
{
    int64_t at_us = (int64_t)GST_TIME_AS_USECONDS(GST_BUFFER_PTS(buffer));

    if (branch->media != MKV_VIDEO)
        return at_us;
    g_mutex_lock(&capture->lock);
    capture->picture = true;
    at_us -= lipsync_skew_us(&capture->sync);
    g_mutex_unlock(&capture->lock);
    return at_us;
}

static void frame_give(const struct branch *branch, GstSample *sample, GstBuffer *buffer)
{
    GstMapInfo map, config;
    struct recording_frame frame = {.media = branch->media, .wall_ms = clock_wall_ms()};

    if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
        return;
    GstBuffer *config_buffer = format_read(sample, &frame, &config);
    frame.data = map.data;
    frame.len = map.size;
    frame.key = branch->media == MKV_AUDIO ||
                !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    frame.time_us = time_of(branch->capture, branch, buffer);
    branch->capture->handler(branch->capture->arg, &frame);
    if (config_buffer)
        gst_buffer_unmap(config_buffer, &config);
    gst_buffer_unmap(buffer, &map);
}

static GstFlowReturn on_sample(GstAppSink *sink, gpointer arg)
{
    GstSample *sample = gst_app_sink_pull_sample(sink);

    if (!sample)
        return GST_FLOW_EOS;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    if (buffer && GST_BUFFER_PTS_IS_VALID(buffer) && gst_buffer_get_size(buffer) > 0)
        frame_give(arg, sample, buffer);
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

static const char *depayload(const char *video)
{
    static const char *const elements[][2] = {
        {"VP8", "rtpvp8depay request-keyframe=true wait-for-keyframe=true"},
        {"VP9", "rtpvp9depay request-keyframe=true wait-for-keyframe=true ! vp9parse ! "
                "video/x-vp9,alignment=super-frame"},
        {"H264", "rtph264depay request-keyframe=true wait-for-keyframe=true ! h264parse ! "
                 "video/x-h264,stream-format=avc,alignment=au"},
    };

    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
        if (strcmp(elements[i][0], video) == 0)
            return elements[i][1];
    return NULL;
}

#define SOURCE                                                                                     \
    "appsrc name=src%d is-live=true format=time do-timestamp=true max-bytes=" STOCK_BYTES          \
    " leaky-type=upstream caps=application/x-rtp,media=%s,clock-rate=%d,encoding-name=%s,"         \
    "payload=%d ! rtpjitterbuffer latency=%d do-lost=true do-retransmission=true "                 \
    "rtx-next-seqnum=false ! %s ! "                                                                \
    "appsink name=sink%d sync=false async=false "

static int describe(struct writer *w, const char *video, bool audio)
{
    if (video[0] && !depayload(video))
        return EINVAL;
    if (video[0])
        writer_printf(w, SOURCE, MKV_VIDEO, "video", 90000, video, PORT_PT_VIDEO, REORDER_MS,
                      depayload(video), MKV_VIDEO);
    if (audio)
        writer_printf(w, SOURCE, MKV_AUDIO, "audio", 48000, "OPUS", PORT_PT_AUDIO, REORDER_MS,
                      "rtpopusdepay", MKV_AUDIO);
    return writer_string(w) ? 0 : EMSGSIZE;
}

static void branch_bind(struct capture *capture, enum mkv_media media)
{
    struct branch *branch = &capture->branches[media];
    GstAppSinkCallbacks callbacks = {.new_sample = on_sample};
    char name[8];

    branch->capture = capture;
    branch->media = media;
    snprintf(name, sizeof(name), "src%d", media);
    branch->src = gst_bin_get_by_name(GST_BIN(capture->pipeline), name);
    snprintf(name, sizeof(name), "sink%d", media);
    branch->sink = gst_bin_get_by_name(GST_BIN(capture->pipeline), name);
    if (!branch->src)
        return;
    gst_app_sink_set_callbacks(GST_APP_SINK(branch->sink), &callbacks, branch, NULL);
    GstPad *pad = gst_element_get_static_pad(branch->src, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_request, branch, NULL);
    gst_object_unref(pad);
}

int capture_alloc(struct capture **capturep, struct port *port, const char *video, bool audio,
                  capture_frame_h *handler, void *arg)
{
    char text[DESCRIPTION];
    struct writer w = writer_of(text, sizeof(text));
    struct capture *capture = mem_zalloc(sizeof(*capture));

    if (!capture)
        return ENOMEM;
    g_mutex_init(&capture->lock);
    lipsync_init(&capture->sync);
    capture->port = port;
    capture->handler = handler;
    capture->arg = arg;
    int err = describe(&w, video, audio);
    if (!err)
        capture->pipeline = gst_parse_launch_full(text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
    if (!capture->pipeline) {
        capture_free(capture);
        return err ? err : EINVAL;
    }
    branch_bind(capture, MKV_VIDEO);
    branch_bind(capture, MKV_AUDIO);
    *capturep = capture;
    return 0;
}

void capture_free(struct capture *capture)
{
    if (!capture)
        return;
    if (capture->ask)
        g_source_remove(capture->ask);
    if (capture->pipeline)
        gst_element_set_state(capture->pipeline, GST_STATE_NULL);
    for (int i = 0; i < 2; i++) {
        gst_clear_object(&capture->branches[i].src);
        gst_clear_object(&capture->branches[i].sink);
    }
    gst_clear_object(&capture->pipeline);
    g_mutex_clear(&capture->lock);
    mem_free(capture);
}

int capture_start(struct capture *capture)
{
    if (gst_element_set_state(capture->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
        return EIO;
    if (!capture->branches[MKV_VIDEO].src)
        return 0;
    ask_keyframe(capture);
    capture->ask = g_timeout_add(ASK_AGAIN_MS, on_ask_again, capture);
    return 0;
}

static void rtcp_serve(struct capture *capture, const uint8_t *packet, size_t len)
{
    struct rtcp_sr report;

    if (report_read_sender(packet, len, &report))
        return;
    g_mutex_lock(&capture->lock);
    if (report.ssrc == PORT_SSRC_VIDEO)
        lipsync_report(&capture->sync.video, &report);
    else if (report.ssrc == PORT_SSRC_AUDIO)
        lipsync_report(&capture->sync.audio, &report);
    g_mutex_unlock(&capture->lock);
}

void capture_packet(struct capture *capture, const uint8_t *packet, size_t len)
{
    struct rtp_header header;

    if (port_is_rtcp(packet, len)) {
        rtcp_serve(capture, packet, len);
        return;
    }
    if (rtp_parse(&header, packet, len) ||
        (header.pt != PORT_PT_VIDEO && header.pt != PORT_PT_AUDIO))
        return;
    bool video = header.pt == PORT_PT_VIDEO;
    const struct branch *branch = &capture->branches[video ? MKV_VIDEO : MKV_AUDIO];
    if (!branch->src)
        return;
    g_mutex_lock(&capture->lock);
    lipsync_packet(video ? &capture->sync.video : &capture->sync.audio, header.ts,
                   g_get_monotonic_time());
    g_mutex_unlock(&capture->lock);
    gst_app_src_push_buffer(GST_APP_SRC(branch->src), gst_buffer_new_memdup(packet, len));
}

void capture_drain(struct capture *capture)
{
    GstBus *bus = gst_element_get_bus(capture->pipeline);

    for (int i = 0; i < 2; i++)
        if (capture->branches[i].src)
            gst_app_src_end_of_stream(GST_APP_SRC(capture->branches[i].src));
    GstMessage *message = gst_bus_timed_pop_filtered(bus, DRAIN_SECONDS * GST_SECOND,
                                                     GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    if (message)
        gst_message_unref(message);
    gst_object_unref(bus);
}
