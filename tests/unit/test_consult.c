#include <errno.h>

#include "tests/unit/support/clinic.h"

// One consultation from the first touch to the end, and every way it can go otherwise.

static enum consult_state state_of(const struct clinic *clinic, const char *id)
{
    const struct consultation *row = consult_find(clinic->consult, id);
    return row ? row->state : CONSULT_CLOSED;
}

static const char *lawyer_of(const struct clinic *clinic, const char *id)
{
    const struct consultation *row = consult_find(clinic->consult, id);
    assert_non_null(row);
    return row->lawyer;
}

static void assert_refused(struct clinic *clinic, int err, const char *slug, const char *field)
{
    assert_int_not_equal(err, 0);
    assert_string_equal(clinic->problem.slug, slug);
    assert_true(clinic->problem.status >= 400 && clinic->problem.status < 600);
    if (field)
        assert_string_equal(clinic->problem.field, field);
    else
        assert_null(clinic->problem.field);
    assert_int_equal(clinic->effects->count, 0);
}

// A clinic with b0..b3 here and lawyer l0 on duty; b0's c-1 is connected with l0 when asked for.
static struct clinic ready(bool connected)
{
    struct clinic clinic = clinic_new(4, 3);
    for (unsigned i = 0; i < 4; i++)
        clinic_booth_here(&clinic, (const char *[]){"b0", "b1", "b2", "b3"}[i]);
    clinic_on_duty(&clinic, "l0");
    if (connected) {
        assert_int_equal(clinic_ask(&clinic, "b0"), 0);
        assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    }
    return clinic;
}

static void tick_at(struct clinic *clinic, int64_t at)
{
    clinic->now = at;
    assert_int_equal(clinic_say(clinic, CONSULT_TICK, NULL), 0);
}

static void test_happy_way(void **state)
{
    (void)state;
    struct clinic clinic = ready(false);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic.effects->result->ticket_no, 1);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_OFFERED);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE), 1); // asked and offered: one row, once
    assert_non_null(clinic_told(&clinic, "booth:b0", "consultation"));
    assert_ptr_equal(clinic_told(&clinic, "lawyer:l0", "consultation")->consultation,
                     consult_find(clinic.consult, "c-1"));
    assert_non_null(clinic_told_now(&clinic, "clinic", "clinic"));
    assert_non_null(clinic_told_now(&clinic, "lawyers", "waiting"));
    assert_int_equal(consult_next_deadline(clinic.consult), T0 + 30000);

    clinic.now += 5000;
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_CONNECTED);
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_OPEN), 1);
    assert_int_equal(consult_waiting(clinic.consult), 0);
    assert_int_equal(consult_next_deadline(clinic.consult), -1);

    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0); // answer was lost
    assert_int_equal(clinic.effects->count, 0);

    clinic.now += 600000;
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l0", "c-1"), 0);
    assert_int_equal(clinic.effects->result->end_reason, CONSULT_END_LAWYER_ENDED);
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_CLOSE), 1);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_DUTY), 1);
    assert_int_equal(consult_duty(clinic.consult, "l0")->last_served_at, clinic.now);
    assert_null(consult_of_booth(clinic.consult, "b0"));
    assert_true(consult_is_free(clinic.consult, "l0"));
    clinic_end(&clinic);
}

