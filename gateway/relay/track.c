#include "gateway/relay/track.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/feedback/history.h"
#include "gateway/feedback/keyframe.h"
#include "gateway/feedback/nack.h"
#include "gateway/feedback/reception.h"
#include "gateway/packet/frame.h"

#define VIDEO_SLOTS   2048
#define AUDIO_SLOTS   512
#define KEEP_US       2000000LL // losses older than this are nobody's any more
#define KEEP_GROUP    320       // packets of the newest group kept however old, for joiners
#define RESTART_GAP   1 // so that no viewer glues the old frame's end to the new one's begin
#define NACK_PER_TURN 64

struct track {
    struct track_config config;
    struct track_upstream upstream;
    void *arg;
    bool video;
    uint32_t clock;    // Hz
    struct list sinks; // sink.link
    size_t sink_count;
    struct history *history; // holds a reference on each packet
    struct reception reception;
    uint64_t shift;    // index = extended sequence number + shift
    uint32_t ts_shift; // packet->rtp.ts = the publisher's + ts_shift
    bool started, restarting, waits_key;
    uint32_t newest_ts;
    int64_t newest_us;
    bool has_key;
    uint64_t key_index;
    uint32_t key_ts;
    struct keyframe keyframe;
    struct nack nack;
    uint32_t ssrc;
    bool has_clock;
    uint64_t ntp;
    uint32_t ntp_ts;
    int64_t ntp_us;
};

static void count_drop(const struct track *track, enum drop_reason reason)
{
    if (track->config.drops)
        drop(track->config.drops, reason);
}

int track_alloc(struct track **trackp, const struct track_config *config,
                const struct track_upstream *upstream, void *arg)
{
    if (!trackp || !config || !codec_info(config->codec)->clock)
        return EINVAL;
    struct track *track = mem_zalloc(sizeof(*track));
    if (!track)
        return ENOMEM;
    track->config = *config;
    if (upstream)
        track->upstream = *upstream;
    track->arg = arg;
    track->video = codec_is_video(config->codec);
    track->clock = codec_info(config->codec)->clock;
    list_init(&track->sinks);
    nack_init(&track->nack);
    int err = history_alloc(&track->history, track->video ? VIDEO_SLOTS : AUDIO_SLOTS);
    if (err)
        track_free(track);
    else
        *trackp = track;
    return err;
}

void track_free(struct track *track)
{
    struct list *pos, *tmp;
    if (!track)
        return;
    list_each(pos, tmp, &track->sinks)
    {
        struct sink *sink = container_of(pos, struct sink, link);
        track_remove_sink(sink);
        sink->ops->close(sink);
    }
    while (track->history && !history_empty(track->history))
        packet_drop(history_shift(track->history));
    history_free(track->history);
    mem_free(track);
}

const struct track_config *track_config(const struct track *track)
{
    return &track->config;
}

// --- sinks --------------------------------------------------------------------------------------

void track_add_sink(struct track *track, struct sink *sink)
{
    sink->track = track;
    list_append(&track->sinks, &sink->link);
    track->sink_count++;
}

void track_remove_sink(struct sink *sink)
{
    if (!sink->track)
        return;
    list_remove(&sink->link);
    sink->track->sink_count--;
    sink->track = NULL;
}

size_t track_sinks(const struct track *track)
{
    return track->sink_count;
}

// --- packets ------------------------------------------------------------------------------------

void track_set_codec(struct track *track, enum codec codec, const char *fmtp, int64_t now_us)
{
    struct list *pos, *tmp;
    track->config.codec = codec;
    text_copy(track->config.fmtp, sizeof(track->config.fmtp), fmtp);
    track->clock = codec_info(codec)->clock;
    track->has_key = false;
    track->waits_key = track->video;
    list_each(pos, tmp, &track->sinks)
    {
        struct sink *sink = container_of(pos, struct sink, link);
        if (sink->ops->changed)
            sink->ops->changed(sink);
    }
    if (track->started)
        track_want_keyframe(track, now_us);
}

