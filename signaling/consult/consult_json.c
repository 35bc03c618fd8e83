#include "signaling/consult/json_inside.h"

#include <string.h>

#include "signaling/consult/settings.h"
#include "signaling/consult/words.h"

json_t *consult_json_with(json_t *object, const char *name, json_t *value)
{
    if (object && json_object_set_new(object, name, value) < 0) {
        json_decref(object);
        return NULL;
    }
    if (!object)
        json_decref(value);
    return object;
}

static json_t *with_time(json_t *object, const char *name, int64_t ms)
{
    return ms ? consult_json_with(object, name, json_integer(ms)) : object;
}

static json_t *booth_brief(const struct consult *consult, const char *id)
{
    const struct consult_booth *booth = consult_booth(consult, id);
    return booth ? json_pack("{s:s, s:s}", "id", booth->id, "name", booth->name) : NULL;
}

static json_t *with_text(json_t *object, const char *name, const char *text)
{
    return *text ? consult_json_with(object, name, json_string(text)) : object;
}

static json_t *lawyer_brief(const struct consult *consult, const struct consultation *row,
                            enum consult_audience audience)
{
    const struct consult_lawyer *lawyer = consult_lawyer(consult, row->lawyer);
    bool has_met = row->connected_at && row->state != CONSULT_OFFERED;
    bool is_told = has_met || audience == CONSULT_FOR_LAWYER;
    if (!lawyer || !is_told)
        return json_null();
    return with_text(json_pack("{s:s, s:s, s:s, s:s}", "id", lawyer->id, "name", lawyer->name,
                               "law_firm", lawyer->law_firm, "licence_no", lawyer->licence_no),
                     "photo", lawyer->photo);
}

static json_t *with_times(json_t *object, const struct consultation *row)
{
    object = with_time(object, "asked_at", row->asked_at);
    object = with_time(object, "offered_at", row->offered_at);
    object = with_time(object, "connected_at", row->connected_at);
    object = with_time(object, "suspended_at", row->suspended_at);
    object = with_time(object, "ended_at", row->ended_at);
    if (row->end_reason)
        object = consult_json_with(object, "end_reason",
                                   json_string(consult_end_name(row->end_reason)));
    return object;
}

// What it is about, and when; a third party need not know.
static json_t *with_subject(json_t *object, const struct consultation *row)
{
    const char *identity = consult_identity_name(row->identity);
    object = consult_json_with(object, "ticket_no", json_integer((json_int_t)row->ticket_no));
    object = consult_json_with(object, "category", json_string(row->category));
    object = consult_json_with(object, "language", json_string(row->language));
    object = consult_json_with(object, "identity", json_string(identity));
    return with_times(object, row);
}

json_t *consult_json(const struct consult *consult, const struct consultation *consultation,
                     enum consult_audience audience)
{
    const struct consultation *row = consultation;
    if (!row)
        return json_null();
    size_t position = consult_position(consult, row);
    json_t *object = json_pack("{s:s, s:s}", "id", row->id, "state",
                               consult_state_name(row->state));
    object = consult_json_with(object, "booth", booth_brief(consult, row->booth));
    object = consult_json_with(object, "lawyer", lawyer_brief(consult, row, audience));
    if (audience != CONSULT_FOR_GUEST)
        object = with_subject(object, row);
    if (consult_is_meeting(row))
        object = consult_json_with(object, "parties", consult_json_parties(consult, row, audience));
    object = consult_json_with_transfer(consult, row, audience, object);
    if (audience != CONSULT_FOR_GUEST)
        object = consult_json_with_answers(object, row);
    object = consult_json_with_recording(consult, object, row);
    if (audience == CONSULT_FOR_BOOTH && position)
        object = consult_json_with(object, "position", json_integer((json_int_t)position));
    if (audience == CONSULT_FOR_BOOTH)
        object = with_time(object, "minutes", consult_wait_minutes(consult, row));
    if (audience == CONSULT_FOR_LAWYER)
        object = with_time(object, "offer_expires_at", row->offer_expires_at);
    return object;
}

struct duty_list {
    const struct consult *consult;
    const struct consult_centre *centre; // NULL: of all
    json_t *array;
};

json_t *consult_json_with_promise(const struct consult *consult, const char *lawyer, json_t *object)
{
    return with_time(object, "promised_at", consult_promised_at(consult, lawyer));
}

static bool is_of(const struct duty_list *list, const struct consult_lawyer *lawyer)
{
    return !list->centre || consult_serves(list->consult, lawyer->id, list->centre->id);
}

