#include <errno.h>

#include "signaling/consult/consult_json.h"
#include "tests/unit/support/clinic.h"

// What each audience sees, and what it must not see.

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "(none)";
}

static json_int_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static struct clinic offered(void)
{
    struct clinic clinic = clinic_new(2, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    return clinic;
}

static void test_offered(void **state)
{
    (void)state;
    struct clinic clinic = offered();
    const struct consultation *row = consult_find(clinic.consult, "c-1");
    json_t *booth = consult_json(clinic.consult, row, CONSULT_FOR_BOOTH);
    assert_string_equal(text_of(booth, "state"), "offered");
    assert_int_equal(number_of(booth, "position"), 1);
    assert_int_equal(number_of(booth, "ticket_no"), 1);
    assert_true(json_is_null(json_object_get(booth, "lawyer"))); // not yet anybody's business
    assert_null(json_object_get(booth, "offer_expires_at"));
    assert_null(json_object_get(booth, "connected_at"));
    assert_null(json_object_get(booth, "end_reason"));
    assert_string_equal(text_of(json_object_get(booth, "booth"), "name"), "咨询室 0");
    json_decref(booth);
    json_t *lawyer = consult_json(clinic.consult, row, CONSULT_FOR_LAWYER);
    assert_int_equal(number_of(lawyer, "offer_expires_at"), T0 + 30000);
    assert_null(json_object_get(lawyer, "position"));
    assert_string_equal(text_of(json_object_get(lawyer, "lawyer"), "id"), "l0");
    json_decref(lawyer);
    clinic_end(&clinic);
}

static void test_connected_and_closed(void **state)
{
    (void)state;
    struct clinic clinic = offered();
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    json_t *seen = consult_json(clinic.consult, clinic.effects->result, CONSULT_FOR_BOOTH);
    assert_string_equal(text_of(seen, "state"), "connected");
    assert_string_equal(text_of(json_object_get(seen, "lawyer"), "licence_no"), "1150");
    assert_null(json_object_get(seen, "position"));
    json_decref(seen);
    assert_int_equal(clinic_say(&clinic, CONSULT_LEAVE, "b0"), 0);
    seen = consult_json_effect(clinic.consult, clinic_told(&clinic, "booth:b0", "consultation"));
    assert_string_equal(text_of(seen, "end_reason"), "resident_left");
    assert_int_equal(number_of(seen, "ended_at"), T0);
    json_decref(seen);
    clinic_end(&clinic);
}

static void test_snapshots(void **state)
{
    (void)state;
    struct clinic clinic = offered();
    json_t *booth = consult_json_booth_state(clinic.consult, "b1");
    assert_true(json_is_null(json_object_get(booth, "consultation")));
    const json_t *clinic_seen = json_object_get(booth, "clinic");
    assert_int_equal(number_of(clinic_seen, "waiting"), 1);
    assert_string_equal(text_of(json_object_get(clinic_seen, "centre"), "phone"), "023-1");
    const json_t *duty = json_object_get(clinic_seen, "duty_lawyers");
    assert_int_equal(json_array_size(duty), 1); // l1 is not on duty
    assert_true(json_is_false(json_object_get(json_array_get(duty, 0), "free")));
    assert_string_equal(text_of(json_object_get(booth, "booth"), "centre"), "槐园社区党群服务中心");
    json_decref(booth);
    json_t *lawyer = consult_json_lawyer_state(clinic.consult, "l0");
    assert_string_equal(text_of(json_object_get(lawyer, "consultation"), "id"), "c-1");
    assert_true(json_is_true(json_object_get(json_object_get(lawyer, "lawyer"), "on_duty")));
    json_decref(lawyer);
    assert_null(consult_json_booth_state(clinic.consult, "nobody"));
    assert_null(consult_json_lawyer_state(clinic.consult, "nobody"));
    clinic_end(&clinic);
}

static void test_each_topic(void **state)
{
    (void)state;
    struct clinic clinic = offered();
    json_t *data = consult_json_effect(clinic.consult,
                                       clinic_told_now(&clinic, "clinic", "clinic"));
    assert_non_null(json_object_get(data, "duty_lawyers"));
    json_decref(data);
    data = consult_json_effect(clinic.consult, clinic_told_now(&clinic, "lawyers", "waiting"));
    assert_int_equal(number_of(data, "waiting"), 1);
    json_decref(data);
    assert_int_equal(clinic_say(&clinic, CONSULT_OFF_DUTY, "l0"), 0);
    data = consult_json_effect(clinic.consult, clinic_told(&clinic, "lawyer:l0", "consultation"));
    assert_true(json_is_null(data)); // the offer is gone
    json_decref(data);
    data = consult_json_effect(clinic.consult, clinic_told(&clinic, "lawyer:l0", "lawyer"));
    assert_true(json_is_false(json_object_get(data, "on_duty")));
    json_decref(data);
    clinic_end(&clinic);
}

static void test_alarm(void **state)
{
    (void)state;
    struct clinic clinic = offered();
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_int_equal(
        clinic_do(&clinic,
                  &(struct consult_command){.verb = CONSULT_ALARM, .who = "l0", .reason = "panic"}),
        0);
    json_t *told = consult_json_effect(clinic.consult, clinic_told(&clinic, "desk", "alarm"));
    assert_string_equal(text_of(told, "kind"), "panic");
    assert_string_equal(text_of(json_object_get(told, "lawyer"), "name"), "律师 0");
    assert_string_equal(text_of(json_object_get(told, "booth"), "name"), "咨询室 0");
    assert_string_equal(text_of(told, "consultation"), "c-1");
    assert_int_equal(number_of(told, "ticket_no"), 1);
    assert_int_equal(number_of(told, "raised_at"), T0);
    assert_null(json_object_get(told, "closed_at"));
    assert_null(json_object_get(told, "category")); // not the desk's business
    json_t *desk = consult_json_desk_state(clinic.consult);
    assert_true(json_equal(json_array_get(json_object_get(desk, "alarms"), 0), told));
    assert_non_null(json_object_get(json_object_get(desk, "clinic"), "duty_lawyers"));
    json_decref(desk);
    json_decref(told);
    clinic_end(&clinic);
}

// jansson asks for memory through this; it says no at the chosen moment.
static long refuse_at;
static void *scarce_malloc(size_t size)
{
    return refuse_at-- == 0 ? NULL : mem_zalloc(size);
}

static void test_short_memory(void **state)
{
    (void)state;
    struct clinic clinic = offered();
    bool failed = true;
    json_set_alloc_funcs(scarce_malloc, mem_free);
    long live = mem_live();
    for (long i = 0; failed; i++) {
        refuse_at = i;
        json_t *json = consult_json_lawyer_state(clinic.consult, "l0");
        failed = !json;
        if (json) // whole or not at all
            assert_string_equal(text_of(json_object_get(json, "consultation"), "state"), "offered");
        json_decref(json);
        assert_int_equal(mem_live(), live);
        refuse_at = i;
        json = consult_json_desk_state(clinic.consult);
        failed |= !json;
        json_decref(json);
        assert_int_equal(mem_live(), live);
    }
    clinic_end(&clinic);
}

// When it began is told as long as they meet, not while it waits for another lawyer.
static void check_board(const struct clinic *clinic, const char *state, bool meets)
{
    json_t *desk = consult_json_desk_state(clinic->consult);
    const json_t *booth = json_array_get(json_object_get(desk, "booths"), 0);
    const json_t *row = json_object_get(booth, "consultation");
    assert_string_equal(text_of(row, "state"), state);
    assert_int_equal(json_integer_value(json_object_get(row, "connected_at")) != 0, meets);
    json_decref(desk);
}

static void test_board_after_a_transfer(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    clinic_on_duty(&clinic, "l1");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    check_board(&clinic, "connected", true);
    const struct consult_command pass = {
        .verb = CONSULT_TRANSFER, .who = "l0", .consultation = "c-1", .how = "blind"};
    assert_int_equal(clinic_do(&clinic, &pass), 0);
    check_board(&clinic, "offered", false);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l1", "c-1"), 0);
    check_board(&clinic, "connected", true);
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offered),      cmocka_unit_test(test_connected_and_closed),
        cmocka_unit_test(test_snapshots),    cmocka_unit_test(test_each_topic),
        cmocka_unit_test(test_alarm),        cmocka_unit_test(test_board_after_a_transfer),
        cmocka_unit_test(test_short_memory), // the last: memory stays scarce
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
