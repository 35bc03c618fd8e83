// What a paced outlet sends when, and in which order; fairness among outlets; long headers.
#include "tests/unit/support/media.h"

#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/feedback/sent.h"
#include "gateway/relay/egress.h"

#define BLOCKS    4096
#define WAIT_MS   2000
#define OUTLETS   8
#define MANY      1500
#define TURNS     200
#define RATE      2000000ull
#define PACKET    1000
#define OVERHEAD  (RTP_HEADER_LEN + SRTP_OVERHEAD)
#define NUMBER_AT 17
#define HEAD_LEN  20

static struct pool *pool;
static struct egress *egress;
static struct drops drops;
static struct wire udp = {.kind = WIRE_UDP};
static struct outlet outlet;
static int fd;

static struct addr sender;

static void bind_loopback(int socket_fd, struct addr *addr)
{
    socklen_t len = sizeof(addr->v4);
    addr_parse(addr, "127.0.0.1:0");
    assert_int_equal(bind(socket_fd, &addr->sa, addr_len(addr)), 0);
    assert_int_equal(getsockname(socket_fd, &addr->sa, &len), 0);
}

// Hears the sender alone: other programs may still send to a port that was theirs.
static int listen_udp(struct addr *addr)
{
    int size = 4 << 20, one = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(one, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    bind_loopback(one, addr);
    assert_int_equal(connect(one, &sender.sa, addr_len(&sender)), 0);
    return one;
}

static int open_egress(void **state)
{
    (void)state;
    memset(&drops, 0, sizeof(drops));
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    assert_int_equal(egress_alloc(&egress, &drops), 0);
    udp.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    bind_loopback(udp.fd, &sender);
    outlet = (struct outlet){.open = true, .path.wire = &udp};
    fd = listen_udp(&outlet.path.remote);
    return udp.fd < 0;
}

static int close_egress(void **state)
{
    (void)state;
    close(udp.fd);
    close(fd);
    egress_free(egress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

static void queue_to(struct outlet *to, uint16_t seq, size_t len, bool urgent)
{
    const struct media_packet what = {.pt = 96, .seq = seq, .ssrc = 1, .len = len};
    struct packet *packet = media_make(pool, &what, 1);
    const struct egress_packet out = {.source = packet,
                                      .payload = packet->rtp.payload,
                                      .payload_len = packet->rtp.payload_len,
                                      .index = seq,
                                      .header = packet->data,
                                      .header_len = RTP_HEADER_LEN,
                                      .urgent = urgent};
    egress_rtp(egress, to, &out);
    packet_drop(packet);
}

static int next_seq(int wait_ms)
{
    uint8_t data[2048];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, wait_ms) != 1 || recv(fd, data, sizeof(data), 0) < RTP_HEADER_LEN)
        return -1;
    return get_u16(data + 2);
}

static uint64_t sent_packets(void)
{
    return counter_get(&egress_stats(egress)->packets);
}

// By the real clock: however late this program is woken, the rate is never passed.
static void what_waits_leaves_at_the_rate_and_in_order(void **state)
{
    (void)state;
    const unsigned all = 60;
    outlet.pace_rate = RATE;
    int64_t begin_us = clock_us();
    for (uint16_t seq = 0; seq < all; seq++)
        queue_to(&outlet, seq, PACKET, false);
    assert_int_equal(outlet.queued_bytes, all * (PACKET + RTP_HEADER_LEN));
    while (outlet.queued_bytes) {
        egress_flush(egress);
        uint64_t bits = sent_packets() * (PACKET + OVERHEAD) * 8;
        uint64_t passed_us = (uint64_t)(clock_us() - begin_us);
        assert_true(bits <= RATE * (passed_us + 2 * PACER_BURST_US) / 1000000);
        int64_t wait_us = egress_deadline(egress) - clock_us();
        assert_true((outlet.queued_bytes == 0) == (egress_deadline(egress) == INT64_MAX));
        if (outlet.queued_bytes && wait_us > 0)
            usleep((useconds_t)wait_us);
    }
    assert_int_equal(sent_packets(), all);
    for (unsigned seq = 0; seq < all; seq++)
        assert_int_equal(next_seq(WAIT_MS), seq);
    assert_true(clock_us() - begin_us >= (int64_t)(all * (PACKET + OVERHEAD) * 4 - 10000));
}

static void sound_does_not_wait_behind_pictures(void **state)
{
    (void)state;
    outlet.pace_rate = RATE / 10;
    for (uint16_t seq = 0; seq < 5; seq++)
        queue_to(&outlet, seq, PACKET, false);
    egress_flush(egress);
    assert_int_equal(next_seq(WAIT_MS), 0);
    for (uint16_t seq = 100; seq < 103; seq++)
        queue_to(&outlet, seq, 80, true);
    egress_flush(egress);
    for (uint16_t seq = 100; seq < 103; seq++)
        assert_int_equal(next_seq(WAIT_MS), seq);
    assert_int_equal(outlet.queued_bytes, 4 * (PACKET + RTP_HEADER_LEN));
    // No rate any more: all that is left leaves.
    outlet.pace_rate = 0;
    egress_flush(egress);
    for (uint16_t seq = 1; seq < 5; seq++)
        assert_int_equal(next_seq(WAIT_MS), seq);
    assert_int_equal(outlet.queued_bytes, 0);
    assert_true(egress_deadline(egress) == INT64_MAX);
}

static void a_paced_outlet_does_not_hold_up_the_others(void **state)
{
    (void)state;
    struct outlet slow = outlet;
    slow.pace_rate = 50000;
    for (uint16_t seq = 0; seq < 100; seq++) {
        queue_to(&slow, 1000, PACKET, false);
        queue_to(&outlet, seq, PACKET, false);
        egress_flush(egress);
        for (int got = 1000; got != seq;) // one of the slow one's leaves now and then
            assert_true((got = next_seq(WAIT_MS)) >= 0);
    }
    assert_true(slow.queued_bytes > 90 * PACKET);
    egress_forget_outlet(egress, &slow);
    assert_int_equal(slow.queued_bytes, 0);
    egress_flush(egress);
    assert_true(egress_deadline(egress) == INT64_MAX);
    assert_int_equal(pool_left(pool), BLOCKS);
}

static void a_queue_nobody_empties_is_bounded(void **state)
{
    (void)state;
    outlet.pace_rate = 50000;
    for (unsigned i = 0; i < 2000; i++)
        queue_to(&outlet, (uint16_t)i, PACKET, false);
    assert_in_range(outlet.queued_bytes, EGRESS_QUEUE_MAX - PACKET, EGRESS_QUEUE_MAX + 2 * PACKET);
    assert_true(counter_get(&drops.count[DROP_EGRESS_FULL]) > 900);
    egress_forget_outlet(egress, &outlet);
}

// The number is that of leaving: what overtakes gets the earlier one, what is forgotten gets none.
static void transport_wide_numbers_are_given_when_a_packet_leaves(void **state)
{
    (void)state;
    struct sent *sent;
    uint8_t header[HEAD_LEN] = {0x90, 96, [12] = 0xbe, 0xde, 0, 1, 0x51};
    uint8_t data[2048];
    const uint16_t order[] = {0, 9, 1};
    assert_int_equal(sent_alloc(&sent), 0);
    outlet.sent = sent;
    outlet.pace_rate = RATE / 4;
    struct packet *packet = media_make(
        pool, &(struct media_packet){.pt = 96, .ssrc = 1, .len = PACKET}, 1);
    struct egress_packet out = {.source = packet,
                                .payload = packet->rtp.payload,
                                .payload_len = packet->rtp.payload_len,
                                .header = header,
                                .header_len = HEAD_LEN,
                                .number_at = NUMBER_AT};
    for (unsigned i = 0; i < 3; i++) {
        header[3] = i < 2 ? (uint8_t)i : 9;
        out.urgent = i == 2;
        egress_rtp(egress, &outlet, &out);
        if (i == 0)
            egress_flush(egress);
    }
    assert_int_equal(sent_number(sent), 1);
    egress_flush(egress);
    assert_int_equal(sent_number(sent), 2);
    outlet.pace_rate = 0;
    egress_flush(egress);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(recv(fd, data, sizeof(data), 0), HEAD_LEN + PACKET);
        assert_int_equal(get_u16(data + 2), order[i]);
        assert_int_equal(get_u16(data + NUMBER_AT), i);
    }
    out.urgent = false;
    egress_rtp(egress, &outlet, &out);
    egress_forget_outlet(egress, &outlet);
    egress_flush(egress);
    assert_int_equal(sent_number(sent), 3);
    packet_drop(packet);
    sent_free(sent);
}