void track_restart(struct track *track, int64_t now_us)
{
    if (!track->started || track->restarting)
        return;
    track->restarting = true;
    track->reception = (struct reception){0};
    nack_init(&track->nack);
    track->has_clock = false;
    track->has_key = false;
    track->waits_key = track->video;
    track_want_keyframe(track, now_us);
}

// The first packet after a restart ties the new numbers and timestamps to the old line.
static void rebase(struct track *track, uint64_t extended, uint32_t ts, int64_t now_us)
{
    if (track->restarting) {
        int64_t passed = (now_us - track->newest_us) * track->clock / 1000000;
        track->shift = history_newest(track->history) + RESTART_GAP + 1 - extended;
        track->ts_shift = track->newest_ts + (uint32_t)(passed > 0 ? passed : 1) - ts;
    }
    track->restarting = false;
    track->started = true;
}

static bool place(struct track *track, struct packet *packet, int64_t now_us)
{
    uint64_t extended;
    if (packet->recovered && !reception_near(&track->reception, packet->rtp.seq)) {
        count_drop(track, DROP_LATE);
        return false;
    }
    enum reception_verdict verdict = reception_place(&track->reception, packet->rtp.seq, &extended);
    if (verdict == RECEPTION_RESTARTED) {
        track_restart(track, now_us);
        verdict = reception_place(&track->reception, packet->rtp.seq, &extended);
    }
    if (verdict != RECEPTION_OK) {
        count_drop(track, DROP_LATE);
        return false;
    }
    if (!track->started || track->restarting)
        rebase(track, extended, packet->rtp.ts, now_us);
    packet->index = extended + track->shift;
    int err = history_check(track->history, packet->index);
    if (err) {
        count_drop(track, err == EEXIST ? DROP_DUPLICATE : DROP_LATE);
        return false;
    }
    if (!packet->recovered)
        reception_count(&track->reception, extended, packet->rtp.ts, track->clock, now_us);
    return true;
}

// Some codecs let several packets of one picture say "key": its first packet counts.
static void note_key(struct track *track, const struct packet *packet)
{
    bool same = track->has_key && packet->rtp.ts == track->key_ts;
    if (track->has_key && (same || packet->index < track->key_index)) {
        if (same && packet->index < track->key_index)
            track->key_index = packet->index;
        return;
    }
    track->has_key = true;
    track->waits_key = false;
    track->key_index = packet->index;
    track->key_ts = packet->rtp.ts;
    keyframe_came(&track->keyframe);
    nack_forget_before(&track->nack, packet->index);
}

static void mark(struct track *track, struct packet *packet, int64_t now_us)
{
    struct frame_facts facts;
    frame_parse(&facts, track->config.codec, packet->rtp.payload, packet->rtp.payload_len);
    packet->key = facts.key;
    packet->frame_start = facts.starts;
    packet->rtp.ts += track->ts_shift;
    if (packet->key && track->video)
        note_key(track, packet);
    if (!history_empty(track->history) && packet->index < history_newest(track->history))
        return;
    track->newest_ts = packet->rtp.ts;
    track->newest_us = now_us;
}

static bool wanted_by_joiners(const struct track *track, uint64_t index)
{
    return track->has_key && index >= track->key_index &&
           history_newest(track->history) - track->key_index < KEEP_GROUP;
}

static const struct packet *oldest(const struct track *track)
{
    uint64_t index = history_floor(track->history);
    while (index < history_newest(track->history) && !history_get(track->history, index))
        index++;
    return history_get(track->history, index);
}

// Is the oldest place of no use any more? One that is missing is as old as the packet behind it.
static bool stale(const struct track *track, int64_t now_us)
{
    return now_us - oldest(track)->arrival_us > KEEP_US &&
           !wanted_by_joiners(track, history_floor(track->history));
}

// Makes room, never at the price of the packet's own place: below the floor there is none.
static void keep(struct track *track, struct packet *packet, int64_t now_us)
{
    struct history *history = track->history;
    while (
        history_crowded(history, packet->index) ||
        (!history_empty(history) && history_floor(history) < packet->index && stale(track, now_us)))
        packet_drop(history_shift(history));
    history_put(history, packet->index, packet_ref(packet));
}

