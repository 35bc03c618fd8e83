#include "gateway/feedback/probe.h"

#define FACTOR         2   // of the estimate, at most
#define WANTED_MORE    1.2 // so that the estimate comes out above what is wanted
#define LENGTH_MIN_US  15000
#define JITTERS        8 // so many times the jitter it is long
#define JITTERS_MAX_US 400000
#define PACKET_BYTES   300 // of a packet that is only padding, about
#define ARRIVED_MIN    0.8 // of the packets; fewer tell nothing
#define KEPT_UP        0.9 // arrived at so much of the rate of sending: there may be more
#define SAFE           0.95

// The worst jitter of the flows.
static int64_t jitter_of(const struct estimate *estimate)
{
    int64_t worst = 0;
    for (const struct list *at = estimate->flows.next; at != &estimate->flows; at = at->next) {
        const struct estimate_flow *flow = container_of(at, struct estimate_flow, link);
        if (flow->queueing.jitter_us > worst)
            worst = flow->queueing.jitter_us;
    }
    return worst;
}

// So long and so fast that the queue stays short when the path carries no more than the estimate.
static void shape(struct probe *probe, const struct estimate *estimate, uint64_t rate)
{
    uint64_t known = estimate->bitrate;
    // Media go on behind it.
    uint64_t media = estimate_arrived(estimate, PROBE_QUIET_US, probe->begun_us);
    int64_t least_us = jitter_of(estimate) * JITTERS, length_us = PROBE_LENGTH_US;
    if (least_us > JITTERS_MAX_US)
        least_us = JITTERS_MAX_US;
    if (least_us < LENGTH_MIN_US)
        least_us = LENGTH_MIN_US;
    if (rate > known * FACTOR)
        rate = known * FACTOR;
    if (rate > known)
        length_us = (int64_t)(PROBE_QUEUE_US * known / (rate - known + media));
    if (length_us > PROBE_LENGTH_US)
        length_us = PROBE_LENGTH_US;
    if (length_us < least_us) {
        length_us = least_us;
        uint64_t bound = known + known * PROBE_QUEUE_US / (uint64_t)length_us;
        rate = rate < bound ? rate : bound;
    }
    uint64_t bytes = rate * (uint64_t)length_us / 8000000;
    uint64_t least = PROBE_PACKETS_MIN * PACKET_BYTES;
    probe->rate = rate;
    probe->bytes = (uint32_t)(bytes < least ? least : bytes);
    probe->length_us = (int64_t)probe->bytes * 8000000 / (int64_t)rate;
}

bool probe_due(struct probe *probe, const struct estimate *estimate, uint64_t wanted, bool bare,
               int64_t now_us)
{
    int64_t after_us = bare ? PROBE_BARE_US : PROBE_AFTER_US;
    uint64_t rate = (uint64_t)((double)wanted * WANTED_MORE);
    if (probe->running || now_us < probe->next_us || wanted <= estimate->bitrate)
        return false;
    if (estimate->lowered && now_us - estimate->lowered_us < after_us)
        return false;
    if (!estimate->first_us || !estimate_quiet(estimate, PROBE_QUIET_US, now_us) ||
        now_us - estimate->waits_us < PROBE_WAITS_US)
        return false;
    *probe = (struct probe){.running = true,
                            .begun_us = now_us,
                            .early_us = INT64_MAX,
                            .late_us = INT64_MAX,
                            .wait_us = probe->wait_us ? probe->wait_us : PROBE_EVERY_US};
    shape(probe, estimate, rate);
    return true;
}

static void finish(struct probe *probe, bool more, int64_t now_us)
{
    probe->running = false;
    if (more)
        probe->wait_us = PROBE_EVERY_US;
    else if (probe->wait_us < PROBE_SELDOM_US)
        probe->wait_us *= 2;
    probe->next_us = now_us + probe->wait_us;
}

void probe_begin(struct probe *probe, uint16_t first)
{
    probe->first = first;
}

void probe_sent(struct probe *probe, uint16_t end, int64_t now_us)
{
    probe->sent = true;
    probe->end = end;
    if (probe->first == end) { // tells nothing: the next one may come at any time
        probe->running = false;
        probe->next_us = now_us;
    }
}

void probe_row(struct probe *probe, const struct sent_row *row)
{
    uint16_t place = (uint16_t)(row->seq - probe->first);
    uint16_t count = probe->sent ? (uint16_t)(probe->end - probe->first) : INT16_MAX;
    if (!probe->running || place >= count)
        return;
    if (!row->arrived) {
        probe->lost++;
        return;
    }
    probe->lost -= row->late && probe->lost;
    if (!probe->arrived) {
        probe->first_sent_us = row->sent_us;
        probe->first_bytes = row->size;
    }
    probe->arrived++;
    probe->arrived_bytes += row->size;
    probe->last_sent_us = row->sent_us;
    int64_t into_us = row->sent_us - probe->first_sent_us;
    int64_t transit_us = row->arrival_us - row->sent_us;
    if (into_us * 3 < probe->length_us && transit_us < probe->early_us)
        probe->early_us = transit_us;
    if (into_us * 3 > probe->length_us * 2 && transit_us < probe->late_us)
        probe->late_us = transit_us;
}

// bit/s it really left at; the first packet's bits are not in the span behind it.
static double rate_sent(const struct probe *probe)
{
    int64_t span_us = probe->last_sent_us - probe->first_sent_us;
    double bits = 8 * (double)(probe->arrived_bytes - probe->first_bytes);
    return span_us > 0 ? bits * 1000000 / (double)span_us : 0;
}

// Whatever is sent faster than the path carries queues up: how much the queue grew from the first
// third to the last tells the rest. The least transit of each is taken, so jitter does little.
static bool learn(const struct probe *probe, struct estimate *estimate, int64_t now_us)
{
    double sent = rate_sent(probe), apart_us = (double)probe->length_us * 2 / 3;
    if (sent <= 0 || probe->early_us == INT64_MAX || probe->late_us == INT64_MAX)
        return false;
    double grown_us = (double)(probe->late_us - probe->early_us);
    double share = grown_us > 0 ? apart_us / (apart_us + grown_us) : 1;
    bool more = share >= KEPT_UP;
    estimate_probed(estimate, (uint64_t)(sent * share * (more ? 1 : SAFE)), now_us);
    return more;
}

void probe_judge(struct probe *probe, struct estimate *estimate, int64_t now_us)
{
    unsigned count = (uint16_t)(probe->end - probe->first), told = probe->arrived + probe->lost;
    if (!probe->running || !probe->sent)
        return;
    if (told < count && now_us - probe->begun_us < PROBE_WAIT_US + estimate->rtt_us)
        return;
    bool whole = probe->arrived >= PROBE_PACKETS_MIN &&
                 probe->arrived >= ARRIVED_MIN * (1 - estimate->loss.own) * count;
    finish(probe, whole && learn(probe, estimate, now_us), now_us);
}
