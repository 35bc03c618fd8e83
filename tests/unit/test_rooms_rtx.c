#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/rtp.h"
#include "gateway/packet/twcc.h"
#include "tests/unit/support/rooms_world.h"

// Retransmission by RTX and transport-wide numbers through the whole core, as viewers and
// publishers negotiate them.

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

// Somebody publishes, a watcher comes, loses some and has it repaired.
static struct person *watch_and_lose(struct world *world, const struct person_config *config)
{
    struct person_config p = person_of("pub", false, false);
    struct person *publisher = world_connect(world, &p);
    struct loss loss = {.watcher = world_connect(world, config)};
    assert_true(world_talk(world, publisher, world_some_media, loss.watcher));
    assert_true(world_talk(world, publisher, was_repaired, &loss));
    return loss.watcher;
}

static void lose(const struct rooms_config *config, bool together, bool rtx)
{
    struct world world;
    world_open(&world, config);
    struct person_config w = person_of("sub", true, rtx);
    w.together = together;
    struct person *watcher = watch_and_lose(&world, &w);
    assert_int_equal(rtc_client_rtx_ssrc(watcher->client) != 0, rtx);
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

// Sends the packet of pictures with this number that was left out, by RTX.
static void send_repair(struct person *person, uint16_t seq, uint32_t number)
{
    static uint16_t own;
    uint8_t packet[WORLD_PICTURE_LEN + 2];
    uint8_t *payload = packet + RTP_HEADER_LEN;
    const struct world_media media = {.video = true,
                                      .seq = own++,
                                      .ts = person->audio_sent * 3000,
                                      .ssrc = rtc_client_rtx_ssrc(person->client),
                                      .tag = person->tag,
                                      .number = number};
    size_t len = world_write(packet, &media);
    packet[1] = RTC_PT_RTX;
    memmove(payload + 2, payload, len - RTP_HEADER_LEN);
    put_u16(payload, seq);
    assert_int_equal(rtc_client_send_rtp(person->client, packet, len + 2, RTP_HEADER_LEN), 0);
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
        send_repair(publisher, gap->seq, 777);
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

// --- transport-wide numbers ---------------------------------------------------------------------

// Tells that of the newest `count` transport-wide numbers all arrived but every `nth`.
static void send_arrivals(struct person *person, unsigned count, unsigned nth)
{
    struct twcc_arrival arrivals[256];
    uint8_t data[1200];
    struct writer w = writer_of(data, sizeof(data));
    const struct twcc_source source = {
        .sender = 1,
        .media = rtc_client_video_ssrc(person->client),
        .base_seq = (uint16_t)(person->transport_seq - count + 1),
    };
    size_t taken;
    assert_true(count <= 256);
    for (unsigned i = 0; i < count; i++)
        arrivals[i] = (struct twcc_arrival){.received = i % nth != nth - 1, .at_us = i * 1000};
    rtcp_write_rr(&w, 1, NULL, 0);
    assert_int_equal(twcc_write(&w, &source, arrivals, count, &taken), 0);
    assert_int_equal(taken, count);
    assert_int_equal(rtc_client_send_rtcp(person->client, data, w.len), 0);
}

static bool feedback_was_read(struct world *world, void *arg)
{
    (void)arg;
    return world_metric(world, "banyan_viewer_packets{fate=\"arrived\"} ") >= 45;
}

static void a_watchers_packets_are_counted_over_all_streams(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person_config w = person_of("sub", true, true);
    w.twcc = true;
    struct person *watcher = watch_and_lose(&world, &w);
    assert_true(watcher->repairs > 2);
    assert_int_equal(watcher->skipped, 0);
    assert_int_equal(watcher->counted,
                     watcher->got[0].packets + watcher->got[1].packets + watcher->repairs);
    send_arrivals(watcher, 50, 10);
    send_arrivals(watcher, 50, 10); // told twice, counted once
    assert_int_equal(watcher->got[1].foreign, 0);
    assert_true(world_until(&world, feedback_was_read, NULL));
    assert_int_equal(world_metric(&world, "banyan_viewer_packets{fate=\"arrived\"} "), 45);
    assert_int_equal(world_metric(&world, "banyan_viewer_packets{fate=\"lost\"} "), 5);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"rtcp_malformed\"} "), 0);
    world_close(&world);
}

// Without RTX a picture's packet must stay repeatable: it has no number; sound, which is not
// repeated, has.
static void numbers_never_cost_repeatability(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person_config w = person_of("sub", true, false);
    w.twcc = true;
    struct person *watcher = watch_and_lose(&world, &w);
    assert_true(replayed(watcher) > 2);
    assert_int_equal(watcher->skipped, 0);
    assert_int_equal(watcher->counted, watcher->got[0].packets);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watchers_loss_is_repaired_by_rtx),
        cmocka_unit_test(and_on_another_shard),
        cmocka_unit_test(a_publishers_repair_reaches_the_watcher),
        cmocka_unit_test(a_watchers_packets_are_counted_over_all_streams),
        cmocka_unit_test(numbers_never_cost_repeatability),
        cmocka_unit_test(without_rtx_the_same_packet_comes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
