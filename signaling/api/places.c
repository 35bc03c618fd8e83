#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"

// Centres (a district, its streets, their centres) and the booths in them.

#define NAME_MAX    60
#define PHONE_MAX   40
#define ADDRESS_MAX 120

static void place(struct call *call, enum place_verb verb, struct place_request *request)
{
    request->actor = call->caller.id;
    call->api->config.people->place(call->api->config.ops_arg, verb, request, call_done, call);
}

// One line of text into `to`, left as it is when the member is missing. False after having replied.
static bool read_line(struct call *call, const json_t *body, const char *field, size_t max,
                      char *to, size_t size)
{
    const char *text;
    if (!call_may_line(call, body, field, max, &text))
        return false;
    if (text)
        text_copy(to, size, text);
    return true;
}

#define READ(field, max, to) read_line(call, body, field, max, to, sizeof(to))

static bool refuse(struct call *call, int status, const char *slug, const char *detail,
                   const char *field)
{
    call_refuse(call, status, slug, detail, field);
    return false;
}

// --- centres -------------------------------------------------------------------------------------

struct centre_list {
    const struct call *call;
    json_t *rows;
};

static void add_centre(const struct consult_centre *centre, void *arg)
{
    struct centre_list *list = arg;
    struct scope at;
    consult_scope_of_centre(centre, &at);
    if (scope_meets(&list->call->caller.scope, &at))
        json_array_append_new(
            list->rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", centre->id, "district",
                                  centre->district, "street", centre->street, "name", centre->name,
                                  "phone", centre->phone, "address", centre->address));
}

void centres_get(struct call *call)
{
    struct centre_list list = {call, json_array()};
    consult_each_centre(call_clinic(call), add_centre, &list);
    http_reply_json(
        call->req, 200,
        json_pack("{s:o, s:b}", "centres", list.rows, "all", scope_is_all(&call->caller.scope)));
}

static bool is_phone(const char *text)
{
    size_t digits = 0;
    for (const char *p = text; *p; p++)
        digits += *p >= '0' && *p <= '9';
    return digits >= 3 && strspn(text, "0123456789 +-()") == strlen(text);
}

struct namesake {
    const struct consult_centre *wanted;
    bool found;
};

static void compare_centre(const struct consult_centre *centre, void *arg)
{
    struct namesake *namesake = arg;
    const struct consult_centre *wanted = namesake->wanted;
    namesake->found |= strcmp(centre->id, wanted->id) != 0 &&
                       strcmp(centre->name, wanted->name) == 0 &&
                       strcmp(centre->street, wanted->street) == 0 &&
                       strcmp(centre->district, wanted->district) == 0;
}

// The whole centre as it is to be. False after having replied.
static bool check_centre(struct call *call, const struct consult_centre *centre)
{
    struct scope at;
    struct namesake namesake = {.wanted = centre};
    consult_scope_of_centre(centre, &at);
    consult_each_centre(call_clinic(call), compare_centre, &namesake);
    if (!*centre->name)
        return refuse(call, 400, "bad-field", "name must be one line of 1 to 60 bytes", "name");
    if (!is_phone(centre->phone))
        return refuse(call, 400, "bad-field", "phone is digits, with + - ( ) and blanks", "phone");
    if (*centre->street && !*centre->district)
        return refuse(call, 422, "district-needed", "a street is in a district", "district");
    if (!scope_covers(&call->caller.scope, &at))
        return refuse(call, 422, "outside-your-place", "this is not within what you may change",
                      strcmp(call->caller.scope.district, at.district) ? "district" : "street");
    if (namesake.found)
        return refuse(call, 409, "name-taken", "there is a centre of this name", "name");
    return true;
}

static bool read_centre(struct call *call, const json_t *body, struct consult_centre *centre)
{
    return READ("district", NAME_MAX, centre->district) &&
           READ("street", NAME_MAX, centre->street) && READ("name", NAME_MAX, centre->name) &&
           READ("phone", PHONE_MAX, centre->phone) &&
           READ("address", ADDRESS_MAX, centre->address) && check_centre(call, centre);
}

// Of somebody of chosen centres it would be seen by nobody.
void centres_post(struct call *call)
{
    struct place_request request = {0};
    json_t *body = call_json(call);
    if (body && call->caller.scope.centre_count)
        call_refuse(call, 403, "not-allowed", "only who keeps a street or district may", NULL);
    else if (body && read_centre(call, body, &request.centre))
        place(call, PLACE_ADD_CENTRE, &request);
    json_decref(body);
}

