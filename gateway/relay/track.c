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
#define NTP_SECOND    (1LL << 32)
#define SILENT_US     1000000LL // after this an encoding has stopped

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
    const struct picture *picture;
    struct picture alone; // unless it is one of several
    struct layering layering;
    bool active; // as its picture's sinks were told
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
    track->layering.by_picture = config->codec == CODEC_VP8;
    picture_add(&track->alone, track, "");
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
    track->layering = (struct layering){.by_picture = codec == CODEC_VP8};
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

// The nearest packet in front of a late one.
static const struct packet *before(const struct track *track, uint64_t index)
{
    const struct packet *packet = NULL;
    while (!packet && index > history_floor(track->history))
        packet = history_get(track->history, --index);
    return packet;
}

static void note_layers(struct track *track, struct packet *packet, const struct frame_facts *facts,
                        int64_t now_us)
{
    bool late = !history_empty(track->history) && packet->index < history_newest(track->history);
    layering_note(&track->layering, packet, facts, late ? before(track, packet->index) : NULL,
                  now_us);
}

static void mark(struct track *track, struct packet *packet, int64_t now_us)
{
    struct frame_facts facts;
    frame_parse(&facts, track->config.codec, packet->rtp.payload, packet->rtp.payload_len);
    packet->key = facts.key;
    packet->frame_start = facts.starts;
    packet->rtp.ts += track->ts_shift;
    if (track->video)
        note_layers(track, packet, &facts, now_us);
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

static void set_active(struct track *track, bool active, int64_t now_us)
{
    track->active = active;
    if (track->picture->count > 1)
        picture_stirred(track->picture, now_us);
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
    if (!track->active)
        set_active(track, true, now_us);
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

// Only an encoding among others can be missed.
static int64_t silence_deadline(const struct track *track)
{
    return track->active && track->picture->count > 1 ? track->newest_us + SILENT_US : INT64_MAX;
}

void track_tick(struct track *track, int64_t now_us)
{
    if (now_us >= nack_deadline(&track->nack))
        ask_missing(track, now_us);
    ask_keyframe(track, now_us);
    if (now_us >= silence_deadline(track))
        set_active(track, false, now_us);
}

int64_t track_deadline(const struct track *track)
{
    int64_t nack_us = nack_deadline(&track->nack);
    int64_t key_us = keyframe_deadline(&track->keyframe);
    int64_t silent_us = silence_deadline(track);
    if (silent_us < nack_us)
        nack_us = silent_us;
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

// --- layers -------------------------------------------------------------------------------------

void track_set_picture(struct track *track, const struct picture *picture)
{
    track->picture = picture;
}

const struct picture *track_picture(const struct track *track)
{
    return track->picture;
}

const struct layering *track_layering(const struct track *track)
{
    return &track->layering;
}

bool track_active(const struct track *track, int64_t now_us)
{
    return track->started && now_us - track->newest_us < SILENT_US;
}

void track_stir(struct track *track, int64_t now_us)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &track->sinks)
    {
        struct sink *sink = container_of(pos, struct sink, link);
        if (sink->ops->stirred)
            sink->ops->stirred(sink, now_us);
    }
}

// Both lines at the same moment of the publisher's clock.
bool track_between(const struct track *from, const struct track *to, int64_t now_us,
                   uint32_t *shift)
{
    uint64_t from_ntp, to_ntp;
    uint32_t from_ts, to_ts;
    if (!track_clock(from, now_us, &from_ntp, &from_ts) ||
        !track_clock(to, now_us, &to_ntp, &to_ts))
        return false;
    int64_t apart = (int64_t)(from_ntp - to_ntp); // 2^-32 s
    if (apart > NTP_SECOND || apart < -NTP_SECOND)
        return false;
    *shift = to_ts + (uint32_t)((apart * (int64_t)to->clock) >> 32) - from_ts;
    return true;
}

uint64_t track_oldest(const struct track *track)
{
    return history_floor(track->history);
}

uint64_t track_newest(const struct track *track)
{
    return history_newest(track->history);
}
