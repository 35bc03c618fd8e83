#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/loop.h"

// A heap of timers, the earliest on top. The loop's own; one thread.

struct timers {
    struct loop_timer **heap;
    size_t count, cap;
};

void timers_release(struct timers *timers);
// Puts the timer in, or moves it when it is in already. ENOMEM.
int timers_put(struct timers *timers, struct loop_timer *timer, int64_t at_us);
// Takes the timer out; harmless when it is not in.
void timers_take(struct timers *timers, struct loop_timer *timer);
// The earliest, or NULL.
struct loop_timer *timers_first(const struct timers *timers);
