#pragma once
#include "signaling/consult/consult_json.h"

// What the files that make JSON share. No other folder includes this.

// Takes over `value`. A member that cannot be made spoils the whole object: NULL, not half of it.
json_t *consult_json_with(json_t *object, const char *name, json_t *value);
// The same for arrays.
json_t *consult_json_append(json_t *array, json_t *value);

// Who is of a meeting: [{"id","role","name","state"}]; for a third party only those inside.
json_t *consult_json_parties(const struct consult *consult, const struct consultation *row,
                             enum consult_audience audience);
// Adds for when a lawyer is kept free, if he is.
json_t *consult_json_with_promise(const struct consult *consult, const char *lawyer,
                                  json_t *object);
// Adds what a transfer or a caucus has to say to that audience.
json_t *consult_json_with_transfer(const struct consult *consult, const struct consultation *row,
                                   enum consult_audience audience, json_t *object);
// {"consultation","links":[{"party","link","expires_at"}]}, for the lawyer alone.
json_t *consult_json_links(const struct consultation *row);
// {"consultation","age_band","adverse_party"}
json_t *consult_json_about(const struct consultation *row);
json_t *consult_json_guest(const struct consult *consult, const struct consult_party *party,
                           const struct consultation *row);

// Those not answered yet.
json_t *consult_json_messages(const struct consult *consult);

// consent_json.c: adds "sensitive" and, with a telephone number, "earlier": "none", "asked", "yes"
// or "no".
json_t *consult_json_with_answers(json_t *object, const struct consultation *row);
// Adds "recording": {"state", "since", "days" it is kept, "agreed": [ids]} while it is not off.
json_t *consult_json_with_recording(const struct consult *consult, json_t *object,
                                    const struct consultation *row);
