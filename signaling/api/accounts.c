#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/base/writer.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"
#include "signaling/auth/account_name.h"
#include "signaling/consult/words.h"

// Accounts: those of others, and the sessions of one's own.

#define DISPLAY_MAX 60
#define LINE_MAX    (CONSULT_NAME_MAX - 1)

// --- rows ----------------------------------------------------------------------------------------

static void split(json_t *row, const char *member)
{
    const char *list = json_string_value(json_object_get(row, member));
    json_t *array = json_array();
    while (list && *list) {
        size_t len = strcspn(list, ",");
        json_array_append_new(array, json_stringn(list, len));
        list += len + (list[len] == ',');
    }
    json_object_set_new(row, member, array);
}

static void take(char *to, size_t size, const json_t *row, const char *member)
{
    const char *text = json_string_value(json_object_get(row, member));
    text_copy(to, size, text ? text : "");
}

static void place_of(const struct consult *clinic, const json_t *row, struct scope *place)
{
    const char *centres = json_string_value(json_object_get(row, "centres"));
    take(place->district, sizeof(place->district), row, "district");
    take(place->street, sizeof(place->street), row, "street");
    scope_read_centres(place, centres ? centres : "");
    consult_name_place(clinic, place);
}

static bool is_seen_user(const struct consult *clinic, const struct caller *caller,
                         const json_t *row)
{
    struct scope place;
    place_of(clinic, row, &place);
    return scope_covers(&caller->scope, &place);
}

static void set_or_drop(json_t *row, const char *member, const char *text)
{
    if (*text)
        json_object_set_new(row, member, json_string(text));
    else
        json_object_del(row, member);
}

// As it is today; "centre" for who belongs to one alone.
static void tell_place(const struct consult *clinic, json_t *row)
{
    struct scope place;
    place_of(clinic, row, &place);
    set_or_drop(row, "district", place.district);
    set_or_drop(row, "street", place.street);
    set_or_drop(row, "centre", scope_only_centre(&place));
    split(row, "centres");
}

static void got_users(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    size_t i;
    json_t *row;
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_user);
    json_array_foreach(rows, i, row)
    {
        split(row, "skills");
        split(row, "languages");
        tell_place(call_clinic(call), row);
    }
    call_rows(call, "users", err, problem, rows);
}

static void got_sessions(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_rows(arg, "sessions", err, problem, rows);
}

void users_get(struct call *call)
{
    call_list(call, PEOPLE_USERS, NULL, got_users);
}

// Who keeps only a part of the accounts changes none of the others.
static void got_whose(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    const char *user = route_param(&call->match, "user");
    size_t i;
    json_t *row;
    if (err) {
        call_problem(call, problem);
        return;
    }
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_user);
    json_array_foreach(rows, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "id")), user) == 0) {
            call->next(call);
            return;
        }
    }
    call_refuse(call, 404, "no-user", "there is no such account", "user");
}

void call_if_keeps(struct call *call, api_handler *next)
{
    call->next = next;
    if (scope_is_all(&call->caller.scope))
        next(call);
    else
        call_list(call, PEOPLE_USERS, NULL, got_whose);
}

static void list_sessions(struct call *call)
{
    call_list(call, PEOPLE_SESSIONS, route_param(&call->match, "user"), got_sessions);
}

void user_sessions_get(struct call *call)
{
    call_if_keeps(call, list_sessions);
}

void my_sessions_get(struct call *call)
{
    call_list(call, PEOPLE_SESSIONS, call->caller.id, got_sessions);
}

// --- making and changing -------------------------------------------------------------------------

static void account(struct call *call, enum account_verb verb, struct account_request *request)
{
    request->actor = call->caller.id;
    call->api->config.people->account(call->api->config.ops_arg, verb, request, call_done, call);
}

static int refuse_list(struct call *call, const char *field)
{
    call_refuse(call, 400, "bad-field", "a list of known codes is expected", field);
    return EINVAL;
}

// A list of codes as it is stored, with commas. `text` NULL when the member is missing. 0, or
// replied.
static int read_codes(struct call *call, const json_t *body, const char *field,
                      bool (*is_code)(const char *), char list[CONSULT_LIST_MAX])
{
    const json_t *array = json_object_get(body, field);
    struct writer w = writer_of(list, CONSULT_LIST_MAX);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *code = json_string_value(json_array_get(array, i));
        if (!code || !is_code(code))
            return refuse_list(call, field);
        writer_printf(&w, "%s%s", i ? "," : "", code);
    }
    if (array && (!json_is_array(array) || !writer_string(&w)))
        return refuse_list(call, field);
    return 0;
}

