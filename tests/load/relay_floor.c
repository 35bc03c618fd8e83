#include "tests/load/relay_floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/packet/rtp.h"
#include "gateway/peer/srtp.h"
#include "tests/load/arrivals.h"
#include "tests/load/departures.h"
#include "tests/load/drain.h"
#include "tests/load/result.h"
#include "tests/load/spread.h"
#include "tests/load/traffic.h"

#define BATCH       32
#define BATCHES     8 // a wake-up
#define PACKET_MAX  1600
#define SECOND_US   1000000
#define PHASES_US   100000
#define GRACE_US    200000
#define PATIENCE_MS 50

union segment {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct stream {
    struct traffic traffic;
    struct spread spread;
    struct srtp_out *published, *out;
    struct srtp_in *in;
};

struct relay {
    const struct floor_options *options;
    int fd, from, epoll;
    struct drain *drain;
    struct departures departures;
    struct stream *streams;
    pthread_t thread;
    bool running;
    int64_t end_us;
    atomic_ullong sent;
    // What came, and as it leaves:
    struct mmsghdr arrived[BATCH], leaving[BATCH];
    struct iovec arrived_at[BATCH], leaving_at[BATCH];
    union segment segments[BATCH];
    uint8_t packets[BATCH][PACKET_MAX];
    uint8_t block[BATCH * PACKET_MAX];
};

// --- who publishes ------------------------------------------------------------------------------

static void send_one(struct relay *relay, struct stream *stream,
                     const struct traffic_packet *packet)
{
    uint8_t data[PACKET_MAX];
    departures_note(&relay->departures, packet->data, monotonic_ns());
    memcpy(data, packet->data, TRAFFIC_HEADER_LEN);
    size_t len = srtp_protect(stream->published, get_u16(data + 2), data, TRAFFIC_HEADER_LEN,
                              packet->data + TRAFFIC_HEADER_LEN, packet->len - TRAFFIC_HEADER_LEN);
    if (send(relay->from, data, len, 0) > 0)
        atomic_fetch_add(&relay->sent, 1);
}

static void send_due(struct relay *relay, struct stream *stream, int64_t now_us)
{
    struct traffic_packet packets[TRAFFIC_BURST_MAX];
    const struct traffic_packet *packet;
    while (traffic_due(&stream->traffic) <= now_us) {
        unsigned count = traffic_next(&stream->traffic, packets);
        bool spreads = relay->options->spread && count > 1;
        if (spreads)
            spread_put(&stream->spread, packets, count, now_us);
        for (unsigned i = 0; i < count && !spreads; i++)
            send_one(relay, stream, &packets[i]);
    }
    while ((packet = spread_take(&stream->spread, now_us)))
        send_one(relay, stream, packet);
}

static void *publish(void *arg)
{
    struct relay *relay = arg;
    (void)usage_pin(relay->options->scope.load_core);
    for (int64_t now_us; (now_us = clock_us()) < relay->end_us; usleep(500))
        for (unsigned i = 0; i < relay->options->viewers; i++)
            send_due(relay, &relay->streams[i], now_us);
    return NULL;
}

// --- the loop that is measured ------------------------------------------------------------------

struct gathering {
    size_t used, count; // bytes, messages
    uint32_t which;     // stream of the newest message
    size_t size;        // of its packets; the last may be shorter
    unsigned packets;
    bool closed;
};

static void add(struct relay *relay, struct gathering *g, uint32_t which, size_t len)
{
    bool joins = g->count && g->which == which && !g->closed && len <= g->size;
    if (!joins) {
        relay->leaving_at[g->count] = (struct iovec){.iov_base = relay->block + g->used};
        relay->leaving[g->count].msg_hdr = (struct msghdr){
            .msg_name = drain_address(relay->drain, which),
            .msg_namelen = sizeof(struct sockaddr_in),
            .msg_iov = &relay->leaving_at[g->count],
            .msg_iovlen = 1,
        };
        *g = (struct gathering){
            .used = g->used, .count = g->count + 1, .which = which, .size = len};
    }
    relay->leaving_at[g->count - 1].iov_len += len;
    g->closed = len < g->size;
    g->used += len;
    if (++g->packets == 2) {
        union segment *segment = &relay->segments[g->count - 1];
        struct msghdr *message = &relay->leaving[g->count - 1].msg_hdr;
        uint16_t size = (uint16_t)g->size;
        segment->head = (struct cmsghdr){
            .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(size))};
        memcpy(CMSG_DATA(&segment->head), &size, sizeof(size));
        message->msg_control = segment->bytes;
        message->msg_controllen = sizeof(segment->bytes);
    }
}

static void relay_one(struct relay *relay, struct gathering *g, uint8_t *data, size_t len)
{
    uint32_t which = get_u32(data + 8) / 2 - 1; // see open_stream()
    uint8_t *to = relay->block + g->used;
    if (which >= relay->options->viewers ||
        srtp_unprotect(relay->streams[which].in, data, &len) != 0)
        return;
    memcpy(to, data, TRAFFIC_HEADER_LEN);
    len = srtp_protect(relay->streams[which].out, get_u16(data + 2), to, TRAFFIC_HEADER_LEN,
                       data + TRAFFIC_HEADER_LEN, len - TRAFFIC_HEADER_LEN);
    add(relay, g, which, len);
}

