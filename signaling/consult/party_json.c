#include "signaling/consult/json_inside.h"

static json_t *one(const char *id, const char *role, const char *name)
{
    return json_pack("{s:s, s:s, s:s}", "id", id, "role", role, "name", name);
}

json_t *consult_json_parties(const struct consult *consult, const struct consultation *row)
{
    const struct consult_booth *booth = consult_booth(consult, row->booth);
    const struct consult_lawyer *lawyer = consult_lawyer(consult, row->lawyer);
    json_t *array = json_array();
    if (booth)
        array = consult_json_append(array, one(booth->id, "resident", booth->name));
    if (lawyer)
        array = consult_json_append(array, one(lawyer->id, "lawyer", lawyer->name));
    return array;
}
