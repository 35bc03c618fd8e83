#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// The address of one WHIP or WHEP session: trickle, ICE restart and the answer to a counter-offer
// by PATCH, end by DELETE.

void resource_get(struct call *call)
{
    http_reply(call->req, 200, "application/sdp", "", 0);
}

// If-Match: * (the RFC's prose) or "*" (its example).
static bool etag_any(const char *wanted)
{
    return strcmp(wanted, "*") == 0 || strcmp(wanted, "\"*\"") == 0;
}

static bool etag_fits(const char *wanted, const char *etag)
{
    size_t len = strlen(etag);
    return strlen(wanted) == len + 2 && wanted[0] == '"' && wanted[len + 1] == '"' &&
           memcmp(wanted + 1, etag, len) == 0;
}

static void etag_changed(struct call *call)
{
    call_refuse(call, 412, "etag-changed", "the session's ETag is another", "if-match");
}

// W16: another ICE session, another ETag.
static void restarted(struct call *call, const struct media_outcome *outcome)
{
    char etag[RESOURCE_NAME + 2];
    struct resource *resource = resources_find(call->api->resources, call->resource);
    snprintf(etag, sizeof(etag), "\"%s\"", outcome->etag);
    if (resource)
        text_copy(resource->etag, sizeof(resource->etag), outcome->etag);
    http_add_header(call->req, "etag", etag);
    http_reply(call->req, 200, FRAGMENT_TYPE, outcome->fragment, strlen(outcome->fragment));
}

static void patched(void *arg, const struct media_outcome *outcome)
{
    static const struct {
        int status;
        const char *slug;
    } refusals[] = {[MEDIA_BAD_FRAGMENT] = {400, "bad-fragment"},
                    [MEDIA_BAD_ANSWER] = {400, "bad-sdp"},
                    [MEDIA_ANSWER_REFUSED] = {422, "answer-not-acceptable"},
                    [MEDIA_NO_OFFER] = {409, "no-offer"}};
    struct call *call = arg;
    struct resource *resource = resources_find(call->api->resources, call->resource);
    if (outcome->result == MEDIA_OK && outcome->fragment) {
        restarted(call, outcome);
    } else if (outcome->result == MEDIA_OK) {
        if (resource)
            resource->offered = false;
        http_reply_empty(call->req, 204);
    } else if (outcome->result == MEDIA_NO_SESSION) {
        call_refuse(call, 404, "no-session", "there is no such session", "session");
    } else if (outcome->result == MEDIA_ETAG_CHANGED) {
        etag_changed(call);
    } else {
        call_refuse(call, refusals[outcome->result].status, refusals[outcome->result].slug,
                    outcome->detail, outcome->field ? outcome->field : "body");
    }
}

// 0, or replied. An answer belongs to one offer by its address alone: If-Match may be left out.
static int check_patch(struct call *call, const struct resource *resource)
{
    const char *type = resource->offered ? ANSWER_TYPE : FRAGMENT_TYPE;
    const char *if_match = http_header(call->req, "if-match");
    if (!http_content_is(call->req, type)) {
        http_add_header(call->req, "accept-patch", type);
        call_refuse(call, 415, resource->offered ? "answer-needed" : "fragment-needed",
                    resource->offered ? "send the answer to the offer as application/sdp"
                                      : "send application/trickle-ice-sdpfrag",
                    "content-type");
        return EINVAL;
    }
    if (!if_match && !resource->offered) {
        call_refuse(call, 428, "if-match-needed", "send If-Match with the ETag of the session",
                    "if-match");
        return EINVAL;
    }
    if (if_match && !etag_any(if_match) && !etag_fits(if_match, resource->etag)) {
        etag_changed(call);
        return EINVAL;
    }
    return 0;
}

void resource_patch(struct call *call)
{
    const char *id = route_param(&call->match, "session");
    const struct resource *resource = resources_find(call->api->resources, id);
    const char *if_match = http_header(call->req, "if-match");
    const struct media_ops *media = call->api->config.media;
    size_t len;
    const char *body = http_body(call->req, &len);
    if (check_patch(call, resource) != 0)
        return;
    // The core compares again: a restart may be under way.
    bool any = !if_match || etag_any(if_match);
    const struct media_patch patch = {
        .session = id, .etag = any ? NULL : resource->etag, .fragment = body, .len = len};
    text_copy(call->resource, sizeof(call->resource), id);
    (resource->offered ? media->conclude : media->trickle)(call->api->config.ops_arg, &patch,
                                                           patched, call);
}

static void ended(void *arg, const struct media_outcome *outcome)
{
    struct call *call = arg;
    if (outcome->result == MEDIA_OK)
        http_reply_empty(call->req, 200);
    else
        call_refuse(call, 404, "no-session", "there is no such session", "session");
}

// W12: the ETag is ignored here; W5: a second DELETE is a 404.
void resource_delete(struct call *call)
{
    const char *id = route_param(&call->match, "session");
    resources_remove(call->api->resources, id);
    call->api->config.media->end_session(call->api->config.ops_arg, id, ended, call);
}
