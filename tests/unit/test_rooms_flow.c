#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "tests/unit/support/rooms_world.h"

// Media through the whole core over real sockets: published by one client, watched by others, on
// the same shard and on another, over UDP and TCP.

static const struct rooms_config two_shards = {.shards = 2, .listen = {"127.0.0.1"}};

static bool has_seen_enough(const struct person *person)
{
    return person->got[0].packets >= 60 && person->got[1].packets >= 180;
}

static bool enough(struct world *world, void *arg)
{
    (void)world;
    return has_seen_enough(arg);
}

static void assert_good_media(const struct person *watcher, const struct person *publisher)
{
    for (unsigned kind = 0; kind < 2; kind++) {
        assert_int_equal(watcher->got[kind].foreign, 0);
        assert_int_equal(watcher->got[kind].gaps, 0);
        assert_int_equal(watcher->got[kind].disorder, 0);
        assert_int_equal(watcher->got[kind].leaps, 0);
        assert_int_equal(watcher->got[kind].tag, publisher->tag);
    }
    assert_true(watcher->got[1].started_with_key);
}

static struct person_config publisher_of(const char *session, const char *participant, bool tcp)
{
    return (struct person_config){
        .session = session, .room = "r1", .participant = participant, .tcp = tcp};
}

static struct person_config watcher_of(const char *session, const char *participant, bool tcp)
{
    return (struct person_config){.session = session,
                                  .room = "r1",
                                  .participant = participant,
                                  .tcp = tcp,
                                  .watch = true,
                                  .together = true};
}

// Two who watch, of whom one is on another shard.
struct watchers {
    struct person *near, *far;
};

static struct watchers watch_from_both(struct world *world)
{
    struct person_config near = watcher_of("sub1", "viewer1", false);
    struct person_config far = watcher_of("sub2", "viewer2", false);
    far.together = false;
    struct watchers see = {.near = world_connect(world, &near)};
    see.far = world_connect(world, &far);
    return see;
}

static void forward(const struct rooms_config *config, bool publish_tcp, bool watch_tcp,
                    bool together)
{
    struct world world;
    world_open(&world, config);
    struct person_config p = publisher_of("pub", "speaker", publish_tcp);
    struct person_config w = watcher_of("sub", "viewer", watch_tcp);
    w.together = together;
    struct person *publisher = world_connect(&world, &p);
    struct person *watcher = world_connect(&world, &w);
    assert_true(world_talk(&world, publisher, enough, watcher));
    assert_good_media(watcher, publisher);
    assert_int_equal(world_count(&world, "added r1 speaker camera VP8"), 1);
    assert_int_equal(world_count(&world, "viewers r1 1"), 1);
    assert_int_equal(rooms_viewers(world.rooms, "r1"), 1);
    world_close(&world);
}

static void test_udp(void **state)
{
    (void)state;
    forward(NULL, false, false, true);
}

static void test_ipv6(void **state)
{
    static const struct rooms_config config = {.shards = 1, .listen = {"::1"}};
    (void)state;
    forward(&config, false, true, true);
}

static void test_tcp(void **state)
{
    (void)state;
    forward(NULL, true, true, true);
}

static void test_tcp_to_udp_on_another_shard(void **state)
{
    (void)state;
    forward(&two_shards, true, false, false);
}

static void test_udp_to_tcp_on_another_shard(void **state)
{
    (void)state;
    forward(&two_shards, false, true, false);
}

static bool all_enough(struct world *world, void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < world->count; i++)
        if (!world->people[i].publishes && !has_seen_enough(&world->people[i]))
            return false;
    return true;
}

static void test_many_on_both_shards(void **state)
{
    struct world world;
    char name[16];
    (void)state;
    world_open(&world, &two_shards);
    struct person_config p = publisher_of("pub", "hall", false);
    p.source = ROOMS_HALL;
    struct person *publisher = world_connect(&world, &p);
    for (unsigned i = 0; i < 8; i++) {
        snprintf(name, sizeof(name), "viewer%u", i);
        struct person_config w = watcher_of(name, name, i % 3 == 0);
        w.together = false;
        world_connect(&world, &w);
    }
    assert_true(world_talk(&world, publisher, all_enough, NULL));
    for (unsigned i = 1; i < world.count; i++)
        assert_good_media(&world.people[i], publisher);
    assert_true(world_metric(&world, "banyan_packets_total{shard=\"0\",direction=\"out\"} ") > 500);
    assert_true(world_metric(&world, "banyan_packets_total{shard=\"1\",direction=\"out\"} ") > 500);
    assert_true(world_metric(&world, "banyan_forward_delay_us_count ") > 1000);
    assert_int_equal(world_metric(&world, "banyan_sessions{role=\"viewer\"} "), 8);
    assert_int_equal(world_metric(&world, "banyan_sessions{role=\"publisher\"} "), 1);
    assert_int_equal(world_metric(&world, "banyan_publications "), 1);
    world_close(&world);
}

