#include <string.h>

#include "signaling/api/inside.h"

// The address of one WHIP or WHEP session: trickle by PATCH, end by DELETE.

void resource_get(struct call *call)
{
    http_reply(call->req, 200, NULL, 0, "application/sdp", "", 0);
}

// If-Match: "etag", or * (the RFC's prose) or "*" (its example).
static bool etag_fits(const char *wanted, const char *etag)
{
    size_t len = strlen(etag);
    if (strcmp(wanted, "*") == 0 || strcmp(wanted, "\"*\"") == 0)
        return true;
    return strlen(wanted) == len + 2 && wanted[0] == '"' && wanted[len + 1] == '"' &&
           memcmp(wanted + 1, etag, len) == 0;
}

static void trickled(void *arg, enum media_result result, const char *detail)
{
    struct call *call = arg;
    if (result == MEDIA_OK)
        http_reply(call->req, 204, NULL, 0, NULL, NULL, 0);
    else if (result == MEDIA_NO_SESSION)
        call_refuse(call, 404, "no-session", "there is no such session", "session");
    else
        call_refuse(call, 400, "bad-fragment", detail, "body");
}

void resource_patch(struct call *call)
{
    const char *id = route_param(&call->match, "session");
    const struct resource *resource = resources_find(call->api->resources, id);
    const char *if_match = http_header(call->req, "if-match");
    size_t len;
    const char *body = http_body(call->req, &len);
    if (!http_content_is(call->req, "application/trickle-ice-sdpfrag")) {
        http_add_header(call->req, "accept-patch", "application/trickle-ice-sdpfrag");
        call_refuse(call, 415, "fragment-needed", "send application/trickle-ice-sdpfrag",
                    "content-type");
        return;
    }
    if (!if_match) {
        call_refuse(call, 428, "if-match-needed", "send If-Match with the ETag of the session",
                    "if-match");
        return;
    }
    if (!etag_fits(if_match, resource->etag)) {
        call_refuse(call, 412, "etag-changed", "the session's ETag is another", "if-match");
        return;
    }
    call->api->config.media->trickle(call->api->config.ops_arg, id, body, len, trickled, call);
}

static void ended(void *arg, enum media_result result, const char *detail)
{
    struct call *call = arg;
    (void)detail;
    if (result == MEDIA_OK)
        http_reply(call->req, 200, NULL, 0, NULL, NULL, 0);
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
