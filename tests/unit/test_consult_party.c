#include <errno.h>

#include "signaling/consult/party.h"
#include "tests/unit/support/clinic.h"

// Who is of a consultation: let in, put out, parked, passed on.

// b0 and l0 in consultation c-1; l1 on duty and free.
static struct clinic meeting(void)
{
    struct clinic clinic = clinic_new(2, 3);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    clinic_on_duty(&clinic, "l1");
    return clinic;
}

static int party_do(struct clinic *clinic, enum consult_verb verb, const char *who,
                    const char *party)
{
    return clinic_do(clinic, &(struct consult_command){.verb = verb,
                                                       .who = who,
                                                       .consultation = "c-1",
                                                       .party = party,
                                                       .role = "interpreter",
                                                       .text = "x",
                                                       .answer = "yes",
                                                       .link = "secret",
                                                       .link_hash = "hash"});
}

static int transfer(struct clinic *clinic, const char *who, const char *how, const char *to)
{
    return clinic_do(
        clinic,
        &(struct consult_command){
            .verb = CONSULT_TRANSFER, .who = who, .consultation = "c-1", .how = how, .to = to});
}

static bool is_touched(const struct clinic *clinic, enum consult_effect_kind kind, const char *who)
{
    for (size_t i = 0; i < clinic->effects->count; i++)
        if (clinic->effects->list[i].kind == kind &&
            strcmp(clinic->effects->list[i].topic, who) == 0)
            return true;
    return false;
}

static int tick(struct clinic *clinic)
{
    int64_t due = consult_next_deadline(clinic->consult);
    clinic->now = due > clinic->now ? due : clinic->now;
    return clinic_do(clinic, &(struct consult_command){.verb = CONSULT_TICK});
}

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

static void test_cameras_may_be_on_while_it_is_offered_and_are_shown_to_nobody(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 2);
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_false(consult_may_prepare(clinic.consult, "c-1", "b0")); // there is nobody to see him
    clinic_on_duty(&clinic, "l0");
    assert_true(is_touched(&clinic, CONSULT_MEDIA_PARK, "b0"));
    assert_true(is_touched(&clinic, CONSULT_MEDIA_PARK, "l0"));
    assert_true(consult_may_prepare(clinic.consult, "c-1", "b0"));
    assert_true(consult_may_prepare(clinic.consult, "c-1", "l0"));
    assert_false(consult_may_prepare(clinic.consult, "c-1", "l1"));
    assert_int_equal(clinic_about(&clinic, CONSULT_DECLINE, "l0", "c-1"), 0);
    assert_true(is_touched(&clinic, CONSULT_MEDIA_OUT, "l0"));
    assert_false(consult_may_prepare(clinic.consult, "c-1", "l0"));
    clinic_on_duty(&clinic, "l1");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"), 0);
    assert_true(is_touched(&clinic, CONSULT_MEDIA_JOINT, "b0"));
    assert_true(is_touched(&clinic, CONSULT_MEDIA_JOINT, "l1"));
    assert_false(consult_may_prepare(clinic.consult, "c-1", "b0"));
    clinic_end(&clinic);
}

static void test_an_offer_stays_apart_over_a_restart_and_ends_with_the_wait(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    struct consultation row = *consult_find(clinic.consult, "c-1");
    struct clinic fresh = clinic_new(2, 2);
    assert_int_equal(consult_load_consultation(fresh.consult, &row), 0);
    consult_resume(fresh.consult, fresh.now, fresh.effects);
    assert_true(is_touched(&fresh, CONSULT_MEDIA_PARK, "b0"));
    assert_true(is_touched(&fresh, CONSULT_MEDIA_PARK, "l0"));
    assert_int_equal(clinic_say(&fresh, CONSULT_CANCEL, "b0"), 0);
    assert_int_equal(clinic_count(&fresh, CONSULT_MEDIA_CLOSE), 1);
    clinic_end(&fresh);
    clinic_end(&clinic);
}

