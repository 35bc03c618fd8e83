#include <errno.h>

#include "gateway/packet/rtcp.h"
#include "gateway/relay/ingress_inside.h"

// RTCP to the publisher: reports, arrivals, wishes.

#define REMB_BPS   3000000  // told to publishers that have REMB and no transport-wide feedback
#define REMB_FREE  50000000 // told to the others when they are held back no longer
#define REMB_AGAIN 3        // reports
#define RTCP_SPACE 1400
#define ROUNDS_MAX 8 // RTCP packets for one transport-wide feedback

// Every compound packet begins with a report and our name (RFC 3550 section 6.1).
static struct writer compound(const struct ingress *ingress, uint8_t *data,
                              const struct rtcp_report *reports, size_t count)
{
    struct writer w = writer_of(data, RTCP_SPACE);
    (void)rtcp_write_rr(&w, ingress->own_ssrc, reports, count);
    (void)rtcp_write_cname(&w, ingress->own_ssrc, ingress->cname);
    return w;
}

static void send_compound(struct ingress *ingress, const struct writer *w)
{
    ingress->handlers.send_rtcp(ingress->arg, w->data, w->len);
}

static void send_nack(void *arg, const uint16_t *seqs, size_t count)
{
    struct ingress_stream *stream = arg;
    uint8_t data[RTCP_SPACE];
    struct writer w = compound(stream->ingress, data, NULL, 0);
    if (rtcp_write_nack(&w, stream->ingress->own_ssrc, stream->ssrc, seqs, count) == 0)
        send_compound(stream->ingress, &w);
}

static void send_keyframe_wish(void *arg)
{
    struct ingress_stream *stream = arg;
    struct ingress *ingress = stream->ingress;
    uint8_t data[RTCP_SPACE];
    struct writer w = compound(ingress, data, NULL, 0);
    struct rtcp_fir fir = {.ssrc = stream->ssrc};
    int err = ENOENT;
    if (stream->pinned && stream->media->pli) {
        err = rtcp_write_pli(&w, ingress->own_ssrc, stream->ssrc);
    } else if (stream->pinned && stream->media->fir) {
        fir.seq = stream->fir_seq++;
        err = rtcp_write_fir(&w, ingress->own_ssrc, &fir);
    }
    if (!err)
        send_compound(ingress, &w);
}

const struct track_upstream ingress_upstream = {.nack = send_nack, .keyframe = send_keyframe_wish};

static uint32_t any_ssrc(const struct ingress *ingress)
{
    for (size_t i = INGRESS_VIDEO; i < INGRESS_STREAMS; i++)
        if (ingress->streams[i].pinned)
            return ingress->streams[i].ssrc;
    return ingress->streams[0].ssrc;
}

static void send_arrivals(struct ingress *ingress)
{
    uint8_t data[RTCP_SPACE];
    int err = EMSGSIZE;
    for (int round = 0; err && round < ROUNDS_MAX; round++) {
        struct writer w = compound(ingress, data, NULL, 0);
        err = arrival_write(&ingress->arrival, &w, ingress->own_ssrc, any_ssrc(ingress));
        send_compound(ingress, &w);
    }
}

static void send_report(struct ingress *ingress, int64_t now_us)
{
    uint8_t data[RTCP_SPACE];
    struct rtcp_report reports[INGRESS_STREAMS];
    uint32_t ssrcs[INGRESS_STREAMS];
    size_t count = 0;
    for (size_t i = 0; i < INGRESS_STREAMS; i++) {
        struct track *track = ingress->streams[i].track;
        if (track && track_report(track, now_us, &reports[count])) {
            ssrcs[count] = reports[count].ssrc;
            count++;
        }
    }
    struct writer w = compound(ingress, data, reports, count);
    uint64_t free = ingress->remb ? REMB_BPS : REMB_FREE;
    uint64_t bitrate = ingress->cap && ingress->cap < free ? ingress->cap : free;
    if (ingress->fits && ingress->fits < bitrate)
        bitrate = ingress->fits;
    if ((ingress->remb || ingress->cap || ingress->uncapped || ingress->fits) && count)
        (void)rtcp_write_remb(&w, ingress->own_ssrc, bitrate, ssrcs, count);
    ingress->uncapped -= ingress->uncapped > 0;
    send_compound(ingress, &w);
}

int64_t ingress_due(const struct ingress *ingress)
{
    return ingress->due_us;
}

int64_t ingress_deadline(const struct ingress *ingress)
{
    int64_t deadline = ingress->reporting ? ingress->report_us : INT64_MAX;
    if (ingress->fits && ingress->fits_us < deadline)
        deadline = ingress->fits_us;
    if (arrival_deadline(&ingress->arrival) < deadline)
        deadline = arrival_deadline(&ingress->arrival);
    for (size_t i = 0; i < INGRESS_STREAMS; i++) {
        const struct track *track = ingress->streams[i].track;
        if (track && track_deadline(track) < deadline)
            deadline = track_deadline(track);
    }
    return deadline;
}

static void tell_at_once(struct ingress *ingress, int64_t now_us)
{
    if (ingress->reporting)
        ingress->report_us = ingress->due_us = now_us;
}

void ingress_tick(struct ingress *ingress, int64_t now_us)
{
    for (size_t i = 0; i < INGRESS_STREAMS; i++)
        if (ingress->streams[i].track)
            track_tick(ingress->streams[i].track, now_us);
    if (now_us >= arrival_deadline(&ingress->arrival))
        send_arrivals(ingress);
    if (ingress->fits && now_us >= ingress->fits_us) {
        ingress->fits = 0;
        tell_at_once(ingress, now_us);
        ingress->uncapped = REMB_AGAIN;
    }
    if (ingress->reporting && now_us >= ingress->report_us) {
        ingress->report_us = now_us + INGRESS_REPORT_US;
        send_report(ingress, now_us);
    }
    ingress->due_us = ingress_deadline(ingress);
}

void ingress_cap(struct ingress *ingress, uint64_t bitrate, int64_t now_us)
{
    if (ingress->cap && !bitrate)
        ingress->uncapped = REMB_AGAIN;
    ingress->cap = bitrate;
    tell_at_once(ingress, now_us);
}

void ingress_narrow(struct ingress *ingress, uint64_t bitrate, int64_t now_us)
{
    ingress->fits = bitrate;
    ingress->fits_us = now_us + NARROW_HOLD_US;
    tell_at_once(ingress, now_us);
}
