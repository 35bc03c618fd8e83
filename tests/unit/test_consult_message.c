#include <errno.h>
#include <time.h>

#include "signaling/consult/consult_json.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/settings.h"
#include "tests/unit/support/clinic.h"

// Messages and wishes for an appointment of who cannot wait, and how long the others will wait.

#define DAY 86400000ll

static void assert_refused(struct clinic *clinic, int err, const char *slug, const char *field)
{
    assert_int_not_equal(err, 0);
    assert_string_equal(clinic->problem.slug, slug);
    if (field)
        assert_string_equal(clinic->problem.field, field);
    assert_int_equal(clinic->effects->count, 0);
}

static struct consult_command word(const char *half_day)
{
    return (struct consult_command){.verb = CONSULT_LEAVE_WORD,
                                    .who = "b0",
                                    .category = "labour",
                                    .text = "13876543210",
                                    .half_day = half_day};
}

static int answer(struct clinic *clinic, const char *who, int64_t id)
{
    return clinic_do(clinic,
                     &(struct consult_command){.verb = CONSULT_ANSWER, .who = who, .message = id});
}

// "2026-11-24-am" of the day `ahead` days after now, in China.
static const char *half_day(const struct clinic *clinic, int ahead, char text[16])
{
    time_t at = (time_t)((clinic->now + CONSULT_DAY_SHIFT_MS + ahead * DAY) / 1000);
    struct tm day;
    strftime(text, 16, "%Y-%m-%d-am", gmtime_r(&at, &day));
    return text;
}

static void test_message_in_an_empty_office(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    clinic_booth_here(&clinic, "b0");
    struct consult_command command = word(NULL);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(clinic.effects->count, 3); // saved; lawyers and desk are told
    const struct consult_message *message = clinic.effects->list[0].message;
    assert_int_equal(clinic.effects->list[0].kind, CONSULT_SAVE_MESSAGE);
    assert_int_equal(message->id, 1);
    assert_string_equal(message->phone, "13876543210");
    assert_int_equal(message->due_at, T0 + DAY);
    for (size_t i = 1; i < 3; i++)
        assert_int_equal(clinic.effects->list[i].kind, CONSULT_TELL_NOW); // no event has the number
    assert_int_equal(clinic_count(&clinic, CONSULT_TELL), 0);
    clinic_end(&clinic);
}

static void test_the_wait_becomes_a_message(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 1);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    struct consult_command command = word(NULL);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(clinic.effects->result->end_reason, CONSULT_END_MESSAGE);
    assert_true(consult_is_free(clinic.consult, "l0")); // rung no longer
    assert_null(consult_of_booth(clinic.consult, "b0"));
    char day[16];
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    command.half_day = half_day(&clinic, 3, day);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(clinic.effects->result->end_reason, CONSULT_END_APPOINTMENT);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-3"), 0);
    assert_refused(&clinic, clinic_do(&clinic, &command), "already-asking", NULL);
    clinic_end(&clinic);
}

static void test_sent_twice_it_counts_once(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 0);
    struct consult_command command = word(NULL);
    command.key = "k-1";
    assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(clinic.effects->count, 0);
    command.key = "k-2"; // the next resident
    assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(clinic.effects->list[0].message->id, 2);
    clinic_end(&clinic);
}

static size_t wish_days(struct clinic *clinic, const char *now, int64_t days[CONSULT_WISH_DAYS])
{
    clinic->now = calendar_midnight(calendar_day(now)) + 17 * 3600000ll;
    return consult_wish_days(clinic->consult, clinic->now, days);
}

