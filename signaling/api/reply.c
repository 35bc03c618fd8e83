#include "signaling/api/inside.h"

// What handlers ask people for and how the answers end a request, where all do it the same way.

const struct consult *call_clinic(const struct call *call)
{
    return call->api->config.people->clinic(call->api->config.ops_arg);
}

void call_list(struct call *call, enum people_list which, const char *key, people_result_h *done)
{
    call->api->config.people->list(call->api->config.ops_arg, which, key,
                                   http_cookie(call->req, SESSION_COOKIE), done, call);
}

void call_rows(struct call *call, const char *name, int err, const struct problem *problem,
               json_t *rows)
{
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, json_pack("{s:O}", name, rows));
}

void call_shown(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, json_incref(result));
}

void call_done(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else if (result)
        http_reply_json(call->req, 201, json_incref(result));
    else
        http_reply_empty(call->req, 204);
}

void call_desk(struct call *call, enum desk_verb verb, struct desk_request *request)
{
    request->actor = call->caller.id;
    call->api->config.people->desk(call->api->config.ops_arg, verb, request, call_done, call);
}
