#include "tests/load/floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/peer/srtp.h"
#include "tests/load/arrivals.h"
#include "tests/load/departures.h"
#include "tests/load/drain.h"
#include "tests/load/result.h"
#include "tests/load/spread.h"
#include "tests/load/traffic.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define BLOCK_BYTES ((size_t)256 * 1024)
#define MESSAGES    128
#define WARM_UP_US  500000
#define GRACE_US    200000
#define GATHERED    (2 * TRAFFIC_BURST_MAX)
#define TRAIN_MAX   55 // packets; an IP packet has no room for more
#define BURST_BYTES ((size_t)GATHERED * (TRAFFIC_PACKET_MAX + SRTP_OVERHEAD))

union segment {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct floor {
    const struct floor_options *options;
    int fd;
    struct departures departures;
    struct drain *drain;
    struct srtp_out **outs; // a viewer's key each
    struct traffic traffic;
    struct spread spread;
    unsigned gathered;
    struct traffic_packet packets[GATHERED];
    size_t used, count;
    struct mmsghdr messages[MESSAGES];
    struct iovec iov[MESSAGES];
    union segment segments[MESSAGES];
    uint8_t block[BLOCK_BYTES];
};

// --- the loop that is measured -------------------------------------------------------------------

static void flush(struct floor *floor)
{
    size_t done = 0;
    while (done < floor->count) {
        int n = sendmmsg(floor->fd, floor->messages + done, (unsigned)(floor->count - done), 0);
        done += n > 0 ? (size_t)n : 1;
    }
    floor->used = floor->count = 0;
}

static void start_message(struct floor *floor, unsigned viewer)
{
    size_t i = floor->count++;
    floor->iov[i] = (struct iovec){.iov_base = floor->block + floor->used};
    floor->messages[i].msg_hdr = (struct msghdr){
        .msg_name = drain_address(floor->drain, viewer),
        .msg_namelen = sizeof(struct sockaddr_in),
        .msg_iov = &floor->iov[i],
        .msg_iovlen = 1,
    };
}

static void mark_segments(struct floor *floor, uint16_t size)
{
    union segment *segment = &floor->segments[floor->count - 1];
    struct msghdr *message = &floor->messages[floor->count - 1].msg_hdr;
    segment->head = (struct cmsghdr){
        .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(size))};
    memcpy(CMSG_DATA(&segment->head), &size, sizeof(size));
    message->msg_control = segment->bytes;
    message->msg_controllen = sizeof(segment->bytes);
}

// A train is cut where a packet is longer than the one before, or that one was shorter than the
// first.
static void add_burst(struct floor *floor, unsigned viewer, unsigned count)
{
    unsigned train = 0;
    if (BLOCK_BYTES - floor->used < BURST_BYTES || MESSAGES - floor->count < GATHERED)
        flush(floor);
    for (unsigned i = 0; i < count; i++) {
        const struct traffic_packet *packet = &floor->packets[i];
        uint8_t *at = floor->block + floor->used;
        bool joins = floor->options->segments && train && packet->len <= packet[-1].len &&
                     packet[-1].len == packet[-(int)train].len && train < TRAIN_MAX;
        train = joins ? train + 1 : 1;
        if (!joins)
            start_message(floor, viewer);
        memcpy(at, packet->data, TRAFFIC_HEADER_LEN);
        size_t len = srtp_protect(floor->outs[viewer], get_u16(packet->data + 2), at,
                                  TRAFFIC_HEADER_LEN, packet->data + TRAFFIC_HEADER_LEN,
                                  packet->len - TRAFFIC_HEADER_LEN);
        floor->iov[floor->count - 1].iov_len += len;
        floor->used += len;
        if (train == 2)
            mark_segments(floor, (uint16_t)(packet[-1].len + SRTP_OVERHEAD));
    }
}

// One burst to everybody. A function of its own that callgrind can be told.
__attribute__((noinline)) static void floor_burst(struct floor *floor, unsigned count)
{
    for (unsigned viewer = 0; viewer < floor->options->viewers; viewer++)
        add_burst(floor, viewer, count);
    flush(floor);
}