// --- joining ------------------------------------------------------------------------------------

static bool ten_frames(struct world *world, void *arg)
{
    const struct person *person = arg;
    (void)world;
    return person->video_sent >= 30;
}

static bool any_picture(struct world *world, void *arg)
{
    const struct person *person = arg;
    (void)world;
    return person->got[1].packets > 0;
}

// Who comes late has the newest group of pictures at once, from its keyframe on, though the
// publisher sends nothing more.
static void join_late(const struct rooms_config *config, bool together)
{
    struct world world;
    world_open(&world, config);
    struct person_config p = publisher_of("pub", "speaker", false);
    struct person *publisher = world_connect(&world, &p);
    assert_true(world_talk(&world, publisher, ten_frames, publisher));
    struct person_config w = watcher_of("sub", "viewer", false);
    w.together = together;
    struct person *watcher = world_connect(&world, &w);
    assert_true(world_until(&world, any_picture, watcher));
    assert_true(watcher->got[1].started_with_key);
    assert_true(world_talk(&world, publisher, enough, watcher));
    assert_good_media(watcher, publisher);
    world_close(&world);
}

static void test_late_joiner_has_a_picture_at_once(void **state)
{
    (void)state;
    join_late(NULL, true);
}

static void test_late_joiner_on_another_shard(void **state)
{
    (void)state;
    join_late(&two_shards, false);
}

static void test_watching_before_anyone_publishes(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, &two_shards);
    struct watchers see = watch_from_both(&world);
    struct person_config p = publisher_of("pub", "speaker", false);
    struct person *publisher = world_connect(&world, &p);
    assert_int_equal(see.near->got[0].packets + see.far->got[0].packets, 0);
    assert_true(world_talk(&world, publisher, all_enough, NULL));
    assert_good_media(see.near, publisher);
    assert_good_media(see.far, publisher);
    world_close(&world);
}

static bool both_see(struct world *world, void *arg)
{
    (void)arg;
    return has_seen_enough(&world->people[2]) && has_seen_enough(&world->people[3]);
}

static void test_consultation_both_ways(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, &two_shards);
    struct person_config bp = publisher_of("booth-pub", "booth", false);
    struct person_config lp = publisher_of("lawyer-pub", "lawyer", false);
    struct person_config bw = watcher_of("booth-sub", "booth", false);
    struct person_config lw = watcher_of("lawyer-sub", "lawyer", true);
    struct person *booth = world_connect(&world, &bp);
    struct person *lawyer = world_connect(&world, &lp);
    struct person *booth_sees = world_connect(&world, &bw);
    struct person *lawyer_sees = world_connect(&world, &lw);
    int64_t limit = clock_us() + 10000000;
    for (unsigned turn = 0; !both_see(&world, NULL) && clock_us() < limit; turn++) {
        person_send(booth, 3, turn == 0);
        person_send(lawyer, 3, turn == 0);
        for (unsigned i = 0; i < 3; i++)
            world_step(&world);
    }
    assert_true(both_see(&world, NULL));
    assert_good_media(booth_sees, lawyer);
    assert_good_media(lawyer_sees, booth);
    world_close(&world);
}

// --- feedback -----------------------------------------------------------------------------------

struct wish {
    struct person *watcher, *publisher;
    int64_t next_us;
};

// Asks every 100 ms until the publisher heard of it.
static bool wish_arrived(struct world *world, void *arg)
{
    struct wish *wish = arg;
    (void)world;
    if (clock_us() > wish->next_us) {
        person_send_pli(wish->watcher);
        wish->next_us = clock_us() + 100000;
    }
    return wish->publisher->plis > 0;
}

static void wish_for_keyframe(bool together)
{
    struct world world;
    world_open(&world, &two_shards);
    struct person_config p = publisher_of("pub", "speaker", false);
    struct person_config w = watcher_of("sub", "viewer", false);
    w.together = together;
    struct person *publisher = world_connect(&world, &p);
    assert_true(world_talk(&world, publisher, ten_frames, publisher));
    struct person *watcher = world_connect(&world, &w);
    assert_true(world_until(&world, any_picture, watcher));
    publisher->plis = 0;
    struct wish wish = {.watcher = watcher, .publisher = publisher};
    assert_true(world_until(&world, wish_arrived, &wish));
    world_close(&world);
}

static void test_keyframe_wish(void **state)
{
    (void)state;
    wish_for_keyframe(true);
}

static void test_keyframe_wish_from_another_shard(void **state)
{
    (void)state;
    wish_for_keyframe(false);
}

static bool all_have_reports(struct world *world, void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < world->count; i++)
        if (!world->people[i].publishes && world->people[i].sender_reports < 3)
            return false;
    return true;
}

static void test_sender_reports_reach_both_shards(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, &two_shards);
    struct person_config p = publisher_of("pub", "speaker", false);
    struct person *publisher = world_connect(&world, &p);
    watch_from_both(&world);
    assert_true(world_talk(&world, publisher, all_have_reports, NULL));
    world_close(&world);
}

