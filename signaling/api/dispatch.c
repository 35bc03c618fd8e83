#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// From a request to its handler: route, guard, handler.

static void refuse(struct http_request *req, int status, const char *slug, const char *detail,
                   const char *field)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        {400, "Bad request"},        {401, "Sign in first"},      {403, "Not allowed"},
        {404, "Not found"},          {405, "Method not allowed"}, {409, "Not now"},
        {412, "Out of date"},        {415, "Wrong media type"},   {422, "Not acceptable"},
        {428, "If-Match is needed"}, {429, "Too many requests"},  {503, "Not available now"},
    };
    const char *title = "Error";
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        if (titles[i].status == status)
            title = titles[i].title;
    http_reply_problem(
        req, &(struct http_problem){
                 .status = status, .slug = slug, .title = title, .detail = detail, .field = field});
}

void call_refuse(struct call *call, int status, const char *slug, const char *detail,
                 const char *field)
{
    refuse(call->req, status, slug, detail, field);
}

static void try_later(struct http_request *req)
{
    http_add_header(req, "retry-after", "2");
    refuse(req, 503, "try-later", "please try again in a moment", NULL);
}

void call_try_later(struct call *call)
{
    try_later(call->req);
}

void call_problem(struct call *call, const struct problem *problem)
{
    if (!problem || problem->status == 503)
        call_try_later(call);
    else
        call_refuse(call, problem->status, problem->slug, problem->detail, problem->field);
}

static const struct api_target *target_of(const struct call *call)
{
    return call->match.route->target;
}

static bool is_room_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t len = strlen(name);
    return len > 0 && len < RESOURCE_NAME && strspn(name, letters) == len;
}

static void need_bearer(struct call *call, const char *detail)
{
    http_add_header(call->req, "www-authenticate", "Bearer realm=\"banyan\"");
    call_refuse(call, 401, "token-needed", detail, "authorization");
}

// 0, or replied.
static int check_room_token(struct call *call)
{
    const char *bearer = http_bearer(call->req);
    int err = token_check(call->api->config.secret, bearer, TOKEN_ROOM, clock_wall_ms(),
                          &call->token);
    if (err)
        need_bearer(call, err == ETIMEDOUT ? "the token has expired"
                                           : "a bearer token for this room is needed");
    return err;
}

static bool throttled(struct call *call)
{
    enum http_method method = http_method(call->req);
    if (method == HTTP_GET || method == HTTP_HEAD || method == HTTP_OPTIONS)
        return false;
    if (rate_take(call->api->media_rate, http_client(call->req), clock_us()))
        return false;
    http_add_header(call->req, "retry-after", "1");
    call_refuse(call, 429, "too-many-requests", "too many requests from this address", NULL);
    return true;
}

// Pages of any origin may publish and watch: a token speaks for them, never a cookie.
static void allow_any_origin(struct http_request *req)
{
    http_add_header(req, "access-control-allow-origin", "*");
    http_add_header(req, "access-control-expose-headers", "Location, Link, ETag, Retry-After");
}

// RFC 9725 section 4.7: the token is checked on the endpoint and on the session's address.
static void guard_media(struct call *call)
{
    const char *room = route_param(&call->match, "room");
    bool publish = strncmp(http_path(call->req), "/whip/", 6) == 0;
    allow_any_origin(call->req);
    if (!is_room_name(room)) {
        call_refuse(call, 400, "bad-room", "a room's name is 1 to 63 of A-Z a-z 0-9 . _ -", "room");
        return;
    }
    text_copy(call->room, sizeof(call->room), room);
    if (throttled(call) || check_room_token(call) != 0)
        return;
    if (!token_allows(&call->token, room, publish ? TOKEN_PUBLISH : TOKEN_VIEW)) {
        call_refuse(call, 403, "not-your-room", "the token does not allow this in this room",
                    "authorization");
        return;
    }
    target_of(call)->handler(call);
}

static void guard_resource(struct call *call)
{
    allow_any_origin(call->req);
    if (throttled(call) || check_room_token(call) != 0)
        return;
    struct resource *resource = resources_find(call->api->resources,
                                               route_param(&call->match, "session"));
    if (!resource) {
        call_refuse(call, 404, "no-session", "there is no such session", "session");
        return;
    }
    if (strcmp(resource->owner, call->token.subject) != 0 ||
        !token_allows(&call->token, resource->room,
                      resource->publishes ? TOKEN_PUBLISH : TOKEN_VIEW)) {
        call_refuse(call, 403, "not-your-session", "the token is not the one of this session",
                    "authorization");
        return;
    }
    target_of(call)->handler(call);
}

