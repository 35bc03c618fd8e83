#include <errno.h>

#include "signaling/consult/consult_json.h"
#include "signaling/consult/recording.h"
#include "tests/unit/support/clinic.h"

// A booth and a lawyer in a meeting, c-1.
static struct clinic meeting(void)
{
    struct clinic clinic = clinic_new(2, 2);
    clinic_booth_here(&clinic, "b0");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    return clinic;
}

static int say(struct clinic *clinic, enum consult_verb verb, const char *who, const char *what,
               const char *answer)
{
    clinic->now += 1000;
    return clinic_do(clinic, &(struct consult_command){.verb = verb,
                                                       .who = who,
                                                       .consultation = "c-1",
                                                       .reason = what,
                                                       .text = answer,
                                                       .consent = "2026-11-3"});
}

static int ask(struct clinic *clinic)
{
    return say(clinic, CONSULT_ASK_CONSENT, "l0", "recording", NULL);
}

static int answer(struct clinic *clinic, const char *who, const char *what)
{
    return say(clinic, CONSULT_CONSENT, who, "recording", what);
}

static int withdraw(struct clinic *clinic, const char *who)
{
    return say(clinic, CONSULT_WITHDRAW, who, "recording", NULL);
}

static enum consult_recording_state state(const struct clinic *clinic)
{
    return consult_recording(clinic->consult, "c-1");
}

static const struct consult_consent *saved(const struct clinic *clinic)
{
    for (size_t i = 0; i < clinic->effects->count; i++)
        if (clinic->effects->list[i].kind == CONSULT_SAVE_CONSENT)
            return clinic->effects->list[i].consent;
    return NULL;
}

// A third party is asked in by the lawyer, agreed to at the booth, and comes by his link.
static void comes(struct clinic *clinic, const char *guest)
{
    const struct consult_command invite = {.verb = CONSULT_INVITE,
                                           .who = "l0",
                                           .consultation = "c-1",
                                           .party = guest,
                                           .role = "family",
                                           .text = "女儿"};
    const struct consult_command agree = {.verb = CONSULT_AGREE,
                                          .who = "b0",
                                          .party = guest,
                                          .answer = "yes",
                                          .link = "k",
                                          .link_hash = guest};
    assert_int_equal(clinic_do(clinic, &invite), 0);
    assert_int_equal(clinic_do(clinic, &agree), 0);
    assert_int_equal(
        clinic_do(clinic, &(struct consult_command){.verb = CONSULT_ENTER, .who = guest}), 0);
}

static void goes(struct clinic *clinic, const char *guest)
{
    assert_int_equal(
        clinic_do(clinic, &(struct consult_command){.verb = CONSULT_GUEST_LEAVE, .who = guest}), 0);
}

static struct consultation *row_of(const struct clinic *clinic)
{
    return (struct consultation *)consult_find(clinic->consult, "c-1");
}

static void the_notice_is_kept(void **unused)
{
    struct clinic clinic = clinic_new(1, 0);
    (void)unused;
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    const struct consult_consent *one = saved(&clinic);
    assert_int_equal(one->kind, CONSULT_CONSENT_NOTICE);
    assert_string_equal(one->consultation, "c-1");
    assert_string_equal(one->party, "b0");
    assert_string_equal(one->wording, "2026-11");
    assert_true(one->is_given);
    assert_int_equal(one->n, 1);
    assert_int_equal(one->at, clinic.now);
    clinic_end(&clinic);
}

static int identify(struct clinic *clinic, const char *kind, const char *text)
{
    clinic->now += 1000;
    return clinic_do(clinic,
                     &(struct consult_command){
                         .verb = CONSULT_IDENTIFY, .who = "b0", .identity = kind, .text = text});
}

static const char *earlier_told(const struct clinic *clinic)
{
    static char said[16];
    json_t *told = consult_json(clinic->consult, row_of(clinic), CONSULT_FOR_LAWYER);
    const char *text = json_string_value(json_object_get(told, "earlier"));
    snprintf(said, sizeof(said), "%s", text ? text : "");
    json_decref(told);
    return said;
}

