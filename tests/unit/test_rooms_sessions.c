#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/rooms/room.h"
#include "tests/unit/support/rooms_world.h"

// Sessions as WHIP and WHEP see them: refusals, ends, memory.

static const struct person_config publisher = {
    .session = "pub", .room = "r1", .participant = "speaker"};
static const struct person_config watcher = {
    .session = "sub", .room = "r1", .participant = "viewer", .watch = true, .together = true};

static bool three_frames(struct world *world, void *arg)
{
    const struct person *person = arg;
    (void)world;
    return person->video_sent >= 9;
}

static void on_result(void *arg, const struct rooms_outcome *outcome)
{
    struct world *world = arg;
    assert_non_null(outcome->detail);
    world->result = outcome->result;
    world->results++;
}

static bool has_result(struct world *world, void *arg)
{
    return world->results >= *(unsigned *)arg;
}

static enum rooms_result wait_result(struct world *world)
{
    unsigned wanted = world->results + 1;
    assert_true(world_until(world, has_result, &wanted));
    return world->result;
}

// --- refusals -----------------------------------------------------------------------------------

struct heard {
    int status, calls;
    char field[64];
    unsigned retry_after;
};

static void on_answer(void *arg, const struct rooms_answer *answer)
{
    struct heard *heard = arg;
    heard->status = answer->status;
    heard->calls++;
    heard->retry_after = answer->retry_after;
    snprintf(heard->field, sizeof(heard->field), "%s", answer->field ? answer->field : "");
    assert_true(answer->status == 201 || answer->detail[0]);
}

static struct heard ask(struct world *world, const struct rooms_request *request, bool watch)
{
    struct heard heard = {0};
    (watch ? rooms_watch : rooms_publish)(world->rooms, request, on_answer, &heard);
    assert_int_equal(heard.calls, 0); // never inside the request
    for (unsigned i = 0; !heard.calls && i < 2000; i++)
        world_step(world);
    for (unsigned i = 0; i < 3; i++)
        world_step(world);
    assert_int_equal(heard.calls, 1);
    return heard;
}

static void test_bad_requests_name_the_field(void **state)
{
    static const char cut[] = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n";
    static char long_name[100];
    struct world world;
    (void)state;
    memset(long_name, 'x', sizeof(long_name) - 1);
    world_open(&world, NULL);
    struct rooms_request good = {.session = "s",
                                 .room = "r1",
                                 .participant = "p",
                                 .offer = cut,
                                 .offer_len = sizeof(cut) - 1};
    assert_true(ask(&world, &good, false).status == 400 || ask(&world, &good, false).status == 422);
    struct rooms_request bad = good;
    bad.room = "no/slash";
    assert_string_equal(ask(&world, &bad, false).field, "room");
    bad.room = long_name;
    assert_int_equal(ask(&world, &bad, true).status, 400);
    bad = good;
    bad.session = "";
    assert_string_equal(ask(&world, &bad, false).field, "session");
    bad = good;
    bad.participant = long_name;
    assert_string_equal(ask(&world, &bad, false).field, "participant");
    bad = good;
    bad.publication = "nobody";
    assert_int_equal(ask(&world, &bad, true).status, 404);
    bad = good;
    bad.offer_len = 1 << 20;
    assert_string_equal(ask(&world, &bad, false).field, "sdp");
    bad.offer_len = 0;
    assert_int_equal(ask(&world, &bad, false).status, 400);
    assert_int_equal(world_metric(&world, "banyan_sessions{role=\"publisher\"} "), 0);
    world_close(&world);
}

static void test_too_many_sessions(void **state)
{
    static const struct rooms_config config = {.sessions_max = 2};
    struct world world;
    (void)state;
    world_open(&world, &config);
    struct person_config one = watcher, two = watcher, three = watcher;
    one.session = "one";
    two.session = "two";
    three.session = "three";
    assert_int_equal(world_enter(&world, &one)->status, 201);
    assert_int_equal(world_enter(&world, &two)->status, 201);
    struct person *refused = world_enter(&world, &three);
    assert_int_equal(refused->status, 503);
    assert_true(refused->retry_after > 0);
    rooms_end_session(world.rooms, "one", on_result, &world);
    assert_int_equal(wait_result(&world), ROOMS_OK);
    assert_true(world_wait_event(&world, "ended one closed"));
    three.session = "four";
    assert_int_equal(world_enter(&world, &three)->status, 201);
    world_close(&world);
}

// One more publisher of a room, who offers and never comes.
static struct heard claim(struct world *world, const char *offer, unsigned session, unsigned who)
{
    char id[16], participant[16];
    snprintf(id, sizeof(id), "s%u", session);
    snprintf(participant, sizeof(participant), "p%u", who);
    const struct rooms_request request = {.session = id,
                                          .room = "r1",
                                          .participant = participant,
                                          .offer = offer,
                                          .offer_len = strlen(offer)};
    return ask(world, &request, false);
}

