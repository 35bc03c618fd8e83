#include "tests/unit/support/sim_gateway.h"

#include <assert.h>
#include <string.h>

#include "gateway/packet/rtcp.h"
#include "tests/unit/support/sim_speech.h"

#define FRAME_US      33333
#define KEY_WAIT_US   60000 // to the publisher and back; then it begins with his next frame
#define HEAD_BYTES    60    // IP, UDP, RTP, extensions, tag
#define PACKET_BYTES  1100
#define PADDING_BYTES (PROBE_PADDING + 50)
#define PROBE_LEAST   8
#define AGAIN_US      20000
#define BACKLOG_US    400000
#define BACKLOG_AGAIN 250000
#define ADAPTIVE_MIN  100000u
#define ADAPTIVE_MAX  2500000u
#define LOSS_FOR_ONE  0.03 // as relay/red.h has it
#define LOSS_FOR_TWO  0.1

struct ladder {
    unsigned count;
    uint64_t rates[SIM_LAYERS];
    double keys[SIM_LAYERS]; // a keyframe's size, in frames
};

static const struct ladder ladders[] = {
    [SIM_SIMULCAST] = {3, {150000, 500000, 2000000}, {4, 4, 4}},
    [SIM_HALL] = {4, {150000, 270000, 560000, 1050000}, {4, 8, 4, 8}},
    [SIM_ADAPTIVE] = {1, {ADAPTIVE_MIN}, {4}},
};

void sim_gateway_init(struct sim_gateway *gateway, struct sim_link *link, enum sim_source source)
{
    memset(gateway, 0, sizeof(*gateway));
    gateway->link = link;
    gateway->source = source;
    gateway->random.state = 12345;
    gateway->told = 500000;
    gateway->speech_bytes = 80;
    assert(sent_alloc(&gateway->sent) == 0);
    budget_init(&gateway->budget, 0);
    estimate_add(&gateway->budget.estimate, &gateway->flow);
    gateway->speech = (struct allocate_stream){.class = ALLOCATE_SPEECH, .count = 1, .most = 1};
    gateway->picture = (struct allocate_stream){.class = ALLOCATE_FACES,
                                                .most = ladders[source].count};
    allocate_add(&gateway->budget.allocation, &gateway->speech);
    allocate_add(&gateway->budget.allocation, &gateway->picture);
    gateway->shown = ALLOCATE_PAUSED;
}

void sim_gateway_free(struct sim_gateway *gateway)
{
    sent_free(gateway->sent);
}

// --- the way out --------------------------------------------------------------------------------

static void queue(struct sim_gateway *gateway, struct sim_packet packet, bool in_front)
{
    assert(gateway->queue_count < SIM_QUEUE);
    if (in_front)
        gateway->queue_at = (gateway->queue_at + SIM_QUEUE - 1) % SIM_QUEUE;
    unsigned at = in_front ? 0 : gateway->queue_count;
    gateway->queue[(gateway->queue_at + at) % SIM_QUEUE] = packet;
    gateway->queue_count++;
}

static void leave(struct sim_gateway *gateway, struct sim_packet packet, int64_t now_us)
{
    packet.transport_seq = sent_number(gateway->sent);
    sent_note(gateway->sent, packet.len, now_us);
    pacer_take(&gateway->pacer, packet.len, now_us);
    if (packet.kind == SIM_PADDING)
        gateway->padding += packet.len;
    else
        gateway->bytes += packet.len;
    if (packet.kind == SIM_PADDING && --gateway->padding_left == 0)
        probe_sent(&gateway->budget.probe, (uint16_t)(packet.transport_seq + 1), now_us);
    sim_link_send(gateway->link, &packet, now_us);
}

// Pictures that wait too long are worth less than fresh ones: all of them go, a keyframe follows.
static void forget(struct sim_gateway *gateway, int64_t now_us)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < gateway->queue_count; i++) {
        struct sim_packet packet = gateway->queue[(gateway->queue_at + i) % SIM_QUEUE];
        if (packet.kind == SIM_SPEECH || packet.kind == SIM_PADDING)
            gateway->queue[(gateway->queue_at + kept++) % SIM_QUEUE] = packet;
    }
    gateway->queue_count = kept;
    gateway->first_seq = gateway->picture_seq + 1;
    gateway->waits_key = true;
    sim_gateway_keyframe(gateway, now_us);
}

