#include "gateway/rooms/source.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/relay/ingress.h"
#include "gateway/rooms/announce.h"
#include "gateway/rooms/bridge.h"
#include "gateway/rooms/shard.h"

#define TICK_US          100000 // viewers' wishes tell no timer; packets see them, or this
#define TICK_LEAST_US    1000
#define PICTURES_WAIT_US 500000

struct source {
    struct source_config config;
    struct rooms_publication info;
    struct rtp_ext_map audio_ext, video_ext;
    struct ingress *ingress;
    struct publication *publication; // NULL before the first media, and when replaced
    struct msg *farewell;            // prepared: taking a publication away must not fail
    int64_t first_us;                // first sound
    unsigned codec_changes;          // those that were looked at
    bool ending;
};

static void send_rtcp(void *arg, const uint8_t *data, size_t len)
{
    const struct source *source = arg;
    egress_rtcp(source->config.shard->egress, source->config.outlet, data, len);
}

static void end(struct source *source, const char *why)
{
    if (source->ending)
        return;
    source->ending = true;
    source->config.end(source->config.arg, why);
}

static void on_bye(void *arg)
{
    (void)arg; // the session's own end follows; a stream that starts anew needs nothing
}

int source_alloc(struct source **sourcep, const struct source_config *config)
{
    int err;
    if (!sourcep || !config || !config->terms)
        return EINVAL;
    struct source *source = mem_zalloc(sizeof(*source));
    if (!source)
        return ENOMEM;
    source->config = *config;
    source->config.terms = NULL;
    struct rooms_publication *info = &source->info;
    text_copy(info->room, sizeof(info->room), config->room);
    text_copy(info->participant, sizeof(info->participant), config->participant);
    info->source = config->source;
    rooms_publication_id(info->room, info->participant, info->source, info->id);
    source->config.room = info->room;
    source->config.participant = info->participant;
    source->audio_ext = config->terms->audio.ext;
    source->video_ext = config->terms->video.ext;
    struct ingress_config ingress = {
        .terms = config->terms,
        .drops = &config->shard->stats.drops,
        .handlers = {.send_rtcp = send_rtcp, .bye = on_bye},
        .arg = source,
    };
    err = ingress_alloc(&source->ingress, &ingress);
    if (err)
        source_free(source, 0);
    else
        *sourcep = source;
    return err;
}

static void withdraw(struct source *source, int64_t now_us)
{
    struct publication *publication = source->publication;
    struct shard *shard = source->config.shard;
    source->publication = NULL;
    publication->source = NULL;
    feed_close_all(publication);
    announce_send(shard, publication, source->farewell);
    source->farewell = NULL;
    log_info("rooms", "publication %s ended", publication->info.id);
    directory_unpublish(shard->directory, publication, now_us);
}

void source_free(struct source *source, int64_t now_us)
{
    if (!source)
        return;
    if (source->publication)
        withdraw(source, now_us);
    announce_drop(source->farewell);
    ingress_free(source->ingress);
    mem_free(source);
}

// Of any encoding.
static bool has_media(const struct track *track)
{
    const struct picture *picture = track ? track_picture(track) : NULL;
    uint64_t first, newest;
    bool has = false;
    for (unsigned i = 0; picture && i < picture->count; i++)
        has |= track_newest_group(picture->tracks[i], &first, &newest);
    return has;
}

// May the publication begin? Pictures tell their codec with their first packet, so sound waits a
// moment for them.
static bool ready(struct source *source, int64_t now_us)
{
    const struct track *video = ingress_video(source->ingress);
    if (has_media(video))
        return true;
    if (!has_media(ingress_audio(source->ingress)))
        return false;
    if (!source->first_us)
        source->first_us = now_us;
    return !video || now_us - source->first_us >= PICTURES_WAIT_US;
}

// Facts of a track for those who copy it.
static struct message_track facts_of(const struct track *track, const struct rtp_ext_map *ext)
{
    struct message_track facts = {.present = track != NULL};
    if (track) {
        facts.config = *track_config(track);
        facts.config.nack = false; // between shards nothing is lost
        facts.config.drops = NULL; // the other shard has its own
        facts.ext = *ext;
        const struct picture *picture = track_picture(track);
        facts.encodings = picture->count;
        memcpy(facts.rids, picture->rids, sizeof(facts.rids));
    }
    return facts;
}

