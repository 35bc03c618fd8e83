#include "signaling/consult/party.h"
#include "tests/unit/support/clinic.h"

// Who is of a consultation.

static void test_its_two_people_may_enter_while_they_meet(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_false(consult_may_enter(clinic.consult, "c-1", "b0")); // offered only
    assert_false(consult_may_enter(clinic.consult, "c-1", "l0"));
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_true(consult_may_enter(clinic.consult, "c-1", "b0"));
    assert_true(consult_may_enter(clinic.consult, "c-1", "l0"));
    assert_false(consult_may_enter(clinic.consult, "c-1", "b1"));
    assert_false(consult_may_enter(clinic.consult, "c-1", "l1"));
    assert_false(consult_may_enter(clinic.consult, "c-1", ""));
    assert_false(consult_may_enter(clinic.consult, "c-2", "b0"));
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l0", "c-1"), 0);
    assert_false(consult_may_enter(clinic.consult, "c-1", "b0"));
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_its_two_people_may_enter_while_they_meet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