static int64_t backlog_us(const struct sim_gateway *gateway)
{
    uint64_t bytes = 0;
    for (unsigned i = 0; i < gateway->queue_count; i++)
        bytes += gateway->queue[(gateway->queue_at + i) % SIM_QUEUE].len;
    return gateway->pacer.rate ? (int64_t)(bytes * 8000000 / gateway->pacer.rate) : 0;
}

static void flush(struct sim_gateway *gateway, int64_t now_us)
{
    while (gateway->queue_count) {
        struct sim_packet packet = gateway->queue[gateway->queue_at];
        if (packet.kind != SIM_SPEECH && !pacer_allows(&gateway->pacer, packet.len, now_us))
            return;
        gateway->queue_at = (gateway->queue_at + 1) % SIM_QUEUE;
        gateway->queue_count--;
        leave(gateway, packet, now_us);
    }
}

// --- what the publisher sends -------------------------------------------------------------------

static void speak(struct sim_gateway *gateway, int64_t now_us)
{
    const struct estimate *estimate = &gateway->budget.estimate;
    bool crowded = estimate->bitrate < ALLOCATE_FLOOR;
    unsigned depth = (estimate->loss.share > LOSS_FOR_ONE) + (estimate->loss.share > LOSS_FOR_TWO);
    gateway->red = crowded ? 0 : depth;
    struct sim_packet packet = {.kind = SIM_SPEECH,
                                .len = HEAD_BYTES + gateway->speech_bytes * (1 + gateway->red),
                                .seq = gateway->speech_seq++ + 100,
                                .depth = (uint8_t)gateway->red};
    gateway->speech.rate[0] = packet.len * 50 * 8;
    gateway->speech_us = now_us + SIM_SPEECH_US;
    queue(gateway, packet, true);
}

static uint64_t picture_rate(const struct sim_gateway *gateway)
{
    return gateway->source == SIM_ADAPTIVE ? gateway->told
                                           : ladders[gateway->source].rates[gateway->shown];
}

static void send_frame(struct sim_gateway *gateway, bool key)
{
    gateway->sent_rate = picture_rate(gateway);
    double size = (double)picture_rate(gateway) / 8 * FRAME_US / 1000000;
    size *= key ? ladders[gateway->source].keys[gateway->shown]
                : 0.7 + 0.5 * sim_random(&gateway->random);
    uint32_t count = (uint32_t)(size / PACKET_BYTES) + 1;
    gateway->frame++;
    for (uint32_t i = 0; i < count; i++) {
        struct sim_packet packet = {.kind = SIM_PICTURE,
                                    .len = (size_t)(size / count) + HEAD_BYTES,
                                    .seq = ++gateway->picture_seq,
                                    .frame = gateway->frame,
                                    .layer = (uint8_t)gateway->shown,
                                    .key = key,
                                    .first = i == 0,
                                    .last = i + 1 == count};
        gateway->kept[packet.seq % SIM_KEPT] = packet;
        gateway->again_us[packet.seq % SIM_KEPT] = 0;
        queue(gateway, packet, false);
    }
}

void sim_gateway_keyframe(struct sim_gateway *gateway, int64_t now_us)
{
    if (!gateway->key_us)
        gateway->key_us = now_us + KEY_WAIT_US;
}

static void film(struct sim_gateway *gateway, int64_t now_us)
{
    bool key = gateway->key_us && now_us >= gateway->key_us;
    gateway->picture_us = now_us + FRAME_US;
    if (gateway->picture.layer == ALLOCATE_PAUSED)
        gateway->shown = ALLOCATE_PAUSED;
    else if (gateway->picture.layer != gateway->shown)
        sim_gateway_keyframe(gateway, now_us);
    if (backlog_us(gateway) > BACKLOG_US && !gateway->waits_key)
        forget(gateway, now_us);
    if (key && gateway->picture.layer < ALLOCATE_LAYERS_MAX)
        gateway->shown = gateway->picture.layer;
    if (key)
        gateway->waits_key = false;
    if (key) // nothing before it is sent again
        gateway->first_seq = gateway->picture_seq + 1;
    if (key)
        gateway->key_us = 0;
    if (gateway->shown != ALLOCATE_PAUSED && !gateway->waits_key)
        send_frame(gateway, key);
}

// --- what the path can carry --------------------------------------------------------------------

