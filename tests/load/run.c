#include "tests/load/run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/load/end.h"
#include "tests/load/joins.h"
#include "tests/load/result.h"
#include "tests/load/stage.h"

#define EVENTS        64
#define PUBLISH_EVERY 4 // events
#define ROOM_MAX      64
#define TICK_US       10000
#define PHASES_US     100000 // publishers begin spread over so long
#define PATIENCE_US   15000000
#define SILENCE_US    300000
#define GRACE_US      1000000
#define SETTLE_US     2000000 // a keyframe has passed, and what joining caused is over

struct run {
    const struct run_options *options;
    struct rtc_identity *identity;
    struct arrivals *arrivals;
    int epoll;
    int64_t tick_us;
    struct end_totals totals;
    struct stage *stages;
    unsigned opened; // viewers
    struct end *viewers;
    struct joins *joins;
};

// --- the loop -----------------------------------------------------------------------------------

static void tick(struct run *run, int64_t now_us)
{
    run->tick_us = now_us + TICK_US;
    for (unsigned i = 0; i < run->options->rooms; i++)
        if (run->stages[i].publisher.client)
            end_tick(&run->stages[i].publisher, now_us);
    for (unsigned i = 0; i < run->opened; i++)
        end_tick(&run->viewers[i], now_us);
}

static int patience_ms(const struct run *run, int64_t now_us)
{
    int64_t due = run->tick_us;
    for (unsigned i = 0; i < run->options->rooms; i++)
        if (stage_due(&run->stages[i]) < due)
            due = stage_due(&run->stages[i]);
    return due > now_us ? (int)((due - now_us + 999) / 1000) : 0;
}

// What is due goes out even while much comes in.
static void publish(struct run *run)
{
    int64_t now_us = clock_us();
    for (unsigned i = 0; i < run->options->rooms; i++)
        if (stage_due(&run->stages[i]) <= now_us)
            stage_publish(&run->stages[i]);
}

static void turn(struct run *run, bool wait)
{
    struct epoll_event events[EVENTS];
    int64_t now_us = clock_us();
    int count = epoll_wait(run->epoll, events, EVENTS, wait ? patience_ms(run, now_us) : 0);
    for (int i = 0; i < count; i++) {
        if (i % PUBLISH_EVERY == 0)
            publish(run);
        end_read(events[i].data.ptr, run->arrivals, now_us);
    }
    publish(run);
    now_us = clock_us();
    if (now_us >= run->tick_us)
        tick(run, now_us);
    if (run->joins)
        joins_turn(run->joins, now_us);
}

static void pass(struct run *run, int64_t span_us)
{
    for (int64_t end_us = clock_us() + span_us; clock_us() < end_us;)
        turn(run, true);
}

static int turn_until(struct run *run, bool (*done)(const struct run *run))
{
    int64_t end_us = clock_us() + PATIENCE_US;
    while (!done(run)) {
        turn(run, true);
        if (clock_us() > end_us)
            return ETIMEDOUT;
    }
    return 0;
}

static void stream(struct run *run, bool on)
{
    for (unsigned i = 0; i < run->options->rooms; i++)
        stage_stream(&run->stages[i], on);
}

// --- setting up ---------------------------------------------------------------------------------

static int open_end(struct run *run, struct end *end, unsigned room, unsigned number)
{
    struct exchange exchange = run->options->exchange;
    char name[ROOM_MAX];
    snprintf(name, sizeof(name), "%s%u", exchange.room, room);
    if (run->options->rooms > 1)
        exchange.room = name;
    end->totals = &run->totals;
    int err = end_open(end, run->identity, &exchange, number, clock_us());
    if (err)
        return err;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = end};
    return epoll_ctl(run->epoll, EPOLL_CTL_ADD, rtc_client_fd(end->client), &event) < 0 ? errno : 0;
}

static bool publishers_are_there(const struct run *run)
{
    for (unsigned i = 0; i < run->options->rooms; i++)
        if (!rtc_client_connected(run->stages[i].publisher.client))
            return false;
    return true;
}

// One after the other: they do not send at the same moments.
static int start_publishing(struct run *run)
{
    const struct run_options *options = run->options;
    int err = 0;
    for (unsigned i = 0; !err && i < options->rooms; i++) {
        run->stages[i].publisher.publishes = true;
        run->stages[i].spreads = options->spread;
        err = open_end(run, &run->stages[i].publisher, i, 0);
        turn(run, false);
    }
    if (!err)
        err = turn_until(run, publishers_are_there);
    for (unsigned i = 0; !err && i < options->rooms; i++)
        stage_begin(&run->stages[i], options->kbit, (int64_t)i * PHASES_US / options->rooms);
    if (!err)
        pass(run, SETTLE_US + SETTLE_US / 4); // what a server keeps of a publisher is filled
    return err;
}

static bool watches(const struct end *viewer)
{
    return viewer->streams[1].seen.started; // sound and picture
}

static bool all_watch(const struct run *run)
{
    for (unsigned i = 0; i < run->opened; i++)
        if (!watches(&run->viewers[i]))
            return false;
    return true;
}

// A server that cannot carry so many is measured all the same; what it owes them counts as lost.
static bool some_watch(const struct run *run)
{
    for (unsigned i = 0; i < run->opened; i++)
        if (watches(&run->viewers[i]))
            return true;
    return false;
}

// Spread over all: a server may serve those who came first first.
static bool is_sampled(const struct run_options *options, unsigned i)
{
    unsigned long sampled = options->sampled, viewers = options->viewers;
    return sampled >= viewers || (i + 1) * sampled / viewers > i * sampled / viewers;
}