static void test_nobody_is_let_in_before_the_resident_agrees(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(party_do(&clinic, CONSULT_INVITE, "l0", "g-1"), 0);
    assert_int_equal(party_do(&clinic, CONSULT_ENTER, "g-1", NULL), EPROTO);
    assert_false(consult_may_enter(clinic.consult, "c-1", "g-1"));
    assert_int_equal(party_do(&clinic, CONSULT_AGREE, "b0", "g-1"), 0);
    assert_false(consult_may_enter(clinic.consult, "c-1", "g-1"));
    assert_int_equal(party_do(&clinic, CONSULT_ENTER, "g-1", NULL), 0);
    assert_true(consult_may_enter(clinic.consult, "c-1", "g-1"));
    assert_int_equal(party_do(&clinic, CONSULT_ENTER, "g-1", NULL), EPROTO); // once
    assert_int_equal(party_do(&clinic, CONSULT_PUT_OUT, "l0", "g-1"), 0);
    assert_true(is_touched(&clinic, CONSULT_MEDIA_OUT, "g-1"));
    assert_false(consult_may_enter(clinic.consult, "c-1", "g-1"));
    clinic_end(&clinic);
}

static void test_question_and_link_run_out(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    int64_t begun = clinic.now;
    assert_int_equal(party_do(&clinic, CONSULT_INVITE, "l0", "g-1"), 0);
    assert_int_equal(tick(&clinic), 0);
    assert_int_equal(clinic.now, begun + CONSULT_ANSWER_WAIT_MS);
    assert_null(consult_party(clinic.consult, "g-1"));
    assert_int_equal(party_do(&clinic, CONSULT_INVITE, "l0", "g-2"), 0);
    assert_int_equal(party_do(&clinic, CONSULT_AGREE, "b0", "g-2"), 0);
    begun = clinic.now;
    assert_non_null(consult_party_by_link(clinic.consult, "hash"));
    assert_int_equal(tick(&clinic), 0);
    assert_int_equal(clinic.now, begun + CONSULT_LINK_MS);
    assert_null(consult_party_by_link(clinic.consult, "hash"));
    clinic_end(&clinic);
}

static void test_parked_stays_so_after_a_restart_and_not_over_the_end(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(party_do(&clinic, CONSULT_PARK, "l0", "b0"), 0);
    assert_true(is_touched(&clinic, CONSULT_MEDIA_PARK, "b0"));
    assert_int_equal(party_do(&clinic, CONSULT_PARK, "l0", "l0"), EPROTO); // not himself
    struct consultation row = *consult_find(clinic.consult, "c-1");
    struct clinic fresh = clinic_new(2, 3);
    assert_int_equal(consult_load_consultation(fresh.consult, &row), 0);
    consult_resume(fresh.consult, fresh.now, fresh.effects);
    assert_true(is_touched(&fresh, CONSULT_MEDIA_PARK, "b0"));
    assert_int_equal(clinic_about(&fresh, CONSULT_END, "l0", "c-1"), 0);
    assert_string_equal(fresh.effects->result->parked, "");
    clinic_end(&fresh);
    clinic_end(&clinic);
}

static void test_blind_transfer_goes_on_before_all_others_and_back(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(transfer(&clinic, "l0", "blind", "l2"), EPROTO); // not on duty
    assert_int_equal(transfer(&clinic, "l0", "blind", "l1"), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_CLOSE), 1);
    const struct consultation *row = consult_find(clinic.consult, "c-1");
    assert_string_equal(row->lawyer, "l1");
    assert_int_equal(row->state, CONSULT_OFFERED);
    assert_true(consult_is_free(clinic.consult, "l0"));
    assert_false(consult_may_enter(clinic.consult, "c-1", "l0"));
    assert_int_equal(clinic_about(&clinic, CONSULT_DECLINE, "l1", "c-1"), 0);
    assert_string_equal(row->lawyer, "l0"); // nobody else is there
    assert_int_equal(row->state, CONSULT_CONNECTED);
    clinic_end(&clinic);
}

// The first lawyer took another resident meanwhile: this one waits, before who came earlier.
static void test_transfer_waits_first_when_nobody_is_free(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(transfer(&clinic, "l0", "blind", ""), 0);
    clinic_booth_here(&clinic, "b1");
    assert_int_equal(clinic_ask(&clinic, "b1"), 0); // offered to l0
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-2"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l1"), 0);
    const struct consultation *row = consult_find(clinic.consult, "c-1");
    assert_int_equal(row->state, CONSULT_WAITING);
    assert_int_equal(consult_position(clinic.consult, row), 1);
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l0", "c-2"), 0);
    assert_string_equal(row->lawyer, "l0");
    clinic_end(&clinic);
}

