#include "gateway/feedback/standing.h"

#define MICROSECONDS 1000000
#define CERTAIN      2        // so many times should it have drained,
#define SPARE_US     100000LL // and so much;
#define CLEARLY      2        // and half of the time: rates are measured

void standing_row(struct standing *standing, int64_t sent_us, uint32_t size)
{
    if (!standing->running || sent_us < standing->begun_us)
        return;
    standing->bits += 8 * (uint64_t)size;
    if (sent_us > standing->newest_us)
        standing->newest_us = sent_us;
}

// So little was sent that a queue would be gone: what drained of it is the time that passed, less
// what was added.
static bool is_drained(const struct standing *standing)
{
    int64_t passed_us = standing->newest_us - standing->begun_us;
    int64_t added_us = (int64_t)(standing->bits * MICROSECONDS / standing->carried);
    int64_t drained_us = passed_us - added_us;
    return drained_us > CERTAIN * standing->longest_us + SPARE_US &&
           drained_us > passed_us / CLEARLY;
}

bool standing_waits(struct standing *standing, int64_t queue_us, int64_t seen_us, uint64_t arrived)
{
    if (!standing->running)
        *standing = (struct standing){.running = true, .begun_us = seen_us, .newest_us = seen_us};
    if (queue_us > standing->longest_us)
        standing->longest_us = queue_us;
    // Before, some of what arrives was sent when nothing waited.
    if (standing->newest_us - standing->begun_us < STANDING_LOOK_US)
        return false;
    if (arrived > standing->carried)
        standing->carried = arrived;
    return standing->carried && is_drained(standing);
}
