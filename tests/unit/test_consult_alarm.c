#include <errno.h>

#include "signaling/consult/words.h"
#include "tests/unit/support/clinic.h"

// What the desk must see to: raised by whom it concerns, once, and closed by the desk.

static void assert_refused(struct clinic *clinic, int err, const char *slug, const char *field)
{
    assert_int_not_equal(err, 0);
    assert_string_equal(clinic->problem.slug, slug);
    if (field)
        assert_string_equal(clinic->problem.field, field);
    assert_int_equal(clinic->effects->count, 0);
}

static int alarm_of(struct clinic *clinic, const char *who, const char *reason)
{
    return clinic_do(
        clinic, &(struct consult_command){.verb = CONSULT_ALARM, .who = who, .reason = reason});
}

static int close_it(struct clinic *clinic, int64_t id)
{
    return clinic_do(clinic, &(struct consult_command){
                                 .verb = CONSULT_CLOSE_ALARM, .who = "u-desk", .alarm = id});
}

// b0's c-1 is connected with l0; b1 and l1 are alone.
static struct clinic meeting(void)
{
    struct clinic clinic = clinic_new(2, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_booth_here(&clinic, "b1");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    return clinic;
}

static void test_danger(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(alarm_of(&clinic, "b1", "danger"), 0);
    assert_int_equal(clinic.effects->count, 2);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_ALARM), 1);
    const struct consult_alarm *alarm = clinic_told(&clinic, "desk", "alarm")->alarm;
    assert_int_equal(alarm->id, 1);
    assert_int_equal(alarm->kind, CONSULT_ALARM_DANGER);
    assert_string_equal(alarm->booth, "b1");
    assert_string_equal(alarm->lawyer, "");
    assert_string_equal(alarm->consultation, "");
    assert_int_equal(alarm->raised_at, T0);
    assert_int_equal(alarm->closed_at, 0);
    assert_int_equal(alarm_of(&clinic, "b1", "danger"), 0); // pressed again
    assert_int_equal(clinic.effects->count, 0);
    assert_int_equal(alarm_of(&clinic, "b0", "danger"), 0); // another booth's is another
    assert_int_equal(clinic.effects->list[0].alarm->id, 2);
    assert_string_equal(clinic.effects->list[0].alarm->consultation, "c-1");
    assert_string_equal(clinic.effects->list[0].alarm->lawyer, "l0");
    clinic_end(&clinic);
}

// Silent: neither booth nor lawyer is told, so nothing shows on a screen.
static void test_panic(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(alarm_of(&clinic, "l0", "panic"), 0);
    assert_int_equal(clinic.effects->count, 2);
    const struct consult_alarm *alarm = clinic_told(&clinic, "desk", "alarm")->alarm;
    assert_string_equal(alarm->booth, "b0");
    assert_string_equal(alarm->lawyer, "l0");
    assert_string_equal(alarm->consultation, "c-1");
    assert_int_equal(alarm_of(&clinic, "l1", "panic"), 0); // outside of any consultation
    assert_string_equal(clinic.effects->list[0].alarm->booth, "");
    assert_string_equal(clinic.effects->list[0].alarm->lawyer, "l1");
    clinic_end(&clinic);
}

static void test_refused(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    const char *const wrong[] = {NULL, "", "panic", "fire", "dangerous"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_refused(&clinic, alarm_of(&clinic, "b0", wrong[i]), "unknown-reason", "reason");
    assert_refused(&clinic, alarm_of(&clinic, "l0", "danger"), "unknown-reason", "reason");
    assert_refused(&clinic, alarm_of(&clinic, "nobody", "danger"), "unknown-booth", NULL);
    assert_refused(&clinic, alarm_of(&clinic, NULL, "danger"), "unknown-booth", NULL);
    clinic_end(&clinic);
}

static void test_closing(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_refused(&clinic, close_it(&clinic, 1), "no-alarm", "alarm");
    assert_int_equal(alarm_of(&clinic, "b1", "danger"), 0);
    assert_refused(&clinic, close_it(&clinic, 0), "no-alarm", "alarm");
    assert_refused(&clinic, close_it(&clinic, 2), "no-alarm", "alarm");
    clinic.now += 60000;
    assert_int_equal(close_it(&clinic, 1), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_ALARM), 1);
    assert_int_equal(clinic_told(&clinic, "desk", "alarm")->alarm->closed_at, T0 + 60000);
    assert_null(consult_alarm(clinic.consult, 1));
    assert_refused(&clinic, close_it(&clinic, 1), "no-alarm", "alarm");
    assert_int_equal(alarm_of(&clinic, "b1", "danger"), 0); // it may happen again
    assert_int_equal(clinic.effects->list[0].alarm->id, 2);
    assert_int_equal(clinic.effects->list[0].alarm->closed_at, 0);
    clinic_end(&clinic);
}

