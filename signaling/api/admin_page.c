#include "signaling/api/inside.h"

// What the auditor looks at.

static void got_audit(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_rows(arg, "entries", err, problem, rows);
}

void audit_get(struct call *call)
{
    call_list(call, PEOPLE_AUDIT, NULL, got_audit);
}

void audit_verify_get(struct call *call)
{
    call->api->config.people->verify_audit(call->api->config.ops_arg, call_shown, call);
}
