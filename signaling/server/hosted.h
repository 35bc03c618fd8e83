#pragma once
#include <uv.h>

// Runs a struct loop (epoll and timers) inside a libuv loop, so that both serve one thread.

struct loop;
struct hosted;

// `loop` is borrowed. ENOMEM, EINVAL.
int hosted_alloc(struct hosted **hostedp, uv_loop_t *uv, struct loop *loop);
// Sets the alarm for the loop's next timer: to be called before libuv waits. NULL is allowed.
void hosted_arm(struct hosted *hosted);
// Stops; the memory goes when libuv has closed the handles (run it once more). NULL is allowed.
void hosted_close(struct hosted *hosted);
