#include <string.h>

#include "signaling/api/papers.h"

// What either side draws on the paper that is shown.

#define STROKES_MAX 400   // a paper
#define NUMBERS_MAX 400   // of a stroke: x and y in turn
#define SCALE       10000 // a coordinate is this part of the picture's width or height

static const struct problem not_shown = {409, "no-paper", "This paper is not shown",
                                         "It has been put away, or another one is shown.", "n"};
static const struct problem bad_kind = {422, "bad-kind", "Not a way to draw",
                                        "Send pen, pointer or clear.", "kind"};
static const struct problem bad_points = {
    422, "bad-points", "Not points",
    "Send 2 to 400 whole numbers from 0 to 10000, x and y in turn.", "points"};
static const struct problem too_much = {409, "too-many-strokes", "Too much is drawn",
                                        "Send clear first.", "points"};

static bool are_points(const json_t *points)
{
    size_t i, count = json_array_size(points);
    json_t *one;
    if (count < 2 || count > NUMBERS_MAX || count % 2)
        return false;
    json_array_foreach(points, i, one)
    {
        if (!json_is_integer(one) || json_integer_value(one) < 0 || json_integer_value(one) > SCALE)
            return false;
    }
    return true;
}

// A pen's stroke stays, a pointer is only told, clear takes all strokes away.
static const struct problem *draw(struct paper *paper, const char *kind, json_t *points)
{
    if (strcmp(kind, "clear") == 0) {
        json_array_clear(paper->strokes);
        return NULL;
    }
    if (strcmp(kind, "pen") != 0 && strcmp(kind, "pointer") != 0)
        return &bad_kind;
    if (!are_points(points))
        return &bad_points;
    if (strcmp(kind, "pointer") == 0)
        return NULL;
    if (json_array_size(paper->strokes) >= STROKES_MAX)
        return &too_much;
    json_array_append(paper->strokes, points);
    return NULL;
}

// A page belongs to its PDF, which may be kept.
static void mark_drawn(const struct api *api, struct paper *paper)
{
    struct paper *whole = paper->of ? papers_find(api, paper->consultation, paper->of) : paper;
    if (whole)
        whole->drawn_since = true;
}

void papers_draw(struct listener *listener, json_int_t ref, const json_t *message)
{
    struct api *api = listener->api;
    const struct caller *caller = &listener->caller;
    const struct consultation *row = papers_meeting(api, caller, NULL);
    struct paper *paper = row ? papers_find(api, row->id, 0) : NULL;
    const char *kind = json_string_value(json_object_get(message, "kind"));
    json_t *points = json_object_get(message, "points");
    const struct problem *problem = &not_shown;
    if (paper && paper->n == json_integer_value(json_object_get(message, "n")))
        problem = kind ? draw(paper, kind, points) : &bad_kind;
    if (!problem && strcmp(kind, "pointer") != 0)
        mark_drawn(api, paper);
    if (!problem)
        papers_tell(api, row, "drawn",
                    json_pack("{s:s, s:I, s:s, s:s, s:O?}", "consultation", row->id, "n", paper->n,
                              "by", role_name(caller->role), "kind", kind, "points", points));
    listener_reply(listener, ref, problem, NULL);
}