// Friday evening before a weekend that is worked for a holiday, which is itself left out.
static void test_wishes_follow_the_calendar(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 0);
    struct calendar calendar = {0};
    int64_t days[CONSULT_WISH_DAYS];
    unsigned line;
    const char *wrong;
    assert_int_equal(wish_days(&clinic, "2026-02-13", days), 10); // no table: as the week says
    assert_int_equal(calendar_read(&calendar, 2026,
                                   "2026-02-14 work\n2026-02-16 rest\n2026-02-17 rest\n", &line,
                                   &wrong),
                     0);
    consult_set_calendar(clinic.consult, &calendar);
    assert_int_equal(wish_days(&clinic, "2026-02-13", days), 9);
    assert_int_equal(days[0], calendar_day("2026-02-14"));
    assert_int_equal(days[1], calendar_day("2026-02-18"));
    struct consult_command command = word("2026-02-14-am"); // a Saturday
    assert_int_equal(clinic_do(&clinic, &command), 0);
    command.half_day = "2026-02-16-am"; // a Monday
    assert_refused(&clinic, clinic_do(&clinic, &command), "bad-half-day", "half_day");
    command.half_day = "2026-02-15-am";
    assert_refused(&clinic, clinic_do(&clinic, &command), "bad-half-day", "half_day");
    clinic_end(&clinic);
}

static void test_wishes(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 0);
    char day[16];
    struct consult_command command = word(half_day(&clinic, 0, day));
    assert_int_equal(clinic_do(&clinic, &command), 0);
    half_day(&clinic, CONSULT_WISH_DAYS, day);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    memcpy(day + 11, "pm", 2);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    half_day(&clinic, -1, day);
    assert_refused(&clinic, clinic_do(&clinic, &command), "bad-half-day", "half_day");
    half_day(&clinic, CONSULT_WISH_DAYS + 1, day);
    assert_refused(&clinic, clinic_do(&clinic, &command), "bad-half-day", "half_day");
    const char *const wrong[] = {"2026-02-31-am", "2026-6-1-am",     "2026-05-29",
                                 "tomorrow",      "2026-05-29-noon", "99999999999-01-01-am"};
    for (size_t i = 0; i < 6; i++) {
        command.half_day = wrong[i];
        assert_refused(&clinic, clinic_do(&clinic, &command), "bad-half-day", "half_day");
    }
    command = word("");
    command.text = "call me";
    assert_refused(&clinic, clinic_do(&clinic, &command), "bad-phone", "text");
    command.category = "nonsense";
    assert_refused(&clinic, clinic_do(&clinic, &command), "unknown-category", "category");
    clinic_end(&clinic);
}

// What cannot be is told by telephone, with the reason, and then struck off.
static void test_refused(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 0);
    char day[16], long_reason[APPOINTMENT_TEXT_MAX + 1];
    struct consult_command command = word(half_day(&clinic, 0, day));
    assert_int_equal(clinic_do(&clinic, &command), 0);
    struct consult_command refuse = {
        .verb = CONSULT_REFUSE_WISH, .who = "u-desk", .message = 2, .reason = "律师出差"};
    assert_refused(&clinic, clinic_do(&clinic, &refuse), "no-message", "message");
    refuse.message = 1;
    memset(long_reason, 'x', APPOINTMENT_TEXT_MAX);
    long_reason[APPOINTMENT_TEXT_MAX] = 0;
    const char *const wrong[] = {NULL, "", "a\nb", long_reason};
    for (size_t i = 0; i < 4; i++) {
        refuse.reason = wrong[i];
        assert_refused(&clinic, clinic_do(&clinic, &refuse), "bad-reason", "reason");
    }
    refuse.reason = "律师出差";
    assert_int_equal(clinic_do(&clinic, &refuse), 0);
    const struct consult_message *saved = clinic.effects->list[0].message;
    assert_string_equal(saved->reason, "律师出差");
    assert_int_equal(saved->answered_at, 0); // he does not know yet
    assert_int_equal(clinic_count(&clinic, CONSULT_TELL), 0);
    assert_int_equal(answer(&clinic, "u-desk", 1), 0);
    assert_refused(&clinic, clinic_do(&clinic, &refuse), "no-message", "message");
    clinic_end(&clinic);
}

static void count(const struct consult_message *message, void *arg)
{
    int64_t *sum = arg;
    assert_true(message->id > *sum % 1000); // the oldest first
    *sum += message->id;
}

