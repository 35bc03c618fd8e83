#include "gateway/relay/egress.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/feedback/sent.h"
#include "gateway/relay/batch.h"

#define TURN_MAX 32768 // packets of one turn; more are sent in between, in shorter trains
#define RTCP_MAX 1400
#define RAW_MAX  2048
#define SLICE    192         // packets after which a turn looks what came in: half a millisecond
#define FEW      4           // references of a packet that goes to hardly anybody
#define STEP     0x9e3779b9u // turns begin all over the outlets, evenly spread

struct egress {
    struct drops *drops;
    struct batch *batch;
    struct waiting *waiting;
    struct outlet **outlets; // [WAITING_LINES], with something queued; NULL: forgotten
    uint32_t outlet_count, turn_count;
    uint32_t begin;      // where a turn begins: 0 the first outlet, 2^32 one behind the last
    uint32_t left, next; // outlets not served yet, and where they begin
    uint32_t budget;     // packets still to be sent
    int64_t deadline_us;
    struct egress_stats stats;
};

int egress_alloc(struct egress **egressp, struct drops *drops)
{
    if (!egressp || !drops)
        return EINVAL;
    struct egress *egress = mem_zalloc(sizeof(*egress));
    if (!egress)
        return ENOMEM;
    egress->drops = drops;
    egress->deadline_us = INT64_MAX;
    egress->outlets = mem_array(WAITING_LINES, sizeof(struct outlet *));
    int err = egress->outlets ? waiting_alloc(&egress->waiting) : ENOMEM;
    if (!err)
        err = batch_alloc(&egress->batch, drops, &egress->stats);
    if (err)
        egress_free(egress);
    else
        *egressp = egress;
    return err;
}

void egress_free(struct egress *egress)
{
    if (!egress)
        return;
    batch_free(egress->batch);
    waiting_free(egress->waiting);
    mem_free(egress->outlets);
    mem_free(egress);
}

const struct egress_stats *egress_stats(const struct egress *egress)
{
    return &egress->stats;
}

int64_t egress_deadline(const struct egress *egress)
{
    return egress->deadline_us;
}

// --- the queue ----------------------------------------------------------------------------------

static bool fits(struct egress *egress, const struct outlet *outlet)
{
    if (outlet->queued_bytes < EGRESS_QUEUE_MAX)
        return true;
    drop(egress->drops, DROP_EGRESS_FULL);
    return false;
}

static void enlist(struct egress *egress, struct outlet *outlet)
{
    if (outlet->place)
        return;
    egress->outlets[egress->outlet_count++] = outlet;
    outlet->place = egress->outlet_count;
}

void egress_rtp(struct egress *egress, struct outlet *outlet, const struct egress_packet *packet)
{
    if (!outlet->open || packet->header_len + packet->lead_len > EGRESS_HEADER_MAX)
        return;
    if (egress->turn_count == TURN_MAX)
        egress_flush(egress);
    if (!fits(egress, outlet))
        return;
    struct waiting_packet *waits = waiting_put(
        egress->waiting, packet->urgent ? &outlet->urgent : &outlet->queue, packet->source,
        packet->header, packet->header_len + packet->lead_len);
    if (!waits) {
        drop(egress->drops, DROP_EGRESS_FULL);
        return;
    }
    waits->index = packet->index;
    waits->offset = (uint16_t)(packet->payload - packet->source->data);
    waits->payload_len = (uint16_t)packet->payload_len;
    waits->header_len = (uint8_t)packet->header_len;
    waits->lead_len = (uint8_t)packet->lead_len;
    waits->number_at = packet->number_at;
    waits->kept = packet->kept;
    egress->turn_count++;
    outlet->queued_bytes += waiting_len(waits);
    enlist(egress, outlet);
}

static void empty(struct egress *egress, struct outlet *outlet)
{
    waiting_drop_all(egress->waiting, &outlet->urgent);
    waiting_drop_all(egress->waiting, &outlet->queue);
    outlet->queued_bytes = 0;
}

void egress_forget_outlet(struct egress *egress, struct outlet *outlet)
{
    if (!outlet->place)
        return;
    egress->outlets[outlet->place - 1] = NULL;
    outlet->place = 0;
    empty(egress, outlet);
}

void egress_forget_pictures(struct egress *egress, struct outlet *outlet)
{
    const struct waiting_packet *packet;
    while ((packet = waiting_first(egress->waiting, &outlet->queue))) {
        outlet->queued_bytes -= waiting_len(packet);
        waiting_drop(egress->waiting, &outlet->queue);
    }
}

void egress_forget_wire(struct egress *egress, const struct wire *wire)
{
    for (uint32_t i = 0; i < egress->outlet_count; i++) {
        struct outlet *outlet = egress->outlets[i];
        if (outlet && outlet->path.wire == wire)
            egress_forget_outlet(egress, outlet);
    }
}

