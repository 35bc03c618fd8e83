#include "pipelines/process/outlet.h"

#include <errno.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/packet/rtp.h"
#include "pipelines/process/pace.h"
#include "pipelines/process/report.h"

#define PACKET_MTU     1200
#define STOCK_NS       "1000000000"
#define REPORT_EACH_US 1000000
#define KEYFRAME_US    500000
#define DESCRIPTION    2048
#define BITRATE_MIN    200000u
#define BITRATE_MAX    3000000u

struct track {
    struct outlet *outlet;
    GstElement *src, *sink;
    uint32_t packets, octets;
    int64_t reported_us; // wall clock of the last sender report
};

struct outlet {
    struct port *port;
    struct pace *pace;
    GstElement *pipeline;
    struct track tracks[2];
    int64_t keyframe_us;
};

// Bits a second that look good without motion being torn: about 0.05 bits a pixel.
static unsigned bitrate_of(const struct outlet_format *format)
{
    uint64_t rate = (uint64_t)format->width * format->height * format->frame_rate / 20;

    return rate < BITRATE_MIN ? BITRATE_MIN : rate > BITRATE_MAX ? BITRATE_MAX : (unsigned)rate;
}

static void describe_encoder(struct writer *w, const struct outlet_format *format)
{
    writer_printf(w,
                  "videorate drop-only=true max-rate=30 ! videoscale ! videoconvert ! "
                  "video/x-raw,format=I420,width=%u,height=%u,pixel-aspect-ratio=1/1 ! "
                  "vp8enc deadline=1 cpu-used=8 threads=1 lag-in-frames=0 end-usage=cbr "
                  "target-bitrate=%u keyframe-max-dist=60 error-resilient=default "
                  "buffer-size=1000 buffer-initial-size=500 buffer-optimal-size=600 "
                  "min-quantizer=4 max-quantizer=56 static-threshold=1 ! ",
                  format->width, format->height, bitrate_of(format));
}

static void describe_video(struct writer *w, const struct outlet_format *format)
{
    bool h264 = strcmp(format->video, "H264") == 0;

    writer_text(w, "appsrc name=src0 format=time block=true max-bytes=0 max-time=" STOCK_NS " ! ");
    if (!format->pass)
        describe_encoder(w, format);
    writer_text(w, h264 ? "rtph264pay config-interval=-1 aggregate-mode=zero-latency"
                        : "rtpvp8pay picture-id-mode=15-bit");
    writer_printf(w, " pt=%d mtu=%d ssrc=%u ! appsink name=sink0 async=false qos=false ",
                  PORT_PT_VIDEO, PACKET_MTU, PORT_SSRC_VIDEO);
}

static void describe_audio(struct writer *w)
{
    writer_printf(w,
                  "appsrc name=src1 format=time block=true max-bytes=0 max-time=" STOCK_NS " ! "
                  "audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=[1,2] ! "
                  "opusenc bitrate=56000 frame-size=20 inband-fec=true packet-loss-percentage=10 ! "
                  "rtpopuspay pt=%d mtu=%d ssrc=%u ! appsink name=sink1 async=false qos=false",
                  PORT_PT_AUDIO, PACKET_MTU, PORT_SSRC_AUDIO);
}

static void send_report(struct track *track, const struct rtp_header *header, int64_t due_us)
{
    uint8_t packet[REPORT_MAX];
    struct rtcp_sr sender = {
        .ssrc = header->ssrc,
        .ntp = report_ntp_from_us(due_us),
        .rtp_ts = header->ts,
        .packets = track->packets,
        .bytes = track->octets,
    };

    port_send(track->outlet->port, packet, report_write_sender(packet, &sender));
    track->reported_us = due_us;
}

static void send_packet(struct track *track, const uint8_t *packet, size_t len, int64_t due_us)
{
    struct rtp_header header;

    if (rtp_parse(&header, packet, len))
        return;
    port_send(track->outlet->port, packet, len);
    track->packets++;
    track->octets += (uint32_t)header.payload_len;
    if (due_us - track->reported_us >= REPORT_EACH_US || due_us < track->reported_us)
        send_report(track, &header, due_us);
}

