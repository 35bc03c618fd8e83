#include "pipelines/spawner.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>

#include "gateway/base/list.h"
#include "gateway/base/mem.h"

enum message { JOB, QUIT };

struct spawner {
    struct loop *loop;
    const char *program;
    spawner_h *started;
    struct inbox *in, *out;
    struct msg quit;
    pthread_t thread;
    bool running;
};

// False when the spawner ends.
static bool serve(const struct spawner *spawner, struct msg *msg)
{
    if (msg->kind == QUIT)
        return false;
    struct spawn_job *job = container_of(msg, struct spawn_job, msg);
    job->err = spawn_pipeline(&job->spawned, spawner->program, job->kind);
    inbox_push(spawner->out, msg);
    return true;
}

static void *run(void *arg)
{
    const struct spawner *spawner = arg;
    struct pollfd wake = {.fd = inbox_fd(spawner->in), .events = POLLIN};

    for (bool more = true; more;) {
        struct msg *next, *msg = inbox_take(spawner->in);
        if (!msg)
            poll(&wake, 1, -1);
        for (; msg && more; msg = next) {
            next = msg->next; // an answered job is no longer ours
            more = serve(spawner, msg);
        }
    }
    return NULL;
}

static void on_answers(void *arg, uint32_t events, int64_t now_us)
{
    const struct spawner *spawner = arg;
    struct msg *next, *msg = inbox_take(spawner->out);

    (void)events;
    for (; msg; msg = next) {
        next = msg->next;
        spawner->started(container_of(msg, struct spawn_job, msg), now_us);
    }
}

int spawner_alloc(struct spawner **spawnerp, struct loop *loop, const char *program,
                  spawner_h *started)
{
    if (!spawnerp || !loop || !program || !started)
        return EINVAL;
    struct spawner *spawner = mem_zalloc(sizeof(*spawner));
    if (!spawner)
        return ENOMEM;
    spawner->loop = loop;
    spawner->program = program;
    spawner->started = started;
    int err = inbox_alloc(&spawner->in);
    if (!err)
        err = inbox_alloc(&spawner->out);
    if (!err)
        err = loop_fd_add(loop, inbox_fd(spawner->out), EPOLLIN, on_answers, spawner);
    if (!err)
        err = pthread_create(&spawner->thread, NULL, run, spawner);
    spawner->running = !err;
    if (err)
        spawner_free(spawner);
    else
        *spawnerp = spawner;
    return err;
}

void spawner_free(struct spawner *spawner)
{
    if (!spawner)
        return;
    if (spawner->running) {
        spawner->quit.kind = QUIT;
        inbox_push(spawner->in, &spawner->quit);
        pthread_join(spawner->thread, NULL);
    }
    if (spawner->out)
        loop_fd_remove(spawner->loop, inbox_fd(spawner->out));
    inbox_free(spawner->out);
    inbox_free(spawner->in);
    mem_free(spawner);
}

void spawner_start(struct spawner *spawner, struct spawn_job *job)
{
    job->msg.kind = JOB;
    inbox_push(spawner->in, &job->msg);
}
