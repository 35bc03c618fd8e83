#pragma once
#include <jansson.h>

#include "signaling/lecture/lecture.h"

enum lecture_audience {
    LECTURE_FOR_VIEWER,
    LECTURE_FOR_HALL, // with "viewers"
};

// New references, NULL when memory is short. The media token is added by the caller.
// JSON null when `lecture` is NULL.
json_t *lecture_json(const struct lecture *lecture, enum lecture_audience audience);
// The list of all, in the order they were loaded.
json_t *lectures_json(const struct lectures *lectures, enum lecture_audience audience);
// The data of a TELL effect, for the audience of its topic.
json_t *lecture_json_effect(const struct lecture_effect *effect);