static void test_attended_transfer_joins_then_hands_over(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    const struct consultation *row = consult_find(clinic.consult, "c-1");
    assert_int_equal(transfer(&clinic, "l0", "attended", "l1"), 0);
    assert_false(consult_is_free(clinic.consult, "l1"));
    assert_false(consult_may_enter(clinic.consult, "c-1", "l1"));
    assert_int_equal(tick(&clinic), 0); // no answer
    assert_true(consult_is_free(clinic.consult, "l1"));
    assert_int_equal(transfer(&clinic, "l0", "attended", "l1"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"), 0);
    assert_true(consult_may_enter(clinic.consult, "c-1", "l1"));
    assert_string_equal(row->lawyer, "l0");
    assert_int_equal(clinic_about(&clinic, CONSULT_HAND_OVER, "l1", "c-1"), EPROTO); // not his
    assert_int_equal(clinic_about(&clinic, CONSULT_HAND_OVER, "l0", "c-1"), 0);
    assert_string_equal(row->lawyer, "l1");
    assert_true(is_touched(&clinic, CONSULT_MEDIA_OUT, "l0"));
    assert_true(consult_is_free(clinic.consult, "l0"));
    assert_false(consult_may_enter(clinic.consult, "c-1", "l0"));
    assert_true(consult_may_enter(clinic.consult, "c-1", "b0"));
    clinic_end(&clinic);
}

// The laptop is closed: ten seconds until it counts, three minutes in which it may be opened again.
static const struct consultation *gone_for_good(struct clinic *clinic)
{
    const struct consultation *row = consult_find(clinic->consult, "c-1");
    assert_int_equal(clinic_say(clinic, CONSULT_LAWYER_LOST, "l0"), 0);
    clinic->now += CONSULT_SUSPEND_MS;
    assert_int_equal(clinic_say(clinic, CONSULT_TICK, NULL), 0);
    clinic->now += CONSULT_HOLD_MS - 1;
    assert_int_equal(clinic_say(clinic, CONSULT_TICK, NULL), 0);
    assert_int_equal(row->state, CONSULT_SUSPENDED);
    assert_string_equal(row->lawyer, "l0");
    clinic->now++;
    assert_int_equal(clinic_say(clinic, CONSULT_TICK, NULL), 0);
    assert_false(consult_duty(clinic->consult, "l0")->on_duty);
    return row;
}

static void test_who_is_still_there_gets_the_next_lawyer(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    const struct consultation *row = gone_for_good(&clinic);
    assert_int_equal(row->state, CONSULT_OFFERED);
    assert_string_equal(row->lawyer, "l1");
    assert_string_equal(row->handed_by, "l0"); // whose draft it goes on with
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_BACK, "l0"), 0);
    assert_string_equal(row->lawyer, "l1");
    assert_false(consult_may_enter(clinic.consult, "c-1", "l0"));
    clinic_end(&clinic);
}

static void test_with_nobody_else_the_first_one_may_come_back(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l1"), 0);
    const struct consultation *row = gone_for_good(&clinic);
    assert_int_equal(row->state, CONSULT_WAITING);
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_BACK, "l0"), 0);
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(row->state, CONSULT_OFFERED);
    assert_string_equal(row->lawyer, "l0");
    clinic_end(&clinic);
}

static void test_a_colleague_who_has_joined_goes_on(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(transfer(&clinic, "l0", "attended", "l1"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"), 0);
    const struct consultation *row = gone_for_good(&clinic);
    assert_int_equal(row->state, CONSULT_CONNECTED);
    assert_string_equal(row->lawyer, "l1");
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_CLOSE), 0); // they talk on
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_its_two_people_may_enter_while_they_meet),
        cmocka_unit_test(test_cameras_may_be_on_while_it_is_offered_and_are_shown_to_nobody),
        cmocka_unit_test(test_an_offer_stays_apart_over_a_restart_and_ends_with_the_wait),
        cmocka_unit_test(test_nobody_is_let_in_before_the_resident_agrees),
        cmocka_unit_test(test_question_and_link_run_out),
        cmocka_unit_test(test_parked_stays_so_after_a_restart_and_not_over_the_end),
        cmocka_unit_test(test_blind_transfer_goes_on_before_all_others_and_back),
        cmocka_unit_test(test_transfer_waits_first_when_nobody_is_free),
        cmocka_unit_test(test_attended_transfer_joins_then_hands_over),
        cmocka_unit_test(test_who_is_still_there_gets_the_next_lawyer),
        cmocka_unit_test(test_with_nobody_else_the_first_one_may_come_back),
        cmocka_unit_test(test_a_colleague_who_has_joined_goes_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
