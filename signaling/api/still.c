#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// A paper that the resident shows: one still a consultation, with what either side draws on it.
// Only in memory, never decoded here, and wiped when the consultation is over.

#define STILL_MIN   128   // bytes: less is no picture
#define STROKES_MAX 400   // a still
#define NUMBERS_MAX 400   // of a stroke: x and y in turn
#define SCALE       10000 // a coordinate is this part of the picture's width or height

struct still {
    struct list link; // api.stills
    char consultation[CONSULT_ID_MAX];
    json_int_t n; // every still of a gateway has another
    unsigned char *bytes;
    size_t len;
    json_t *strokes;
};

static const struct problem no_still = {409, "no-still", "This paper is not shown",
                                        "It has been put away, or another one is shown.", "n"};
static const struct problem bad_kind = {422, "bad-kind", "Not a way to draw",
                                        "Send pen, pointer or clear.", "kind"};
static const struct problem bad_points = {
    422, "bad-points", "Not points",
    "Send 2 to 400 whole numbers from 0 to 10000, x and y in turn.", "points"};
static const struct problem too_much = {409, "too-many-strokes", "Too much is drawn",
                                        "Send clear first.", "points"};

static const struct consult *clinic_of(const struct api *api)
{
    return api->config.people->clinic(api->config.ops_arg);
}

// The meeting that the caller is one side of, if its id is `id` (NULL: whichever it is).
static const struct consultation *own_meeting(const struct api *api, const struct caller *caller,
                                              const char *id)
{
    const struct consultation *row = caller->role == ROLE_BOOTH
                                         ? consult_of_booth(clinic_of(api), caller->id)
                                         : consult_of_lawyer(clinic_of(api), caller->id);
    bool meets = row && (row->state == CONSULT_CONNECTED || row->state == CONSULT_SUSPENDED);
    return meets && (!id || strcmp(row->id, id) == 0) ? row : NULL;
}

static struct still *find(const struct api *api, const char *consultation)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &((struct api *)(uintptr_t)api)->stills)
    {
        struct still *still = container_of(pos, struct still, link);
        if (strcmp(still->consultation, consultation) == 0)
            return still;
    }
    return NULL;
}

static void wipe(struct still *still)
{
    list_remove(&still->link);
    if (still->bytes)
        explicit_bzero(still->bytes, still->len);
    mem_free(still->bytes);
    json_decref(still->strokes);
    mem_free(still);
}

void api_still_forget(struct api *api, const char *consultation)
{
    struct still *still = find(api, consultation);
    if (still)
        wipe(still);
}

void stills_free(struct api *api)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->stills) wipe(container_of(pos, struct still, link));
}

// --- telling -----------------------------------------------------------------------------------

// Takes the reference over.
static void tell_both(struct api *api, const struct consultation *row, const char *kind,
                      json_t *data)
{
    char topic[CONSULT_ID_MAX + 8];
    char *body = data ? json_dumps(data, JSON_COMPACT) : NULL;
    json_decref(data);
    if (!body)
        return;
    snprintf(topic, sizeof(topic), "booth:%s", row->booth);
    api_tell(api, topic, 0, kind, body);
    snprintf(topic, sizeof(topic), "lawyer:%s", row->lawyer);
    api_tell(api, topic, 0, kind, body);
    free(body);
}

// n 0: nothing is shown any more.
static json_t *still_json(const char *consultation, const struct still *still)
{
    return json_pack("{s:s, s:I, s:o}", "consultation", consultation, "n",
                     still ? still->n : (json_int_t)0, "strokes",
                     still ? json_incref(still->strokes) : json_array());
}

json_t *still_state(const struct api *api, const struct caller *caller)
{
    const struct consultation *row = own_meeting(api, caller, NULL);
    const struct still *still = row ? find(api, row->id) : NULL;
    return still ? still_json(row->id, still) : json_null();
}

// --- the picture -------------------------------------------------------------------------------

static const struct consultation *meeting_of(struct call *call)
{
    const char *id = route_param(&call->match, "consultation");
    const struct consultation *row = own_meeting(call->api, &call->caller, id);
    if (!row)
        call_refuse(call, 404, "no-consultation", "there is no such running consultation",
                    "consultation");
    return row;
}