// What of a request is not simply a text of the body.
struct parts {
    char skills[CONSULT_LIST_MAX];
    char languages[CONSULT_LIST_MAX];
    struct scope place;
};

struct known_place {
    const struct scope *place;
    bool found;
};

static void compare_place(const struct consult_centre *centre, void *arg)
{
    struct known_place *known = arg;
    struct scope at;
    consult_scope_of_centre(centre, &at);
    known->found |= scope_covers(known->place, &at);
}

// Of a district or street there must be a centre: a name with a typing error sees nothing.
static bool is_place(const struct consult *clinic, const struct scope *place)
{
    struct known_place known = {.place = place, .found = scope_is_all(place)};
    consult_each_centre(clinic, compare_place, &known);
    return known.found && (*place->district || !*place->street);
}

// Blames what was said: several centres, one, or the street or district.
static bool refuse_place(struct call *call, const json_t *body, const char *slug,
                         const char *detail)
{
    static const char *const fields[] = {"centres", "centre", "street"};
    const char *field = "district";
    for (size_t i = sizeof(fields) / sizeof(fields[0]); i-- > 0;) {
        const json_t *said = json_object_get(body, fields[i]);
        if (json_array_size(said) || json_string_length(said))
            field = fields[i];
    }
    call_refuse(call, 422, slug, detail, field);
    return false;
}

// One more centre of the account. False after having replied.
static bool read_centre(struct call *call, const char *field, const char *id, struct scope *place)
{
    if (!consult_centre(call_clinic(call), id)) {
        call_refuse(call, 422, "unknown-centre", "there is no such centre", field);
        return false;
    }
    if (scope_add_centre(place, id))
        return true;
    call_refuse(call, 422, "too-many-chosen",
                "these are more than 16 centres: choose their street or district", field);
    return false;
}

static bool read_centres(struct call *call, const json_t *body, const char *one,
                         struct scope *place)
{
    const json_t *list = json_object_get(body, "centres");
    if (list && !json_is_array(list)) {
        call_refuse(call, 400, "bad-field", "a list of centres is expected", "centres");
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (!read_centre(call, "centres", id, place))
            return false;
    }
    return !one || !*one || read_centre(call, "centre", one, place);
}

// What was said of it, as far as it is known. False after having replied.
static bool read_where(struct call *call, const json_t *body, struct scope *place)
{
    const char *centre, *district, *street;
    *place = (struct scope){0};
    if (!call_may_line(call, body, "centre", CALLER_ID_MAX - 1, &centre) ||
        !call_may_line(call, body, "district", SCOPE_NAME_MAX - 1, &district) ||
        !call_may_line(call, body, "street", SCOPE_NAME_MAX - 1, &street) ||
        !read_centres(call, body, centre, place))
        return false;
    text_copy(place->district, SCOPE_NAME_MAX, district ? district : "");
    text_copy(place->street, SCOPE_NAME_MAX, street ? street : "");
    consult_name_place(call_clinic(call), place);
    return true;
}

static bool says_where(const json_t *body)
{
    return json_object_get(body, "centres") || json_object_get(body, "centre") ||
           json_object_get(body, "district") || json_object_get(body, "street");
}

// Where the account belongs: all together, so that one of them names a new place.
static bool read_place(struct call *call, const json_t *body, struct account_request *request,
                       struct scope *place)
{
    if (!request->role && !says_where(body))
        return true; // it stays as it is
    if (!read_where(call, body, place))
        return false;
    if (scope_is_all(place) && json_object_get(body, "centres")) { // a box forgotten is not all
        call_refuse(call, 422, "none-chosen", "choose at least one centre", "centres");
        return false;
    }
    if (scope_is_all(place))
        *place = call->caller.scope;
    if (!is_place(call_clinic(call), place))
        return refuse_place(call, body, "unknown-place", "no centre is there");
    if (!scope_covers(&call->caller.scope, place))
        return refuse_place(call, body, "outside-your-place",
                            "this is not within what you may change");
    request->place = place;
    return true;
}

