#include "signaling/work.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "gateway/base/inbox.h"
#include "gateway/base/mem.h"

#define THREADS_MAX 4
#define WAITING_MAX 256

struct job {
    struct msg msg; // on its way back
    struct job *next;
    void (*run)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

struct work {
    struct loop *loop;
    struct inbox *finished;
    pthread_mutex_t lock; // of the members below
    pthread_cond_t more;
    struct job *first, **last;
    unsigned waiting;
    bool stopping;
    pthread_t threads[THREADS_MAX];
    unsigned thread_count;
};

static struct job *next_job(struct work *work)
{
    pthread_mutex_lock(&work->lock);
    while (!work->first && !work->stopping)
        pthread_cond_wait(&work->more, &work->lock);
    struct job *job = work->stopping ? NULL : work->first;
    if (job) {
        work->first = job->next;
        work->waiting--;
        if (!work->first)
            work->last = &work->first;
    }
    pthread_mutex_unlock(&work->lock);
    return job;
}

static void *work_thread(void *arg)
{
    struct work *work = arg;
    for (struct job *job; (job = next_job(work));) {
        job->run(job->arg);
        inbox_push(work->finished, &job->msg);
    }
    return NULL;
}

static void finished(void *arg, uint32_t events, int64_t now_us)
{
    struct work *work = arg;
    (void)events, (void)now_us;
    for (struct msg *msg = inbox_take(work->finished), *next; msg; msg = next) {
        next = msg->next;
        struct job *job = (struct job *)msg; // msg is its first member
        job->done(job->arg);
        mem_free(job);
    }
}

int work_alloc(struct work **workp, struct loop *loop, unsigned threads)
{
    struct work *work = mem_zalloc(sizeof(*work));
    if (!work)
        return ENOMEM;
    work->loop = loop;
    work->last = &work->first;
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->more, NULL);
    int err = inbox_alloc(&work->finished);
    if (!err)
        err = loop_fd_add(loop, inbox_fd(work->finished), EPOLLIN, finished, work);
    for (unsigned i = 0; !err && i < threads && i < THREADS_MAX; i++) {
        err = pthread_create(&work->threads[i], NULL, work_thread, work);
        work->thread_count += !err;
    }
    if (err)
        work_free(work);
    else
        *workp = work;
    return err;
}

static void drop_jobs(struct work *work)
{
    for (struct job *job = work->first, *next; job; job = next) {
        next = job->next;
        mem_free(job);
    }
    for (struct msg *msg = work->finished ? inbox_take(work->finished) : NULL, *next; msg;
         msg = next) {
        next = msg->next;
        mem_free(msg);
    }
}

static void stop_threads(struct work *work)
{
    pthread_mutex_lock(&work->lock);
    work->stopping = true;
    pthread_cond_broadcast(&work->more);
    pthread_mutex_unlock(&work->lock);
    while (work->thread_count)
        pthread_join(work->threads[--work->thread_count], NULL);
}

void work_drain(struct work *work)
{
    if (!work)
        return;
    stop_threads(work);
    for (struct job *job = work->first, *next; job; job = next) {
        next = job->next;
        inbox_push(work->finished, &job->msg);
    }
    work->first = NULL;
    finished(work, 0, 0);
}

void work_free(struct work *work)
{
    if (!work)
        return;
    stop_threads(work);
    drop_jobs(work);
    if (work->finished)
        loop_fd_remove(work->loop, inbox_fd(work->finished));
    inbox_free(work->finished);
    pthread_cond_destroy(&work->more);
    pthread_mutex_destroy(&work->lock);
    mem_free(work);
}

int work_do(struct work *work, void (*run)(void *arg), void (*done)(void *arg), void *arg)
{
    struct job *job = mem_zalloc(sizeof(*job));
    if (!job)
        return ENOMEM;
    job->run = run;
    job->done = done;
    job->arg = arg;
    pthread_mutex_lock(&work->lock);
    bool full = work->waiting >= WAITING_MAX || work->stopping;
    if (!full) {
        *work->last = job;
        work->last = &job->next;
        work->waiting++;
        pthread_cond_signal(&work->more);
    }
    pthread_mutex_unlock(&work->lock);
    if (full)
        mem_free(job);
    return full ? EAGAIN : 0;
}
