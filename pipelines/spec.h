#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipelines/supervisor.h"

// The words between the supervisor and a pipeline process: one JSON object a datagram.

#define PIPELINE_MESSAGE_MAX 8192

enum pipeline_event_type {
    PIPELINE_EVENT_READY,
    PIPELINE_EVENT_ENDED,
    PIPELINE_EVENT_FAILED,
    PIPELINE_EVENT_RECORDING,
    PIPELINE_EVENT_DONE,
    PIPELINE_EVENT_ALIVE, // still busy finishing
};

// The texts belong to `root` and are never NULL. Free with pipeline_event_release().
struct pipeline_event {
    enum pipeline_event_type type;
    const char *video, *audio, *file, *reason;
    int width, height;
    int64_t duration_ms;
    json_t *root;
};

// EINVAL for an unknown kind, a path that is not absolute or too long, a codec the kind lacks.
int pipeline_spec_check(const struct pipeline_spec *spec);

// A copy in one block; free with mem_free(). NULL when memory is short.
struct pipeline_spec *pipeline_spec_copy(const struct pipeline_spec *spec);

// The first message to a process. `finish`: a record process only completes what earlier ones left.
// Free with free(). NULL when memory is short.
char *pipeline_spec_text(const struct pipeline_spec *spec, bool finish);

// EBADMSG for anything that is not an event.
int pipeline_event_parse(struct pipeline_event *event, const char *text, size_t len);
void pipeline_event_release(struct pipeline_event *event);
