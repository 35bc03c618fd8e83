#include <stdio.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// Recordings of a consultation, for its lawyer: a list, and each piece by piece.

static void listed(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_rows(arg, "recordings", err, problem, rows);
}

void recordings_get(struct call *call)
{
    call->api->config.records->recordings(call->api->config.ops_arg, &call->caller,
                                          route_param(&call->match, "consultation"), listed, call);
}

static void opened(void *arg, const struct problem *problem, const struct recording_piece *piece)
{
    struct call *call = arg;
    char next[24];
    if (problem) {
        call_problem(call, problem);
        return;
    }
    snprintf(next, sizeof(next), "%lld", (long long)piece->next);
    if (piece->next >= 0)
        http_add_header(call->req, "banyan-next", next);
    http_reply(call->req, 200, "application/octet-stream", piece->bytes, piece->len);
}

void recording_get(struct call *call)
{
    long from = 0;
    const char *text = http_query(call->req, "from");
    if (text && text_number(text, 0, 2147483647, &from) != 0) {
        call_refuse(call, 400, "bad-field", "from must be a number of 0 or more", "from");
        return;
    }
    const struct recording_request request = {
        .caller = &call->caller,
        .consultation = route_param(&call->match, "consultation"),
        .recording = route_param(&call->match, "recording"),
        .from = from};
    call->api->config.records->recording(call->api->config.ops_arg, &request, opened, call);
}
