// Sessions that this gateway begins itself, as the client of another server: here of its own, which
// answers as an ICE-lite end or, behind a NAT, as one with full ICE.
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "tests/unit/support/rooms_world.h"

static const struct person_config speaker = {
    .session = "pub", .room = "r1", .participant = "speaker", .source = ROOMS_HALL};

// One answer of the rooms: to a dial, to a request, or to an answer.
struct reply {
    bool done;
    int status;
    enum rooms_result result;
    char sdp[16384], etag[ROOMS_ID_MAX], field[64], detail[256];
};

static void on_answer(void *arg, const struct rooms_answer *answer)
{
    struct reply *reply = arg;
    assert_false(reply->done);
    reply->done = true;
    reply->status = answer->status;
    text_copy(reply->sdp, sizeof(reply->sdp), answer->sdp ? answer->sdp : "");
    text_copy(reply->etag, sizeof(reply->etag), answer->etag ? answer->etag : "");
    text_copy(reply->detail, sizeof(reply->detail), answer->detail ? answer->detail : "");
}

static void on_result(void *arg, const struct rooms_outcome *outcome)
{
    struct reply *reply = arg;
    assert_false(reply->done);
    reply->done = true;
    reply->result = outcome->result;
    text_copy(reply->field, sizeof(reply->field), outcome->field ? outcome->field : "");
    text_copy(reply->detail, sizeof(reply->detail), outcome->detail ? outcome->detail : "");
}

static bool is_done(struct world *world, void *arg)
{
    (void)world;
    return ((struct reply *)arg)->done;
}

static void dial(struct world *world, const struct rooms_dial *wanted, struct reply *reply)
{
    memset(reply, 0, sizeof(*reply));
    rooms_dial(world->rooms, wanted, on_answer, reply);
    assert_false(reply->done);
    assert_true(world_until(world, is_done, reply));
}

// The server's side, with a dialled offer.
static void serve(struct world *world, bool publish, const char *session, const char *room,
                  const char *offer, struct reply *reply)
{
    const struct rooms_request request = {.session = session,
                                          .room = room,
                                          .participant = "gateway",
                                          .offer = offer,
                                          .offer_len = strlen(offer),
                                          .source = ROOMS_HALL};
    memset(reply, 0, sizeof(*reply));
    (publish ? rooms_publish : rooms_watch)(world->rooms, &request, on_answer, reply);
    assert_true(world_until(world, is_done, reply));
}

static void conclude(struct world *world, const char *session, const char *answer,
                     struct reply *reply)
{
    const struct rooms_patch patch = {
        .session = session, .fragment = answer, .len = strlen(answer)};
    memset(reply, 0, sizeof(*reply));
    rooms_conclude(world->rooms, &patch, on_result, reply);
    assert_true(world_until(world, is_done, reply));
}

static bool has_connected(struct world *world, void *arg)
{
    (void)arg;
    return world_count(world, "connected dialled") && world_count(world, "connected served");
}

static void connect_all(struct world *world, bool publish, const char *here, const char *there)
{
    static struct reply offer, answer, result;
    const struct rooms_dial wanted = {.session = "dialled",
                                      .room = here,
                                      .participant = "pull",
                                      .publish = publish,
                                      .source = ROOMS_HALL};
    dial(world, &wanted, &offer);
    assert_int_equal(offer.status, 201);
    assert_null(strstr(offer.sdp, "a=ice-lite"));
    assert_non_null(strstr(offer.sdp, "a=candidate:"));
    assert_non_null(strstr(offer.sdp, "a=end-of-candidates"));
    serve(world, !publish, "served", there, offer.sdp, &answer);
    if (answer.status != 201)
        fail_msg("%d %s\n%s", answer.status, answer.detail, offer.sdp);
    conclude(world, "dialled", answer.sdp, &result);
    if (result.result != ROOMS_OK)
        fail_msg("%s\n%s", result.detail, answer.sdp);
    assert_true(world_until(world, has_connected, NULL));
}

