#include "signaling/api/rate.h"

#include <errno.h>

#include "gateway/base/mem.h"

#define SLOTS 4096

struct bucket {
    uint64_t who;
    double tokens;
    int64_t at_us;
};

struct rate {
    unsigned per_second, burst;
    struct bucket buckets[SLOTS];
};

int rate_alloc(struct rate **ratep, unsigned per_second, unsigned burst)
{
    struct rate *rate = mem_zalloc(sizeof(*rate));
    if (!rate)
        return ENOMEM;
    rate->per_second = per_second;
    rate->burst = burst;
    *ratep = rate;
    return 0;
}

void rate_free(struct rate *rate)
{
    mem_free(rate);
}

bool rate_take(struct rate *rate, const struct addr *client, int64_t now_us)
{
    struct addr host = *client;
    addr_set_port(&host, 0);
    uint64_t who = addr_hash(&host);
    struct bucket *bucket = &rate->buckets[who % SLOTS];
    if (!rate->per_second)
        return true;
    if (bucket->who != who)
        *bucket = (struct bucket){.who = who, .tokens = rate->burst, .at_us = now_us};
    bucket->tokens += (double)(now_us - bucket->at_us) * rate->per_second / 1e6;
    bucket->at_us = now_us;
    if (bucket->tokens > rate->burst)
        bucket->tokens = rate->burst;
    if (bucket->tokens < 1)
        return false;
    bucket->tokens -= 1;
    return true;
}
