#include "gateway/feedback/rate.h"

#include <string.h>

static uint32_t *slot_at(struct rate *rate, int64_t slot)
{
    return &rate->bytes[(uint64_t)slot % RATE_SLOTS];
}

static void begin(struct rate *rate, int64_t slot)
{
    memset(rate->bytes, 0, sizeof(rate->bytes));
    rate->started = true;
    rate->first = rate->newest = slot;
}

void rate_add(struct rate *rate, size_t bytes, int64_t at_us)
{
    int64_t slot = at_us / RATE_SLOT_US;
    if (!rate->started || slot - rate->newest > RATE_SLOTS || rate->newest - slot > RATE_SLOTS)
        begin(rate, slot);
    while (rate->newest < slot)
        *slot_at(rate, ++rate->newest) = 0;
    if (rate->newest - slot < RATE_SLOTS)
        *slot_at(rate, slot) += (uint32_t)bytes;
}

uint64_t rate_newest(const struct rate *rate, int64_t window_us)
{
    int64_t slots = window_us / RATE_SLOT_US, have = rate->newest - rate->first;
    uint64_t bytes = 0;
    if (slots > have)
        slots = have;
    if (slots <= 0)
        return 0;
    for (int64_t i = 1; i <= slots; i++)
        bytes += rate->bytes[(uint64_t)(rate->newest - i) % RATE_SLOTS];
    return bytes * 8 * 1000000 / (uint64_t)(slots * RATE_SLOT_US);
}
