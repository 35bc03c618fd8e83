#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// The server-sent events extension of WHEP (webrtc-http-egress-events): what is watched begins or
// ends, its layers, how many watch, and that the client should connect again. A stream is a mailbox
// of the newest event of each kind, so it needs no queue: all of them tell how things are. A
// session has one; another POST makes another.

#define HEARTBEAT_US 15000000
#define BASE_MAX     192 // "https://host:port", from the Host header
#define URL_MAX      448
#define EVENT_MAX    (RESOURCE_LAYERS_MAX + 64)

enum event { EVENT_ACTIVE, EVENT_INACTIVE, EVENT_LAYERS, EVENT_VIEWERS, EVENT_RECONNECT, EVENTS };

static const char *const names[EVENTS] = {[EVENT_ACTIVE] = "active",
                                          [EVENT_INACTIVE] = "inactive",
                                          [EVENT_LAYERS] = "layers",
                                          [EVENT_VIEWERS] = "viewercount",
                                          [EVENT_RECONNECT] = "reconnect"};
#define EVENT_NAMES "active,inactive,layers,reconnect,viewercount"

struct event_stream {
    struct list link; // api.event_streams
    struct api *api;
    struct resource *resource;
    char id[RESOURCE_ID_LEN + 1];
    unsigned wanted, waiting;   // bits 1 << EVENT_...
    bool active;                // what is watched was there when it was looked at last
    struct http_stream *reader; // NULL: nobody reads at the moment
    struct loop_timer heartbeat;
    char base[BASE_MAX], url[URL_MAX];
};

void events_free(struct event_stream *stream)
{
    if (!stream)
        return;
    if (stream->reader)
        http_stream_end(stream->reader);
    loop_timer_stop(stream->api->config.loop, &stream->heartbeat);
    list_remove(&stream->link);
    stream->resource->events = NULL;
    mem_free(stream);
}

// --- sending ------------------------------------------------------------------------------------

// The data of an event as JSON on one line; NULL when there is nothing to say.
static const char *data_of(const struct event_stream *stream, enum event event, char *text,
                           size_t size)
{
    const struct resource *resource = stream->resource;
    const struct media_ops *media = stream->api->config.media;
    switch (event) {
    case EVENT_LAYERS:
        return resource->layers;
    case EVENT_VIEWERS:
        snprintf(text, size, "{\"viewercount\":%u}",
                 media->viewers(stream->api->config.ops_arg, resource->room));
        return text;
    case EVENT_RECONNECT:
        snprintf(text, size, "{\"url\":\"%s\"}", stream->url);
        return text;
    default:
        return "{}";
    }
}

// False when the reader is gone.
static bool send_event(const struct event_stream *stream, enum event event)
{
    char small[URL_MAX + 16], text[EVENT_MAX];
    const char *data = data_of(stream, event, small, sizeof(small));
    if (!data)
        return true;
    int len = snprintf(text, sizeof(text), "event: %s\ndata: %s\n\n", names[event], data);
    return http_stream_send(stream->reader, text, (size_t)len) == 0;
}

static void send_waiting(struct event_stream *stream)
{
    for (unsigned event = 0; stream->reader && event < EVENTS; event++) {
        unsigned bit = 1u << event;
        if (!(stream->waiting & bit))
            continue;
        if (!send_event(stream, (enum event)event))
            return; // on_gone() follows
        stream->waiting &= ~bit;
    }
}

static void raise(struct event_stream *stream, enum event event)
{
    if (event == EVENT_ACTIVE || event == EVENT_INACTIVE)
        stream->waiting &= ~(1u << EVENT_ACTIVE | 1u << EVENT_INACTIVE);
    stream->waiting |= stream->wanted & 1u << event;
    send_waiting(stream);
}

static void on_heartbeat(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct event_stream *stream = arg;
    if (!stream->reader || http_stream_send(stream->reader, ":\n\n", 3) != 0)
        return;
    loop_timer_start(stream->api->config.loop, timer, now_us + HEARTBEAT_US, on_heartbeat, stream);
}

static void on_gone(void *arg)
{
    struct event_stream *stream = arg;
    stream->reader = NULL;
    loop_timer_stop(stream->api->config.loop, &stream->heartbeat);
}

// --- what happens -------------------------------------------------------------------------------

static bool is_active(const struct event_stream *stream)
{
    const struct resource *resource = stream->resource;
    const struct media_request watched = {
        .session = resource->id,
        .room = resource->room,
        .participant = resource->participant,
        .publication = resource->publication[0] ? resource->publication : NULL};
    return stream->api->config.media->is_live(stream->api->config.ops_arg, &watched);
}

void api_media_published(struct api *api, const char *room)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->event_streams)
    {
        struct event_stream *stream = container_of(pos, struct event_stream, link);
        if (strcmp(stream->resource->room, room) != 0 || is_active(stream) == stream->active)
            continue;
        stream->active = !stream->active;
        raise(stream, stream->active ? EVENT_ACTIVE : EVENT_INACTIVE);
    }
}

void api_media_viewers(struct api *api, const char *room)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->event_streams)
    {
        struct event_stream *stream = container_of(pos, struct event_stream, link);
        if (strcmp(stream->resource->room, room) == 0)
            raise(stream, EVENT_VIEWERS);
    }
}

void api_media_reconnect(struct api *api, const char *base)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->event_streams)
    {
        struct event_stream *stream = container_of(pos, struct event_stream, link);
        const struct resource *resource = stream->resource;
        const char *publication = resource->publication;
        snprintf(stream->url, sizeof(stream->url), "%s/whep/%s%s%s", base ? base : stream->base,
                 resource->room, publication[0] ? "/" : "", publication);
        raise(stream, EVENT_RECONNECT);
    }
}

