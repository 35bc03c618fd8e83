#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/addr.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "tests/unit/support/rooms_world.h"

// Strangers on the media ports, and clients that misbehave.

static const struct person_config publisher = {
    .session = "pub", .room = "r1", .participant = "speaker"};
static const struct person_config watcher = {
    .session = "sub", .room = "r1", .participant = "viewer", .watch = true, .together = true};

static int stranger(struct world *world, bool tcp)
{
    struct addr to;
    assert_int_equal(addr_parse(&to, "127.0.0.1"), 0);
    addr_set_port(&to, rooms_port(world->rooms));
    int fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, &to.sa, addr_len(&to)), 0);
    return fd;
}

// RTP, RTCP, DTLS, STUN and noise from an address that never had an authentic check.
static unsigned spray(int fd)
{
    static const uint8_t firsts[][2] = {{0x80, 0x60}, {0x80, 0xc8}, {0x16, 0xfe}, {0x00, 0x01},
                                        {0x15, 0xfe}, {0xff, 0xff}, {0x45, 0x00}};
    uint8_t datagram[200];
    unsigned sent = 0;
    for (unsigned i = 0; i < 70; i++) {
        memset(datagram, (int)i, sizeof(datagram));
        memcpy(datagram, firsts[i % 7], 2);
        if (i % 7 == 3) {
            put_u16(datagram + 2, sizeof(datagram) - 20);
            put_u32(datagram + 4, 0x2112a442);
        }
        sent += send(fd, datagram, sizeof(datagram), MSG_NOSIGNAL) > 0;
    }
    return sent;
}

static void test_strangers_get_nothing(void **state)
{
    struct world world;
    uint8_t answer[100], big[9000] = {0x80, 0x60};
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &publisher);
    struct person *viewer = world_connect(&world, &watcher);
    int fd = stranger(&world, false);
    assert_int_equal(spray(fd), 70);
    assert_int_equal(send(fd, big, sizeof(big), 0), sizeof(big));
    assert_true(world_talk(&world, speaker, world_some_media, viewer));
    assert_true(recv(fd, answer, sizeof(answer), MSG_DONTWAIT) < 0);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"unknown_path\"} "), 40);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"stun\"} "), 10);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"not_ours\"} "), 20);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"too_long\"} "), 1);
    assert_int_equal(viewer->got[0].foreign + viewer->got[1].foreign, 0);
    assert_int_equal(world_count(&world, "ended"), 0);
    close(fd);
    world_close(&world);
}

struct goal {
    const struct person *viewer;
    unsigned packets; // of video
};

static bool is_reached(struct world *world, void *arg)
{
    const struct goal *goal = arg;
    (void)world;
    return goal->viewer->got[1].packets >= goal->packets;
}

// RTP and RTCP of the publisher's own stream, from his own address: RTP of numbers all around, so
// that one which is believed would turn the stream's count of numbers over.
static void forge(struct person *speaker, unsigned count)
{
    uint8_t forged[300];
    for (unsigned i = 0; i < count; i++) {
        memset(forged, (int)i, sizeof(forged));
        put_u16(forged, i % 2 ? 0x8060 : 0x80c8);
        put_u16(forged + 2, i % 2 ? (uint16_t)(i * 163) : 74);
        put_u32(forged + 8, rtc_client_video_ssrc(speaker->client));
        (void)rtc_client_send_raw(speaker->client, forged, sizeof(forged));
    }
}

static void test_forged_media_is_dropped_and_counted(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &publisher);
    struct person *viewer = world_connect(&world, &watcher);
    forge(speaker, 400); // before the stream's first packet
    assert_true(world_talk(&world, speaker, world_some_media, viewer));
    struct goal goal = {.viewer = viewer, .packets = viewer->got[1].packets + 60};
    forge(speaker, 600); // and within it
    assert_true(world_talk(&world, speaker, is_reached, &goal));
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"srtp_auth\"} ") +
                         world_metric(&world, "banyan_drops_total{reason=\"srtp_replay\"} "),
                     1000); // a number that came before is not even looked at
    assert_int_equal(viewer->got[0].foreign + viewer->got[1].foreign, 0);
    assert_int_equal(viewer->got[1].gaps, 0);
    assert_int_equal(world_count(&world, "ended"), 0);
    world_close(&world);
}

