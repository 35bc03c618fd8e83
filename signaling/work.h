#pragma once
#include "gateway/base/loop.h"

// Slow jobs (password hashes) off the control thread: two threads take them one at a time, in
// order.

struct work;

// ENOMEM, EAGAIN (no thread could be made).
int work_alloc(struct work **workp, struct loop *loop, unsigned threads);
// At the end: waits for jobs that run and begins no other, from now on work_do() gives EAGAIN. Then
// calls `done` of every job, also of those that did not run.
void work_drain(struct work *work);
// Waits for jobs that run; jobs not yet begun are dropped, their `done` is not called.
void work_free(struct work *work);

// `run` is called on a work thread, then `done` on the control thread. EAGAIN when 256 jobs wait
// already, ENOMEM.
int work_do(struct work *work, void (*run)(void *arg), void (*done)(void *arg), void *arg);