static void test_ask_is_checked(void **state)
{
    (void)state;
    struct clinic clinic = ready(false);
    struct consult_command good = {.verb = CONSULT_ASK,
                                   .who = "b0",
                                   .consultation = "c-9",
                                   .category = "labour",
                                   .language = "yue",
                                   .consent = "2026-11",
                                   .key = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"};
    struct consult_command ask = good;
    ask.category = "politics";
    assert_refused(&clinic, clinic_do(&clinic, &ask), "unknown-category", "category");
    ask = good;
    ask.category = NULL;
    assert_refused(&clinic, clinic_do(&clinic, &ask), "unknown-category", "category");
    ask = good;
    ask.language = "zh CN";
    assert_refused(&clinic, clinic_do(&clinic, &ask), "unknown-language", "language");
    ask = good;
    ask.consent = "";
    assert_refused(&clinic, clinic_do(&clinic, &ask), "consent-needed", "consent");
    ask = good;
    ask.key = "012345678901234567890123456789012345678901234567"; // 48: one too many
    assert_refused(&clinic, clinic_do(&clinic, &ask), "bad-key", "key");
    ask = good;
    ask.consultation = "c/9";
    assert_refused(&clinic, clinic_do(&clinic, &ask), "bad-id", "consultation");
    ask = good;
    ask.who = "b77";
    assert_refused(&clinic, clinic_do(&clinic, &ask), "unknown-booth", NULL);
    ask = good;
    ask.verb = (enum consult_verb)99;
    assert_refused(&clinic, clinic_do(&clinic, &ask), "unknown-command", "do");
    assert_int_equal(consult_waiting(clinic.consult), 0);

    assert_int_equal(clinic_do(&clinic, &good), 0);
    good.consultation = "c-10"; // the same ask again after a lost socket
    assert_int_equal(clinic_do(&clinic, &good), 0);
    assert_string_equal(clinic.effects->result->id, "c-9");
    assert_int_equal(clinic.effects->count, 0);
    good.key = "k-2";
    assert_refused(&clinic, clinic_do(&clinic, &good), "already-asking", NULL);
    good.who = "b1";
    good.consultation = "c-9";
    assert_refused(&clinic, clinic_do(&clinic, &good), "bad-id", "consultation");
    clinic_end(&clinic);
}

static void test_wrong_lawyer(void **state)
{
    (void)state;
    struct clinic clinic = ready(true);
    assert_refused(&clinic, clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"),
                   "not-offered-to-you", "consultation");
    assert_refused(&clinic, clinic_about(&clinic, CONSULT_END, "l1", "c-1"),
                   "not-your-consultation", "consultation");
    assert_refused(&clinic, clinic_about(&clinic, CONSULT_END, "l0", NULL), "not-your-consultation",
                   "consultation");
    assert_refused(&clinic, clinic_about(&clinic, CONSULT_DECLINE, "l0", "c-1"),
                   "not-offered-to-you", "consultation");
    assert_refused(&clinic, clinic_say(&clinic, CONSULT_CANCEL, "b0"), "not-waiting", NULL);
    assert_refused(&clinic, clinic_say(&clinic, CONSULT_LEAVE, "b1"), "not-connected", NULL);
    assert_refused(&clinic, clinic_say(&clinic, CONSULT_ON_DUTY, "b0"), "unknown-lawyer", NULL);
    clinic_end(&clinic);
}

static void test_decline_goes_on(void **state)
{
    (void)state;
    struct clinic clinic = ready(false);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    struct consult_command decline = {
        .verb = CONSULT_DECLINE, .who = "l0", .consultation = "c-1", .reason = "bored"};
    assert_refused(&clinic, clinic_do(&clinic, &decline), "unknown-reason", "reason");
    decline.reason = "not_my_field";
    assert_int_equal(clinic_do(&clinic, &decline), 0);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING); // not to the same one again
    assert_null(clinic_told(&clinic, "lawyer:l0", "consultation")->consultation);

    clinic_on_duty(&clinic, "l1");
    assert_string_equal(lawyer_of(&clinic, "c-1"), "l1");
    assert_int_equal(clinic_about(&clinic, CONSULT_DECLINE, "l1", "c-1"), 0);
    assert_string_equal(lawyer_of(&clinic, "c-1"), "l0"); // another let it go in between
    clinic_end(&clinic);
}

static void test_conflict_of_interest_is_for_good(void **state)
{
    (void)state;
    struct clinic clinic = ready(false);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    struct consult_command decline = {.verb = CONSULT_DECLINE,
                                      .who = "l0",
                                      .consultation = "c-1",
                                      .reason = "conflict_of_interest"};
    assert_int_equal(clinic_do(&clinic, &decline), 0);
    clinic_on_duty(&clinic, "l1");
    assert_int_equal(clinic_about(&clinic, CONSULT_DECLINE, "l1", "c-1"), 0);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING);
    assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l0"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_ON_DUTY, "l0"), 0);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING);
    clinic_end(&clinic);
}

