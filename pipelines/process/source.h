#pragma once
#include <gst/gst.h>
#include <stdbool.h>

#include "pipelines/process/outlet.h"

// One pass over a media file: its frames, with rising times from 0, as fast as they are taken.

struct source;

struct source_handlers {
    // A frame; `at` is its time since the start of the file. From a thread a track; false ends it.
    bool (*frame)(void *arg, enum outlet_media media, GstSample *sample, GstClockTime at);
    // Everything was given. `end` is the end of the last frame, 0 when there was none; `reason` is
    // NULL, or what broke the pass off. Called once, from the main loop; may free the source.
    void (*end)(void *arg, GstClockTime end, const char *reason);
};

// `pass` is the codec whose frames are not decoded ("H264", "VP8"), or NULL. `handlers` must
// outlive the source. ENOMEM, or EINVAL when GStreamer lacks an element.
int source_alloc(struct source **sourcep, const char *file, const char *pass,
                 const struct source_handlers *handlers, void *arg);

// The frame handler must be able to return: stop the outlet first.
void source_free(struct source *source);

// Begins. EIO when GStreamer refuses.
int source_start(struct source *source);
