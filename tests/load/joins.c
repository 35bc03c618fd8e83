#include "tests/load/joins.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>

#include "gateway/base/mem.h"
#include "tests/load/end.h"

#define THREADS     4
#define PLACES      1024 // there at once
#define STAY_US     500000
#define PATIENCE_US 10000000
#define SECOND_US   1000000
#define TICK_US     5000

enum step { FREE, ASKS, ANSWERED, REFUSED, WAITS, WATCHES };

struct joiner {
    enum step step; // ASKS to ANSWERED or REFUSED under the lock, by a thread
    struct end end;
    char *answer;
    int64_t asked_ns, begun_us, until_us;
};

struct joins {
    struct joins_config config;
    struct joins_stats stats;
    struct end_totals totals; // theirs are not the measured viewers'
    int64_t next_us, tick_us;
    bool stopped;
    struct joiner joiners[PLACES];
    pthread_mutex_t lock;
    pthread_cond_t work;
    bool ends;
    unsigned first, count; // of the ring
    struct joiner *waiting[PLACES];
    pthread_t threads[THREADS];
    unsigned thread_count;
};

// --- the threads that ask -----------------------------------------------------------------------

static struct joiner *next_waiting(struct joins *joins)
{
    struct joiner *joiner = NULL;
    pthread_mutex_lock(&joins->lock);
    while (!joins->count && !joins->ends)
        pthread_cond_wait(&joins->work, &joins->lock);
    if (!joins->ends) {
        joiner = joins->waiting[joins->first];
        joins->first = (joins->first + 1) % PLACES;
        joins->count--;
    }
    pthread_mutex_unlock(&joins->lock);
    return joiner;
}

static void *ask(void *arg)
{
    struct joins *joins = arg;
    struct joiner *joiner;
    while ((joiner = next_waiting(joins))) {
        const char *offer = rtc_client_offer(joiner->end.client);
        joiner->asked_ns = monotonic_ns();
        int err = exchange_offer(joins->config.exchange, false, 0, offer, &joiner->answer);
        pthread_mutex_lock(&joins->lock);
        joiner->step = err ? REFUSED : ANSWERED;
        pthread_mutex_unlock(&joins->lock);
    }
    return NULL;
}

// --- birth and death ----------------------------------------------------------------------------

int joins_alloc(struct joins **joinsp, const struct joins_config *config)
{
    struct joins *joins = mem_zalloc(sizeof(*joins));
    int err = joins ? 0 : ENOMEM;
    if (err)
        return err;
    joins->config = *config;
    pthread_mutex_init(&joins->lock, NULL);
    pthread_cond_init(&joins->work, NULL);
    while (!err && joins->thread_count < THREADS) {
        err = pthread_create(&joins->threads[joins->thread_count], NULL, ask, joins);
        joins->thread_count += !err;
    }
    if (err)
        joins_free(joins);
    else
        *joinsp = joins;
    return err;
}

static void leave(struct joiner *joiner)
{
    end_close(&joiner->end);
    mem_free(joiner->answer);
    memset(joiner, 0, sizeof(*joiner));
}

void joins_free(struct joins *joins)
{
    if (!joins)
        return;
    pthread_mutex_lock(&joins->lock);
    joins->ends = true;
    pthread_cond_broadcast(&joins->work);
    pthread_mutex_unlock(&joins->lock);
    for (unsigned i = 0; i < joins->thread_count; i++)
        pthread_join(joins->threads[i], NULL);
    for (unsigned i = 0; i < PLACES; i++)
        leave(&joins->joiners[i]);
    pthread_cond_destroy(&joins->work);
    pthread_mutex_destroy(&joins->lock);
    mem_free(joins);
}

void joins_stop(struct joins *joins)
{
    joins->stopped = true;
}

const struct joins_stats *joins_stats(const struct joins *joins)
{
    return &joins->stats;
}

// --- coming and going ---------------------------------------------------------------------------

static void begin(struct joins *joins, struct joiner *joiner, int64_t now_us)
{
    joins->stats.begun++;
    joiner->begun_us = now_us;
    joiner->end.totals = &joins->totals;
    if (end_prepare(&joiner->end, joins->config.identity, now_us)) {
        joins->stats.failed++;
        leave(joiner);
        return;
    }
    pthread_mutex_lock(&joins->lock);
    joiner->step = ASKS;
    joins->waiting[(joins->first + joins->count++) % PLACES] = joiner;
    pthread_cond_signal(&joins->work);
    pthread_mutex_unlock(&joins->lock);
}

static void begin_next(struct joins *joins, int64_t now_us)
{
    for (unsigned i = 0; i < PLACES; i++)
        if (joins->joiners[i].step == FREE) {
            begin(joins, &joins->joiners[i], now_us);
            return;
        }
    joins->stats.begun++;
    joins->stats.failed++;
}

static void connect_media(struct joins *joins, struct joiner *joiner, int64_t now_us)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &joiner->end};
    joiner->step = WAITS;
    if (end_connect(&joiner->end, joiner->answer, now_us) ||
        epoll_ctl(joins->config.epoll, EPOLL_CTL_ADD, rtc_client_fd(joiner->end.client), &event))
        joiner->step = REFUSED;
}

static void serve(struct joins *joins, struct joiner *joiner, int64_t now_us)
{
    if (joiner->step == ANSWERED)
        connect_media(joins, joiner, now_us);
    if (joiner->step == WAITS || joiner->step == WATCHES)
        end_tick(&joiner->end, now_us);
    if (joiner->step == WAITS && joiner->end.picture_ns) {
        joiner->step = WATCHES;
        joiner->until_us = now_us + STAY_US;
        joins->stats.watched++;
        histogram_add(&joins->stats.wait, (joiner->end.picture_ns - joiner->asked_ns) / 1000);
    }
    bool lost = joiner->step == WAITS && now_us > joiner->begun_us + PATIENCE_US;
    joins->stats.failed += lost || joiner->step == REFUSED;
    if (lost || joiner->step == REFUSED || (joiner->step == WATCHES && now_us > joiner->until_us))
        leave(joiner);
}

void joins_turn(struct joins *joins, int64_t now_us)
{
    if (!joins->next_us)
        joins->next_us = now_us;
    for (; !joins->stopped && joins->next_us <= now_us;
         joins->next_us += SECOND_US / joins->config.rate)
        begin_next(joins, now_us);
    if (now_us < joins->tick_us)
        return;
    joins->tick_us = now_us + TICK_US;
    for (unsigned i = 0; i < PLACES; i++) {
        struct joiner *joiner = &joins->joiners[i];
        pthread_mutex_lock(&joins->lock);
        bool asks = joiner->step == ASKS;
        pthread_mutex_unlock(&joins->lock);
        if (!asks && joiner->step != FREE)
            serve(joins, joiner, now_us);
    }
}
