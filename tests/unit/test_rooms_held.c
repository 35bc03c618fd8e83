// A publisher of one encoding is told what the best of his viewers can take: through the whole
// core.
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/twcc.h"
#include "tests/unit/support/rooms_world.h"

#define EVERY_US 50000
#define SLOW_US  40000 // between two packets, behind a link that carries next to nothing

static struct person_config person_of(const char *session, bool watch)
{
    return (struct person_config){.session = session,
                                  .room = "r1",
                                  .participant = session,
                                  .watch = watch,
                                  .together = true,
                                  .rtx = watch,
                                  .twcc = watch};
}

// A viewer whose packets come one by one, later and later.
struct slow {
    struct person *viewer, *publisher;
    bool began;
    uint16_t told; // the next number to tell of
    int64_t at_us, next_us;
    uint64_t wanted; // done when the publisher is told less; or at least so much
    bool more;
};

static void tell(struct slow *slow)
{
    struct twcc_arrival arrivals[256];
    uint8_t data[1200];
    struct writer w = writer_of(data, sizeof(data));
    struct twcc_source source = {.sender = 1, .media = 2, .base_seq = slow->told};
    size_t count = (uint16_t)(slow->viewer->transport_seq + 1 - slow->told), taken;
    if (!count || count > 256)
        return;
    for (size_t i = 0; i < count; i++)
        arrivals[i] = (struct twcc_arrival){.received = true, .at_us = slow->at_us += SLOW_US};
    rtcp_write_rr(&w, 1, NULL, 0);
    assert_int_equal(twcc_write(&w, &source, arrivals, count, &taken), 0);
    slow->told = (uint16_t)(slow->told + taken);
    assert_int_equal(rtc_client_send_rtcp(slow->viewer->client, data, w.len), 0);
}

static bool is_told(struct world *world, void *arg)
{
    struct slow *slow = arg;
    (void)world;
    if (!slow->began)
        slow->told = slow->viewer->transport_seq;
    slow->began = true;
    if (clock_us() > slow->next_us) {
        slow->next_us = clock_us() + EVERY_US;
        tell(slow);
    }
    if (slow->more)
        return slow->publisher->remb >= slow->wanted;
    return slow->publisher->rembs && slow->publisher->remb < slow->wanted;
}

// A second of feedback is over.
static bool is_counted(struct world *world, void *arg)
{
    (void)is_told(world, arg);
    return world_metric(world, "banyan_viewer_estimate_bps_bucket{le=\"+Inf\"} ") > 0;
}

static void a_conversation_fits_the_worse_network(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person_config p = person_of("pub", false), w = person_of("sub", true);
    struct person *publisher = world_connect(&world, &p);
    struct person *viewer = world_connect(&world, &w);
    assert_true(world_talk(&world, publisher, world_some_media, viewer));
    assert_int_equal(publisher->rembs, 0);
    struct slow slow = {.viewer = viewer, .publisher = publisher, .wanted = 600000};
    assert_true(world_talk(&world, publisher, is_told, &slow));
    assert_int_equal(viewer->got[1].foreign, 0);
    assert_true(world_talk(&world, publisher, is_counted, &slow));
    world_close(&world);
}

static const struct rooms_config two_shards = {.shards = 2, .listen = {"127.0.0.1"}};

// On the other shard: the publisher's has a session more.
static struct person_config distant(const char *session)
{
    struct person_config viewer = person_of(session, true);
    viewer.together = false;
    return viewer;
}

static void a_viewer_on_another_shard_is_heard(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, &two_shards);
    struct person_config p = person_of("pub", false), w = distant("sub");
    struct person *publisher = world_connect(&world, &p);
    struct person *viewer = world_connect(&world, &w);
    assert_true(world_talk(&world, publisher, world_some_media, viewer));
    struct slow slow = {.viewer = viewer, .publisher = publisher, .wanted = 600000};
    assert_true(world_talk(&world, publisher, is_told, &slow));
    assert_int_equal(viewer->got[1].foreign, 0);
    world_close(&world);
}

// Held back for one viewer, the publisher is free again as soon as this one watches.
static void free_by(const struct rooms_config *config, const struct person_config *better)
{
    struct world world;
    world_open(&world, config);
    struct person_config p = person_of("pub", false), w = person_of("bad", true);
    struct person *publisher = world_connect(&world, &p);
    struct person *bad = world_connect(&world, &w);
    assert_true(world_talk(&world, publisher, world_some_media, bad));
    struct slow slow = {.viewer = bad, .publisher = publisher, .wanted = 600000};
    assert_true(world_talk(&world, publisher, is_told, &slow));
    struct person *good = world_connect(&world, better);
    slow.more = true;
    slow.wanted = 10000000;
    assert_true(world_talk(&world, publisher, is_told, &slow));
    assert_true(world_talk(&world, publisher, world_some_media, good));
    assert_int_equal(good->got[1].foreign, 0);
    world_close(&world);
}

static void a_lecture_is_not_held_back_for_one(void **state)
{
    const struct person_config good = person_of("good", true);
    (void)state;
    free_by(NULL, &good);
}

static void one_good_viewer_on_another_shard_frees_the_publisher(void **state)
{
    const struct person_config good = distant("good");
    (void)state;
    free_by(&two_shards, &good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversation_fits_the_worse_network),
        cmocka_unit_test(a_lecture_is_not_held_back_for_one),
        cmocka_unit_test(a_viewer_on_another_shard_is_heard),
        cmocka_unit_test(one_good_viewer_on_another_shard_frees_the_publisher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
