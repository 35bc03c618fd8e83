#include <errno.h>

#include "tests/unit/support/booking.h"

// Appointments by random commands, with deaths in between: nobody is promised twice.

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
            char id[CONSULT_ID_MAX], who[CONSULT_ID_MAX];
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
