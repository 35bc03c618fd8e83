#include "tests/unit/support/store_case.h"

#include <errno.h>

#include "signaling/control_inside.h"

// What the desk asks for and the clinic's commands, as they come between each other's rows: what is
// known in memory and what is in the database stay the same.

#define MINUTE 60000ll
#define HOUR   (60 * MINUTE)

struct world {
    struct store_case store;
    struct control control;
    int64_t from; // of 陈敏's shift "s-1"
};

// What was asked for, and what it came to.
struct asked {
    bool done;
    int err;
    char slug[40];
};

static void answered(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct asked *asked = arg;
    (void)result;
    *asked = (struct asked){.done = true, .err = err};
    snprintf(asked->slug, sizeof(asked->slug), "%s", problem ? problem->slug : "");
}

static void wait_for(struct world *world, const bool *done)
{
    int64_t deadline = clock_us() + 60 * INT64_C(1000000);
    while (!*done && clock_us() < deadline)
        loop_step(world->control.loop, 50000);
    assert_true(*done);
}

static void desk(struct world *world, enum desk_verb verb, const struct desk_request *request,
                 struct asked *asked)
{
    struct desk_request own = *request;
    own.actor = "u-desk";
    control_desk(&world->control, verb, &own, answered, asked);
}

static void clinic(struct world *world, const struct consult_command *command, struct asked *asked)
{
    struct consult_command own = *command;
    own.who = "u-desk";
    carry_consult(&world->control, &own, answered, asked);
}

static void done(struct world *world, const struct asked *asked)
{
    wait_for(world, &asked->done);
    assert_string_equal(asked->slug, "");
    assert_int_equal(asked->err, 0);
}

// One appointment is asked for, in the shift of 陈敏.
static void book(struct world *world)
{
    struct consult_appointment wanted = {.kind = APPOINTMENT_LAWYER,
                                         .place = "b-demo",
                                         .lawyer = "u-lawyer-2",
                                         .category = "family",
                                         .phone = "13876543210",
                                         .starts_at = world->from + HOUR,
                                         .ends_at = world->from + 2 * HOUR};
    struct asked asked = {0};
    clinic(world, &(struct consult_command){.verb = CONSULT_BOOK, .wanted = &wanted}, &asked);
    done(world, &asked);
}

