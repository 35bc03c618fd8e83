#pragma once
#include <stdatomic.h>
#include <stdint.h>

// Counters and histograms: one thread writes, any thread reads. No locked instruction is used.

typedef _Atomic uint64_t counter;

static inline void counter_add(counter *c, uint64_t n)
{
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

static inline uint64_t counter_get(const counter *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

// Microseconds 0 .. 2^26 (67 s), eight buckets an octave: an error of at most 6 %.
#define HISTOGRAM_BUCKETS 208

struct histogram {
    counter bucket[HISTOGRAM_BUCKETS];
    counter count;
    counter sum_us;
};

void histogram_add(struct histogram *h, int64_t us);
// Adds `from` to `to`: to sum shards before showing them.
void histogram_merge(struct histogram *to, const struct histogram *from);
// The value under which the fraction `q` (0..1) of all lie; 0 when empty.
int64_t histogram_quantile(const struct histogram *h, double q);
// Upper edge of a bucket in microseconds.
int64_t histogram_edge(unsigned bucket);
