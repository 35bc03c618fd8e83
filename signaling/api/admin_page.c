#include "signaling/api/inside.h"

// What administrators look at: booths and their enrolment codes, the audit log.

static void got_booths(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, json_pack("{s:O}", "booths", rows));
}

void booths_get(struct call *call)
{
    call->api->config.people->list(call->api->config.ops_arg, PEOPLE_BOOTHS, NULL, NULL, got_booths,
                                   call);
}

static void got_code(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 201, json_incref(result));
}

void booth_code_post(struct call *call)
{
    const struct desk_request request = {.actor = call->caller.id,
                                         .booth = route_param(&call->match, "booth")};
    call->api->config.people->desk(call->api->config.ops_arg, DESK_BOOTH_CODE, &request, got_code,
                                   call);
}

static void got_audit(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, json_pack("{s:O}", "entries", rows));
}

void audit_get(struct call *call)
{
    call->api->config.people->list(call->api->config.ops_arg, PEOPLE_AUDIT, NULL, NULL, got_audit,
                                   call);
}

static void got_verification(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct call *call = arg;
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, json_incref(result));
}

void audit_verify_get(struct call *call)
{
    call->api->config.people->verify_audit(call->api->config.ops_arg, got_verification, call);
}
