#include <errno.h>

#include "tests/unit/support/clinic.h"

// Appointments: may they be, what becomes of them, and that nobody is promised twice.

#define MINUTE 60000ll
#define HOUR   3600000ll
#define DAY    86400000ll

// Monday 2026-11-23, midnight in China.
static int64_t monday(void)
{
    return calendar_midnight(calendar_day("2026-11-23"));
}

static void add_shift(struct consult *consult, const char *id, const char *lawyer, int64_t from,
                      int64_t until)
{
    struct consult_shift row = {.starts_at = from, .ends_at = until};
    snprintf(row.id, sizeof(row.id), "%s", id);
    snprintf(row.lawyer, sizeof(row.lawyer), "%s", lawyer);
    assert_int_equal(consult_load_shift(consult, &row), 0);
}

// Two booths, three lawyers of whom two have Tuesday from nine to five, and a room.
static struct clinic a_week(void)
{
    struct clinic clinic = clinic_new(2, 3);
    const struct consult_booth room = {.id = "r-1", .name = "会议室"};
    clinic.now = monday() + 10 * HOUR;
    assert_int_equal(consult_load_room(clinic.consult, &room), 0);
    add_shift(clinic.consult, "s-0", "l0", monday() + DAY + 9 * HOUR, monday() + DAY + 17 * HOUR);
    add_shift(clinic.consult, "s-1", "l1", monday() + DAY + 9 * HOUR, monday() + DAY + 17 * HOUR);
    return clinic;
}

// Tuesday at this hour, for half an hour, with l0 at b0.
static struct consult_appointment at(int64_t hour)
{
    int64_t from = monday() + DAY + hour * HOUR;
    return (struct consult_appointment){.kind = APPOINTMENT_LAWYER,
                                        .place = "b0",
                                        .lawyer = "l0",
                                        .category = "family",
                                        .name = "王阿姨",
                                        .phone = "13800001234",
                                        .starts_at = from,
                                        .ends_at = from + 30 * MINUTE};
}

static int book(struct clinic *clinic, const struct consult_appointment *wanted)
{
    return clinic_do(
        clinic, &(struct consult_command){.verb = CONSULT_BOOK, .who = "u-desk", .wanted = wanted});
}

static int decide(struct clinic *clinic, enum consult_verb verb, int64_t id)
{
    return clinic_do(clinic,
                     &(struct consult_command){
                         .verb = verb, .who = "u-desk", .appointment = id, .reason = "他不来了"});
}

static enum appointment_state state_of(const struct clinic *clinic, int64_t id)
{
    return consult_appointment(clinic->consult, id)->state;
}

static void test_life(void **state)
{
    (void)state;
    struct clinic clinic = a_week();
    const struct consult_appointment wanted = at(9);
    assert_int_equal(book(&clinic, &wanted), 0);
    assert_int_equal(state_of(&clinic, 1), APPOINTMENT_REQUESTED);
    assert_int_equal(clinic_count(&clinic, CONSULT_SAVE_APPOINTMENT), 1);
    assert_int_equal(clinic_count(&clinic, CONSULT_TELL_NOW), 2); // the desk and the lawyer
    assert_int_equal(decide(&clinic, CONSULT_CAME, 1), EPROTO);   // nobody has approved it
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

// --- random commands -----------------------------------------------------------------------------

#define ROWS 4000

struct model {
    struct clinic clinic;
    uint64_t seed;
    struct consult_appointment rows[ROWS]; // as saved, by id - 1
    size_t count;
};

static void save(struct model *model)
{
    for (size_t i = 0; i < model->clinic.effects->count; i++) {
        const struct consult_appointment *row = model->clinic.effects->list[i].appointment;
        if (model->clinic.effects->list[i].kind != CONSULT_SAVE_APPOINTMENT)
            continue;
        assert_true(row->id > 0 && row->id <= (int64_t)model->count + 1 && row->id <= ROWS);
        if (row->id == (int64_t)model->count + 1)
            model->count++;
        else
            assert_true(model->rows[row->id - 1].state <= APPOINTMENT_APPROVED); // the rest is over
        model->rows[row->id - 1] = *row;
    }
}

static bool collide(const struct consult_appointment *a, const struct consult_appointment *b)
{
    return a->state == APPOINTMENT_APPROVED && b->state == APPOINTMENT_APPROVED &&
           a->starts_at < b->ends_at && b->starts_at < a->ends_at &&
           (strcmp(a->place, b->place) == 0 || (*a->lawyer && strcmp(a->lawyer, b->lawyer) == 0));
}

static void assert_invariants(const struct model *model)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct consult_appointment *row = &model->rows[i];
        const struct consult_appointment *live = consult_appointment(model->clinic.consult,
                                                                     row->id);
        if (row->state <= APPOINTMENT_APPROVED)
            assert_memory_equal(live, row, sizeof(*row));
        for (size_t j = 0; row->state == APPOINTMENT_APPROVED && j < i; j++)
            assert_false(collide(row, &model->rows[j]));
    }
}

