#pragma once
#include "signaling/record/record.h"

// A record as its readers get it. All return a new reference, or NULL without memory.

struct record_view {
    const struct record *record; // filled: record_fill()
    const char *consultation;
    const char *hash;  // of a sealed one, else ""
    const char *phone; // of the centre
    int64_t rev;       // 0: nothing is saved yet
    int64_t saved_at;
    int64_t now_ms;
    const struct limitations *limitations;
};

// For its lawyer: all of it, with `form` (the table of fields, the category's template, the
// periods) when `with_form`.
json_t *record_json(const struct record_view *view, bool with_form);
// For a later lawyer's list: {"summary", "next_steps", "limitation_deadline"}, those that are said.
json_t *record_json_brief(const struct record_view *view);
// For the resident at the booth: the items to hear, and what is printed to take away.
json_t *record_json_readback(const struct record_view *view);