static int setup(void **state)
{
    static struct world world;
    static struct consult_effects effects;
    static struct lecture_effects lecture_effects;
    struct asked asked = {0};
    world = (struct world){.from = clock_wall_ms() + HOUR};
    store_case_new(&world.store);
    world.control = (struct control){.loop = world.store.loop,
                                     .store = world.store.store,
                                     .consult = world.store.consult,
                                     .lectures = world.store.lectures,
                                     .consult_effects = &effects,
                                     .lecture_effects = &lecture_effects};
    const struct api_config config = {
        .people = &control_people, .ops_arg = &world.control, .loop = world.control.loop};
    const struct rooms_config rooms = {.shards = 1, .listen = {"127.0.0.1"}};
    assert_int_equal(api_alloc(&world.control.api, &config), 0);
    assert_int_equal(rooms_alloc(&world.control.rooms, &rooms, &control_rooms_handlers,
                                 &world.control, world.control.loop),
                     0);
    const struct consult_shift shift = {.id = "s-1",
                                        .lawyer = "u-lawyer-2",
                                        .starts_at = world.from,
                                        .ends_at = world.from + 4 * HOUR};
    desk(&world, DESK_SHIFTS_ADD, &(const struct desk_request){.shifts = &shift, .shift_count = 1},
         &asked);
    done(&world, &asked);
    book(&world);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    loop_timer_stop(world->control.loop, &world->control.consult_timer);
    rooms_free(world->control.rooms);
    api_free(world->control.api);
    world->store.consult = world->control.consult; // read again meanwhile, it may be
    world->store.lectures = world->control.lectures;
    store_case_end(&world->store);
    return 0;
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

// --- what is in the database ---------------------------------------------------------------------

struct fresh {
    bool done;
    struct consult *consult;
    struct lectures *lectures;
};

static void on_reload(void *arg, int err, struct consult *consult, struct lectures *lectures,
                      int64_t last_event)
{
    (void)last_event;
    assert_int_equal(err, 0);
    *(struct fresh *)arg = (struct fresh){true, consult, lectures};
}

static const char *lawyer_of_shift(const struct consult *consult)
{
    const struct consult_shift *shift = consult_shift(consult, "s-1");
    return shift ? shift->lawyer : "";
}

// Whose the appointment and its shift are, in memory and in the rows; "" for none.
static void assert_whose(struct world *world, const char *appointment, const char *shift,
                         enum appointment_state state)
{
    struct fresh fresh = {0};
    assert_int_equal(store_reload(world->control.store, on_reload, &fresh), 0);
    wait_for(world, &fresh.done);
    const struct consult *both[] = {world->control.consult, fresh.consult};
    for (size_t i = 0; i < 2; i++) {
        const struct consult_appointment *row = consult_appointment(both[i], 1);
        assert_non_null(row);
        assert_string_equal(row->lawyer, appointment);
        assert_int_equal(row->state, state);
        assert_string_equal(lawyer_of_shift(both[i]), shift);
    }
    consult_free(fresh.consult);
    lectures_free(fresh.lectures);
}

// --- two at once ---------------------------------------------------------------------------------

static const struct consult_command approve = {.verb = CONSULT_APPROVE, .appointment = 1};
static const struct desk_request hand = {.shift = "s-1", .lawyer = "u-lawyer-1"};
static const struct desk_request end = {.shift = "s-1"};

static void approved_while_its_shift_is_handed_over(void **state)
{
    struct world *world = *state;
    struct asked handed = {0}, approved = {0};
    desk(world, DESK_SHIFT_HAND, &hand, &handed);
    clinic(world, &approve, &approved);
    done(world, &handed);
    done(world, &approved);
    assert_whose(world, "u-lawyer-1", "u-lawyer-1", APPOINTMENT_APPROVED);
}

static void handed_over_while_it_is_approved(void **state)
{
    struct world *world = *state;
    struct asked handed = {0}, approved = {0};
    clinic(world, &approve, &approved);
    desk(world, DESK_SHIFT_HAND, &hand, &handed);
    done(world, &handed);
    done(world, &approved);
    assert_whose(world, "u-lawyer-1", "u-lawyer-1", APPOINTMENT_APPROVED);
}

static void not_approved_in_a_shift_that_ends(void **state)
{
    struct world *world = *state;
    struct asked ended = {0}, approved = {0};
    desk(world, DESK_SHIFT_END, &end, &ended);
    clinic(world, &approve, &approved);
    done(world, &ended);
    wait_for(world, &approved.done);
    assert_string_equal(approved.slug, "not-on-duty");
    assert_whose(world, "u-lawyer-2", "", APPOINTMENT_REQUESTED);
}

static void no_end_of_a_shift_while_one_is_approved_in_it(void **state)
{
    struct world *world = *state;
    struct asked ended = {0}, approved = {0};
    clinic(world, &approve, &approved);
    desk(world, DESK_SHIFT_END, &end, &ended);
    done(world, &approved);
    wait_for(world, &ended.done);
    assert_string_equal(ended.slug, "has-appointments");
    assert_whose(world, "u-lawyer-2", "u-lawyer-2", APPOINTMENT_APPROVED);
}

// --- no memory -----------------------------------------------------------------------------------

// Changes when one of these rows does, or the audit log.
#define ROWS(from) "SELECT count(*) + 1000 * (SELECT max(n) FROM audit) FROM " from

static void hand_it_over(struct world *world, struct asked *asked)
{
    desk(world, DESK_SHIFT_HAND, &hand, asked);
}

static void end_it(struct world *world, struct asked *asked)
{
    desk(world, DESK_SHIFT_END, &end, asked);
}

static void end_session(struct world *world, struct asked *asked)
{
    const struct account_request request = {
        .actor = "u-lawyer-1", .id = "u-lawyer-1", .session = "0123456789abcdef"};
    control_account(&world->control, ACCOUNT_END, &request, answered, asked);
}

static bool is_read(struct world *world)
{
    int64_t deadline = clock_us() + 60 * INT64_C(1000000);
    while (world->control.reloading && clock_us() < deadline)
        loop_step(world->control.loop, 50000);
    world->control.reload_wait_us = 0; // the next one is no sooner for it
    return !world->control.reloading;
}

// Refuses each allocation in turn while it is asked for; how often it could not be.
static long fails_without_memory(struct world *world,
                                 void (*ask)(struct world *world, struct asked *asked),
                                 const char *unchanged)
{
    for (long nth = 0;; nth++) {
        struct asked asked = {0};
        int64_t before = store_case_look(&world->store, unchanged);
        mem_fail_after(nth);
        ask(world, &asked);
        mem_fail_after(-1);
        wait_for(world, &asked.done);
        assert_true(is_read(world));
        if (!asked.err)
            return nth;
        assert_string_equal(asked.slug, "not-saved");
        assert_int_equal(store_case_look(&world->store, unchanged), before);
    }
}

static void a_shift_is_not_handed_over_without_memory(void **state)
{
    struct world *world = *state;
    struct asked approved = {0};
    clinic(world, &approve, &approved);
    done(world, &approved);
    assert_true(fails_without_memory(world, hand_it_over,
                                     ROWS("shift s JOIN appointment a USING (lawyer)"
                                          " WHERE s.lawyer = 'u-lawyer-2'")) > 4);
    assert_whose(world, "u-lawyer-1", "u-lawyer-1", APPOINTMENT_APPROVED);
}

static void a_shift_does_not_end_without_memory(void **state)
{
    struct world *world = *state;
    assert_true(fails_without_memory(world, end_it, ROWS("shift")) > 2);
    assert_whose(world, "u-lawyer-2", "", APPOINTMENT_REQUESTED);
}

static void a_session_does_not_end_without_memory(void **state)
{
    struct world *world = *state;
    const struct store_sign_in sign_in = {
        .hash = "0123456789abcdef0123", .user = "u-lawyer-1", .address = "127.0.0.1"};
    struct answer added = {0};
    assert_int_equal(
        store_session_add(world->control.store, &sign_in, clock_wall_ms(), on_plain, &added), 0);
    wait_for(world, &added.done);
    assert_int_equal(added.err, 0);
    assert_true(fails_without_memory(world, end_session, ROWS("session")) > 2);
    assert_int_equal(store_case_look(&world->store, "SELECT count(*) FROM session"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(approved_while_its_shift_is_handed_over),
        WORLD_TEST(handed_over_while_it_is_approved),
        WORLD_TEST(not_approved_in_a_shift_that_ends),
        WORLD_TEST(no_end_of_a_shift_while_one_is_approved_in_it),
        WORLD_TEST(a_shift_is_not_handed_over_without_memory),
        WORLD_TEST(a_shift_does_not_end_without_memory),
        WORLD_TEST(a_session_does_not_end_without_memory),
    };
    return cmocka_run_group_tests_name("errand", tests, NULL, NULL);
}
