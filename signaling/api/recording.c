#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"

// Recordings of a consultation, for its lawyer: a list, and a viewing of all of them. A viewing's
// files are given in ranges (RFC 9110 section 14), as a browser's player asks for them.

static void listed(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_rows(arg, "recordings", err, problem, rows);
}

void recordings_get(struct call *call)
{
    call->api->config.records->recordings(call->api->config.ops_arg, &call->caller,
                                          route_param(&call->match, "consultation"), listed, call);
}

// --- a viewing ----------------------------------------------------------------------------------

void viewings_post(struct call *call)
{
    call->api->config.records->view(call->api->config.ops_arg, &call->caller,
                                    route_param(&call->match, "consultation"), call_done, call);
}

void viewing_delete(struct call *call)
{
    if (call->api->config.records->view_end(call->api->config.ops_arg, &call->caller,
                                            route_param(&call->match, "viewing")) != 0)
        call_refuse(call, 404, "no-viewing", "this viewing is over", "viewing");
    else
        http_reply_empty(call->req, 204);
}

// "bytes=FROM-", "bytes=FROM-LAST" or "bytes=-LENGTH"; more than one range is not served.
static int read_range(const char *text, int64_t *from, int64_t *len)
{
    long first = 0, last = LONG_MAX - 1;
    char numbers[48];
    if (!text || strncmp(text, "bytes=", 6) != 0 || !text_copy(numbers, sizeof(numbers), text + 6))
        return EINVAL;
    char *dash = strchr(numbers, '-');
    if (!dash)
        return EINVAL;
    *dash = '\0';
    bool bad_first = *numbers && text_number(numbers, 0, LONG_MAX - 1, &first) != 0;
    bool bad_last = dash[1] &&
                    text_number(dash + 1, *numbers ? first : 1, LONG_MAX - 1, &last) != 0;
    if (bad_first || bad_last || (!*numbers && !dash[1]))
        return EINVAL;
    *from = *numbers ? first : -last;
    *len = *numbers ? last - first + 1 : last;
    return 0;
}

static void given(void *arg, const struct problem *problem, const struct viewing_piece *piece)
{
    struct call *call = arg;
    char range[80];
    if (problem) {
        call_problem(call, problem);
        return;
    }
    snprintf(range, sizeof(range), "bytes %lld-%lld/%lld", (long long)piece->from,
             (long long)(piece->from + (int64_t)piece->len - 1), (long long)piece->size);
    http_add_header(call->req, "content-range", range);
    http_add_header(call->req, "accept-ranges", "bytes");
    http_reply(call->req, 206, piece->webm ? "video/webm" : "video/x-matroska", piece->bytes,
               piece->len);
}

void viewing_file_get(struct call *call)
{
    long file = 0;
    struct viewing_request request = {.caller = &call->caller,
                                      .consultation = route_param(&call->match, "consultation"),
                                      .viewing = route_param(&call->match, "viewing")};
    if (text_number(route_param(&call->match, "file"), 0, 9999, &file) != 0) {
        call_refuse(call, 404, "no-recording", "this viewing has no such file", "file");
        return;
    }
    if (read_range(http_header(call->req, "range"), &request.from, &request.len) != 0) {
        call_refuse(call, 400, "bad-field", "ask for one range of bytes", "range");
        return;
    }
    request.file = (size_t)file;
    call->api->config.records->view_piece(call->api->config.ops_arg, &request, given, call);
}
