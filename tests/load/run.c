#include "tests/load/run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/load/end.h"
#include "tests/load/result.h"

#define EVENTS      64
#define TICK_US     10000
#define PATIENCE_US 15000000
#define SILENCE_US  300000
#define GRACE_US    1000000
#define SETTLE_US   2000000 // a keyframe has passed, and what joining caused is over

struct run {
    const struct run_options *options;
    struct rtc_identity *identity;
    struct arrivals *arrivals;
    int epoll;
    int64_t tick_us;
    bool streaming; // the publisher sends
    struct traffic traffic;
    struct traffic_packet packets[TRAFFIC_BURST_MAX];
    struct end_totals totals;
    struct end publisher;
    unsigned opened; // viewers
    struct end *viewers;
};

// --- the loop
// -------------------------------------------------------------------------------------

static void tick(struct run *run, int64_t now_us)
{
    run->tick_us = now_us + TICK_US;
    end_tick(&run->publisher, now_us);
    for (unsigned i = 0; i < run->opened; i++)
        end_tick(&run->viewers[i], now_us);
}

static int patience_ms(const struct run *run, int64_t now_us)
{
    int64_t due = run->tick_us;
    if (run->streaming && traffic_due(&run->traffic) < due)
        due = traffic_due(&run->traffic);
    return due > now_us ? (int)((due - now_us + 999) / 1000) : 0;
}

// A burst goes out when it is due even while much comes in.
static void publish(struct run *run)
{
    while (run->streaming && traffic_due(&run->traffic) <= clock_us())
        end_publish(&run->publisher, run->packets, traffic_next(&run->traffic, run->packets));
}

static void turn(struct run *run, bool wait)
{
    struct epoll_event events[EVENTS];
    int64_t now_us = clock_us();
    int count = epoll_wait(run->epoll, events, EVENTS, wait ? patience_ms(run, now_us) : 0);
    for (int i = 0; i < count; i++) {
        publish(run);
        end_read(events[i].data.ptr, run->arrivals, now_us);
    }
    publish(run);
    now_us = clock_us();
    if (now_us >= run->tick_us)
        tick(run, now_us);
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

static void stream_for(struct run *run, int64_t span_us)
{
    traffic_resume(&run->traffic, clock_us());
    run->streaming = true;
    pass(run, span_us);
    run->streaming = false;
}

static int resume_until(struct run *run, bool (*done)(const struct run *run))
{
    traffic_resume(&run->traffic, clock_us());
    run->streaming = true;
    return turn_until(run, done);
}

// --- setting up
// -----------------------------------------------------------------------------------

static int open_end(struct run *run, struct end *end, unsigned number)
{
    end->totals = &run->totals;
    int err = end_open(end, run->identity, &run->options->exchange, number, clock_us());
    if (err)
        return err;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = end};
    return epoll_ctl(run->epoll, EPOLL_CTL_ADD, rtc_client_fd(end->client), &event) < 0 ? errno : 0;
}

static bool publisher_is_there(const struct run *run)
{
    return rtc_client_connected(run->publisher.client);
}

static int start_publishing(struct run *run)
{
    run->publisher.publishes = true;
    int err = open_end(run, &run->publisher, 0);
    if (!err)
        err = turn_until(run, publisher_is_there);
    if (err)
        return err;
    traffic_begin(&run->traffic, rtc_client_audio_ssrc(run->publisher.client),
                  rtc_client_video_ssrc(run->publisher.client), clock_us());
    run->publisher.traffic = &run->traffic;
    run->streaming = true;
    pass(run, SETTLE_US + SETTLE_US / 4); // what a server keeps of a publisher is filled
    return 0;
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
    run->streaming = false;
    for (unsigned i = 0; !err && i < run->options->viewers; i++) {
        run->viewers[i].sampled = is_sampled(run->options, i);
        err = open_end(run, &run->viewers[i], i + 1);
        run->opened += run->viewers[i].client != NULL;
        turn(run, false);
    }
    if (!err)
        err = resume_until(run, all_watch);
    if (err == ETIMEDOUT && some_watch(run))
        err = 0;
    if (!err)
        stream_for(run, SETTLE_US);
    return err;
}

// --- measuring
// ------------------------------------------------------------------------------------

static bool all_arrived(const struct run *run)
{
    return run->totals.received >= run->totals.due;
}

static void note_receipts(const struct run *run, struct result *result)
{
    result->received = run->totals.received;
    result->received_bytes = run->totals.bytes;
    result->duplicates = run->totals.duplicates;
    result->delay = &run->totals.delay;
    uint64_t due = result->sent * run->opened;
    result->lost = due > result->received ? due - result->received : 0;
    for (unsigned i = 0; i < run->opened; i++)
        result->starved += run->viewers[i].received < result->sent / 2;
}

// Begins and ends in silence, so that nothing under way is counted wrongly.
static void measure(struct run *run, struct result *result)
{
    const struct traffic *traffic = &run->traffic;
    uint64_t packets = traffic->packets, bytes = traffic->bytes;
    run->totals.measuring = true;
    usage_take(&result->before, &run->options->scope);
    stream_for(run, run->options->seconds * 1000000ll);
    result->sent = traffic->packets - packets;
    result->sent_bytes = traffic->bytes - bytes;
    run->totals.due = result->sent * run->opened;
    for (int64_t end_us = clock_us() + GRACE_US; !all_arrived(run) && clock_us() < end_us;)
        turn(run, true);
    usage_take(&result->after, &run->options->scope);
    note_receipts(run, result);
}

static int conduct(struct run *run)
{
    struct result result = {.mode = "publish-watch", .viewers = run->options->viewers};
    int err = start_publishing(run);
    if (err)
        return err;
    int64_t begin_us = clock_us();
    usage_take(&result.alone, &run->options->scope);
    err = start_watching(run);
    if (err)
        return err;
    result.setup_us = clock_us() - begin_us - SETTLE_US;
    pass(run, SILENCE_US);
    measure(run, &result);
    return result_print(&result, &run->options->scope);
}

static void close_all(struct run *run)
{
    for (unsigned i = 0; i < run->opened; i++)
        end_close(&run->viewers[i]);
    end_close(&run->publisher);
    if (run->epoll >= 0)
        close(run->epoll);
    arrivals_free(run->arrivals);
    rtc_identity_free(run->identity);
    mem_free(run->viewers);
    mem_free(run);
}

int run(const struct run_options *options)
{
    struct run *run = mem_zalloc(sizeof(*run));
    if (!run)
        return ENOMEM;
    run->options = options;
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->viewers = mem_array(options->viewers, sizeof(*run->viewers));
    int err = run->epoll < 0 ? errno : run->viewers ? 0 : ENOMEM;
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
