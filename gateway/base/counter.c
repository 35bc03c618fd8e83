#include "gateway/base/counter.h"

#include <stddef.h>

// Values under 8 have a bucket each; above, an octave is cut in eight.
static unsigned bucket_of(int64_t us)
{
    if (us < 8)
        return us < 0 ? 0 : (unsigned)us;
    unsigned octave = 63 - (unsigned)__builtin_clzll((unsigned long long)us);
    unsigned bucket = (octave - 2) * 8 + (unsigned)((us >> (octave - 3)) & 7);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

int64_t histogram_edge(unsigned bucket)
{
    if (bucket < 8)
        return bucket + 1;
    unsigned octave = bucket / 8 + 2;
    return (int64_t)(8 + bucket % 8 + 1) << (octave - 3);
}

void histogram_add(struct histogram *h, int64_t us)
{
    counter_add(&h->bucket[bucket_of(us)], 1);
    counter_add(&h->count, 1);
    counter_add(&h->sum_us, us < 0 ? 0 : (uint64_t)us);
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        counter_add(&to->bucket[i], counter_get(&from->bucket[i]));
    counter_add(&to->count, counter_get(&from->count));
    counter_add(&to->sum_us, counter_get(&from->sum_us));
}

int64_t histogram_quantile(const struct histogram *h, double q)
{
    uint64_t total = counter_get(&h->count);
    uint64_t seen = 0;
    if (!total)
        return 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += counter_get(&h->bucket[i]);
        if ((double)seen >= q * (double)total)
            return histogram_edge(i);
    }
    return histogram_edge(HISTOGRAM_BUCKETS - 1);
}
