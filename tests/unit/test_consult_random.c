#include <errno.h>
#include <time.h>

#include "tests/unit/support/clinic_party.h"

// 100,000 random commands to a clinic of 24 booths and 7 lawyers. After each, everything that must
// always be true is checked; at random moments the clinic dies and is rebuilt from what was saved.

#define STEPS      100000
#define CRASH_ONCE 400 // steps a crash

// --- what is always true ------------------------------------------------------------------------

struct walk {
    struct model *model;
    size_t position;
    unsigned open;
    bool booth_seen[BOOTHS], lawyer_seen[LAWYERS];
};

static void check_lawyer(struct walk *walk, const struct consultation *row, const char *id)
{
    const struct consult *consult = walk->model->clinic.consult;
    unsigned lawyer = number_of(id);
    assert_false(walk->lawyer_seen[lawyer]); // one offer or consultation each
    walk->lawyer_seen[lawyer] = true;
    assert_ptr_equal(consult_of_lawyer(consult, id), row);
    assert_false(consult_is_free(consult, id));
}

// Nobody waits who could be offered.
static void check_waiting(struct walk *walk, const struct consultation *row)
{
    struct model *model = walk->model;
    assert_string_equal(row->lawyer, "");
    if (!model->booth_here[number_of(row->booth)])
        return;
    for (unsigned i = 0; i < LAWYERS; i++) {
        char id[8];
        snprintf(id, sizeof(id), "l%u", i);
        assert_false(consult_is_free(model->clinic.consult, id) &&
                     strcmp(id, row->declined_by) != 0 && !consult_list_has(row->conflicts, id));
    }
}

static void check_row(const struct consultation *row, void *arg)
{
    struct walk *walk = arg;
    struct model *model = walk->model;
    struct saved *saved = &model->rows[number_of(row->id)];
    unsigned booth = number_of(row->booth);
    bool is_queued = row->state <= CONSULT_OFFERED;
    walk->open++;
    assert_false(walk->booth_seen[booth]);
    walk->booth_seen[booth] = true;
    assert_memory_equal(row, &saved->row, sizeof(*row)); // every change was saved
    assert_int_equal(saved->is_room_open, !is_queued);
    size_t position = is_queued ? ++walk->position : 0;
    assert_int_equal(consult_position(model->clinic.consult, row), position);
    assert_int_equal(model->booth_told[booth], position); // and the booth knows its place
    if (row->state == CONSULT_WAITING)
        check_waiting(walk, row);
    else
        check_lawyer(walk, row, row->lawyer);
    if (*row->colleague)
        check_lawyer(walk, row, row->colleague);
    check_people(model, row);
}

static void check_alarm(const struct consult_alarm *alarm, void *arg)
{
    struct model *model = arg;
    assert_memory_equal(alarm, place_of(model, alarm->id), sizeof(*alarm));
    model->alarms_raised--; // counted, and counted back by check_alarms()
}

static void check_alarms(struct model *model)
{
    int64_t raised = model->alarms_raised;
    consult_each_alarm(model->clinic.consult, check_alarm, model);
    assert_int_equal(model->alarms_raised, model->alarms_closed); // all others are closed
    model->alarms_raised = raised;
}

static void check(struct model *model)
{
    const struct consult *consult = model->clinic.consult;
    struct walk walk = {.model = model};
    consult_each(consult, check_row, &walk);
    check_alarms(model);
    assert_int_equal(walk.position, consult_waiting(consult));
    assert_int_equal(walk.position, model->waiting_told);
    for (unsigned i = 0; i < LAWYERS; i++) {
        char id[8];
        snprintf(id, sizeof(id), "l%u", i);
        assert_memory_equal(consult_duty(consult, id), &model->duties[i], sizeof(model->duties[i]));
        assert_true(walk.lawyer_seen[i] || !consult_of_lawyer(consult, id));
    }
}