static void sleep_until(int64_t due_us)
{
    struct timespec due = {.tv_sec = due_us / 1000000, .tv_nsec = due_us % 1000000 * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

static int64_t next_due(const struct floor *floor)
{
    int64_t next_us = traffic_due(&floor->traffic), spread_us = spread_due(&floor->spread);
    return next_us < spread_us ? next_us : spread_us;
}

static void gather(struct floor *floor, const struct traffic_packet *packet, int64_t due_us)
{
    departures_note(&floor->departures, packet->data, due_us * 1000);
    floor->packets[floor->gathered++] = *packet;
}

// Everything that is due: whoever is late sends more at a time.
static void gather_due(struct floor *floor, int64_t now_us)
{
    struct traffic_packet burst[TRAFFIC_BURST_MAX], *packet;
    floor->gathered = 0;
    while (traffic_due(&floor->traffic) <= now_us &&
           floor->gathered + TRAFFIC_BURST_MAX <= GATHERED) {
        int64_t due_us = traffic_due(&floor->traffic);
        unsigned count = traffic_next(&floor->traffic, burst);
        if (floor->options->spread && count > 1)
            spread_put(&floor->spread, burst, count, due_us);
        for (unsigned i = 0; i < count && (!floor->options->spread || count == 1); i++)
            gather(floor, &burst[i], due_us);
    }
    while (floor->gathered < GATHERED && (packet = spread_take(&floor->spread, now_us)))
        gather(floor, packet, floor->spread.tick_us);
}

static void send_for(struct floor *floor, int64_t span_us)
{
    int64_t end_us = clock_us() + span_us;
    while (next_due(floor) < end_us) {
        sleep_until(next_due(floor));
        gather_due(floor, clock_us());
        floor_burst(floor, floor->gathered);
    }
}

// --- around it -----------------------------------------------------------------------------------

// The loop is this thread; what reads is the rest of the process.
static void take_usage(struct usage *usage, const struct floor *floor)
{
    struct timespec own;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    usage_take(usage, &floor->options->scope);
    usage->server_us = own.tv_sec * 1000000ll + own.tv_nsec / 1000;
    usage->load_us -= usage->server_us;
}

static int measure(struct floor *floor)
{
    const struct floor_options *options = floor->options;
    struct result result = {.mode = options->segments ? "floor-segments" : "floor-sendmmsg",
                            .rooms = 1,
                            .viewers = options->viewers,
                            .delay = drain_delay(floor->drain)};
    traffic_begin(&floor->traffic, 1, 2, options->kbit, clock_us());
    spread_begin(&floor->spread, options->kbit);
    send_for(floor, WARM_UP_US);
    uint64_t sent = floor->traffic.packets;
    sleep_until(clock_us() + GRACE_US / 10);
    drain_measure(floor->drain);
    uint64_t received = drain_received(floor->drain);
    take_usage(&result.before, floor);
    send_for(floor, options->seconds * 1000000ll);
    take_usage(&result.after, floor);
    sleep_until(clock_us() + GRACE_US);
    result.sent = floor->traffic.packets - sent;
    result.received = drain_received(floor->drain) - received;
    uint64_t expected = result.sent * options->viewers;
    result.lost = expected > result.received ? expected - result.received : 0;
    result.alone = result.before;
    return result_print(&result, &options->scope);
}

static int make_keys(struct floor *floor)
{
    uint8_t key[SRTP_KEY_MAX], salt[SRTP_SALT_MAX];
    int err = 0;
    floor->outs = mem_array(floor->options->viewers, sizeof(struct srtp_out *));
    if (!floor->outs)
        return ENOMEM;
    for (unsigned i = 0; !err && i < floor->options->viewers; i++) {
        random_bytes(key, sizeof(key));
        random_bytes(salt, sizeof(salt));
        err = srtp_out_alloc(&floor->outs[i], SRTP_PROFILE_AEAD_AES_128_GCM, key, salt);
    }
    return err;
}

static void close_floor(struct floor *floor)
{
    drain_free(floor->drain);
    for (unsigned i = 0; floor->outs && i < floor->options->viewers; i++)
        srtp_out_free(floor->outs[i]);
    mem_free(floor->outs);
    departures_release(&floor->departures);
    if (floor->fd >= 0)
        close(floor->fd);
    mem_free(floor);
}

int floor_run(const struct floor_options *options)
{
    int size = 4 << 20;
    struct floor *floor = mem_zalloc(sizeof(*floor));
    if (!floor)
        return ENOMEM;
    floor->options = options;
    floor->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int err = floor->fd < 0 ? errno : 0;
    if (!err)
        err = setsockopt(floor->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0 ? errno : 0;
    if (!err)
        err = make_keys(floor);
    if (!err)
        err = departures_init(&floor->departures, 2);
    if (!err)
        err = drain_alloc(&floor->drain, options->viewers, options->scope.load_core,
                          &floor->departures);
    if (!err)
        err = usage_pin(options->scope.server_core);
    if (!err)
        err = measure(floor);
    close_floor(floor);
    return err;
}