static void earlier_ones_are_shown_while_it_is_agreed(void **unused)
{
    struct clinic clinic = clinic_new(2, 2);
    (void)unused;
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    // whom nobody knows has nothing to show
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "earlier", "yes"), EPROTO);
    assert_string_equal(earlier_told(&clinic), "");
    assert_int_equal(identify(&clinic, "name", "王芳"), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_PERSON), 0);
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "earlier", "yes"), EPROTO);
    assert_int_equal(identify(&clinic, "phone", "13876543210"), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_PERSON), 1);
    assert_string_equal(earlier_told(&clinic), "none");
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "earlier", "yes"), 0);
    assert_int_equal(saved(&clinic)->kind, CONSULT_CONSENT_EARLIER);
    assert_false(consult_earlier_allowed(row_of(&clinic))); // nobody is there yet to see them
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    assert_true(consult_earlier_allowed(row_of(&clinic)));
    assert_string_equal(earlier_told(&clinic), "yes");
    // nobody else answers for him, and withdrawing ends it at once
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "l0", "earlier", "yes"), EPROTO);
    assert_int_equal(say(&clinic, CONSULT_WITHDRAW, "b0", "earlier", NULL), 0);
    assert_true(saved(&clinic)->withdrawn_at == clinic.now);
    assert_false(consult_earlier_allowed(row_of(&clinic)));
    assert_non_null(clinic_told(&clinic, "lawyer:l0", "consultation"));
    // the lawyer asks once more, and a no is no
    assert_int_equal(say(&clinic, CONSULT_ASK_CONSENT, "l0", "earlier", NULL), 0);
    assert_string_equal(earlier_told(&clinic), "asked");
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "earlier", "no"), 0);
    assert_string_equal(earlier_told(&clinic), "no");
    assert_false(consult_earlier_allowed(row_of(&clinic)));
    clinic_end(&clinic);
}

static void another_number_is_another_person(void **unused)
{
    struct clinic clinic = meeting();
    (void)unused;
    assert_int_equal(say(&clinic, CONSULT_ASK_CONSENT, "l0", "earlier", NULL), EPROTO);
    assert_string_equal(clinic.problem.slug, "no-number");
    assert_int_equal(identify(&clinic, "phone", "13876543210"), 0);
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "earlier", "yes"), 0);
    assert_true(consult_earlier_allowed(row_of(&clinic)));
    assert_int_equal(identify(&clinic, "phone", "13876543210"), 0); // sent twice
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_PERSON), 0);
    assert_true(consult_earlier_allowed(row_of(&clinic)));
    assert_int_equal(identify(&clinic, "phone", "13876543211"), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_PERSON), 1);
    assert_true(saved(&clinic)->withdrawn_at == clinic.now);
    assert_false(consult_earlier_allowed(row_of(&clinic)));
    assert_string_equal(earlier_told(&clinic), "asked"); // he is asked again about this one
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "earlier", "yes"), 0);
    assert_int_equal(identify(&clinic, "none", NULL), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_PERSON), 1); // forgotten
    assert_false(consult_earlier_allowed(row_of(&clinic)));
    assert_string_equal(earlier_told(&clinic), "");
    clinic_end(&clinic);
}

static void sensitive_matters_are_asked_apart(void **unused)
{
    struct clinic clinic = clinic_new(1, 1);
    (void)unused;
    clinic_booth_here(&clinic, "b0");
    assert_int_equal(clinic_ask(&clinic, "b0"), 0);
    // while it waits, and a no is an answer, too
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "sensitive", "no"), 0);
    assert_false(saved(&clinic)->is_given);
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "sensitive", "maybe"), EINVAL);
    assert_string_equal(clinic.problem.field, "text");
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "notice", "yes"), EINVAL);
    assert_string_equal(clinic.problem.field, "reason");
    clinic_on_duty(&clinic, "l0");
    assert_int_equal(clinic_about(&clinic, CONSULT_ACCEPT, "l0", "c-1"), 0);
    // the lawyer asks again, and the same answer is another row
    assert_int_equal(say(&clinic, CONSULT_ASK_CONSENT, "l0", "sensitive", NULL), 0);
    assert_non_null(clinic_told(&clinic, "booth:b0", "consultation"));
    assert_true(consult_consent_asked(row_of(&clinic), CONSULT_CONSENT_SENSITIVE));
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "sensitive", "no"), 0);
    assert_int_equal(saved(&clinic)->n, 3);
    assert_false(consult_consent_asked(row_of(&clinic), CONSULT_CONSENT_SENSITIVE));
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "b0", "sensitive", "no"), 0);
    assert_null(saved(&clinic)); // sent twice
    // nobody answers for the resident
    assert_int_equal(say(&clinic, CONSULT_CONSENT, "l0", "sensitive", "yes"), EPROTO);
    clinic_end(&clinic);
}