// Every ask is open or closed with a reason; no ticket was given twice.
static void check_all_rows(const struct model *model)
{
    for (unsigned i = 1; i < model->row_count; i++) {
        const struct consultation *row = &model->rows[i].row;
        const struct consultation *next = &model->rows[i + 1].row;
        assert_string_not_equal(row->id, "");
        bool is_closed = row->state == CONSULT_CLOSED;
        assert_int_equal(is_closed, row->end_reason != CONSULT_END_NONE);
        assert_int_equal(is_closed, !consult_find(model->clinic.consult, row->id));
        assert_true(next->day > row->day ? next->ticket_no == 1
                                         : next->ticket_no == row->ticket_no + 1);
    }
}

// --- dying and coming back ----------------------------------------------------------------------

static void reload(struct model *model)
{
    struct consult *fresh;
    assert_int_equal(consult_alloc(&fresh), 0);
    clinic_people(fresh, BOOTHS, LAWYERS);
    for (unsigned i = 0; i < LAWYERS; i++)
        assert_int_equal(consult_load_duty(fresh, &model->duties[i]), 0);
    for (unsigned i = 1; i <= model->row_count; i++)
        if (model->rows[i].row.state != CONSULT_CLOSED)
            assert_int_equal(consult_load_consultation(fresh, &model->rows[i].row), 0);
    reload_parties(model, fresh);
    if (model->row_count)
        consult_load_ticket(fresh, model->rows[model->row_count].row.day,
                            model->rows[model->row_count].row.ticket_no);
    for (unsigned i = 0; i < BOOTHS; i++) {
        const struct saved *last = &model->rows[model->last_met[i]];
        if (model->last_met[i] && !last->score)
            assert_int_equal(
                consult_load_unrated(fresh, last->row.booth, last->row.id, last->row.ended_at), 0);
    }
    for (size_t i = 0; i < sizeof(model->alarms) / sizeof(model->alarms[0]); i++)
        if (model->alarms[i].id)
            assert_int_equal(consult_load_alarm(fresh, &model->alarms[i]), 0);
    consult_load_alarm_id(fresh, model->alarms_raised);
    for (int64_t i = 1; i <= model->message_count; i++)
        if (!model->messages[i].answered_at)
            assert_int_equal(consult_load_message(fresh, &model->messages[i]), 0);
    consult_load_message_id(fresh, model->message_count);
    assert_int_equal(consult_waiting(fresh), consult_waiting(model->clinic.consult));
    consult_free(model->clinic.consult);
    model->clinic.consult = fresh;
}

static void crash(struct model *model)
{
    reload(model);
    for (unsigned i = 1; i <= model->row_count; i++)
        model->rows[i].is_room_open = false;
    for (unsigned i = 1; i <= model->row_count; i++)
        memset(model->rows[i].parked, 0, sizeof(model->rows[i].parked));
    memset(model->booth_here, 0, sizeof(model->booth_here));
    memset(model->lawyer_here, 0, sizeof(model->lawyer_here));
    model->clinic.now += clinic_random(&model->seed, 120000);
    consult_resume(model->clinic.consult, model->clinic.now, model->clinic.effects);
    for (size_t i = 0; i < model->clinic.effects->count; i++) {
        const struct consult_effect *effect = &model->clinic.effects->list[i];
        if (effect->kind == CONSULT_SAVE)
            model->rows[number_of(effect->consultation->id)].row = *effect->consultation;
        else
            carry_out(model, effect);
    }
    model->crashes++;
}

// --- the random clinic --------------------------------------------------------------------------

static void random_presence(struct model *model)
{
    char id[8];
    bool is_back = clinic_random(&model->seed, 4) > 0;
    bool is_booth = clinic_random(&model->seed, 2);
    unsigned i = clinic_random(&model->seed, is_booth ? BOOTHS : LAWYERS);
    enum consult_verb verb = is_booth ? (is_back ? CONSULT_BOOTH_BACK : CONSULT_BOOTH_LOST)
                                      : (is_back ? CONSULT_LAWYER_BACK : CONSULT_LAWYER_LOST);
    snprintf(id, sizeof(id), "%c%u", is_booth ? 'b' : 'l', i);
    *(is_booth ? &model->booth_here[i] : &model->lawyer_here[i]) = is_back;
    assert_int_equal(give(model, &(struct consult_command){.verb = verb, .who = id}), 0);
}

