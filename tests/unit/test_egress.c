// What leaves a shard, seen from the other end of real sockets.
#include "tests/unit/support/media.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/relay/egress.h"

#define BLOCKS    49152
#define SOCKETS   100
#define PER_SOCK  10
#define SUBS      (SOCKETS * PER_SOCK)
#define FRAME_LEN 8
#define WAIT_MS   2000

static struct pool *pool;
static struct egress *egress;
static struct drops drops;
static struct wire udp = {.kind = WIRE_UDP};

static struct addr sender;

static void bind_loopback(int socket_fd, struct addr *addr)
{
    socklen_t len = sizeof(addr->v4);
    addr_parse(addr, "127.0.0.1:0");
    assert_int_equal(bind(socket_fd, &addr->sa, addr_len(addr)), 0);
    assert_int_equal(getsockname(socket_fd, &addr->sa, &len), 0);
}

static int open_egress(void **state)
{
    (void)state;
    memset(&drops, 0, sizeof(drops));
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    assert_int_equal(egress_alloc(&egress, &drops), 0);
    udp.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    bind_loopback(udp.fd, &sender);
    return udp.fd < 0;
}

static int close_egress(void **state)
{
    (void)state;
    close(udp.fd);
    egress_free(egress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

// Hears the sender alone: other programs may still send to a port that was theirs.
static int listen_udp(struct addr *addr)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bind_loopback(fd, addr);
    assert_int_equal(connect(fd, &sender.sa, addr_len(&sender)), 0);
    return fd;
}

static ssize_t receive(int fd, uint8_t *data, size_t size, int wait_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, wait_ms) == 1 ? recv(fd, data, size, 0) : -1;
}

static void queue(struct outlet *outlet, uint32_t ssrc, uint16_t seq, size_t len)
{
    const struct media_packet what = {.pt = 96, .seq = seq, .ssrc = ssrc, .len = len};
    struct packet *packet = media_make(pool, &what, 1);
    const struct egress_packet out = {.source = packet,
                                      .payload = packet->rtp.payload,
                                      .payload_len = packet->rtp.payload_len,
                                      .index = seq,
                                      .header = packet->data,
                                      .header_len = RTP_HEADER_LEN};
    egress_rtp(egress, outlet, &out);
    packet_drop(packet);
}

static uint64_t dropped(enum drop_reason reason)
{
    return counter_get(&drops.count[reason]);
}

static void a_frame_for_a_thousand_viewers(void **state)
{
    (void)state;
    static struct outlet outlets[SUBS];
    struct addr addr[SOCKETS];
    int fds[SOCKETS];
    uint8_t data[2048];
    for (int s = 0; s < SOCKETS; s++)
        fds[s] = listen_udp(&addr[s]);
    for (unsigned i = 0; i < SUBS; i++)
        outlets[i] = (struct outlet){.path = {&udp, addr[i % SOCKETS]}, .open = true};
    // Packet by packet to all, as a track does; the last packet of the frame is shorter.
    for (unsigned p = 0; p < FRAME_LEN; p++) {
        const struct media_packet what = {
            .pt = 96, .seq = (uint16_t)p, .len = p + 1 < FRAME_LEN ? 100 : 60};
        struct packet *packet = media_make(pool, &what, 1);
        for (unsigned i = 0; i < SUBS; i++) {
            uint8_t header[RTP_HEADER_LEN];
            memcpy(header, packet->data, sizeof(header));
            put_u32(header + 8, i);
            const struct egress_packet out = {.source = packet,
                                              .payload = packet->rtp.payload,
                                              .payload_len = packet->rtp.payload_len,
                                              .index = p,
                                              .header = header,
                                              .header_len = sizeof(header)};
            egress_rtp(egress, &outlets[i], &out);
        }
        packet_drop(packet);
    }
    assert_int_equal(counter_get(&egress_stats(egress)->packets), 0);
    egress_flush(egress);
    assert_int_equal(counter_get(&egress_stats(egress)->packets), SUBS * FRAME_LEN);
    // 8000 packets: in trains of eight and many trains a call.
    assert_in_range(counter_get(&egress_stats(egress)->calls), 1, 40);
    assert_int_equal(counter_get(&egress_stats(egress)->delay.count), SUBS * FRAME_LEN);
    for (unsigned n = 0; n < SUBS * FRAME_LEN; n++) {
        unsigned s = n / (PER_SOCK * FRAME_LEN), k = n % (PER_SOCK * FRAME_LEN);
        unsigned viewer = s + k / FRAME_LEN * SOCKETS, seq = k % FRAME_LEN;
        ssize_t len = receive(fds[s], data, sizeof(data), WAIT_MS);
        assert_int_equal(len, RTP_HEADER_LEN + (seq + 1 < FRAME_LEN ? 100 : 60));
        assert_int_equal(get_u32(data + 8), viewer);
        assert_int_equal(get_u16(data + 2), seq);
        assert_int_equal(get_u16(data + len - 2), seq); // the payload's end is the packet's own
    }
    for (int s = 0; s < SOCKETS; s++)
        close(fds[s]);
}