static void watch_and_check(struct world *world, struct person *talker, const char *room)
{
    const struct person_config config = {
        .session = "sub", .room = room, .participant = "viewer", .watch = true};
    struct person *viewer = world_connect(world, &config);
    assert_true(world_talk(world, talker, world_some_media, viewer));
    for (int kind = 0; kind < 2; kind++) {
        assert_int_equal(viewer->got[kind].tag, talker->tag);
        assert_int_equal(viewer->got[kind].foreign, 0);
        assert_int_equal(viewer->got[kind].disorder, 0);
        assert_int_equal(viewer->got[kind].gaps, 0);
    }
    assert_true(viewer->got[1].started_with_key);
}

static bool never(struct world *world, void *arg)
{
    return world_count(world, arg) > 0;
}

// A room's pictures reach the viewers of another room by a session from one to the other.
static void check_pull(bool full_ice)
{
    struct world world;
    world_open(&world, &(struct rooms_config){.full_ice = full_ice});
    // The people of these tests are ICE-lite ends' clients: they come as long as the server is one.
    struct person *talker = full_ice ? NULL : world_connect(&world, &speaker);
    connect_all(&world, true, "r2", "r1");
    if (talker) {
        char added[] = "added r2 pull hall";
        assert_true(world_talk(&world, talker, never, added));
        watch_and_check(&world, talker, "r2");
    }
    world_close(&world);
}

static void test_pull_from_an_ice_lite_server(void **state)
{
    (void)state;
    check_pull(false);
}

static void test_pull_from_a_server_with_full_ice(void **state)
{
    (void)state;
    check_pull(true);
}

static void test_push(void **state)
{
    (void)state;
    struct world world;
    char added[] = "added r3 gateway hall";
    world_open(&world, NULL);
    struct person *talker = world_connect(&world, &speaker);
    connect_all(&world, false, "r1", "r3");
    assert_true(world_talk(&world, talker, never, added));
    watch_and_check(&world, talker, "r3");
    world_close(&world);
}

// Whoever ends it, the other side is told at once by close_notify.
static void test_either_end_ends_both(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct world world;
        struct reply reply = {0};
        world_open(&world, NULL);
        connect_all(&world, true, "r2", "r1");
        rooms_end_session(world.rooms, ours ? "dialled" : "served", on_result, &reply);
        assert_true(world_until(&world, is_done, &reply));
        assert_true(
            world_wait_event(&world, ours ? "ended dialled closed" : "ended served closed"));
        assert_true(
            world_wait_event(&world, ours ? "ended served remote" : "ended dialled remote"));
        world_close(&world);
    }
}

static void check_refused(struct world *world, const char *answer, enum rooms_result why,
                          const char *field)
{
    static struct reply result;
    conclude(world, "dialled", answer, &result);
    assert_int_equal(result.result, why);
    if (field)
        assert_string_equal(result.field, field);
    assert_true(result.detail[0]);
}

// A refusal changes nothing: the right answer may still come.
static void test_bad_answers_are_named(void **state)
{
    (void)state;
    struct world world;
    static struct reply offer, answer, result;
    const struct rooms_dial wanted = {
        .session = "dialled", .room = "r2", .participant = "pull", .publish = true};
    world_open(&world, NULL);
    dial(&world, &wanted, &offer);
    assert_int_equal(offer.status, 201);
    check_refused(&world, "", ROOMS_BAD_ANSWER, NULL);
    check_refused(&world, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", ROOMS_BAD_ANSWER,
                  "m=");
    check_refused(&world, offer.sdp, ROOMS_ANSWER_REFUSED, NULL); // both would receive
    serve(&world, false, "served", "r1", offer.sdp, &answer);
    conclude(&world, "dialled", answer.sdp, &result);
    assert_int_equal(result.result, ROOMS_OK);
    assert_true(world_until(&world, has_connected, NULL));
    conclude(&world, "dialled", answer.sdp, &result);
    assert_int_equal(result.result, ROOMS_NO_OFFER);
    world_close(&world);
}

