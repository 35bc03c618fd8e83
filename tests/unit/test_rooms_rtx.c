#include <string.h>

#include "gateway/base/clock.h"
#include "tests/unit/support/rooms_world.h"

// Retransmission by RTX through the whole core, as viewers and publishers negotiate it.

static const struct rooms_config two_shards = {.shards = 2, .listen = {"127.0.0.1"}};

static struct person_config person_of(const char *session, bool watch, bool rtx)
{
    return (struct person_config){.session = session,
                                  .room = "r1",
                                  .participant = session,
                                  .watch = watch,
                                  .together = true,
                                  .rtx = rtx};
}

struct loss {
    struct person *watcher;
    int64_t next_us;
};

// The same bytes twice: SRTP refuses the second.
static uint64_t replayed(const struct person *person)
{
    return rtc_client_stats(person->client).refused;
}

// Asks for the newest packet every 100 ms until it came again.
static bool was_repaired(struct world *world, void *arg)
{
    struct loss *loss = arg;
    (void)world;
    if (clock_us() > loss->next_us) {
        person_send_nack(loss->watcher, loss->watcher->got[1].seq);
        loss->next_us = clock_us() + 100000;
    }
    return loss->watcher->repairs > 2 || replayed(loss->watcher) > 2;
}

static void lose(const struct rooms_config *config, bool together, bool rtx)
{
    struct world world;
    world_open(&world, config);
    struct person_config p = person_of("pub", false, false), w = person_of("sub", true, rtx);
    w.together = together;
    struct person *publisher = world_connect(&world, &p);
    struct person *watcher = world_connect(&world, &w);
    assert_int_equal(rtc_client_rtx_ssrc(watcher->client) != 0, rtx);
    assert_true(world_talk(&world, publisher, world_some_media, watcher));
    struct loss loss = {.watcher = watcher};
    assert_true(world_talk(&world, publisher, was_repaired, &loss));
    assert_int_equal(watcher->got[1].foreign, 0);
    assert_int_equal(watcher->got[1].disorder, 0); // nothing twice
    assert_int_equal(watcher->got[1].gaps, 0);
    if (rtx)
        assert_int_equal(replayed(watcher), 0);
    else
        assert_int_equal(watcher->repairs, 0);
    world_close(&world);
}

static void a_watchers_loss_is_repaired_by_rtx(void **state)
{
    (void)state;
    lose(NULL, true, true);
}

static void and_on_another_shard(void **state)
{
    (void)state;
    lose(&two_shards, false, true);
}

static void without_rtx_the_same_packet_comes_again(void **state)
{
    (void)state;
    lose(NULL, true, false);
}

struct gap {
    struct person *publisher;
    unsigned nacks;
    uint16_t seq;
    uint32_t packets;
    bool left_out;
};

// Leaves a packet out, and sends it by RTX when it is asked for.
static bool is_filled(struct world *world, void *arg)
{
    struct gap *gap = arg;
    struct person *publisher = gap->publisher, *watcher = &world->people[1];
    if (!gap->left_out && publisher->video_sent >= 60) {
        gap->left_out = true;
        gap->seq = publisher->video_seq++;
        gap->nacks = publisher->nacks;
    }
    if (gap->left_out && publisher->nacks > gap->nacks) {
        gap->nacks = publisher->nacks;
        assert_int_equal(publisher->nacked, gap->seq);
        person_send_repair(publisher, gap->seq, 777);
    }
    // Late, so seen out of order: and only this one.
    return gap->left_out && watcher->got[1].disorder > 0 && watcher->got[1].gaps > 0;
}

static void a_publishers_repair_reaches_the_watcher(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person_config p = person_of("pub", false, true), w = person_of("sub", true, true);
    struct person *publisher = world_connect(&world, &p);
    struct person *watcher = world_connect(&world, &w);
    struct gap gap = {.publisher = publisher};
    assert_true(world_talk(&world, publisher, is_filled, &gap));
    assert_int_equal(watcher->got[1].foreign, 0);
    assert_int_equal(watcher->got[1].disorder, 1);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"payload_type\"} "), 0);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"ssrc\"} "), 0);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"probe\"} "), 0);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watchers_loss_is_repaired_by_rtx),
        cmocka_unit_test(and_on_another_shard),
        cmocka_unit_test(a_publishers_repair_reaches_the_watcher),
        cmocka_unit_test(without_rtx_the_same_packet_comes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
