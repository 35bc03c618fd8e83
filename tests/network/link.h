#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One direction of a bad network: a bottleneck with a queue, then loss, then a delay that wanders.
// Pure: parcels and the time go in, parcels come out when they are due. All of its numbers can
// change while it works; what waits then follows the new ones.

#define PARCEL_MAX 2048

struct parcel {
    struct parcel *next;
    int64_t pushed_us, due_us;
    uint64_t order; // of parcels due at the same time
    unsigned to;    // the caller's
    size_t len;
    uint8_t data[PARCEL_MAX];
};

struct link_shape {
    double rate;     // bit/s of UDP payload and 28 bytes of headers; 0: no bottleneck
    double queue_ms; // what the bottleneck keeps at its rate; more is dropped
    double loss;     // percent
    double burst;    // mean length of a run of losses (Gilbert); up to 1: each by itself
    double delay_ms;
    double jitter_ms; // on top of the delay: 0 to so much, wandering; order is kept
    double reorder;   // percent that are overtaken: late by reorder_ms, others not with them
    double reorder_ms;
    double duplicate; // percent
};

#define LINK_DELAYS 2000 // milliseconds of queueing that are told apart

struct link_stats {
    uint64_t in, out, out_bytes, lost, overflowed;
    uint64_t queued[LINK_DELAYS]; // parcels by ms spent in the bottleneck
};

struct link {
    struct link_shape shape;
    struct link_stats stats; // since link_stats_clear()
    uint64_t random;
    bool bad;                     // in a run of losses
    struct parcel *first, **last; // the bottleneck's queue
    double queued_bytes;
    int64_t free_us;      // the bottleneck has sent what it began
    struct parcel **heap; // on their way, by due_us
    size_t heap_count, heap_cap;
    uint64_t order;
    int64_t newest_due_us;
    double wander_from, wander_to; // 0..1 of the jitter
    int64_t wander_from_us, wander_to_us;
};

void link_init(struct link *link, uint64_t seed);
void link_release(struct link *link);
// "rate", "queue", "loss", "burst", "delay", "jitter", "reorder", "late", "duplicate": EINVAL for
// any other name and for numbers below zero.
int link_set(struct link *link, const char *name, double value);

// Takes the parcel (from mem_zalloc), frees it when it is lost.
void link_push(struct link *link, struct parcel *parcel, int64_t now_us);
// The next one that is due, for the caller to free; or NULL.
struct parcel *link_pop(struct link *link, int64_t now_us);
// When something may be due; INT64_MAX: nothing is on its way.
int64_t link_deadline(const struct link *link);

void link_stats_clear(struct link *link);
// Milliseconds in the bottleneck that this share (0..1) of the parcels did not exceed.
unsigned link_queue_delay(const struct link *link, double share);
