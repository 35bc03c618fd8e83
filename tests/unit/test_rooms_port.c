#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/packet/demux.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/rtp.h"
#include "gateway/rooms/port.h"
#include "tests/unit/support/rooms_world.h"

// A pipeline's socket: as a source that people watch, and as a sink that records people.

#define TAG 77

struct pipeline {
    int fd;
    uint16_t seq[2];
    uint32_t sent[2];
    uint32_t ssrc; // added to those it sends
    unsigned plis;
    // As a sink:
    unsigned packets[2], gaps[2], reports, retransmitted;
    uint16_t newest[2];
    bool foreign, closed;
};

static int open_pair(struct pipeline *pipeline)
{
    int fds[2];
    memset(pipeline, 0, sizeof(*pipeline));
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    pipeline->fd = fds[0];
    return fds[1];
}

static void send_one(struct pipeline *pipeline, struct world_media media)
{
    uint8_t packet[WORLD_PICTURE_LEN];
    media.seq = pipeline->seq[media.video]++;
    media.number = pipeline->sent[media.video]++;
    media.ts = pipeline->sent[0] * (media.video ? 3000 : 960);
    media.tag = TAG;
    media.ssrc = pipeline->ssrc + (media.video ? 2 : 1);
    size_t len = world_write(packet, &media);
    assert_int_equal(send(pipeline->fd, packet, len, MSG_NOSIGNAL), len);
}

static void send_frame(struct pipeline *pipeline, bool key)
{
    send_one(pipeline, (struct world_media){.video = true, .key = key, .first = true});
    send_one(pipeline, (struct world_media){.video = true, .last = true});
    send_one(pipeline, (struct world_media){.video = false});
}

static void take_rtp(struct pipeline *pipeline, const uint8_t *data, size_t len)
{
    struct rtp_header header;
    assert_int_equal(rtp_parse(&header, data, len), 0);
    bool video = header.ssrc == PORT_SSRC_VIDEO;
    if (!video && header.ssrc != PORT_SSRC_AUDIO)
        pipeline->foreign = true;
    if (header.pt != (video ? PORT_PT_VIDEO : PORT_PT_AUDIO))
        pipeline->foreign = true;
    if (pipeline->packets[video] && !((uint16_t)(header.seq - pipeline->newest[video] - 1) < 100)) {
        pipeline->retransmitted++;
        return;
    }
    if (pipeline->packets[video] && (uint16_t)(header.seq - pipeline->newest[video]) != 1)
        pipeline->gaps[video]++;
    pipeline->packets[video]++;
    pipeline->newest[video] = header.seq;
}

static void take_rtcp(struct pipeline *pipeline, const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    while (rtcp_next(&it, &packet) == 0) {
        pipeline->plis += rtcp_kind(&packet) == RTCP_KIND_PLI;
        pipeline->reports += rtcp_kind(&packet) == RTCP_KIND_SR;
    }
}

static void receive(struct pipeline *pipeline)
{
    uint8_t data[PORT_PACKET_MAX + 1];
    ssize_t got;
    while ((got = recv(pipeline->fd, data, sizeof(data), MSG_DONTWAIT)) > 0) {
        assert_true(got <= PORT_PACKET_MAX);
        if (packet_kind(data, (size_t)got) == PACKET_RTP)
            take_rtp(pipeline, data, (size_t)got);
        else
            take_rtcp(pipeline, data, (size_t)got);
    }
    pipeline->closed = pipeline->closed || got == 0;
}

static void start_source(struct world *world, struct pipeline *pipeline)
{
    struct rooms_port_source source = {.id = "file",
                                       .room = "lecture",
                                       .participant = "file",
                                       .source = ROOMS_HALL,
                                       .audio_codec = "OPUS",
                                       .video_codec = "VP8",
                                       .fd = open_pair(pipeline)};
    assert_int_equal(rooms_port_publish(world->rooms, &source), 0);
}

static struct person *enter_hall(struct world *world)
{
    struct person_config config = {
        .session = "elder", .room = "lecture", .participant = "elder", .watch = true};
    return world_connect(world, &config);
}

// Plays until the person has seen some of it.
static void play(struct world *world, struct pipeline *pipeline, struct person *person)
{
    int64_t limit = clock_us() + 10000000, next_us = 0;
    while (!world_some_media(world, person) && clock_us() < limit) {
        if (clock_us() >= next_us) {
            send_frame(pipeline, pipeline->sent[1] == 0);
            next_us = clock_us() + 5000;
        }
        receive(pipeline);
        world_step(world);
    }
    assert_true(world_some_media(world, person));
}