static void recorded_only_when_all_agreed(void **unused)
{
    struct clinic clinic = meeting();
    (void)unused;
    assert_int_equal(answer(&clinic, "b0", "yes"), EPROTO); // not asked
    assert_int_equal(ask(&clinic), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_ASKED);
    assert_string_equal(saved(&clinic)->party, "l0");
    assert_int_equal(answer(&clinic, "b0", "yes"), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_RUNNING);
    assert_int_equal(clinic_count(&clinic, CONSULT_RECORD), 1);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_CONSENT), 1);
    assert_non_null(clinic_told(&clinic, "booth:b0", "consultation"));
    assert_non_null(clinic_told(&clinic, "lawyer:l0", "consultation"));
    json_t *json = consult_json(clinic.consult, row_of(&clinic), CONSULT_FOR_BOOTH);
    const json_t *recording = json_object_get(json, "recording");
    assert_string_equal(json_string_value(json_object_get(recording, "state")), "running");
    assert_int_equal(json_array_size(json_object_get(recording, "agreed")), 2);
    json_decref(json);
    assert_int_equal(ask(&clinic), EPROTO); // it runs
    clinic_end(&clinic);
}

static void a_refusal_ends_it(void **unused)
{
    struct clinic clinic = meeting();
    (void)unused;
    assert_int_equal(ask(&clinic), 0);
    assert_int_equal(answer(&clinic, "b0", "no"), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_OFF);
    assert_int_equal(answer(&clinic, "b0", "yes"), EPROTO); // too late
    // asked again: what was said before does not count
    assert_int_equal(ask(&clinic), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_ASKED);
    clinic_end(&clinic);
}

static void either_side_withdraws(void **unused)
{
    static const char *const sides[] = {"b0", "l0"};
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct clinic clinic = meeting();
        assert_int_equal(withdraw(&clinic, sides[i]), EPROTO);
        assert_int_equal(ask(&clinic), 0);
        assert_int_equal(answer(&clinic, "b0", "yes"), 0);
        assert_int_equal(withdraw(&clinic, sides[i]), 0);
        assert_int_equal(state(&clinic), CONSULT_RECORDING_OFF);
        assert_int_equal(clinic_count(&clinic, CONSULT_RECORD), 1);
        assert_int_equal(saved(&clinic)->withdrawn_at, clinic.now);
        assert_string_equal(saved(&clinic)->party, sides[i]);
        assert_int_equal(withdraw(&clinic, sides[i]), EPROTO);
        clinic_end(&clinic);
    }
}

static void a_late_joiner_pauses_it(void **unused)
{
    struct clinic clinic = meeting();
    (void)unused;
    assert_int_equal(ask(&clinic), 0);
    assert_int_equal(answer(&clinic, "b0", "yes"), 0);
    comes(&clinic, "g-0");
    assert_int_equal(state(&clinic), CONSULT_RECORDING_PAUSED);
    assert_int_equal(clinic_count(&clinic, CONSULT_RECORD), 1);
    goes(&clinic, "g-0");
    assert_int_equal(state(&clinic), CONSULT_RECORDING_RUNNING);
    comes(&clinic, "g-1");
    assert_int_equal(state(&clinic), CONSULT_RECORDING_PAUSED);
    assert_int_equal(answer(&clinic, "g-1", "yes"), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_RUNNING);
    assert_string_equal(saved(&clinic)->party, "g-1");
    assert_int_equal(withdraw(&clinic, "g-1"), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_OFF);
    clinic_end(&clinic);
}

static void it_ends_with_the_meeting(void **unused)
{
    struct clinic clinic = meeting();
    (void)unused;
    assert_int_equal(ask(&clinic), 0);
    assert_int_equal(answer(&clinic, "b0", "yes"), 0);
    assert_int_equal(clinic_about(&clinic, CONSULT_END, "l0", "c-1"), 0);
    assert_int_equal(clinic_count(&clinic, CONSULT_RECORD), 1);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_OFF);
    clinic_end(&clinic);
}

