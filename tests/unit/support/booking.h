#pragma once
#include "tests/unit/support/clinic.h"

// A week with two booths, three lawyers, shifts and a room: for tests of appointments.

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

// Two booths, three lawyers of whom two have Tuesday from nine to five, and a room.
static inline struct clinic a_week(void)
{
    struct clinic clinic = clinic_new(2, 3);
    const struct consult_booth room = {.id = "r-1", .name = "会议室"};
    clinic.now = monday() + 10 * HOUR;
    assert_int_equal(consult_load_room(clinic.consult, &room), 0);
    add_shift(clinic.consult, "s-0", "l0", monday() + DAY + 9 * HOUR, monday() + DAY + 17 * HOUR);
    add_shift(clinic.consult, "s-1", "l1", monday() + DAY + 9 * HOUR, monday() + DAY + 17 * HOUR);
    return clinic;
}

// Tuesday at this hour, for half an hour, with l0 at b0.
static inline struct consult_appointment at(int64_t hour)
{
    int64_t from = monday() + DAY + hour * HOUR;
    return (struct consult_appointment){.kind = APPOINTMENT_LAWYER,
                                        .place = "b0",
                                        .lawyer = "l0",
                                        .category = "family",
                                        .name = "王阿姨",
                                        .phone = "13800001234",
                                        .starts_at = from,
                                        .ends_at = from + 30 * MINUTE};
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

static inline enum appointment_state state_of(const struct clinic *clinic, int64_t id)
{
    return consult_appointment(clinic->consult, id)->state;
}
