#pragma once
#include "signaling/consult/consult_json.h"

// What the files that make JSON share. No other folder includes this.

// Takes over `value`. A member that cannot be made spoils the whole object: NULL, not half of it.
json_t *consult_json_with(json_t *object, const char *name, json_t *value);
// The same for arrays.
json_t *consult_json_append(json_t *array, json_t *value);

// Who is of a meeting: [{"id","role","name"}].
json_t *consult_json_parties(const struct consult *consult, const struct consultation *row);

// Those not answered yet.
json_t *consult_json_messages(const struct consult *consult);