// In a browser, by somebody who reads the answer: scripts take anything.
static bool is_opened(struct http_request *req)
{
    const char *accept = http_header(req, "accept");
    return accept && strstr(accept, "text/html");
}

// Who may not see records is told so only once it is in the audit log.
static void refusal_noted(void *arg, int err)
{
    struct call *call = arg;
    if (err)
        call_try_later(call);
    else if (is_opened(call->req))
        record_refused(call);
    else
        call_refuse(call, 403, "not-allowed", "your role does not allow this", NULL);
}

static bool may(const struct caller *caller, enum right right)
{
    return role_may(caller->role, right) && (!role_is_whole(right) || scope_is_all(&caller->scope));
}

static void known(void *arg, int err, const struct caller *caller)
{
    struct call *call = arg;
    const struct api_target *target = target_of(call);
    if (err == EAGAIN) {
        call_try_later(call);
        return;
    }
    if (!caller) {
        call_refuse(call, 401, "sign-in-needed", "please sign in first", NULL);
        return;
    }
    call->caller = *caller;
    if (target->guard == GUARD_RECORD && !role_may(caller->role, target->right)) {
        call->api->config.records->refused(call->api->config.ops_arg, caller,
                                           route_param(&call->match, "consultation"), refusal_noted,
                                           call);
        return;
    }
    if (target->guard == GUARD_RIGHT && !may(caller, target->right)) {
        call_refuse(call, 403, "not-allowed", "your role does not allow this", NULL);
        return;
    }
    target->handler(call);
}

static void guard_people(struct call *call)
{
    enum http_method method = http_method(call->req);
    bool reads = method == HTTP_GET || method == HTTP_HEAD;
    const char *bearer = http_bearer(call->req);
    if (!bearer && !reads && !http_header(call->req, "x-banyan")) {
        call_refuse(call, 403, "header-needed", "the header X-Banyan: 1 is missing", "x-banyan");
        return;
    }
    caller_resolve(call->api, bearer, http_cookie(call->req, SESSION_COOKIE), known, call);
}

static void guard(struct call *call)
{
    switch (target_of(call)->guard) {
    case GUARD_NONE:
        target_of(call)->handler(call);
        break;
    case GUARD_SIGNED_IN:
    case GUARD_RIGHT:
    case GUARD_RECORD:
        guard_people(call);
        break;
    case GUARD_MEDIA:
        guard_media(call);
        break;
    case GUARD_RESOURCE:
        guard_resource(call);
        break;
    }
}

static void no_route(struct http_request *req, int err, const struct route_match *match)
{
    char allow[ROUTE_ALLOW_SIZE];
    if (err == EINVAL) {
        refuse(req, 400, "bad-path", "the address is not clean text", "path");
        return;
    }
    if (err == ENOENT && (http_method(req) == HTTP_GET || http_method(req) == HTTP_HEAD)) {
        http_reply_file(req, http_path(req));
        return;
    }
    if (err == ENOENT) {
        refuse(req, 404, "not-found", "there is nothing at this address", "path");
        return;
    }
    http_add_header(req, "allow", route_allow(match->allowed, allow));
    if (http_method(req) == HTTP_OPTIONS)
        http_reply_empty(req, 200);
    else
        refuse(req, 405, "method-not-allowed", "this address does not know this method", "method");
}

void api_dispatch(struct http_request *req, void *arg)
{
    struct call *call = mem_zalloc(sizeof(*call));
    if (!call) {
        try_later(req);
        return;
    }
    call->api = arg;
    call->req = req;
    int err = route_find(api_routes, api_routes_count, http_method(req), http_path(req),
                         &call->match);
    if (err) {
        no_route(req, err, &call->match);
        mem_free(call);
        return;
    }
    http_set_user(req, call, mem_free);
    const char *unclean = http_query_unclean(req);
    if (unclean)
        call_refuse(call, 400, "bad-query", "this is not clean text", unclean);
    else
        guard(call);
}
