#include <stdio.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/packet/rtp_ext.h"
#include "tests/unit/support/rooms_world.h"

// Three encodings of one picture through the whole core, also to another shard: what watchers are
// told, what they choose and what they get. Each packet carries its encoding as the tag.

#define ENCODINGS  3
#define FRAME_US   20000
#define TAG        700u // of the first encoding
#define PACKET_MAX 700

static const char *const rids[ENCODINGS] = {"h", "m", "l"};
static const struct rooms_config two_shards = {.shards = 2, .listen = {"127.0.0.1"}};

static struct {
    struct person *person;
    unsigned mask; // encodings that are sent
    int64_t next_us;
    unsigned frame;
    uint16_t seq[ENCODINGS];
    unsigned plis; // answered
} publisher;

static void send_encoding(unsigned i, bool key)
{
    uint8_t plain[WORLD_PICTURE_LEN], packet[PACKET_MAX];
    const struct rtp_ext_item rid = {.id = RTC_EXT_RID, .len = 1, .data = (const uint8_t *)rids[i]};
    struct world_media media = {.video = true,
                                .key = key,
                                .first = true,
                                .last = true,
                                .seq = publisher.seq[i]++,
                                .ts = publisher.frame * 1800,
                                .ssrc = rtc_client_video_ssrc(publisher.person->client) + 8 * i,
                                .tag = TAG + i,
                                .number = publisher.frame};
    size_t len = world_write(plain, &media) - RTP_HEADER_LEN, ext_len;
    memcpy(packet, plain, RTP_HEADER_LEN);
    packet[0] |= 0x10; // an extension follows
    assert_int_equal(
        rtp_ext_write(packet + RTP_HEADER_LEN, PACKET_MAX - RTP_HEADER_LEN, &rid, 1, &ext_len), 0);
    size_t head = RTP_HEADER_LEN + ext_len;
    memcpy(packet + head, plain + RTP_HEADER_LEN, len);
    (void)rtc_client_send_rtp(publisher.person->client, packet, head + len, head);
}

// Every picture a keyframe when one was asked for, of all encodings: fine enough for a camera.
static void publish(void)
{
    bool key = publisher.frame % 100 == 0 || publisher.person->plis != publisher.plis;
    if (clock_us() < publisher.next_us)
        return;
    publisher.next_us = clock_us() + FRAME_US;
    publisher.plis = publisher.person->plis;
    for (unsigned i = 0; i < ENCODINGS; i++)
        if (publisher.mask >> i & 1)
            send_encoding(i, key);
    publisher.frame++;
}

struct waiting {
    const struct person *watcher;
    uint32_t tag;
};

static bool sees(struct world *world, void *arg)
{
    const struct waiting *waiting = arg;
    (void)world;
    publish();
    return waiting->watcher->got[1].packets && waiting->watcher->got[1].tag == waiting->tag;
}

static bool was_told(struct world *world, void *arg)
{
    publish();
    return world_count(world, arg) > 0;
}

static bool has_result(struct world *world, void *arg)
{
    publish();
    return world->results > *(unsigned *)arg;
}

static bool enough_frames(struct world *world, void *arg)
{
    (void)world;
    publish();
    return publisher.frame >= *(unsigned *)arg;
}

static void on_result(void *arg, const struct rooms_outcome *outcome)
{
    struct world *world = arg;
    world->result = outcome->result;
    world->results++;
}

static enum rooms_result choose(struct world *world, struct rooms_layer_request request)
{
    unsigned before = world->results;
    if (!request.session)
        request.session = "sub";
    rooms_select_layer(world->rooms, &request, on_result, world);
    assert_int_equal(world->results, before); // later, never inside
    assert_true(world_until(world, has_result, &before));
    return world->result;
}

static void open_world(struct world *world, struct person **watcher, bool together)
{
    struct person_config p = {.session = "pub",
                              .room = "r1",
                              .participant = "hall",
                              .source = ROOMS_HALL,
                              .no_video = false,
                              .simulcast = true};
    struct person_config w = {
        .session = "sub", .room = "r1", .participant = "home", .watch = true, .together = together};
    world_open(world, &two_shards);
    memset(&publisher, 0, sizeof(publisher));
    publisher.mask = 7;
    publisher.person = world_connect(world, &p);
    *watcher = world_connect(world, &w);
}

