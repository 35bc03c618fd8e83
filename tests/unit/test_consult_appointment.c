#include <errno.h>

#include "signaling/consult/settings.h"
#include "tests/unit/support/booking.h"

// Appointments: may they be, what becomes of them, and that nobody is promised twice.

static void test_life(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    const struct consult_appointment wanted = at(9);
    assert_int_equal(book(&clinic, &wanted), 0);
    assert_int_equal(state_of(&clinic, 1), APPOINTMENT_REQUESTED);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_APPOINTMENT), 1);
    assert_int_equal(clinic_count(&clinic, CONSULT_TELL_NOW),
                     3);                                        // the desk, the lawyer, all booths
    assert_int_equal(decide(&clinic, CONSULT_CAME, 1), EPROTO); // nobody has approved it
    assert_int_equal(decide(&clinic, CONSULT_REMIND, 1), EPROTO);
    assert_int_equal(decide(&clinic, CONSULT_APPROVE, 1), 0);
    assert_int_equal(decide(&clinic, CONSULT_APPROVE, 1), EPROTO);
    assert_int_equal(decide(&clinic, CONSULT_REFUSE, 1), EPROTO);
    assert_int_equal(decide(&clinic, CONSULT_REMIND, 1), 0);
    assert_int_equal(consult_appointment(clinic.consult, 1)->reminded_at, clinic.now);
    assert_int_equal(decide(&clinic, CONSULT_NO_SHOW, 1), EPROTO); // it is Monday
    assert_string_equal(clinic.problem.slug, "too-early");
    clinic.now = wanted.starts_at + HOUR;
    assert_int_equal(decide(&clinic, CONSULT_NO_SHOW, 1), 0);
    assert_int_equal(decide(&clinic, CONSULT_CAME, 1), EPROTO);
    assert_null(consult_appointment(clinic.consult, 1)); // over: forgotten here
    clinic_end(&clinic);
}

static void test_reasons(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    char endless[APPOINTMENT_TEXT_MAX + 1] = {0};
    memset(endless, 'x', APPOINTMENT_TEXT_MAX);
    const char *bad[] = {NULL, "", endless};
    const struct consult_appointment wanted = at(9);
    assert_int_equal(book(&clinic, &wanted), 0);
    for (size_t i = 0; i < 3; i++) {
        struct consult_command refuse = {
            .verb = CONSULT_REFUSE, .who = "u-desk", .appointment = 1, .reason = bad[i]};
        assert_int_equal(clinic_do(&clinic, &refuse), EINVAL);
        assert_string_equal(clinic.problem.field, "reason");
    }
    assert_int_equal(decide(&clinic, CONSULT_REFUSE, 1), 0);
    assert_string_equal(consult_appointment(clinic.consult, 1)->reason, "他不来了");
    assert_int_equal(book(&clinic, &wanted), 0);
    assert_int_equal(decide(&clinic, CONSULT_CALL_OFF, 2), 0);
    assert_int_equal(decide(&clinic, CONSULT_CALL_OFF, 2), EPROTO);
    clinic_end(&clinic);
}

static void assert_bad(struct clinic *clinic, const struct consult_appointment *wanted,
                       const char *slug, const char *field)
{
    assert_int_not_equal(book(clinic, wanted), 0);
    assert_string_equal(clinic->problem.slug, slug);
    assert_string_equal(clinic->problem.field, field);
    assert_int_equal(clinic->effects->count, 0);
}

static void test_fields(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    struct consult_appointment wanted = at(9);
    strcpy(wanted.phone, "none");
    assert_bad(&clinic, &wanted, "bad-phone", "phone");
    wanted = at(9);
    wanted.category[0] = 0;
    assert_bad(&clinic, &wanted, "unknown-category", "category");
    wanted = at(9);
    wanted.starts_at = clinic.now - 1;
    assert_bad(&clinic, &wanted, "bad-start", "starts_at");
    wanted = at(9 + 24 * 93);
    assert_bad(&clinic, &wanted, "bad-start", "starts_at");
    wanted = at(9);
    wanted.ends_at = wanted.starts_at;
    assert_bad(&clinic, &wanted, "bad-length", "ends_at");
    wanted.ends_at = wanted.starts_at + 5 * HOUR;
    assert_bad(&clinic, &wanted, "bad-length", "ends_at");
    wanted = at(9);
    strcpy(wanted.place, "r-1"); // no lawyer is seen there
    assert_bad(&clinic, &wanted, "unknown-place", "place");
    wanted = at(9);
    strcpy(wanted.lawyer, "l9");
    assert_bad(&clinic, &wanted, "unknown-lawyer", "lawyer");
    strcpy(wanted.lawyer, "l2");
    assert_bad(&clinic, &wanted, "not-on-duty", "lawyer");
    wanted = at(8);
    assert_bad(&clinic, &wanted, "not-on-duty", "lawyer");
    wanted = at(17);
    wanted.starts_at -= 10 * MINUTE; // ends after the shift
    assert_bad(&clinic, &wanted, "not-on-duty", "lawyer");
    clinic_end(&clinic);
}

