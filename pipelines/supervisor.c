#include "pipelines/supervisor.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/list.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/sm.h"
#include "pipelines/spawn.h"
#include "pipelines/spawner.h"
#include "pipelines/spec.h"

#define STOP_MESSAGE    "{\"do\":\"stop\"}"
#define REASON_MAX      200
#define MESSAGES_A_TURN 32 // others are served, too, while one goes on talking

struct supervisor {
    struct loop *loop;
    char *program;
    struct spawner *spawner;
    struct list pipelines; // pipeline.link
};

enum state { WAITING, RUNNING, STOPPING, CLOSING };

static const struct sm_state states[] = {
    [WAITING] = {"waiting", SM_TO(RUNNING) | SM_TO(WAITING) | SM_TO(STOPPING) | SM_TO(CLOSING)},
    [RUNNING] = {"running", SM_TO(WAITING) | SM_TO(STOPPING) | SM_TO(CLOSING)},
    [STOPPING] = {"stopping", SM_TO(CLOSING)},
    [CLOSING] = {"closing", 0},
};

struct pipeline {
    struct list link;
    struct supervisor *sup;
    struct pipeline_spec *spec;
    const struct pipeline_handlers *handlers;
    void *arg;
    struct sm state;
    struct spawned process; // pid 0 while none runs
    struct spawn_job job;   // of the process that is being started
    bool starting;
    struct loop_timer timer; // WAITING: start; STOPPING: kill; CLOSING: say closed
    int64_t started_us;
    int64_t backoff_ms;
    unsigned restarts;
    bool finishing;          // the process only completes what others left
    bool ended;              // the process said that it came to its end
    bool distrusted;         // it said nonsense, and is heard no more
    char reason[REASON_MAX]; // the last thing it complained about
};

static const struct pipeline_handlers no_handlers;

static void finish_start(struct pipeline *pipeline, int64_t now_us);
static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us);

static void timer_set(struct pipeline *pipeline, int64_t at_us)
{
    if (loop_timer_start(pipeline->sup->loop, &pipeline->timer, at_us, on_timer, pipeline))
        log_error("pipeline", "no memory for a timer");
}

// After the process was reaped.
static void process_forget(struct pipeline *pipeline)
{
    loop_fd_remove(pipeline->sup->loop, pipeline->process.control_fd);
    loop_fd_remove(pipeline->sup->loop, pipeline->process.pid_fd);
    spawn_close(&pipeline->process);
    pipeline->process.pid = 0;
}

static void process_end(struct pipeline *pipeline)
{
    if (pipeline->process.pid <= 0)
        return;
    kill(pipeline->process.pid, SIGKILL);
    while (waitpid(pipeline->process.pid, NULL, 0) < 0 && errno == EINTR)
        ;
    process_forget(pipeline);
}

static void pipeline_free(struct pipeline *pipeline)
{
    if (!pipeline)
        return;
    if (pipeline->starting) // and the spawner has ended: nobody was told
        pipeline->process = pipeline->job.spawned;
    process_end(pipeline);
    loop_timer_stop(pipeline->sup->loop, &pipeline->timer);
    list_remove(&pipeline->link);
    mem_free(pipeline->spec);
    mem_free(pipeline);
}

static void close_soon(struct pipeline *pipeline, int64_t now_us)
{
    sm_move(&pipeline->state, CLOSING);
    timer_set(pipeline, now_us);
}

static void tell_failed(const struct pipeline *pipeline, int64_t restart_in_ms)
{
    log_warn("pipeline", "%s failed: %s; restart in %lld ms", pipeline->spec->kind,
             pipeline->reason, (long long)restart_in_ms);
    if (pipeline->handlers->failed)
        pipeline->handlers->failed(pipeline->arg, pipeline->reason, restart_in_ms);
}

static bool records(const struct pipeline *pipeline)
{
    return strcmp(pipeline->spec->kind, "record") == 0;
}

// Nobody wants it any more. But what a recording left behind is completed, by one more process.
static void fail_stopping(struct pipeline *pipeline, int64_t now_us)
{
    bool again = records(pipeline) && !pipeline->finishing;

    if (!again)
        close_soon(pipeline, now_us);
    tell_failed(pipeline, -1);
    if (again)
        finish_start(pipeline, now_us);
}