static void people(struct model *model)
{
    const struct consult_booth room = {.id = "r-1", .name = "会议室"};
    assert_int_equal(consult_load_room(model->clinic.consult, &room), 0);
    for (int day = 0; day < 40; day++)
        for (int lawyer = 0; lawyer < 3; lawyer++) {
            char id[16], who[8];
            snprintf(id, sizeof(id), "s-%d-%d", day, lawyer);
            snprintf(who, sizeof(who), "l%d", lawyer);
            add_shift(model->clinic.consult, id, who, monday() + day * DAY + 9 * HOUR,
                      monday() + day * DAY + 17 * HOUR);
        }
}

static void die_and_come_back(struct model *model)
{
    int64_t now = model->clinic.now;
    clinic_end(&model->clinic);
    model->clinic = clinic_new(2, 3);
    model->clinic.now = now;
    people(model);
    for (size_t i = 0; i < model->count; i++)
        if (model->rows[i].state <= APPOINTMENT_APPROVED)
            assert_int_equal(consult_load_appointment(model->clinic.consult, &model->rows[i]), 0);
    consult_load_appointment_id(model->clinic.consult, (int64_t)model->count);
    consult_resume(model->clinic.consult, now, model->clinic.effects);
}

static void random_booking(struct model *model)
{
    uint64_t *seed = &model->seed;
    struct consult_appointment wanted = {.kind = clinic_random(seed, 3) == 0};
    int64_t from = monday() + clinic_random(seed, 20) * DAY +
                   (9 * 60 + 10 * clinic_random(seed, 48)) * MINUTE;
    wanted.starts_at = from;
    wanted.ends_at = from + (1 + clinic_random(seed, 6)) * 10 * MINUTE;
    snprintf(wanted.phone, sizeof(wanted.phone), "1380000%04u", clinic_random(seed, 50));
    snprintf(wanted.place, sizeof(wanted.place), "b%u", clinic_random(seed, 2));
    if (wanted.kind == APPOINTMENT_ROOM) {
        strcpy(wanted.purpose, "开会");
        if (clinic_random(seed, 2))
            strcpy(wanted.place, "r-1");
    } else {
        strcpy(wanted.category, "debt");
        snprintf(wanted.lawyer, sizeof(wanted.lawyer), "l%u", clinic_random(seed, 3));
    }
    if (book(&model->clinic, &wanted) == 0)
        save(model);
}

static void random_decision(struct model *model)
{
    static const enum consult_verb verbs[] = {CONSULT_APPROVE, CONSULT_APPROVE,  CONSULT_APPROVE,
                                              CONSULT_REFUSE,  CONSULT_CALL_OFF, CONSULT_REMIND,
                                              CONSULT_CAME,    CONSULT_NO_SHOW};
    int64_t id = 1 + clinic_random(&model->seed, (uint32_t)model->count + 1);
    if (decide(&model->clinic, verbs[clinic_random(&model->seed, 8)], id) == 0)
        save(model);
}

static void test_random(void **state)
{
    (void)state;
    struct model *model = mem_zalloc(sizeof(*model));
    model->seed = 42;
    model->clinic = clinic_new(2, 3);
    model->clinic.now = monday();
    people(model);
    for (int i = 0; i < 12000 && model->count < ROWS - 1; i++) {
        if (clinic_random(&model->seed, 2))
            random_booking(model);
        else
            random_decision(model);
        if (i % 20 == 0)
            assert_invariants(model);
        if (clinic_random(&model->seed, 200) == 0)
            die_and_come_back(model);
        model->clinic.now += clinic_random(&model->seed, 3) * MINUTE;
    }
    unsigned count[APPOINTMENT_STATES] = {0};
    for (size_t i = 0; i < model->count; i++)
        count[model->rows[i].state]++;
    for (unsigned i = 0; i < APPOINTMENT_STATES; i++)
        assert_true(count[i] > 5); // every state was reached
    clinic_end(&model->clinic);
    mem_free(model);
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
        cmocka_unit_test(test_life),  cmocka_unit_test(test_reasons), cmocka_unit_test(test_fields),
        cmocka_unit_test(test_taken), cmocka_unit_test(test_room),    cmocka_unit_test(test_wish),
        cmocka_unit_test(test_comes), cmocka_unit_test(test_prefers), cmocka_unit_test(test_random),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