// Between packets of one size it would cut their train.
static void sound_leaves_in_front_also_where_nothing_is_paced(void **state)
{
    (void)state;
    for (uint16_t seq = 0; seq < 4; seq++)
        queue_to(&outlet, seq, seq == 2 ? 80 : PACKET, seq == 2);
    egress_turn(egress);
    assert_int_equal(next_seq(WAIT_MS), 2);
    assert_int_equal(next_seq(WAIT_MS), 0);
    assert_int_equal(next_seq(WAIT_MS), 1);
    assert_int_equal(next_seq(WAIT_MS), 3);
}

static void everybody_is_first_now_and_then(void **state)
{
    (void)state;
    struct outlet outlets[OUTLETS];
    unsigned first[OUTLETS] = {0};
    for (unsigned i = 0; i < OUTLETS; i++)
        outlets[i] = outlet;
    for (unsigned turn = 0; turn < TURNS; turn++) {
        for (uint16_t i = 0; i < OUTLETS; i++)
            queue_to(&outlets[i], i, 100, false);
        egress_flush(egress);
        first[next_seq(WAIT_MS)]++;
        for (unsigned i = 1; i < OUTLETS; i++)
            assert_true(next_seq(WAIT_MS) >= 0);
    }
    for (unsigned i = 0; i < OUTLETS; i++)
        assert_in_range(first[i], TURNS / OUTLETS / 2, TURNS / OUTLETS * 2);
}

