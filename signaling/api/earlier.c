#include "signaling/api/inside.h"

// What lawyers wrote before for the resident of this consultation, for its lawyer, while the
// resident agrees.

static void listed(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_rows(arg, "earlier", err, problem, rows);
}

void earlier_get(struct call *call)
{
    call->api->config.records->earlier(call->api->config.ops_arg, &call->caller,
                                       route_param(&call->match, "consultation"), listed, call);
}

static void opened(void *arg, const struct problem *problem, const struct record_view *view)
{
    struct call *call = arg;
    if (problem)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200, record_json(view, true));
}

void earlier_record_get(struct call *call)
{
    call->api->config.records->earlier_record(call->api->config.ops_arg, &call->caller,
                                              route_param(&call->match, "consultation"),
                                              route_param(&call->match, "earlier"), opened, call);
}
