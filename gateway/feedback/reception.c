#include "gateway/feedback/reception.h"

static int distance(const struct reception *reception, uint16_t seq)
{
    return (int16_t)(uint16_t)(seq - (uint16_t)reception->highest);
}

static bool is_near(int delta)
{
    return delta < RECEPTION_DROPOUT_MAX && delta > -RECEPTION_LATE_MAX;
}

bool reception_near(const struct reception *reception, uint16_t seq)
{
    return reception->started && is_near(distance(reception, seq));
}

uint64_t reception_extend(const struct reception *reception, uint16_t seq)
{
    return reception->highest + (uint64_t)(int64_t)distance(reception, seq);
}

enum reception_verdict reception_place(struct reception *reception, uint16_t seq,
                                       uint64_t *extended)
{
    if (!reception->started) {
        reception->started = true;
        reception->base = reception->highest = 65536u + seq;
        *extended = reception->highest;
        return RECEPTION_OK;
    }
    int delta = distance(reception, seq);
    if (!is_near(delta)) {
        if (reception->jumped && reception->jumped_seq == seq)
            return RECEPTION_RESTARTED;
        reception->jumped = true;
        reception->jumped_seq = (uint16_t)(seq + 1);
        return RECEPTION_JUMPED;
    }
    reception->jumped = false;
    *extended = reception_extend(reception, seq);
    if (delta > 0)
        reception->highest = *extended;
    return RECEPTION_OK;
}

// A.8, once a frame: packets of one frame share a timestamp but are sent one after the other, which
// is not the network's jitter; and late ones tell about repair, not about delay.
static void measure_jitter(struct reception *reception, uint32_t ts, uint32_t clock,
                           int64_t arrival_us)
{
    if (reception->has_transit && ts == reception->ts)
        return;
    uint32_t arrival = (uint32_t)(arrival_us / 1000000 * clock +
                                  arrival_us % 1000000 * clock / 1000000);
    uint32_t transit = arrival - ts;
    int32_t d = (int32_t)(transit - reception->transit);
    uint32_t apart = d < 0 ? 0u - (uint32_t)d : (uint32_t)d;
    // Further than ten seconds is a new timeline, not jitter.
    if (reception->has_transit && apart < 10 * clock)
        reception->jitter16 += apart - ((reception->jitter16 + 8) >> 4);
    reception->has_transit = true;
    reception->transit = transit;
    reception->ts = ts;
}

void reception_count(struct reception *reception, uint64_t extended, uint32_t ts, uint32_t clock,
                     int64_t arrival_us)
{
    reception->received++;
    if (extended == reception->highest)
        measure_jitter(reception, ts, clock, arrival_us);
}

static int32_t clamp_lost(int64_t lost)
{
    if (lost > 0x7fffff)
        return 0x7fffff;
    return lost < -0x800000 ? -0x800000 : (int32_t)lost;
}

void reception_report(struct reception *reception, struct rtcp_report *report)
{
    uint64_t expected = reception->started ? reception->highest - reception->base + 1 : 0;
    int64_t expected_now = (int64_t)(expected - reception->expected_before);
    int64_t lost_now = expected_now - (int64_t)(reception->received - reception->received_before);
    reception->expected_before = expected;
    reception->received_before = reception->received;
    report->lost_fraction = 0;
    if (expected_now > 0 && lost_now > 0)
        report->lost_fraction = (uint8_t)(lost_now >= expected_now ? 255
                                                                   : lost_now * 256 / expected_now);
    report->lost_total = clamp_lost((int64_t)expected - (int64_t)reception->received);
    report->highest_seq = reception->started ? (uint32_t)(reception->highest - 65536) : 0;
    report->jitter = reception->jitter16 >> 4;
}
