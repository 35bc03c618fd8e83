#include "gateway/feedback/estimate.h"

#include <math.h>

#define MICROSECONDS    1000000
#define GROWTH          0.08 // a second, where nothing is known
#define GROWTH_BACK     0.25 // a second, up to where it was full
#define NEAR_LOW        0.85 // of the link: below, it grows quickly; above, by a packet a round trip
#define NEAR_HIGH       1.15
#define BEYOND          1.05 // what it grows to without proof
#define PACKET_BITS     9600
#define STEP            0.9 // of what arrives, less the queue to be drained
#define STEP_MIN        0.5
#define SETTLE_US       200000LL // and a round trip: then a step shows
#define LEAST           250000.0 // bit/s: speech and a little video
#define WAVER_US        220000LL
#define NARROW_US       60000000LL
#define SHORT_US        200000LL // what arrives while the link is full
#define LONG_US         1000000LL
#define WAITS_US        30000LL   // less is no queue at all
#define STALE_US        1000000LL // a flow without feedback so long does not count
#define STALE_REPORT_US 6000000LL
#define SILENT_US       1500000LL // sending without any feedback so long is congestion
#define HEADROOM        1.5       // above what arrives, nothing is known
#define LINK_SHARE      4         // of a new measurement of the link, one in this many
#define LINK_KEPT_US    30000000LL
#define LOSS_PACKETS    30
#define LOSS_MINDED     0.03 // more than the path's own, and than chance
#define LOSS_STEP_MIN   0.1
#define LOSS_STEP_MAX   0.3
#define STEPPED         0.97 // of what was sent before: more was no step
#define LOSS_MOST       0.85
#define LOSS_SAME       1.25 // of what it was, as chance has it
#define LOSS_OWN_MAX    0.4
#define LOSS_FORGET     4 // the own loss follows one that is less, one part in this many
#define TICK_MAX_US     500000LL
#define REPORT_QUEUE_US 150000
#define RTT_CREEP_US    500 // a report

void estimate_init(struct estimate *estimate, int64_t now_us)
{
    *estimate = (struct estimate){
        .bitrate = ESTIMATE_START, .grown_us = now_us, .quiet_us = now_us, .rtt_us = 100000};
    list_init(&estimate->flows);
}

void estimate_add(struct estimate *estimate, struct estimate_flow *flow)
{
    flow->estimate = estimate;
    list_append(&estimate->flows, &flow->link);
}

void estimate_remove(struct estimate_flow *flow)
{
    list_remove(&flow->link);
    flow->estimate = NULL;
}

static bool is_alive(const struct estimate_flow *flow, int64_t now_us)
{
    int64_t stale_us = flow->reported ? STALE_REPORT_US : STALE_US;
    return flow->told_us && now_us - flow->told_us < stale_us;
}

uint64_t estimate_arrived(const struct estimate *estimate, int64_t window_us, int64_t now_us)
{
    uint64_t sum = 0;
    for (const struct list *at = estimate->flows.next; at != &estimate->flows; at = at->next) {
        const struct estimate_flow *flow = container_of(at, struct estimate_flow, link);
        if (is_alive(flow, now_us))
            sum += flow->reported ? flow->reported : rate_newest(&flow->arrived, window_us);
    }
    return sum;
}

int64_t estimate_queue(const struct estimate *estimate, int64_t now_us)
{
    int64_t longest = 0;
    for (const struct list *at = estimate->flows.next; at != &estimate->flows; at = at->next) {
        const struct estimate_flow *flow = container_of(at, struct estimate_flow, link);
        if (is_alive(flow, now_us) && queueing_now(&flow->queueing) > longest)
            longest = queueing_now(&flow->queueing);
    }
    return longest;
}

bool estimate_quiet(const struct estimate *estimate, int64_t us, int64_t now_us)
{
    return now_us - estimate->quiet_us >= us;
}

// What was sent so that this much arrived: the path's own loss is added.
static uint64_t before_loss(const struct estimate *estimate, uint64_t arrived)
{
    return (uint64_t)((double)arrived / (1.0 - estimate->loss.own));
}

static void set(struct estimate *estimate, double bitrate)
{
    if (bitrate < ESTIMATE_MIN)
        bitrate = ESTIMATE_MIN;
    estimate->bitrate = bitrate < ESTIMATE_MAX ? (uint64_t)bitrate : ESTIMATE_MAX;
}