// A failure: wait and start again, or give up when nobody wants it any more.
static void fail(struct pipeline *pipeline, int64_t now_us)
{
    if (pipeline->state.state == STOPPING) {
        fail_stopping(pipeline, now_us);
        return;
    }
    if (now_us - pipeline->started_us >= PIPELINE_HEALTHY_MS * INT64_C(1000))
        pipeline->backoff_ms = PIPELINE_BACKOFF_FIRST_MS;
    int64_t wait_ms = pipeline->backoff_ms;
    pipeline->backoff_ms *= 2;
    if (pipeline->backoff_ms > PIPELINE_BACKOFF_MAX_MS)
        pipeline->backoff_ms = PIPELINE_BACKOFF_MAX_MS;
    sm_move(&pipeline->state, WAITING);
    timer_set(pipeline, now_us + wait_ms * 1000);
    tell_failed(pipeline, wait_ms);
}

static void tell_ready(struct pipeline *pipeline, const struct pipeline_event *event)
{
    struct pipeline_ready ready = {event->video, event->audio, event->width, event->height};

    if (pipeline->handlers->ready)
        pipeline->handlers->ready(pipeline->arg, &ready);
}

static void tell_recording(struct pipeline *pipeline, const struct pipeline_event *event)
{
    if (pipeline->handlers->recording)
        pipeline->handlers->recording(pipeline->arg, event->file);
}

static void tell_done(struct pipeline *pipeline, const struct pipeline_event *event)
{
    if (pipeline->handlers->done)
        pipeline->handlers->done(pipeline->arg, event->file, event->duration_ms);
}

static void note_ended(struct pipeline *pipeline, const struct pipeline_event *event)
{
    (void)event;
    pipeline->ended = true;
}

// The process goes on to exit; the reason is told then.
static void note_reason(struct pipeline *pipeline, const struct pipeline_event *event)
{
    snprintf(pipeline->reason, sizeof(pipeline->reason), "%s", event->reason);
}

static void (*const event_handlers[])(struct pipeline *, const struct pipeline_event *) = {
    [PIPELINE_EVENT_READY] = tell_ready,         [PIPELINE_EVENT_ENDED] = note_ended,
    [PIPELINE_EVENT_FAILED] = note_reason,       [PIPELINE_EVENT_DONE] = tell_done,
    [PIPELINE_EVENT_RECORDING] = tell_recording, [PIPELINE_EVENT_ALIVE] = NULL,
};

// The process is not what it was: whatever it decoded may have taken it over.
static void distrust(struct pipeline *pipeline)
{
    pipeline->distrusted = true;
    snprintf(pipeline->reason, sizeof(pipeline->reason), "it sent a message that is no event");
    (void)pidfd_send_signal(pipeline->process.pid_fd, SIGKILL, NULL, 0); // it may have ended
}

static void message_serve(struct pipeline *pipeline, const char *text, size_t len, int64_t now_us)
{
    struct pipeline_event event;

    if (pipeline->state.state == STOPPING)
        timer_set(pipeline, now_us + PIPELINE_STOP_MS * INT64_C(1000));
    if (pipeline_event_parse(&event, text, len)) {
        distrust(pipeline);
        return;
    }
    if (event_handlers[event.type])
        event_handlers[event.type](pipeline, &event);
    pipeline_event_release(&event);
}

// Reads the messages that are there, at most so many. Returns false at end of file.
static bool messages_serve(struct pipeline *pipeline, unsigned most, int64_t now_us)
{
    char text[PIPELINE_MESSAGE_MAX];

    for (; most && !pipeline->distrusted; most--) {
        ssize_t len = recv(pipeline->process.control_fd, text, sizeof(text), MSG_DONTWAIT);
        if (len <= 0)
            return len < 0 && (errno == EAGAIN || errno == EINTR);
        message_serve(pipeline, text, (size_t)len, now_us);
    }
    return true;
}

