#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/addr.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"

// banyan-flood: datagrams of strangers to one port at a steady rate: noise, and what looks like
// media, checks and handshakes. One line of JSON says how many went out and what came back.

// A train is datagrams of one length and every kind that leave as one send (UDP_SEGMENT): a send
// each costs more than the gateway spends on dropping it.

#define SOCKETS   16
#define TRAIN     50
#define DATAGRAM  1200
#define UFRAG_MAX 64
#define TRAINS    64 // made once: making them must not cost what sending does

struct flood {
    unsigned port, rate, seconds;
    const char *from;  // address
    const char *ufrag; // of a running session
    int sockets[SOCKETS];
    struct train {
        size_t len; // of each datagram
        uint8_t data[TRAIN * DATAGRAM];
    } trains[TRAINS];
    unsigned next;
    uint64_t sent, refused, back;
};

// A check with our ufrag, and an integrity that is none.
static size_t make_check(const struct flood *flood, uint8_t *data)
{
    char name[UFRAG_MAX];
    int len = snprintf(name, sizeof(name), "%s:peer", flood->ufrag);
    size_t padded = ((size_t)len + 3) / 4 * 4;
    put_u16(data, 0x0001);
    put_u16(data + 2, (uint16_t)(4 + padded + 24));
    put_u32(data + 4, 0x2112A442);
    put_u16(data + 20, 0x0006);
    put_u16(data + 22, (uint16_t)len);
    memcpy(data + 24, name, (size_t)len);
    put_u16(data + 24 + padded, 0x0008);
    put_u16(data + 26 + padded, 20);
    return 20 + 4 + padded + 24;
}

// Of noise, and what looks like media, feedback, a handshake, something else.
static void make_mixed(struct train *train)
{
    static const uint8_t firsts[][2] = {{0x80, 0x60}, {0x80, 0xc8}, {0x16, 0xfe}, {0x90, 0xef}};
    for (unsigned i = 0; i < TRAIN; i++)
        if (i % 5 < 4)
            memcpy(train->data + i * train->len, firsts[i % 5], 2);
}

// Every sixth one is of checks.
static void make(struct flood *flood, unsigned which)
{
    struct train *train = &flood->trains[which];
    random_bytes(train->data, sizeof(train->data));
    train->len = 20 + random_u32() % (DATAGRAM - 20);
    if (which % 6) {
        make_mixed(train);
        return;
    }
    train->len = make_check(flood, train->data);
    for (unsigned i = 1; i < TRAIN; i++)
        (void)make_check(flood, train->data + i * train->len);
}

static int open_sockets(struct flood *flood)
{
    struct addr to, from;
    if (addr_parse(&to, "127.0.0.1") || addr_parse(&from, flood->from))
        return EINVAL;
    addr_set_port(&to, (uint16_t)flood->port);
    for (unsigned i = 0; i < SOCKETS; i++) {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || bind(fd, &from.sa, addr_len(&from)) < 0 ||
            connect(fd, &to.sa, addr_len(&to)) < 0)
            return errno;
        flood->sockets[i] = fd;
    }
    return 0;
}

static void send_train(struct flood *flood)
{
    const struct train *train = &flood->trains[flood->next % TRAINS];
    int fd = flood->sockets[flood->next++ % SOCKETS];
    union {
        struct cmsghdr head;
        uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
    } control = {0};
    struct iovec vector = {(void *)train->data, TRAIN * train->len};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    uint16_t len = (uint16_t)train->len;
    control.head = (struct cmsghdr){
        .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(len))};
    memcpy(CMSG_DATA(&control.head), &len, sizeof(len));
    if (sendmsg(fd, &message, 0) < 0)
        flood->refused += TRAIN;
    else
        flood->sent += TRAIN;
}

static void count_back(struct flood *flood)
{
    uint8_t data[2048];
    ssize_t got;
    for (unsigned i = 0; i < SOCKETS; i++)
        while ((got = recv(flood->sockets[i], data, sizeof(data), MSG_DONTWAIT)) > 0)
            flood->back += (size_t)got;
}

// What is due by now goes out; a sender that was held up does not catch up with a burst.
static void run(struct flood *flood)
{
    int64_t begin_us = clock_us(), now_us = begin_us, last_us = begin_us;
    int64_t end_us = begin_us + flood->seconds * 1000000ll;
    double due = 0;
    for (; now_us < end_us; now_us = clock_us()) {
        due += (double)(now_us - last_us) * flood->rate / 1e6;
        due = due > flood->rate / 50.0 ? flood->rate / 50.0 : due;
        last_us = now_us;
        for (; due >= TRAIN; due -= TRAIN)
            send_train(flood);
        usleep(200);
    }
    usleep(200000);
    count_back(flood);
    printf("{\"sent\":%llu,\"rate\":%.0f,\"refused\":%llu,\"back\":%llu}\n",
           (unsigned long long)flood->sent, (double)flood->sent / flood->seconds,
           (unsigned long long)flood->refused, (unsigned long long)flood->back);
}

static void take_option(struct flood *flood, int name, const char *value)
{
    unsigned number = (unsigned)strtoul(value, NULL, 10);
    if (name == 'p')
        flood->port = number;
    else if (name == 'r')
        flood->rate = number;
    else if (name == 's')
        flood->seconds = number;
    else if (name == 'u')
        flood->ufrag = value;
    else if (name == 'f')
        flood->from = value;
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},    {"rate", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 's'}, {"ufrag", required_argument, NULL, 'u'},
        {"from", required_argument, NULL, 'f'},    {NULL, 0, NULL, 0},
    };
    static struct flood flood = {
        .rate = 100000, .seconds = 5, .from = "127.0.0.1", .ufrag = "nobody00"};
    for (int name; (name = getopt_long(argc, argv, "", names, NULL)) >= 0;)
        take_option(&flood, name, optarg);
    if (!flood.port || !flood.rate || !flood.seconds || strlen(flood.ufrag) > UFRAG_MAX - 8 ||
        open_sockets(&flood)) {
        fprintf(stderr,
                "banyan-flood --port P [--rate N] [--seconds N] [--ufrag U] [--from ADDRESS]\n");
        return 2;
    }
    for (unsigned i = 0; i < TRAINS; i++)
        make(&flood, i);
    run(&flood);
    return 0;
}
