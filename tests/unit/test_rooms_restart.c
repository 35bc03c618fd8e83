// ICE restarts while media flows, through real sockets: nothing is lost, and the new way is used.
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "tests/unit/support/rooms_world.h"

static const struct person_config publisher = {
    .session = "pub", .room = "r1", .participant = "speaker"};
static const struct person_config watcher = {
    .session = "sub", .room = "r1", .participant = "viewer", .watch = true, .together = true};

struct patched {
    bool done;
    enum rooms_result result;
    bool restarted;
    char fragment[4096], etag[ROOMS_ID_MAX];
};

static void on_result(void *arg, const struct rooms_outcome *outcome)
{
    struct patched *patched = arg;
    assert_false(patched->done);
    patched->done = true;
    patched->result = outcome->result;
    patched->restarted = outcome->fragment != NULL;
    assert_int_equal(outcome->fragment != NULL, outcome->etag != NULL);
    text_copy(patched->fragment, sizeof(patched->fragment),
              outcome->fragment ? outcome->fragment : "");
    text_copy(patched->etag, sizeof(patched->etag), outcome->etag ? outcome->etag : "");
}

static bool is_done(struct world *world, void *arg)
{
    (void)world;
    return ((struct patched *)arg)->done;
}

// While `speaker` talks, if there is one.
static void patch(struct world *world, struct person *speaker, const struct rooms_patch *with,
                  struct patched *patched)
{
    memset(patched, 0, sizeof(*patched));
    rooms_trickle(world->rooms, with, on_result, patched);
    assert_false(patched->done);
    assert_true(speaker ? world_talk(world, speaker, is_done, patched)
                        : world_until(world, is_done, patched));
}

static void restart(struct world *world, struct person *speaker, struct person *person, bool move)
{
    char fragment[512];
    struct patched patched;
    assert_int_equal(rtc_client_restart(person->client, fragment, sizeof(fragment)), 0);
    const struct rooms_patch with = {.session = person->session,
                                     .etag = person->etag,
                                     .fragment = fragment,
                                     .len = strlen(fragment)};
    patch(world, speaker, &with, &patched);
    assert_int_equal(patched.result, ROOMS_OK);
    assert_true(patched.restarted);
    assert_true(strlen(patched.etag) >= 20);
    assert_string_not_equal(patched.etag, person->etag);
    text_copy(person->etag, sizeof(person->etag), patched.etag);
    assert_int_equal(rtc_client_restarted(person->client, patched.fragment, move, clock_us()), 0);
}

static bool is_checked(struct world *world, void *arg)
{
    (void)world;
    return rtc_client_checked(((struct person *)arg)->client);
}

struct more {
    const struct person *person;
    uint32_t packets;
};

static bool has_more(struct world *world, void *arg)
{
    const struct more *more = arg;
    (void)world;
    return more->person->got[1].packets >= more->packets;
}

// Frames long enough that whatever was under way has come.
static void talk_more(struct world *world, struct person *speaker, struct person *viewer)
{
    struct more more = {viewer, viewer->got[1].packets + 60};
    assert_true(world_talk(world, speaker, has_more, &more));
}

static bool has_all(struct world *world, void *arg)
{
    const struct person *viewer = arg;
    (void)world;
    return viewer->got[1].number + 1 == world->people[0].video_sent;
}

struct flow {
    struct world world;
    struct person *speaker, *viewer;
    uint32_t first; // number of the viewer's first packet of pictures
};

static void flow_open(struct flow *flow)
{
    world_open(&flow->world, NULL);
    flow->speaker = world_connect(&flow->world, &publisher);
    flow->viewer = world_connect(&flow->world, &watcher);
    assert_true(world_talk(&flow->world, flow->speaker, world_some_media, flow->viewer));
    assert_int_equal(flow->viewer->got[1].gaps, 0);
    flow->first = flow->viewer->got[1].number + 1 - flow->viewer->got[1].packets;
}

// Nothing is lost when the old way is closed: media has left it.
static void leave(struct flow *flow, struct person *person)
{
    talk_more(&flow->world, flow->speaker, flow->viewer);
    rtc_client_leave(person->client);
    talk_more(&flow->world, flow->speaker, flow->viewer);
}

// Every packet that was sent has come, once, and nobody was connected twice.
static void flow_close(struct flow *flow)
{
    assert_true(world_until(&flow->world, has_all, flow->viewer));
    assert_int_equal(flow->viewer->got[1].packets, flow->speaker->video_sent - flow->first);
    assert_int_equal(flow->viewer->got[0].foreign + flow->viewer->got[1].foreign, 0);
    assert_int_equal(rtc_client_stats(flow->viewer->client).refused, 0);
    assert_int_equal(world_count(&flow->world, "connected"), 2);
    assert_int_equal(world_count(&flow->world, "ended"), 0);
    world_close(&flow->world);
}

static void test_publisher_restarts(void **state)
{
    struct flow flow;
    (void)state;
    for (int move = 0; move < 2; move++) {
        flow_open(&flow);
        restart(&flow.world, flow.speaker, flow.speaker, move);
        assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.speaker));
        leave(&flow, flow.speaker);
        flow_close(&flow);
    }
}

