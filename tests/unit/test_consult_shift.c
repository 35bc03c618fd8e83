#include <errno.h>

#include "tests/unit/support/clinic.h"

// The roster: who is to be there, and what happens when nobody comes.

static int shift(struct clinic *clinic, const char *id, const char *lawyer, int64_t from,
                 int64_t until)
{
    struct consult_shift row = {.starts_at = from, .ends_at = until};
    snprintf(row.id, sizeof(row.id), "%s", id);
    snprintf(row.lawyer, sizeof(row.lawyer), "%s", lawyer);
    return consult_load_shift(clinic->consult, &row);
}

#define HOUR 3600000ll

static void tick_at(struct clinic *clinic, int64_t at)
{
    clinic->now = at;
    assert_int_equal(clinic_say(clinic, CONSULT_TICK, NULL), 0);
}

static void test_checked(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 2);
    assert_int_equal(shift(&clinic, "s-1", "l0", T0, T0 + HOUR), 0);
    assert_int_equal(shift(&clinic, "s-2", "l9", T0, T0 + HOUR), ENOENT);
    assert_int_equal(shift(&clinic, "s/2", "l1", T0, T0 + HOUR), EINVAL);
    assert_int_equal(shift(&clinic, "s-2", "l1", T0, T0), EINVAL);
    assert_int_equal(shift(&clinic, "s-2", "l1", T0, T0 + 24 * HOUR + 1), EINVAL);
    assert_int_equal(shift(&clinic, "s-2", "l0", T0 + HOUR - 1, T0 + 2 * HOUR), EEXIST);
    assert_int_equal(shift(&clinic, "s-2", "l0", T0 + HOUR, T0 + 2 * HOUR), 0); // one after another
    assert_int_equal(shift(&clinic, "s-3", "l1", T0, T0 + HOUR), 0);            // side by side
    consult_end_shift(clinic.consult, "s-1");
    assert_int_equal(shift(&clinic, "s-4", "l0", T0, T0 + HOUR), 0);
    clinic_end(&clinic);
}

// Booths say when the next lawyer is on duty.
static void test_next_duty(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 3);
    assert_int_equal(consult_next_duty(clinic.consult, NULL), 0);
    assert_int_equal(shift(&clinic, "s-1", "l0", T0 + HOUR, T0 + 4 * HOUR), 0);
    assert_int_equal(shift(&clinic, "s-2", "l1", T0 + 2 * HOUR, T0 + 3 * HOUR), 0);
    tick_at(&clinic, T0);
    assert_non_null(clinic_told_now(&clinic, "clinic", "clinic"));
    assert_int_equal(consult_next_duty(clinic.consult, NULL), T0 + HOUR);
    tick_at(&clinic, T0 + 1);
    assert_null(clinic_told_now(&clinic, "clinic", "clinic")); // nothing new
    tick_at(&clinic, T0 + HOUR);
    assert_int_equal(consult_next_duty(clinic.consult, NULL), T0 + 2 * HOUR);
    assert_non_null(clinic_told_now(&clinic, "clinic", "clinic"));
    tick_at(&clinic, T0 + 2 * HOUR);
    assert_int_equal(consult_next_duty(clinic.consult, NULL), 0);
    clinic_end(&clinic);
}

static void test_absent(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 3);
    assert_int_equal(shift(&clinic, "s-1", "l0", T0 + HOUR, T0 + 4 * HOUR), 0);
    assert_int_equal(consult_next_deadline(clinic.consult), T0 + HOUR + CONSULT_ABSENT_MS);
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_BACK, "l2"), 0);
    tick_at(&clinic, T0 + HOUR + CONSULT_ABSENT_MS - 1);
    assert_null(clinic_told(&clinic, "desk", "alarm"));
    tick_at(&clinic, T0 + HOUR + CONSULT_ABSENT_MS);
    const struct consult_alarm *alarm = clinic_told(&clinic, "desk", "alarm")->alarm;
    assert_int_equal(alarm->kind, CONSULT_ALARM_ABSENT);
    assert_string_equal(alarm->lawyer, "l0");
    assert_non_null(clinic_told(&clinic, "lawyer:l2", "needed")); // who is there is asked
    assert_null(clinic_told(&clinic, "lawyer:l1", "needed"));
    clinic_on_duty(&clinic, "l0"); // late, but here
    assert_int_equal(clinic_told(&clinic, "desk", "alarm")->alarm->closed_at, clinic.now);
    assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l0"), 0);
    tick_at(&clinic, T0 + 2 * HOUR);
    assert_int_equal(clinic.effects->count, 0); // a break is no absence
    tick_at(&clinic, T0 + 4 * HOUR);
    assert_int_equal(consult_next_deadline(clinic.consult), -1); // forgotten
    clinic_end(&clinic);
}

static void test_in_time(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    assert_int_equal(shift(&clinic, "s-1", "l0", T0, T0 + HOUR), 0);
    clinic_on_duty(&clinic, "l0");
    tick_at(&clinic, T0 + CONSULT_ABSENT_MS);
    assert_null(clinic_told(&clinic, "desk", "alarm"));
    clinic_end(&clinic);
}

static void test_nobody_came_at_all(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    assert_int_equal(shift(&clinic, "s-1", "l0", T0, T0 + HOUR), 0);
    tick_at(&clinic, T0 + CONSULT_ABSENT_MS);
    assert_non_null(clinic_told(&clinic, "desk", "alarm"));
    tick_at(&clinic, T0 + HOUR);
    assert_int_equal(clinic_told(&clinic, "desk", "alarm")->alarm->closed_at, T0 + HOUR);
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checked),
        cmocka_unit_test(test_next_duty),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_in_time),
        cmocka_unit_test(test_nobody_came_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