// Start and end of image: what lies between is for browsers to read.
static bool is_jpeg(const unsigned char *bytes, size_t len)
{
    return len >= STILL_MIN && memcmp(bytes, "\xff\xd8\xff", 3) == 0 &&
           memcmp(bytes + len - 2, "\xff\xd9", 2) == 0;
}

static struct still *still_new(struct api *api, const char *consultation, const char *bytes,
                               size_t len)
{
    struct still *still = mem_zalloc(sizeof(*still));
    if (!still)
        return NULL;
    list_append(&api->stills, &still->link);
    text_copy(still->consultation, sizeof(still->consultation), consultation);
    still->n = ++api->still_n;
    still->len = len;
    still->bytes = mem_zalloc(len);
    still->strokes = json_array();
    if (!still->bytes || !still->strokes) {
        wipe(still);
        return NULL;
    }
    memcpy(still->bytes, bytes, len);
    return still;
}

void still_post(struct call *call)
{
    size_t len;
    const char *body = http_body(call->req, &len);
    const struct consultation *row = meeting_of(call);
    if (!row)
        return;
    if (!http_content_is(call->req, "image/jpeg")) {
        call_refuse(call, 415, "jpeg-needed", "send the picture as image/jpeg", "content-type");
        return;
    }
    if (!is_jpeg((const unsigned char *)body, len)) {
        call_refuse(call, 422, "not-a-jpeg", "this is not a whole JPEG picture", "body");
        return;
    }
    api_still_forget(call->api, row->id);
    struct still *still = still_new(call->api, row->id, body, len);
    if (!still) {
        call_try_later(call);
        return;
    }
    tell_both(call->api, row, "still", still_json(row->id, still));
    http_reply_json(call->req, 201, still_json(row->id, still));
}

void still_get(struct call *call)
{
    const struct consultation *row = meeting_of(call);
    if (!row)
        return;
    const struct still *still = find(call->api, row->id);
    if (!still)
        call_refuse(call, 404, "no-still", "no paper is shown", "consultation");
    else
        http_reply(call->req, 200, NULL, 0, "image/jpeg", still->bytes, still->len);
}

void still_delete(struct call *call)
{
    const struct consultation *row = meeting_of(call);
    if (!row)
        return;
    api_still_forget(call->api, row->id);
    tell_both(call->api, row, "still", still_json(row->id, NULL));
    http_reply(call->req, 204, NULL, 0, NULL, NULL, 0);
}

// --- drawing -----------------------------------------------------------------------------------

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
static const struct problem *draw(struct still *still, const char *kind, json_t *points)
{
    if (strcmp(kind, "clear") == 0) {
        json_array_clear(still->strokes);
        return NULL;
    }
    if (strcmp(kind, "pen") != 0 && strcmp(kind, "pointer") != 0)
        return &bad_kind;
    if (!are_points(points))
        return &bad_points;
    if (strcmp(kind, "pointer") == 0)
        return NULL;
    if (json_array_size(still->strokes) >= STROKES_MAX)
        return &too_much;
    json_array_append(still->strokes, points);
    return NULL;
}

void still_draw(struct listener *listener, json_int_t ref, const json_t *message)
{
    struct api *api = listener->api;
    const struct caller *caller = &listener->caller;
    const struct consultation *row = own_meeting(api, caller, NULL);
    struct still *still = row ? find(api, row->id) : NULL;
    const char *kind = json_string_value(json_object_get(message, "kind"));
    json_t *points = json_object_get(message, "points");
    const struct problem *problem = &no_still;
    if (still && still->n == json_integer_value(json_object_get(message, "n")))
        problem = kind ? draw(still, kind, points) : &bad_kind;
    if (!problem)
        tell_both(api, row, "drawn",
                  json_pack("{s:s, s:I, s:s, s:s, s:O?}", "consultation", row->id, "n", still->n,
                            "by", role_name(caller->role), "kind", kind, "points", points));
    listener_reply(listener, ref, problem, NULL);
}