// What a new account and a changed one have in common. False after having replied.
static bool read_fields(struct call *call, const json_t *body, struct account_request *request,
                        struct parts *lists)
{
    if (!read_place(call, body, request, &lists->place) ||
        !call_may_line(call, body, "law_firm", LINE_MAX, &request->law_firm) ||
        !call_may_line(call, body, "licence_no", LINE_MAX, &request->licence_no) ||
        read_codes(call, body, "skills", consult_is_category, lists->skills) ||
        read_codes(call, body, "languages", consult_is_language, lists->languages))
        return false;
    if (json_object_get(body, "skills"))
        request->skills = lists->skills;
    if (json_object_get(body, "languages"))
        request->languages = lists->languages;
    return true;
}

static bool read_display_name(struct call *call, const json_t *body,
                              struct account_request *request)
{
    if (!call_may_line(call, body, "display_name", DISPLAY_MAX, &request->display_name))
        return false;
    if (request->display_name && *request->display_name)
        return true;
    call_refuse(call, 400, "bad-field", "display_name must be one line of 1 to 60 bytes",
                "display_name");
    return false;
}

// Those who sign in: devices and members come another way.
static bool read_role(struct call *call, const json_t *body, struct account_request *request)
{
    const char *role = json_string_value(json_object_get(body, "role"));
    if (role && role_parse(role, &request->role) == 0 && role_may(request->role, RIGHT_SIGN_IN))
        return true;
    call_refuse(call, 400, "bad-field",
                "role is lawyer, hall, staff, sysadmin, secadmin or auditor", "role");
    return false;
}

static bool read_name(struct call *call, const json_t *body, struct account_request *request)
{
    request->name = call_text(call, body, "name", ACCOUNT_NAME_MAX);
    if (request->name && account_is_name(request->name))
        return true;
    if (request->name)
        call_refuse(call, 400, "bad-field", "name is 2 to 40 of a-z 0-9 . _ -", "name");
    return false;
}

// The audit log is one for the whole machine.
static bool check_auditor(struct call *call, const struct account_request *request)
{
    if (request->role != ROLE_AUDITOR || scope_is_all(request->place))
        return true;
    call_refuse(call, 422, "whole-only", "an auditor sees the whole machine", "role");
    return false;
}

void users_post(struct call *call)
{
    struct account_request request = {0};
    struct parts lists;
    json_t *body = call_json(call);
    if (body && read_name(call, body, &request) && read_role(call, body, &request) &&
        read_display_name(call, body, &request) && read_fields(call, body, &request, &lists) &&
        check_auditor(call, &request))
        account(call, ACCOUNT_ADD, &request);
    json_decref(body);
}

static void patch(struct call *call)
{
    bool disabled = false;
    struct account_request request = {.id = route_param(&call->match, "user")};
    struct parts lists;
    json_t *body = call_json(call);
    bool whole = body && call_may_bool(call, body, "disabled", &disabled) &&
                 (!json_object_get(body, "display_name") ||
                  read_display_name(call, body, &request)) &&
                 read_fields(call, body, &request, &lists);
    if (whole && json_object_get(body, "disabled"))
        request.disabled = &disabled;
    if (whole)
        account(call, ACCOUNT_EDIT, &request);
    json_decref(body);
}

void user_patch(struct call *call)
{
    call_if_keeps(call, patch);
}

static void new_password(struct call *call)
{
    struct account_request request = {.id = route_param(&call->match, "user")};
    account(call, ACCOUNT_PASSWORD, &request);
}

void user_password_post(struct call *call)
{
    call_if_keeps(call, new_password);
}

static void forget_factor(struct call *call)
{
    struct account_request request = {.id = route_param(&call->match, "user")};
    account(call, ACCOUNT_FACTOR, &request);
}

void user_factor_delete(struct call *call)
{
    call_if_keeps(call, forget_factor);
}

static void end_session(struct call *call, const char *user)
{
    struct account_request request = {.id = user, .session = route_param(&call->match, "session")};
    account(call, ACCOUNT_END, &request);
}

static void end_theirs(struct call *call)
{
    end_session(call, route_param(&call->match, "user"));
}

void user_session_delete(struct call *call)
{
    call_if_keeps(call, end_theirs);
}

void my_session_delete(struct call *call)
{
    end_session(call, call->caller.id);
}
