#include "tests/load/spread.h"

#define TICK_US 5000
#define HASTE   5 / 2 // times the bitrate

void spread_begin(struct spread *spread, unsigned kbit)
{
    *spread = (struct spread){.kbit = kbit};
}

void spread_put(struct spread *spread, const struct traffic_packet *packets, unsigned count,
                int64_t now_us)
{
    if (spread->tick_us < now_us - TICK_US)
        spread->tick_us = now_us - TICK_US;
    for (unsigned i = 0; i < count && spread->count < SPREAD_MAX; i++)
        spread->packets[(spread->first + spread->count++) % SPREAD_MAX] = packets[i];
}

int64_t spread_due(const struct spread *spread)
{
    if (!spread->count)
        return INT64_MAX;
    return spread->budget > 0 ? spread->tick_us : spread->tick_us + TICK_US;
}

struct traffic_packet *spread_take(struct spread *spread, int64_t now_us)
{
    while (now_us >= spread->tick_us + TICK_US) {
        int64_t owed = spread->budget < 0 ? spread->budget : 0;
        spread->budget = owed + (int64_t)spread->kbit * 1000 / 8 * TICK_US / 1000000 * HASTE;
        spread->tick_us += TICK_US;
    }
    if (!spread->count || spread->budget <= 0)
        return NULL;
    struct traffic_packet *packet = &spread->packets[spread->first];
    spread->first = (spread->first + 1) % SPREAD_MAX;
    spread->count--;
    spread->budget -= (int64_t)packet->len;
    return packet;
}