static struct outlet audience[MANY];

// One packet for everybody.
static void queue_to_audience(void)
{
    struct packet *packet = media_make(
        pool, &(struct media_packet){.pt = 96, .seq = 7, .ssrc = 1, .len = 100}, 1);
    const struct egress_packet out = {.source = packet,
                                      .payload = packet->rtp.payload,
                                      .payload_len = packet->rtp.payload_len,
                                      .header = packet->data,
                                      .header_len = RTP_HEADER_LEN};
    for (unsigned i = 0; i < MANY; i++) {
        audience[i] = outlet;
        egress_rtp(egress, &audience[i], &out);
    }
    packet_drop(packet);
}

// A large audience leaves in several turns, everybody in order; a pair does not wait for it.
static void a_pair_does_not_wait_for_an_audience(void **state)
{
    (void)state;
    unsigned turns = 0, heard = 0, last = 0;
    queue_to_audience();
    while (egress_deadline(egress) != INT64_MAX || !turns) {
        queue_to(&outlet, (uint16_t)(1000 + turns), 100, false);
        egress_turn(egress);
        assert_int_equal(next_seq(WAIT_MS), 1000 + turns);
        turns++;
        for (int seq; (seq = next_seq(0)) >= 0; heard++)
            assert_int_equal(seq, 7);
        assert_true(heard > last || heard == MANY);
        last = heard;
    }
    assert_int_equal(heard, MANY);
    assert_in_range(turns, 3, 20);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(audience[i].queued_bytes, 0);
}

// Nor does the sound of a pair whose pictures have to wait.
static void a_paced_pair_does_not_wait_for_an_audience_either(void **state)
{
    (void)state;
    queue_to_audience();
    outlet.pace_rate = 100000;
    for (uint16_t i = 0; i < 20; i++)
        queue_to(&outlet, i, 1000, false);
    for (unsigned turn = 0; turn < 3; turn++) {
        egress_turn(egress);
        while (next_seq(0) >= 0)
            ;
        assert_true(outlet.queued_bytes > 10000);
        queue_to(&outlet, (uint16_t)(1000 + turn), 100, true);
        egress_turn(egress);
        assert_int_equal(next_seq(WAIT_MS), 1000 + turn);
    }
    egress_forget_outlet(egress, &outlet);
    egress_flush(egress);
}

static void headers_of_every_length_arrive_whole(void **state)
{
    (void)state;
    uint8_t header[EGRESS_HEADER_MAX], data[2048];
    struct packet *packet = media_make(pool, &(struct media_packet){.pt = 96, .ssrc = 1, .len = 10},
                                       1);
    for (size_t i = 0; i < sizeof(header); i++)
        header[i] = (uint8_t)i;
    for (size_t len = RTP_HEADER_LEN; len <= sizeof(header); len++) {
        struct egress_packet out = {.source = packet,
                                    .payload = packet->rtp.payload,
                                    .payload_len = packet->rtp.payload_len,
                                    .header = header,
                                    .header_len = len - len % 3,
                                    .lead_len = len % 3};
        egress_rtp(egress, &outlet, &out);
        egress_rtp(egress, &outlet, &out);
        egress_flush(egress);
        for (unsigned i = 0; i < 2; i++) {
            assert_int_equal(recv(fd, data, sizeof(data), 0), len + 10);
            assert_memory_equal(data, header, len);
            assert_memory_equal(data + len, packet->rtp.payload, 10);
        }
    }
    packet_drop(packet);
}

#define PACE_TEST(name) cmocka_unit_test_setup_teardown(name, open_egress, close_egress)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PACE_TEST(what_waits_leaves_at_the_rate_and_in_order),
        PACE_TEST(sound_does_not_wait_behind_pictures),
        PACE_TEST(sound_leaves_in_front_also_where_nothing_is_paced),
        PACE_TEST(a_paced_outlet_does_not_hold_up_the_others),
        PACE_TEST(a_queue_nobody_empties_is_bounded),
        PACE_TEST(transport_wide_numbers_are_given_when_a_packet_leaves),
        PACE_TEST(everybody_is_first_now_and_then),
        PACE_TEST(a_pair_does_not_wait_for_an_audience),
        PACE_TEST(a_paced_pair_does_not_wait_for_an_audience_either),
        PACE_TEST(headers_of_every_length_arrive_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
