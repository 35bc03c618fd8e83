#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/consult/consult_json.h"

// The desk: its board and its follow-up tasks.

#define NOTE_MAX 1000

void desk_get(struct call *call)
{
    const struct consult *clinic = call->api->config.people->clinic(call->api->config.ops_arg);
    http_reply_json(call->req, 200, consult_json_desk_state(clinic));
}

static void got_tasks(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, json_pack("{s:O}", "tasks", rows));
}

void tasks_get(struct call *call)
{
    call->api->config.people->list(call->api->config.ops_arg, PEOPLE_TASKS, NULL, NULL, got_tasks,
                                   call);
}

static void done(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    (void)result;
    if (err)
        call_problem(call, problem);
    else
        http_reply(call->req, 204, NULL, 0, NULL, NULL, 0);
}

void task_done_post(struct call *call)
{
    long id = 0;
    struct desk_request request = {.actor = call->caller.id};
    json_t *body = call_json(call);
    if (body)
        text_number(route_param(&call->match, "task"), 0, 1000000000, &id);
    request.id = id;
    request.note = body ? call_text(call, body, "note", NOTE_MAX)
                        : NULL; // NULL: replied, call is over
    if (request.note)
        call->api->config.people->desk(call->api->config.ops_arg, DESK_TASK_DONE, &request, done,
                                       call);
    json_decref(body);
}