// --- down ---------------------------------------------------------------------------------------

static bool settled(const struct estimate *estimate, int64_t now_us)
{
    return now_us - estimate->lowered_us >= estimate->rtt_us + SETTLE_US;
}

static void lowered(struct estimate *estimate, int64_t now_us)
{
    estimate->lowered_us = estimate->grown_us = now_us;
    estimate->lowered++;
    estimate->loss.arrived = estimate->loss.lost = 0;
    estimate->loss.since_us = now_us;
}

// Some paths waver by as much as a queue, however little is sent. A little video goes on until a
// queue is longer than that, or nearly all is lost.
static void set_for_queue(struct estimate *estimate, double bitrate, int64_t queue_us,
                          int64_t now_us)
{
    if (queue_us > WAVER_US)
        estimate->narrow_us = now_us + NARROW_US;
    double least = now_us < estimate->narrow_us ? 0 : LEAST;
    if (least > (double)estimate->bitrate)
        least = (double)estimate->bitrate;
    set(estimate, bitrate > least ? bitrate : least);
}

// The link is full, so what arrives is what it carries: below that, and so far that the queue is
// gone within a second.
static void lower_for_queue(struct estimate *estimate, int64_t queue_us, int64_t now_us)
{
    uint64_t carries = before_loss(estimate, estimate_arrived(estimate, SHORT_US, now_us));
    double step = STEP - (double)queue_us / MICROSECONDS;
    if (step < STEP_MIN)
        step = STEP_MIN;
    if (!carries)
        return;
    double lower = (double)carries * step;
    if (lower > (double)estimate->bitrate) // it is below: what is sent is not, yet
        lower = (double)estimate->bitrate;
    set_for_queue(estimate, lower, queue_us, now_us);
    int64_t apart = (int64_t)(carries - estimate->link);
    estimate->link = estimate->link ? estimate->link + (uint64_t)(apart / LINK_SHARE) : carries;
    // Much less than it was is another link.
    if (carries < estimate->link / 2)
        estimate->link = carries;
    estimate->link_us = now_us;
    lowered(estimate, now_us);
}

static double step_for(double excess)
{
    double step = excess / 2;
    if (step < LOSS_STEP_MIN)
        return LOSS_STEP_MIN;
    return step < LOSS_STEP_MAX ? step : LOSS_STEP_MAX;
}

// A step down that did not help shows that this loss is the path's own. Were it congestion, what
// arrives would have stayed the same; the middle between the two decides. When less was allowed
// than sent anyway, nothing is known, and the path is given the benefit of the doubt.
static bool is_own(const struct estimate_loss *loss)
{
    double share = loss->pace / loss->pace_before;
    if (loss->before <= 0)
        return false;
    if (share > STEPPED) // unless it became worse
        return loss->share < loss->before * LOSS_SAME + LOSS_MINDED;
    double congestion = 1 - (1 - loss->before) / share;
    if (congestion < 0)
        congestion = 0;
    return loss->share > (loss->before + congestion) / 2;
}

static void lower_for_loss(struct estimate *estimate, double excess, int64_t now_us)
{
    struct estimate_loss *loss = &estimate->loss;
    loss->before = loss->share;
    loss->pace_before = loss->pace;
    // In the beginning more may go through than is known.
    uint64_t arrived = estimate_arrived(estimate, LONG_US, now_us);
    uint64_t from = arrived > estimate->bitrate ? arrived : estimate->bitrate;
    if (loss->share > LOSS_MOST) { // far too much: what arrives is what there is
        from = arrived;
        estimate->narrow_us = now_us + NARROW_US;
    }
    set(estimate, (double)from * (1.0 - step_for(excess)));
    lowered(estimate, now_us);
}

static void judge_loss(struct estimate *estimate, double packets, int64_t now_us)
{
    struct estimate_loss *loss = &estimate->loss;
    double minded = LOSS_MINDED + 2 * sqrt(loss->share * (1 - loss->share) / packets);
    if (estimate_quiet(estimate, ESTIMATE_LOSS_US, now_us) && is_own(loss))
        loss->own = loss->share < LOSS_OWN_MAX ? loss->share : LOSS_OWN_MAX;
    else if (loss->share < loss->own)
        loss->own -= (loss->own - loss->share) / LOSS_FORGET;
    double excess = loss->share - loss->own;
    loss->before = 0;
    if (excess > minded && settled(estimate, now_us))
        lower_for_loss(estimate, excess, now_us);
}

