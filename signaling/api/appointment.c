#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"
#include "signaling/consult/settings.h"

// Appointments as the desk keeps them, and as a lawyer sees his own.

#define ROOM_NAME_MAX 90

// --- looking -------------------------------------------------------------------------------------

static bool is_seen_appointment(const struct consult *clinic, const struct caller *caller,
                                const json_t *row)
{
    return seen_meeting_place(clinic, caller, json_string_value(json_object_get(row, "place")));
}

static bool is_seen_choice(const struct consult *clinic, const struct caller *caller,
                           const json_t *row)
{
    return seen_meeting_place(clinic, caller, json_string_value(json_object_get(row, "id")));
}

static void got_all(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    const struct consult *clinic = call_clinic(call);
    char room_day[CALENDAR_TEXT_MAX], until[CALENDAR_TEXT_MAX];
    int64_t now_ms = clock_wall_ms();
    calendar_text(consult_room_day(clinic, now_ms), room_day);
    calendar_text(calendar_until(consult_calendar(clinic), calendar_today(now_ms)), until);
    seen_rows(clinic, &call->caller, rows, is_seen_appointment);
    if (err)
        call_problem(call, problem);
    else
        http_reply_json(call->req, 200,
                        json_pack("{s:O, s:s, s:s}", "appointments", rows, "room_day", room_day,
                                  "calendar_until", until));
}

void appointments_get(struct call *call)
{
    call_list(call, PEOPLE_APPOINTMENTS, NULL, got_all);
}

static void got_own(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_rows(arg, "appointments", err, problem, rows);
}

void my_appointments_get(struct call *call)
{
    call_list(call, PEOPLE_MY_APPOINTMENTS, call->caller.id, got_own);
}

static void got_places(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_choice);
    call_rows(call, "places", err, problem, rows);
}

void places_get(struct call *call)
{
    call_list(call, PEOPLE_PLACES, NULL, got_places);
}

// Without a word about it: the desk's only one, or the only one there is.
static bool read_centre(struct call *call, const json_t *body, const char **centre)
{
    const struct consult *clinic = call_clinic(call);
    const struct consult_centre *only = consult_only_centre(clinic);
    if (!call_may_line(call, body, "centre", CALLER_ID_MAX - 1, centre))
        return false;
    if (!*centre || !**centre)
        *centre = only ? only->id : scope_only_centre(&call->caller.scope);
    if (consult_centre(clinic, *centre) && seen_centre(clinic, &call->caller, *centre))
        return true;
    call_refuse(call, 422, **centre ? "unknown-centre" : "centre-needed",
                **centre ? "there is no such centre" : "say whose room it is", "centre");
    return false;
}

void places_post(struct call *call)
{
    json_t *body = call_json(call);
    const char *name = NULL, *centre = NULL;
    if (body && call_text(call, body, "name", ROOM_NAME_MAX) &&
        call_may_line(call, body, "name", ROOM_NAME_MAX, &name) && read_centre(call, body, &centre))
        call_desk(call, DESK_ROOM_ADD, &(struct desk_request){.note = name, .centre = centre});
    json_decref(body);
}

// --- making --------------------------------------------------------------------------------------

// A whole number that may be missing (0): false after having replied.
static bool read_number(struct call *call, const json_t *body, const char *field, int64_t *number)
{
    const json_t *member = json_object_get(body, field);
    *number = json_integer_value(member);
    if (!member || (json_is_integer(member) && *number >= 0 && *number < 4102444800000ll))
        return true;
    call_refuse(call, 400, "bad-field", "a whole number is expected", field);
    return false;
}

static bool read_line(struct call *call, const json_t *body, const char *field, char *to,
                      size_t size)
{
    const char *text;
    if (!call_may_line(call, body, field, size - 1, &text))
        return false;
    text_copy(to, size, text ? text : "");
    return true;
}

static bool read_kind(struct call *call, const json_t *body, enum appointment_kind *kind)
{
    const char *text = json_string_value(json_object_get(body, "kind"));
    if (text && appointment_kind_parse(text, kind) == 0)
        return true;
    call_refuse(call, 400, "bad-field", "lawyer or room is expected", "kind");
    return false;
}

static bool read_appointment(struct call *call, const json_t *body,
                             struct consult_appointment *wanted)
{
    return read_kind(call, body, &wanted->kind) &&
           read_line(call, body, "place", wanted->place, sizeof(wanted->place)) &&
           read_line(call, body, "name", wanted->name, sizeof(wanted->name)) &&
           read_line(call, body, "phone", wanted->phone, sizeof(wanted->phone)) &&
           read_number(call, body, "starts_at", &wanted->starts_at) &&
           read_number(call, body, "ends_at", &wanted->ends_at) &&
           read_line(call, body, "lawyer", wanted->lawyer, sizeof(wanted->lawyer)) &&
           read_line(call, body, "category", wanted->category, sizeof(wanted->category)) &&
           read_line(call, body, "purpose", wanted->purpose, sizeof(wanted->purpose));
}