static void test_taken(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    struct consult_appointment wanted = at(9);
    assert_int_equal(book(&clinic, &wanted), 0);
    assert_int_equal(book(&clinic, &wanted), 0); // two may ask
    assert_int_equal(decide(&clinic, CONSULT_APPROVE, 2), 0);
    assert_int_equal(decide(&clinic, CONSULT_APPROVE, 1), EEXIST); // one has it
    assert_string_equal(clinic.problem.slug, "lawyer-taken");
    wanted.starts_at += 29 * MINUTE;
    wanted.ends_at += 29 * MINUTE;
    assert_bad(&clinic, &wanted, "lawyer-taken", "starts_at");
    strcpy(wanted.lawyer, "l1");
    assert_bad(&clinic, &wanted, "place-taken", "place");
    strcpy(wanted.place, "b1");
    assert_int_equal(book(&clinic, &wanted), 0);
    wanted = at(9);
    wanted.starts_at += 30 * MINUTE; // right after
    wanted.ends_at += 30 * MINUTE;
    assert_int_equal(book(&clinic, &wanted), 0);
    assert_int_equal(decide(&clinic, CONSULT_CALL_OFF, 2), 0);
    assert_int_equal(decide(&clinic, CONSULT_APPROVE, 1), 0); // free again
    clinic_end(&clinic);
}

static struct consult_appointment a_room(int64_t from)
{
    return (struct consult_appointment){.kind = APPOINTMENT_ROOM,
                                        .place = "r-1",
                                        .phone = "13800001234",
                                        .purpose = "合唱队排练",
                                        .starts_at = from,
                                        .ends_at = from + 2 * HOUR};
}

static void test_room(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    struct consult_appointment wanted = a_room(monday() + 2 * DAY + 23 * HOUR); // Wednesday night
    assert_bad(&clinic, &wanted, "too-soon", "starts_at");
    wanted = a_room(monday() + 3 * DAY); // Thursday: the third working day
    assert_int_equal(book(&clinic, &wanted), 0);
    strcpy(wanted.place, "b1"); // a booth is a room, too
    assert_int_equal(book(&clinic, &wanted), 0);
    strcpy(wanted.place, "r-2");
    assert_bad(&clinic, &wanted, "unknown-place", "place");
    wanted = a_room(monday() + 3 * DAY);
    wanted.purpose[0] = 0;
    assert_bad(&clinic, &wanted, "bad-purpose", "purpose");
    struct calendar calendar = {0};
    unsigned line;
    const char *wrong;
    assert_int_equal(calendar_read(&calendar, 2026, "2026-11-25 rest", &line, &wrong), 0);
    consult_set_calendar(clinic.consult, &calendar);
    wanted = a_room(monday() + 3 * DAY);
    assert_bad(&clinic, &wanted, "too-soon", "starts_at");
    clinic_end(&clinic);
}

static void test_wish(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_do(&clinic, &(struct consult_command){.verb = CONSULT_LEAVE_WORD,
                                                                  .who = "b0",
                                                                  .category = "family",
                                                                  .text = "13800001234",
                                                                  .half_day = "2026-11-24-am"}),
                     0);
    const struct consult_appointment wanted = at(9);
    struct consult_command answer = {
        .verb = CONSULT_BOOK, .who = "u-desk", .wanted = &wanted, .message = 7};
    assert_int_equal(clinic_do(&clinic, &answer), EPROTO);
    assert_string_equal(clinic.problem.field, "message");
    answer.message = 1;
    assert_int_equal(clinic_do(&clinic, &answer), 0);
    assert_int_equal(state_of(&clinic, 1), APPOINTMENT_APPROVED); // both have agreed
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_MESSAGE), 1);
    assert_int_equal(clinic_do(&clinic, &answer), EEXIST); // the time is taken now
    clinic_end(&clinic);
}