static void test_timeout_puts_off_duty(void **state)
{
    (void)state;
    struct clinic clinic = ready(false);
    clinic_on_duty(&clinic, "l1");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    tick_at(&clinic, T0 + 29999);
    assert_string_equal(lawyer_of(&clinic, "c-1"), "l0");
    tick_at(&clinic, T0 + 30000);
    assert_string_equal(lawyer_of(&clinic, "c-1"), "l1");
    assert_false(consult_duty(clinic.consult, "l0")->on_duty);
    assert_non_null(clinic_told(&clinic, "lawyer:l0", "lawyer"));
    tick_at(&clinic, T0 + 60000);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING);
    assert_int_equal(clinic_say(&clinic, CONSULT_ON_DUTY, "l1"), 0); // came back to the desk
    assert_string_equal(lawyer_of(&clinic, "c-1"), "l1");
    clinic_end(&clinic);
}

static void test_order_of_offers(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(3, 0);
    struct consult_lawyer lawyers[] = {
        {.id = "skill", .skills = "family,labour", .languages = "yue"},
        {.id = "tongue", .skills = "debt", .languages = "zh-CN"},
        {.id = "both", .skills = "family", .languages = "yue,zh-CN"},
        {.id = "rested", .skills = "debt", .languages = "zh-CN"},
    };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(consult_load_lawyer(clinic.consult, &lawyers[i]), 0);
    assert_int_equal(
        consult_load_duty(clinic.consult,
                          &(struct consult_duty){.lawyer = "tongue", .last_served_at = T0 - 5}),
        0);
    for (size_t i = 0; i < 4; i++)
        clinic_on_duty(&clinic, lawyers[i].id);
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    const char *const order[] = {"both", "rested", "tongue", "skill"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(lawyer_of(&clinic, "c-1"), order[i]);
        assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, order[i]), 0);
    }
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING);
    clinic_end(&clinic);
}

static void test_positions_are_told(void **state)
{
    (void)state;
    struct clinic clinic = ready(true);
    for (unsigned i = 1; i < 4; i++) {
        assert_int_equal(clinic_ask(&clinic, (const char *[]){"b0", "b1", "b2", "b3"}[i]), 0);
        assert_int_equal(consult_position(clinic.consult, clinic.effects->result), i);
    }
    assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b1"), 0);
    assert_int_equal(clinic.effects->result->end_reason, CONSULT_END_CANCELLED);
    assert_int_equal(consult_position(clinic.consult, consult_find(clinic.consult, "c-3")), 1);
    assert_int_equal(consult_position(clinic.consult, consult_find(clinic.consult, "c-4")), 2);
    assert_non_null(clinic_told(&clinic, "booth:b2", "consultation"));
    assert_non_null(clinic_told(&clinic, "booth:b3", "consultation"));
    assert_null(clinic_told(&clinic, "booth:b0", "consultation")); // nothing new for the connected
    clinic_end(&clinic);
}

static void test_cancel_while_offered(void **state)
{
    (void)state;
    struct clinic clinic = ready(false);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_ask(&clinic, "b1"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b0"), 0);
    assert_string_equal(clinic.effects->result->lawyer, ""); // nobody served it
    assert_string_equal(lawyer_of(&clinic, "c-2"), "l0");    // and the next is offered at once
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_CLOSE), 1); // cameras were on already
    clinic_end(&clinic);
}

static void test_lost_socket_and_back(void **state)
{
    (void)state;
    struct clinic clinic = ready(true);
    assert_int_equal(clinic_say(&clinic, CONSULT_BOOTH_LOST, "b0"), 0);
    tick_at(&clinic, T0 + 9999);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_CONNECTED);
    tick_at(&clinic, T0 + 10000);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_SUSPENDED);
    assert_non_null(clinic_told(&clinic, "lawyer:l0", "consultation"));
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_LOST, "l0"), 0);
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_SUSPENDED); // the lawyer is still away
    clinic.now += 60000;
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_BACK, "l0"), 0);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_CONNECTED);
    assert_string_equal(lawyer_of(&clinic, "c-1"), "l0");
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_OPEN), 0); // it was never closed
    assert_int_equal(consult_next_deadline(clinic.consult), -1);
    clinic_end(&clinic);
}

