#include <string.h>

#include "gateway/base/clock.h"
#include "signaling/api/inside.h"
#include "signaling/consult/consult_json.h"
#include "signaling/lecture/lecture_json.h"

// What can be read over REST: the clinic, lectures, one consultation.

void clinic_get(struct call *call)
{
    const struct consult *clinic = call_clinic(call);
    const char *booth = http_query(call->req, "booth");
    const struct consult_centre *centre = booth ? consult_centre_of(clinic, booth) : NULL;
    if (booth && !centre)
        call_refuse(call, 404, "no-booth", "there is no such booth", "booth");
    else
        http_reply_json(call->req, 200, consult_json_clinic(clinic, centre));
}

static void add_half_days(json_t *list, int64_t day)
{
    char text[CALENDAR_TEXT_MAX];
    calendar_text(day, text);
    json_array_append_new(list, json_sprintf("%s-am", text));
    json_array_append_new(list, json_sprintf("%s-pm", text));
}

// By the gateway's clock and its tables of holidays: a booth has neither.
void half_days_get(struct call *call)
{
    const struct consult *clinic = call_clinic(call);
    int64_t days[CONSULT_WISH_DAYS];
    size_t count = consult_wish_days(clinic, clock_wall_ms(), days);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        add_half_days(list, days[i]);
    http_reply_json(call->req, 200, json_pack("{s:o}", "half_days", list));
}

void lectures_get(struct call *call)
{
    const struct lectures *lectures = call->api->config.people->lectures(call->api->config.ops_arg);
    http_reply_json(call->req, 200,
                    json_pack("{s:o}", "lectures", lectures_json(lectures, LECTURE_FOR_HALL)));
}

void lecture_get(struct call *call)
{
    const struct lectures *lectures = call->api->config.people->lectures(call->api->config.ops_arg);
    const struct lecture *lecture = lecture_find(lectures, route_param(&call->match, "lecture"));
    if (!lecture) {
        call_refuse(call, 404, "no-lecture", "there is no such lecture", "lecture");
        return;
    }
    json_t *data = lecture_json(lecture, LECTURE_FOR_HALL);
    grant_media(call->api, &call->caller, "lecture", data);
    http_reply_json(call->req, 200, data);
}

// Only its booth and its lawyers: for others it is as if it were not there.
void consultation_get(struct call *call)
{
    const struct consult *clinic = call_clinic(call);
    const struct consultation *row = consult_find(clinic,
                                                  route_param(&call->match, "consultation"));
    bool booth = call->caller.role == ROLE_BOOTH;
    bool colleague = row && !booth && strcmp(row->colleague, call->caller.id) == 0;
    if (!row || (!colleague && strcmp(booth ? row->booth : row->lawyer, call->caller.id) != 0)) {
        call_refuse(call, 404, "no-consultation", "there is no such consultation", "consultation");
        return;
    }
    json_t *data = consult_json(
        clinic, row, booth ? CONSULT_FOR_BOOTH : consult_audience_of(row, call->caller.id));
    grant_media(call->api, &call->caller, "consultation", data);
    http_reply_json(call->req, 200, data);
}
