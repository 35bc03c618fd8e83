#include <errno.h>

#include "signaling/consult/consult_json.h"
#include "tests/unit/support/clinic.h"

// Who the resident says he is, the lawyer's words on his screen, and his wish for slower speech:
// told now, never in a stored event, gone with the consultation.

static void assert_refused(struct clinic *clinic, int err, const char *slug, const char *field)
{
    assert_int_equal(err, EINVAL);
    assert_string_equal(clinic->problem.slug, slug);
    assert_string_equal(clinic->problem.field, field);
    assert_int_equal(clinic->effects->count, 0);
}

static int identify(struct clinic *clinic, const char *kind, const char *text)
{
    return clinic_do(clinic,
                     &(struct consult_command){
                         .verb = CONSULT_IDENTIFY, .who = "b0", .identity = kind, .text = text});
}

static int say(struct clinic *clinic, const char *text)
{
    return clinic_do(clinic,
                     &(struct consult_command){
                         .verb = CONSULT_SAY, .who = "l0", .consultation = "c-1", .text = text});
}

// b0 waits as c-1, l0 is on duty and is asked.
static struct clinic waiting(void)
{
    struct clinic clinic = clinic_new(1, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    return clinic;
}

static struct clinic meeting(void)
{
    struct clinic clinic = waiting();
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    return clinic;
}

// No stored event and no snapshot for anybody else has the text.
static void assert_only_now(const struct clinic *clinic, const char *text)
{
    for (size_t i = 0; i < clinic->effects->count; i++) {
        const struct consult_effect *effect = &clinic->effects->list[i];
        if (effect->kind != CONSULT_TELL)
            continue;
        json_t *data = consult_json_effect(clinic->consult, effect);
        char *body = json_dumps(data, JSON_ENCODE_ANY);
        assert_null(strstr(body, text));
        free(body);
        json_decref(data);
    }
}

static void assert_state_has(json_t *state, const char *member, const char *field, const char *text)
{
    json_t *object = json_object_get(state, member);
    if (text)
        assert_string_equal(json_string_value(json_object_get(object, field)), text);
    else
        assert_true(json_is_null(object));
    json_decref(state);
}

static void test_refusal_is_a_fact(void **state)
{
    (void)state;
    struct clinic clinic = waiting();
    assert_int_equal(clinic.effects->result->identity, CONSULT_IDENTITY_NONE);
    assert_int_equal(identify(&clinic, "phone", "13800001234"), 0);
    assert_int_equal(clinic.effects->result->identity, CONSULT_IDENTITY_PHONE);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE), 1);
    assert_int_equal(identify(&clinic, "none", NULL), 0);
    assert_int_equal(clinic.effects->result->identity, CONSULT_IDENTITY_NONE);
    assert_string_equal(consult_beside(clinic.effects->result)->resident, "");
    clinic_end(&clinic);
}

static void test_lawyer_learns_it_with_the_meeting(void **state)
{
    (void)state;
    struct clinic clinic = waiting();
    assert_int_equal(identify(&clinic, "phone", "13800001234"), 0);
    assert_only_now(&clinic, "13800001234");
    assert_null(clinic_told_now(&clinic, "lawyer:l0", "resident")); // an offer names nobody
    assert_state_has(consult_json_lawyer_state(clinic.consult, "l0"), "resident", "value", NULL);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_only_now(&clinic, "13800001234");
    const struct consult_effect *told = clinic_told_now(&clinic, "lawyer:l0", "resident");
    json_t *data = consult_json_effect(clinic.consult, told);
    assert_string_equal(json_string_value(json_object_get(data, "value")), "13800001234");
    assert_string_equal(json_string_value(json_object_get(data, "identity")), "phone");
    json_decref(data);
    assert_int_equal(identify(&clinic, "name", "王·秀英"), 0); // also later
    assert_non_null(clinic_told_now(&clinic, "lawyer:l0", "resident"));
    assert_state_has(consult_json_lawyer_state(clinic.consult, "l0"), "resident", "value",
                     "王·秀英");
    clinic_end(&clinic);
}

static void test_bad_identities(void **state)
{
    (void)state;
    struct clinic clinic = waiting();
    char long_name[CONSULT_NAME_MAX + 1];
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[CONSULT_NAME_MAX] = 0;
    assert_refused(&clinic, identify(&clinic, "card", "1"), "unknown-identity", "identity");
    assert_refused(&clinic, identify(&clinic, NULL, "1"), "unknown-identity", "identity");
    const char *const phones[] = {"", "1234", "123456789012345678901", "1380000a234", NULL};
    for (size_t i = 0; i < 5; i++)
        assert_refused(&clinic, identify(&clinic, "phone", phones[i]), "bad-phone", "text");
    const char *const names[] = {"", long_name, "a\nb", NULL};
    for (size_t i = 0; i < 4; i++)
        assert_refused(&clinic, identify(&clinic, "name", names[i]), "bad-name", "text");
    assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b0"), 0);
    assert_int_equal(identify(&clinic, "none", NULL), EPROTO);
    assert_string_equal(clinic.problem.slug, "not-waiting");
    clinic_end(&clinic);
}