static int ask(struct clinic *clinic, const char *booth, const char *number, const char *prefer)
{
    char id[CONSULT_ID_MAX];
    snprintf(id, sizeof(id), "c-%u", ++clinic->asked);
    return clinic_do(clinic, &(struct consult_command){.verb = CONSULT_ASK,
                                                       .who = booth,
                                                       .consultation = id,
                                                       .category = "family",
                                                       .language = "zh-CN",
                                                       .consent = "2026-11",
                                                       .number = number,
                                                       .prefer = prefer});
}

// Tuesday at nine: both lawyers are there, an appointment with the one who would be asked second.
static struct clinic tuesday(int64_t *starts_at)
{
    struct clinic clinic = a_week();
    struct consult_appointment wanted = at(9);
    strcpy(wanted.lawyer, "l1");
    *starts_at = wanted.starts_at;
    assert_int_equal(book(&clinic, &wanted), 0);
    assert_int_equal(decide(&clinic, CONSULT_APPROVE, 1), 0);
    clinic.now = wanted.starts_at;
    clinic_booth_here(&clinic, "b0");
    clinic_booth_here(&clinic, "b1");
    clinic_on_duty(&clinic, "l0");
    clinic_on_duty(&clinic, "l1");
    return clinic;
}

static void test_comes(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        int64_t late;
        const char *lawyer;
    } cases[] = {{"1", 0, "l1"},
                 {"1234", 0, "l1"},
                 {"13800001234", 0, "l1"},
                 {"4321", 0, "l0"},
                 {"234", 0, "l0"},
                 {NULL, 0, "l0"},
                 {"1234", -HOUR, "l1"},
                 {"1234", -HOUR - 1, "l0"},
                 {"1234", 90 * MINUTE, "l1"},
                 {"1234", 91 * MINUTE, "l0"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t starts_at;
        struct clinic clinic = tuesday(&starts_at);
        clinic.now = starts_at + cases[i].late;
        bool is_meant = strcmp(cases[i].lawyer, "l1") == 0;
        assert_int_equal(ask(&clinic, "b1", cases[i].number, NULL), 0);
        assert_string_equal(consult_of_booth(clinic.consult, "b1")->lawyer, cases[i].lawyer);
        assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_APPOINTMENT), is_meant);
        assert_int_equal(state_of(&clinic, 1), is_meant ? APPOINTMENT_CAME : APPOINTMENT_APPROVED);
        clinic_end(&clinic);
    }
}

// The lawyer he would like is waited for, but not for ever.
static void test_prefers(void **state)
{
    (void)state;
    int64_t starts_at;
    struct clinic clinic = tuesday(&starts_at);
    assert_int_equal(ask(&clinic, "b0", NULL, "l1"), 0);
    assert_string_equal(consult_of_booth(clinic.consult, "b0")->lawyer, "l1");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"), 0);
    assert_int_equal(ask(&clinic, "b1", NULL, "l1"), 0);
    assert_int_equal(consult_of_booth(clinic.consult, "b1")->state, CONSULT_WAITING);
    assert_int_equal(consult_next_deadline(clinic.consult), clinic.now + CONSULT_HOLD_MS);
    clinic.now += CONSULT_HOLD_MS;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_string_equal(consult_of_booth(clinic.consult, "b1")->lawyer, "l0");
    assert_true(consult_next_deadline(clinic.consult) > clinic.now);
    clinic_end(&clinic);

    clinic = tuesday(&starts_at);
    assert_int_equal(ask(&clinic, "b0", NULL, "l1"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_DECLINE, "l1", "c-1"), 0); // he does not want to
    assert_string_equal(consult_of_booth(clinic.consult, "b0")->lawyer, "l0");
    assert_int_equal(ask(&clinic, "b1", NULL, "l2"), 0); // not on duty
    assert_string_equal(consult_of_booth(clinic.consult, "b1")->lawyer, "l1");
    clinic_end(&clinic);
}

