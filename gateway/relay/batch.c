#include "gateway/relay/batch.h"

#include <errno.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define BATCH_BYTES   ((size_t)256 * 1024) // stays in the second-level cache
#define BATCH_TRAINS  128
#define BATCH_PACKETS 512
#define TRAIN_PACKETS 64    // the kernel's limit, UDP_MAX_SEGMENTS
#define TRAIN_BYTES   64000 // an IP packet's limit with room for its headers
#define WAITS_MAX     5     // a flush waits for a full socket at most so often,
#define WAIT_MS       1     // and each time so long; then it drops

struct train {
    size_t packets;
    size_t size; // of each packet but the last
    bool closed; // its last packet is shorter
    struct iovec iov;
    union {
        struct cmsghdr head;
        uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
    } control;
};

struct batch {
    struct drops *drops;
    struct egress_stats *stats;
    bool segments; // the kernel and the device take UDP_SEGMENT
    unsigned waits;
    int64_t now_us;
    struct wire *wire;       // of everything inside
    const struct path *path; // of the last train
    size_t used, trains, packets;
    struct mmsghdr messages[BATCH_TRAINS];
    struct train train[BATCH_TRAINS];
    int64_t arrival_us[BATCH_PACKETS];
    uint8_t bytes[BATCH_BYTES];
};

int batch_alloc(struct batch **batchp, struct drops *drops, struct egress_stats *stats)
{
    struct batch *batch = mem_zalloc(sizeof(*batch));
    if (!batch)
        return ENOMEM;
    batch->drops = drops;
    batch->stats = stats;
    batch->segments = true;
    *batchp = batch;
    return 0;
}

void batch_free(struct batch *batch)
{
    mem_free(batch);
}

void batch_begin(struct batch *batch)
{
    batch->waits = 0;
    batch->now_us = clock_us();
}

int64_t batch_now(const struct batch *batch)
{
    return batch->now_us;
}

// --- gathering ----------------------------------------------------------------------------------

uint8_t *batch_space(struct batch *batch, struct wire *wire, size_t need)
{
    if (batch->wire != wire || BATCH_BYTES - batch->used < need ||
        batch->packets == BATCH_PACKETS || batch->trains == BATCH_TRAINS)
        batch_send(batch);
    batch->wire = wire;
    return batch->bytes + batch->used;
}

static bool joins(const struct batch *batch, const struct path *path, size_t len)
{
    if (batch->path != path || !batch->segments || batch->wire->kind != WIRE_UDP)
        return false;
    const struct train *train = &batch->train[batch->trains - 1];
    return !train->closed && len <= train->size && train->packets < TRAIN_PACKETS &&
           train->iov.iov_len + len <= TRAIN_BYTES;
}

static void start_train(struct batch *batch, const struct path *path, size_t len)
{
    struct train *train = &batch->train[batch->trains];
    struct msghdr *message = &batch->messages[batch->trains++].msg_hdr;
    train->packets = 0;
    train->size = len;
    train->closed = false;
    train->iov = (struct iovec){.iov_base = batch->bytes + batch->used};
    *message = (struct msghdr){.msg_iov = &train->iov, .msg_iovlen = 1};
    if (batch->wire->kind == WIRE_UDP) {
        message->msg_name = (void *)(uintptr_t)&path->remote.sa;
        message->msg_namelen = addr_len(&path->remote);
    }
    batch->path = path;
}

static void mark_train(struct batch *batch, struct train *train)
{
    struct msghdr *message = &batch->messages[batch->trains - 1].msg_hdr;
    uint16_t size = (uint16_t)train->size;
    train->control.head = (struct cmsghdr){
        .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(size))};
    memcpy(CMSG_DATA(&train->control.head), &size, sizeof(size));
    message->msg_control = train->control.bytes;
    message->msg_controllen = sizeof(train->control.bytes);
}

