#include <errno.h>

#include "signaling/consult/consult_json.h"
#include "tests/unit/support/clinic.h"

// Two streets of a district, three centres, and lawyers of one centre, of two that were chosen, of
// a street, of the district and of everything: who serves whom, and what follows from it.

#define HOUR 3600000ll

static const char *const lawyers[] = {"only-a", "street-x", "district", "all", "far", "a-and-c"};
static const char *const centres[] = {"ct-a", "ct-b", "ct-c", "ct-gone"};

static void add_centre(struct clinic *clinic, const char *id, const char *street,
                       const char *district)
{
    struct consult_centre centre = {0};
    struct consult_booth booth = {0};
    strcpy(centre.id, id);
    strcpy(centre.name, id);
    strcpy(centre.street, street);
    strcpy(centre.district, district);
    assert_int_equal(consult_load_centre(clinic->consult, &centre), 0);
    strcpy(booth.id, id + 3); // "a" of "ct-a"
    strcpy(booth.centre, id);
    assert_int_equal(consult_load_booth(clinic->consult, &booth), 0);
}

static void add_lawyer(struct clinic *clinic, const char *id, const char *chosen,
                       const char *street, const char *district)
{
    struct consult_lawyer lawyer = {0};
    strcpy(lawyer.id, id);
    strcpy(lawyer.name, id);
    scope_read_centres(&lawyer.place, chosen);
    strcpy(lawyer.place.street, street);
    strcpy(lawyer.place.district, district);
    assert_int_equal(consult_load_lawyer(clinic->consult, &lawyer), 0);
}

// a and b are of street x, c is of street y.
static struct clinic three_centres(void)
{
    struct clinic clinic = clinic_new(0, 0);
    add_lawyer(&clinic, "only-a", "ct-a", "x", "d"); // lawyers may come before their centre
    add_centre(&clinic, "ct-a", "x", "d");
    add_centre(&clinic, "ct-b", "x", "d");
    add_lawyer(&clinic, "street-x", "", "x", "d");
    add_lawyer(&clinic, "district", "", "", "d");
    add_centre(&clinic, "ct-c", "y", "d");
    add_lawyer(&clinic, "all", "", "", "");
    add_lawyer(&clinic, "far", "", "x", "e"); // a street of the same name in another district
    add_lawyer(&clinic, "a-and-c", "ct-a,ct-c", "", "d");
    for (size_t i = 0; i < 3; i++)
        clinic_booth_here(&clinic, centres[i] + 3);
    return clinic;
}

static void assert_serve(const struct clinic *clinic, const char *const serves[6])
{
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 4; j++)
            if (consult_serves(clinic->consult, lawyers[i], centres[j]) != (serves[i][j] == '1'))
                fail_msg("%s and %s", lawyers[i], centres[j]);
}

static void test_the_rule(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    assert_serve(&clinic, (const char *const[]){"1000", "1100", "1110", "1111", "0000", "1010"});
    add_centre(&clinic, "ct-b", "y", "d");           // b moves to the other street
    add_centre(&clinic, "ct-a", "x", "e");           // a to another district
    add_lawyer(&clinic, "only-a", "ct-c", "y", "d"); // and he to another centre
    assert_serve(&clinic, (const char *const[]){"0010", "0000", "0110", "1111", "1000", "1010"});
    clinic_end(&clinic);
}

static void test_serving_within(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    struct scope b_and_c = {0}, only_b = {0};
    scope_read_centres(&b_and_c, "ct-b,ct-c");
    scope_read_centres(&only_b, "ct-b");
    const struct scope street_y = {.district = "d", .street = "y"}, nowhere = {.district = "z"};
    assert_true(consult_serves_within(clinic.consult, "a-and-c", &b_and_c));
    assert_false(consult_serves_within(clinic.consult, "a-and-c", &only_b));
    assert_true(consult_serves_within(clinic.consult, "a-and-c", &street_y));
    assert_false(consult_serves_within(clinic.consult, "street-x", &street_y));
    assert_true(consult_serves_within(clinic.consult, "all", &only_b));
    assert_false(consult_serves_within(clinic.consult, "all", &nowhere));
    assert_false(consult_serves_within(clinic.consult, "nobody", &only_b));
    clinic_end(&clinic);
}

