#include "gateway/relay/egress.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/relay/batch.h"

#define QUEUE_MAX 8192 // packets of one turn; more are sent in between
#define RTCP_MAX  1400
#define RAW_MAX   2048

// A packet to be sent; numbered from 1 on, 0 is none.
struct job {
    struct packet *source;
    const uint8_t *payload;
    uint64_t index;
    uint32_t next; // of the same outlet
    uint16_t payload_len, header_len;
    uint8_t lead_len; // behind the header
    bool kept;
    uint8_t header[EGRESS_HEADER_MAX];
};

struct egress {
    struct drops *drops;
    struct batch *batch;
    struct job *jobs;        // [QUEUE_MAX + 1]
    struct outlet **outlets; // [QUEUE_MAX], with something queued; NULL: forgotten
    uint32_t job_count, outlet_count;
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
    egress->jobs = mem_array(QUEUE_MAX + 1, sizeof(struct job));
    egress->outlets = mem_array(QUEUE_MAX, sizeof(struct outlet *));
    int err = egress->jobs && egress->outlets ? 0 : ENOMEM;
    if (!err)
        err = batch_alloc(&egress->batch, drops, &egress->stats);
    if (err)
        egress_free(egress);
    else
        *egressp = egress;
    return err;
}

static void release_jobs(struct egress *egress)
{
    for (uint32_t i = 1; i <= egress->job_count; i++)
        packet_drop(egress->jobs[i].source);
    egress->job_count = 0;
    egress->outlet_count = 0;
}

void egress_free(struct egress *egress)
{
    if (!egress)
        return;
    release_jobs(egress);
    batch_free(egress->batch);
    mem_free(egress->outlets);
    mem_free(egress->jobs);
    mem_free(egress);
}

const struct egress_stats *egress_stats(const struct egress *egress)
{
    return &egress->stats;
}

// --- the queue ----------------------------------------------------------------------------------

static void append(struct egress *egress, struct outlet *outlet, uint32_t job)
{
    egress->jobs[job].next = 0;
    if (outlet->first)
        egress->jobs[outlet->last].next = job;
    else {
        outlet->first = job;
        egress->outlets[egress->outlet_count++] = outlet;
    }
    outlet->last = job;
}

void egress_rtp(struct egress *egress, struct outlet *outlet, const struct egress_packet *packet)
{
    size_t head_len = packet->header_len + packet->lead_len;
    if (!outlet->open || head_len > EGRESS_HEADER_MAX)
        return;
    if (egress->job_count == QUEUE_MAX)
        egress_flush(egress);
    struct job *job = &egress->jobs[++egress->job_count];
    job->source = packet_ref(packet->source);
    job->payload = packet->payload;
    job->payload_len = (uint16_t)packet->payload_len;
    job->index = packet->index;
    job->kept = packet->kept;
    job->header_len = (uint16_t)packet->header_len;
    job->lead_len = (uint8_t)packet->lead_len;
    memcpy(job->header, packet->header, head_len);
    append(egress, outlet, egress->job_count);
}

void egress_forget_outlet(struct egress *egress, struct outlet *outlet)
{
    for (uint32_t i = 0; outlet->first && i < egress->outlet_count; i++)
        if (egress->outlets[i] == outlet)
            egress->outlets[i] = NULL;
    outlet->first = outlet->last = 0;
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

static size_t space_of(const struct job *job)
{
    return (size_t)job->header_len + job->lead_len + job->payload_len + SRTP_OVERHEAD;
}

// What leads and the payload do not lie together: copied first, then encrypted in place. Rare.
static size_t write_led_packet(const struct outlet *outlet, const struct job *job, uint8_t *to)
{
    size_t head_len = (size_t)job->header_len + job->lead_len;
    memcpy(to, job->header, head_len);
    memcpy(to + head_len, job->payload, job->payload_len);
    if (outlet->srtp)
        return srtp_protect(outlet->srtp, job->index, to, job->header_len, to + job->header_len,
                            (size_t)job->lead_len + job->payload_len);
    return head_len + job->payload_len;
}

// The cipher pass is the copy: from the shared source packet to the place it is sent from. 0 when
// OpenSSL fails.
static size_t write_packet(const struct outlet *outlet, const struct job *job, uint8_t *to)
{
    if (job->lead_len)
        return write_led_packet(outlet, job, to);
    memcpy(to, job->header, job->header_len);
    if (outlet->srtp)
        return srtp_protect(outlet->srtp, job->index, to, job->header_len, job->payload,
                            job->payload_len);
    memcpy(to + job->header_len, job->payload, job->payload_len);
    return (size_t)job->header_len + job->payload_len;
}

static void send_frame(struct egress *egress, struct outlet *outlet, const struct job *job)
{
    struct wire *wire = outlet->path.wire;
    uint8_t *to = wire_frame_begin(wire, space_of(job));
    size_t len = to ? write_packet(outlet, job, to) : 0;
    if (!len) {
        drop(egress->drops, to ? DROP_EGRESS_ERROR : DROP_EGRESS_FULL);
        return;
    }
    wire_frame_end(wire, len);
    counter_add(&egress->stats.packets, 1);
    counter_add(&egress->stats.bytes, len);
}

static void send_datagram(struct egress *egress, struct outlet *outlet, const struct job *job)
{
    uint8_t *to = batch_space(egress->batch, outlet->path.wire, space_of(job));
    size_t len = write_packet(outlet, job, to);
    if (len)
        batch_add(egress->batch, &outlet->path, len, job->kept ? 0 : job->source->arrival_us);
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

static void send_outlet(struct egress *egress, struct outlet *outlet)
{
    bool tcp = outlet->path.wire && outlet->path.wire->kind == WIRE_TCP;
    uint32_t next = outlet->open && outlet->path.wire ? outlet->first : 0;
    while (next) {
        const struct job *job = &egress->jobs[next];
        if (tcp)
            send_frame(egress, outlet, job);
        else
            send_datagram(egress, outlet, job);
        next = job->next;
    }
    outlet->first = outlet->last = 0;
    if (tcp)
        write_stream(egress, outlet->path.wire);
}

void egress_flush(struct egress *egress)
{
    batch_begin(egress->batch);
    for (uint32_t i = 0; i < egress->outlet_count; i++)
        if (egress->outlets[i])
            send_outlet(egress, egress->outlets[i]);
    batch_send(egress->batch);
    release_jobs(egress);
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