static void on_control(void *arg, uint32_t events, int64_t now_us)
{
    struct pipeline *pipeline = arg;

    (void)events;
    if (!messages_serve(pipeline, MESSAGES_A_TURN,
                        now_us)) // its end follows by the process descriptor
        loop_fd_remove(pipeline->sup->loop, pipeline->process.control_fd);
}

static void reason_from_status(struct pipeline *pipeline, int status)
{
    if (pipeline->reason[0])
        return;
    if (WIFSIGNALED(status))
        snprintf(pipeline->reason, REASON_MAX, "killed by signal %d", WTERMSIG(status));
    else
        snprintf(pipeline->reason, REASON_MAX, "exit status %d", WEXITSTATUS(status));
}

static void on_exit_of_process(void *arg, uint32_t events, int64_t now_us)
{
    struct pipeline *pipeline = arg;
    int status = 0;

    (void)events;
    if (spawn_reap(&pipeline->process, &status) == EAGAIN)
        return;
    messages_serve(pipeline, UINT_MAX, now_us); // what an ended process left has an end, too
    process_forget(pipeline);
    reason_from_status(pipeline, status);
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (good && (pipeline->state.state == STOPPING || pipeline->ended))
        close_soon(pipeline, now_us);
    else
        fail(pipeline, now_us);
}

static int process_watch(struct pipeline *pipeline)
{
    struct loop *loop = pipeline->sup->loop;
    int err = loop_fd_add(loop, pipeline->process.control_fd, EPOLLIN, on_control, pipeline);

    if (!err)
        err = loop_fd_add(loop, pipeline->process.pid_fd, EPOLLIN, on_exit_of_process, pipeline);
    return err;
}

