#include "gateway/feedback/sent.h"

#include <errno.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/packet/twcc.h"

#define RTT_SHARE 8 // of a new measurement, one in this many

// The receiver's clock wraps: 24 bits of TWCC_BASE_US.
#define CLOCK_US ((int64_t)TWCC_BASE_US << 24)

enum fate { FATE_UNKNOWN, FATE_LOST, FATE_ARRIVED };

struct sent_packet {
    uint32_t sent_us; // low bits
    uint16_t size;
    uint8_t fate;
};

struct sent {
    uint64_t next; // number without wrap-around
    bool has_clock;
    int64_t clock_us; // arrival told last, without wrap-around
    // The running second:
    bool measuring;
    int64_t second_us;
    uint64_t arrived, lost, bytes;
    struct sent_stats stats;
    struct sent_packet packets[SENT_SLOTS];
};

int sent_alloc(struct sent **sentp)
{
    if (!sentp)
        return EINVAL;
    *sentp = mem_zalloc(sizeof(**sentp));
    return *sentp ? 0 : ENOMEM;
}

void sent_free(struct sent *sent)
{
    mem_free(sent);
}

const struct sent_stats *sent_stats(const struct sent *sent)
{
    return &sent->stats;
}

uint16_t sent_number(const struct sent *sent)
{
    return (uint16_t)sent->next;
}

void sent_note(struct sent *sent, size_t size, int64_t now_us)
{
    sent->packets[sent->next++ % SENT_SLOTS] = (struct sent_packet){
        .sent_us = (uint32_t)now_us, .size = size < UINT16_MAX ? (uint16_t)size : UINT16_MAX};
}

// --- feedback -----------------------------------------------------------------------------------

struct reading {
    struct sent *sent;
    int64_t now_us, newest_sent_us; // of those that arrived
    sent_row_h *handler;
    void *arg;
};

// NULL for what was not sent, or too long ago.
static struct sent_packet *find(struct sent *sent, uint16_t seq)
{
    uint64_t behind = (uint16_t)(sent->next - seq);
    if (behind == 0 || behind > SENT_SLOTS || behind > sent->next)
        return NULL;
    return &sent->packets[(sent->next - behind) % SENT_SLOTS];
}

static int64_t unwrap(struct sent *sent, int64_t at_us)
{
    int64_t step = (at_us - sent->clock_us) % CLOCK_US;
    if (!sent->has_clock)
        step = at_us - sent->clock_us;
    else if (step >= CLOCK_US / 2)
        step -= CLOCK_US;
    else if (step < -CLOCK_US / 2)
        step += CLOCK_US;
    sent->has_clock = true;
    sent->clock_us += step;
    return sent->clock_us;
}

static void count(struct sent *sent, const struct sent_packet *packet, bool arrived)
{
    if (!arrived) {
        sent->stats.lost++;
        sent->lost++;
        return;
    }
    if (packet->fate == FATE_LOST) { // it was only late
        sent->stats.lost--;
        sent->lost -= sent->lost > 0;
    }
    sent->stats.arrived++;
    sent->arrived++;
    sent->bytes += packet->size;
}

static void on_status(uint16_t seq, bool received, int64_t at_us, void *arg)
{
    struct reading *reading = arg;
    struct sent_packet *packet = find(reading->sent, seq);
    enum fate fate = received ? FATE_ARRIVED : FATE_LOST;
    struct sent_row row = {.seq = seq, .arrived = received};
    if (received)
        row.arrival_us = unwrap(reading->sent, at_us);
    if (!packet || packet->fate >= fate)
        return;
    row.size = packet->size;
    row.late = packet->fate == FATE_LOST;
    row.sent_us = reading->now_us - (int64_t)((uint32_t)reading->now_us - packet->sent_us);
    count(reading->sent, packet, received);
    packet->fate = (uint8_t)fate;
    if (received && row.sent_us > reading->newest_sent_us)
        reading->newest_sent_us = row.sent_us;
    if (reading->handler)
        reading->handler(&row, reading->arg);
}

static void measure_rtt(struct sent_stats *stats, int64_t rtt_us)
{
    if (stats->rtt_us)
        stats->rtt_us += (rtt_us - stats->rtt_us) / RTT_SHARE;
    else
        stats->rtt_us = rtt_us;
}

static void end_second(struct sent *sent, int64_t now_us)
{
    int64_t passed = now_us - sent->second_us;
    if (sent->measuring && passed < SENT_SECOND_US)
        return;
    uint64_t all = sent->arrived + sent->lost;
    if (sent->measuring && all) {
        sent->stats.loss = (double)sent->lost / (double)all;
        sent->stats.rate = sent->bytes * 8 * 1000000 / (uint64_t)passed;
        sent->stats.seconds++;
    }
    sent->measuring = true;
    sent->second_us = now_us;
    sent->arrived = sent->lost = sent->bytes = 0;
}

int sent_feedback(struct sent *sent, const uint8_t *fci, size_t len, int64_t now_us,
                  sent_row_h *handler, void *arg)
{
    struct twcc_feedback feedback;
    struct reading reading = {.sent = sent,
                              .now_us = now_us,
                              .newest_sent_us = INT64_MIN,
                              .handler = handler,
                              .arg = arg};
    // A few bytes can tell of 65535 packets: not worth the time.
    if (len < 4 || get_u16(fci + 2) > SENT_SLOTS)
        return EBADMSG;
    int err = twcc_parse(&feedback, fci, len, on_status, &reading);
    if (err)
        return err;
    if (reading.newest_sent_us != INT64_MIN)
        measure_rtt(&sent->stats, now_us - reading.newest_sent_us);
    end_second(sent, now_us);
    return 0;
}