// After a restart nothing is recorded before everybody is asked anew; the other answers are known.
static void restarts_are_asked_anew(void **unused)
{
    struct clinic clinic = meeting();
    const struct consult_consent rows[] = {
        {"c-1", 1, "b0", CONSULT_CONSENT_SENSITIVE, true, "2026-11-3", T0, 0},
        {"c-1", 2, "l0", CONSULT_CONSENT_RECORDING, true, "2026-11-3", T0, 0},
        {"c-1", 3, "b0", CONSULT_CONSENT_RECORDING, true, "2026-11-3", T0, 0}};
    struct consult *fresh;
    (void)unused;
    assert_int_equal(consult_alloc(&fresh), 0);
    clinic_people(fresh, 2, 2);
    assert_int_equal(consult_load_consultation(fresh, row_of(&clinic)), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(consult_load_consent(fresh, &rows[i]), 0);
    consult_free(clinic.consult);
    clinic.consult = fresh;
    consult_resume(fresh, clinic.now, clinic.effects);
    assert_int_equal(clinic_count(&clinic, CONSULT_RECORD), 1); // what still ran is stopped
    assert_int_equal(state(&clinic), CONSULT_RECORDING_OFF);
    assert_true(consult_consent_of(row_of(&clinic), "b0", CONSULT_CONSENT_SENSITIVE)->is_given);
    assert_int_equal(ask(&clinic), 0);
    assert_int_equal(state(&clinic), CONSULT_RECORDING_ASKED);
    assert_int_equal(saved(&clinic)->n, 4);
    clinic_end(&clinic);
}

static void asking_has_an_end(void **unused)
{
    struct clinic clinic = meeting();
    int err = 0;
    (void)unused;
    for (int i = 0; i < CONSULT_CONSENTS_MAX && !err; i++) {
        err = ask(&clinic);
        if (!err)
            assert_int_equal(answer(&clinic, "b0", "no"), 0);
    }
    assert_int_equal(err, EOVERFLOW);
    assert_string_equal(clinic.problem.slug, "asked-too-often");
    clinic_end(&clinic);
}

// What the rows say, kept beside the domain.
struct mirror {
    bool agreed[3]; // booth, lawyer, guest
    bool guest_here, is_recorded;
};

static void follow(struct clinic *clinic, struct mirror *mirror)
{
    static const char *const who[] = {"b0", "l0", "g-0"};
    for (size_t i = 0; i < clinic->effects->count; i++) {
        const struct consult_effect *effect = &clinic->effects->list[i];
        const struct consult_consent *one = effect->consent;
        if (effect->kind == CONSULT_RECORD)
            mirror->is_recorded = state(clinic) == CONSULT_RECORDING_RUNNING;
        if (effect->kind != CONSULT_SAVE_CONSENT || one->kind != CONSULT_CONSENT_RECORDING)
            continue;
        for (size_t k = 0; k < 3; k++)
            if (strcmp(one->party, who[k]) == 0)
                mirror->agreed[k] = one->is_given && !one->withdrawn_at;
    }
}

static void guest_moves(struct clinic *clinic, struct mirror *mirror, bool answers)
{
    if (answers && mirror->guest_here) {
        answer(clinic, "g-0", "yes");
    } else if (!answers) {
        mirror->guest_here = !mirror->guest_here;
        if (mirror->guest_here)
            comes(clinic, "g-0");
        else
            goes(clinic, "g-0");
    }
}

static void step(struct clinic *clinic, struct mirror *mirror, uint64_t *seed)
{
    static const char *const who[] = {"b0", "l0"};
    uint32_t dice = clinic_random(seed, 8);
    if (dice < 2 && ask(clinic) == 0)
        mirror->agreed[0] = mirror->agreed[2] = false; // all are asked anew
    else if (dice < 5)
        answer(clinic, who[clinic_random(seed, 2)], clinic_random(seed, 3) ? "yes" : "no");
    else if (dice < 6)
        withdraw(clinic, who[clinic_random(seed, 2)]);
    else
        guest_moves(clinic, mirror, dice == 7);
    follow(clinic, mirror);
    clinic->effects->count = 0;
}

// Whatever comes in whatever order: recorded is only what all who are there agree to by rows.
static void recorded_is_only_what_all_agree_to(void **unused)
{
    uint64_t seed = 20261122;
    unsigned recorded = 0;
    (void)unused;
    for (unsigned round = 0; round < 400; round++) {
        struct clinic clinic = meeting();
        struct mirror mirror = {0};
        for (unsigned i = 0; i < 40; i++) {
            step(&clinic, &mirror, &seed);
            assert_int_equal(mirror.is_recorded, state(&clinic) == CONSULT_RECORDING_RUNNING);
            if (mirror.is_recorded)
                assert_true(mirror.agreed[0] && mirror.agreed[1] &&
                            (mirror.agreed[2] || !mirror.guest_here));
            recorded += mirror.is_recorded;
        }
        clinic_end(&clinic);
    }
    assert_true(recorded > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_notice_is_kept),
        cmocka_unit_test(sensitive_matters_are_asked_apart),
        cmocka_unit_test(earlier_ones_are_shown_while_it_is_agreed),
        cmocka_unit_test(another_number_is_another_person),
        cmocka_unit_test(recorded_only_when_all_agreed),
        cmocka_unit_test(a_refusal_ends_it),
        cmocka_unit_test(either_side_withdraws),
        cmocka_unit_test(a_late_joiner_pauses_it),
        cmocka_unit_test(it_ends_with_the_meeting),
        cmocka_unit_test(restarts_are_asked_anew),
        cmocka_unit_test(asking_has_an_end),
        cmocka_unit_test(recorded_is_only_what_all_agree_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