static void test_watcher_restarts(void **state)
{
    struct flow flow;
    (void)state;
    for (int move = 0; move < 2; move++) {
        flow_open(&flow);
        restart(&flow.world, flow.speaker, flow.viewer, move);
        assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.viewer));
        leave(&flow, flow.viewer);
        flow_close(&flow);
    }
}

// Between the answer and the first new check all goes the old way.
static void test_media_goes_on_before_the_first_new_check(void **state)
{
    char fragment[512];
    struct patched patched;
    struct flow flow;
    (void)state;
    flow_open(&flow);
    assert_int_equal(rtc_client_restart(flow.viewer->client, fragment, sizeof(fragment)), 0);
    const struct rooms_patch with = {
        .session = "sub", .fragment = fragment, .len = strlen(fragment)}; // "*"
    patch(&flow.world, flow.speaker, &with, &patched);
    assert_true(patched.restarted);
    talk_more(&flow.world, flow.speaker, flow.viewer);
    assert_int_equal(rtc_client_restarted(flow.viewer->client, patched.fragment, true, clock_us()),
                     0);
    assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.viewer));
    talk_more(&flow.world, flow.speaker, flow.viewer);
    flow_close(&flow);
}

static void test_over_tcp(void **state)
{
    struct person_config by_tcp = watcher;
    struct world world;
    (void)state;
    world_open(&world, NULL);
    by_tcp.tcp = true;
    struct person *speaker = world_connect(&world, &publisher);
    struct person *viewer = world_connect(&world, &by_tcp);
    assert_true(world_talk(&world, speaker, world_some_media, viewer));
    restart(&world, speaker, viewer, false);
    assert_true(world_talk(&world, speaker, is_checked, viewer));
    talk_more(&world, speaker, viewer);
    assert_int_equal(viewer->got[1].gaps + viewer->got[1].disorder, 0);
    world_close(&world);
}

static void test_restart_again_and_again(void **state)
{
    struct flow flow;
    (void)state;
    flow_open(&flow);
    for (int n = 0; n < 5; n++) {
        restart(&flow.world, flow.speaker, flow.viewer, false); // the former may not be over
        restart(&flow.world, flow.speaker, flow.speaker, false);
    }
    assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.viewer));
    assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.speaker));
    talk_more(&flow.world, flow.speaker, flow.viewer);
    flow_close(&flow);
}

static void test_refused_restart_changes_nothing(void **state)
{
    static const struct {
        const char *fragment;
        bool old_etag;
        enum rooms_result result;
    } cases[] = {
        {"a=ice-ufrag:newu\r\n", false, ROOMS_BAD_FRAGMENT},
        {"a=ice-ufrag:ne\r\na=ice-pwd:0123456789012345678901\r\n", false, ROOMS_BAD_FRAGMENT},
        {"a=ice-ufrag:newu\r\na=ice-pwd:short\r\n", false, ROOMS_BAD_FRAGMENT},
        {"a=ice-ufrag:newu\r\na=ice-pwd:0123456789012345678901\r\na=candidate:1\r\n", false,
         ROOMS_BAD_FRAGMENT},
        {"a=ice-ufrag:newu\r\na=ice-pwd:0123456789012345678901\r\n", true, ROOMS_ETAG_MISMATCH},
    };
    char old_etag[ROOMS_ID_MAX];
    struct patched patched;
    struct flow flow;
    (void)state;
    flow_open(&flow);
    text_copy(old_etag, sizeof(old_etag), flow.viewer->etag);
    restart(&flow.world, flow.speaker, flow.viewer, false);
    assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.viewer));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct rooms_patch with = {.session = "sub",
                                         .etag = cases[i].old_etag ? old_etag : flow.viewer->etag,
                                         .fragment = cases[i].fragment,
                                         .len = strlen(cases[i].fragment)};
        patch(&flow.world, flow.speaker, &with, &patched);
        assert_int_equal(patched.result, cases[i].result);
        assert_false(patched.restarted);
    }
    // Neither the credentials nor the ETag have changed: the session restarts as if nothing was.
    restart(&flow.world, flow.speaker, flow.viewer, true);
    assert_true(world_talk(&flow.world, flow.speaker, is_checked, flow.viewer));
    talk_more(&flow.world, flow.speaker, flow.viewer);
    flow_close(&flow);
}

static void test_restart_before_the_first_check_and_of_nobody(void **state)
{
    char fragment[512];
    struct patched patched;
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_enter(&world, &publisher);
    restart(&world, NULL, speaker, false);
    assert_true(world_wait_event(&world, "connected pub"));
    assert_int_equal(rtc_client_restart(speaker->client, fragment, sizeof(fragment)), 0);
    const struct rooms_patch nobody = {
        .session = "nobody", .fragment = fragment, .len = strlen(fragment)};
    patch(&world, NULL, &nobody, &patched);
    assert_int_equal(patched.result, ROOMS_NO_SESSION);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_publisher_restarts),
        cmocka_unit_test(test_watcher_restarts),
        cmocka_unit_test(test_media_goes_on_before_the_first_new_check),
        cmocka_unit_test(test_over_tcp),
        cmocka_unit_test(test_restart_again_and_again),
        cmocka_unit_test(test_refused_restart_changes_nothing),
        cmocka_unit_test(test_restart_before_the_first_check_and_of_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
