#include "pipelines/process/source.h"

#include <errno.h>
#include <gst/app/gstappsink.h>
#include <string.h>

#include "gateway/base/mem.h"

#define FRAMES_WAITING 4

struct stream {
    struct source *source;
    enum outlet_media media;
    bool taken;       // a pad of this medium was found
    GstClockTime end; // of the last frame
};

struct source {
    GstElement *pipeline;
    guint watch;
    struct stream streams[2];
    const struct source_handlers *handlers;
    void *arg;
};

// Time since the start of the file; what lies before it counts as the start.
static GstClockTime time_of(const GstSample *sample)
{
    GstBuffer *buffer = gst_sample_get_buffer((GstSample *)sample);
    const GstSegment *segment = gst_sample_get_segment((GstSample *)sample);
    guint64 running = 0;
    GstClockTime at = GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer)
                                                      : GST_BUFFER_DTS(buffer);

    if (!GST_CLOCK_TIME_IS_VALID(at))
        return GST_CLOCK_TIME_NONE;
    return gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, at, &running) > 0 ? running
                                                                                        : 0;
}

static GstFlowReturn on_frame(GstAppSink *sink, gpointer arg)
{
    struct stream *stream = arg;
    struct source *source = stream->source;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    bool more = true;

    if (!sample)
        return GST_FLOW_EOS;
    GstClockTime at = time_of(sample);
    if (GST_CLOCK_TIME_IS_VALID(at)) {
        GstClockTime lasts = GST_BUFFER_DURATION(gst_sample_get_buffer(sample));
        GstClockTime end = at + (GST_CLOCK_TIME_IS_VALID(lasts) ? lasts : 0);
        stream->end = MAX(stream->end, end);
        more = source->handlers->frame(source->arg, stream->media, sample, at);
    }
    gst_sample_unref(sample);
    return more ? GST_FLOW_OK : GST_FLOW_EOS;
}

static GstElement *add(struct source *source, const char *factory)
{
    GstElement *element = gst_element_factory_make(factory, NULL);

    if (element)
        gst_bin_add(GST_BIN(source->pipeline), element);
    return element;
}

static GstElement *add_sink(struct source *source, struct stream *stream)
{
    GstElement *sink = add(source, "appsink");
    GstAppSinkCallbacks callbacks = {.new_sample = on_frame};

    g_object_set(sink, "sync", FALSE, "async", FALSE, "max-buffers", FRAMES_WAITING, NULL);
    gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, stream, NULL);
    return sink;
}

// H.264 comes out of files in another shape than RTP wants.
static GstElement *add_h264_parser(struct source *source, GstElement *sink)
{
    GstElement *parse = add(source, "h264parse");
    GstCaps *caps = gst_caps_from_string("video/x-h264,stream-format=byte-stream,alignment=au");

    if (parse)
        gst_element_link_filtered(parse, sink, caps);
    gst_caps_unref(caps);
    return parse;
}

// The element a pad's frames go to.
static GstElement *build_branch(struct source *source, const GstStructure *format)
{
    bool video = g_str_has_prefix(gst_structure_get_name(format), "video/");
    bool audio = g_str_has_prefix(gst_structure_get_name(format), "audio/");
    struct stream *stream = &source->streams[video ? OUTLET_VIDEO : OUTLET_AUDIO];

    if ((!video && !audio) || stream->taken) {
        GstElement *sink = add(source, "fakesink");
        g_object_set(sink, "sync", FALSE, "async", FALSE, NULL);
        return sink;
    }
    stream->taken = true;
    GstElement *sink = add_sink(source, stream);
    if (!gst_structure_has_name(format, "video/x-h264"))
        return sink;
    GstElement *parse = add_h264_parser(source, sink);
    gst_element_sync_state_with_parent(sink);
    return parse;
}

static void on_pad(GstElement *bin, GstPad *pad, gpointer arg)
{
    struct source *source = arg;
    GstCaps *caps = gst_pad_query_caps(pad, NULL);
    GstElement *element = NULL;

    (void)bin;
    if (!gst_caps_is_empty(caps) && !gst_caps_is_any(caps))
        element = build_branch(source, gst_caps_get_structure(caps, 0));
    gst_caps_unref(caps);
    if (!element)
        return;
    GstPad *end = gst_element_get_static_pad(element, "sink");
    gst_pad_link(pad, end);
    gst_object_unref(end);
    gst_element_sync_state_with_parent(element);
}

static gboolean on_message(GstBus *bus, GstMessage *message, gpointer arg)
{
    struct source *source = arg;
    GError *error = NULL;

    (void)bus;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, NULL);
    else if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS)
        return G_SOURCE_CONTINUE;
    GstClockTime end = MAX(source->streams[OUTLET_VIDEO].end, source->streams[OUTLET_AUDIO].end);
    source->watch = 0;
    source->handlers->end(source->arg, end, error ? error->message : NULL);
    g_clear_error(&error);
    return G_SOURCE_REMOVE;
}

static void decode_until(GstElement *decode, const char *pass)
{
    GstCaps *caps = NULL;

    g_object_get(decode, "caps", &caps, NULL);
    caps = gst_caps_make_writable(caps);
    gst_caps_append(caps, gst_caps_new_empty_simple(strcmp(pass, "H264") == 0 ? "video/x-h264"
                                                                              : "video/x-vp8"));
    g_object_set(decode, "caps", caps, NULL);
    gst_caps_unref(caps);
}

static void pipeline_bind(struct source *source, const char *file, const char *pass)
{
    GstElement *src = gst_bin_get_by_name(GST_BIN(source->pipeline), "file");
    GstElement *decode = gst_bin_get_by_name(GST_BIN(source->pipeline), "decode");
    GstBus *bus = gst_element_get_bus(source->pipeline);

    g_object_set(src, "location", file, NULL);
    if (pass)
        decode_until(decode, pass);
    g_signal_connect(decode, "pad-added", G_CALLBACK(on_pad), source);
    source->watch = gst_bus_add_watch(bus, on_message, source);
    gst_object_unref(bus);
    gst_object_unref(decode);
    gst_object_unref(src);
}

int source_alloc(struct source **sourcep, const char *file, const char *pass,
                 const struct source_handlers *handlers, void *arg)
{
    struct source *source = mem_zalloc(sizeof(*source));

    if (!source)
        return ENOMEM;
    source->handlers = handlers;
    source->arg = arg;
    for (int i = 0; i < 2; i++)
        source->streams[i] = (struct stream){.source = source, .media = (enum outlet_media)i};
    source->pipeline = gst_parse_launch("filesrc name=file ! decodebin name=decode", NULL);
    if (!source->pipeline) {
        source_free(source);
        return EINVAL;
    }
    pipeline_bind(source, file, pass);
    *sourcep = source;
    return 0;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    if (source->watch)
        g_source_remove(source->watch);
    if (source->pipeline)
        gst_element_set_state(source->pipeline, GST_STATE_NULL);
    gst_clear_object(&source->pipeline);
    mem_free(source);
}

int source_start(struct source *source)
{
    GstStateChangeReturn change = gst_element_set_state(source->pipeline, GST_STATE_PLAYING);

    return change == GST_STATE_CHANGE_FAILURE ? EIO : 0;
}