// Puts this source's tracks behind its publication, tells everyone, and lets the watches follow.
static void present(struct source *source, struct msg *announcement, int64_t now_us)
{
    struct publication *publication = source->publication;
    struct shard *shard = source->config.shard;
    feed_close_all(publication);
    publication->source = source;
    publication->shard = shard->config.index;
    publication->generation = shard_generation(shard);
    publication->hold = (struct hold){0};
    publication->audio = ingress_audio(source->ingress);
    publication->video = ingress_video(source->ingress);
    publication->audio_facts = facts_of(publication->audio, &source->audio_ext);
    publication->video_facts = facts_of(publication->video, &source->video_ext);
    struct rooms_publication *info = &publication->info;
    info->audio = publication->audio != NULL;
    info->video = publication->video != NULL;
    const char *codec = info->video ? codec_info(publication->video_facts.config.codec)->name : "";
    text_copy(info->video_codec, sizeof(info->video_codec), codec);
    announce_send(shard, publication, announcement);
    room_refresh(publication->room, now_us);
}

// Takes over what another source, here or in another shard, stood behind.
static void take_over(struct publication *publication)
{
    struct source *old = publication->source;
    replica_free(publication);
    if (!old)
        return;
    old->publication = NULL;
    publication->source = NULL;
    end(old, "replaced");
}

static int claim(struct source *source)
{
    struct directory *directory = source->config.shard->directory;
    struct publication *publication = directory_find(directory, source->info.id);
    if (publication) {
        take_over(publication);
    } else {
        int err = directory_publish(directory, &source->info, &publication);
        if (err)
            return err;
        log_info("rooms", "publication %s of room %s began", source->info.id, source->info.room);
    }
    source->publication = publication;
    return 0;
}

// The first media came.
static void begin(struct source *source, int64_t now_us)
{
    const struct shard *shard = source->config.shard;
    source->farewell = announce_prepare(shard, MESSAGE_PUBLICATION_REMOVED);
    struct msg *announcement = announce_prepare(shard, MESSAGE_PUBLICATION_ADDED);
    int err = source->farewell && announcement ? claim(source) : ENOMEM;
    if (err) {
        announce_drop(announcement);
        end(source, err == EOVERFLOW ? "room_full" : "memory");
        return;
    }
    present(source, announcement, now_us);
}

static bool same_codec(const struct track *track, const struct message_track *facts)
{
    if (!track || !facts->present)
        return !track && !facts->present;
    return track_config(track)->codec == facts->config.codec;
}

// Other tracks, or other codecs in them, since the publication was announced?
static bool changed(const struct source *source)
{
    const struct publication *publication = source->publication;
    struct track *audio = ingress_audio(source->ingress);
    struct track *video = ingress_video(source->ingress);
    return audio != publication->audio || video != publication->video ||
           !same_codec(audio, &publication->audio_facts) ||
           !same_codec(video, &publication->video_facts);
}

static void renew(struct source *source, int64_t now_us)
{
    struct msg *announcement = announce_prepare(source->config.shard, MESSAGE_PUBLICATION_ADDED);
    if (announcement)
        present(source, announcement, now_us);
    else
        end(source, "memory");
}

void source_rtp(struct source *source, struct packet *packet, int64_t now_us)
{
    if (source->ending)
        return;
    ingress_rtp(source->ingress, packet, now_us);
    if (!source->publication) {
        if (ready(source, now_us))
            begin(source, now_us);
    } else if (source->codec_changes != ingress_codec_changes(source->ingress)) {
        source->codec_changes = ingress_codec_changes(source->ingress);
        if (changed(source))
            renew(source, now_us);
    }
}

void source_rtcp(struct source *source, const uint8_t *data, size_t len, int64_t now_us)
{
    if (!source->ending)
        ingress_rtcp(source->ingress, data, len, now_us);
}

int64_t source_tick(struct source *source, int64_t now_us)
{
    if (source->ending)
        return INT64_MAX;
    if (ingress_deadline(source->ingress) <= now_us)
        ingress_tick(source->ingress, now_us);
    int64_t next_us = ingress_deadline(source->ingress);
    if (next_us > now_us + TICK_US)
        return now_us + TICK_US;
    return next_us > now_us + TICK_LEAST_US ? next_us : now_us + TICK_LEAST_US;
}

int64_t source_due(const struct source *source)
{
    return source->ending ? INT64_MAX : ingress_due(source->ingress);
}

void source_hold(struct source *source, uint64_t bits, int64_t now_us)
{
    if (!source->ending)
        ingress_cap(source->ingress, bits, now_us);
}

void source_replaced(struct source *source)
{
    struct publication *publication = source->publication;
    if (!publication)
        return;
    feed_close_all(publication);
    publication->source = NULL;
    publication->audio = publication->video = NULL;
    source->publication = NULL;
    end(source, "replaced");
}