static void random_booth(struct model *model)
{
    static const char *const categories[] = {"family", "labour", "nonsense"};
    char who[16], id[CONSULT_ID_MAX];
    snprintf(who, sizeof(who), "b%u", clinic_random(&model->seed, model->asking));
    snprintf(id, sizeof(id), "c-%u", model->row_count + 1);
    uint32_t dice = clinic_random(&model->seed, 10);
    struct consult_command command = {
        .verb = dice < 7   ? CONSULT_ASK
                : dice < 8 ? CONSULT_CANCEL
                           : CONSULT_LEAVE,
        .who = who,
        .consultation = id,
        .category = categories[clinic_random(&model->seed, 8) ? dice % 2 : 2],
        .language = "zh-CN",
        .consent = "2026-11"};
    bool is_ask = command.verb == CONSULT_ASK;
    if (is_ask)
        model->row_count++; // so that save() finds its place
    if (give(model, &command) && is_ask)
        model->row_count--;
}

static void random_lawyer(struct model *model)
{
    static const enum consult_verb verbs[] = {CONSULT_ACCEPT,  CONSULT_ACCEPT,  CONSULT_ACCEPT,
                                              CONSULT_DECLINE, CONSULT_END,     CONSULT_END,
                                              CONSULT_ON_DUTY, CONSULT_ON_DUTY, CONSULT_OFF_DUTY};
    char who[8], id[CONSULT_ID_MAX];
    snprintf(who, sizeof(who), "l%u", clinic_random(&model->seed, LAWYERS));
    const struct consultation *own = consult_of_lawyer(model->clinic.consult, who);
    snprintf(id, sizeof(id), "c-%u", clinic_random(&model->seed, model->row_count + 1));
    if (own && clinic_random(&model->seed, 8))
        snprintf(id, sizeof(id), "%s", own->id);
    give(model, &(struct consult_command){
                    .verb = verbs[clinic_random(&model->seed, 9)],
                    .who = who,
                    .consultation = id,
                    .reason = clinic_random(&model->seed, 5) ? "other" : "conflict_of_interest"});
}

static void random_rating(struct model *model)
{
    char who[8], id[CONSULT_ID_MAX];
    unsigned booth = clinic_random(&model->seed, BOOTHS);
    bool own = clinic_random(&model->seed, 8) > 0;
    snprintf(who, sizeof(who), "b%u", booth);
    snprintf(id, sizeof(id), "c-%u",
             own ? model->last_met[booth] : clinic_random(&model->seed, model->row_count + 1));
    give(model, &(struct consult_command){.verb = CONSULT_RATE,
                                          .who = who,
                                          .consultation = id,
                                          .score = clinic_random(&model->seed, 7)});
}

static void random_message(struct model *model)
{
    char who[8], key[16], half_day[16] = "";
    time_t today = (time_t)((model->clinic.now + CONSULT_DAY_SHIFT_MS) / 1000);
    struct tm day;
    snprintf(who, sizeof(who), "b%u", clinic_random(&model->seed, BOOTHS));
    snprintf(key, sizeof(key), "k-%u", clinic_random(&model->seed, 20));
    if (clinic_random(&model->seed, 2))
        strftime(half_day, sizeof(half_day), "%Y-%m-%d-pm", gmtime_r(&today, &day));
    if (clinic_random(&model->seed, 8) || model->message_count == MESSAGES)
        give(model,
             &(struct consult_command){
                 .verb = CONSULT_ANSWER,
                 .who = "u-1",
                 .message = clinic_random(&model->seed, (uint32_t)model->message_count + 2)});
    else
        give(model, &(struct consult_command){.verb = CONSULT_LEAVE_WORD,
                                              .who = who,
                                              .category = "family",
                                              .text = "13876543210",
                                              .key = key,
                                              .half_day = half_day});
}