void track_push(struct track *track, struct packet *packet, int64_t now_us)
{
    struct list *pos, *tmp;
    if (!place(track, packet, now_us))
        return;
    track->ssrc = packet->rtp.ssrc;
    mark(track, packet, now_us);
    keep(track, packet, now_us);
    if (track->config.nack && !nack_arrived(&track->nack, packet->index, now_us))
        track_want_keyframe(track, now_us);
    if (track->waits_key)
        return;
    list_each(pos, tmp, &track->sinks)
    {
        struct sink *sink = container_of(pos, struct sink, link);
        sink->ops->push(sink, packet, now_us);
    }
}

struct packet *track_find(const struct track *track, uint64_t index)
{
    return history_get(track->history, index);
}

bool track_newest_group(const struct track *track, uint64_t *first, uint64_t *newest)
{
    if (history_empty(track->history))
        return false;
    *newest = history_newest(track->history);
    *first = track->video ? track->key_index : *newest;
    return track->video ? track->has_key && track_find(track, track->key_index) : true;
}

// --- upstream -----------------------------------------------------------------------------------

static void ask_keyframe(struct track *track, int64_t now_us)
{
    if (keyframe_due(&track->keyframe, now_us) && track->upstream.keyframe)
        track->upstream.keyframe(track->arg);
}

void track_want_keyframe(struct track *track, int64_t now_us)
{
    if (!track->video)
        return;
    keyframe_want(&track->keyframe);
    ask_keyframe(track, now_us);
}

static void ask_missing(struct track *track, int64_t now_us)
{
    uint64_t indices[NACK_PER_TURN];
    uint16_t seqs[NACK_PER_TURN];
    bool gave_up = false;
    size_t count = nack_due(&track->nack, now_us, indices, NACK_PER_TURN, &gave_up);
    for (size_t i = 0; i < count; i++)
        seqs[i] = (uint16_t)(indices[i] - track->shift);
    if (count && track->upstream.nack)
        track->upstream.nack(track->arg, seqs, count);
    if (gave_up)
        track_want_keyframe(track, now_us);
}

void track_tick(struct track *track, int64_t now_us)
{
    if (now_us >= nack_deadline(&track->nack))
        ask_missing(track, now_us);
    ask_keyframe(track, now_us);
}

int64_t track_deadline(const struct track *track)
{
    int64_t nack_us = nack_deadline(&track->nack);
    int64_t key_us = keyframe_deadline(&track->keyframe);
    return nack_us < key_us ? nack_us : key_us;
}

// --- reports ------------------------------------------------------------------------------------

void track_set_clock(struct track *track, uint64_t ntp, uint32_t rtp_ts, int64_t now_us)
{
    if (track->restarting)
        return;
    track->has_clock = true;
    track->ntp = ntp;
    track->ntp_ts = rtp_ts + track->ts_shift;
    track->ntp_us = now_us;
}

static uint64_t ntp_of_us(int64_t us)
{
    return ((uint64_t)(us / 1000000) << 32) + ((uint64_t)(us % 1000000) << 32) / 1000000;
}

bool track_clock(const struct track *track, int64_t now_us, uint64_t *ntp, uint32_t *rtp_ts)
{
    int64_t passed = now_us - track->ntp_us;
    if (!track->has_clock || passed < 0)
        return false;
    *ntp = track->ntp + ntp_of_us(passed);
    *rtp_ts = track->ntp_ts + (uint32_t)(passed / 1000000 * track->clock +
                                         passed % 1000000 * track->clock / 1000000);
    return true;
}

bool track_report(struct track *track, int64_t now_us, struct rtcp_report *report)
{
    if (!track->reception.started)
        return false;
    *report = (struct rtcp_report){.ssrc = track->ssrc};
    reception_report(&track->reception, report);
    if (track->has_clock) {
        int64_t since = now_us - track->ntp_us;
        report->last_sr = (uint32_t)(track->ntp >> 16);
        report->since_sr = (uint32_t)(ntp_of_us(since > 0 ? since : 0) >> 16);
    }
    return true;
}
