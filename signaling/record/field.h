#pragma once
#include <stdbool.h>
#include <stddef.h>

// The fields of a consultation's record, in the order of the register: one table, from which
// checking, printed sheets and the lawyer's page follow. Every value is text: a choice is its code,
// a set is codes with commas, a date is YYYY-MM-DD.

enum record_type { RECORD_TEXT, RECORD_LONG, RECORD_CHOICE, RECORD_SET, RECORD_DATE };

struct record_choice {
    const char *code;
    const char *title; // as the register says it
};

struct record_field {
    const char *name;
    const char *title; // as the register says it
    enum record_type type;
    bool of_gateway; // filled in by the gateway; a lawyer's attempt to write it is refused
    bool required;   // without it nothing is sealed
    bool read_back;  // the resident hears it and says whether it is right
    unsigned max;    // characters, of RECORD_TEXT and RECORD_LONG
    const struct record_choice *choices; // ends with a NULL code
};

extern const struct record_field record_fields[];
extern const size_t record_fields_count;

const char *record_type_name(enum record_type type);
// NULL when there is no such field, or no such choice.
const struct record_field *record_field(const char *name);
const struct record_choice *record_choice(const struct record_field *field, const char *code,
                                          size_t len);

// choices.c
extern const struct record_choice record_identities[], record_genders[], record_ages[],
    record_groups[], record_categories[], record_originals[], record_told[], record_limitations[],
    record_aid_matters[], record_aid_grounds[], record_referrals[], record_confirmations[];
