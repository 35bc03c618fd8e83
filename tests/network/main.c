#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/addr.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/network/link.h"

// banyan-network: a bad network for UDP. Every sender to its address gets a socket of its own
// towards the other end, so that each is told apart there as if it had come by itself.
//
//     banyan-network LISTEN-ADDRESS LISTEN-PORT TO-ADDRESS TO-PORT [SEED]
//
// Commands, lines on standard input:
//     up|down|both NAME=NUMBER...   see link_set(); up is towards TO
//     stats                         one line of JSON, then counting begins anew
// It ends with its input.

#define CLIENTS_MAX 64 // then the one that was silent longest makes room
#define COMMAND_MAX 512
#define PRIORITY    (-10)

struct client {
    struct addr addr;
    int fd;
    int64_t heard_us;
};

struct network {
    int listen_fd;
    struct addr to;
    struct client clients[CLIENTS_MAX];
    unsigned client_count;
    struct link up, down;
    char line[COMMAND_MAX];
    size_t line_len;
};

// --- packets ------------------------------------------------------------------------------------

static struct client *slot_of(struct network *network)
{
    struct client *oldest = network->clients;
    if (network->client_count < CLIENTS_MAX)
        return &network->clients[network->client_count++];
    for (unsigned i = 1; i < CLIENTS_MAX; i++)
        if (network->clients[i].heard_us < oldest->heard_us)
            oldest = &network->clients[i];
    close(oldest->fd);
    return oldest;
}

static struct client *client_open(struct network *network, const struct addr *addr)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, &network->to.sa, addr_len(&network->to)) < 0) {
        perror("banyan-network: socket");
        exit(1);
    }
    struct client *client = slot_of(network);
    client->addr = *addr;
    client->fd = fd;
    return client;
}

static struct client *client_of(struct network *network, const struct addr *addr)
{
    for (unsigned i = 0; i < network->client_count; i++)
        if (addr_equal(&network->clients[i].addr, addr))
            return &network->clients[i];
    return client_open(network, addr);
}

// One datagram as a parcel; NULL when there is none.
static struct parcel *receive(int fd, struct addr *from)
{
    socklen_t len = sizeof(*from);
    struct parcel *parcel = mem_zalloc(sizeof(*parcel));
    ssize_t n = parcel ? recvfrom(fd, parcel->data, PARCEL_MAX, 0, &from->sa, &len) : -1;
    if (n < 0) {
        mem_free(parcel);
        return NULL;
    }
    parcel->len = (size_t)n;
    return parcel;
}

static void take_up(struct network *network, int64_t now_us)
{
    struct addr from;
    for (struct parcel *parcel; (parcel = receive(network->listen_fd, &from));) {
        struct client *client = client_of(network, &from);
        client->heard_us = now_us;
        parcel->to = (unsigned)(client - network->clients);
        link_push(&network->up, parcel, now_us);
    }
}

static void take_down(struct network *network, unsigned client, int64_t now_us)
{
    struct addr from;
    for (struct parcel *parcel; (parcel = receive(network->clients[client].fd, &from));) {
        parcel->to = client;
        link_push(&network->down, parcel, now_us);
    }
}

// What the kernel does not take is lost, as it would be anywhere.
static void deliver(struct network *network, int64_t now_us)
{
    for (struct parcel *parcel; (parcel = link_pop(&network->up, now_us));) {
        (void)!send(network->clients[parcel->to].fd, parcel->data, parcel->len, 0);
        mem_free(parcel);
    }
    for (struct parcel *parcel; (parcel = link_pop(&network->down, now_us));) {
        const struct addr *to = &network->clients[parcel->to].addr;
        (void)!sendto(network->listen_fd, parcel->data, parcel->len, 0, &to->sa, addr_len(to));
        mem_free(parcel);
    }
}

// --- commands -----------------------------------------------------------------------------------

static void print_link(const char *name, struct link *link)
{
    const struct link_stats *stats = &link->stats;
    printf("\"%s\":{\"in\":%llu,\"out\":%llu,\"bytes\":%llu,\"lost\":%llu,\"overflowed\":%llu,"
           "\"queue_p50\":%u,\"queue_p95\":%u,\"queue_max\":%u}",
           name, (unsigned long long)stats->in, (unsigned long long)stats->out,
           (unsigned long long)stats->out_bytes, (unsigned long long)stats->lost,
           (unsigned long long)stats->overflowed, link_queue_delay(link, 0.5),
           link_queue_delay(link, 0.95), link_queue_delay(link, 1));
    link_stats_clear(link);
}