static void watch_a_pipeline(unsigned shards)
{
    struct world world;
    struct pipeline pipeline;
    struct rooms_config config = {.shards = shards};
    world_open(&world, &config);
    start_source(&world, &pipeline);
    struct person *elder = enter_hall(&world);
    play(&world, &pipeline, elder);
    assert_int_equal(elder->got[0].foreign + elder->got[1].foreign, 0);
    assert_int_equal(elder->got[0].gaps + elder->got[1].gaps, 0);
    assert_int_equal(elder->got[1].tag, TAG);
    assert_int_equal(world_count(&world, "added lecture file hall VP8"), 1);
    pipeline.plis = 0;
    int64_t limit = clock_us() + 5000000;
    while (!pipeline.plis && clock_us() < limit) {
        person_send_pli(elder);
        receive(&pipeline);
        world_step(&world);
    }
    assert_true(pipeline.plis > 0);
    close(pipeline.fd);
    assert_true(world_wait_event(&world, "removed lecture file hall"));
    world_close(&world);
}

static void test_people_watch_a_pipeline(void **state)
{
    (void)state;
    watch_a_pipeline(1);
}

static void test_people_on_another_shard_watch_a_pipeline(void **state)
{
    (void)state;
    watch_a_pipeline(3);
}

static void test_a_restarted_pipeline_goes_on(void **state)
{
    struct world world;
    struct pipeline first, second;
    (void)state;
    world_open(&world, NULL);
    start_source(&world, &first);
    struct person *elder = enter_hall(&world);
    play(&world, &first, elder);
    close(first.fd);
    assert_true(world_wait_event(&world, "removed lecture file hall"));
    start_source(&world, &second);
    elder->got[0].packets = elder->got[1].packets = 0;
    elder->got[0].gaps = elder->got[1].gaps = 0;
    play(&world, &second, elder);
    assert_int_equal(elder->got[1].gaps + elder->got[1].disorder, 0);
    close(second.fd);
    world_close(&world);
}

// The pipeline's encoder starts again, with other SSRCs, numbers and timestamps: whoever watches,
// on any shard, sees one stream.
static void begin_anew(unsigned shards)
{
    struct world world;
    struct pipeline pipeline;
    struct rooms_config config = {.shards = shards};
    world_open(&world, &config);
    start_source(&world, &pipeline);
    struct person *elder = enter_hall(&world);
    play(&world, &pipeline, elder);
    int64_t limit = clock_us() + 1200000; // another SSRC may take over after a second of silence
    while (clock_us() < limit)
        world_step(&world);
    pipeline.ssrc = 100;
    pipeline.seq[0] = 40000;
    pipeline.seq[1] = (uint16_t)(pipeline.seq[1] - 20); // numbers that were there before
    pipeline.sent[0] = 7000;
    pipeline.sent[1] = 0;
    uint32_t ts[2] = {elder->got[0].ts, elder->got[1].ts};
    elder->got[0].packets = elder->got[1].packets = 0;
    play(&world, &pipeline, elder);
    assert_true(elder->got[0].ts - ts[0] < 10 * 48000 && elder->got[1].ts - ts[1] < 10 * 90000);
    assert_int_equal(elder->got[0].foreign + elder->got[1].foreign, 0);
    assert_int_equal(elder->got[0].disorder + elder->got[1].disorder, 0);
    assert_true(elder->got[0].gaps <= 1 && elder->got[1].gaps <= 1);
    assert_int_equal(elder->got[0].leaps + elder->got[1].leaps, 0);
    assert_true(elder->got[1].started_with_key); // the first packet was not taken for an old one
    assert_int_equal(world_count(&world, "removed"), 0);
    close(pipeline.fd);
    world_close(&world);
}

static void test_a_stream_begins_anew(void **state)
{
    (void)state;
    begin_anew(1);
}

static void test_a_stream_begins_anew_for_another_shard(void **state)
{
    (void)state;
    begin_anew(3);
}

// --- recording ----------------------------------------------------------------------------------

struct recording {
    struct pipeline pipeline;
    bool talk;
};

static bool recorded(struct world *world, void *arg)
{
    struct recording *recording = arg;
    (void)world;
    receive(&recording->pipeline);
    return recording->pipeline.packets[0] >= 30 && recording->pipeline.packets[1] >= 90;
}