static void test_a_full_room_refuses_at_the_door(void **state)
{
    struct world world;
    struct rtc_client *client = NULL;
    (void)state;
    world_open(&world, NULL);
    struct rtc_config of = {.identity = world.identity, .role = RTC_PUBLISH, .audio = true};
    assert_int_equal(rtc_client_alloc(&client, &of), 0);
    const char *offer = rtc_client_offer(client);
    for (unsigned i = 0; i < ROOM_PUBLICATIONS_MAX; i++)
        assert_int_equal(claim(&world, offer, i, i).status, 201);
    struct heard refused = claim(&world, offer, 100, 100);
    assert_int_equal(refused.status, 503);
    assert_string_equal(refused.field, "room");
    assert_true(refused.retry_after > 0);
    assert_int_equal(claim(&world, offer, 101, 5).status, 201); // again the same publication
    assert_int_equal(world_enter(&world, &watcher)->status, 201);
    struct person_config elsewhere = publisher;
    elsewhere.room = "r2";
    assert_int_equal(world_enter(&world, &elsewhere)->status, 201);

    rooms_end_session(world.rooms, "s101", on_result, &world);
    assert_int_equal(wait_result(&world), ROOMS_OK);
    assert_true(world_wait_event(&world, "ended s101 closed"));
    assert_int_equal(claim(&world, offer, 102, 100).status, 503); // "s5" still holds that seat
    rooms_end_session(world.rooms, "s5", on_result, &world);
    assert_int_equal(wait_result(&world), ROOMS_OK);
    assert_true(world_wait_event(&world, "ended s5 closed"));
    assert_int_equal(claim(&world, offer, 103, 100).status, 201);
    rtc_client_free(client);
    world_close(&world);
}

static void test_same_session_twice(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    assert_int_equal(world_enter(&world, &publisher)->status, 201);
    assert_int_equal(world_enter(&world, &publisher)->status, 409);
    rooms_end_session(world.rooms, "pub", on_result, &world); // the first one is still there
    assert_int_equal(wait_result(&world), ROOMS_OK);
    world_close(&world);
}

// --- candidates ---------------------------------------------------------------------------------

static void keep_sdp(void *arg, const struct rooms_answer *answer)
{
    assert_int_equal(answer->status, 201);
    snprintf(arg, 20000, "%s", answer->sdp);
}

static unsigned count(const char *text, const char *what)
{
    unsigned found = 0;
    for (const char *at = text; (at = strstr(at, what)); at++)
        found++;
    return found;
}

// The answer to an offer in a world with this configuration.
static void get_answer(const struct rooms_config *config, char *sdp, uint16_t *port)
{
    struct world world;
    struct rtc_client *client = NULL;
    world_open(&world, config);
    struct rtc_config of = {.identity = world.identity, .role = RTC_WATCH, .audio = true};
    assert_int_equal(rtc_client_alloc(&client, &of), 0);
    struct rooms_request request = {.session = "s",
                                    .room = "r1",
                                    .participant = "p",
                                    .offer = rtc_client_offer(client),
                                    .offer_len = strlen(rtc_client_offer(client))};
    rooms_watch(world.rooms, &request, keep_sdp, sdp);
    for (unsigned i = 0; !sdp[0] && i < 1000; i++)
        world_step(&world);
    *port = rooms_port(world.rooms);
    rtc_client_free(client);
    world_close(&world);
}

static void test_candidates_are_the_configured_addresses(void **state)
{
    static const struct rooms_config config = {.listen = {"0.0.0.0"},
                                               .advertise = {"192.0.2.7", "2001:db8::1"}};
    char sdp[20000] = "", line[64];
    uint16_t port;
    (void)state;
    get_answer(&config, sdp, &port);
    assert_int_equal(count(sdp, "a=candidate:"), 4); // two addresses, by UDP and TCP
    snprintf(line, sizeof(line), " 192.0.2.7 %u typ host", port);
    assert_int_equal(count(sdp, line), 2);
    snprintf(line, sizeof(line), " 2001:db8::1 %u typ host", port);
    assert_int_equal(count(sdp, line), 2);
    assert_int_equal(count(sdp, "tcptype passive"), 2);
}