static void print_stats(struct network *network)
{
    printf("{");
    print_link("up", &network->up);
    printf(",");
    print_link("down", &network->down);
    printf("}\n");
    fflush(stdout);
}

static void change(struct network *network, const char *which, char *rest)
{
    for (char *word; (word = strsep(&rest, " "));) {
        char *value = strchr(word, '=');
        if (!value)
            continue;
        *value++ = 0;
        int err = 0;
        if (strcmp(which, "down") != 0)
            err = link_set(&network->up, word, strtod(value, NULL));
        if (!err && strcmp(which, "up") != 0)
            err = link_set(&network->down, word, strtod(value, NULL));
        if (err)
            fprintf(stderr, "banyan-network: %s=%s: not understood\n", word, value);
    }
}

static void command(struct network *network, char *line)
{
    char *rest = line;
    const char *verb = strsep(&rest, " ");
    if (strcmp(verb, "stats") == 0)
        print_stats(network);
    else
        change(network, verb, rest);
}

// False at the end of the input.
static bool take_commands(struct network *network)
{
    ssize_t n = read(STDIN_FILENO, network->line + network->line_len,
                     sizeof(network->line) - 1 - network->line_len);
    if (n <= 0)
        return false;
    network->line_len += (size_t)n;
    network->line[network->line_len] = 0;
    char *rest = network->line;
    for (char *end; (end = strchr(rest, '\n')); rest = end + 1) {
        *end = 0;
        command(network, rest);
    }
    network->line_len = strlen(rest);
    memmove(network->line, rest, network->line_len + 1);
    return true;
}

// --- the loop -----------------------------------------------------------------------------------

static struct timespec wait_of(const struct network *network, int64_t now_us)
{
    int64_t up = link_deadline(&network->up), down = link_deadline(&network->down);
    int64_t wait_us = (up < down ? up : down) - now_us;
    if (wait_us < 0)
        wait_us = 0;
    if (wait_us > 1000000)
        wait_us = 1000000;
    return (struct timespec){.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
}

static bool turn(struct network *network)
{
    struct pollfd fds[CLIENTS_MAX + 2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                          {.fd = network->listen_fd, .events = POLLIN}};
    unsigned clients = network->client_count;
    for (unsigned i = 0; i < clients; i++)
        fds[i + 2] = (struct pollfd){.fd = network->clients[i].fd, .events = POLLIN};
    struct timespec wait = wait_of(network, clock_us());
    if (ppoll(fds, clients + 2, &wait, NULL) < 0 && errno != EINTR)
        return false;
    int64_t now_us = clock_us();
    if (fds[1].revents)
        take_up(network, now_us);
    for (unsigned i = 0; i < clients; i++)
        if (fds[i + 2].revents)
            take_down(network, i, now_us);
    deliver(network, now_us);
    return !fds[0].revents || take_commands(network);
}

static bool read_addr(struct addr *addr, const char *host, const char *port)
{
    memset(addr, 0, sizeof(*addr));
    addr->v4.sin_family = AF_INET;
    addr->v4.sin_port = htons((uint16_t)atoi(port));
    return inet_pton(AF_INET, host, &addr->v4.sin_addr) == 1;
}

int main(int argc, char **argv)
{
    struct addr listen;
    struct network *network = mem_zalloc(sizeof(*network));
    if (argc < 5 || !network || !read_addr(&listen, argv[1], argv[2]) ||
        !read_addr(&network->to, argv[3], argv[4])) {
        fprintf(stderr, "banyan-network LISTEN-ADDRESS LISTEN-PORT TO-ADDRESS TO-PORT [SEED]\n");
        return 2;
    }
    (void)!setpriority(PRIO_PROCESS, 0, PRIORITY); // precision; where it is not allowed, without
    uint64_t seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1;
    link_init(&network->up, 2 * seed);
    link_init(&network->down, 2 * seed + 1);
    network->listen_fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (network->listen_fd < 0 || bind(network->listen_fd, &listen.sa, addr_len(&listen)) < 0) {
        perror("banyan-network: bind");
        return 1;
    }
    printf("{\"ready\":true}\n");
    fflush(stdout);
    while (turn(network)) {
    }
    link_release(&network->up);
    link_release(&network->down);
    mem_free(network);
    return 0;
}
