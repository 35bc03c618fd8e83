#pragma once
// For tests of appointments: a Monday, shifts, and the desk's commands.

#include "tests/unit/support/clinic.h"

#define MINUTE 60000ll
#define HOUR   3600000ll
#define DAY    86400000ll

// Monday 2026-11-23, midnight in China.
static inline int64_t monday(void)
{
    return calendar_midnight(calendar_day("2026-11-23"));
}

static inline void add_shift(struct consult *consult, const char *id, const char *lawyer,
                             int64_t from, int64_t until)
{
    struct consult_shift row = {.starts_at = from, .ends_at = until};
    snprintf(row.id, sizeof(row.id), "%s", id);
    snprintf(row.lawyer, sizeof(row.lawyer), "%s", lawyer);
    assert_int_equal(consult_load_shift(consult, &row), 0);
}

static inline int book(struct clinic *clinic, const struct consult_appointment *wanted)
{
    return clinic_do(
        clinic, &(struct consult_command){.verb = CONSULT_BOOK, .who = "u-desk", .wanted = wanted});
}

static inline int decide(struct clinic *clinic, enum consult_verb verb, int64_t id)
{
    return clinic_do(clinic,
                     &(struct consult_command){
                         .verb = verb, .who = "u-desk", .appointment = id, .reason = "他不来了"});
}