static void test_answers(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    struct consult_command command = word(NULL);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_int_equal(answer(&clinic, "l0", 2), 0);
    const struct consult_message *message = clinic.effects->list[0].message;
    assert_string_equal(message->answered_by, "l0");
    assert_int_equal(message->answered_at, T0);
    assert_refused(&clinic, answer(&clinic, "u-desk", 2), "no-message", "message");
    assert_refused(&clinic, answer(&clinic, "u-desk", 0), "no-message", "message");
    int64_t sum = 0;
    consult_each_message(clinic.consult, count, &sum);
    assert_int_equal(sum, 1 + 3);
    clinic_end(&clinic);
}

static void test_there_is_an_end_of_room(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 0);
    struct consult_command command = word(NULL);
    for (unsigned i = 0; i < CONSULT_MESSAGES_MAX; i++)
        assert_int_equal(clinic_do(&clinic, &command), 0);
    assert_refused(&clinic, clinic_do(&clinic, &command), "messages-full", NULL);
    assert_int_equal(answer(&clinic, "u-desk", 7), 0);
    assert_int_equal(clinic_do(&clinic, &command), 0);
    clinic_end(&clinic);
}

// --- minutes -------------------------------------------------------------------------------------

static void test_estimate(void **state)
{
    (void)state;
    const int64_t seven = 7 * 60000;
    assert_int_equal(consult_estimate(0, 1, 1, seven), 1); // somebody is free: at once
    assert_int_equal(consult_estimate(0, 1, 0, seven), 4);
    assert_int_equal(consult_estimate(2, 1, 0, seven), 18);
    assert_int_equal(consult_estimate(2, 2, 0, seven), 9);
    assert_int_equal(consult_estimate(3, 4, 1, seven), 5);
    assert_int_equal(consult_estimate(0, 1, 0, 1), 1);
    assert_int_equal(consult_estimate(1000, 1, 0, seven), 240);
    for (size_t ahead = 0; ahead < 50; ahead++) // more people before one never shorten it
        assert_true(consult_estimate(ahead + 1, 3, 0, seven) >=
                    consult_estimate(ahead, 3, 0, seven));
}

static unsigned minutes(const struct clinic *clinic, const char *id)
{
    return consult_wait_minutes(clinic->consult, consult_find(clinic->consult, id));
}

static void test_minutes_only_fall(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(4, 2);
    for (unsigned i = 0; i < 4; i++)
        clinic_booth_here(&clinic, (const char *[]){"b0", "b1", "b2", "b3"}[i]);
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_int_equal(clinic_ask(&clinic, "b1"), 0);
    assert_int_equal(clinic_ask(&clinic, "b2"), 0);
    assert_int_equal(minutes(&clinic, "c-2"), 4);
    assert_int_equal(minutes(&clinic, "c-3"), 11);
    clinic.now += 3600000; // an hour with the first: others count with longer meetings from now on
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l0", "c-1"), 0);
    assert_int_equal(minutes(&clinic, "c-3"), 11);
    assert_int_equal(clinic_ask(&clinic, "b3"), 0);
    assert_true(minutes(&clinic, "c-4") > 30);
    clinic_on_duty(&clinic, "l1"); // takes the third
    assert_non_null(clinic_told(&clinic, "booth:b3", "consultation"));
    clinic_end(&clinic);
}

static void test_nobody_on_duty_no_minutes(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(minutes(&clinic, "c-1"), 0);
    json_t *data = consult_json(clinic.consult, clinic.effects->result, CONSULT_FOR_BOOTH);
    assert_null(json_object_get(data, "minutes"));
    json_decref(data);
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_in_an_empty_office),
        cmocka_unit_test(test_the_wait_becomes_a_message),
        cmocka_unit_test(test_sent_twice_it_counts_once),
        cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_wishes_follow_the_calendar),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_there_is_an_end_of_room),
        cmocka_unit_test(test_estimate),
        cmocka_unit_test(test_minutes_only_fall),
        cmocka_unit_test(test_nobody_on_duty_no_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