static void encrypted_packets_can_be_read_by_the_viewer(void **state)
{
    (void)state;
    const uint8_t key[SRTP_KEY_MAX] = "a key", salt[SRTP_SALT_MAX] = "salt";
    struct outlet outlet = {.open = true, .path.wire = &udp};
    struct srtp_in *in = NULL;
    uint8_t data[2048], twice[2][2048];
    int fd = listen_udp(&outlet.path.remote);
    assert_int_equal(srtp_out_alloc(&outlet.srtp, SRTP_PROFILE_AEAD_AES_128_GCM, key, salt), 0);
    assert_int_equal(srtp_in_alloc(&in, SRTP_PROFILE_AEAD_AES_128_GCM, key, salt), 0);
    for (uint16_t seq = 10; seq < 30; seq++)
        queue(&outlet, 9, seq, 1200);
    egress_flush(egress);
    for (uint16_t seq = 10; seq < 30; seq++) {
        size_t len = (size_t)receive(fd, data, sizeof(data), WAIT_MS);
        assert_int_equal(srtp_unprotect(in, data, &len), 0);
        assert_int_equal(len, RTP_HEADER_LEN + 1200);
        assert_int_equal(get_u16(data + len - 2), seq);
    }
    // The same packet under the same index is the same datagram.
    for (int i = 0; i < 2; i++) {
        queue(&outlet, 9, 30, 700);
        egress_flush(egress);
        assert_int_equal(receive(fd, twice[i], 2048, WAIT_MS), RTP_HEADER_LEN + 700 + 16);
    }
    assert_memory_equal(twice[0], twice[1], RTP_HEADER_LEN + 700 + 16);
    const uint8_t rr[] = {0x80, 201, 0, 1, 0, 0, 0, 9};
    egress_rtcp(egress, &outlet, rr, sizeof(rr));
    size_t len = (size_t)receive(fd, data, sizeof(data), WAIT_MS);
    assert_int_equal(srtcp_unprotect(in, data, &len), 0);
    assert_memory_equal(data, rr, sizeof(rr));
    srtp_in_free(in);
    srtp_out_free(outlet.srtp);
    close(fd);
}

// Neither to one who has gone, nor more than there is room for.
static void reports_go_to_open_outlets_only(void **state)
{
    (void)state;
    struct outlet outlet = {.path.wire = &udp};
    uint8_t report[1404] = {0x80, 201, 0, 1}, data[2048];
    int fd = listen_udp(&outlet.path.remote);
    egress_rtcp(egress, &outlet, report, 8);
    outlet.open = true;
    egress_rtcp(egress, &outlet, report, sizeof(report));
    egress_rtcp(egress, &outlet, report, 12);
    assert_int_equal(receive(fd, data, sizeof(data), WAIT_MS), 12);
    close(fd);
}

static void sizes_in_any_order_arrive_whole_and_in_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {50, 50, 40, 50, 60, 60, 60, 10, 1300, 1300, 2, 1500};
    struct outlet outlet = {.open = true, .path.wire = &udp};
    uint8_t data[2048];
    int fd = listen_udp(&outlet.path.remote);
    size_t count = sizeof(sizes) / sizeof(sizes[0]);
    for (size_t i = 0; i < count; i++)
        queue(&outlet, 1, (uint16_t)i, sizes[i]);
    egress_flush(egress);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(receive(fd, data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + sizes[i]);
        assert_int_equal(get_u16(data + 2), i);
    }
    close(fd);
}