static void test_watchers_cannot_publish(void **state)
{
    struct world world;
    uint8_t packet[100] = {0x80, RTC_PT_VIDEO, 0, 1, 0, 0, 0, 1, 0, 0, 0, 77, 0x10, 0x10};
    (void)state;
    world_open(&world, NULL);
    struct person *viewer = world_connect(&world, &watcher);
    assert_int_equal(rtc_client_send_rtp(viewer->client, packet, sizeof(packet), 12), 0);
    int64_t limit = clock_us() + 5000000;
    while (!world_metric(&world, "banyan_drops_total{reason=\"not_publishing\"} ") &&
           clock_us() < limit)
        world_step(&world);
    assert_int_equal(world_metric(&world, "banyan_drops_total{reason=\"not_publishing\"} "), 1);
    assert_int_equal(world_count(&world, "added"), 0);
    world_close(&world);
}

// --- TCP strangers ------------------------------------------------------------------------------

static bool is_hung_up(int fd)
{
    uint8_t byte;
    ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

static void expect_hang_up(struct world *world, const uint8_t *bytes, size_t len)
{
    int fd = stranger(world, true);
    int64_t limit = clock_us() + 5000000;
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
    while (!is_hung_up(fd) && clock_us() < limit)
        world_step(world);
    assert_true(is_hung_up(fd));
    close(fd);
}

static void test_tcp_strangers_are_hung_up_on(void **state)
{
    static const uint8_t http[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    static const uint8_t tls[] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01};
    uint8_t rtp[2 + 40] = {0, 40, 0x80, 0x60};
    struct world world;
    (void)state;
    world_open(&world, NULL);
    expect_hang_up(&world, http, sizeof(http));
    expect_hang_up(&world, tls, sizeof(tls));
    expect_hang_up(&world, rtp, sizeof(rtp));
    assert_int_equal(world_metric(&world, "banyan_tcp_connections "), 0);
    world_close(&world);
}

static void test_tcp_strangers_are_few(void **state)
{
    struct world world;
    int fds[300];
    (void)state;
    world_open(&world, NULL);
    for (unsigned i = 0; i < 300; i++)
        fds[i] = stranger(&world, true);
    int64_t limit = clock_us() + 5000000;
    while (world_metric(&world, "banyan_tcp_refused_total ") < 44 && clock_us() < limit)
        world_step(&world);
    assert_int_equal(world_metric(&world, "banyan_tcp_refused_total "), 44);
    assert_int_equal(world_metric(&world, "banyan_tcp_connections "), 256);
    for (unsigned i = 0; i < 300; i++)
        close(fds[i]);
    while (world_metric(&world, "banyan_tcp_connections ") && clock_us() < limit)
        world_step(&world);
    struct person_config by_tcp = watcher; // and now there is room again
    by_tcp.tcp = true;
    world_connect(&world, &by_tcp);
    world_close(&world);
}

static bool is_gone(struct world *world, void *arg)
{
    (void)arg;
    return world_metric(world, "banyan_tcp_connections ") == 0;
}

static void test_tcp_connection_breaks(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &publisher);
    struct person_config by_tcp = watcher;
    by_tcp.tcp = true;
    struct person *viewer = world_connect(&world, &by_tcp);
    assert_true(world_talk(&world, speaker, world_some_media, viewer));
    person_vanish(viewer);
    assert_true(world_talk(&world, speaker, is_gone, NULL)); // nothing breaks meanwhile
    assert_int_equal(world_count(&world, "ended"), 0);       // consent decides
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strangers_get_nothing),
        cmocka_unit_test(test_forged_media_is_dropped_and_counted),
        cmocka_unit_test(test_watchers_cannot_publish),
        cmocka_unit_test(test_tcp_strangers_are_hung_up_on),
        cmocka_unit_test(test_tcp_strangers_are_few),
        cmocka_unit_test(test_tcp_connection_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