// Silence while they join: a server at its limit would take minutes to answer.
static int start_watching(struct run *run)
{
    int err = 0;
    stream(run, false);
    for (unsigned i = 0; !err && i < run->options->viewers; i++) {
        run->viewers[i].sampled = is_sampled(run->options, i);
        run->viewers[i].counted = run->options->counted;
        err = open_end(run, &run->viewers[i], i % run->options->rooms, i + 1);
        run->opened += run->viewers[i].client != NULL;
        turn(run, false);
    }
    stream(run, true);
    if (!err)
        err = turn_until(run, all_watch);
    if (err == ETIMEDOUT && some_watch(run))
        err = 0;
    if (!err)
        pass(run, SETTLE_US);
    return err;
}

// --- measuring ----------------------------------------------------------------------------------

static bool all_arrived(const struct run *run)
{
    return run->totals.received >= run->totals.due;
}

static uint64_t sent_by(const struct stage *stage)
{
    return stage->traffic.packets - stage->before;
}

static void note_receipts(struct run *run, struct result *result)
{
    result->received = run->totals.received;
    result->received_bytes = run->totals.bytes;
    result->duplicates = run->totals.duplicates;
    result->delay = &run->totals.delay;
    uint64_t due = run->totals.due;
    result->lost = due > result->received ? due - result->received : 0;
    for (unsigned i = 0; i < run->opened; i++) {
        const struct stage *stage = &run->stages[i % run->options->rooms];
        result->starved += run->viewers[i].received < sent_by(stage) / 2;
    }
}

static void begin_counting(struct run *run, struct result *result)
{
    for (unsigned i = 0; i < run->options->rooms; i++) {
        run->stages[i].before = run->stages[i].traffic.packets;
        result->sent_bytes -= run->stages[i].traffic.bytes;
    }
    run->totals.measuring = true;
}

static void end_counting(struct run *run, struct result *result)
{
    for (unsigned i = 0; i < run->options->rooms; i++) {
        result->sent += sent_by(&run->stages[i]);
        result->sent_bytes += run->stages[i].traffic.bytes;
    }
    for (unsigned i = 0; i < run->opened; i++)
        run->totals.due += sent_by(&run->stages[i % run->options->rooms]);
}

static bool all_have_joined(const struct run *run)
{
    const struct joins_stats *stats = joins_stats(run->joins);
    return stats->watched + stats->failed == stats->begun;
}

static int start_joins(struct run *run)
{
    const struct joins_config config = {.identity = run->identity,
                                        .exchange = &run->options->exchange,
                                        .epoll = run->epoll,
                                        .rate = run->options->join_rate};
    return config.rate ? joins_alloc(&run->joins, &config) : 0;
}

// Begins and ends in silence, so that nothing under way is counted wrongly.
static int measure(struct run *run, struct result *result)
{
    begin_counting(run, result);
    int err = start_joins(run);
    usage_take(&result->before, &run->options->scope);
    stream(run, true);
    pass(run, run->options->seconds * 1000000ll);
    if (run->joins)
        joins_stop(run->joins);
    stream(run, false);
    for (int64_t end_us = clock_us() + SILENCE_US; clock_us() < end_us;)
        turn(run, true); // what waits to be spread
    end_counting(run, result);
    for (int64_t end_us = clock_us() + GRACE_US; !all_arrived(run) && clock_us() < end_us;)
        turn(run, true);
    if (run->joins && turn_until(run, all_have_joined))
        fprintf(stderr, "some who joined never saw a picture\n");
    usage_take(&result->after, &run->options->scope);
    note_receipts(run, result);
    result->joins = run->joins ? joins_stats(run->joins) : NULL;
    return err;
}

static int conduct(struct run *run)
{
    const struct run_options *options = run->options;
    struct result result = {.mode = "publish-watch",
                            .rooms = options->rooms,
                            .viewers = options->viewers,
                            .kbit = options->kbit};
    usage_take(&result.empty, &options->scope);
    int err = start_publishing(run);
    if (err)
        return err;
    int64_t begin_us = clock_us();
    usage_take(&result.alone, &options->scope);
    err = start_watching(run);
    if (err)
        return err;
    result.setup_us = clock_us() - begin_us - SETTLE_US;
    stream(run, false);
    pass(run, SILENCE_US);
    err = measure(run, &result);
    return err ? err : result_print(&result, &options->scope);
}

static void close_all(struct run *run)
{
    joins_free(run->joins);
    for (unsigned i = 0; i < run->opened; i++)
        end_close(&run->viewers[i]);
    for (unsigned i = 0; run->stages && i < run->options->rooms; i++)
        end_close(&run->stages[i].publisher);
    if (run->epoll >= 0)
        close(run->epoll);
    arrivals_free(run->arrivals);
    rtc_identity_free(run->identity);
    mem_free(run->viewers);
    mem_free(run->stages);
    mem_free(run);
}

// A socket each.
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int run(const struct run_options *options)
{
    struct run *run = mem_zalloc(sizeof(*run));
    if (!run)
        return ENOMEM;
    allow_descriptors();
    run->options = options;
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->viewers = mem_array(options->viewers, sizeof(*run->viewers));
    run->stages = mem_array(options->rooms, sizeof(*run->stages));
    int err = run->epoll < 0 ? errno : run->viewers && run->stages ? 0 : ENOMEM;
    if (!err)
        err = arrivals_alloc(&run->arrivals);
    if (!err)
        err = rtc_identity_alloc(&run->identity);
    if (!err)
        err = usage_pin(options->scope.load_core);
    if (!err)
        err = conduct(run);
    close_all(run);
    return err;
}