static GstFlowReturn on_packet(GstAppSink *sink, gpointer arg)
{
    struct track *track = arg;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    GstMapInfo map;

    if (!sample)
        return GST_FLOW_EOS;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    if (GST_BUFFER_PTS_IS_VALID(buffer) && gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        int64_t due_us = pace_wall_us(track->outlet->pace, GST_BUFFER_PTS(buffer));
        send_packet(track, map.data, map.size, due_us);
        gst_buffer_unmap(buffer, &map);
    }
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

static void track_bind(struct outlet *outlet, enum outlet_media media)
{
    struct track *track = &outlet->tracks[media];
    GstAppSinkCallbacks callbacks = {.new_sample = on_packet};
    char name[8];

    track->outlet = outlet;
    snprintf(name, sizeof(name), "src%d", media);
    track->src = gst_bin_get_by_name(GST_BIN(outlet->pipeline), name);
    snprintf(name, sizeof(name), "sink%d", media);
    track->sink = gst_bin_get_by_name(GST_BIN(outlet->pipeline), name);
    if (!track->sink)
        return;
    gst_app_sink_set_callbacks(GST_APP_SINK(track->sink), &callbacks, track, NULL);
    pace_add_sink(outlet->pace, track->sink);
}

int outlet_alloc(struct outlet **outletp, struct port *port, const struct outlet_format *format)
{
    char text[DESCRIPTION];
    struct writer w = writer_of(text, sizeof(text));
    struct outlet *outlet = mem_zalloc(sizeof(*outlet));
    int err = 0;

    if (!outlet)
        return ENOMEM;
    if (format->video)
        describe_video(&w, format);
    if (format->audio)
        describe_audio(&w);
    outlet->port = port;
    outlet->pipeline = gst_parse_launch_full(writer_string(&w), NULL, GST_PARSE_FLAG_FATAL_ERRORS,
                                             NULL);
    if (!outlet->pipeline) {
        err = EINVAL;
        goto out;
    }
    err = pace_alloc(&outlet->pace, outlet->pipeline);
    if (err)
        goto out;
    track_bind(outlet, OUTLET_VIDEO);
    track_bind(outlet, OUTLET_AUDIO);
out:
    if (err)
        outlet_free(outlet);
    else
        *outletp = outlet;
    return err;
}

void outlet_free(struct outlet *outlet)
{
    if (!outlet)
        return;
    if (outlet->pipeline)
        gst_element_set_state(outlet->pipeline, GST_STATE_NULL);
    for (int i = 0; i < 2; i++) {
        gst_clear_object(&outlet->tracks[i].src);
        gst_clear_object(&outlet->tracks[i].sink);
    }
    pace_free(outlet->pace);
    gst_clear_object(&outlet->pipeline);
    mem_free(outlet);
}

int outlet_start(struct outlet *outlet)
{
    GstStateChangeReturn change = gst_element_set_state(outlet->pipeline, GST_STATE_PLAYING);

    return change == GST_STATE_CHANGE_FAILURE ? EIO : 0;
}

bool outlet_push(struct outlet *outlet, enum outlet_media media, GstSample *sample)
{
    GstElement *src = outlet->tracks[media].src;

    return src && gst_app_src_push_sample(GST_APP_SRC(src), sample) == GST_FLOW_OK;
}

void outlet_stop(struct outlet *outlet)
{
    gst_element_set_state(outlet->pipeline, GST_STATE_NULL);
}

GstClockTime outlet_now(struct outlet *outlet)
{
    return pace_now(outlet->pace);
}

void outlet_keyframe(struct outlet *outlet)
{
    GstElement *sink = outlet->tracks[OUTLET_VIDEO].sink;
    int64_t now_us = g_get_monotonic_time();

    if (!sink || now_us - outlet->keyframe_us < KEYFRAME_US)
        return;
    outlet->keyframe_us = now_us;
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    gst_pad_push_event(pad,
                       gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
    gst_object_unref(pad);
}

GstBus *outlet_bus(struct outlet *outlet)
{
    return gst_element_get_bus(outlet->pipeline);
}
