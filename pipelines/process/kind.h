#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "pipelines/process/control.h"

// What a kind of pipeline is: a row in main.c's table. A new kind is one file and one row.

struct kind_run {
    struct control *control;
    const json_t *spec;
    const char *file; // the spec's, absolute
    int rtp_fd;       // -1 for a kind without RTP
};

struct pipeline_kind {
    const char *name;
    bool rtp;       // speaks RTP on descriptor 3
    bool gstreamer; // needs GStreamer started before the sandbox closes
    bool writes;    // may change files beside `file`; otherwise it may only read `file`
    bool outlives;  // completes its file when the gateway dies, instead of dying at once
    // Runs to the end. 0, or an errno value after it told the reason.
    int (*run)(const struct kind_run *run);
};

extern const struct pipeline_kind kind_play;
extern const struct pipeline_kind kind_record;
extern const struct pipeline_kind kind_remux;

// A text member of the spec, "" when missing.
static inline const char *kind_text(const struct kind_run *run, const char *key)
{
    const char *text = json_string_value(json_object_get(run->spec, key));

    return text ? text : "";
}
