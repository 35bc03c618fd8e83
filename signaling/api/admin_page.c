#include "signaling/api/inside.h"

// What the auditor looks at.

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