static int relay_batch(struct relay *relay)
{
    struct gathering g = {0};
    int got = recvmmsg(relay->fd, relay->arrived, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++)
        relay_one(relay, &g, relay->packets[i], relay->arrived[i].msg_len);
    for (size_t done = 0; done < g.count;) {
        int n = sendmmsg(relay->fd, relay->leaving + done, (unsigned)(g.count - done), 0);
        done += n > 0 ? (size_t)n : 1;
    }
    return got;
}

static void relay_until(struct relay *relay, int64_t end_us)
{
    struct epoll_event event;
    while (clock_us() < end_us) {
        if (epoll_wait(relay->epoll, &event, 1, PATIENCE_MS) <= 0)
            continue;
        for (unsigned i = 0; i < BATCHES && relay_batch(relay) == BATCH; i++)
            ;
    }
}

// --- around it ----------------------------------------------------------------------------------

static void take_usage(struct usage *usage, const struct relay *relay)
{
    struct timespec own;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    usage_take(usage, &relay->options->scope);
    usage->server_us = own.tv_sec * 1000000ll + own.tv_nsec / 1000;
    usage->load_us -= usage->server_us;
}

static int measure(struct relay *relay)
{
    const struct floor_options *options = relay->options;
    struct result result = {.mode = "relay-floor",
                            .rooms = options->viewers,
                            .viewers = options->viewers,
                            .kbit = options->kbit,
                            .delay = drain_delay(relay->drain)};
    int64_t begin_us = clock_us() + SECOND_US;
    relay->end_us = begin_us + (int64_t)options->seconds * SECOND_US;
    int err = pthread_create(&relay->thread, NULL, publish, relay);
    relay->running = !err;
    if (err)
        return err;
    relay_until(relay, begin_us);
    unsigned long long sent = atomic_load(&relay->sent);
    uint64_t received = drain_received(relay->drain);
    take_usage(&result.before, relay);
    drain_measure(relay->drain);
    relay_until(relay, relay->end_us);
    take_usage(&result.after, relay);
    relay_until(relay, relay->end_us + GRACE_US);
    result.sent = atomic_load(&relay->sent) - sent;
    result.received = drain_received(relay->drain) - received;
    result.lost = result.sent > result.received ? result.sent - result.received : 0;
    result.alone = result.empty = result.before;
    return result_print(&result, &options->scope);
}

// A stream's SSRCs tell which one it is.
static int open_stream(struct relay *relay, unsigned which)
{
    const struct floor_options *options = relay->options;
    struct stream *stream = &relay->streams[which];
    uint8_t key[2][SRTP_KEY_MAX], salt[SRTP_SALT_MAX] = "salt";
    const enum srtp_profile profile = SRTP_PROFILE_AEAD_AES_128_GCM;
    random_bytes(key, sizeof(key));
    traffic_begin(&stream->traffic, 2 * which + 2, 2 * which + 3, options->kbit,
                  clock_us() + (int64_t)which * PHASES_US / options->viewers);
    spread_begin(&stream->spread, options->kbit);
    int err = srtp_out_alloc(&stream->published, profile, key[0], salt);
    if (!err)
        err = srtp_in_alloc(&stream->in, profile, key[0], salt);
    return err ? err : srtp_out_alloc(&stream->out, profile, key[1], salt);
}

static int open_sockets(struct relay *relay)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN};
    socklen_t len = sizeof(address);
    int size = 4 << 20;
    relay->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    relay->from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    relay->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (relay->fd < 0 || relay->from < 0 || relay->epoll < 0 ||
        setsockopt(relay->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0 ||
        setsockopt(relay->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0 ||
        bind(relay->fd, (struct sockaddr *)&address, len) < 0 ||
        getsockname(relay->fd, (struct sockaddr *)&address, &len) < 0 ||
        connect(relay->from, (struct sockaddr *)&address, len) < 0 ||
        epoll_ctl(relay->epoll, EPOLL_CTL_ADD, relay->fd, &event) < 0)
        return errno;
    return 0;
}

static void close_relay(struct relay *relay)
{
    if (relay->running)
        pthread_join(relay->thread, NULL);
    drain_free(relay->drain);
    for (unsigned i = 0; relay->streams && i < relay->options->viewers; i++) {
        srtp_out_free(relay->streams[i].published);
        srtp_in_free(relay->streams[i].in);
        srtp_out_free(relay->streams[i].out);
    }
    mem_free(relay->streams);
    departures_release(&relay->departures);
    const int fds[] = {relay->fd, relay->from, relay->epoll};
    for (unsigned i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    mem_free(relay);
}

int relay_floor_run(const struct floor_options *options)
{
    struct relay *relay = mem_zalloc(sizeof(*relay));
    if (!relay)
        return ENOMEM;
    relay->options = options;
    relay->fd = relay->from = relay->epoll = -1;
    for (unsigned i = 0; i < BATCH; i++) {
        relay->arrived_at[i] = (struct iovec){relay->packets[i], PACKET_MAX};
        relay->arrived[i].msg_hdr = (struct msghdr){.msg_iov = &relay->arrived_at[i],
                                                    .msg_iovlen = 1};
    }
    relay->streams = mem_array(options->viewers, sizeof(*relay->streams));
    int err = relay->streams ? open_sockets(relay) : ENOMEM;
    for (unsigned i = 0; !err && i < options->viewers; i++)
        err = open_stream(relay, i);
    if (!err)
        err = departures_init(&relay->departures, 2 * options->viewers + 1);
    if (!err)
        err = drain_alloc(&relay->drain, options->viewers, options->scope.load_core,
                          &relay->departures);
    if (!err)
        err = usage_pin(options->scope.server_core);
    if (!err)
        err = measure(relay);
    close_relay(relay);
    return err;
}
