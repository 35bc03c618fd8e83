#include <errno.h>

#include "tests/unit/support/clinic.h"

// What the resident thinks of it afterwards: once, by the right booth, in time.

static void assert_refused(struct clinic *clinic, int err, const char *slug, const char *field)
{
    assert_int_not_equal(err, 0);
    assert_string_equal(clinic->problem.slug, slug);
    assert_string_equal(clinic->problem.field, field);
    assert_int_equal(clinic->effects->count, 0);
}

// b0's c-1 is connected with l0.
static struct clinic meeting(void)
{
    struct clinic clinic = clinic_new(2, 1);
    clinic_booth_here(&clinic, "b0");
    clinic_booth_here(&clinic, "b1");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    return clinic;
}

static int rate(struct clinic *clinic, const char *booth, const char *id, int64_t score)
{
    return clinic_do(clinic,
                     &(struct consult_command){
                         .verb = CONSULT_RATE, .who = booth, .consultation = id, .score = score});
}

// Once, by the booth where it was, after it has ended, and nobody but the database is told.
static void test_rating(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 5), "not-to-be-rated", "consultation");
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l0", "c-1"), 0);
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 0), "bad-score", "score");
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 6), "bad-score", "score");
    assert_refused(&clinic, rate(&clinic, "b1", "c-1", 5), "not-to-be-rated", "consultation");
    assert_refused(&clinic, rate(&clinic, "b0", "c-2", 5), "not-to-be-rated", "consultation");
    assert_refused(&clinic, rate(&clinic, "b0", NULL, 5), "not-to-be-rated", "consultation");
    clinic.now += CONSULT_RATE_MS;
    assert_int_equal(rate(&clinic, "b0", "c-1", 2), 0);
    assert_int_equal(clinic.effects->count, 1);
    assert_int_equal(clinic.effects->list[0].kind, CONSULT_SAVE_RATING);
    assert_int_equal(clinic.effects->list[0].rating->score, 2);
    assert_int_equal(clinic.effects->list[0].rating->rated_at, clinic.now);
    assert_int_equal(rate(&clinic, "b0", "c-1", 2), 0); // the answer was lost
    assert_int_equal(clinic.effects->count, 0);
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 5), "not-to-be-rated", "consultation");
    clinic_end(&clinic);
}

static void test_rating_comes_too_late(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(clinic_say(&clinic, CONSULT_LEAVE, "b0"), 0);
    clinic.now += CONSULT_RATE_MS + 1;
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 5), "not-to-be-rated", "consultation");
    clinic_end(&clinic);
}

// The next resident does not rate for the one before; and who never met a lawyer has nothing to
// rate.
static void test_rating_is_the_same_residents(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(clinic_say(&clinic, CONSULT_LEAVE, "b0"), 0);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 5), "not-to-be-rated", "consultation");
    assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b0"), 0);
    assert_refused(&clinic, rate(&clinic, "b0", "c-1", 5), "not-to-be-rated", "consultation");
    assert_refused(&clinic, rate(&clinic, "b0", "c-2", 5), "not-to-be-rated", "consultation");
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rating),
        cmocka_unit_test(test_rating_comes_too_late),
        cmocka_unit_test(test_rating_is_the_same_residents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
