#include "signaling/api/seen.h"

#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/consult_json.h"

// --- one thing -----------------------------------------------------------------------------------

bool seen_centre(const struct consult *clinic, const struct caller *caller, const char *centre)
{
    struct scope place;
    const struct consult_centre *entry = consult_centre(clinic, centre);
    if (!entry)
        return scope_is_all(&caller->scope);
    consult_scope_of_centre(entry, &place);
    return scope_covers(&caller->scope, &place);
}

bool seen_booth(const struct consult *clinic, const struct caller *caller, const char *booth)
{
    const struct consult_booth *entry = consult_booth(clinic, booth);
    return seen_centre(clinic, caller, entry ? entry->centre : NULL);
}

// A room that was made before there were several centres is everybody's.
bool seen_meeting_place(const struct consult *clinic, const struct caller *caller, const char *id)
{
    const struct consult_booth *place = consult_place(clinic, id);
    return place && (!*place->centre || seen_centre(clinic, caller, place->centre));
}

bool seen_lawyer(const struct consult *clinic, const struct caller *caller, const char *lawyer)
{
    const struct consult_lawyer *entry = consult_lawyer(clinic, lawyer);
    if (!entry)
        return scope_is_all(&caller->scope);
    struct scope place = entry->place;
    consult_name_place(clinic, &place);
    return scope_meets(&caller->scope, &place) ||
           consult_serves_within(clinic, lawyer, &caller->scope);
}

bool seen_alarm(const struct consult *clinic, const struct caller *caller, int64_t id)
{
    const struct consult_alarm *alarm = consult_alarm(clinic, id);
    if (!alarm)
        return false;
    return *alarm->booth ? seen_booth(clinic, caller, alarm->booth)
                         : seen_lawyer(clinic, caller, alarm->lawyer);
}

struct wanted {
    int64_t id;
    char booth[CONSULT_ID_MAX];
};

static void find_message(const struct consult_message *message, void *arg)
{
    struct wanted *wanted = arg;
    if (message->id == wanted->id)
        text_copy(wanted->booth, sizeof(wanted->booth), message->booth);
}

bool seen_message(const struct consult *clinic, const struct caller *caller, int64_t id)
{
    struct wanted wanted = {.id = id};
    consult_each_message(clinic, find_message, &wanted);
    return *wanted.booth && seen_booth(clinic, caller, wanted.booth);
}

// --- rows ----------------------------------------------------------------------------------------

static const char *id_of(const json_t *row)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    return id ? id : "";
}

bool seen_row(const struct consult *clinic, const struct caller *caller, const json_t *row)
{
    const json_t *booth = json_object_get(row, "booth"), *lawyer = json_object_get(row, "lawyer");
    const char *place = json_string_value(json_object_get(row, "place"));
    if (place)
        return seen_meeting_place(clinic, caller, place);
    if (json_is_object(booth))
        return seen_booth(clinic, caller, id_of(booth));
    return !json_is_object(lawyer) || seen_lawyer(clinic, caller, id_of(lawyer));
}

static bool is_seen_booth(const struct consult *clinic, const struct caller *caller,
                          const json_t *row)
{
    return seen_booth(clinic, caller, id_of(row));
}

static bool is_seen_lawyer(const struct consult *clinic, const struct caller *caller,
                           const json_t *row)
{
    return seen_lawyer(clinic, caller, id_of(row));
}

void seen_rows(const struct consult *clinic, const struct caller *caller, json_t *rows,
               seen_h *is_seen)
{
    for (size_t i = json_array_size(rows); i-- > 0;)
        if (!is_seen(clinic, caller, json_array_get(rows, i)))
            json_array_remove(rows, i);
}

// --- the whole -----------------------------------------------------------------------------------

struct count {
    const struct consult *clinic;
    const struct caller *caller;
    json_int_t waiting;
};

static void count_waiting(const struct consultation *row, void *arg)
{
    struct count *count = arg;
    bool waits = row->state == CONSULT_WAITING || row->state == CONSULT_OFFERED;
    count->waiting += waits && seen_booth(count->clinic, count->caller, row->booth);
}

static json_t *seen_waiting(const struct consult *clinic, const struct caller *caller)
{
    struct count count = {.clinic = clinic, .caller = caller};
    consult_each(clinic, count_waiting, &count);
    return json_integer(count.waiting);
}

json_t *seen_clinic(const struct consult *clinic, const struct caller *caller)
{
    if (caller->role == ROLE_BOOTH)
        return consult_json_clinic(clinic, consult_centre_of(clinic, caller->id));
    json_t *object = consult_json_clinic(clinic, NULL);
    if (scope_is_all(&caller->scope))
        return object;
    json_object_set_new(object, "waiting", seen_waiting(clinic, caller));
    json_object_set_new(
        object, "centre",
        consult_json_centre(consult_centre(clinic, scope_only_centre(&caller->scope))));
    seen_rows(clinic, caller, json_object_get(object, "duty_lawyers"), is_seen_lawyer);
    return object;
}

// Each list of the board by what its rows are about.
json_t *seen_desk(const struct consult *clinic, const struct caller *caller)
{
    json_t *object = consult_json_desk_state(clinic), *value;
    const char *name;
    if (scope_is_all(&caller->scope))
        return object;
    json_object_set_new(object, "clinic", seen_clinic(clinic, caller));
    json_object_foreach(object, name, value)
    {
        if (json_is_array(value))
            seen_rows(clinic, caller, value,
                      strcmp(name, "booths") == 0    ? is_seen_booth
                      : strcmp(name, "lawyers") == 0 ? is_seen_lawyer
                                                     : seen_row);
    }
    return object;
}

json_t *seen_lawyer_state(const struct consult *clinic, const struct caller *caller)
{
    json_t *object = consult_json_lawyer_state(clinic, caller->id);
    if (scope_is_all(&caller->scope))
        return object;
    seen_rows(clinic, caller, json_object_get(object, "messages"), seen_row);
    json_object_set_new(object, "waiting", seen_waiting(clinic, caller));
    return object;
}

// What reaches a page by a topic of its own is meant for it; what is told to many is looked at.
static bool is_for_many(enum role role, const char *kind)
{
    static const char *const of_lawyers[] = {"message", "waiting"};
    if (role != ROLE_LAWYER)
        return role > ROLE_GUEST;
    for (size_t i = 0; i < sizeof(of_lawyers) / sizeof(of_lawyers[0]); i++)
        if (strcmp(kind, of_lawyers[i]) == 0)
            return true;
    return false;
}

enum seen_as seen_as(const struct caller *caller, const char *kind)
{
    if (caller->role == ROLE_BOOTH && strcmp(kind, "clinic") == 0)
        return SEEN_BY_CENTRE;
    return !is_for_many(caller->role, kind) || scope_is_all(&caller->scope) ? SEEN_BY_ALL
                                                                            : SEEN_BY_ONE;
}

bool seen_event(const struct consult *clinic, const struct caller *caller, const char *kind,
                json_t *data)
{
    enum seen_as as = seen_as(caller, kind);
    if (as == SEEN_BY_ALL)
        return true;
    if (strcmp(kind, "waiting") == 0)
        json_object_set_new(data, "waiting", seen_waiting(clinic, caller));
    if (strcmp(kind, "clinic") != 0)
        return seen_row(clinic, caller, data);
    json_t *seen = seen_clinic(clinic, caller);
    json_object_update(data, seen);
    json_decref(seen);
    return true;
}
