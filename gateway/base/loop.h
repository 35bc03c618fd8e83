#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// One thread's event loop: epoll and a heap of timers. A loop and all that hangs on it belong to
// one thread. Its epoll descriptor may itself be polled by another loop (loop_fd), which is how the
// control thread runs it inside libuv.

struct loop;
struct loop_timer;

typedef void loop_fd_h(void *arg, uint32_t events, int64_t now_us);
typedef void loop_timer_h(struct loop_timer *timer, void *arg, int64_t now_us);
typedef void loop_turn_h(void *arg, int64_t now_us);

// Embed in the owner; zeroed means stopped. Members are the loop's.
struct loop_timer {
    int64_t at_us;
    size_t slot; // place in the heap + 1; 0 when stopped
    loop_timer_h *handler;
    void *arg;
};

int loop_alloc(struct loop **loopp);
void loop_free(struct loop *loop);

// Watches `fd` for EPOLLIN/EPOLLOUT `events`. The handler may remove any descriptor, its own too.
int loop_fd_add(struct loop *loop, int fd, uint32_t events, loop_fd_h *handler, void *arg);
// Changes the events of a watched descriptor. ENOENT when it is not watched.
int loop_fd_change(struct loop *loop, int fd, uint32_t events);
// Stops watching; call before close(). Unknown descriptors are ignored.
void loop_fd_remove(struct loop *loop, int fd);

// Calls `handler` once at `at_us` (monotonic). A running timer is moved. ENOMEM.
int loop_timer_start(struct loop *loop, struct loop_timer *timer, int64_t at_us,
                     loop_timer_h *handler, void *arg);
void loop_timer_stop(struct loop *loop, struct loop_timer *timer);
static inline bool loop_timer_running(const struct loop_timer *timer)
{
    return timer->slot != 0;
}

// Called at the end of every turn, after all descriptors and timers: the place to send a batch.
void loop_set_turn(struct loop *loop, loop_turn_h *handler, void *arg);

// Waits at most `max_wait_us` (-1: until something happens), serves what is due, returns.
void loop_step(struct loop *loop, int64_t max_wait_us);
// Runs until loop_stop() is called from a handler of this loop.
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

// Descriptor that becomes readable when loop_step(loop, 0) has descriptor work to do.
int loop_fd(const struct loop *loop);
// Monotonic microseconds of the earliest timer, or -1 when there is none.
int64_t loop_deadline(const struct loop *loop);