// A lawyer who has an appointment soon is kept free for it, and for who is late, and no longer.
static void test_kept_free(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        const char *lawyer; // of who just asks
    } cases[] = {{-15 * MINUTE - 1, "l1"}, {-15 * MINUTE, ""}, {0, ""}, {15 * MINUTE, "l1"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t starts_at;
        struct clinic clinic = tuesday(&starts_at);
        consult_set_lead(clinic.consult, 15 * MINUTE);
        clinic.now = starts_at + cases[i].at;
        assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l0"), 0);
        assert_int_equal(consult_is_free(clinic.consult, "l1"), *cases[i].lawyer != 0);
        assert_int_equal(ask(&clinic, "b0", NULL, "l1"), 0);
        assert_string_equal(consult_of_booth(clinic.consult, "b0")->lawyer, cases[i].lawyer);
        clinic_end(&clinic);
    }
}

// Everybody is told when it begins and ends; who comes to it is served before who waited longer.
static void test_kept_free_is_told(void **state)
{
    (void)state;
    int64_t starts_at;
    struct clinic clinic = tuesday(&starts_at);
    consult_set_lead(clinic.consult, 15 * MINUTE);
    clinic.now = starts_at - HOUR;
    assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l0"), 0);
    assert_int_equal(consult_next_deadline(clinic.consult), starts_at - 15 * MINUTE);
    clinic.now = starts_at - 15 * MINUTE;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_non_null(clinic_told(&clinic, "lawyer:l1", "lawyer"));
    assert_non_null(clinic_told_now(&clinic, "clinic", "clinic"));
    assert_int_equal(consult_promised_at(clinic.consult, "l1"), starts_at);
    assert_int_equal(ask(&clinic, "b0", NULL, NULL), 0);
    assert_int_equal(ask(&clinic, "b1", "1234", NULL), 0);
    assert_string_equal(consult_of_booth(clinic.consult, "b1")->lawyer, "l1");
    assert_string_equal(consult_of_booth(clinic.consult, "b0")->lawyer, "");
    assert_int_equal(consult_promised_at(clinic.consult, "l1"), 0);
    clinic_end(&clinic);
}

// The number on the paper finds the lawyer again.
static void test_again(void **state)
{
    (void)state;
    int64_t starts_at;
    struct clinic clinic = tuesday(&starts_at);
    consult_load_met(clinic.consult, calendar_day("2026-11-22"), 7, "l1");
    assert_int_equal(ask(&clinic, "b0", "20261122-8", NULL), 0);
    assert_string_equal(consult_of_booth(clinic.consult, "b0")->lawyer, "l0");
    assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b0"), 0);
    assert_int_equal(ask(&clinic, "b0", "20261122007", NULL), 0);
    assert_string_equal(consult_of_booth(clinic.consult, "b0")->lawyer, "l1");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-2"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l1", "c-2"), 0);
    // The one that has just ended, too: Tuesday's second ticket.
    assert_int_equal(ask(&clinic, "b1", "202611242", NULL), 0);
    assert_string_equal(consult_of_booth(clinic.consult, "b1")->lawyer, "l1");
    const char *none[] = {"20261122", "20261322-7", "2026112x7", "20261122-", "20261122--", "-"};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b1"), 0);
        assert_int_equal(ask(&clinic, "b1", none[i], NULL), 0); // served all the same
    }
    clinic_end(&clinic);
}

static void test_names(void **state)
{
    (void)state;
    enum appointment_state parsed;
    enum appointment_kind kind;
    for (unsigned i = 0; i < APPOINTMENT_STATES; i++) {
        assert_int_equal(appointment_state_parse(appointment_state_name(i), &parsed), 0);
        assert_int_equal(parsed, i);
    }
    assert_int_not_equal(appointment_state_parse("", &parsed), 0);
    assert_int_equal(appointment_kind_parse("room", &kind), 0);
    assert_int_equal(appointment_kind_parse("hall", &kind), ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),      cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_fields),    cmocka_unit_test(test_taken),
        cmocka_unit_test(test_room),      cmocka_unit_test(test_wish),
        cmocka_unit_test(test_comes),     cmocka_unit_test(test_prefers),
        cmocka_unit_test(test_again),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_kept_free), cmocka_unit_test(test_kept_free_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