static void ask_again(struct pipeline *pipeline)
{
    uint8_t data[64];
    uint16_t seqs[2] = {(uint16_t)(pipeline->newest[1] - 5), (uint16_t)(pipeline->newest[1] - 4)};
    struct writer w = writer_of(data, sizeof(data));
    rtcp_write_rr(&w, 9, NULL, 0);
    rtcp_write_nack(&w, 9, PORT_SSRC_VIDEO, seqs, 2);
    assert_int_equal(send(pipeline->fd, data, w.len, MSG_NOSIGNAL), w.len);
}

static bool sent_again(struct world *world, void *arg)
{
    struct recording *recording = arg;
    (void)world;
    receive(&recording->pipeline);
    return recording->pipeline.retransmitted >= 2;
}

static void keep_id(void *arg, const struct rooms_publication *publication)
{
    snprintf(arg, ROOMS_ID_MAX, "%s", publication->id);
}

static void test_a_pipeline_records(void **state)
{
    static const struct person_config booth = {
        .session = "pub", .room = "r1", .participant = "booth"};
    struct world world;
    struct recording recording;
    char id[ROOMS_ID_MAX] = "";
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &booth);
    int fd = open_pair(&recording.pipeline);
    assert_int_equal(rooms_port_record(world.rooms, "rec", "nothing", dup(fd)), ENOENT);
    person_send(speaker, 3, true);
    assert_true(world_wait_event(&world, "added r1 booth camera VP8"));
    rooms_publications(world.rooms, "r1", keep_id, id);
    assert_int_equal(rooms_port_record(world.rooms, "rec", id, fd), 0);
    assert_true(world_talk(&world, speaker, recorded, &recording));
    assert_false(recording.pipeline.foreign);
    assert_int_equal(recording.pipeline.gaps[0] + recording.pipeline.gaps[1], 0);
    ask_again(&recording.pipeline);
    assert_true(world_until(&world, sent_again, &recording));
    assert_int_equal(rooms_viewers(world.rooms, "r1"), 0);
    close(recording.pipeline.fd);
    world_close(&world);
}

// --- a pipeline that went wrong -----------------------------------------------------------------

static void test_noise_from_a_pipeline(void **state)
{
    struct world world;
    struct pipeline pipeline;
    uint8_t noise[4000];
    uint32_t x = 1;
    (void)state;
    world_open(&world, NULL);
    start_source(&world, &pipeline);
    for (unsigned i = 0; i < 500; i++) {
        for (size_t at = 0; at < sizeof(noise); at++)
            noise[at] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 24);
        noise[0] = i % 2 ? 0x80 : noise[0];
        noise[1] = i % 4 == 1 ? PORT_PT_VIDEO : noise[1];
        size_t len = 1 + x % (i % 5 ? 1400 : sizeof(noise));
        assert_int_equal(send(pipeline.fd, noise, len, MSG_NOSIGNAL), len);
        if (i % 20 == 0)
            world_step(&world);
    }
    struct person *elder = enter_hall(&world);
    int64_t limit = clock_us() +
                    1200000; // its own streams may begin anew after a second of silence
    while (clock_us() < limit)
        world_step(&world);
    play(&world, &pipeline, elder);
    assert_true(world_metric(&world, "banyan_drops_total{reason=\"too_long\"} ") > 0);
    close(pipeline.fd);
    world_close(&world);
}

static void test_wrong_ports_are_refused(void **state)
{
    struct world world;
    struct pipeline pipeline;
    (void)state;
    world_open(&world, NULL);
    struct rooms_port_source source = {.id = "x", .room = "r1", .participant = "p"};
    source.fd = open_pair(&pipeline);
    assert_int_equal(rooms_port_publish(world.rooms, &source), EINVAL); // no codec at all
    receive(&pipeline);
    assert_true(pipeline.closed); // the descriptor was taken and closed
    close(pipeline.fd);
    start_source(&world, &pipeline);
    struct pipeline again;
    source = (struct rooms_port_source){
        .id = "file", .room = "r1", .participant = "p", .audio_codec = "OPUS"};
    source.fd = open_pair(&again);
    assert_int_equal(rooms_port_publish(world.rooms, &source), EEXIST);
    close(again.fd);
    close(pipeline.fd);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people_watch_a_pipeline),
        cmocka_unit_test(test_people_on_another_shard_watch_a_pipeline),
        cmocka_unit_test(test_a_restarted_pipeline_goes_on),
        cmocka_unit_test(test_a_stream_begins_anew),
        cmocka_unit_test(test_a_stream_begins_anew_for_another_shard),
        cmocka_unit_test(test_a_pipeline_records),
        cmocka_unit_test(test_noise_from_a_pipeline),
        cmocka_unit_test(test_wrong_ports_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