static bool nacked_and_reported(struct world *world, void *arg)
{
    const struct person *person = arg;
    (void)world;
    return person->nacks > 0 && person->reports > 0;
}

static void test_lost_packets_are_asked_for(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person_config p = publisher_of("pub", "speaker", false);
    struct person *publisher = world_connect(&world, &p);
    assert_true(world_talk(&world, publisher, ten_frames, publisher));
    publisher->video_seq = (uint16_t)(publisher->video_seq + 2); // never sent
    assert_true(world_talk(&world, publisher, nacked_and_reported, publisher));
    world_close(&world);
}

// --- replacement --------------------------------------------------------------------------------

static bool sees_second(struct world *world, void *arg)
{
    const struct person *second = arg;
    for (unsigned i = 0; i < world->count; i++) {
        const struct person *person = &world->people[i];
        if (!person->publishes &&
            (person->got[0].tag != second->tag || person->got[1].tag != second->tag))
            return false;
    }
    return world_count(world, "ended pub1 replaced") == 1;
}

static void test_second_publisher_replaces_the_first(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, &two_shards);
    struct person_config p1 = publisher_of("pub1", "speaker", false);
    struct person_config p2 = publisher_of("pub2", "speaker", false);
    struct person *first = world_connect(&world, &p1);
    struct watchers see = watch_from_both(&world);
    assert_true(world_talk(&world, first, all_enough, NULL));
    struct person *second = world_connect(&world, &p2);
    assert_int_equal(world_count(&world, "ended"), 0); // not before the first media
    assert_true(world_talk(&world, first, ten_frames, first));
    assert_int_equal(world_count(&world, "ended"), 0);
    assert_true(world_talk(&world, second, sees_second, second));
    assert_good_media(see.near, second); // one unbroken stream
    assert_good_media(see.far, second);
    assert_true(rtc_client_closed(first->client));
    assert_int_equal(world_count(&world, "added"), 1);
    assert_int_equal(world_count(&world, "removed"), 0);
    world_close(&world);
}

static bool is_removed(struct world *world, void *arg)
{
    (void)arg;
    return world_count(world, "removed r1") == 1;
}

static void on_result(void *arg, const struct rooms_outcome *outcome)
{
    struct world *world = arg;
    world->result = outcome->result;
    world->results++;
}

static void test_programme_goes_on_with_who_publishes_next(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, &two_shards);
    struct person_config p1 = publisher_of("pub1", "one", false);
    struct person_config p2 = publisher_of("pub2", "two", false);
    struct person *first = world_connect(&world, &p1);
    struct watchers see = watch_from_both(&world);
    assert_true(world_talk(&world, first, all_enough, NULL));
    rooms_end_session(world.rooms, "pub1", on_result, &world);
    assert_true(world_until(&world, is_removed, NULL));
    assert_int_equal(world.result, ROOMS_OK);
    memset(see.near->got, 0, sizeof(see.near->got));
    memset(see.far->got, 0, sizeof(see.far->got));
    struct person *second = world_connect(&world, &p2);
    assert_true(world_talk(&world, second, all_enough, NULL));
    assert_good_media(see.near, second);
    assert_good_media(see.far, second);
    world_close(&world);
}

static void test_rooms_do_not_mix(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person_config p = publisher_of("pub", "speaker", false);
    struct person_config w = watcher_of("sub", "viewer", false);
    struct person_config other = watcher_of("other", "viewer", false);
    struct person_config own = watcher_of("own", "speaker", false);
    other.room = "r2";
    struct person *publisher = world_connect(&world, &p);
    struct person *stranger = world_connect(&world, &other);
    struct person *self = world_connect(&world, &own);
    struct person *watcher = world_connect(&world, &w);
    assert_true(world_talk(&world, publisher, enough, watcher));
    assert_int_equal(stranger->got[0].packets + stranger->got[1].packets, 0);
    assert_int_equal(self->got[0].packets + self->got[1].packets, 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_tcp_to_udp_on_another_shard),
        cmocka_unit_test(test_udp_to_tcp_on_another_shard),
        cmocka_unit_test(test_many_on_both_shards),
        cmocka_unit_test(test_late_joiner_has_a_picture_at_once),
        cmocka_unit_test(test_late_joiner_on_another_shard),
        cmocka_unit_test(test_watching_before_anyone_publishes),
        cmocka_unit_test(test_consultation_both_ways),
        cmocka_unit_test(test_keyframe_wish),
        cmocka_unit_test(test_keyframe_wish_from_another_shard),
        cmocka_unit_test(test_sender_reports_reach_both_shards),
        cmocka_unit_test(test_lost_packets_are_asked_for),
        cmocka_unit_test(test_second_publisher_replaces_the_first),
        cmocka_unit_test(test_programme_goes_on_with_who_publishes_next),
        cmocka_unit_test(test_rooms_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
