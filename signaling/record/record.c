#include "signaling/record/record.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/record/check.h"
#include "signaling/record/fill.h"

static const char *const state_names[RECORD_STATES] = {
    [RECORD_DRAFTING] = "drafting", [RECORD_READBACK] = "readback", [RECORD_SEALED] = "sealed"};

const char *record_state_name(enum record_state state)
{
    return state_names[state];
}

int record_state_parse(const char *name, enum record_state *state)
{
    for (unsigned i = 0; i < RECORD_STATES; i++)
        if (strcmp(state_names[i], name) == 0) {
            *state = (enum record_state)i;
            return 0;
        }
    return ENOENT;
}

const char *record_value(const struct record *record, const char *field)
{
    const char *text = json_string_value(json_object_get(record->fields, field));
    return text ? text : "";
}

// --- to and from text -----------------------------------------------------------------------

int record_begin(struct record *record, const struct record_frame *frame)
{
    *record = (struct record){.fields = json_object(), .answers = json_object()};
    int failed = json_object_set_new(record->fields, "category", json_string(frame->category));
    if (!failed && *frame->language)
        failed = json_object_set_new(record->fields, "language", json_string(frame->language));
    if (!failed && record->answers)
        return 0;
    record_release(record);
    return ENOMEM;
}

int record_parse(struct record *record, enum record_state state, const char *text, size_t len)
{
    json_t *both = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    json_t *fields = json_object_get(both, "fields"), *answers = json_object_get(both, "answers");
    *record = (struct record){.state = state};
    if (json_is_object(fields) && json_is_object(answers)) {
        record->fields = json_incref(fields);
        record->answers = json_incref(answers);
    }
    json_decref(both);
    return record->fields ? 0 : EBADMSG;
}

void record_release(struct record *record)
{
    json_decref(record->fields);
    json_decref(record->answers);
    *record = (struct record){0};
}

char *record_text(const struct record *record)
{
    json_t *both = json_pack("{s:O, s:O}", "fields", record->fields, "answers", record->answers);
    char *text = both ? json_dumps(both, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(both);
    return text;
}

void record_hash(const char *text, char hash[RECORD_HASH_MAX])
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)text, strlen(text), digest);
    text_hex(digest, sizeof(digest), hash);
}

// --- changing --------------------------------------------------------------------------------

static int refuse(struct problem *problem, const char *slug, const char *detail, const char *field)
{
    *problem = (struct problem){409, slug, "Not now", detail, field};
    return EPERM;
}

static int short_of_memory(struct problem *problem)
{
    *problem = (struct problem){503, "try-later", "Not available now",
                                "please try again in a moment", NULL};
    return ENOMEM;
}

static int need_unsealed(const struct record *record, struct problem *problem)
{
    if (record->state != RECORD_SEALED)
        return 0;
    return refuse(problem, "record-sealed", "the record is sealed", NULL);
}

// What was answered of a text that is another now is asked again.
static void forget_answers(struct record *record, const json_t *before)
{
    const char *name;
    json_t *answer;
    void *next;
    json_object_foreach_safe(record->answers, next, name, answer)
    {
        const char *was = json_string_value(json_object_get(before, name));
        if (strcmp(was ? was : "", record_value(record, name)) != 0)
            json_object_del(record->answers, name);
    }
}

// The members of `fields` that say something.
static json_t *full_ones(const json_t *fields)
{
    json_t *full = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)fields, name, value)
    {
        if (*json_string_value(value) && json_object_set(full, name, value) < 0) {
            json_decref(full);
            return NULL;
        }
    }
    return full;
}

int record_write(struct record *record, const struct limitations *limitations, const json_t *fields,
                 bool *changed, struct problem *problem)
{
    int err = need_unsealed(record, problem);
    if (!err)
        err = record_check(fields, problem);
    if (err)
        return err;
    json_t *before = record->fields, *after = full_ones(fields);
    record->fields = after;
    if (!after || record_derive(record, limitations) != 0) {
        record->fields = before;
        json_decref(after);
        return short_of_memory(problem);
    }
    *changed = !json_equal(before, after);
    forget_answers(record, before);
    json_decref(before);
    return 0;
}

static bool has_item(const struct record *record)
{
    for (size_t i = 0; i < record_fields_count; i++)
        if (record_fields[i].read_back && *record_value(record, record_fields[i].name))
            return true;
    return false;
}

int record_read_back(struct record *record, struct problem *problem)
{
    int err = need_unsealed(record, problem);
    if (err)
        return err;
    if (!has_item(record))
        return refuse(problem, "nothing-to-read", "write the facts first", "facts");
    record->state = RECORD_READBACK;
    return 0;
}

int record_stop(struct record *record, struct problem *problem)
{
    int err = need_unsealed(record, problem);
    if (!err)
        record->state = RECORD_DRAFTING;
    return err;
}

int record_answer(struct record *record, const char *field, bool right, struct problem *problem)
{
    const struct record_field *item = record_field(field);
    int err = need_unsealed(record, problem);
    if (err)
        return err;
    if (record->state != RECORD_READBACK)
        return refuse(problem, "not-reading", "nothing is read back now", NULL);
    if (!item || !item->read_back || !*record_value(record, field)) {
        *problem = (struct problem){404, "no-item", "Not found", "there is no such item", "item"};
        return EINVAL;
    }
    json_t *answer = json_string(right ? "right" : "change");
    return json_object_set_new(record->answers, field, answer) < 0 ? short_of_memory(problem) : 0;
}

// --- sealing ---------------------------------------------------------------------------------

static bool is_right(const struct record *record, const char *field)
{
    const char *answer = json_string_value(json_object_get(record->answers, field));
    return answer && strcmp(answer, "right") == 0;
}

static bool says(const struct record *record, const char *field, const char *value)
{
    return strcmp(record_value(record, field), value) == 0;
}

// Fields that are required only because of what another one says.
static bool is_needed(const struct record *record, const struct record_field *field)
{
    if (strcmp(field->name, "resident_name") == 0)
        return says(record, "identity", "given");
    if (strcmp(field->name, "refusal") == 0)
        return says(record, "confirmation", "refused");
    return field->required;
}

const char *record_missing(const struct record *record)
{
    bool by_readback = says(record, "confirmation", "readback");
    for (size_t i = 0; i < record_fields_count; i++) {
        const struct record_field *field = &record_fields[i];
        bool is_empty = !*record_value(record, field->name);
        if (is_empty ? is_needed(record, field)
                     : by_readback && field->read_back && !is_right(record, field->name))
            return field->name;
    }
    return NULL;
}

int record_seal(struct record *record, const struct record_frame *frame, struct problem *problem)
{
    int err = need_unsealed(record, problem);
    if (err)
        return err;
    const char *missing = record_missing(record);
    if (missing && *record_value(record, missing))
        return refuse(problem, "not-confirmed", "the resident has not said that this is right",
                      missing);
    if (missing) {
        *problem = (struct problem){422, "field-missing", "Not acceptable",
                                    "this field is required before the record is sealed", missing};
        return EINVAL;
    }
    if (record_fill(record, frame) != 0)
        return short_of_memory(problem);
    record->state = RECORD_SEALED;
    return 0;
}
