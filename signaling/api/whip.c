#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// The WHIP and WHEP endpoints (RFC 9725 section 4.2, draft-ietf-wish-whep): an offer in, a session
// with its own address out.

#define UNFINISHED_MAX 2000

static void answered(void *arg, const struct media_answer *answer);

static void overloaded(struct call *call, const char *detail)
{
    http_add_header(call->req, "retry-after", "2");
    call_refuse(call, 503, "overloaded", detail, NULL);
}

static bool offer_is_fine(struct call *call)
{
    size_t len;
    http_body(call->req, &len);
    if (!http_content_is(call->req, "application/sdp")) {
        http_add_header(call->req, "accept-post", "application/sdp");
        call_refuse(call, 415, "sdp-needed", "send an offer as application/sdp", "content-type");
        return false;
    }
    if (len == 0) {
        call_refuse(call, 400, "bad-sdp", "the offer is empty", "body");
        return false;
    }
    return true;
}

// Makes the resource; NULL after having replied.
static struct resource *new_resource(struct call *call, bool publishes)
{
    struct api *api = call->api;
    if (resources_unfinished(api->resources) >= UNFINISHED_MAX) {
        overloaded(call, "too many sessions are just being set up");
        return NULL;
    }
    struct resource *resource = resources_add(api->resources, publishes, call->room,
                                              call->token.subject);
    if (!resource)
        overloaded(call, "memory is short");
    return resource;
}

static void start(struct call *call, bool publishes, const char *source, const char *publication)
{
    struct resource *resource = offer_is_fine(call) ? new_resource(call, publishes) : NULL;
    if (!resource)
        return;
    size_t len;
    const char *offer = http_body(call->req, &len);
    // A token for nobody in particular (banyanctl's): every session is its own participant.
    bool anonymous = strncmp(call->token.subject, "t-", 2) == 0;
    const char *participant = anonymous ? resource->id : call->token.subject;
    struct media_request request = {.session = resource->id,
                                    .room = call->room,
                                    .participant = participant,
                                    .offer = offer,
                                    .offer_len = len,
                                    .source = source,
                                    .publication = publication};
    const struct media_ops *media = call->api->config.media;
    text_copy(call->resource, sizeof(call->resource), resource->id);
    text_copy(resource->participant, sizeof(resource->participant), participant);
    text_copy(resource->publication, sizeof(resource->publication), publication ? publication : "");
    (publishes ? media->publish : media->watch)(call->api->config.ops_arg, &request, answered,
                                                call);
}

void whip_post(struct call *call)
{
    const char *source = http_query(call->req, "source");
    start(call, true, source ? source : "camera", NULL);
}

void whep_post(struct call *call)
{
    start(call, false, NULL, route_param(&call->match, "publication"));
}

// The place of the video m-line among all.
static unsigned video_line(const char *sdp)
{
    unsigned place = 0;
    for (const char *at = strstr(sdp, "\nm="); at; at = strstr(at + 1, "\nm=")) {
        if (strncmp(at, "\nm=video", 8) == 0)
            return place;
        place++;
    }
    return 0;
}

// The type of a counter-offer, with the time until which it may be answered.
static void offer_type(char *type, size_t size)
{
    time_t until = (time_t)(clock_wall_ms() / 1000 + MEDIA_OFFER_S);
    struct tm tm;
    gmtime_r(&until, &tm);
    strftime(type, size, "application/sdp; valid-until=\"%a, %d %b %Y %H:%M:%S GMT\"", &tm);
}

static void created(struct call *call, struct resource *resource, const struct media_answer *answer)
{
    char location[64], etag[RESOURCE_NAME + 2], type[80] = "application/sdp";
    snprintf(location, sizeof(location), "/media/%s", resource->id);
    snprintf(etag, sizeof(etag), "\"%s\"", answer->etag);
    text_copy(resource->etag, sizeof(resource->etag), answer->etag);
    resource->offered = answer->status == 406;
    if (resource->offered)
        offer_type(type, sizeof(type));
    http_add_header(call->req, "location", location);
    http_add_header(call->req, "etag", etag);
    http_add_header(call->req, "accept-patch", resource->offered ? ANSWER_TYPE : FRAGMENT_TYPE);
    resource->video_line = video_line(answer->sdp);
    add_ice_servers(call);
    if (!resource->publishes) {
        add_event_link(call, resource);
        add_layer_link(call, resource);
    }
    http_reply(call->req, answer->status, type, answer->sdp, strlen(answer->sdp));
}

static void refused(struct call *call, const struct media_answer *answer)
{
    static const struct {
        int status;
        const char *slug;
    } slugs[] = {{400, "bad-sdp"},
                 {403, "not-yours"},
                 {404, "no-publication"},
                 {409, "nobody-publishes"},
                 {422, "offer-not-acceptable"},
                 {503, "overloaded"}};
    const char *slug = "not-possible";
    for (size_t i = 0; i < sizeof(slugs) / sizeof(slugs[0]); i++)
        if (slugs[i].status == answer->status)
            slug = slugs[i].slug;
    if (answer->retry_after) {
        char seconds[16];
        snprintf(seconds, sizeof(seconds), "%u", answer->retry_after);
        http_add_header(call->req, "retry-after", seconds);
    }
    call_refuse(call, answer->status, slug, answer->detail, answer->field);
}

static void answered(void *arg, const struct media_answer *answer)
{
    struct call *call = arg;
    struct resource *resource = resources_find(call->api->resources, call->resource);
    bool made = answer->status == 201 || answer->status == 406;
    if (made && resource) {
        created(call, resource, answer);
        return;
    }
    resources_remove(call->api->resources, call->resource);
    if (made) // ended before it was answered
        overloaded(call, "the session ended at once");
    else
        refused(call, answer);
}

// W1, E3: GET says that the endpoint is there, and nothing else.
void media_get(struct call *call)
{
    http_reply(call->req, 200, "application/sdp", "", 0);
}

#define OPTIONS(call, headers) reply_options(call, headers, sizeof(headers) / sizeof((headers)[0]))

static void reply_options(struct call *call, const struct http_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        http_add_header(call->req, headers[i].name, headers[i].value);
    http_reply_empty(call->req, 200);
}

// W7, W25: a preflight needs no token; it learns what may be posted.
void media_options(struct call *call)
{
    static const struct http_header headers[] = {
        {"access-control-allow-origin", "*"},
        {"access-control-allow-methods", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"},
        {"access-control-allow-headers", "Authorization, Content-Type, If-Match"},
        {"access-control-expose-headers", "Location, Link, ETag, Retry-After"},
        {"access-control-max-age", "600"},
        {"accept-post", "application/sdp"},
        {"accept-patch", FRAGMENT_TYPE ", " ANSWER_TYPE},
    };
    OPTIONS(call, headers);
}

// The same for the addresses of the two extensions.
void extension_options(struct call *call)
{
    static const struct http_header headers[] = {
        {"access-control-allow-origin", "*"},
        {"access-control-allow-methods", "GET, HEAD, POST, DELETE, OPTIONS"},
        {"access-control-allow-headers", "Authorization, Content-Type, Last-Event-ID"},
        {"access-control-expose-headers", "Location, Retry-After"},
        {"access-control-max-age", "600"},
        {"accept-post", "application/json"},
    };
    OPTIONS(call, headers);
}