// A room has no lawyer, and who comes to a lawyer says to him what it is about.
static void keep_own(struct consult_appointment *wanted)
{
    if (wanted->kind == APPOINTMENT_ROOM)
        wanted->lawyer[0] = wanted->category[0] = 0;
    else
        wanted->purpose[0] = 0;
}

static void command(struct call *call, struct consult_command *what)
{
    what->who = call->caller.id;
    call->api->config.people->consult(call->api->config.ops_arg, what, call_done, call);
}

// What is somewhere else is not there: the clinic refuses it by its field.
static void hide_others(struct call *call, struct consult_appointment *wanted,
                        struct consult_command *book)
{
    const struct consult *clinic = call_clinic(call);
    const struct consult_booth *place = consult_place(clinic, wanted->place);
    if (place && (place->is_closed || !seen_meeting_place(clinic, &call->caller, place->id)))
        wanted->place[0] = 0;
    if (!seen_lawyer(clinic, &call->caller, wanted->lawyer))
        wanted->lawyer[0] = 0;
    if (book->message && !seen_message(clinic, &call->caller, book->message))
        book->message = INT64_MAX;
}

void appointments_post(struct call *call)
{
    struct consult_appointment wanted = {0};
    struct consult_command book = {.verb = CONSULT_BOOK, .wanted = &wanted};
    json_t *body = call_json(call);
    if (body && read_appointment(call, body, &wanted) &&
        read_number(call, body, "message", &book.message)) {
        keep_own(&wanted);
        hide_others(call, &wanted, &book);
        command(call, &book);
    }
    json_decref(body);
}

// --- deciding ------------------------------------------------------------------------------------

static const struct {
    const char *name;
    enum consult_verb verb;
} decisions[] = {
    {"approve", CONSULT_APPROVE}, {"refuse", CONSULT_REFUSE}, {"call_off", CONSULT_CALL_OFF},
    {"remind", CONSULT_REMIND},   {"came", CONSULT_CAME},     {"no_show", CONSULT_NO_SHOW},
    {"move", CONSULT_MOVE},
};

static bool read_decision(struct call *call, const json_t *body, enum consult_verb *verb)
{
    const char *name = json_string_value(json_object_get(body, "decision"));
    for (size_t i = 0; name && i < sizeof(decisions) / sizeof(decisions[0]); i++)
        if (strcmp(decisions[i].name, name) == 0) {
            *verb = decisions[i].verb;
            return true;
        }
    call_refuse(call, 400, "bad-field",
                "approve, refuse, call_off, move, remind, came, no_show or told is expected",
                "decision");
    return false;
}

static int64_t id_of(const struct call *call)
{
    long id = 0;
    text_number(route_param(&call->match, "appointment"), 0, 1000000000, &id);
    return id;
}

// What is over is known only from the list.
static void got_told(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    size_t i;
    json_t *row;
    struct desk_request request = {0};
    if (err) {
        call_problem(call, problem);
        return;
    }
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_appointment);
    json_array_foreach(rows, i, row)
    {
        if (json_integer_value(json_object_get(row, "id")) == id_of(call))
            request.id = id_of(call);
    }
    call_desk(call, DESK_TOLD, &request);
}

static bool is_told(const json_t *body)
{
    const char *name = json_string_value(json_object_get(body, "decision"));
    return name && strcmp(name, "told") == 0;
}

// Where it is to be from now on: what is not said stays. False after having replied.
static bool read_move(struct call *call, const json_t *body, struct consult_command *decide,
                      struct consult_appointment *wanted)
{
    const char *place, *lawyer;
    int64_t starts_at, ends_at;
    if (!call_may_line(call, body, "place", sizeof(wanted->place) - 1, &place) ||
        !call_may_line(call, body, "lawyer", sizeof(wanted->lawyer) - 1, &lawyer) ||
        !read_number(call, body, "starts_at", &starts_at) ||
        !read_number(call, body, "ends_at", &ends_at))
        return false;
    if (place)
        text_copy(wanted->place, sizeof(wanted->place), place);
    if (lawyer)
        text_copy(wanted->lawyer, sizeof(wanted->lawyer), lawyer);
    wanted->starts_at = starts_at ? starts_at : wanted->starts_at;
    wanted->ends_at = ends_at ? ends_at : wanted->ends_at;
    keep_own(wanted);
    hide_others(call, wanted, decide);
    decide->wanted = wanted;
    return true;
}

void appointment_decision_post(struct call *call)
{
    int64_t id = id_of(call);
    struct consult_command decide = {0};
    struct consult_appointment wanted = {0};
    const struct consult_appointment *at = consult_appointment(call_clinic(call), id);
    if (at && seen_meeting_place(call_clinic(call), &call->caller, at->place)) {
        decide.appointment = id;
        wanted = *at;
    }
    json_t *body = call_json(call); // NULL: the call is answered and gone
    if (is_told(body))
        call_list(call, PEOPLE_APPOINTMENTS, NULL, got_told);
    else if (body && read_decision(call, body, &decide.verb) &&
             call_may_line(call, body, "reason", APPOINTMENT_TEXT_MAX - 1, &decide.reason) &&
             read_move(call, body, &decide, &wanted))
        command(call, &decide);
    json_decref(body);
}
