#include "gateway/feedback/budget.h"

#define DRAIN_US   300000LL  // so long after a queue was too long it drains
#define ROOM_DRAIN 0.8       // of the room, meanwhile
#define BAD_US     5000000LL // a step down counts as lately
#define CUT        0.6       // of what is sent: less is far too little
#define CUT_LEAST  400000u   // bit/s: below, a keyframe costs more than it saves
#define SECOND_US  1000000LL
#define RAISED_US  500000LL

void budget_init(struct budget *budget, int64_t now_us)
{
    *budget = (struct budget){.tick_us = now_us};
    estimate_init(&budget->estimate, now_us);
    allocate_init(&budget->allocation);
}

void budget_again(struct budget *budget, size_t bytes, int64_t now_us)
{
    rate_add(&budget->again, bytes, now_us);
}

bool budget_due(const struct budget *budget, int64_t now_us)
{
    return now_us >= budget->tick_us || budget->estimate.lowered != budget->lowered;
}

static bool drains(const struct budget *budget, int64_t now_us)
{
    return !estimate_quiet(&budget->estimate, DRAIN_US, now_us);
}

// What is sent again has to fit, too, and with more sent there will be more of it: the same share
// is kept back, never more than half.
static uint64_t less_again(struct budget *budget, int64_t now_us)
{
    const struct estimate *estimate = &budget->estimate;
    rate_add(&budget->again, 0, now_us);
    uint64_t again = rate_newest(&budget->again, SECOND_US);
    uint64_t arrived = estimate_arrived(estimate, SECOND_US, now_us);
    if (2 * again >= arrived)
        return again ? estimate->bitrate / 2 : estimate->bitrate;
    return estimate->bitrate - (uint64_t)((double)estimate->bitrate * again / arrived);
}

// Only a step down is a reason, and not each of several in a row: what is sent is measured.
static bool must_cut(struct budget *budget, uint64_t sent, int64_t now_us)
{
    bool fell = budget->estimate.lowered != budget->lowered;
    budget->lowered = budget->estimate.lowered;
    if (!fell || sent < CUT_LEAST || (double)budget->estimate.bitrate >= CUT * (double)sent)
        return false;
    return !budget->cut_us || now_us - budget->cut_us >= SECOND_US;
}

void budget_was_cut(struct budget *budget, int64_t now_us)
{
    budget->cut_us = now_us;
    budget->again = (struct rate){0}; // nothing of it is sent again
}

void budget_tick(struct budget *budget, uint64_t sent, int64_t now_us)
{
    struct estimate *estimate = &budget->estimate;
    budget->tick_us = now_us + BUDGET_TICK_US;
    estimate_tick(estimate, sent > 0, now_us);
    budget->bits = less_again(budget, now_us);
    budget->cut = must_cut(budget, sent, now_us);
    budget->allocation.known = estimate->lowered > 0;
    budget->allocation.estimate = estimate->bitrate;
    bool bad = estimate->lowered && now_us - estimate->lowered_us < BAD_US;
    allocate(&budget->allocation, budget->bits, bad, now_us);
    probe_judge(&budget->probe, estimate, now_us);
    double pace = drains(budget, now_us) ? BUDGET_PACE_DRAIN : BUDGET_PACE;
    budget->pace = (uint64_t)((double)estimate->bitrate * pace);
    if (!estimate->lowered && budget->pace < BUDGET_PACE_START)
        budget->pace = BUDGET_PACE_START;
}

// What was just raised begins with a keyframe.
static bool is_raised(const struct budget *budget, int64_t now_us)
{
    int64_t raised_us = budget->allocation.raised_us;
    return raised_us && now_us - raised_us < RAISED_US;
}

int64_t budget_spare(const struct budget *budget, int64_t now_us)
{
    return budget->probe.running || is_raised(budget, now_us) ? PROBE_QUEUE_US : 0;
}

uint64_t budget_room(const struct budget *budget, const struct allocate_stream *stream,
                     int64_t now_us)
{
    uint64_t others = budget->allocation.given;
    if (stream->layer >= 0)
        others -= stream->rate[stream->layer];
    if (others >= budget->bits)
        return 0;
    double room = (double)(budget->bits - others);
    return (uint64_t)(drains(budget, now_us) ? room * ROOM_DRAIN : room);
}

bool budget_probe(struct budget *budget, uint64_t more, int64_t now_us)
{
    const struct allocation *allocation = &budget->allocation;
    uint64_t wanted = allocation->wanted;
    if (is_raised(budget, now_us)) // more at once would be too much of a queue
        return false;
    return probe_due(&budget->probe, &budget->estimate, wanted > more ? wanted : more,
                     allocation->bare, now_us);
}