static void test_candidates_are_the_own_addresses(void **state)
{
    static const struct rooms_config any = {.listen = {"0.0.0.0", "::"}};
    static const struct rooms_config one = {.listen = {"127.0.0.1"}};
    char sdp[20000] = "";
    uint16_t port;
    (void)state;
    get_answer(&any, sdp, &port);
    assert_true(count(sdp, "a=candidate:") >= 2);
    assert_int_equal(count(sdp, " fe80:") + count(sdp, " 169.254."), 0);
    const char *first = strstr(sdp, "a=candidate:"); // behind o=, which names 127.0.0.1
    unsigned loopback = count(first, " 127.") + count(first, " ::1 ");
    assert_true(!loopback || loopback == count(sdp, "a=candidate:")); // only when nothing else
    sdp[0] = 0;
    get_answer(&one, sdp, &port);
    assert_int_equal(count(sdp, "a=candidate:"), 2);
    assert_int_equal(count(strstr(sdp, "a=candidate:"), " 127.0.0.1 "), 2);
}

// --- patch and delete ---------------------------------------------------------------------------

static enum rooms_result trickle(struct world *world, const char *session, const char *etag,
                                 const char *fragment)
{
    const struct rooms_patch patch = {
        .session = session, .etag = etag, .fragment = fragment, .len = strlen(fragment)};
    rooms_trickle(world->rooms, &patch, on_result, world);
    return wait_result(world);
}

static void test_trickled_candidates(void **state)
{
    static const char fragment[] =
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
        "a=candidate:1 1 udp 2130706431 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n";
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *person = world_enter(&world, &publisher);
    assert_int_equal(person->status, 201);
    assert_true(strlen(person->etag) >= 20);
    assert_int_equal(trickle(&world, "pub", person->etag, fragment), ROOMS_OK);
    assert_int_equal(trickle(&world, "pub", NULL, fragment), ROOMS_OK);
    assert_int_equal(trickle(&world, "pub", "another", fragment), ROOMS_ETAG_MISMATCH);
    assert_int_equal(trickle(&world, "pub", NULL, "a=candidate:x\r\n"), ROOMS_BAD_FRAGMENT);
    assert_int_equal(trickle(&world, "nobody", NULL, fragment), ROOMS_NO_SESSION);
    world_close(&world);
}

static bool is_closed(struct world *world, void *arg)
{
    const struct person *person = arg;
    (void)world;
    return rtc_client_closed(person->client);
}

static void test_delete_says_good_bye_and_only_once(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &publisher);
    struct person_config by_tcp = watcher;
    by_tcp.tcp = true;
    struct person *viewer = world_connect(&world, &by_tcp);
    assert_true(world_talk(&world, speaker, world_some_media, viewer));
    rooms_end_session(world.rooms, "sub", on_result, &world);
    assert_int_equal(wait_result(&world), ROOMS_OK);
    assert_true(world_until(&world, is_closed, viewer));
    rooms_end_session(world.rooms, "sub", on_result, &world);
    assert_int_equal(wait_result(&world), ROOMS_NO_SESSION);
    rooms_end_session(world.rooms, "pub", on_result, &world);
    assert_int_equal(wait_result(&world), ROOMS_OK);
    assert_true(world_until(&world, is_closed, speaker));
    assert_true(world_wait_event(&world, "ended pub closed"));
    assert_true(world_wait_event(&world, "removed r1 speaker camera"));
    assert_true(world_wait_event(&world, "viewers r1 0"));
    assert_int_equal(world_count(&world, "ended"), 2);
    world_close(&world);
}

static void test_client_says_good_bye(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &publisher);
    assert_true(world_talk(&world, speaker, three_frames, speaker));
    rtc_client_close(speaker->client);
    assert_true(world_wait_event(&world, "ended pub remote"));
    assert_true(world_wait_event(&world, "removed r1 speaker camera"));
    assert_int_equal(world_metric(&world, "banyan_sessions_ended_total{reason=\"remote\"} "), 1);
    world_close(&world);
}

static void test_a_room_ends(void **state)
{
    static const struct rooms_config config = {.shards = 2};
    struct world world;
    (void)state;
    world_open(&world, &config);
    struct person_config other = watcher, elsewhere = watcher;
    other.session = "sub2";
    other.participant = "viewer2";
    other.together = false;
    elsewhere.session = "sub3";
    elsewhere.room = "r2";
    world_connect(&world, &publisher);
    world_connect(&world, &watcher);
    world_connect(&world, &other);
    world_connect(&world, &elsewhere);
    rooms_end_room(world.rooms, "r1", "viewer2");
    assert_true(world_wait_event(&world, "ended sub2 room_ended"));
    assert_int_equal(world_count(&world, "ended"), 1);
    rooms_end_room(world.rooms, "r1", NULL);
    assert_true(world_wait_event(&world, "ended sub room_ended"));
    assert_true(world_wait_event(&world, "ended pub room_ended"));
    assert_int_equal(world_count(&world, "ended sub3"), 0);
    world_close(&world);
}

// --- life and death -----------------------------------------------------------------------------