static void test_lost_for_good(void **state)
{
    (void)state;
    struct clinic clinic = ready(true);
    assert_int_equal(clinic_say(&clinic, CONSULT_LAWYER_LOST, "l0"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_BOOTH_LOST, "b0"), 0);
    tick_at(&clinic, T0 + 10000);
    tick_at(&clinic, T0 + 10000 + CONSULT_HOLD_MS - 1);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_SUSPENDED);
    tick_at(&clinic, T0 + 10000 + CONSULT_HOLD_MS);
    const struct consult_effect *told = clinic_told(&clinic, "booth:b0", "consultation");
    assert_int_equal(told->consultation->state, CONSULT_CLOSED);
    assert_int_equal(told->consultation->end_reason, CONSULT_END_LOST);
    assert_int_equal(clinic_count(&clinic, CONSULT_MEDIA_CLOSE), 1);
    assert_false(consult_duty(clinic.consult, "l0")->on_duty); // away too long
    clinic_end(&clinic);
}

static void test_absent_are_not_rung(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 1);
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING); // the booth has no socket
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_OFFERED);
    assert_int_equal(clinic_say(&clinic, CONSULT_BOOTH_LOST, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_DECLINE, "l0", "c-1"), 0);
    tick_at(&clinic, T0 + CONSULT_PLACE_MS - 1);
    assert_int_equal(state_of(&clinic, "c-1"), CONSULT_WAITING); // gone for ten minutes: keeps it
    tick_at(&clinic, T0 + CONSULT_PLACE_MS);
    assert_null(consult_find(clinic.consult, "c-1"));
    assert_int_equal(clinic_told(&clinic, "booth:b0", "consultation")->consultation->end_reason,
                     CONSULT_END_LOST);
    clinic_end(&clinic);
}

static void test_nobody_comes(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    tick_at(&clinic, T0 + CONSULT_WAIT_LONG_MS); // the desk is told
    assert_int_equal(consult_next_deadline(clinic.consult), T0 + CONSULT_WAIT_MAX_MS);
    tick_at(&clinic, T0 + CONSULT_WAIT_MAX_MS);
    assert_int_equal(clinic_told(&clinic, "booth:b0", "consultation")->consultation->end_reason,
                     CONSULT_END_NO_LAWYER);
    clinic_end(&clinic);
}

static void test_tickets_start_anew_each_day(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(4, 0);
    int64_t midnight = 20603 * 86400000ll - CONSULT_DAY_SHIFT_MS;
    clinic.now = midnight - 1;
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_ask(&clinic, "b1"), 0);
    assert_int_equal(clinic.effects->result->ticket_no, 2);
    clinic.now = midnight;
    assert_int_equal(clinic_ask(&clinic, "b2"), 0);
    assert_int_equal(clinic.effects->result->ticket_no, 1);
    assert_int_equal(consult_position(clinic.consult, clinic.effects->result), 3);
    clinic.now = midnight - 3600000; // the clock is set back
    assert_int_equal(clinic_ask(&clinic, "b3"), 0);
    assert_int_equal(clinic.effects->result->ticket_no, 2);
    clinic_end(&clinic);
}