static void random_alarm(struct model *model)
{
    bool is_booth = clinic_random(&model->seed, 2);
    char who[8];
    snprintf(who, sizeof(who), "%c%u", is_booth ? 'b' : 'l',
             clinic_random(&model->seed, is_booth ? BOOTHS : LAWYERS));
    if (clinic_random(&model->seed, 2))
        give(model, &(struct consult_command){
                        .verb = CONSULT_CLOSE_ALARM,
                        .who = "u-1",
                        .alarm = clinic_random(&model->seed, (uint32_t)model->alarms_raised + 2)});
    else
        give(model, &(struct consult_command){.verb = CONSULT_ALARM,
                                              .who = who,
                                              .reason = is_booth == !clinic_random(&model->seed, 8)
                                                            ? "panic"
                                                            : "danger"});
}

static void let_time_pass(struct model *model)
{
    int64_t until = model->clinic.now + clinic_random(&model->seed, 3000);
    if (clinic_random(&model->seed, 500) == 0)
        until += clinic_random(&model->seed, 6 * 3600000);
    int64_t deadline;
    while ((deadline = consult_next_deadline(model->clinic.consult)) >= 0 && deadline <= until) {
        if (deadline > model->clinic.now)
            model->clinic.now = deadline;
        give(model, &(struct consult_command){.verb = CONSULT_TICK});
        check(model);
        deadline = consult_next_deadline(model->clinic.consult);
        assert_true(deadline < 0 || deadline > model->clinic.now); // a tick gets things done
    }
    model->clinic.now = until;
}

static void run(uint64_t seed, unsigned booths)
{
    bool is_full = booths == BOOTHS;
    static struct model model; // large
    model = (struct model){.clinic = clinic_new(BOOTHS, LAWYERS), .seed = seed, .asking = booths};
    model.rows = mem_array(ROWS_MAX + 2, sizeof(*model.rows));
    model.parties = mem_array(PARTIES + 1, sizeof(*model.parties));
    assert_true(model.rows && model.parties);
    for (unsigned i = 0; i < LAWYERS; i++)
        snprintf(model.duties[i].lawyer, sizeof(model.duties[i].lawyer), "l%u", i);
    for (unsigned i = 0; i < STEPS && model.row_count < ROWS_MAX; i++) {
        static void (*const kinds[])(struct model *) = {
            random_presence, random_booth,   random_lawyer, random_lawyer,  random_rating,
            random_alarm,    random_message, random_party,  random_transfer};
        kinds[clinic_random(&model.seed, 9)](&model);
        check(&model);
        let_time_pass(&model);
        if (clinic_random(&model.seed, CRASH_ONCE) == 0)
            crash(&model);
    }
    check_all_rows(&model);
    for (unsigned i = CONSULT_END_RESIDENT_LEFT; is_full && i < CONSULT_ENDS; i++)
        assert_true(model.ended[i] > 0); // every way to end was walked
    assert_true(model.rated > 0 && model.alarms_closed > 0 && model.messages_answered > 0);
    print_message("seed %llu: %u consultations, %u crashes, %u refused; left %u, ended %u,"
                  " cancelled %u, no lawyer %u, lost %u, rated %u\n",
                  (unsigned long long)seed, model.row_count, model.crashes, model.refused,
                  model.ended[1], model.ended[2], model.ended[3], model.ended[4], model.ended[5],
                  model.rated);
    print_message("entered %u, joined %u, handed on %u, returned %u\n", model.entered, model.joined,
                  model.handed, model.returned);
    assert_true(model.entered > 0 && model.handed > 0);
    assert_true(is_full || (model.joined > 0 && model.returned > 0));
    mem_free(model.parties);
    mem_free(model.rows);
    clinic_end(&model.clinic);
}

static void test_random_clinic(void **state)
{
    (void)state;
    run(20261105, BOOTHS);
}

// Three booths only: there is always a lawyer to be asked to join, or to take it over.
static void test_random_clinic_with_time(void **state)
{
    (void)state;
    run(20261122, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_clinic),
                                       cmocka_unit_test(test_random_clinic_with_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
