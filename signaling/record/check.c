#include "signaling/record/check.h"

#include <errno.h>
#include <string.h>

#include "signaling/record/limitation.h"

static int wrong(struct problem *problem, const char *detail, const char *field)
{
    *problem = (struct problem){422, "bad-field", "Not acceptable", detail, field};
    return EINVAL;
}

// Characters, not bytes: as the writer counts. jansson lets no text in that is not UTF-8.
static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

// Nothing that a printer or a terminal would take for a command; new lines where there is room.
static bool is_clean(const char *text, bool lines)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && !(lines && *text == '\n')) || *text == 0x7f)
            return false;
    return true;
}

// Codes with commas, each once.
static bool is_set(const struct record_field *field, const char *codes)
{
    uint32_t seen = 0;
    for (;;) {
        size_t len = strcspn(codes, ",");
        const struct record_choice *choice = record_choice(field, codes, len);
        uint32_t bit = choice ? 1u << (choice - field->choices) : 0;
        if (!choice || seen & bit)
            return false;
        seen |= bit;
        if (!codes[len])
            return true;
        codes += len + 1;
    }
}

static int check_text(const struct record_field *field, const char *text, struct problem *problem)
{
    if (characters(text) > field->max)
        return wrong(problem, "the text is too long", field->name);
    if (!is_clean(text, field->type == RECORD_LONG))
        return wrong(problem, "the text has control characters", field->name);
    return 0;
}

static int check_value(const struct record_field *field, const char *text, struct problem *problem)
{
    int64_t day;
    switch (field->type) {
    case RECORD_TEXT:
    case RECORD_LONG:
        return check_text(field, text, problem);
    case RECORD_CHOICE:
        if (!record_choice(field, text, strlen(text)))
            return wrong(problem, "not one of the choices", field->name);
        return 0;
    case RECORD_SET:
        if (!is_set(field, text))
            return wrong(problem, "not a list of the choices, with commas", field->name);
        return 0;
    case RECORD_DATE:
        if (record_date_parse(text, &day) != 0)
            return wrong(problem, "expected a date as 2026-11-22", field->name);
        return 0;
    }
    return EINVAL;
}

static int check_one(const char *name, const json_t *value, struct problem *problem)
{
    const struct record_field *field = record_field(name);
    if (!field)
        return wrong(problem, "there is no field of one of these names", "fields");
    if (field->of_gateway)
        return wrong(problem, "this field is filled in by the gateway", field->name);
    if (!json_is_string(value))
        return wrong(problem, "this field must be text", field->name);
    const char *text = json_string_value(value);
    return *text ? check_value(field, text, problem) : 0;
}

int record_check(const json_t *fields, struct problem *problem)
{
    const char *name;
    json_t *value;
    if (!json_is_object(fields))
        return wrong(problem, "fields must be an object", "fields");
    json_object_foreach((json_t *)fields, name, value)
    {
        int err = check_one(name, value, problem);
        if (err)
            return err;
    }
    return 0;
}
