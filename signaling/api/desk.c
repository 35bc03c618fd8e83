#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"

// The desk: its board and its follow-up tasks.

#define NOTE_MAX 1000

void desk_get(struct call *call)
{
    http_reply_json(call->req, 200, seen_desk(call_clinic(call), &call->caller));
}

// One is about a consultation in a booth, or about an appointment in a booth or a room.
static bool is_seen_task(const struct consult *clinic, const struct caller *caller,
                         const json_t *row)
{
    const char *place = json_string_value(json_object_get(row, "place"));
    if (place)
        return seen_meeting_place(clinic, caller, place);
    return seen_centre(clinic, caller, json_string_value(json_object_get(row, "centre")));
}

static void see_tasks(struct call *call, json_t *rows)
{
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_task);
}

static void got_tasks(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    see_tasks(call, rows);
    call_rows(call, "tasks", err, problem, rows);
}

void tasks_get(struct call *call)
{
    call_list(call, PEOPLE_TASKS, NULL, got_tasks);
}

static void note_done(struct call *call, int64_t id)
{
    struct desk_request request = {.id = id};
    json_t *body = call_json(call);
    request.note = body ? call_text(call, body, "note", NOTE_MAX)
                        : NULL; // NULL: replied, call is over
    if (request.note)
        call_desk(call, DESK_TASK_DONE, &request);
    json_decref(body);
}

// Who was rung up: the clinic notes it of his appointment, and that ends the task.
static void note_reminded(struct call *call, const json_t *task)
{
    struct consult_command remind = {
        .verb = CONSULT_REMIND,
        .who = call->caller.id,
        .appointment = json_integer_value(json_object_get(task, "appointment"))};
    if (json_object_get(task, "done_at")) {
        call_refuse(call, 404, "no-task", "there is no such open task: somebody has done it",
                    "task");
        return;
    }
    json_t *body = call_json(call); // NULL: the call is answered and gone
    if (body && call_may_line(call, body, "note", NOTE_MAX, &remind.reason))
        call->api->config.people->consult(call->api->config.ops_arg, &remind, call_done, call);
    json_decref(body);
}

// Whose task it is, is known only from the list.
static void got_whose(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    size_t i;
    json_t *row;
    const json_t *found = NULL;
    long id = 0;
    if (err) {
        call_problem(call, problem);
        return;
    }
    text_number(route_param(&call->match, "task"), 0, 1000000000, &id);
    see_tasks(call, rows);
    json_array_foreach(rows, i, row)
    {
        if (json_integer_value(json_object_get(row, "id")) == id)
            found = row;
    }
    if (json_object_get(found, "appointment"))
        note_reminded(call, found);
    else
        note_done(call, found ? id : 0);
}

void task_done_post(struct call *call)
{
    call_list(call, PEOPLE_TASKS, NULL, got_whose);
}
