#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// The video layer selection extension of WHEP: which of the picture's layers are there is told by
// events (events.c) and, as far as pages need it, on /v1/live; which one is shown may be asked for.

#define LAYER_MAX  7     // of the ids; SVC has fewer
#define PIXELS_MAX 65535 // width and height

// --- what is told -------------------------------------------------------------------------------

static json_t *layer_json(const struct media_layer *layer, bool current)
{
    json_t *json = json_pack("{s:i, s:i, s:I}", "spatialLayerId", (int)layer->spatial,
                             "temporalLayerId", (int)layer->temporal, "bitrate",
                             layer->active ? (json_int_t)layer->rate : (json_int_t)0);
    if (layer->rid[0])
        json_object_set_new(json, "rid", json_string(layer->rid));
    if (layer->width && layer->height) {
        json_object_set_new(json, "width", json_integer(layer->width));
        json_object_set_new(json, "height", json_integer(layer->height));
    }
    if (current)
        json_object_set_new(json, "current", json_true());
    return json;
}

// The draft's object, by the m-line's place, the highest layer first; besides it, why nothing is
// shown.
static char *layers_text(const struct resource *resource, const struct media_layers *layers)
{
    char place[16];
    json_t *list = json_array();
    for (unsigned i = layers->count; i-- > 0;)
        json_array_append_new(list, layer_json(&layers->layers[i], layers->current == (int)i));
    snprintf(place, sizeof(place), "%u", resource->video_line);
    json_t *json = json_pack("{s:o, s:s*}", place, list, "paused", layers->paused);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

// Pages have no event stream: each has its WebSocket.
static void tell_page(struct api *api, struct resource *resource, const char *paused)
{
    if (strcmp(resource->paused, paused ? paused : "") == 0)
        return;
    text_copy(resource->paused, sizeof(resource->paused), paused ? paused : "");
    live_shown(api, resource, paused);
}

void api_media_layers(struct api *api, const char *session, const struct media_layers *layers)
{
    struct resource *resource = resources_find(api->resources, session);
    char *text = resource ? layers_text(resource, layers) : NULL;
    if (text && strlen(text) < RESOURCE_LAYERS_MAX) {
        mem_free(resource->layers);
        resource->layers = mem_printf("%s", text);
        events_layers(resource);
    }
    free(text); // jansson's, from malloc
    if (resource)
        tell_page(api, resource, layers->paused);
}

// --- what is asked for --------------------------------------------------------------------------

void add_layer_link(struct call *call, const struct resource *resource)
{
    char link[128];
    snprintf(link, sizeof(link), "</media/%s/layer>; rel=\"urn:ietf:params:whep:ext:core:layer\"",
             resource->id);
    http_add_header(call->req, "link", link);
}

// A whole number in 0..max, or -1 when it is not there. False after having refused it.
static bool take_number(struct call *call, const json_t *body, const char *field, int max,
                        int *value)
{
    const json_t *number = json_object_get(body, field);
    char detail[96];
    *value = -1;
    if (!number)
        return true;
    if (json_is_integer(number) && json_integer_value(number) >= 0 &&
        json_integer_value(number) <= max) {
        *value = (int)json_integer_value(number);
        return true;
    }
    snprintf(detail, sizeof(detail), "%s must be a whole number from 0 to %d", field, max);
    call_refuse(call, 400, "bad-field", detail, field);
    return false;
}

static int lower(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static bool take_numbers(struct call *call, const json_t *body, struct media_layer_request *wish)
{
    int spatial, temporal, width, height;
    if (!take_number(call, body, "spatialLayerId", LAYER_MAX, &wish->spatial) ||
        !take_number(call, body, "temporalLayerId", LAYER_MAX, &wish->temporal) ||
        !take_number(call, body, "maxSpatialLayerId", LAYER_MAX, &spatial) ||
        !take_number(call, body, "maxTemporalLayerId", LAYER_MAX, &temporal) ||
        !take_number(call, body, "maxWidth", PIXELS_MAX, &width) ||
        !take_number(call, body, "maxHeight", PIXELS_MAX, &height))
        return false;
    wish->spatial = lower(wish->spatial, spatial);
    wish->temporal = lower(wish->temporal, temporal);
    wish->max_width = width > 0 ? (unsigned)width : 0;
    wish->max_height = height > 0 ? (unsigned)height : 0;
    return true;
}

// The rid, under the draft's name or the one that clients before it use.
static bool take_rid(struct call *call, const json_t *body, struct media_layer_request *wish)
{
    const char *older;
    if (!call_may_text(call, body, "rid", MEDIA_RID_MAX - 1, &wish->rid) ||
        !call_may_text(call, body, "encodingId", MEDIA_RID_MAX - 1, &older))
        return false;
    wish->rid = wish->rid ? wish->rid : older;
    return true;
}

// Not the draft's: sound alone.
static bool take_paused(struct call *call, const json_t *body, struct media_layer_request *wish)
{
    const json_t *paused = json_object_get(body, "paused");
    wish->paused = json_is_true(paused);
    if (!paused || json_is_boolean(paused))
        return true;
    call_refuse(call, 400, "bad-field", "paused must be true or false", "paused");
    return false;
}

static bool take_media(struct call *call, const json_t *body, const struct resource *resource)
{
    const json_t *place = json_object_get(body, "mediaId");
    long number = -1;
    if (!place)
        return true;
    if (json_is_string(place) && text_number(json_string_value(place), 0, 63, &number) == 0 &&
        number == (long)resource->video_line)
        return true;
    call_refuse(call, 400, "bad-field", "mediaId must be the place of the video m-line, as text",
                "mediaId");
    return false;
}

static void selected(void *arg, const struct media_outcome *outcome)
{
    struct call *call = arg;
    if (outcome->result == MEDIA_OK)
        http_reply_empty(call->req, 200);
    else if (outcome->result == MEDIA_NO_SESSION)
        call_refuse(call, 404, "no-session", "there is no such session", "session");
    else
        call_refuse(call, 422, "no-layer", outcome->detail ? outcome->detail : "no such layer",
                    outcome->field ? outcome->field : "rid");
}

void layer_post(struct call *call)
{
    const struct resource *resource = resources_find(call->api->resources,
                                                     route_param(&call->match, "session"));
    if (resource->publishes) {
        call_refuse(call, 404, "no-layers", "only a session that watches has layers", "session");
        return;
    }
    struct media_layer_request wish = {.session = resource->id};
    json_t *body = call_json(call);
    if (body && take_media(call, body, resource) && take_rid(call, body, &wish) &&
        take_numbers(call, body, &wish) && take_paused(call, body, &wish))
        call->api->config.media->select_layer(call->api->config.ops_arg, &wish, selected, call);
    json_decref(body);
}