// --- the flush ----------------------------------------------------------------------------------

// Headers are written by whole lines, a little too far.
static size_t space_of(const struct waiting_packet *packet)
{
    return waiting_len(packet) + SRTP_OVERHEAD + WAITING_HEAD;
}

// The packet leaves: now it gets its transport-wide number.
static void write_number(const struct egress *egress, const struct outlet *outlet,
                         const struct waiting_packet *packet, uint8_t *header)
{
    if (!packet->number_at || !outlet->sent)
        return;
    put_u16(header + packet->number_at, sent_number(outlet->sent));
    sent_note(outlet->sent, waiting_len(packet) + SRTP_OVERHEAD, batch_now(egress->batch));
}

// The cipher pass is the copy: from the shared source packet to the place it is sent from. What
// leads does not lie in the source: then the payload is copied first and encrypted in place. 0 when
// OpenSSL fails.
static size_t write_packet(const struct egress *egress, const struct outlet *outlet,
                           const struct waiting_packet *packet, uint8_t *to)
{
    const uint8_t *payload = packet->source->data + packet->offset;
    size_t head_len = (size_t)packet->header_len + packet->lead_len;
    waiting_header(egress->waiting, packet, to);
    write_number(egress, outlet, packet, to);
    if (packet->lead_len || !outlet->srtp) {
        memcpy(to + head_len, payload, packet->payload_len);
        payload = to + packet->header_len;
    }
    if (!outlet->srtp)
        return waiting_len(packet);
    return srtp_protect(outlet->srtp, packet->index, to, packet->header_len, payload,
                        (size_t)packet->lead_len + packet->payload_len);
}

static void send_frame(struct egress *egress, struct outlet *outlet,
                       const struct waiting_packet *packet)
{
    struct wire *wire = outlet->path.wire;
    uint8_t *to = wire_frame_begin(wire, space_of(packet));
    size_t len = to ? write_packet(egress, outlet, packet, to) : 0;
    if (!len) {
        drop(egress->drops, to ? DROP_EGRESS_ERROR : DROP_EGRESS_FULL);
        return;
    }
    wire_frame_end(wire, len);
    counter_add(&egress->stats.packets, 1);
    counter_add(&egress->stats.bytes, len);
}

static void send_datagram(struct egress *egress, struct outlet *outlet,
                          const struct waiting_packet *packet)
{
    uint8_t *to = batch_space(egress->batch, outlet->path.wire, space_of(packet));
    size_t len = write_packet(egress, outlet, packet, to);
    if (len)
        batch_add(egress->batch, &outlet->path, len, packet->kept ? 0 : packet->source->arrival_us);
    else
        drop(egress->drops, DROP_EGRESS_ERROR);
}

static void write_stream(struct egress *egress, struct wire *wire)
{
    int err = wire_write_backlog(wire);
    counter_add(&egress->stats.calls, 1);
    if (err == EAGAIN && wire->blocked)
        wire->blocked(wire);
}

// Sends the queue's packets as long as the outlet's rate allows, or, `at_once`, all of them.
static void send_queue(struct egress *egress, struct outlet *outlet, struct waiting_queue *queue,
                       bool at_once)
{
    bool tcp = outlet->path.wire->kind == WIRE_TCP;
    const struct waiting_packet *packet;
    while ((packet = waiting_first(egress->waiting, queue))) {
        size_t len = waiting_len(packet);
        if (outlet->pace_rate) {
            int64_t now_us = batch_now(egress->batch);
            if (!at_once && !pacer_allows(&outlet->pacer, len + SRTP_OVERHEAD, now_us))
                return;
            pacer_take(&outlet->pacer, len + SRTP_OVERHEAD, now_us);
        }
        if (tcp)
            send_frame(egress, outlet, packet);
        else
            send_datagram(egress, outlet, packet);
        outlet->queued_bytes -= len;
        egress->budget -= egress->budget > 0;
        waiting_drop(egress->waiting, queue);
    }
}

static void send_outlet(struct egress *egress, struct outlet *outlet)
{
    if (!outlet->open || !outlet->path.wire) {
        empty(egress, outlet);
        return;
    }
    pacer_set_rate(&outlet->pacer, outlet->pace_rate, batch_now(egress->batch));
    send_queue(egress, outlet, &outlet->urgent, true);
    send_queue(egress, outlet, &outlet->queue, false);
    if (outlet->path.wire->kind == WIRE_TCP)
        write_stream(egress, outlet->path.wire);
}

