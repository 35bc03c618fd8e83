#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/addr.h"
#include "gateway/base/clock.h"
#include "tests/unit/support/rooms_world.h"

// The limits of 30 s on the wall clock, all at once: consent (RFC 7675), sessions never finished,
// and the 10 s of a silent TCP stranger. Half a minute that shows the timers are really set.

static int open_stranger(struct world *world)
{
    struct addr to;
    assert_int_equal(addr_parse(&to, "127.0.0.1"), 0);
    addr_set_port(&to, rooms_port(world->rooms));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, &to.sa, addr_len(&to)), 0);
    return fd;
}

struct clockwork {
    struct person *speaker;
    int stranger;
    int64_t start_us, hung_up_us, consent_us, unfinished_us;
};

static void note_first(int64_t *at_us, bool happened)
{
    if (!*at_us && happened)
        *at_us = clock_us();
}

static bool all_over(struct world *world, void *arg)
{
    struct clockwork *works = arg;
    uint8_t byte;
    note_first(&works->hung_up_us, recv(works->stranger, &byte, 1, MSG_DONTWAIT) == 0);
    note_first(&works->consent_us, world_count(world, "ended silent consent") > 0);
    note_first(&works->unfinished_us, world_count(world, "ended never unfinished") > 0);
    return works->hung_up_us && works->consent_us && works->unfinished_us;
}

static void assert_after(const struct clockwork *works, int64_t at_us, int64_t from_s, int64_t to_s)
{
    assert_in_range(at_us - works->start_us, from_s * 1000000, to_s * 1000000);
}

static void test_limits(void **state)
{
    static const struct person_config speaker = {
        .session = "pub", .room = "r1", .participant = "speaker"};
    static const struct person_config silent = {
        .session = "silent", .room = "r1", .participant = "a", .watch = true, .together = true};
    static const struct person_config lively = {
        .session = "lively", .room = "r1", .participant = "b", .watch = true, .tcp = true};
    static const struct person_config never = {
        .session = "never", .room = "r1", .participant = "c", .watch = true};
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct clockwork works = {.speaker = world_connect(&world, &speaker)};
    struct person *gone = world_connect(&world, &silent);
    struct person *stays = world_connect(&world, &lively);
    world_connect(&world, &(struct person_config){
                              .session = "x", .room = "r2", .participant = "x", .watch = true});
    works.start_us = clock_us();
    person_vanish(world_enter(&world, &never));
    rtc_client_fall_silent(gone->client);
    works.stranger = open_stranger(&world);
    for (unsigned tries = 0; tries < 4 && !all_over(&world, &works); tries++)
        (void)world_talk(&world, works.speaker, all_over, &works);
    assert_after(&works, works.hung_up_us, 9, 12);
    assert_after(&works, works.consent_us, 25, 33); // since its last check
    assert_after(&works, works.unfinished_us, 29, 33);
    uint32_t then = gone->got[0].packets, heard = stays->got[0].packets;
    unsigned sent = works.speaker->audio_sent;
    while (works.speaker->audio_sent < sent + 20) {
        person_send(works.speaker, 3, false);
        world_step(&world);
    }
    int64_t limit = clock_us() + 5000000;
    while (stays->got[0].packets < heard + 20 && clock_us() < limit)
        world_step(&world);
    assert_true(stays->got[0].packets >= heard + 20);
    assert_true(gone->got[0].packets - then <= 1);
    assert_int_equal(world_count(&world, "ended"), 2);
    assert_true(stays->sender_reports > 20);
    close(works.stranger);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
