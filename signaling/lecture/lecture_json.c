#include "signaling/lecture/lecture_json.h"

#include <string.h>

json_t *lecture_json(const struct lecture *lecture, enum lecture_audience audience)
{
    if (!lecture)
        return json_null();
    json_t *object = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:I, s:s, s:s}", "id", lecture->id,
                               "title", lecture->title, "lecturer", lecture->lecturer, "centre",
                               "name", lecture->centre_name, "phone", lecture->centre_phone,
                               "starts_at", (json_int_t)lecture->starts_at, "state",
                               lecture_state_name(lecture->state), "room", lecture->room);
    if (audience == LECTURE_FOR_HALL && object &&
        json_object_set_new(object, "viewers", json_integer(lecture->viewers)) < 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *lectures_json(const struct lectures *lectures, enum lecture_audience audience)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < lectures_count(lectures); i++) {
        json_t *object = lecture_json(lecture_at(lectures, i), audience);
        if (json_array_append_new(array, object) < 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *lecture_json_effect(const struct lecture_effect *effect)
{
    bool is_hall = strcmp(effect->topic, "hall") == 0;
    return lecture_json(effect->lecture, is_hall ? LECTURE_FOR_HALL : LECTURE_FOR_VIEWER);
}