static void test_restart_gives_time(void **state)
{
    (void)state;
    struct clinic clinic = ready(true);
    clinic_on_duty(&clinic, "l1");
    assert_int_equal(clinic_ask(&clinic, "b1"), 0);
    struct consultation meeting = *consult_find(clinic.consult, "c-1");
    struct consultation offer = *consult_find(clinic.consult, "c-2");
    struct consult_duty duties[] = {*consult_duty(clinic.consult, "l0"),
                                    *consult_duty(clinic.consult, "l1")};
    struct clinic again = clinic_new(4, 3);
    for (int i = 0; i < 2; i++)
        assert_int_equal(consult_load_duty(again.consult, &duties[i]), 0);
    assert_int_equal(consult_load_consultation(again.consult, &meeting), 0);
    assert_int_equal(consult_load_consultation(again.consult, &meeting), EEXIST);
    assert_int_equal(consult_load_consultation(again.consult, &offer), 0);
    again.now = T0 + 3600000; // an hour's power cut
    consult_resume(again.consult, again.now, again.effects);
    assert_int_equal(clinic_count(&again, CONSULT_MEDIA_OPEN), 1);
    assert_int_equal(consult_find(again.consult, "c-2")->offer_expires_at, again.now + 30000);
    tick_at(&again, again.now + 5000);
    clinic_booth_here(&again, "b0");
    assert_int_equal(clinic_say(&again, CONSULT_LAWYER_BACK, "l0"), 0);
    assert_int_equal(state_of(&again, "c-1"), CONSULT_CONNECTED);
    assert_int_equal(clinic_about(&again, CONSULT_ACCEPT, "l1", "c-2"), 0);
    assert_int_equal(clinic_ask(&again, "b2"),
                     EINVAL); // c-1 is taken: ids are the caller's to make
    again.asked = 2;
    assert_int_equal(clinic_ask(&again, "b2"), 0);
    assert_int_equal(again.effects->result->ticket_no, 3);
    clinic_end(&again);
    clinic_end(&clinic);
}

static void test_impossible_rows(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    struct consultation row = {.id = "c-1", .ticket_no = 1, .booth = "b0"};
    struct consultation bad = row;
    bad.state = CONSULT_CLOSED;
    assert_int_equal(consult_load_consultation(clinic.consult, &bad), EINVAL);
    bad = row;
    bad.state = CONSULT_CONNECTED;
    assert_int_equal(consult_load_consultation(clinic.consult, &bad), EINVAL);
    bad = row;
    strcpy(bad.booth, "b9");
    assert_int_equal(consult_load_consultation(clinic.consult, &bad), ENOENT);
    assert_int_equal(consult_load_consultation(clinic.consult, &row), 0);
    clinic_end(&clinic);
}

static void test_bounds(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(CONSULT_BOOTHS_MAX, CONSULT_LAWYERS_MAX);
    struct consult_booth booth = {.id = "one-more"};
    struct consult_lawyer lawyer = {.id = "one-more"};
    assert_int_equal(consult_load_booth(clinic.consult, &booth), EOVERFLOW);
    assert_int_equal(consult_load_lawyer(clinic.consult, &lawyer), EOVERFLOW);
    for (unsigned i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        char id[CONSULT_ID_MAX];
        snprintf(id, sizeof(id), "l%u", i);
        clinic_on_duty(&clinic, id);
        snprintf(id, sizeof(id), "b%u", i);
        clinic_booth_here(&clinic, id);
        assert_int_equal(clinic_ask(&clinic, id), 0);
    }
    tick_at(&clinic, T0 + 30000); // every offer runs out in one command
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE), CONSULT_BOOTHS_MAX);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_DUTY), CONSULT_LAWYERS_MAX);
    assert_int_equal(consult_waiting(clinic.consult), CONSULT_BOOTHS_MAX);
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_happy_way),
        cmocka_unit_test(test_ask_is_checked),
        cmocka_unit_test(test_wrong_lawyer),
        cmocka_unit_test(test_decline_goes_on),
        cmocka_unit_test(test_conflict_of_interest_is_for_good),
        cmocka_unit_test(test_timeout_puts_off_duty),
        cmocka_unit_test(test_order_of_offers),
        cmocka_unit_test(test_positions_are_told),
        cmocka_unit_test(test_cancel_while_offered),
        cmocka_unit_test(test_lost_socket_and_back),
        cmocka_unit_test(test_lost_for_good),
        cmocka_unit_test(test_absent_are_not_rung),
        cmocka_unit_test(test_nobody_comes),
        cmocka_unit_test(test_tickets_start_anew_each_day),
        cmocka_unit_test(test_restart_gives_time),
        cmocka_unit_test(test_impossible_rows),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
