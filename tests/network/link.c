#include "tests/network/link.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"

#define HEADERS       28     // IPv4 and UDP
#define LEAST_QUEUE   3000.0 // bytes: two packets, however slow
#define WANDER_MIN_US 100000
#define WANDER_MAX_US 400000
#define US            1000000.0

// xorshift64*: the same run again for the same seed.
static double chance(struct link *link)
{
    link->random ^= link->random >> 12;
    link->random ^= link->random << 25;
    link->random ^= link->random >> 27;
    return (double)((link->random * 0x2545f4914f6cdd1dULL) >> 11) / 9007199254740992.0;
}

static bool percent(struct link *link, double share)
{
    return share > 0 && chance(link) * 100 < share;
}

void link_init(struct link *link, uint64_t seed)
{
    memset(link, 0, sizeof(*link));
    link->random = seed ? seed : 1;
    link->last = &link->first;
    link->shape.queue_ms = 300;
}

void link_release(struct link *link)
{
    for (struct parcel *parcel; (parcel = link->first);) {
        link->first = parcel->next;
        mem_free(parcel);
    }
    while (link->heap_count)
        mem_free(link->heap[--link->heap_count]);
    mem_free(link->heap);
}

static const struct {
    const char *name;
    size_t offset;
} names[] = {
    {"rate", offsetof(struct link_shape, rate)},
    {"queue", offsetof(struct link_shape, queue_ms)},
    {"loss", offsetof(struct link_shape, loss)},
    {"burst", offsetof(struct link_shape, burst)},
    {"delay", offsetof(struct link_shape, delay_ms)},
    {"jitter", offsetof(struct link_shape, jitter_ms)},
    {"reorder", offsetof(struct link_shape, reorder)},
    {"late", offsetof(struct link_shape, reorder_ms)},
    {"duplicate", offsetof(struct link_shape, duplicate)},
};

int link_set(struct link *link, const char *name, double value)
{
    if (!(value >= 0))
        return EINVAL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, name) != 0)
            continue;
        *(double *)(void *)((char *)&link->shape + names[i].offset) = value;
        return 0;
    }
    return EINVAL;
}

// --- on their way: a heap by time, then by order ------------------------------------------------

static bool is_before(const struct parcel *a, const struct parcel *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void heap_rise(struct link *link, size_t at)
{
    struct parcel *parcel = link->heap[at];
    for (; at && is_before(parcel, link->heap[(at - 1) / 2]); at = (at - 1) / 2)
        link->heap[at] = link->heap[(at - 1) / 2];
    link->heap[at] = parcel;
}

static void heap_add(struct link *link, struct parcel *parcel)
{
    if (link->heap_count == link->heap_cap) {
        size_t cap = link->heap_cap ? 2 * link->heap_cap : 256;
        void *heap = mem_resize(link->heap, cap * sizeof(struct parcel *));
        if (!heap) {
            mem_free(parcel);
            return;
        }
        link->heap = heap;
        link->heap_cap = cap;
    }
    link->heap[link->heap_count] = parcel;
    heap_rise(link, link->heap_count++);
}

static struct parcel *heap_take(struct link *link)
{
    struct parcel *top = link->heap[0], *last = link->heap[--link->heap_count];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < link->heap_count) {
        if (child + 1 < link->heap_count && is_before(link->heap[child + 1], link->heap[child]))
            child++;
        if (!is_before(link->heap[child], last))
            break;
        link->heap[at] = link->heap[child];
        at = child;
    }
    if (link->heap_count)
        link->heap[at] = last;
    return top;
}

// --- after the bottleneck -----------------------------------------------------------------------

// Gilbert's two states: everything is lost in the bad one; runs have the mean length `burst`.
static bool is_lost(struct link *link)
{
    double loss = link->shape.loss / 100, burst = link->shape.burst;
    if (burst <= 1)
        return percent(link, link->shape.loss);
    double end = 1 / burst, begin = loss < 1 ? loss / (burst * (1 - loss)) : 1;
    link->bad = link->bad ? chance(link) >= end : chance(link) < begin;
    return link->bad;
}

// From one random share of the jitter to the next, in a straight line.
static double wander(struct link *link, int64_t at_us)
{
    if (at_us >= link->wander_to_us) {
        link->wander_from = link->wander_to;
        link->wander_to = chance(link);
        link->wander_from_us = at_us;
        link->wander_to_us = at_us + WANDER_MIN_US +
                             (int64_t)(chance(link) * (WANDER_MAX_US - WANDER_MIN_US));
    }
    double passed = (double)(at_us - link->wander_from_us) /
                    (double)(link->wander_to_us - link->wander_from_us);
    return link->wander_from + (link->wander_to - link->wander_from) * passed;
}

