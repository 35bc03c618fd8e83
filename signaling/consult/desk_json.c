#include <string.h>

#include "signaling/consult/json_inside.h"
#include "signaling/consult/words.h"

// What the desk sees: every booth, every lawyer, every alarm; of a consultation its number, its
// times and its category, nothing that was said.

struct board {
    const struct consult *consult;
    json_t *array;
};

json_t *consult_json_append(json_t *array, json_t *value)
{
    if (array && json_array_append_new(array, value) < 0) {
        json_decref(array);
        return NULL;
    }
    if (!array)
        json_decref(value);
    return array;
}

static json_t *brief(const struct consult *consult, const struct consultation *row)
{
    const struct consult_lawyer *lawyer = consult_lawyer(consult, row->lawyer);
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:s*}", "ticket_no",
                     (json_int_t)row->ticket_no, "state", consult_state_name(row->state),
                     "category", row->category, "language", row->language, "asked_at",
                     (json_int_t)row->asked_at, "connected_at",
                     (json_int_t)(consult_is_meeting(row) ? row->connected_at : 0), "lawyer",
                     lawyer ? lawyer->name : NULL);
}

static void add_booth(const struct consult_booth *booth, void *arg)
{
    struct board *board = arg;
    const struct consultation *open = consult_of_booth(board->consult, booth->id);
    json_t *entry = json_pack("{s:s, s:s, s:b}", "id", booth->id, "name", booth->name, "here",
                              (int)consult_is_here(board->consult, booth->id));
    if (open)
        entry = consult_json_with(entry, "consultation", brief(board->consult, open));
    board->array = consult_json_append(board->array, entry);
}

// Those who are neither on duty nor here have nothing to do with today.
static void add_lawyer(const struct consult_lawyer *lawyer, const struct consult_duty *duty,
                       void *arg)
{
    struct board *board = arg;
    bool is_here = consult_is_here(board->consult, lawyer->id);
    if (!duty->on_duty && !is_here)
        return;
    json_t *entry = json_pack(
        "{s:s, s:s, s:s, s:b, s:b, s:b, s:I}", "id", lawyer->id, "name", lawyer->name, "law_firm",
        lawyer->law_firm, "on_duty", (int)duty->on_duty, "here", (int)is_here, "free",
        (int)consult_is_free(board->consult, lawyer->id), "since", (json_int_t)duty->since);
    entry = consult_json_with_promise(board->consult, lawyer->id, entry);
    board->array = consult_json_append(board->array, entry);
}

static void add_alarm(const struct consult_alarm *alarm, void *arg)
{
    struct board *board = arg;
    board->array = consult_json_append(board->array, consult_json_alarm(board->consult, alarm));
}

json_t *consult_json_desk_state(const struct consult *consult)
{
    struct board booths = {consult, json_array()}, lawyers = {consult, json_array()},
                 alarms = {consult, json_array()};
    consult_each_booth(consult, add_booth, &booths);
    consult_each_lawyer(consult, add_lawyer, &lawyers);
    consult_each_alarm(consult, add_alarm, &alarms);
    json_t *object = consult_json_with(json_object(), "clinic", consult_json_clinic(consult, NULL));
    object = consult_json_with(object, "booths", booths.array);
    object = consult_json_with(object, "lawyers", lawyers.array);
    object = consult_json_with(object, "messages", consult_json_messages(consult));
    return consult_json_with(object, "alarms", alarms.array);
}
