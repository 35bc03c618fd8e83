#include "gateway/relay/track.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/packet/frame.h"
#include "gateway/relay/track_inside.h"

#define VIDEO_SLOTS   2048
#define AUDIO_SLOTS   512
#define KEEP_LEAST_US 100000LL  // for redundancy and the order of late packets
#define KEEP_LOOK_US  1000000LL // so often the sinks are asked
#define KEEP_GROUP    320       // packets of the newest group kept however old, for joiners,
#define KEEP_FOR      4         // where so many look
#define RESTART_GAP   1 // so that no viewer glues the old frame's end to the new one's begin
#define NACK_PER_TURN 64
#define SILENT_US     1000000LL // after this an encoding has stopped

static void count_drop(const struct track *track, enum drop_reason reason)
{
    if (track->config.drops)
        drop(track->config.drops, reason);
}

static int begin_asking(struct track *track)
{
    size_t max = track->video ? NACK_VIDEO_MAX : NACK_AUDIO_MAX;
    track->missing = mem_array(max, sizeof(*track->missing));
    nack_init(&track->nack, track->missing, max);
    return track->missing ? 0 : ENOMEM;
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
    int err = history_alloc(&track->history, track->video ? VIDEO_SLOTS : AUDIO_SLOTS);
    if (!err)
        err = begin_asking(track);
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
    mem_free(track->missing);
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
    track_reach(sink, sink->reach_us);
}

void track_reach(struct sink *sink, int64_t reach_us)
{
    sink->reach_us = reach_us;
    if (sink->track && sink->track->keep_us < reach_us)
        sink->track->keep_us = reach_us;
}

void track_remove_sink(struct sink *sink)
{
    if (!sink->track)
        return;
    list_remove(&sink->link);
    sink->track->sink_count--;
    sink->track = NULL;
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
    nack_init(&track->nack, track->missing, track->nack.max);
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
    bool few = track->sink_count && track->sink_count < KEEP_FOR;
    return !few && track->has_key && index >= track->key_index &&
           history_newest(track->history) - track->key_index < KEEP_GROUP;
}

static const struct packet *oldest(const struct track *track)
{
    uint64_t index = history_floor(track->history);
    while (index < history_newest(track->history) && !history_get(track->history, index))
        index++;
    return history_get(track->history, index);
}

static void look_back(struct track *track, int64_t now_us)
{
    struct list *pos, *tmp;
    if (now_us < track->look_us)
        return;
    track->look_us = now_us + KEEP_LOOK_US;
    track->keep_us = track->sink_count ? KEEP_LEAST_US : TRACK_REACH_MAX;
    list_each(pos, tmp, &track->sinks)
    {
        const struct sink *sink = container_of(pos, struct sink, link);
        if (track->keep_us < sink->reach_us)
            track->keep_us = sink->reach_us;
    }
}

// Is the oldest place of no use any more? One that is missing is as old as the packet behind it.
static bool stale(const struct track *track, int64_t now_us)
{
    uint64_t floor = history_floor(track->history);
    int64_t age_us = now_us - oldest(track)->arrival_us;
    bool asked = floor >= nack_oldest(&track->nack) && age_us <= TRACK_REACH_MAX;
    return age_us > track->keep_us && !asked && !wanted_by_joiners(track, floor);
}

// Makes room, never at the price of the packet's own place: below the floor there is none.
static void keep(struct track *track, struct packet *packet, int64_t now_us)
{
    struct history *history = track->history;
    look_back(track, now_us);
    while (!history_empty(history) && history_floor(history) < packet->index &&
           stale(track, now_us))
        packet_drop(history_shift(history));
    while (history_crowded(history, packet->index))
        if (!history_widen(history))
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

bool track_lacks(const struct track *track, uint16_t seq)
{
    if (track->restarting || !reception_near(&track->reception, seq))
        return false;
    uint64_t extended = reception_extend(&track->reception, seq);
    return history_check(track->history, extended + track->shift) == 0;
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

uint64_t track_oldest(const struct track *track)
{
    return history_floor(track->history);
}

uint64_t track_newest(const struct track *track)
{
    return history_newest(track->history);
}
