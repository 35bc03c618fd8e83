#include "signaling/consult/json_inside.h"
#include "signaling/consult/recording.h"

static const char *answer_of(const struct consultation *row, enum consult_consent_kind kind)
{
    const struct consult_consent *one = consult_consent_of(row, row->booth, kind);
    if (consult_consent_asked(row, kind))
        return "asked";
    if (!one)
        return "none";
    return one->is_given && !one->withdrawn_at ? "yes" : "no";
}

static json_t *agreed_of(const struct consultation *row)
{
    const char *people[RECORDING_PEOPLE_MAX];
    size_t count = recording_people(row, people);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (consult_recording_agreed(row, people[i]))
            list = consult_json_append(list, json_string(people[i]));
    return list;
}

json_t *consult_json_with_answers(json_t *object, const struct consultation *row)
{
    object = consult_json_with(object, "sensitive",
                               json_string(answer_of(row, CONSULT_CONSENT_SENSITIVE)));
    if (row->identity != CONSULT_IDENTITY_PHONE)
        return object; // there is nothing to find earlier ones by
    return consult_json_with(object, "earlier",
                             json_string(answer_of(row, CONSULT_CONSENT_EARLIER)));
}

json_t *consult_json_with_recording(const struct consult *consult, json_t *object,
                                    const struct consultation *row)
{
    enum consult_recording_state state = consult_slot(row)->consents.state;
    if (state == CONSULT_RECORDING_OFF)
        return object;
    json_t *recording = json_pack("{s:s, s:I, s:I}", "state", consult_recording_name(state),
                                  "since", (json_int_t)consult_recording_since(row), "days",
                                  (json_int_t)consult->recording_days);
    recording = consult_json_with(recording, "agreed", agreed_of(row));
    return consult_json_with(object, "recording", recording);
}
