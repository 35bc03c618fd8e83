#include "signaling/record/record_json.h"

#include <string.h>

#include "signaling/record/field.h"
#include "signaling/record/limitation.h"
#include "signaling/record/template.h"

static json_t *choices_json(const struct record_field *field)
{
    json_t *list = json_array();
    for (const struct record_choice *choice = field->choices; choice && choice->code; choice++)
        json_array_append_new(list, json_string(choice->code));
    return list;
}

static json_t *field_json(const struct record_field *field)
{
    json_t *object = json_pack("{s:s, s:s}", "name", field->name, "type",
                               record_type_name(field->type));
    if (field->required)
        json_object_set_new(object, "required", json_true());
    if (field->read_back)
        json_object_set_new(object, "read_back", json_true());
    if (field->of_gateway)
        json_object_set_new(object, "of_gateway", json_true());
    if (field->max)
        json_object_set_new(object, "max", json_integer(field->max));
    if (field->choices)
        json_object_set_new(object, "choices", choices_json(field));
    return object;
}

static json_t *texts_json(const char *const *texts)
{
    json_t *list = json_array();
    for (; *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static json_t *periods_json(const struct limitations *limitations)
{
    json_t *object = json_object();
    for (size_t i = 0; i < limitations->count; i++) {
        const struct limitation *one = &limitations->rows[i];
        const char *unit = one->years ? "years" : one->months ? "months" : "days";
        json_object_set_new(object, one->code,
                            json_pack("{s:i}", unit, one->years + one->months + one->days));
    }
    return object;
}

static json_t *form_json(const struct record_view *view)
{
    const struct record *record = view->record;
    const struct record_template *template = record_template(record_value(record, "category"));
    json_t *fields = json_array();
    for (size_t i = 0; i < record_fields_count; i++)
        json_array_append_new(fields, field_json(&record_fields[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:s?}", "fields", fields, "points",
                     texts_json(template->points), "limitations", texts_json(template->limitations),
                     "periods", periods_json(view->limitations), "warning", template->warning);
}

// The lawyer's own fields, or the gateway's.
static json_t *fields_json(const struct record *record, bool of_gateway)
{
    json_t *object = json_object();
    for (size_t i = 0; i < record_fields_count; i++) {
        const struct record_field *field = &record_fields[i];
        json_t *value = json_object_get(record->fields, field->name);
        if (field->of_gateway == of_gateway && value)
            json_object_set(object, field->name, value);
    }
    return object;
}

static json_t *advice_json(const struct record_view *view)
{
    struct record_advice advice;
    record_advise(view->record, view->now_ms, &advice);
    json_t *object = json_pack("{s:b, s:b, s:b, s:b}", "aid_matter", (int)advice.aid_matter,
                               "aid_exempt", (int)advice.aid_exempt, "urgent", (int)advice.urgent,
                               "is_over", (int)advice.is_over);
    if (advice.has_deadline)
        json_object_set_new(object, "days_left", json_integer(advice.days_left));
    return object;
}

json_t *record_json(const struct record_view *view, bool with_form)
{
    const struct record *record = view->record;
    json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:O, s:o, s:s*}", "consultation",
                               view->consultation, "state", record_state_name(record->state), "rev",
                               (json_int_t)view->rev, "saved_at", (json_int_t)view->saved_at,
                               "fields", fields_json(record, false), "known",
                               fields_json(record, true), "answers", record->answers, "advice",
                               advice_json(view), "hash", *view->hash ? view->hash : NULL);
    const char *missing = record_missing(record);
    if (object && missing)
        json_object_set_new(object, "missing", json_string(missing));
    if (object && with_form)
        json_object_set_new(object, "form", form_json(view));
    return object;
}

static json_t *item_json(const struct record *record, const struct record_field *field)
{
    const char *answer = json_string_value(json_object_get(record->answers, field->name));
    return json_pack("{s:s, s:s, s:s?}", "field", field->name, "text",
                     record_value(record, field->name), "answer", answer);
}

json_t *record_json_brief(const struct record_view *view)
{
    static const char *const names[] = {"summary", "next_steps", "limitation_deadline"};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_t *value = json_object_get(view->record->fields, names[i]);
        if (value)
            json_object_set(object, names[i], value);
    }
    return object;
}

json_t *record_json_readback(const struct record_view *view)
{
    const struct record *record = view->record;
    json_t *items = json_array();
    for (size_t i = 0; i < record_fields_count; i++)
        if (record_fields[i].read_back && *record_value(record, record_fields[i].name))
            json_array_append_new(items, item_json(record, &record_fields[i]));
    return json_pack("{s:s, s:s, s:I, s:o, s:s, s:s, s:s, s:s}", "consultation", view->consultation,
                     "state", record_state_name(record->state), "rev", (json_int_t)view->rev,
                     "items", items, "number", record_value(record, "number"), "lawyer",
                     record_value(record, "lawyer"), "law_firm", record_value(record, "law_firm"),
                     "phone", view->phone);
}