static void depart(struct link *link, struct parcel *parcel, int64_t at_us)
{
    double ms = link->shape.delay_ms + link->shape.jitter_ms * wander(link, at_us);
    parcel->due_us = at_us + (int64_t)(ms * 1000);
    parcel->order = link->order++;
    if (percent(link, link->shape.reorder))
        parcel->due_us += (int64_t)(link->shape.reorder_ms * 1000);
    else if (parcel->due_us < link->newest_due_us)
        parcel->due_us = link->newest_due_us;
    else
        link->newest_due_us = parcel->due_us;
    heap_add(link, parcel);
}

static void leave_queue(struct link *link, struct parcel *parcel, int64_t at_us)
{
    int64_t ms = (at_us - parcel->pushed_us) / 1000;
    link->stats.queued[ms < LINK_DELAYS ? ms : LINK_DELAYS - 1]++;
    if (is_lost(link)) {
        link->stats.lost++;
        mem_free(parcel);
        return;
    }
    if (percent(link, link->shape.duplicate)) {
        struct parcel *twin = mem_zalloc(sizeof(*twin));
        if (twin) {
            *twin = *parcel;
            depart(link, twin, at_us);
        }
    }
    depart(link, parcel, at_us);
}

// --- the bottleneck -----------------------------------------------------------------------------

static double wire_bytes(const struct parcel *parcel)
{
    return (double)(parcel->len + HEADERS);
}

static bool is_full(const struct link *link, const struct parcel *parcel)
{
    double room = link->shape.rate / 8 * link->shape.queue_ms / 1000;
    if (link->shape.rate <= 0)
        return false;
    return link->queued_bytes + wire_bytes(parcel) > (room > LEAST_QUEUE ? room : LEAST_QUEUE);
}

static int64_t send_us(const struct link *link, const struct parcel *parcel)
{
    return link->shape.rate > 0 ? (int64_t)(wire_bytes(parcel) * 8 * US / link->shape.rate) : 0;
}

// Everything that the bottleneck has sent by now goes on. What waits is sent at the rate of now.
static void serve(struct link *link, int64_t now_us)
{
    for (struct parcel *parcel; (parcel = link->first);) {
        int64_t begin_us = link->free_us > parcel->pushed_us ? link->free_us : parcel->pushed_us;
        int64_t end_us = begin_us + send_us(link, parcel);
        if (end_us > now_us)
            return;
        link->free_us = end_us;
        link->queued_bytes -= wire_bytes(parcel);
        link->first = parcel->next;
        if (!link->first)
            link->last = &link->first;
        leave_queue(link, parcel, end_us);
    }
}

void link_push(struct link *link, struct parcel *parcel, int64_t now_us)
{
    serve(link, now_us);
    link->stats.in++;
    if (is_full(link, parcel)) {
        link->stats.overflowed++;
        mem_free(parcel);
        return;
    }
    parcel->next = NULL;
    parcel->pushed_us = now_us;
    link->queued_bytes += wire_bytes(parcel);
    *link->last = parcel;
    link->last = &parcel->next;
    serve(link, now_us);
}

struct parcel *link_pop(struct link *link, int64_t now_us)
{
    serve(link, now_us);
    if (!link->heap_count || link->heap[0]->due_us > now_us)
        return NULL;
    struct parcel *parcel = heap_take(link);
    link->stats.out++;
    link->stats.out_bytes += (uint64_t)wire_bytes(parcel);
    return parcel;
}

int64_t link_deadline(const struct link *link)
{
    int64_t due_us = link->heap_count ? link->heap[0]->due_us : INT64_MAX;
    if (link->first) {
        int64_t begin_us = link->first->pushed_us;
        if (begin_us < link->free_us)
            begin_us = link->free_us;
        if (begin_us + send_us(link, link->first) < due_us)
            due_us = begin_us + send_us(link, link->first);
    }
    return due_us;
}

// --- what it did --------------------------------------------------------------------------------

void link_stats_clear(struct link *link)
{
    memset(&link->stats, 0, sizeof(link->stats));
}

unsigned link_queue_delay(const struct link *link, double share)
{
    uint64_t all = 0, sum = 0;
    unsigned ms = 0;
    for (unsigned i = 0; i < LINK_DELAYS; i++)
        all += link->stats.queued[i];
    while (ms + 1 < LINK_DELAYS && (double)(sum += link->stats.queued[ms]) < share * (double)all)
        ms++;
    return ms;
}
