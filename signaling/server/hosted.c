#include "signaling/server/hosted.h"

#include <errno.h>

#include "gateway/base/clock.h"
#include "gateway/base/loop.h"
#include "gateway/base/mem.h"

struct hosted {
    struct loop *loop;
    uv_poll_t poll;
    uv_timer_t timer;
    int64_t armed_us; // what the timer is set for, -1: nothing
    unsigned open;    // handles that libuv still has
};

static void on_descriptor(uv_poll_t *poll, int status, int events)
{
    struct hosted *hosted = poll->data;
    (void)status;
    (void)events;
    loop_step(hosted->loop, 0);
}

static void on_alarm(uv_timer_t *timer)
{
    struct hosted *hosted = timer->data;
    hosted->armed_us = -1;
    loop_step(hosted->loop, 0);
}

void hosted_arm(struct hosted *hosted)
{
    int64_t at_us = hosted ? loop_deadline(hosted->loop) : -1;
    if (!hosted || at_us == hosted->armed_us)
        return;
    hosted->armed_us = at_us;
    if (at_us < 0) {
        uv_timer_stop(&hosted->timer);
        return;
    }
    int64_t wait_us = at_us - clock_us();
    uv_update_time(hosted->timer.loop);
    uv_timer_start(&hosted->timer, on_alarm, wait_us <= 0 ? 0 : (uint64_t)(wait_us + 999) / 1000,
                   0);
}

static void on_closed(uv_handle_t *handle)
{
    struct hosted *hosted = handle->data;
    if (--hosted->open == 0)
        mem_free(hosted);
}

void hosted_close(struct hosted *hosted)
{
    if (!hosted)
        return;
    uv_close((uv_handle_t *)&hosted->poll, on_closed);
    uv_close((uv_handle_t *)&hosted->timer, on_closed);
}

int hosted_alloc(struct hosted **hostedp, uv_loop_t *uv, struct loop *loop)
{
    struct hosted *hosted = mem_zalloc(sizeof(*hosted));
    if (!hosted)
        return ENOMEM;
    hosted->loop = loop;
    hosted->armed_us = -1;
    hosted->poll.data = hosted->timer.data = hosted;
    if (uv_poll_init(uv, &hosted->poll, loop_fd(loop))) {
        mem_free(hosted);
        return EINVAL;
    }
    uv_timer_init(uv, &hosted->timer);
    hosted->open = 2;
    uv_poll_start(&hosted->poll, UV_READABLE, on_descriptor);
    *hostedp = hosted;
    return 0;
}
