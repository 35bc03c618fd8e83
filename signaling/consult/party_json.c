#include <string.h>

#include "signaling/consult/json_inside.h"
#include "signaling/consult/party.h"

// Who is of a meeting, and what a third party may see of it.

static json_t *one(const char *id, const char *role, const char *name)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "id", id, "role", role, "name", name, "state",
                     consult_party_state_name(CONSULT_PARTY_INSIDE));
}

struct list {
    bool inside_only;
    json_t *array;
};

static void add_party(const struct consult_party *party, void *arg)
{
    struct list *list = arg;
    if (list->inside_only && party->state != CONSULT_PARTY_INSIDE)
        return;
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "id", party->id, "role",
                               consult_role_name(party->role), "name", party->name, "state",
                               consult_party_state_name(party->state));
    list->array = consult_json_append(list->array, object);
}

json_t *consult_json_parties(const struct consult *consult, const struct consultation *row,
                             enum consult_audience audience)
{
    const struct consult_booth *booth = consult_booth(consult, row->booth);
    const struct consult_lawyer *lawyer = consult_lawyer(consult, row->lawyer);
    const struct consult_lawyer *colleague = consult_lawyer(consult, row->colleague);
    struct list list = {.inside_only = audience == CONSULT_FOR_GUEST, .array = json_array()};
    if (booth)
        list.array = consult_json_append(list.array, one(booth->id, "resident", booth->name));
    if (lawyer)
        list.array = consult_json_append(list.array, one(lawyer->id, "lawyer", lawyer->name));
    if (colleague && row->colleague_at)
        list.array = consult_json_append(list.array,
                                         one(colleague->id, "colleague", colleague->name));
    consult_each_party(row, add_party, &list);
    return list.array;
}

static json_t *lawyer_name(const struct consult *consult, const char *id)
{
    const struct consult_lawyer *lawyer = consult_lawyer(consult, id);
    return lawyer ? json_pack("{s:s, s:s}", "id", lawyer->id, "name", lawyer->name) : json_null();
}

json_t *consult_json_with_transfer(const struct consult *consult, const struct consultation *row,
                                   enum consult_audience audience, json_t *object)
{
    bool waits = row->connected_at &&
                 (row->state == CONSULT_WAITING || row->state == CONSULT_OFFERED);
    if (*row->parked)
        object = consult_json_with(object, "parked", json_string(row->parked));
    if (audience == CONSULT_FOR_BOOTH && waits)
        object = consult_json_with(object, "transferring", json_true());
    if (audience == CONSULT_FOR_LAWYER && *row->handed_by)
        object = consult_json_with(object, "by", lawyer_name(consult, row->handed_by));
    if (audience == CONSULT_FOR_LAWYER && *row->colleague) {
        json_t *colleague = lawyer_name(consult, row->colleague);
        json_object_set_new(colleague, "state",
                            json_string(row->colleague_at ? "inside" : "asked"));
        object = consult_json_with(object, "colleague", colleague);
    }
    if (audience != CONSULT_FOR_COLLEAGUE)
        return object;
    if (!row->colleague_at) {
        object = consult_json_with(object, "state", json_string("offered"));
        object = consult_json_with(object, "offer_expires_at", json_integer(row->transfer_until));
        object = consult_json_with(object, "offered_at",
                                   json_integer(row->transfer_until - CONSULT_TRANSFER_MS));
    }
    return consult_json_with(object, "by", lawyer_name(consult, row->lawyer));
}

enum consult_audience consult_audience_of(const struct consultation *row, const char *lawyer)
{
    return row && lawyer && strcmp(row->colleague, lawyer) == 0 ? CONSULT_FOR_COLLEAGUE
                                                                : CONSULT_FOR_LAWYER;
}

static void add_link(const struct consult_party *party, void *arg)
{
    json_t **array = arg;
    const char *link = consult_party_link(party);
    if (!*link)
        return;
    *array = consult_json_append(*array,
                                 json_pack("{s:s, s:s, s:I}", "party", party->id, "link", link,
                                           "expires_at", (json_int_t)party->expires_at));
}

json_t *consult_json_links(const struct consultation *row)
{
    json_t *array = json_array();
    consult_each_party(row, add_link, &array);
    return json_pack("{s:s, s:o}", "consultation", row->id, "links", array);
}

json_t *consult_json_about(const struct consultation *row)
{
    const struct consult_beside *beside = consult_beside(row);
    return json_pack("{s:s, s:s, s:s}", "consultation", row->id, "age_band", beside->age_band,
                     "adverse_party", beside->adverse_party);
}

json_t *consult_json_guest(const struct consult *consult, const struct consult_party *party,
                           const struct consultation *row)
{
    json_t *object = consult_json(consult, row, CONSULT_FOR_GUEST);
    object = consult_json_with(object, "me",
                               json_pack("{s:s, s:s, s:s}", "id", party->id, "role",
                                         consult_role_name(party->role), "name", party->name));
    if (party->state != CONSULT_PARTY_CLOSED)
        return object;
    object = consult_json_with(object, "state", json_string("closed"));
    return consult_json_with(object, "end_reason",
                             json_string(consult_party_end_name(party->end_reason)));
}

json_t *consult_json_guest_centre(const struct consult *consult, const struct consultation *row)
{
    const struct consult_centre *centre = row ? consult_centre_of(consult, row->booth)
                                              : consult_only_centre(consult);
    return centre ? json_pack("{s:s, s:s}", "name", centre->name, "phone", centre->phone)
                  : json_null();
}

json_t *consult_json_guest_state(const struct consult *consult, const char *id)
{
    const struct consult_party *party = consult_party(consult, id);
    const struct consultation *row = party ? consult_find(consult, party->consultation) : NULL;
    json_t *now = row ? consult_json_guest(consult, party, row) : json_null();
    json_t *object = consult_json_with(json_object(), "consultation", now);
    return consult_json_with(object, "centre", consult_json_guest_centre(consult, row));
}
