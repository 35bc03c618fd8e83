#include <errno.h>
#include <stdio.h>

#include "signaling/api/inside.h"

// Links of a room to other servers: pulls (from a remote WHEP) and pushes (to a remote WHIP).

#define URL_MAX   1023
#define TOKEN_MAX 4095
#define WORD_MAX  31
#define ACTOR_MAX (CALLER_ID_MAX + 8)

static void created(struct call *call, const struct link_request *request, const char *id)
{
    char location[160];
    snprintf(location, sizeof(location), "/v1/rooms/%s/%s/%s", request->room,
             request->push ? "pushes" : "pulls", id);
    http_add_header(call->req, "location", location);
    http_reply_json(call->req, 201, json_pack("{s:s}", "id", id));
}

static const char *actor_of(const struct call *call, char text[ACTOR_MAX])
{
    snprintf(text, ACTOR_MAX, "user:%s", call->caller.id);
    return text;
}

static void start(struct call *call, const json_t *body, bool push)
{
    char id[LINK_ID_MAX], actor[ACTOR_MAX];
    bool audio = true, video = true;
    struct link_request request = {
        .push = push, .actor = actor_of(call, actor), .room = route_param(&call->match, "room")};
    request.url = call_text(call, body, "url", URL_MAX);
    if (!request.url || !call_may_text(call, body, "token", TOKEN_MAX, &request.token) ||
        !call_may_text(call, body, "source", WORD_MAX, &request.source) ||
        !call_may_bool(call, body, "insecure", &request.insecure) ||
        !call_may_bool(call, body, "audio", &audio) || !call_may_bool(call, body, "video", &video))
        return;
    request.no_audio = !audio;
    request.no_video = !video;
    const struct problem *problem = call->api->config.links->start(call->api->config.ops_arg,
                                                                   &request, id);
    if (problem && problem->status == 503)
        http_add_header(call->req, "retry-after", "5");
    if (problem)
        call_refuse(call, problem->status, problem->slug, problem->detail, problem->field);
    else
        created(call, &request, id);
}

static void post(struct call *call, bool push)
{
    json_t *body = call_json(call);
    if (body)
        start(call, body, push);
    json_decref(body);
}

static void get(struct call *call, bool push)
{
    json_t *list = call->api->config.links->list(call->api->config.ops_arg,
                                                 route_param(&call->match, "room"), push);
    http_reply_json(call->req, 200, json_pack("{s:o}", push ? "pushes" : "pulls", list));
}

static void end(struct call *call, bool push)
{
    const char *room = route_param(&call->match, "room");
    const char *id = route_param(&call->match, "link");
    char actor[ACTOR_MAX];
    if (call->api->config.links->end(call->api->config.ops_arg, actor_of(call, actor), room, push,
                                     id) == 0)
        http_reply_empty(call->req, 204);
    else
        call_refuse(call, 404, "no-link", "there is no such link in this room", "link");
}

void pulls_post(struct call *call)
{
    post(call, false);
}

void pulls_get(struct call *call)
{
    get(call, false);
}

void pull_delete(struct call *call)
{
    end(call, false);
}

void pushes_post(struct call *call)
{
    post(call, true);
}

void pushes_get(struct call *call)
{
    get(call, true);
}

void push_delete(struct call *call)
{
    end(call, true);
}
