#include <stdlib.h>
#include <string.h>

#include "signaling/api/papers.h"
#include "signaling/consult/party.h"

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
static const struct problem not_yours = {
    403, "not-yours", "This is not yours to draw on",
    "You may look at it, and point if your part is to explain.", "kind"};
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

struct drawn {
    struct api *api;
    const struct paper *paper;
    const char *body;
    const char *except; // who points knows where; NULL: all are told
};

static void tell_one(const char *participant, const char *topic, void *arg)
{
    const struct drawn *drawn = arg;
    bool told = !drawn->except || strcmp(drawn->except, participant) != 0;
    if (told && papers_are_for(drawn->paper, participant))
        api_tell(drawn->api, topic, 0, "drawn", drawn->body);
}

static void tell(const struct listener *listener, const struct consultation *row,
                 const struct paper *paper, const json_t *message)
{
    const char *kind = json_string_value(json_object_get(message, "kind"));
    bool points = strcmp(kind, "pointer") == 0;
    json_t *data = json_pack("{s:s, s:I, s:s, s:s, s:O?}", "consultation", row->id, "n", paper->n,
                             "by", role_name(listener->caller.role), "kind", kind, "points",
                             json_object_get(message, "points"));
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    struct drawn drawn = {listener->api, paper, body, points ? listener->caller.id : NULL};
    json_decref(data);
    if (body)
        consult_each_present(row, tell_one, &drawn);
    free(body);
}

// Of the paper that is shown; `kind` is text.
static const struct problem *draw_as(const struct listener *listener,
                                     const struct consultation *row, struct paper *paper,
                                     const json_t *message)
{
    const char *kind = json_string_value(json_object_get(message, "kind"));
    enum papers_may may = papers_may(listener->api, row, listener->caller.id);
    bool points = strcmp(kind, "pointer") == 0;
    if (may < (points ? PAPERS_POINT : PAPERS_GIVE))
        return &not_yours;
    const struct problem *problem = draw(paper, kind, json_object_get(message, "points"));
    if (!problem && !points)
        papers_changed(paper);
    return problem;
}

void papers_draw(struct listener *listener, json_int_t ref, const json_t *message)
{
    const struct api *api = listener->api;
    const struct caller *caller = &listener->caller;
    const struct consultation *row = papers_meeting(api, caller, NULL);
    struct paper *paper = row ? papers_find(api, row->id, 0) : NULL;
    bool is_text = json_is_string(json_object_get(message, "kind"));
    const struct problem *problem = &not_shown;
    if (paper && papers_are_for(paper, caller->id) &&
        paper->n == json_integer_value(json_object_get(message, "n")))
        problem = is_text ? draw_as(listener, row, paper, message) : &bad_kind;
    if (!problem)
        tell(listener, row, paper, message);
    listener_reply(listener, ref, problem, NULL);
}
