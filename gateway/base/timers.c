#include "gateway/base/timers.h"

#include <errno.h>

#include "gateway/base/mem.h"

void timers_release(struct timers *timers)
{
    mem_free(timers->heap);
    timers->heap = NULL;
}

static void place(struct timers *timers, size_t at, struct loop_timer *timer)
{
    timers->heap[at] = timer;
    timer->slot = at + 1;
}

static void sift_up(struct timers *timers, size_t at, struct loop_timer *timer)
{
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (timers->heap[parent]->at_us <= timer->at_us)
            break;
        place(timers, at, timers->heap[parent]);
        at = parent;
    }
    place(timers, at, timer);
}

static void sift_down(struct timers *timers, size_t at, struct loop_timer *timer)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= timers->count)
            break;
        if (child + 1 < timers->count &&
            timers->heap[child + 1]->at_us < timers->heap[child]->at_us)
            child++;
        if (timer->at_us <= timers->heap[child]->at_us)
            break;
        place(timers, at, timers->heap[child]);
        at = child;
    }
    place(timers, at, timer);
}

static int make_room(struct timers *timers)
{
    if (timers->count < timers->cap)
        return 0;
    size_t cap = timers->cap ? timers->cap * 2 : 64;
    struct loop_timer **heap = mem_resize(timers->heap, cap * sizeof(*heap));
    if (!heap)
        return ENOMEM;
    timers->heap = heap;
    timers->cap = cap;
    return 0;
}

int timers_put(struct timers *timers, struct loop_timer *timer, int64_t at_us)
{
    timers_take(timers, timer);
    int err = make_room(timers);
    if (err)
        return err;
    timer->at_us = at_us;
    sift_up(timers, timers->count++, timer);
    return 0;
}

void timers_take(struct timers *timers, struct loop_timer *timer)
{
    if (!timer->slot)
        return;
    size_t at = timer->slot - 1;
    timer->slot = 0;
    struct loop_timer *last = timers->heap[--timers->count];
    if (last == timer)
        return;
    if (at > 0 && timers->heap[(at - 1) / 2]->at_us > last->at_us)
        sift_up(timers, at, last);
    else
        sift_down(timers, at, last);
}

struct loop_timer *timers_first(const struct timers *timers)
{
    return timers->count ? timers->heap[0] : NULL;
}
