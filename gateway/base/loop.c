#include "gateway/base/loop.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/timers.h"

#define EVENTS_A_TURN 64
#define SLOW_TURN_US  100000

struct watch {
    loop_fd_h *handler;
    void *arg;
    uint32_t generation; // tells a late event for a closed descriptor from one for its successor
};

struct loop {
    int epoll_fd;
    bool stopping;
    struct watch *watches; // by descriptor number
    size_t watch_count;
    uint32_t generation;
    struct timers timers;
    loop_turn_h *turn;
    void *turn_arg;
};

int loop_alloc(struct loop **loopp)
{
    int err = 0;
    if (!loopp)
        return EINVAL;
    struct loop *loop = mem_zalloc(sizeof(*loop));
    if (!loop)
        return ENOMEM;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0) {
        err = errno;
        goto out;
    }
out:
    if (err)
        loop_free(loop);
    else
        *loopp = loop;
    return err;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    timers_release(&loop->timers);
    mem_free(loop->watches);
    mem_free(loop);
}

static int make_room(struct loop *loop, size_t count)
{
    if (count <= loop->watch_count)
        return 0;
    size_t bigger = loop->watch_count ? loop->watch_count : 64;
    while (bigger < count)
        bigger *= 2;
    struct watch *watches = mem_array(bigger, sizeof(*watches));
    if (!watches)
        return ENOMEM;
    for (size_t i = 0; i < loop->watch_count; i++)
        watches[i] = loop->watches[i];
    mem_free(loop->watches);
    loop->watches = watches;
    loop->watch_count = bigger;
    return 0;
}

static struct epoll_event event_of(uint32_t events, int fd, uint32_t generation)
{
    return (struct epoll_event){.events = events,
                                .data.u64 = (uint64_t)generation << 32 | (uint32_t)fd};
}

int loop_fd_add(struct loop *loop, int fd, uint32_t events, loop_fd_h *handler, void *arg)
{
    if (fd < 0 || !handler)
        return EINVAL;
    int err = make_room(loop, (size_t)fd + 1);
    if (err)
        return err;
    uint32_t generation = ++loop->generation;
    struct epoll_event event = event_of(events, fd, generation);
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        return errno;
    loop->watches[fd] = (struct watch){.handler = handler, .arg = arg, .generation = generation};
    return 0;
}

static struct watch *watch_of(const struct loop *loop, int fd)
{
    if (fd < 0 || (size_t)fd >= loop->watch_count || !loop->watches[fd].handler)
        return NULL;
    return &loop->watches[fd];
}

int loop_fd_change(struct loop *loop, int fd, uint32_t events)
{
    const struct watch *watch = watch_of(loop, fd);
    if (!watch)
        return ENOENT;
    struct epoll_event event = event_of(events, fd, watch->generation);
    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0 ? errno : 0;
}

void loop_fd_remove(struct loop *loop, int fd)
{
    struct watch *watch = watch_of(loop, fd);
    if (!watch)
        return;
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    *watch = (struct watch){0};
}

int loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t at_us,
                     loop_timer_h *handler, void *arg)
{
    timer->handler = handler;
    timer->arg = arg;
    return timers_put(&loop->timers, timer, at_us);
}

void loop_timer_stop(struct loop *loop, struct loop_timer *timer)
{
    timers_take(&loop->timers, timer);
}

void loop_set_turn(struct loop *loop, loop_turn_h *handler, void *arg)
{
    loop->turn = handler;
    loop->turn_arg = arg;
}

static void serve_timers(struct loop *loop, int64_t now_us)
{
    struct loop_timer *timer;
    while ((timer = timers_first(&loop->timers)) && timer->at_us <= now_us) {
        timers_take(&loop->timers, timer);
        timer->handler(timer, timer->arg, now_us);
    }
}

static void serve_events(struct loop *loop, const struct epoll_event *events, int count,
                         int64_t now_us)
{
    for (int i = 0; i < count; i++) {
        int fd = (int)(uint32_t)events[i].data.u64;
        const struct watch *watch = watch_of(loop, fd);
        if (watch && watch->generation == events[i].data.u64 >> 32)
            watch->handler(watch->arg, events[i].events, now_us);
    }
}

static int wait_ms(const struct loop *loop, int64_t max_wait_us)
{
    int64_t wait = max_wait_us;
    int64_t deadline = loop_deadline(loop);
    if (deadline >= 0) {
        int64_t left = deadline - clock_us();
        left = left < 0 ? 0 : left;
        wait = wait < 0 || left < wait ? left : wait;
    }
    if (wait < 0)
        return -1;
    return wait > (int64_t)INT_MAX * 1000 ? INT_MAX : (int)((wait + 999) / 1000);
}

void loop_step(struct loop *loop, int64_t max_wait_us)
{
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_wait(loop->epoll_fd, events, EVENTS_A_TURN, wait_ms(loop, max_wait_us));
    int64_t now_us = clock_us();
    serve_events(loop, events, count, now_us);
    serve_timers(loop, now_us);
    if (loop->turn)
        loop->turn(loop->turn_arg, now_us);
    int64_t took = clock_us() - now_us;
    if (took > SLOW_TURN_US)
        log_warn("loop", "a turn took %lld ms", (long long)(took / 1000));
}

void loop_run(struct loop *loop)
{
    loop->stopping = false;
    while (!loop->stopping)
        loop_step(loop, -1);
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}

int loop_fd(const struct loop *loop)
{
    return loop->epoll_fd;
}

int64_t loop_deadline(const struct loop *loop)
{
    const struct loop_timer *timer = timers_first(&loop->timers);
    if (!timer)
        return -1;
    return timer->at_us > 0 ? timer->at_us : 0; // long due is not none
}
