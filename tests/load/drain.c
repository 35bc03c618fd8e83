#include "tests/load/drain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/base/counter.h"
#include "gateway/base/mem.h"
#include "tests/load/arrivals.h"
#include "tests/load/departures.h"
#include "tests/load/usage.h"

#define EVENTS      64
#define PATIENCE_MS 20

struct drain {
    unsigned count;
    int core, epoll;
    int *fds;
    struct sockaddr_in *addresses;
    struct arrivals *arrivals;
    pthread_t thread;
    bool running;
    atomic_bool stop;
    counter received;
    const struct departures *departures;
    atomic_bool measuring;
    struct histogram delay;
};

static void on_arrival(void *arg, const uint8_t *data, size_t len, int64_t arrived_ns)
{
    struct drain *drain = arg;
    counter_add(&drain->received, 1);
    if (!drain->departures || !atomic_load_explicit(&drain->measuring, memory_order_relaxed))
        return;
    int64_t sent_ns = departures_find(drain->departures, data, len);
    if (sent_ns)
        histogram_add(&drain->delay, (arrived_ns - sent_ns) / 1000);
}

static void *run(void *arg)
{
    struct drain *drain = arg;
    struct epoll_event events[EVENTS];
    (void)usage_pin(drain->core);
    while (!atomic_load(&drain->stop)) {
        int count = epoll_wait(drain->epoll, events, EVENTS, PATIENCE_MS);
        for (int i = 0; i < count; i++)
            arrivals_read(drain->arrivals, events[i].data.fd, on_arrival, drain);
    }
    return NULL;
}

static int open_socket(struct drain *drain, unsigned which)
{
    int size = 4 << 20;
    struct sockaddr_in *address = &drain->addresses[which];
    socklen_t len = sizeof(*address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = drain->fds[which] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0 || bind(fd, (struct sockaddr *)address, len) < 0 ||
        getsockname(fd, (struct sockaddr *)address, &len) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0 ||
        epoll_ctl(drain->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        return errno;
    return arrivals_watch(fd);
}

static int open_all(struct drain *drain)
{
    int err = drain->epoll < 0 ? errno : drain->fds && drain->addresses ? 0 : ENOMEM;
    for (unsigned i = 0; !err && i < drain->count; i++)
        err = open_socket(drain, i);
    if (!err)
        err = arrivals_alloc(&drain->arrivals);
    if (!err)
        err = pthread_create(&drain->thread, NULL, run, drain);
    drain->running = !err;
    return err;
}

int drain_alloc(struct drain **drainp, unsigned count, int core,
                const struct departures *departures)
{
    struct drain *drain = mem_zalloc(sizeof(*drain));
    if (!drain)
        return ENOMEM;
    drain->count = count;
    drain->core = core;
    drain->departures = departures;
    drain->epoll = epoll_create1(EPOLL_CLOEXEC);
    drain->fds = mem_array(count, sizeof(*drain->fds));
    drain->addresses = mem_array(count, sizeof(*drain->addresses));
    int err = open_all(drain);
    if (err)
        drain_free(drain);
    else
        *drainp = drain;
    return err;
}

void drain_free(struct drain *drain)
{
    if (!drain)
        return;
    atomic_store(&drain->stop, true);
    if (drain->running)
        pthread_join(drain->thread, NULL);
    for (unsigned i = 0; drain->fds && i < drain->count; i++)
        if (drain->fds[i] > 0)
            close(drain->fds[i]);
    if (drain->epoll >= 0)
        close(drain->epoll);
    arrivals_free(drain->arrivals);
    mem_free(drain->fds);
    mem_free(drain->addresses);
    mem_free(drain);
}

struct sockaddr_in *drain_address(struct drain *drain, unsigned which)
{
    return &drain->addresses[which];
}

uint64_t drain_received(const struct drain *drain)
{
    return counter_get(&drain->received);
}

const struct histogram *drain_delay(const struct drain *drain)
{
    return &drain->delay;
}

void drain_measure(struct drain *drain)
{
    atomic_store(&drain->measuring, true);
}
