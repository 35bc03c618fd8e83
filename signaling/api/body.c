#include <stdio.h>
#include <string.h>

#include "signaling/api/inside.h"

// The JSON body of a request and its members, checked.

json_t *call_json(struct call *call)
{
    size_t len;
    const char *text = http_body(call->req, &len);
    if (!http_content_is(call->req, "application/json")) {
        call_refuse(call, 415, "json-needed", "send application/json", "content-type");
        return NULL;
    }
    json_error_t error;
    json_t *body = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!body || !json_is_object(body)) {
        char detail[96];
        snprintf(detail, sizeof(detail), "not a JSON object (line %d, column %d)",
                 body ? 1 : error.line, body ? 1 : error.column);
        json_decref(body);
        call_refuse(call, 400, "bad-json", detail, "body");
        return NULL;
    }
    return body;
}

// No control characters; `allowed` says which are none here.
static bool is_clean(const char *text, const char *allowed)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && !strchr(allowed, *text)) || *text == 0x7f)
            return false;
    return true;
}

const char *call_text(struct call *call, const json_t *body, const char *field, size_t max)
{
    const char *text = json_string_value(json_object_get(body, field));
    if (text && *text && strlen(text) <= max && is_clean(text, "\t\n\r"))
        return text;
    char detail[128];
    snprintf(detail, sizeof(detail), "%s must be text of 1 to %zu bytes without control characters",
             field, max);
    call_refuse(call, 400, "bad-field", detail, field);
    return NULL;
}

bool call_may_text(struct call *call, const json_t *body, const char *field, size_t max,
                   const char **text)
{
    *text = NULL;
    if (!json_object_get(body, field))
        return true;
    *text = call_text(call, body, field, max);
    return *text != NULL;
}

bool call_may_bool(struct call *call, const json_t *body, const char *field, bool *value)
{
    const json_t *member = json_object_get(body, field);
    if (member && !json_is_boolean(member)) {
        call_refuse(call, 400, "bad-field", "this is true or false", field);
        return false;
    }
    if (member)
        *value = json_is_true(member);
    return true;
}

bool call_may_line(struct call *call, const json_t *body, const char *field, size_t max,
                   const char **text)
{
    const json_t *member = json_object_get(body, field);
    *text = json_string_value(member);
    if (!member || (*text && strlen(*text) <= max && is_clean(*text, "")))
        return true;
    char detail[96];
    snprintf(detail, sizeof(detail), "%s must be one line of at most %zu bytes", field, max);
    call_refuse(call, 400, "bad-field", detail, field);
    return false;
}
