#include "gateway/rooms/udp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/rooms/shard.h"

union stamp {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(struct timespec))];
};

struct udp {
    struct shard *shard;
    struct wire wires[SHARD_SOCKETS];
    unsigned wire_count;
    // One batch; packets stay in their slots until they are used.
    struct packet *slots[UDP_BATCH];
    struct mmsghdr messages[UDP_BATCH];
    struct iovec vectors[UDP_BATCH];
    struct sockaddr_storage from[UDP_BATCH];
    union stamp stamps[UDP_BATCH];
    int64_t offset_us;         // wall clock minus monotonic
    unsigned used;             // so many of them the last batch has changed
    uint8_t waste[PACKET_MAX]; // where datagrams go when no packet is left
};

int udp_alloc(struct udp **udpp, struct shard *shard)
{
    if (!udpp || !shard)
        return EINVAL;
    struct udp *udp = mem_zalloc(sizeof(*udp));
    if (!udp)
        return ENOMEM;
    udp->shard = shard;
    udp->used = UDP_BATCH;
    *udpp = udp;
    return 0;
}

void udp_unbind(struct udp *udp)
{
    for (unsigned i = 0; i < udp->wire_count; i++) {
        loop_fd_remove(udp->shard->loop, udp->wires[i].fd);
        close(udp->wires[i].fd);
    }
    udp->wire_count = 0;
}

void udp_free(struct udp *udp)
{
    if (!udp)
        return;
    udp_unbind(udp);
    for (unsigned i = 0; i < UDP_BATCH; i++)
        packet_drop(udp->slots[i]);
    mem_free(udp);
}

static void prepare(struct udp *udp)
{
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        if (i >= udp->used && udp->slots[i])
            continue;
        if (!udp->slots[i])
            udp->slots[i] = packet_take_for(&udp->shard->packets, PACKET_MAX);
        uint8_t *to = udp->slots[i] ? udp->slots[i]->data : udp->waste;
        udp->vectors[i] = (struct iovec){.iov_base = to, .iov_len = PACKET_MAX};
        udp->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &udp->from[i],
            .msg_namelen = sizeof(udp->from[i]),
            .msg_iov = &udp->vectors[i],
            .msg_iovlen = 1,
            .msg_control = &udp->stamps[i],
            .msg_controllen = sizeof(udp->stamps[i]),
        };
    }
}

int64_t udp_arrival(const struct msghdr *head, int64_t offset_us, int64_t now_us)
{
    struct timespec at;
    const struct cmsghdr *stamp = CMSG_FIRSTHDR(head);
    if (!stamp || stamp->cmsg_level != SOL_SOCKET || stamp->cmsg_type != SCM_TIMESTAMPNS)
        return now_us;
    memcpy(&at, CMSG_DATA(stamp), sizeof(at));
    int64_t at_us = (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000 - offset_us;
    return at_us > now_us || at_us < now_us - UDP_STAMP_AGE ? now_us : at_us;
}

// What needs a smaller block leaves its slot, which is warm and used again.
static struct packet *own_packet(struct udp *udp, unsigned i)
{
    struct packet *packet = udp->slots[i];
    struct packet *small = packet_shrink(&udp->shard->packets, packet);
    if (small)
        return small;
    udp->slots[i] = NULL;
    return packet;
}

static void take_one(struct udp *udp, unsigned i, struct wire *wire, int64_t now_us)
{
    struct shard_stats *stats = &udp->shard->stats;
    const struct msghdr *head = &udp->messages[i].msg_hdr;
    struct path path = {.wire = wire};
    counter_add(&stats->packets_in, 1);
    counter_add(&stats->bytes_in, udp->messages[i].msg_len);
    if (!udp->slots[i]) {
        drop(&stats->drops, DROP_NO_BUFFER);
        return;
    }
    if (head->msg_flags & MSG_TRUNC) {
        drop(&stats->drops, DROP_TOO_LONG);
        return;
    }
    if (addr_from(&path.remote, head->msg_name, head->msg_namelen) || !addr_port(&path.remote)) {
        drop(&stats->drops, DROP_NOT_OURS);
        return;
    }
    struct packet *packet = udp->slots[i];
    packet->len = udp->messages[i].msg_len;
    packet->arrival_us = udp_arrival(head, udp->offset_us, now_us);
    struct packet *own = own_packet(udp, i);
    shard_take(udp->shard, &path, own, now_us);
    packet_drop(own);
}

// One batch a turn: what came is on its way before more is read, so that among many small rooms
// nobody waits for all others.
static void on_readable(void *arg, uint32_t events, int64_t now_us)
{
    struct wire *wire = arg;
    struct udp *udp = wire->owner;
    (void)events;
    prepare(udp);
    int count = recvmmsg(wire->fd, udp->messages, UDP_BATCH, MSG_DONTWAIT, NULL);
    udp->used = count > 0 ? (unsigned)count : 0;
    if (count <= 0) // an ICMP error of an earlier send: the next turn sees
        return;
    now_us = clock_us(); // not the turn's: stamps are compared with it
    udp->offset_us = clock_wall_us() - now_us;
    for (int i = 0; i < count; i++)
        take_one(udp, (unsigned)i, wire, now_us);
}

static void set_options(int fd, const struct addr *addr)
{
    int on = 1, size = UDP_BUFFER;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)); // without: the time of reading
    if (addr->sa.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    // The forced form needs a privilege; without it the system's limit holds.
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static int bind_to(int fd, struct addr *addr)
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    set_options(fd, addr);
    if (bind(fd, &addr->sa, addr_len(addr)) < 0)
        return errno;
    if (getsockname(fd, (struct sockaddr *)&bound, &len) < 0)
        return errno;
    return addr_from(addr, (struct sockaddr *)&bound, len);
}

int udp_bind(struct udp *udp, struct addr *addr)
{
    if (udp->wire_count == SHARD_SOCKETS)
        return EINVAL;
    int fd = socket(addr->sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    struct wire *wire = &udp->wires[udp->wire_count];
    *wire = (struct wire){.kind = WIRE_UDP, .fd = fd, .owner = udp};
    int err = bind_to(fd, addr);
    if (!err)
        err = loop_fd_add(udp->shard->loop, fd, EPOLLIN, on_readable, wire);
    if (err)
        close(fd);
    else
        udp->wire_count++;
    return err;
}