static void add_duty(const struct consult_lawyer *lawyer, const struct consult_duty *duty,
                     void *arg)
{
    struct duty_list *list = arg;
    if (!duty->on_duty || !list->array || !is_of(list, lawyer))
        return;
    json_t *entry = json_pack("{s:s, s:s, s:s, s:b}", "id", lawyer->id, "name", lawyer->name,
                              "law_firm", lawyer->law_firm, "free",
                              (int)consult_is_free(list->consult, lawyer->id));
    entry = with_text(entry, "photo", lawyer->photo);
    entry = consult_json_with_promise(list->consult, lawyer->id, entry);
    if (json_array_append_new(list->array, entry) < 0) {
        json_decref(list->array);
        list->array = NULL;
    }
}

static bool has_text(const json_t *array, const char *text, size_t len)
{
    size_t i;
    json_t *one;
    json_array_foreach(array, i, one)
    {
        if (json_string_length(one) == len && memcmp(json_string_value(one), text, len) == 0)
            return true;
    }
    return false;
}

static void add_languages(const struct consult_lawyer *lawyer, const struct consult_duty *duty,
                          void *arg)
{
    const struct duty_list *list = arg;
    (void)duty;
    if (!is_of(list, lawyer))
        return;
    for (const char *at = lawyer->languages; *at; at += *at == ',') {
        size_t len = strcspn(at, ",");
        if (!has_text(list->array, at, len))
            json_array_append_new(list->array, json_stringn(at, len));
        at += len;
    }
}

// What a resident may choose: what somebody who serves him speaks.
static json_t *languages(const struct consult *consult, const struct consult_centre *centre)
{
    struct duty_list list = {consult, centre, json_pack("[s]", "zh-CN")};
    consult_each_lawyer(consult, add_languages, &list);
    return list.array;
}

struct waiting {
    const struct consult *consult;
    const struct consult_centre *centre;
    json_int_t count;
};

static void add_waiting(const struct consultation *row, void *arg)
{
    struct waiting *waiting = arg;
    bool waits = row->state == CONSULT_WAITING || row->state == CONSULT_OFFERED;
    bool is_here = !waiting->centre ||
                   consult_centre_of(waiting->consult, row->booth) == waiting->centre;
    waiting->count += waits && is_here;
}

json_t *consult_json_centre(const struct consult_centre *centre)
{
    if (!centre)
        return json_null();
    return json_pack("{s:s, s:s, s:s}", "name", centre->name, "phone", centre->phone, "address",
                     centre->address);
}

json_t *consult_json_clinic(const struct consult *consult, const struct consult_centre *centre)
{
    struct duty_list list = {consult, centre, json_array()};
    struct waiting waiting = {.consult = consult, .centre = centre};
    consult_each_lawyer(consult, add_duty, &list);
    consult_each(consult, add_waiting, &waiting);
    json_t *object = consult_json_with(
        json_object(), "centre",
        consult_json_centre(centre ? centre : consult_only_centre(consult)));
    object = consult_json_with(object, "duty_lawyers", list.array);
    object = consult_json_with(object, "languages", languages(consult, centre));
    object = with_time(object, "next_duty_at", consult_next_duty(consult, centre));
    object = consult_json_with(object, "wait_offer_ms", json_integer(consult_wait_offer(consult)));
    return consult_json_with(object, "waiting", json_integer(waiting.count));
}

json_t *consult_json_booth(const struct consult *consult, const char *booth)
{
    const struct consult_centre *centre = consult_centre_of(consult, booth);
    json_t *object = booth_brief(consult, booth);
    return consult_json_with(object, "centre", json_string(centre ? centre->name : ""));
}

json_t *consult_json_lawyer(const struct consult *consult, const char *lawyer)
{
    const struct consult_lawyer *info = consult_lawyer(consult, lawyer);
    if (!info)
        return NULL;
    json_t *object = json_pack("{s:s, s:s, s:s, s:b}", "id", info->id, "name", info->name,
                               "law_firm", info->law_firm, "on_duty",
                               (int)consult_duty(consult, lawyer)->on_duty);
    return consult_json_with_promise(consult, lawyer, object);
}

json_t *consult_json_waiting(const struct consult *consult)
{
    return json_pack("{s:I}", "waiting", (json_int_t)consult_waiting(consult));
}

json_t *consult_json_message(const struct consult *consult, const struct consult_message *message)
{
    json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:I, s:I}", "id", (json_int_t)message->id,
                               "kind", *message->half_day ? "appointment" : "message", "category",
                               message->category, "phone", message->phone, "asked_at",
                               (json_int_t)message->asked_at, "due_at",
                               (json_int_t)message->due_at);
    object = consult_json_with(object, "booth", booth_brief(consult, message->booth));
    object = with_text(object, "half_day", message->half_day);
    object = with_text(object, "reason", message->reason);
    return with_time(object, "answered_at", message->answered_at);
}

struct message_list {
    const struct consult *consult;
    json_t *array;
};

static void add_message(const struct consult_message *message, void *arg)
{
    struct message_list *list = arg;
    list->array = consult_json_append(list->array, consult_json_message(list->consult, message));
}

json_t *consult_json_messages(const struct consult *consult)
{
    struct message_list list = {consult, json_array()};
    consult_each_message(consult, add_message, &list);
    return list.array;
}