static void look_at_loss(struct estimate *estimate, int64_t now_us)
{
    struct estimate_loss *loss = &estimate->loss;
    if (!loss->since_us)
        loss->since_us = now_us;
    uint64_t all = loss->arrived + loss->lost;
    bool most = (double)loss->lost > LOSS_MOST * (double)all;
    int64_t needed_us = most ? ESTIMATE_LOSS_US / 4 : ESTIMATE_LOSS_US;
    if (now_us - loss->since_us < needed_us || all < LOSS_PACKETS)
        return;
    loss->share = (double)loss->lost / (double)all;
    loss->pace = (double)all * MICROSECONDS / (double)(now_us - loss->since_us);
    loss->arrived = loss->lost = 0;
    loss->since_us = now_us;
    judge_loss(estimate, (double)all, now_us);
}

// --- up -----------------------------------------------------------------------------------------

static double grown(const struct estimate *estimate, int64_t passed_us)
{
    double bitrate = (double)estimate->bitrate, link = (double)estimate->link;
    double seconds = (double)passed_us / MICROSECONDS;
    if (link > 0 && bitrate < link * NEAR_LOW)
        return bitrate * (1 + GROWTH_BACK * seconds);
    if (link > 0 && bitrate < link * NEAR_HIGH)
        return bitrate + PACKET_BITS * (double)passed_us / (double)(estimate->rtt_us + 100000);
    return bitrate * (1 + GROWTH * seconds);
}

static void grow(struct estimate *estimate, int64_t now_us)
{
    int64_t passed_us = now_us - estimate->grown_us;
    if (passed_us > TICK_MAX_US)
        passed_us = TICK_MAX_US;
    estimate->grown_us = now_us;
    if (estimate->link && now_us - estimate->link_us > LINK_KEPT_US)
        estimate->link = 0;
    double went = (double)before_loss(estimate, estimate_arrived(estimate, LONG_US, now_us));
    double wanted = grown(estimate, passed_us);
    double bound = estimate->blind ? wanted : went * HEADROOM;
    // Beyond what it was when full, only a probe knows.
    if (estimate->link && !estimate->blind && bound > (double)estimate->link * BEYOND)
        bound = (double)estimate->link * BEYOND;
    if (wanted > bound)
        wanted = bound;
    if (wanted < went && estimate_quiet(estimate, LONG_US, now_us)) // it provably goes
        wanted = went;
    if (wanted > (double)estimate->bitrate)
        set(estimate, wanted);
}

// What came through meanwhile, goes; the steps down were for nothing.
static void is_longer(struct estimate *estimate, int64_t now_us)
{
    for (struct list *at = estimate->flows.next; at != &estimate->flows; at = at->next) {
        struct estimate_flow *flow = container_of(at, struct estimate_flow, link);
        queueing_is_longer(&flow->queueing);
        flow->over = false;
    }
    double carried = (double)before_loss(estimate, estimate->standing.carried) * STEP;
    if (carried > (double)estimate->bitrate)
        set(estimate, carried);
    estimate->link = 0;
    estimate->narrow_us = estimate->quiet_us = now_us;
}

static bool any_waits(const struct estimate *estimate, int64_t now_us)
{
    for (const struct list *at = estimate->flows.next; at != &estimate->flows; at = at->next) {
        const struct estimate_flow *flow = container_of(at, struct estimate_flow, link);
        if (is_alive(flow, now_us) && flow->queueing.long_for)
            return true;
    }
    return false;
}

// A flow that began on the longer way sees nothing of it, and tells nothing about the others.
static void look_at_standing(struct estimate *estimate, const struct estimate_flow *flow,
                             int64_t now_us)
{
    struct standing *standing = &estimate->standing;
    const struct queueing *queueing = &flow->queueing;
    uint64_t arrived = estimate_arrived(estimate, STANDING_LOOK_US, now_us);
    if (!any_waits(estimate, now_us))
        standing->running = false;
    else if (queueing->long_for &&
             standing_waits(standing, queueing->queue_us, queueing->seen_us, arrived)) {
        standing->running = false;
        is_longer(estimate, now_us);
    }
}

