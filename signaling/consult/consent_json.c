#include "signaling/consult/inside.h"
#include "signaling/consult/json_inside.h"

static const char *sensitive_of(const struct consultation *row)
{
    const struct consult_consent *one = consult_consent_of(row, row->booth,
                                                           CONSULT_CONSENT_SENSITIVE);
    if (consult_sensitive_asked(row))
        return "asked";
    if (!one)
        return "none";
    return one->is_given && !one->withdrawn_at ? "yes" : "no";
}

static json_t *agreed_of(const struct consultation *row)
{
    const struct consents *consents = &consult_slot(row)->consents;
    json_t *list = json_array();
    if (consult_recording_agreed(row, row->booth))
        list = consult_json_append(list, json_string(row->booth));
    if (consult_recording_agreed(row, row->lawyer))
        list = consult_json_append(list, json_string(row->lawyer));
    for (size_t i = 0; i < consents->guest_count; i++)
        if (consult_recording_agreed(row, consents->guests[i]))
            list = consult_json_append(list, json_string(consents->guests[i]));
    return list;
}

json_t *consult_json_with_consents(json_t *object, const struct consultation *row)
{
    enum consult_recording_state state = consult_slot(row)->consents.state;
    object = consult_json_with(object, "sensitive", json_string(sensitive_of(row)));
    if (state == CONSULT_RECORDING_OFF)
        return object;
    json_t *recording = json_pack("{s:s, s:I}", "state", consult_recording_name(state), "since",
                                  (json_int_t)consult_recording_since(row));
    recording = consult_json_with(recording, "agreed", agreed_of(row));
    return consult_json_with(object, "recording", recording);
}