static struct rooms_layer_request by_rid(const char *rid)
{
    return (struct rooms_layer_request){.rid = rid, .spatial = -1, .temporal = -1};
}

static void sizes_are_told_and_chosen(bool together)
{
    struct world world;
    struct person *watcher;
    open_world(&world, &watcher, together);
    assert_true(world_until(&world, was_told, "layers sub 3 of which "));
    for (unsigned i = ENCODINGS; i-- > 0;) {
        struct waiting waiting = {watcher, TAG + i};
        char event[64];
        snprintf(event, sizeof(event), "layers sub 3 of which %s", rids[i]);
        assert_int_equal(choose(&world, by_rid(rids[i])), ROOMS_OK);
        assert_true(world_until(&world, sees, &waiting));
        assert_true(world_until(&world, was_told, event));
    }
    assert_int_equal(watcher->got[1].gaps, 0);
    assert_int_equal(watcher->got[1].disorder, 0);
    assert_int_equal(watcher->got[1].foreign, 0);
    assert_int_equal(watcher->got[1].leaps, 0);
    world_close(&world);
}

static void on_the_publishers_shard(void **state)
{
    (void)state;
    sizes_are_told_and_chosen(true);
}

static void on_another_shard(void **state)
{
    (void)state;
    sizes_are_told_and_chosen(false);
}

static void what_stops_is_replaced_until_it_is_back(void **state)
{
    struct world world;
    struct person *watcher;
    (void)state;
    open_world(&world, &watcher, false);
    assert_true(world_until(&world, was_told, "layers sub 3 of which "));
    assert_int_equal(choose(&world, by_rid("m")), ROOMS_OK);
    struct waiting middle = {watcher, TAG + 1}, low = {watcher, TAG + 2};
    assert_true(world_until(&world, sees, &middle));
    publisher.mask = 4;
    assert_true(world_until(&world, sees, &low));
    assert_true(world_until(&world, was_told, "layers sub 1 of which l"));
    publisher.mask = 7;
    assert_true(world_until(&world, sees, &middle));
    assert_int_equal(watcher->got[1].gaps, 0);
    world_close(&world);
}

static void a_pause_is_a_choice(void **state)
{
    struct world world;
    struct person *watcher;
    (void)state;
    open_world(&world, &watcher, true);
    assert_true(world_until(&world, was_told, "layers sub 3 of which "));
    struct rooms_layer_request pause = by_rid(NULL);
    pause.paused = true;
    assert_int_equal(choose(&world, pause), ROOMS_OK);
    assert_true(world_until(&world, was_told, "layers sub 3 of which - paused by client"));
    uint32_t before = watcher->got[1].packets;
    unsigned until_frame = publisher.frame + 25;
    assert_true(world_until(&world, enough_frames, &until_frame));
    assert_in_range(watcher->got[1].packets, before, before + 2); // on their way
    struct waiting low = {watcher, TAG + 2};
    assert_int_equal(choose(&world, by_rid("l")), ROOMS_OK);
    assert_true(world_until(&world, sees, &low));
    world_close(&world);
}

static void what_is_not_there_cannot_be_chosen(void **state)
{
    struct world world;
    struct person *watcher;
    (void)state;
    open_world(&world, &watcher, true);
    assert_true(world_until(&world, was_told, "layers sub 3 of which "));
    struct rooms_layer_request request = by_rid("x");
    assert_int_equal(choose(&world, request), ROOMS_NO_LAYER);
    request = by_rid("a-name-longer-than-any-that-is-agreed-on");
    assert_int_equal(choose(&world, request), ROOMS_NO_LAYER);
    request = by_rid("l");
    request.mid = "0"; // the sound
    assert_int_equal(choose(&world, request), ROOMS_NO_LAYER);
    request.mid = "1";
    assert_int_equal(choose(&world, request), ROOMS_OK);
    request.session = "pub";
    assert_int_equal(choose(&world, request), ROOMS_NO_LAYER);
    request.session = "nobody";
    assert_int_equal(choose(&world, request), ROOMS_NO_SESSION);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_publishers_shard),
        cmocka_unit_test(on_another_shard),
        cmocka_unit_test(what_stops_is_replaced_until_it_is_back),
        cmocka_unit_test(a_pause_is_a_choice),
        cmocka_unit_test(what_is_not_there_cannot_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
