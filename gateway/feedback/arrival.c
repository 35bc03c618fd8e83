#include "gateway/feedback/arrival.h"

#include <errno.h>
#include <string.h>

#define CHUNK 256 // packets told in one RTCP packet

static uint32_t *slot(struct arrival *arrival, uint64_t seq)
{
    return &arrival->at_us[seq % ARRIVAL_SLOTS];
}

static void start(struct arrival *arrival, uint64_t seq)
{
    memset(arrival->at_us, 0, sizeof(arrival->at_us));
    arrival->started = true;
    arrival->newest = arrival->next = seq;
}

static void advance(struct arrival *arrival, uint64_t seq)
{
    if (seq - arrival->newest >= ARRIVAL_SLOTS) {
        start(arrival, seq);
        return;
    }
    while (arrival->newest < seq)
        *slot(arrival, ++arrival->newest) = 0;
    if (arrival->newest - arrival->next >= ARRIVAL_SLOTS)
        arrival->next = arrival->newest - ARRIVAL_SLOTS + 1;
}

void arrival_record(struct arrival *arrival, uint16_t seq, int64_t now_us)
{
    if (!arrival->started)
        start(arrival, 65536u + seq);
    int delta = (int16_t)(uint16_t)(seq - (uint16_t)arrival->newest);
    uint64_t extended = arrival->newest + (uint64_t)(int64_t)delta;
    if (delta > 0)
        advance(arrival, extended);
    else if (delta <= -ARRIVAL_SLOTS || *slot(arrival, extended))
        return;
    if (extended < arrival->next)
        arrival->next = extended;
    *slot(arrival, extended) = (uint32_t)now_us | 1;
    if (now_us > arrival->newest_us)
        arrival->newest_us = now_us;
    if (!arrival->fresh)
        arrival->due_us = now_us + ARRIVAL_INTERVAL_US;
    arrival->fresh = true;
}

static size_t gather(struct arrival *arrival, struct twcc_arrival *chunk)
{
    size_t count = 0;
    for (uint64_t seq = arrival->next; seq <= arrival->newest && count < CHUNK; seq++) {
        uint32_t at_us = *slot(arrival, seq);
        int64_t before_us = (uint32_t)((uint32_t)arrival->newest_us + 1 - at_us);
        chunk[count++] = (struct twcc_arrival){.received = at_us != 0,
                                               .at_us = arrival->newest_us + 1 - before_us};
    }
    return count;
}

int arrival_write(struct arrival *arrival, struct writer *w, uint32_t sender, uint32_t media)
{
    struct twcc_arrival chunk[CHUNK];
    while (arrival->fresh && arrival->next <= arrival->newest) {
        size_t count = gather(arrival, chunk), taken = 0;
        struct twcc_source source = {.sender = sender,
                                     .media = media,
                                     .base_seq = (uint16_t)arrival->next,
                                     .fb_count = arrival->fb_count};
        int err = twcc_write(w, &source, chunk, count, &taken);
        if (err == EMSGSIZE)
            return EMSGSIZE;
        if (err) // nothing of this chunk came
            taken = count;
        else
            arrival->fb_count++;
        arrival->next += taken;
    }
    arrival->fresh = false;
    return 0;
}