// Chosen centres lie in the district and street that all of them are in, and in no other.
static void test_names_of_chosen_centres(void **state)
{
    (void)state;
    static const char *const expected[][3] = {
        {"ct-a", "d", "x"},      {"ct-a,ct-b", "d", "x"}, {"ct-a,ct-c", "d", ""},
        {"ct-c,ct-far", "", ""}, {"ct-gone", "", ""},     {"ct-gone,ct-a", "d", "x"},
    };
    struct clinic clinic = three_centres();
    add_centre(&clinic, "ct-far", "y", "e"); // a street of the same name
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        struct scope place = {0};
        scope_read_centres(&place, expected[i][0]);
        consult_name_place(clinic.consult, &place);
        assert_string_equal(place.district, expected[i][1]);
        assert_string_equal(place.street, expected[i][2]);
    }
    struct scope street = {.district = "d", .street = "y"};
    consult_name_place(clinic.consult, &street);
    assert_string_equal(street.street, "y"); // without centres it keeps its own
    clinic_end(&clinic);
}

static const char *offered_to(const struct clinic *clinic, const char *booth)
{
    return consult_of_booth(clinic->consult, booth)->lawyer;
}

static void test_who_is_offered_whom(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    clinic_on_duty(&clinic, "only-a");
    assert_int_equal(clinic_ask(&clinic, "b"), 0);
    assert_int_equal(clinic_ask(&clinic, "c"), 0);
    assert_string_equal(offered_to(&clinic, "b"), ""); // he is free, and not for them
    assert_string_equal(offered_to(&clinic, "c"), "");
    clinic_on_duty(&clinic, "street-x");
    assert_string_equal(offered_to(&clinic, "b"), "street-x");
    assert_string_equal(offered_to(&clinic, "c"), "");
    clinic_on_duty(&clinic, "far");
    assert_string_equal(offered_to(&clinic, "c"), "");
    clinic_on_duty(&clinic, "district");
    assert_string_equal(offered_to(&clinic, "c"), "district");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "district", "c-2"), 0);
    // Nor is he passed on to who does not serve him.
    struct consult_command pass = {.verb = CONSULT_TRANSFER,
                                   .who = "district",
                                   .consultation = "c-2",
                                   .how = "attended",
                                   .to = "only-a"};
    assert_int_not_equal(clinic_do(&clinic, &pass), 0);
    assert_string_equal(clinic.problem.slug, "nobody-free");
    clinic_end(&clinic);
}

static size_t place(const struct clinic *clinic, const char *booth)
{
    return consult_position(clinic->consult, consult_of_booth(clinic->consult, booth));
}

static void test_who_waits_for_the_same(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    assert_int_equal(clinic_ask(&clinic, "a"), 0);
    assert_int_equal(clinic_ask(&clinic, "b"), 0);
    assert_int_equal(clinic_ask(&clinic, "c"), 0);
    assert_int_equal(place(&clinic, "b"), 1); // nobody is on duty for both
    clinic_on_duty(&clinic, "only-a");
    assert_int_equal(place(&clinic, "b"), 1);
    assert_int_equal(consult_wait_minutes(clinic.consult, consult_of_booth(clinic.consult, "b")),
                     0); // nobody is on duty for him
    assert_int_not_equal(
        consult_wait_minutes(clinic.consult, consult_of_booth(clinic.consult, "a")), 0);
    clinic_on_duty(&clinic, "street-x");
    assert_int_equal(place(&clinic, "b"), 2);
    assert_int_equal(place(&clinic, "c"), 1);
    clinic_on_duty(&clinic, "all");
    assert_int_equal(place(&clinic, "c"), 3);
    clinic_end(&clinic);
}

static size_t duty_lawyers(const struct clinic *clinic, const char *centre)
{
    json_t *told = consult_json_clinic(clinic->consult, consult_centre(clinic->consult, centre));
    size_t count = json_array_size(json_object_get(told, "duty_lawyers"));
    json_decref(told);
    return count;
}

static void test_an_office_without_lawyers_is_empty(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    clinic_on_duty(&clinic, "only-a");
    assert_int_equal(duty_lawyers(&clinic, "ct-a"), 1);
    assert_int_equal(duty_lawyers(&clinic, "ct-b"), 0);
    clinic_on_duty(&clinic, "district");
    assert_int_equal(duty_lawyers(&clinic, "ct-a"), 2);
    assert_int_equal(duty_lawyers(&clinic, "ct-b"), 1);
    clinic_end(&clinic);
}