// A consultation's packet goes to one or two, a lecture's to hundreds: who talks with somebody does
// not wait until all have heard the lecture.
static bool goes_first(const struct egress *egress, const struct outlet *outlet)
{
    const struct waiting_packet *packet = waiting_first(egress->waiting, &outlet->urgent);
    if (!packet)
        packet = waiting_first(egress->waiting, &outlet->queue);
    return packet && packet->source->refs <= FEW;
}

static uint32_t behind(const struct egress *egress, uint32_t at)
{
    return at + 1 < egress->outlet_count ? at + 1 : 0;
}

static void serve_first(struct egress *egress, uint32_t at)
{
    for (uint32_t i = 0; i < egress->outlet_count; i++, at = behind(egress, at))
        if (egress->outlets[at] && goes_first(egress, egress->outlets[at]))
            send_outlet(egress, egress->outlets[at]);
}

// Goes on where the last turn stopped, else begins with another one each time.
static uint32_t next_begin(struct egress *egress)
{
    if (egress->left)
        return egress->next;
    uint32_t at = (uint32_t)((uint64_t)egress->begin * egress->outlet_count >> 32);
    egress->begin += STEP;
    return at;
}

// Serves the outlets as long as the budget lasts; returns the place of the first one not served.
static uint32_t serve(struct egress *egress, uint32_t at)
{
    uint32_t served = 0;
    for (; served < egress->outlet_count && egress->budget; served++, at = behind(egress, at))
        if (egress->outlets[at])
            send_outlet(egress, egress->outlets[at]);
    egress->left = egress->outlet_count - served;
    return at;
}

static void note_deadline(struct egress *egress, const struct outlet *outlet)
{
    const struct waiting_packet *packet = waiting_first(egress->waiting, &outlet->queue);
    int64_t ready_us = packet ? pacer_ready(&outlet->pacer, waiting_len(packet) + SRTP_OVERHEAD)
                              : INT64_MIN;
    if (ready_us < egress->deadline_us)
        egress->deadline_us = ready_us;
}

// Keeps, in their order, the outlets that still have something queued. `stopped`: who was not
// served any more.
static void close_ranks(struct egress *egress, uint32_t stopped)
{
    uint32_t count = 0;
    egress->deadline_us = INT64_MAX;
    for (uint32_t i = 0; i < egress->outlet_count; i++) {
        struct outlet *outlet = egress->outlets[i];
        if (i == stopped)
            egress->next = count;
        if (!outlet)
            continue;
        bool waits = outlet->queue.first || outlet->urgent.first;
        outlet->place = waits ? count + 1 : 0;
        if (!waits)
            continue;
        egress->outlets[count++] = outlet;
        note_deadline(egress, outlet);
    }
    egress->outlet_count = count;
    egress->next = egress->next < count ? egress->next : 0;
}

static void send_some(struct egress *egress, uint32_t budget)
{
    egress->budget = budget;
    batch_begin(egress->batch);
    uint32_t begin = next_begin(egress);
    serve_first(egress, begin);
    batch_send(egress->batch);
    uint32_t stopped = serve(egress, begin);
    batch_send(egress->batch);
    close_ranks(egress, stopped);
    uint32_t sent = budget - egress->budget;
    egress->turn_count = egress->left && sent < egress->turn_count ? egress->turn_count - sent : 0;
}

void egress_flush(struct egress *egress)
{
    send_some(egress, UINT32_MAX);
}

void egress_turn(struct egress *egress)
{
    send_some(egress, SLICE);
}

// --- single datagrams ---------------------------------------------------------------------------

void egress_raw(struct egress *egress, const struct path *path, const uint8_t *data, size_t len)
{
    struct wire *wire = path->wire;
    if (!wire || len > RAW_MAX)
        return;
    if (wire->kind != WIRE_TCP) {
        memcpy(batch_space(egress->batch, wire, len), data, len);
        batch_add(egress->batch, path, len, 0);
        batch_send(egress->batch);
        return;
    }
    uint8_t *to = wire_frame_begin(wire, len);
    if (!to) {
        drop(egress->drops, DROP_EGRESS_FULL);
        return;
    }
    memcpy(to, data, len);
    wire_frame_end(wire, len);
    counter_add(&egress->stats.packets, 1);
    counter_add(&egress->stats.bytes, len);
    write_stream(egress, wire);
}

void egress_rtcp(struct egress *egress, const struct outlet *outlet, const uint8_t *data,
                 size_t len)
{
    uint8_t packet[RTCP_MAX + SRTCP_OVERHEAD];
    if (!outlet->open || len > RTCP_MAX)
        return;
    memcpy(packet, data, len);
    if (outlet->srtp)
        len = srtcp_protect(outlet->srtp, packet, len);
    if (len)
        egress_raw(egress, &outlet->path, packet, len);
    else
        drop(egress->drops, DROP_EGRESS_ERROR);
}