static json_t *said(const struct consultation *row)
{
    return json_pack("{s:s, s:s}", "consultation", row->id, "text", consult_beside(row)->said);
}

static json_t *resident(const struct consultation *row)
{
    return json_pack("{s:s, s:s, s:s}", "consultation", row->id, "identity",
                     consult_identity_name(row->identity), "value", consult_beside(row)->resident);
}

// What is told now and never stored.
static json_t *now_json(const struct consult *consult, const struct consult_effect *effect)
{
    if (effect->message)
        return consult_json_message(consult, effect->message);
    if (effect->appointment)
        return json_pack("{s:I, s:s}", "id", (json_int_t)effect->appointment->id, "state",
                         appointment_state_name(effect->appointment->state));
    if (strcmp(effect->event, "clinic") == 0)
        return consult_json_clinic(consult, NULL);
    if (strcmp(effect->event, "waiting") == 0)
        return consult_json_waiting(consult);
    if (strcmp(effect->event, "said") == 0)
        return said(effect->consultation);
    if (strcmp(effect->event, "resident") == 0)
        return resident(effect->consultation);
    if (strcmp(effect->event, "about") == 0)
        return consult_json_about(effect->consultation);
    if (strcmp(effect->event, "links") == 0)
        return consult_json_links(effect->consultation);
    return json_pack("{s:s}", "consultation", effect->consultation->id);
}

json_t *consult_json_booth_state(const struct consult *consult, const char *booth)
{
    const struct consultation *open = consult_of_booth(consult, booth);
    json_t *object = json_object();
    object = consult_json_with(object, "booth", consult_json_booth(consult, booth));
    object = consult_json_with(object, "clinic",
                               consult_json_clinic(consult, consult_centre_of(consult, booth)));
    object = consult_json_with(object, "said", open ? said(open) : json_null());
    object = consult_json_with(object, "about", open ? consult_json_about(open) : json_null());
    return consult_json_with(object, "consultation",
                             consult_json(consult, open, CONSULT_FOR_BOOTH));
}

json_t *consult_json_lawyer_state(const struct consult *consult, const char *lawyer)
{
    const struct consultation *current = consult_of_lawyer(consult, lawyer);
    enum consult_audience audience = consult_audience_of(current, lawyer);
    const struct consultation *own = audience == CONSULT_FOR_LAWYER ? current : NULL;
    json_t *object = json_object();
    object = consult_json_with(object, "lawyer", consult_json_lawyer(consult, lawyer));
    object = consult_json_with(object, "consultation", consult_json(consult, current, audience));
    object = consult_json_with(object, "resident",
                               own && consult_is_meeting(own) ? resident(own) : json_null());
    object = consult_json_with(object, "about", own ? consult_json_about(own) : json_null());
    object = consult_json_with(object, "links", own ? consult_json_links(own) : json_null());
    object = consult_json_with(object, "messages", consult_json_messages(consult));
    return consult_json_with(object, "waiting", json_integer((json_int_t)consult_waiting(consult)));
}

json_t *consult_json_alarm(const struct consult *consult, const struct consult_alarm *alarm)
{
    const struct consult_lawyer *lawyer = consult_lawyer(consult, alarm->lawyer);
    const struct consultation *row = consult_find(consult, alarm->consultation);
    json_t *object = json_pack("{s:I, s:s, s:I}", "id", (json_int_t)alarm->id, "kind",
                               consult_alarm_name(alarm->kind), "raised_at",
                               (json_int_t)alarm->raised_at);
    if (*alarm->booth)
        object = consult_json_with(object, "booth", booth_brief(consult, alarm->booth));
    if (lawyer)
        object = consult_json_with(object, "lawyer",
                                   json_pack("{s:s, s:s}", "id", lawyer->id, "name", lawyer->name));
    object = with_text(object, "consultation", alarm->consultation);
    if (row)
        object = consult_json_with(object, "ticket_no", json_integer((json_int_t)row->ticket_no));
    return with_time(object, "closed_at", alarm->closed_at);
}

json_t *consult_json_effect(const struct consult *consult, const struct consult_effect *effect)
{
    const char *colon = strchr(effect->topic, ':');
    if (effect->kind == CONSULT_TELL_NOW)
        return now_json(consult, effect);
    if (effect->alarm)
        return consult_json_alarm(consult, effect->alarm);
    if (strcmp(effect->event, "needed") == 0)
        return json_null();
    if (strcmp(effect->event, "lawyer") == 0)
        return consult_json_lawyer(consult, colon + 1);
    if (effect->party)
        return consult_json_guest(consult, effect->party, effect->consultation);
    bool is_booth = strncmp(effect->topic, "booth:", 6) == 0;
    return consult_json(consult, effect->consultation,
                        is_booth ? CONSULT_FOR_BOOTH
                                 : consult_audience_of(effect->consultation, colon + 1));
}