static void test_answer_without_a_dial(void **state)
{
    (void)state;
    struct world world;
    static struct reply result;
    world_open(&world, NULL);
    conclude(&world, "nobody", "v=0\r\n", &result);
    assert_int_equal(result.result, ROOMS_NO_SESSION);
    struct person *talker = world_connect(&world, &speaker);
    conclude(&world, talker->session, "v=0\r\n", &result);
    assert_int_equal(result.result, ROOMS_NO_OFFER);
    assert_int_equal(world_count(&world, "ended"), 0);
    world_close(&world);
}

static void on_answer_kept(void *arg, const struct rooms_answer *answer)
{
    (void)answer;
    ++*(unsigned *)arg;
}

// Every request is answered, also when everything stops meanwhile.
static void test_stop_while_gathering(void **state)
{
    (void)state;
    struct world world;
    unsigned answered = 0;
    world_open(&world, &(struct rooms_config){.shards = 2});
    for (unsigned i = 0; i < 20; i++) {
        char session[16];
        snprintf(session, sizeof(session), "d%u", i);
        const struct rooms_dial wanted = {
            .session = session, .room = "r2", .participant = "pull", .publish = i % 2};
        rooms_dial(world.rooms, &wanted, on_answer_kept, &answered);
    }
    world_close(&world);
    assert_int_equal(answered, 20);
}

static unsigned descriptors(void)
{
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static bool has_ended(struct world *world, void *arg)
{
    (void)arg;
    return world_count(world, "ended dialled") && world_count(world, "ended served");
}

struct fewer {
    unsigned descriptors;
};

static bool are_back(struct world *world, void *arg)
{
    (void)world;
    return descriptors() <= ((struct fewer *)arg)->descriptors;
}

// Sessions that come and go leave nothing behind; half of them end before ICE has connected.
static void test_many_dials(void **state)
{
    (void)state;
    struct world world;
    static struct reply offer, answer, result, ended;
    const struct rooms_dial wanted = {
        .session = "dialled", .room = "r2", .participant = "pull", .publish = true};
    world_open(&world, &(struct rooms_config){.full_ice = true});
    struct fewer fewer = {0};
    for (unsigned i = 0; i < 60; i++) {
        world.event_count = 0;
        memset(&ended, 0, sizeof(ended));
        dial(&world, &wanted, &offer);
        serve(&world, false, "served", "r1", offer.sdp, &answer);
        if (i % 2) {
            conclude(&world, "dialled", answer.sdp, &result);
            assert_true(world_until(&world, has_connected, NULL));
        } else {
            rooms_end_session(world.rooms, "served", NULL, NULL);
        }
        rooms_end_session(world.rooms, "dialled", on_result, &ended);
        assert_true(world_until(&world, is_done, &ended));
        assert_true(world_until(&world, has_ended, NULL));
        if (i == 9) // whatever is made once is there
            fewer.descriptors = descriptors();
    }
    assert_true(world_until(&world, are_back, &fewer));
    world_close(&world);
}

// Whichever allocation fails, every question is answered, and nothing is lost.
static void test_out_of_memory(void **state)
{
    (void)state;
    static struct reply offer, answer, result;
    const struct rooms_dial wanted = {
        .session = "dialled", .room = "r2", .participant = "pull", .publish = true};
    for (long nth = 0; nth < 40; nth++) {
        struct world world;
        world_open(&world, &(struct rooms_config){.full_ice = true});
        mem_fail_after(nth);
        dial(&world, &wanted, &offer);
        if (offer.status == 201) {
            serve(&world, false, "served", "r1", offer.sdp, &answer);
            if (answer.status == 201)
                conclude(&world, "dialled", answer.sdp, &result);
        }
        assert_true(offer.status == 201 || offer.status == 503);
        mem_fail_after(-1);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pull_from_an_ice_lite_server),
        cmocka_unit_test(test_pull_from_a_server_with_full_ice),
        cmocka_unit_test(test_push),
        cmocka_unit_test(test_either_end_ends_both),
        cmocka_unit_test(test_bad_answers_are_named),
        cmocka_unit_test(test_answer_without_a_dial),
        cmocka_unit_test(test_stop_while_gathering),
        cmocka_unit_test(test_many_dials),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
