#include "signaling/consult/inside.h"

// "About N minutes" for somebody who waits. It may only fall: a number that rises says "you have
// been passed over", even when it is arithmetic.

#define USUAL_MS    (7 * 60000ll) // measured legal hotlines talk for 6 to 7 minutes
#define USUAL_COUNT 3             // it counts as this many meetings beside the latest ones
#define MINUTES_MAX 240           // nobody is kept waiting longer: CONSULT_WAIT_MAX_MS

_Static_assert(MINUTES_MAX * 60000ll == CONSULT_WAIT_MAX_MS, "the two limits agree");

void consult_load_length(struct consult *consult, int64_t length_ms)
{
    if (length_ms > 0)
        consult->lengths[consult->length_count++ % LENGTHS_MAX] = length_ms;
}

static int64_t usual_length(const struct consult *consult)
{
    size_t count = consult->length_count < LENGTHS_MAX ? consult->length_count : LENGTHS_MAX;
    int64_t sum = USUAL_COUNT * USUAL_MS;
    for (size_t i = 0; i < count; i++)
        sum += consult->lengths[i];
    return sum / (int64_t)(USUAL_COUNT + count);
}

// Those before one are served by the free first; on average a running meeting is half over.
unsigned consult_estimate(size_t ahead, size_t lawyers, size_t free, int64_t length_ms)
{
    if (ahead < free)
        return 1;
    int64_t halves = 2 * (int64_t)(ahead - free) + 1;
    int64_t ms = halves * length_ms / (2 * (int64_t)(lawyers ? lawyers : 1));
    int64_t minutes = (ms + 59999) / 60000;
    return minutes < 1 ? 1 : minutes > MINUTES_MAX ? MINUTES_MAX : (unsigned)minutes;
}

bool consult_lower_minutes(struct consult *consult, struct slot *slot, size_t position)
{
    size_t lawyers = 0, free = 0;
    for (size_t i = 0; i < consult->lawyer_count; i++) {
        const struct lawyer *lawyer = &consult->lawyers[i];
        bool serves = consult_is_server(lawyer, &slot->row);
        lawyers += serves && lawyer->duty.on_duty;
        free += serves && consult_lawyer_is_free(lawyer) && !lawyer->promised_at;
    }
    if (!lawyers)
        return false;
    unsigned minutes = consult_estimate(position - 1, lawyers, free, usual_length(consult));
    if (slot->minutes && slot->minutes <= minutes)
        return false;
    slot->minutes = minutes;
    return true;
}

static bool is_anybody_on_duty(const struct consult *consult, const struct consultation *row)
{
    for (size_t i = 0; i < consult->lawyer_count; i++)
        if (consult->lawyers[i].duty.on_duty && consult_is_server(&consult->lawyers[i], row))
            return true;
    return false;
}

unsigned consult_wait_minutes(const struct consult *consult,
                              const struct consultation *consultation)
{
    bool waits = consult_is_queued(consultation) && is_anybody_on_duty(consult, consultation);
    return waits ? consult_slot(consultation)->minutes : 0;
}