static void test_words_on_the_screen(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(say(&clinic, "请把合同翻到第二页"), 0);
    assert_int_equal(clinic.effects->count, 1);
    assert_non_null(clinic_told_now(&clinic, "booth:b0", "said"));
    assert_state_has(consult_json_booth_state(clinic.consult, "b0"), "said", "text",
                     "请把合同翻到第二页"); // the booth's page was loaded again
    assert_int_equal(say(&clinic, ""), 0);
    assert_state_has(consult_json_booth_state(clinic.consult, "b0"), "said", "text", "");
    char long_text[CONSULT_SAID_MAX + 1];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[CONSULT_SAID_MAX] = 0;
    assert_refused(&clinic, say(&clinic, long_text), "bad-text", "text");
    assert_refused(&clinic, say(&clinic, "a\x1b[2J"), "bad-text", "text");
    assert_refused(&clinic, say(&clinic, NULL), "bad-text", "text");
    clinic_end(&clinic);
}

static void test_only_the_lawyer_of_it_speaks(void **state)
{
    (void)state;
    struct clinic clinic = waiting();
    assert_int_equal(say(&clinic, "早"), EPROTO); // only offered
    assert_string_equal(clinic.problem.slug, "not-your-consultation");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    int err = clinic_do(&clinic,
                        &(struct consult_command){
                            .verb = CONSULT_SAY, .who = "l1", .consultation = "c-1", .text = "x"});
    assert_int_equal(err, EPROTO);
    assert_string_equal(clinic.problem.slug, "not-your-consultation");
    clinic_end(&clinic);
}

static void test_slower(void **state)
{
    (void)state;
    struct clinic clinic = waiting();
    assert_int_equal(clinic_say(&clinic, CONSULT_SLOWER, "b0"), EPROTO);
    assert_string_equal(clinic.problem.slug, "not-connected");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_SLOWER, "b0"), 0);
    assert_int_equal(clinic.effects->count, 1);
    assert_non_null(clinic_told_now(&clinic, "lawyer:l0", "slower"));
    clinic_end(&clinic);
}

static void test_nothing_is_left(void **state)
{
    (void)state;
    struct clinic clinic = meeting();
    assert_int_equal(identify(&clinic, "phone", "13800001234"), 0);
    assert_int_equal(say(&clinic, "机密"), 0);
    assert_int_equal(clinic_say(&clinic, CONSULT_LEAVE, "b0"), 0);
    const struct consult_beside *beside = consult_beside(clinic.effects->result);
    static const struct consult_beside clean;
    assert_memory_equal(beside, &clean, sizeof(clean));
    assert_int_equal(clinic.effects->result->identity, CONSULT_IDENTITY_PHONE); // that is a fact
    clinic_end(&clinic);
}

static void test_languages_filter(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(2, 0);
    const struct consult_lawyer lawyers[] = {{.id = "plain"},
                                             {.id = "signs", .languages = "zh-CN,csl"}};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(consult_load_lawyer(clinic.consult, &lawyers[i]), 0);
    json_t *told = consult_json_clinic(clinic.consult, NULL);
    assert_int_equal(json_array_size(json_object_get(told, "languages")), 2); // each once
    json_decref(told);
    clinic_booth_here(&clinic, "b0");
    clinic_booth_here(&clinic, "b1");
    struct consult_command ask = {.verb = CONSULT_ASK,
                                  .who = "b0",
                                  .consultation = "c-1",
                                  .category = "family",
                                  .language = "csl",
                                  .consent = "2026-11"};
    assert_int_equal(clinic_do(&clinic, &ask), 0);
    clinic_on_duty(&clinic, "signs");
    clinic_on_duty(&clinic, "plain");
    assert_string_equal(consult_find(clinic.consult, "c-1")->lawyer, "signs");
    ask.who = "b1";
    ask.consultation = "c-2";
    assert_int_equal(clinic_do(&clinic, &ask), 0);
    assert_string_equal(consult_find(clinic.consult, "c-2")->lawyer, ""); // waits for who signs
    assert_int_equal(clinic_say(&clinic, CONSULT_CANCEL, "b1"), 0);
    ask.language = "zh-Hans"; // in letters: with anybody
    assert_int_equal(clinic_do(&clinic, &ask), 0);
    assert_string_equal(consult_find(clinic.consult, "c-2")->lawyer, "plain");
    clinic_end(&clinic);
}

static void test_a_strange_tongue_is_better_than_nobody(void **state)
{
    (void)state;
    struct clinic clinic = clinic_new(1, 1);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_do(&clinic, &(struct consult_command){.verb = CONSULT_ASK,
                                                                  .who = "b0",
                                                                  .consultation = "c-1",
                                                                  .category = "family",
                                                                  .language = "yue",
                                                                  .consent = "2026-11"}),
                     0);
    assert_string_equal(consult_find(clinic.consult, "c-1")->lawyer, "l0");
    clinic_end(&clinic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusal_is_a_fact),
        cmocka_unit_test(test_lawyer_learns_it_with_the_meeting),
        cmocka_unit_test(test_bad_identities),
        cmocka_unit_test(test_words_on_the_screen),
        cmocka_unit_test(test_only_the_lawyer_of_it_speaks),
        cmocka_unit_test(test_slower),
        cmocka_unit_test(test_nothing_is_left),
        cmocka_unit_test(test_languages_filter),
        cmocka_unit_test(test_a_strange_tongue_is_better_than_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