void events_layers(struct resource *resource)
{
    if (resource->events)
        raise(resource->events, EVENT_LAYERS);
}

unsigned api_event_streams(const struct api *api)
{
    unsigned count = 0;
    for (const struct list *at = api->event_streams.next; at != &api->event_streams; at = at->next)
        count++;
    return count;
}

// --- requests -----------------------------------------------------------------------------------

void add_event_link(struct call *call, const struct resource *resource)
{
    char link[256];
    snprintf(link, sizeof(link),
             "</media/%s/events>; rel=\"urn:ietf:params:whep:ext:core:server-sent-events\"; "
             "events=\"" EVENT_NAMES "\"",
             resource->id);
    http_add_header(call->req, "link", link);
}

static unsigned bit_of(const json_t *name)
{
    const char *text = json_string_value(name);
    for (unsigned event = 0; text && event < EVENTS; event++)
        if (strcmp(names[event], text) == 0)
            return 1u << event;
    return 0;
}

static void refuse_events(struct call *call)
{
    call_refuse(call, 400, "unknown-event", "send a JSON array with some of " EVENT_NAMES,
                "events");
}

// The events asked for, all when nothing is said; 0 after having replied.
static unsigned wanted_of(struct call *call)
{
    size_t len, i;
    const char *body = http_body(call->req, &len);
    json_t *list, *name;
    unsigned wanted = 0;
    if (len == 0)
        return (1u << EVENTS) - 1;
    if (!http_content_is(call->req, "application/json")) {
        call_refuse(call, 415, "json-needed", "send application/json", "content-type");
        return 0;
    }
    list = json_loadb(body, len, 0, NULL);
    json_array_foreach(list, i, name)
    {
        unsigned bit = bit_of(name);
        if (!bit) {
            wanted = 0;
            break;
        }
        wanted |= bit;
    }
    json_decref(list);
    if (!wanted)
        refuse_events(call);
    return wanted;
}

// Where this gateway is for whoever asks: what he wrote himself, without what has to be escaped.
static void write_base(const struct call *call, char base[BASE_MAX])
{
    static const char clean[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    const char *host = http_header(call->req, "host");
    bool usable = host && strspn(host, clean) == strlen(host) && strlen(host) < BASE_MAX - 16;
    snprintf(base, BASE_MAX, "%s%s", usable ? http_is_tls(call->req) ? "https://" : "http://" : "",
             usable ? host : "");
}

static struct event_stream *new_stream(struct call *call, struct resource *resource,
                                       unsigned wanted)
{
    struct event_stream *stream = mem_zalloc(sizeof(*stream));
    if (!stream)
        return NULL;
    stream->api = call->api;
    stream->resource = resource;
    stream->wanted = wanted;
    random_text(stream->id, RESOURCE_ID_LEN);
    write_base(call, stream->base);
    stream->active = is_active(stream);
    list_append(&call->api->event_streams, &stream->link);
    resource->events = stream;
    return stream;
}

void events_post(struct call *call)
{
    struct resource *resource = resources_find(call->api->resources,
                                               route_param(&call->match, "session"));
    if (resource->publishes) {
        call_refuse(call, 404, "no-events", "only a session that watches has events", "session");
        return;
    }
    unsigned wanted = wanted_of(call);
    if (!wanted)
        return;
    events_free(resource->events);
    const struct event_stream *stream = new_stream(call, resource, wanted);
    if (!stream) {
        call_try_later(call);
        return;
    }
    char location[96];
    snprintf(location, sizeof(location), "/media/%s/events/%s", resource->id, stream->id);
    http_add_header(call->req, "location", location);
    http_reply_empty(call->req, 201);
}

// NULL after having replied.
static struct event_stream *find(struct call *call)
{
    const struct resource *resource = resources_find(call->api->resources,
                                                     route_param(&call->match, "session"));
    struct event_stream *stream = resource ? resource->events : NULL;
    if (stream && strcmp(stream->id, route_param(&call->match, "stream")) == 0)
        return stream;
    call_refuse(call, 404, "no-stream", "there is no such event stream", "stream");
    return NULL;
}

// Whoever begins to read learns how things are: he may have missed something.
static void begin(struct event_stream *stream)
{
    unsigned state = 1u << EVENT_LAYERS | 1u << EVENT_VIEWERS;
    if (stream->active)
        state |= 1u << EVENT_ACTIVE;
    stream->waiting |= state & stream->wanted;
    if (http_stream_send(stream->reader, "retry: 2000\n\n", 13) != 0)
        return;
    loop_timer_start(stream->api->config.loop, &stream->heartbeat, clock_us() + HEARTBEAT_US,
                     on_heartbeat, stream);
    send_waiting(stream);
}

// No token: the address is as secret as one, and EventSource can send none.
void event_stream_get(struct call *call)
{
    http_add_header(call->req, "access-control-allow-origin", "*");
    struct event_stream *stream = find(call);
    if (!stream)
        return;
    if (stream->reader) {
        http_stream_end(stream->reader);
        on_gone(stream);
    }
    stream->reader = http_stream_begin(call->req, "text/event-stream", on_gone, stream);
    if (stream->reader)
        begin(stream);
}

void event_stream_delete(struct call *call)
{
    struct event_stream *stream = find(call);
    if (!stream)
        return;
    events_free(stream);
    http_reply_empty(call->req, 200);
}
