#pragma once

// What a lawyer is reminded of when a record of this category begins. Codes, which pages put into
// words; nothing of it is stored.

struct record_template {
    const char *category;
    const char *points[6];      // what to ask about; ends with NULL
    const char *limitations[4]; // periods that are likely (record_limitations); ends with NULL
    const char *warning;        // or NULL
};

// Never NULL: a category that has none of its own gets the one of "other".
const struct record_template *record_template(const char *category);