static void test_loading(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    struct consult_alarm row = {.id = 7, .booth = "b0", .raised_at = T0};
    assert_int_equal(consult_load_alarm(clinic.consult, &row), 0);
    assert_int_equal(consult_load_alarm(clinic.consult, &row), EEXIST);
    struct consult_alarm wrong = {.id = 8, .kind = CONSULT_ALARM_KINDS, .booth = "b0"};
    assert_int_equal(consult_load_alarm(clinic.consult, &wrong), EINVAL);
    consult_load_alarm_id(clinic.consult, 9); // a closed one
    assert_int_equal(alarm_of(&clinic, "b0", "danger"), 0);
    assert_int_equal(clinic.effects->count, 0); // it is raised already
    assert_int_equal(alarm_of(&clinic, "l0", "panic"), 0);
    assert_int_equal(clinic.effects->list[0].alarm->id, 10);
    clinic_end(&clinic);
}

// b1 was here and is gone for three minutes; what was never here is not missed.
static void test_booth_away(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(3, 1);
    clinic_booth_here(&clinic, "b1");
    assert_int_equal(consult_next_deadline(clinic.consult), -1);
    assert_int_equal(clinic_say(&clinic, CONSULT_BOOTH_LOST, "b1"), 0);
    assert_int_equal(consult_next_deadline(clinic.consult), T0 + CONSULT_AWAY_MS);
    clinic.now += CONSULT_AWAY_MS;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_ALARM), 1);
    assert_int_equal(clinic.effects->list[0].alarm->kind, CONSULT_ALARM_AWAY);
    assert_string_equal(clinic.effects->list[0].alarm->booth, "b1");
    assert_int_equal(consult_next_deadline(clinic.consult), -1);
    assert_int_equal(close_it(&clinic, 1), 0); // seen to, though still away: not raised again
    clinic.now += CONSULT_AWAY_MS;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_int_equal(clinic.effects->count, 0);
    clinic_booth_here(&clinic, "b1");
    assert_int_equal(clinic_say(&clinic, CONSULT_BOOTH_LOST, "b1"), 0);
    clinic.now += CONSULT_AWAY_MS;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_int_equal(clinic.effects->list[0].alarm->id, 2);
    assert_int_equal(clinic_say(&clinic, CONSULT_BOOTH_BACK, "b1"), 0); // and it closes by itself
    assert_int_equal(clinic_told(&clinic, "desk", "alarm")->alarm->closed_at, clinic.now);
    clinic_end(&clinic);
}

static void test_waiting_too_long(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 1);
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    clinic.now += CONSULT_WAIT_LONG_MS;
    assert_int_equal(consult_next_deadline(clinic.consult), clinic.now);
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    const struct consult_alarm *alarm = clinic_told(&clinic, "desk", "alarm")->alarm;
    assert_int_equal(alarm->kind, CONSULT_ALARM_WAITING);
    assert_string_equal(alarm->consultation, "c-1");
    clinic.now += CONSULT_WAIT_LONG_MS;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_int_equal(clinic.effects->count, 0); // once
    clinic_on_duty(&clinic, "l0");
    assert_null(clinic_told(&clinic, "desk", "alarm")); // rung is not answered
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_int_equal(clinic_told(&clinic, "desk", "alarm")->alarm->closed_at, clinic.now);
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_danger),           cmocka_unit_test(test_panic),
        cmocka_unit_test(test_refused),          cmocka_unit_test(test_closing),
        cmocka_unit_test(test_loading),          cmocka_unit_test(test_booth_away),
        cmocka_unit_test(test_waiting_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