// Who does not come is stood in for by who serves the same residents.
static void test_who_is_asked_in(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    struct consult_shift shift = {.id = "s-1", .starts_at = T0, .ends_at = T0 + 8 * HOUR};
    strcpy(shift.lawyer, "only-a");
    assert_int_equal(consult_load_shift(clinic.consult, &shift), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_BACK, "far"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_BACK, "street-x"), 0);
    clinic.now = T0 + CONSULT_ABSENT_MS;
    assert_int_equal(clinic_say(&clinic, CONSULT_TICK, NULL), 0);
    assert_non_null(clinic_told(&clinic, "lawyer:street-x", "needed"));
    assert_null(clinic_told(&clinic, "lawyer:far", "needed"));
    clinic_end(&clinic);
}

static int book(struct clinic *clinic, const char *place, const char *lawyer)
{
    struct consult_appointment wanted = {.kind = APPOINTMENT_LAWYER,
                                         .category = "family",
                                         .phone = "13800001234",
                                         .starts_at = T0 + HOUR,
                                         .ends_at = T0 + 2 * HOUR};
    strcpy(wanted.place, place);
    strcpy(wanted.lawyer, lawyer);
    return clinic_do(clinic, &(struct consult_command){
                                 .verb = CONSULT_BOOK, .who = "u-desk", .wanted = &wanted});
}

static void test_appointments(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    for (size_t i = 0; i < 3; i++) {
        struct consult_shift shift = {.id = "s-0", .starts_at = T0, .ends_at = T0 + 8 * HOUR};
        shift.id[2] = (char)('0' + i);
        strcpy(shift.lawyer, lawyers[i]);
        assert_int_equal(consult_load_shift(clinic.consult, &shift), 0);
    }
    assert_int_equal(book(&clinic, "c", "street-x"), EINVAL);
    assert_string_equal(clinic.problem.slug, "serves-elsewhere");
    assert_string_equal(clinic.problem.field, "lawyer");
    assert_int_equal(book(&clinic, "b", "street-x"), 0);
    const struct consult_command approve = {
        .verb = CONSULT_APPROVE, .who = "u-desk", .appointment = 1};
    assert_int_equal(clinic_do(&clinic, &approve), 0);
    // His number is known where he was told to come.
    int64_t now = T0 + HOUR;
    assert_non_null(consult_expected(clinic.consult, "b", "1234", now));
    assert_null(consult_expected(clinic.consult, "a", "1234", now));
    assert_null(consult_expected(clinic.consult, "c", "1", now));
    clinic_end(&clinic);
}

// Who was here before finds his lawyer again, unless that one serves elsewhere.
static void test_the_same_lawyer_again(void **state)
{
    (void)state;
    struct clinic clinic = three_centres();
    clinic_on_duty(&clinic, "street-x");
    clinic_on_duty(&clinic, "all");
    consult_load_met(clinic.consult, 20000, 7, "street-x"); // 2024-10-04
    struct consult_command ask = {.verb = CONSULT_ASK,
                                  .who = "c",
                                  .consultation = "c-1",
                                  .category = "family",
                                  .language = "zh-CN",
                                  .consent = "2026-11",
                                  .number = "202410047"};
    assert_int_equal(clinic_do(&clinic, &ask), 0);
    assert_string_equal(offered_to(&clinic, "c"), "all");
    ask.who = "b";
    ask.consultation = "c-2";
    assert_int_equal(clinic_do(&clinic, &ask), 0);
    assert_string_equal(offered_to(&clinic, "b"), "street-x");
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_rule),
        cmocka_unit_test(test_serving_within),
        cmocka_unit_test(test_names_of_chosen_centres),
        cmocka_unit_test(test_who_is_offered_whom),
        cmocka_unit_test(test_who_waits_for_the_same),
        cmocka_unit_test(test_an_office_without_lawyers_is_empty),
        cmocka_unit_test(test_who_is_asked_in),
        cmocka_unit_test(test_appointments),
        cmocka_unit_test(test_the_same_lawyer_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
