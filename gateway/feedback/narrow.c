#include "gateway/feedback/narrow.h"

#define FRACTION  18
#define COUNT     6          // packets in a moment; fewer tell of themselves
#define AGAIN_US  10000000LL // not sooner, however it looks: who was told has less to send
#define USUAL_US  1000000LL
#define QUEUE_US  60000 // no shorter one is of interest;
#define JITTER    6     // jitter makes longer ones
#define STRETCHED 1.5   // it arrives in so many times the time in which it was sent
#define FALLEN    0.6   // of what came in the last second
#define DRAIN     0.7   // of what comes through: what is in the queue has to come, too

// Late and overtaken ones are on the same line. Modulo 64 seconds.
static int64_t sent_at(struct narrow *narrow, uint32_t abs_sent)
{
    if (!narrow->started)
        narrow->newest = abs_sent;
    int32_t delta = (int32_t)((abs_sent - narrow->newest) << 8) >> 8;
    int64_t sent_us = narrow->sent_us + (((int64_t)delta * 1000000) >> FRACTION);
    if (delta <= 0)
        return sent_us;
    narrow->newest = abs_sent;
    narrow->sent_us = sent_us;
    return sent_us;
}

// The window that just ended. Another way, longer than the one before, delays all by as much: what
// was sent within 30 ms comes within 30 ms. A bottleneck stretches it.
static uint64_t judge(const struct narrow *narrow, int64_t sent_us)
{
    const struct queueing *queueing = &narrow->queueing;
    int64_t took_us = queueing->last_arrival_us - queueing->first_arrival_us;
    double usual = (double)rate_newest(&narrow->arrived, USUAL_US);
    if (narrow->count < COUNT || queueing->queue_us < QUEUE_US + JITTER * queueing->jitter_us ||
        (double)took_us < STRETCHED * (double)(sent_us - narrow->from_us))
        return 0;
    double through = (double)narrow->bytes * 8000000 / (double)took_us;
    if (through > FALLEN * usual || usual < NARROW_MIN)
        return 0;
    through *= DRAIN;
    return through > NARROW_MIN ? (uint64_t)through : NARROW_MIN;
}

uint64_t narrow_arrived(struct narrow *narrow, uint32_t abs_sent, size_t bytes, int64_t now_us)
{
    int64_t sent_us = sent_at(narrow, abs_sent);
    uint64_t most = 0;
    narrow->started = true;
    narrow->bytes += bytes;
    narrow->count++;
    rate_add(&narrow->arrived, bytes, now_us);
    if (!queueing_add(&narrow->queueing, sent_us, now_us))
        return 0;
    if (now_us >= narrow->again_us)
        most = judge(narrow, sent_us);
    if (most)
        narrow->again_us = now_us + AGAIN_US;
    narrow->bytes = narrow->count = 0;
    narrow->from_us = sent_us;
    return most;
}