static void test_closing_under_traffic(void **state)
{
    static const struct rooms_config config = {.shards = 2};
    struct world world;
    char name[16];
    (void)state;
    world_open(&world, &config);
    struct person *speaker = world_connect(&world, &publisher);
    for (unsigned i = 0; i < 6; i++) {
        struct person_config one = watcher;
        snprintf(name, sizeof(name), "viewer%u", i);
        one.session = one.participant = name;
        one.together = false;
        one.tcp = i % 2;
        world_connect(&world, &one);
    }
    struct person *last = &world.people[world.count - 1];
    assert_true(world_talk(&world, speaker, world_some_media, last));
    for (unsigned i = 0; i < 200; i++)
        person_send(speaker, 3, false);
    world_close(&world); // at once
}

static void test_answers_come_even_when_closing(void **state)
{
    struct world world;
    struct heard heard[20] = {{0}};
    (void)state;
    world_open(&world, NULL);
    struct rooms_request request = {.room = "r1", .participant = "p", .offer = "", .session = "s"};
    char session[16];
    request.session = session;
    for (unsigned i = 0; i < 20; i++) {
        snprintf(session, sizeof(session), "s%u", i);
        rooms_publish(world.rooms, &request, on_answer, &heard[i]);
    }
    world_close(&world);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(heard[i].calls, 1);
}

static void test_out_of_memory_at_start(void **state)
{
    static const struct rooms_handlers none = {0};
    static const struct rooms_config config = {.shards = 2, .listen = {"127.0.0.1", "::1"}};
    struct loop *loop = NULL;
    (void)state;
    assert_int_equal(loop_alloc(&loop), 0);
    for (long nth = 0;; nth++) {
        struct rooms *rooms = NULL;
        mem_fail_after(nth);
        int err = rooms_alloc(&rooms, &config, &none, NULL, loop);
        mem_fail_after(-1);
        rooms_free(rooms);
        if (!err)
            break;
        assert_int_equal(err, ENOMEM);
        assert_true(nth < 1000);
    }
    loop_free(loop);
}

static void test_out_of_memory_in_requests(void **state)
{
    struct world world;
    struct rtc_client *client = NULL;
    unsigned refused = 0, taken = 0;
    char session[32];
    (void)state;
    world_open(&world, NULL);
    struct rtc_config config = {.identity = world.identity, .audio = true, .video = true};
    assert_int_equal(rtc_client_alloc(&client, &config), 0);
    struct rooms_request request = {.session = session,
                                    .room = "r1",
                                    .participant = "p",
                                    .offer = rtc_client_offer(client),
                                    .offer_len = strlen(rtc_client_offer(client))};
    for (long nth = 0; taken < 3; nth++) {
        snprintf(session, sizeof(session), "s%ld", nth);
        mem_fail_after(nth);
        struct heard heard = ask(&world, &request, false);
        mem_fail_after(-1);
        assert_true(heard.status == 201 || heard.status == 503);
        taken += heard.status == 201;
        refused += heard.status == 503;
        assert_true(nth < 200);
    }
    assert_true(refused > 5);
    assert_int_equal(world_metric(&world, "banyan_sessions{role=\"publisher\"} "), taken);
    rtc_client_free(client);
    world_close(&world);
}

static void test_a_port_in_use_is_told(void **state)
{
    static const struct rooms_handlers none = {0};
    struct world world;
    struct rooms *second = NULL;
    (void)state;
    world_open(&world, NULL);
    struct rooms_config config = {
        .shards = 1, .listen = {"127.0.0.1"}, .port = rooms_port(world.rooms)};
    assert_int_equal(rooms_alloc(&second, &config, &none, NULL, world.loop), EADDRINUSE);
    config.listen[0] = "not an address";
    assert_int_equal(rooms_alloc(&second, &config, &none, NULL, world.loop), EINVAL);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_requests_name_the_field),
        cmocka_unit_test(test_too_many_sessions),
        cmocka_unit_test(test_a_full_room_refuses_at_the_door),
        cmocka_unit_test(test_same_session_twice),
        cmocka_unit_test(test_candidates_are_the_configured_addresses),
        cmocka_unit_test(test_candidates_are_the_own_addresses),
        cmocka_unit_test(test_trickled_candidates),
        cmocka_unit_test(test_delete_says_good_bye_and_only_once),
        cmocka_unit_test(test_client_says_good_bye),
        cmocka_unit_test(test_a_room_ends),
        cmocka_unit_test(test_closing_under_traffic),
        cmocka_unit_test(test_answers_come_even_when_closing),
        cmocka_unit_test(test_out_of_memory_at_start),
        cmocka_unit_test(test_out_of_memory_in_requests),
        cmocka_unit_test(test_a_port_in_use_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
