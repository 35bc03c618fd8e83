#pragma once
#include <gst/gst.h>
#include <stdbool.h>

#include "pipelines/process/port.h"
#include "pipelines/recording.h"

// From the room's packets to frames: puts them in order, asks for what is missing, joins the
// packets of a frame. After a loss the picture waits for a keyframe, which is asked for.

struct capture;

// A whole frame, from a thread of GStreamer.
typedef void capture_frame_h(void *arg, const struct recording_frame *frame);

// `video` is "VP8", "VP9", "H264" or "". EINVAL when GStreamer lacks an element, ENOMEM.
int capture_alloc(struct capture **capturep, struct port *port, const char *video, bool audio,
                  capture_frame_h *handler, void *arg);
void capture_free(struct capture *capture);

int capture_start(struct capture *capture);

// A packet from the room. Main loop.
void capture_packet(struct capture *capture, const uint8_t *packet, size_t len);

// Hands on what is still being put in order, waiting a moment at most.
void capture_drain(struct capture *capture);
