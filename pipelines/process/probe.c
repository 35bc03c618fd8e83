#include "pipelines/process/probe.h"

#include <errno.h>
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

#define REASON_MAX      256
#define FRAMES_LOOKED   250
#define PROBE_SECONDS   8
#define KEYFRAME_MAX_US 2500000
#define FRAME_RATE      25

struct look {
    struct probe *probe;
    GstElement *pipeline;
    GstClockTime shown;    // latest presentation time so far
    GstClockTime keyframe; // of the last keyframe
};

static void note_codec(struct probe *probe, const GstStructure *format)
{
    static const char *const names[][2] = {{"video/x-h264", "H264"}, {"video/x-vp8", "VP8"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (gst_structure_has_name(format, names[i][0]))
            snprintf(probe->codec, sizeof(probe->codec), "%s", names[i][1]);
}

static void note_size(struct probe *probe, const GstStructure *format)
{
    int width = 0, height = 0, num = 0, den = 1;

    gst_structure_get_int(format, "width", &width);
    gst_structure_get_int(format, "height", &height);
    probe->width = width > 0 ? (unsigned)width : 0;
    probe->height = height > 0 ? (unsigned)height : 0;
    if (gst_structure_get_fraction(format, "framerate", &num, &den) && num > 0 && den > 0)
        probe->frame_rate = (unsigned)((num + den / 2) / den);
}

static void note_caps(struct probe *probe, GstPad *pad)
{
    GstCaps *caps = gst_pad_get_current_caps(pad);

    if (!caps)
        return;
    note_codec(probe, gst_caps_get_structure(caps, 0));
    note_size(probe, gst_caps_get_structure(caps, 0));
    gst_caps_unref(caps);
}

static void note_frame(struct look *look, const GstBuffer *buffer)
{
    struct probe *probe = look->probe;
    GstClockTime at = GST_BUFFER_PTS(buffer);

    if (!GST_CLOCK_TIME_IS_VALID(at))
        return;
    probe->frames++;
    if (probe->frames > 1 && at < look->shown)
        probe->reordered = true;
    look->shown = MAX(look->shown, at);
    if (probe->frames == 1)
        look->keyframe = at;
    int64_t way_us = (int64_t)GST_TIME_AS_USECONDS(look->shown - look->keyframe);
    probe->keyframe_us = MAX(probe->keyframe_us, way_us);
    if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT))
        look->keyframe = look->shown;
}

static GstPadProbeReturn on_frame(GstPad *pad, GstPadProbeInfo *info, gpointer arg)
{
    struct look *look = arg;

    if (look->probe->frames == 0)
        note_caps(look->probe, pad);
    if (look->probe->frames < FRAMES_LOOKED)
        note_frame(look, GST_PAD_PROBE_INFO_BUFFER(info));
    else
        gst_element_post_message(look->pipeline,
                                 gst_message_new_application(GST_OBJECT(look->pipeline),
                                                             gst_structure_new_empty("seen")));
    return GST_PAD_PROBE_OK;
}

static bool pad_is(GstPad *pad, const char *media)
{
    GstCaps *caps = gst_pad_query_caps(pad, NULL);
    bool is = !gst_caps_is_empty(caps) && !gst_caps_is_any(caps) &&
              g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps, 0)), media);

    gst_caps_unref(caps);
    return is;
}

static void on_pad(GstElement *bin, GstPad *pad, gpointer arg)
{
    struct look *look = arg;
    GstElement *sink = gst_element_factory_make("fakesink", NULL);

    (void)bin;
    g_object_set(sink, "sync", FALSE, "async", FALSE, NULL);
    gst_bin_add(GST_BIN(look->pipeline), sink);
    gst_element_sync_state_with_parent(sink);
    if (pad_is(pad, "video/") && !look->probe->video) {
        look->probe->video = true;
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, look, NULL);
    } else if (pad_is(pad, "audio/")) {
        look->probe->audio = true;
    }
    GstPad *end = gst_element_get_static_pad(sink, "sink");
    gst_pad_link(pad, end);
    gst_object_unref(end);
}

static void look_until_seen(struct look *look, char *reason)
{
    GstBus *bus = gst_element_get_bus(look->pipeline);
    GstMessage *message = gst_bus_timed_pop_filtered(bus, PROBE_SECONDS * GST_SECOND,
                                                     GST_MESSAGE_ERROR | GST_MESSAGE_EOS |
                                                         GST_MESSAGE_APPLICATION);

    if (message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        GError *error = NULL;
        gst_message_parse_error(message, &error, NULL);
        snprintf(reason, REASON_MAX, "%s", error->message);
        g_error_free(error);
    }
    if (message)
        gst_message_unref(message);
    gst_object_unref(bus);
}

int probe_file(struct probe *probe, const char *file, char *reason)
{
    struct look look = {.probe = probe};

    *probe = (struct probe){.frame_rate = FRAME_RATE};
    snprintf(reason, REASON_MAX, "the file has neither picture nor sound");
    look.pipeline = gst_parse_launch("filesrc name=file ! parsebin name=parse", NULL);
    if (!look.pipeline)
        return ENOMSG;
    GstElement *src = gst_bin_get_by_name(GST_BIN(look.pipeline), "file");
    GstElement *parse = gst_bin_get_by_name(GST_BIN(look.pipeline), "parse");
    g_object_set(src, "location", file, NULL);
    g_signal_connect(parse, "pad-added", G_CALLBACK(on_pad), &look);
    if (gst_element_set_state(look.pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
        look_until_seen(&look, reason);
    gst_element_set_state(look.pipeline, GST_STATE_NULL);
    gst_object_unref(src);
    gst_object_unref(parse);
    gst_object_unref(look.pipeline);
    return probe->audio || probe->video ? 0 : ENOMSG;
}

bool probe_passes(const struct probe *probe)
{
    return probe->codec[0] && probe->frames > 0 && !probe->reordered &&
           probe->keyframe_us <= KEYFRAME_MAX_US;
}