// After each feedback: the queue first, then the loss, else it may grow.
static void steer(struct estimate *estimate, const struct estimate_flow *flow, int64_t now_us)
{
    look_at_standing(estimate, flow, now_us);
    int64_t queue_us = estimate_queue(estimate, now_us);
    if (!estimate->first_us)
        estimate->first_us = now_us;
    // What was sent before the last step down tells nothing about what it helped.
    if (flow->over && flow->queueing.seen_us >= estimate->lowered_us)
        lower_for_queue(estimate, queue_us - flow->queueing.spare_us, now_us);
    look_at_loss(estimate, now_us);
    int64_t limit_us = queueing_limit(&flow->queueing);
    if (flow->over || flow->queueing.long_for > 1)
        estimate->quiet_us = now_us;
    if (queue_us > WAITS_US)
        estimate->waits_us = now_us;
    if (flow->over || queue_us > limit_us * 3 / 4 || !settled(estimate, now_us))
        estimate->grown_us = now_us;
    else
        grow(estimate, now_us);
}

// --- what is told -------------------------------------------------------------------------------

static void count(struct estimate *estimate, const struct sent_row *row)
{
    struct estimate_loss *loss = &estimate->loss;
    if (row->sent_us < estimate->lowered_us)
        return;
    if (!row->arrived) {
        loss->lost++;
        return;
    }
    loss->arrived++;
    if (row->late && loss->lost)
        loss->lost--;
}

void estimate_row(struct estimate_flow *flow, const struct sent_row *row)
{
    count(flow->estimate, row);
    if (!row->arrived)
        return;
    rate_add(&flow->arrived, row->size, row->arrival_us);
    standing_row(&flow->estimate->standing, row->sent_us, row->size);
    if (queueing_add(&flow->queueing, row->sent_us, row->arrival_us)) {
        flow->fresh = true;
        flow->over = queueing_over(&flow->queueing);
    }
}

void estimate_told(struct estimate_flow *flow, int64_t rtt_us, int64_t now_us)
{
    flow->told_us = now_us;
    if (rtt_us > 0)
        flow->estimate->rtt_us = rtt_us;
    if (flow->fresh)
        steer(flow->estimate, flow, now_us);
    else
        look_at_loss(flow->estimate, now_us);
    flow->fresh = false;
}

// The round trip stands in for the delay; its least creeps up, so that a longer path is learned.
static void look_at_rtt(struct estimate_flow *flow, int64_t rtt_us, int64_t now_us)
{
    if (!flow->least_rtt_us || rtt_us < flow->least_rtt_us)
        flow->least_rtt_us = rtt_us;
    flow->over = rtt_us - flow->least_rtt_us > REPORT_QUEUE_US;
    flow->queueing.queue_us = rtt_us - flow->least_rtt_us;
    flow->queueing.seen_us = now_us - rtt_us;
    flow->least_rtt_us += RTT_CREEP_US;
}

void estimate_report(struct estimate_flow *flow, const struct estimate_report *report,
                     int64_t now_us)
{
    struct estimate *estimate = flow->estimate;
    uint32_t lost = report->lost < report->packets ? report->lost : report->packets;
    if (!report->packets)
        return;
    estimate->loss.lost += lost;
    estimate->loss.arrived += report->packets - lost;
    flow->told_us = now_us;
    flow->reported = report->sent * (report->packets - lost) / report->packets;
    if (report->rtt_us > 0) {
        estimate->rtt_us = report->rtt_us;
        look_at_rtt(flow, report->rtt_us, now_us);
    }
    steer(estimate, flow, now_us);
}

void estimate_tick(struct estimate *estimate, bool sending, int64_t now_us)
{
    int64_t told_us = estimate->lowered_us;
    for (const struct list *at = estimate->flows.next; at != &estimate->flows; at = at->next) {
        const struct estimate_flow *flow = container_of(at, struct estimate_flow, link);
        if (flow->told_us > told_us)
            told_us = flow->told_us;
    }
    bool silent = estimate->first_us && now_us - told_us > SILENT_US;
    if (!sending || !silent || now_us - estimate->lowered_us < SILENT_US / 2)
        return;
    set(estimate, (double)estimate->bitrate * STEP_MIN);
    estimate->quiet_us = now_us;
    lowered(estimate, now_us);
}

void estimate_probed(struct estimate *estimate, uint64_t carries, int64_t now_us)
{
    estimate->grown_us = now_us;
    if (carries > estimate->bitrate)
        set(estimate, (double)carries);
    if (estimate->link && carries > estimate->link)
        estimate->link = 0; // wider than it was
}