static int spec_send(struct pipeline *pipeline)
{
    char *text = pipeline_spec_text(pipeline->spec, pipeline->finishing);
    int err = 0;

    if (!text)
        return ENOMEM;
    if (send(pipeline->process.control_fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        err = errno;
    free(text);
    return err;
}

static void tell_opened(struct pipeline *pipeline)
{
    int rtp_fd = pipeline->process.rtp_fd;

    if (!pipeline->handlers->opened)
        return; // stays ours: closing it would look like the room's end
    pipeline->process.rtp_fd = -1;
    pipeline->handlers->opened(pipeline->arg, rtp_fd);
}

static void stop_send(struct pipeline *pipeline)
{
    timer_set(pipeline, clock_us() + PIPELINE_STOP_MS * INT64_C(1000));
    if (!pipeline->finishing && pipeline->process.pid > 0)
        (void)send(pipeline->process.control_fd, STOP_MESSAGE, strlen(STOP_MESSAGE),
                   MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void process_start(struct pipeline *pipeline, int64_t now_us)
{
    pipeline->started_us = now_us;
    pipeline->ended = false;
    pipeline->distrusted = false;
    pipeline->reason[0] = '\0';
    pipeline->job.kind = pipeline->spec->kind;
    pipeline->starting = true;
    spawner_start(pipeline->sup->spawner, &pipeline->job);
}

static void process_started(struct spawn_job *job, int64_t now_us)
{
    struct pipeline *pipeline = container_of(job, struct pipeline, job);
    int err = job->err;

    pipeline->starting = false;
    pipeline->process = job->spawned;
    if (!err)
        err = spec_send(pipeline);
    if (!err)
        err = process_watch(pipeline);
    if (err) {
        process_end(pipeline);
        snprintf(pipeline->reason, REASON_MAX, "cannot start: %s", strerror(err));
        fail(pipeline, now_us);
        return;
    }
    if (pipeline->state.state == STOPPING) // meanwhile, or only to complete what is left
        stop_send(pipeline);
    else
        tell_opened(pipeline);
}

static void finish_start(struct pipeline *pipeline, int64_t now_us)
{
    pipeline->finishing = true;
    timer_set(pipeline, now_us + PIPELINE_STOP_MS * INT64_C(1000));
    process_start(pipeline, now_us);
}

static void pipeline_close(struct pipeline *pipeline)
{
    const struct pipeline_handlers *handlers = pipeline->handlers;

    list_remove(&pipeline->link);
    if (handlers->closed)
        handlers->closed(pipeline->arg);
    pipeline_free(pipeline);
}

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct pipeline *pipeline = arg;

    (void)timer;
    switch ((enum state)pipeline->state.state) {
    case WAITING:
        pipeline->restarts += pipeline->started_us != 0;
        sm_move(&pipeline->state, RUNNING);
        process_start(pipeline, now_us);
        break;
    case STOPPING:
        snprintf(pipeline->reason, REASON_MAX, "did not stop in time");
        if (pipeline->process.pid > 0) // else it is being started, and stopped then
            kill(pipeline->process.pid, SIGKILL);
        break;
    case CLOSING:
        pipeline_close(pipeline);
        break;
    case RUNNING:
        break;
    }
}

int supervisor_alloc(struct supervisor **supp, struct loop *loop, const char *program)
{
    if (!supp || !loop || !program)
        return EINVAL;
    struct supervisor *sup = mem_zalloc(sizeof(*sup));
    if (!sup)
        return ENOMEM;
    sup->loop = loop;
    list_init(&sup->pipelines);
    sup->program = mem_strdup(program);
    int err = sup->program ? spawner_alloc(&sup->spawner, loop, sup->program, process_started)
                           : ENOMEM;
    if (err)
        supervisor_free(sup);
    else
        *supp = sup;
    return err;
}

void supervisor_free(struct supervisor *sup)
{
    struct list *link, *next;

    if (!sup)
        return;
    spawner_free(sup->spawner); // first: it may still be starting one
    list_each(link, next, &sup->pipelines) pipeline_free(container_of(link, struct pipeline, link));
    mem_free(sup->program);
    mem_free(sup);
}

size_t supervisor_count(const struct supervisor *sup)
{
    const struct list *link, *next;
    size_t count = 0;

    list_each(link, next, &sup->pipelines) count++;
    return count;
}

int pipeline_start(struct pipeline **pipelinep, struct supervisor *sup,
                   const struct pipeline_spec *spec, const struct pipeline_handlers *handlers,
                   void *arg)
{
    if (!pipelinep || !sup || !handlers || pipeline_spec_check(spec))
        return EINVAL;
    struct pipeline *pipeline = mem_zalloc(sizeof(*pipeline));
    if (!pipeline)
        return ENOMEM;
    pipeline->sup = sup;
    pipeline->handlers = handlers;
    pipeline->arg = arg;
    pipeline->backoff_ms = PIPELINE_BACKOFF_FIRST_MS;
    pipeline->process = (struct spawned){.pid_fd = -1, .control_fd = -1, .rtp_fd = -1};
    sm_init(&pipeline->state, states, WAITING);
    pipeline->spec = pipeline_spec_copy(spec);
    if (!pipeline->spec ||
        loop_timer_start(sup->loop, &pipeline->timer, clock_us(), on_timer, pipeline)) {
        pipeline_free(pipeline);
        return ENOMEM;
    }
    list_append(&sup->pipelines, &pipeline->link);
    *pipelinep = pipeline;
    return 0;
}

static void stop_waiting(struct pipeline *pipeline, int64_t now_us)
{
    if (pipeline->started_us == 0 || !records(pipeline)) {
        close_soon(pipeline, now_us);
        return;
    }
    sm_move(&pipeline->state, STOPPING); // it crashed and waits for its restart
    finish_start(pipeline, now_us);
}

void pipeline_stop(struct pipeline *pipeline)
{
    int64_t now_us = clock_us();

    if (pipeline->state.state == WAITING) {
        stop_waiting(pipeline, now_us);
    } else if (pipeline->state.state == RUNNING) {
        sm_move(&pipeline->state, STOPPING);
        stop_send(pipeline);
    }
}

void pipeline_drop(struct pipeline *pipeline)
{
    pipeline->handlers = &no_handlers;
    pipeline_stop(pipeline);
}

int pipeline_pid(const struct pipeline *pipeline)
{
    return pipeline->process.pid;
}

unsigned pipeline_restarts(const struct pipeline *pipeline)
{
    return pipeline->restarts;
}