void batch_add(struct batch *batch, const struct path *path, size_t len, int64_t arrival_us)
{
    if (!joins(batch, path, len))
        start_train(batch, path, len);
    struct train *train = &batch->train[batch->trains - 1];
    train->iov.iov_len += len;
    train->closed = len < train->size;
    if (++train->packets == 2)
        mark_train(batch, train);
    batch->used += len;
    batch->arrival_us[batch->packets++] = arrival_us;
}

// --- sending ------------------------------------------------------------------------------------

static bool is_full(int err)
{
    return err == EAGAIN || err == EWOULDBLOCK || err == ENOBUFS;
}

// A burst may be longer than the socket's buffer although the network can take it: wait a little,
// never for a pipeline, which may be stuck.
static bool wait_for_room(struct batch *batch, int err)
{
    struct pollfd fd = {.fd = batch->wire->fd, .events = POLLOUT};
    if (!is_full(err) || batch->wire->kind != WIRE_UDP || batch->waits >= WAITS_MAX)
        return false;
    batch->waits++;
    poll(&fd, 1, WAIT_MS);
    return true;
}

static void count_sent(struct batch *batch, const struct train *train)
{
    counter_add(&batch->stats->packets, train->packets);
    counter_add(&batch->stats->bytes, train->iov.iov_len);
}

static void count_lost(struct batch *batch, size_t packets, int err)
{
    enum drop_reason reason = is_full(err) ? DROP_EGRESS_FULL : DROP_EGRESS_ERROR;
    counter_add(&batch->drops->count[reason], packets);
    if (batch->wire->kind == WIRE_PORT && (err == EPIPE || err == ECONNRESET))
        batch->wire->broken = true;
}

static int send_one(struct batch *batch, const struct msghdr *to, uint8_t *data, size_t len)
{
    struct iovec iov = {.iov_base = data, .iov_len = len};
    struct msghdr message = {
        .msg_name = to->msg_name, .msg_namelen = to->msg_namelen, .msg_iov = &iov, .msg_iovlen = 1};
    counter_add(&batch->stats->calls, 1);
    while (sendmsg(batch->wire->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        if (errno != EINTR && !wait_for_room(batch, errno))
            return errno;
    counter_add(&batch->stats->packets, 1);
    counter_add(&batch->stats->bytes, len);
    return 0;
}

// The kernel would not take the train: its packets go one by one.
static void send_singly(struct batch *batch, const struct train *train, const struct msghdr *to)
{
    size_t left = train->iov.iov_len;
    uint8_t *at = train->iov.iov_base;
    while (left) {
        size_t len = left < train->size ? left : train->size;
        int err = send_one(batch, to, at, len);
        if (err)
            count_lost(batch, 1, err);
        at += len;
        left -= len;
    }
}

// The first message of the rest was refused: no other one is to suffer for it.
static void refused(struct batch *batch, size_t which, int err)
{
    const struct train *train = &batch->train[which];
    bool segmented = train->packets > 1;
    if (segmented && err == EIO) { // the device cannot checksum segments
        log_warn("egress", "no UDP_SEGMENT here, sending packets one by one");
        batch->segments = false;
    }
    if (segmented && !is_full(err))
        send_singly(batch, train, &batch->messages[which].msg_hdr);
    else
        count_lost(batch, train->packets, err);
}

static void note_delays(struct batch *batch)
{
    batch->now_us = clock_us();
    for (size_t i = 0; i < batch->packets; i++)
        if (batch->arrival_us[i])
            histogram_add(&batch->stats->delay, batch->now_us - batch->arrival_us[i]);
}

void batch_send(struct batch *batch)
{
    size_t done = 0;
    while (done < batch->trains) {
        int n = sendmmsg(batch->wire->fd, batch->messages + done, (unsigned)(batch->trains - done),
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        counter_add(&batch->stats->calls, 1);
        for (int i = 0; i < n; i++)
            count_sent(batch, &batch->train[done++]);
        if (n < 0 && errno != EINTR && !wait_for_room(batch, errno))
            refused(batch, done++, errno);
    }
    if (batch->packets)
        note_delays(batch);
    batch->used = batch->trains = batch->packets = 0;
    batch->path = NULL;
}