void centre_patch(struct call *call)
{
    const char *id = route_param(&call->match, "centre");
    const struct consult_centre *centre = consult_centre(call_clinic(call), id);
    struct place_request request = {0};
    if (!centre || !seen_centre(call_clinic(call), &call->caller, id)) {
        call_refuse(call, 404, "no-centre", "there is no such centre", "centre");
        return;
    }
    json_t *body = call_json(call);
    request.centre = *centre;
    if (body && read_centre(call, body, &request.centre))
        place(call, PLACE_EDIT_CENTRE, &request);
    json_decref(body);
}

// --- booths --------------------------------------------------------------------------------------

static bool is_seen_place(const struct consult *clinic, const struct caller *caller,
                          const json_t *row)
{
    const char *centre = json_string_value(json_object_get(row, "centre_id"));
    return seen_centre(clinic, caller, centre);
}

static void got_booths(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    seen_rows(call_clinic(call), &call->caller, rows, is_seen_place);
    call_rows(call, "booths", err, problem, rows);
}

void booths_get(struct call *call)
{
    call_list(call, PEOPLE_BOOTHS, NULL, got_booths);
}

struct booth_namesake {
    const struct consult_booth *wanted;
    bool found;
};

static void compare_booth(const struct consult_booth *booth, void *arg)
{
    struct booth_namesake *namesake = arg;
    const struct consult_booth *wanted = namesake->wanted;
    namesake->found |= strcmp(booth->id, wanted->id) != 0 &&
                       strcmp(booth->centre, wanted->centre) == 0 &&
                       strcmp(booth->name, wanted->name) == 0;
}

static bool read_booth_name(struct call *call, const json_t *body, struct consult_booth *booth)
{
    struct booth_namesake namesake = {.wanted = booth};
    *booth->name = 0;
    if (!READ("name", NAME_MAX, booth->name))
        return false;
    if (!*booth->name)
        return refuse(call, 400, "bad-field", "name must be one line of 1 to 60 bytes", "name");
    consult_each_booth(call_clinic(call), compare_booth, &namesake);
    if (namesake.found)
        return refuse(call, 409, "name-taken", "this centre has a booth of this name", "name");
    return true;
}

static bool read_booth_centre(struct call *call, const json_t *body, struct consult_booth *booth)
{
    const char *centre = call_text(call, body, "centre", CONSULT_ID_MAX - 1);
    if (!centre)
        return false;
    if (!consult_centre(call_clinic(call), centre) ||
        !seen_centre(call_clinic(call), &call->caller, centre))
        return refuse(call, 422, "unknown-centre", "there is no such centre", "centre");
    return text_copy(booth->centre, sizeof(booth->centre), centre);
}

void booths_post(struct call *call)
{
    struct place_request request = {0};
    json_t *body = call_json(call);
    if (body && read_booth_centre(call, body, &request.booth) &&
        read_booth_name(call, body, &request.booth))
        place(call, PLACE_ADD_BOOTH, &request);
    json_decref(body);
}

// The one in the path; NULL after having replied.
static const struct consult_booth *booth_of(struct call *call)
{
    const char *id = route_param(&call->match, "booth");
    const struct consult_booth *booth = consult_booth(call_clinic(call), id);
    if (booth && !booth->is_closed && seen_booth(call_clinic(call), &call->caller, id))
        return booth;
    call_refuse(call, 404, "no-booth", "there is no such booth", "booth");
    return NULL;
}

void booth_patch(struct call *call)
{
    struct place_request request = {0};
    const struct consult_booth *booth = booth_of(call);
    json_t *body = booth ? call_json(call) : NULL;
    if (body) {
        request.booth = *booth;
        if (read_booth_name(call, body, &request.booth))
            place(call, PLACE_NAME_BOOTH, &request);
    }
    json_decref(body);
}

void booth_delete(struct call *call)
{
    const struct consult_booth *booth = booth_of(call);
    if (booth)
        place(call, PLACE_CLOSE_BOOTH, &(struct place_request){.booth = *booth});
}

void booth_code_post(struct call *call)
{
    const struct consult_booth *booth = booth_of(call);
    if (booth)
        call_desk(call, DESK_BOOTH_CODE, &(struct desk_request){.booth = booth->id});
}

// --- the first evening ---------------------------------------------------------------------------

static void got_start(void *arg, int err, const struct problem *problem, json_t *rows)
{
    call_shown(arg, err, problem, json_array_get(rows, 0));
}

void start_get(struct call *call)
{
    call_list(call, PEOPLE_START, NULL, got_start);
}