// More packets than one queue takes, and a train longer than the kernel allows.
static void a_long_burst_is_sent_in_between(void **state)
{
    (void)state;
    struct outlet outlet = {.open = true, .path.wire = &udp};
    uint8_t data[2048];
    int fd = listen_udp(&outlet.path.remote), seen = 0;
    for (unsigned i = 0; i < 9000; i++) {
        queue(&outlet, 1, (uint16_t)i, 20);
        if (i % 100 == 99) {
            egress_flush(egress);
            for (unsigned k = i - 99; k <= i; k++) {
                assert_int_equal(receive(fd, data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + 20);
                assert_int_equal(get_u16(data + 2), k);
                seen++;
            }
        }
    }
    assert_int_equal(seen, 9000);
    // Nobody listens: the queue still empties itself, whatever happens to the datagrams.
    close(fd);
    struct outlet other = outlet;
    for (unsigned i = 0; i < 40000; i++)
        queue(i % 2 ? &outlet : &other, 1, (uint16_t)i, 20);
    assert_true(pool_left(pool) > BLOCKS - 40000); // not all of them have to wait
    egress_flush(egress);
    assert_int_equal(counter_get(&egress_stats(egress)->packets) + dropped(DROP_EGRESS_ERROR) +
                         dropped(DROP_EGRESS_FULL),
                     49000);
    assert_int_equal(pool_left(pool), BLOCKS);
}

static void one_refused_message_does_not_cost_the_others(void **state)
{
    (void)state;
    struct outlet good[2], bad;
    uint8_t data[2048];
    int fds[2];
    for (int i = 0; i < 2; i++) {
        good[i] = (struct outlet){.open = true, .path.wire = &udp};
        fds[i] = listen_udp(&good[i].path.remote);
    }
    // Broadcast without leave: EACCES for each packet.
    bad = (struct outlet){.open = true, .path.wire = &udp};
    addr_parse(&bad.path.remote, "255.255.255.255:9");
    for (uint16_t seq = 0; seq < 3; seq++) {
        queue(&good[0], 1, seq, 100);
        queue(&bad, 2, seq, 100);
        queue(&good[1], 3, seq, 100);
    }
    egress_flush(egress);
    assert_int_equal(dropped(DROP_EGRESS_ERROR), 3);
    for (int i = 0; i < 2; i++)
        for (uint16_t seq = 0; seq < 3; seq++) {
            assert_int_equal(receive(fds[i], data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + 100);
            assert_int_equal(get_u16(data + 2), seq);
        }
    close(fds[0]);
    close(fds[1]);
}

static void a_train_the_kernel_refuses_goes_packet_by_packet(void **state)
{
    (void)state;
    struct outlet outlet = {.open = true, .path.wire = &udp};
    uint8_t data[2048];
    int fd = listen_udp(&outlet.path.remote), on = 1;
    // UDP_SEGMENT is refused on a socket without checksums (EIO from some devices, EINVAL here).
    assert_int_equal(setsockopt(udp.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)), 0);
    for (uint16_t seq = 0; seq < 5; seq++)
        queue(&outlet, 1, seq, 100);
    egress_flush(egress);
    for (uint16_t seq = 0; seq < 5; seq++) {
        assert_int_equal(receive(fd, data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + 100);
        assert_int_equal(get_u16(data + 2), seq);
    }
    assert_int_equal(counter_get(&egress_stats(egress)->packets), 5);
    close(fd);
}

static void a_pipeline_gets_plain_packets_and_is_never_waited_for(void **state)
{
    (void)state;
    int pair[2];
    uint8_t data[2048];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
    struct wire port = {.kind = WIRE_PORT, .fd = pair[0]};
    struct outlet outlet = {.open = true, .path.wire = &port};
    for (uint16_t seq = 0; seq < 4; seq++)
        queue(&outlet, 1, seq, 900);
    egress_flush(egress);
    for (uint16_t seq = 0; seq < 4; seq++) {
        assert_int_equal(receive(pair[1], data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + 900);
        assert_int_equal(get_u16(data + 2), seq);
    }
    for (int turn = 0; turn < 10; turn++) {
        for (uint16_t seq = 0; seq < 100; seq++)
            queue(&outlet, 1, seq, 900);
        egress_flush(egress);
    }
    assert_true(dropped(DROP_EGRESS_FULL) > 0);
    assert_false(port.broken);
    close(pair[1]);
    queue(&outlet, 1, 1, 900);
    egress_flush(egress);
    assert_true(port.broken);
    close(pair[0]);
}

static int blocked_calls;

static void on_blocked(struct wire *wire)
{
    (void)wire;
    blocked_calls++;
}

static size_t read_frames(int fd, uint16_t *seqs, size_t cap, struct wire *writer)
{
    uint8_t *bytes = malloc(4 * WIRE_BACKLOG_MAX);
    size_t got = 0, at = 0, count = 0;
    ssize_t n;
    do {
        (void)wire_write_backlog(writer);
        n = recv(fd, bytes + got, 4 * WIRE_BACKLOG_MAX - got, MSG_DONTWAIT);
        got += n > 0 ? (size_t)n : 0;
    } while (n > 0);
    while (at < got && count < cap) {
        size_t len = get_u16(bytes + at);
        assert_int_equal(bytes[at + 2], 0x80);
        seqs[count++] = get_u16(bytes + at + 4);
        at += 2 + len;
    }
    assert_int_equal(at, got); // whole frames only
    free(bytes);
    return count;
}

static void tcp_is_framed_and_its_backlog_bounded(void **state)
{
    (void)state;
    static uint16_t seqs[8192];
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    struct wire tcp = {.kind = WIRE_TCP, .fd = pair[0], .blocked = on_blocked};
    struct outlet outlet = {.open = true, .path.wire = &tcp};
    blocked_calls = 0;
    assert_int_equal(wire_write_backlog(&tcp), 0);
    assert_null(tcp.backlog); // nothing is kept for somebody who was sent nothing
    for (uint16_t seq = 0; seq < 20; seq++)
        queue(&outlet, 1, seq, 1000);
    egress_flush(egress);
    assert_int_equal(read_frames(pair[1], seqs, 8192, &tcp), 20);
    assert_int_equal(seqs[19], 19);
    assert_int_equal(blocked_calls, 0);
    // The viewer stops reading: what the kernel and the backlog take is kept, the rest dropped.
    for (uint16_t seq = 0; seq < 2000; seq++) {
        queue(&outlet, 1, seq, 1000);
        egress_flush(egress);
    }
    uint64_t lost = dropped(DROP_EGRESS_FULL);
    assert_true(lost > 0);
    assert_true(blocked_calls > 0);
    assert_int_equal(wire_write_backlog(&tcp), EAGAIN);
    size_t got = read_frames(pair[1], seqs, 8192, &tcp);
    assert_int_equal(got + lost, 2000);
    for (size_t i = 0; i < got; i++)
        assert_int_equal(seqs[i], i);
    assert_int_equal(wire_write_backlog(&tcp), 0);
    // The connection is gone.
    close(pair[1]);
    egress_raw(egress, &outlet.path, (const uint8_t *)"x", 1);
    assert_true(tcp.broken);
    queue(&outlet, 1, 1, 100);
    egress_flush(egress);
    wire_backlog_free(tcp.backlog);
    close(pair[0]);
}

static void what_was_forgotten_is_not_sent(void **state)
{
    (void)state;
    struct outlet gone = {.open = true, .path.wire = &udp}, stays = gone, closed = gone;
    struct wire other = {.kind = WIRE_UDP, .fd = udp.fd};
    uint8_t data[2048];
    int fd = listen_udp(&gone.path.remote);
    stays.path.remote = closed.path.remote = gone.path.remote;
    struct outlet elsewhere = {.open = true, .path = {&other, gone.path.remote}};
    queue(&gone, 1, 1, 100);
    queue(&stays, 2, 2, 100);
    queue(&closed, 3, 3, 100);
    queue(&elsewhere, 4, 4, 100);
    closed.open = false;
    egress_forget_outlet(egress, &gone);
    egress_forget_wire(egress, &other);
    memset(&gone, 0xff, sizeof(gone)); // its memory is used for something else
    egress_flush(egress);
    assert_int_equal(receive(fd, data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + 100);
    assert_int_equal(get_u32(data + 8), 2);
    assert_int_equal(receive(fd, data, sizeof(data), 50), -1);
    // And those who were only interrupted go on.
    elsewhere.path.wire = &udp;
    queue(&elsewhere, 4, 5, 100);
    egress_flush(egress);
    assert_int_equal(receive(fd, data, sizeof(data), WAIT_MS), RTP_HEADER_LEN + 100);
    close(fd);
}

static void lack_of_memory_is_a_clean_error(void **state)
{
    (void)state;
    long live = mem_live();
    struct egress *other = NULL;
    int err = ENOMEM;
    for (int nth = 0; err; nth++) {
        mem_fail_after(nth);
        err = egress_alloc(&other, &drops);
        mem_fail_after(-1);
        assert_true(err == ENOMEM || (err == 0 && nth == 5));
        assert_true(err == 0 || mem_live() == live);
    }
    egress_free(other);
    egress_free(NULL);
    struct wire tcp = {.kind = WIRE_TCP, .fd = -1};
    mem_fail_after(0);
    assert_null(wire_frame_begin(&tcp, 100));
    mem_fail_after(-1);
    assert_int_equal(mem_live(), live);
}

#define EGRESS_TEST(name) cmocka_unit_test_setup_teardown(name, open_egress, close_egress)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EGRESS_TEST(a_frame_for_a_thousand_viewers),
        EGRESS_TEST(encrypted_packets_can_be_read_by_the_viewer),
        EGRESS_TEST(reports_go_to_open_outlets_only),
        EGRESS_TEST(sizes_in_any_order_arrive_whole_and_in_order),
        EGRESS_TEST(a_long_burst_is_sent_in_between),
        EGRESS_TEST(one_refused_message_does_not_cost_the_others),
        EGRESS_TEST(a_train_the_kernel_refuses_goes_packet_by_packet),
        EGRESS_TEST(a_pipeline_gets_plain_packets_and_is_never_waited_for),
        EGRESS_TEST(tcp_is_framed_and_its_backlog_bounded),
        EGRESS_TEST(what_was_forgotten_is_not_sent),
        EGRESS_TEST(lack_of_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
