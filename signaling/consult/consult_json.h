#pragma once
#include <jansson.h>

#include "signaling/consult/consult.h"

// The clinic as JSON, as each audience may see it. All return a new reference, or NULL when memory
// is short. The media token is added by the caller.

enum consult_audience {
    CONSULT_FOR_BOOTH,     // position; the lawyer only from connected on
    CONSULT_FOR_LAWYER,    // offer_expires_at
    CONSULT_FOR_COLLEAGUE, // a lawyer who is asked to join, or has: "offered" until he has
    CONSULT_FOR_GUEST,     // a third party: who is there, nothing of what it is about
};
// As which of the two lawyers of a consultation this one sees it.
enum consult_audience consult_audience_of(const struct consultation *row, const char *lawyer);

// JSON null when `consultation` is NULL.
json_t *consult_json(const struct consult *consult, const struct consultation *consultation,
                     enum consult_audience audience);
// {name,phone,address}; JSON null for NULL.
json_t *consult_json_centre(const struct consult_centre *centre);
// {"centre" (the only one; null when there are several),"duty_lawyers":[{id,name,law_firm,free}],
// "languages":["zh-CN",...] of all its lawyers,"wait_offer_ms":N,"waiting":N}
// With `centre` (else NULL) of that one, and of it who serves it, what they speak, who waits there.
json_t *consult_json_clinic(const struct consult *consult, const struct consult_centre *centre);
// {"id","name","centre"}; NULL also when there is no such booth.
json_t *consult_json_booth(const struct consult *consult, const char *booth);
// {"id","name","law_firm","on_duty"}; NULL also when there is no such lawyer.
json_t *consult_json_lawyer(const struct consult *consult, const char *lawyer);
// {"id","kind","booth":{"id","name"},"lawyer":{"id","name"},"consultation","ticket_no",
// "raised_at","closed_at"}; what there is not is left out.
json_t *consult_json_alarm(const struct consult *consult, const struct consult_alarm *alarm);
// {"waiting":N}
json_t *consult_json_waiting(const struct consult *consult);

// {"id","kind":"message"|"appointment","category","phone","half_day","reason","booth":{"id","name"},
// "asked_at","due_at","answered_at"}; what there is not is left out.
json_t *consult_json_message(const struct consult *consult, const struct consult_message *message);

// Full snapshots: {"booth","clinic","consultation","said":{consultation,text},"about"},
// {"lawyer","consultation","resident":{consultation,identity,value},"about","links","messages":[...],"waiting"}
// and
// {"clinic","booths":[...],"lawyers":[...],"messages":[...],"alarms":[...]}.
json_t *consult_json_booth_state(const struct consult *consult, const char *booth);
json_t *consult_json_lawyer_state(const struct consult *consult, const char *lawyer);
json_t *consult_json_desk_state(const struct consult *consult);

// {"consultation","centre"}: what a third party sees; consultation null when it is over.
json_t *consult_json_guest_state(const struct consult *consult, const char *party);
// {"name","phone"} of where the consultation is; row NULL: of the only centre, or null.
json_t *consult_json_guest_centre(const struct consult *consult, const struct consultation *row);

// The data of a CONSULT_TELL or CONSULT_TELL_NOW effect, for the audience of its topic.
json_t *consult_json_effect(const struct consult *consult, const struct consult_effect *effect);
