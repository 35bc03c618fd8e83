#pragma once
#include <gst/gst.h>
#include <stdbool.h>

#include "pipelines/process/port.h"

// From frames to the room: encodes (or passes on) what a file gives, makes RTP packets of it and
// sends each when its time has come, with a sender report a second a track. Numbers and timestamps
// run on for as long as the outlet lives, whatever files went through it.

struct outlet;

enum outlet_media { OUTLET_VIDEO, OUTLET_AUDIO };

struct outlet_format {
    const char *video;      // "VP8", "H264" or NULL
    bool pass;              // frames are coded already
    unsigned width, height; // to encode; ignored when passed
    unsigned frame_rate;    // about, to choose a bit rate
    bool audio;             // Opus
};

// EINVAL when GStreamer lacks an element, ENOMEM.
int outlet_alloc(struct outlet **outletp, struct port *port, const struct outlet_format *format);
void outlet_free(struct outlet *outlet);

// Starts the clock. EIO when GStreamer refuses.
int outlet_start(struct outlet *outlet);

// Takes a frame whose timestamp is a time of outlet_now(). Waits while the outlet has a second in
// stock. False once the outlet is stopped. Any thread.
bool outlet_push(struct outlet *outlet, enum outlet_media media, GstSample *sample);

// Ends outlet_push() for good, so that the threads that wait in it come back.
void outlet_stop(struct outlet *outlet);

// Running time in nanoseconds.
GstClockTime outlet_now(struct outlet *outlet);

// Somebody needs a keyframe: at most two a second are made.
void outlet_keyframe(struct outlet *outlet);

// Errors of the encoders are posted here. Caller unrefs.
GstBus *outlet_bus(struct outlet *outlet);