static void tell_layers(struct sim_gateway *gateway)
{
    struct allocate_stream *picture = &gateway->picture;
    picture->count = ladders[gateway->source].count;
    memcpy(picture->rate, ladders[gateway->source].rates, sizeof(ladders[0].rates));
}

// The publisher's encoder follows a moment later.
static void tell_publisher(struct sim_gateway *gateway, int64_t now_us)
{
    uint64_t room = budget_room(&gateway->budget, &gateway->picture, now_us);
    if (now_us < gateway->told_us && !gateway->budget.cut)
        return;
    gateway->told_us = now_us + 200000;
    gateway->told = room < ADAPTIVE_MIN ? ADAPTIVE_MIN : room > ADAPTIVE_MAX ? ADAPTIVE_MAX : room;
}

// Its numbers follow each other, so nothing may wait before it.
static void begin_probe(struct sim_gateway *gateway, int64_t now_us)
{
    uint32_t bytes = gateway->budget.probe.bytes;
    // What was sent before is sent again, unless that were too few packets.
    bool again = bytes / PROBE_LEAST >= PACKET_BYTES;
    struct sim_packet packet = {.kind = SIM_PADDING, .len = again ? PACKET_BYTES : PADDING_BYTES};
    probe_begin(&gateway->budget.probe, sent_number(gateway->sent));
    if (gateway->queue_count) {
        probe_sent(&gateway->budget.probe, sent_number(gateway->sent), now_us);
        return;
    }
    for (uint32_t done = 0; done < bytes; done += packet.len) {
        gateway->padding_left++;
        queue(gateway, packet, false);
    }
}

static void think(struct sim_gateway *gateway, int64_t now_us)
{
    struct budget *budget = &gateway->budget;
    bool adaptive = gateway->source == SIM_ADAPTIVE;
    tell_layers(gateway);
    gateway->flow.queueing.spare_us = budget_spare(budget, now_us);
    budget_tick(budget, gateway->sent_rate + gateway->speech.rate[0], now_us);
    if (adaptive)
        tell_publisher(gateway, now_us);
    if (budget->cut && !gateway->waits_key) {
        forget(gateway, now_us);
        budget_was_cut(budget, now_us);
    }
    uint64_t more = adaptive && gateway->told < ADAPTIVE_MAX ? ADAPTIVE_MAX : 0;
    if (!gateway->padding_left && budget_probe(budget, more, now_us))
        begin_probe(gateway, now_us);
    uint64_t pace = gateway->padding_left ? budget->probe.rate : budget->pace;
    pacer_set_rate(&gateway->pacer, pace, now_us);
}

void sim_gateway_turn(struct sim_gateway *gateway, int64_t now_us)
{
    if (budget_due(&gateway->budget, now_us))
        think(gateway, now_us);
    if (now_us >= gateway->speech_us)
        speak(gateway, now_us);
    if (now_us >= gateway->picture_us)
        film(gateway, now_us);
    flush(gateway, now_us);
}

// --- what the viewer says -----------------------------------------------------------------------

static void on_row(const struct sent_row *row, void *arg)
{
    struct sim_gateway *gateway = arg;
    estimate_row(&gateway->flow, row);
    probe_row(&gateway->budget.probe, row);
}

void sim_gateway_feedback(struct sim_gateway *gateway, const uint8_t *data, size_t len,
                          int64_t now_us)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    while (rtcp_next(&it, &packet) == 0) {
        assert(rtcp_parse_feedback(&packet, &feedback) == 0);
        assert(sent_feedback(gateway->sent, feedback.fci, feedback.fci_len, now_us, on_row,
                             gateway) == 0);
    }
    estimate_told(&gateway->flow, sent_stats(gateway->sent)->rtt_us, now_us);
}

void sim_gateway_nack(struct sim_gateway *gateway, uint32_t seq, int64_t now_us)
{
    struct sim_packet again = gateway->kept[seq % SIM_KEPT];
    int64_t *at_us = &gateway->again_us[seq % SIM_KEPT];
    int64_t hold_us = backlog_us(gateway);
    if (again.seq != seq || seq < gateway->first_seq || now_us - *at_us < AGAIN_US + hold_us ||
        backlog_us(gateway) > BACKLOG_AGAIN)
        return;
    *at_us = now_us;
    budget_again(&gateway->budget, again.len, now_us);
    queue(gateway, again, false);
}
