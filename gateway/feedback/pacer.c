#include "gateway/feedback/pacer.h"

#define SECOND_NS INT64_C(1000000000)
#define US_NS     1000
#define BURST_NS  ((int64_t)PACER_BURST_US * US_NS)
#define DEBT_NS   ((int64_t)PACER_DEBT_US * US_NS)

static int64_t cost_ns(const struct pacer *pacer, size_t bytes)
{
    return (int64_t)(((uint64_t)bytes * 8 * SECOND_NS + pacer->rate - 1) / pacer->rate);
}

void pacer_set_rate(struct pacer *pacer, uint64_t rate, int64_t now_us)
{
    int64_t owed_ns = pacer->due_ns - now_us * US_NS;
    if (rate == pacer->rate)
        return;
    if (owed_ns > 0 && rate && pacer->rate) {
        double scaled = (double)owed_ns * (double)pacer->rate / (double)rate;
        pacer->due_ns = now_us * US_NS + (scaled < DEBT_NS ? (int64_t)scaled : DEBT_NS);
    }
    pacer->rate = rate;
}

bool pacer_allows(struct pacer *pacer, size_t bytes, int64_t now_us)
{
    bool allowed = pacer_ready(pacer, bytes) <= now_us;
    pacer->waits |= !allowed;
    return allowed;
}

void pacer_take(struct pacer *pacer, size_t bytes, int64_t now_us)
{
    int64_t now_ns = now_us * US_NS;
    if (!pacer->rate)
        return;
    int64_t floor_ns = now_ns - (pacer->waits ? BURST_NS : 0);
    if (pacer->due_ns < floor_ns)
        pacer->due_ns = floor_ns;
    pacer->due_ns += cost_ns(pacer, bytes);
    pacer->waits &= pacer->due_ns < now_ns;
    if (pacer->due_ns > now_ns + DEBT_NS)
        pacer->due_ns = now_ns + DEBT_NS;
}

// When the packet's end fits into the burst, or when nothing is owed: it may be longer than that.
int64_t pacer_ready(const struct pacer *pacer, size_t bytes)
{
    if (!pacer->rate)
        return INT64_MIN;
    int64_t early_ns = BURST_NS - cost_ns(pacer, bytes);
    return (pacer->due_ns - (early_ns > 0 ? early_ns : 0) + US_NS - 1) / US_NS;
}
