#include "gateway/rooms/bridge.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/shard.h"

#define TICK_US  20000
#define CLOCK_US 500000

// One track of the copy: sound, or an encoding.
struct replica_stream {
    struct replica *replica;
    struct track *track;
    int64_t clock_us; // when last set
};

struct replica {
    struct shard *shard;
    struct publication *publication;
    uint32_t generation;
    struct replica_stream streams[MESSAGE_STREAMS];
    struct picture picture;
    struct message_bridge *closing; // prepared: closing must not fail
    struct loop_timer timer;
};

static void send_out(struct replica *replica, struct message_bridge *message)
{
    const struct publication *publication = replica->publication;
    message->from = replica->shard->config.index;
    message->generation = replica->generation;
    text_copy(message->publication, sizeof(message->publication), publication->info.id);
    inbox_push(replica->shard->config.inboxes[publication->shard], &message->msg);
}

static void want_keyframe(void *arg)
{
    struct replica_stream *stream = arg;
    struct message_bridge *message = message_alloc(MESSAGE_BRIDGE_KEYFRAME, sizeof(*message));
    if (!message) // the viewer asks again
        return;
    message->encoding = (uint8_t)(stream - &stream->replica->streams[MESSAGE_VIDEO]);
    send_out(stream->replica, message);
}

int replica_tell_room(struct replica *replica, uint64_t room)
{
    struct message_bridge *message = message_alloc(MESSAGE_BRIDGE_ROOM, sizeof(*message));
    if (!message)
        return ENOMEM;
    message->room = room;
    send_out(replica, message);
    return 0;
}

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct replica *replica = arg;
    for (unsigned i = 0; i < MESSAGE_STREAMS; i++)
        if (replica->streams[i].track)
            track_tick(replica->streams[i].track, now_us);
    loop_timer_start(replica->shard->loop, timer, now_us + TICK_US, on_timer, replica);
}

static int add_track(struct replica *replica, unsigned at, const struct message_track *facts)
{
    static const struct track_upstream upstream = {.keyframe = want_keyframe};
    struct replica_stream *stream = &replica->streams[at];
    struct track_config config = facts->config;
    config.drops = &replica->shard->stats.drops;
    stream->replica = replica;
    int err = track_alloc(&stream->track, &config, &upstream, stream);
    if (!err && at >= MESSAGE_VIDEO)
        picture_add(&replica->picture, stream->track, facts->rids[at - MESSAGE_VIDEO]);
    return err;
}

static int add_tracks(struct replica *replica)
{
    struct publication *publication = replica->publication;
    const struct message_track *sound = &publication->audio_facts;
    const struct message_track *video = &publication->video_facts;
    int err = sound->present ? add_track(replica, MESSAGE_SOUND, sound) : 0;
    for (unsigned i = 0; !err && video->present && i < video->encodings; i++)
        err = add_track(replica, MESSAGE_VIDEO + i, video);
    publication->audio = replica->streams[MESSAGE_SOUND].track;
    publication->video = replica->streams[MESSAGE_VIDEO].track;
    return err;
}

static void release(struct publication *publication)
{
    struct replica *replica = publication->replica;
    for (unsigned i = 0; i < MESSAGE_STREAMS; i++)
        track_free(replica->streams[i].track);
    publication->audio = publication->video = NULL;
    publication->replica = NULL;
    loop_timer_stop(replica->shard->loop, &replica->timer);
    mem_free(replica->closing);
    mem_free(replica);
}

static int open_replica(struct shard *shard, struct publication *publication)
{
    int err = ENOMEM;
    struct message_bridge *opening = message_alloc(MESSAGE_BRIDGE_OPEN, sizeof(*opening));
    struct replica *replica = mem_zalloc(sizeof(*replica));
    if (!opening || !replica) {
        mem_free(replica);
        goto out;
    }
    replica->shard = shard;
    replica->publication = publication;
    replica->generation = publication->generation;
    publication->replica = replica;
    publication->hold = (struct hold){0}; // over there nothing is known of it
    replica->closing = message_alloc(MESSAGE_BRIDGE_CLOSE, sizeof(*replica->closing));
    if (!replica->closing)
        goto out;
    err = add_tracks(replica);
    if (!err)
        err = loop_timer_start(shard->loop, &replica->timer, 0, on_timer, replica);
    if (!err)
        send_out(replica, opening);
out:
    if (err) {
        log_warn("rooms", "publication %s cannot be shown on shard %u: %s", publication->info.id,
                 shard->config.index, strerror(err));
        message_free(opening ? &opening->msg : NULL);
        if (publication->replica)
            release(publication);
    }
    return err;
}

int replica_use(struct shard *shard, struct publication *publication)
{
    publication->watchers++;
    if (publication->shard == shard->config.index || publication->replica)
        return 0;
    return open_replica(shard, publication);
}

static void close_replica(struct publication *publication)
{
    struct replica *replica = publication->replica;
    struct message_bridge *closing = replica->closing;
    replica->closing = NULL;
    send_out(replica, closing);
    release(publication);
}

void replica_leave(struct publication *publication)
{
    publication->watchers--;
    if (!publication->watchers && publication->replica)
        close_replica(publication);
}

void replica_renew(struct shard *shard, struct publication *publication)
{
    replica_free(publication);
    if (publication->watchers)
        open_replica(shard, publication);
}

void replica_free(struct publication *publication)
{
    if (publication->replica)
        release(publication);
}

static void set_clock(struct replica_stream *stream, const struct message_clock *told,
                      int64_t now_us)
{
    if (!stream->track || !told->known ||
        (stream->clock_us && now_us - stream->clock_us < CLOCK_US))
        return;
    stream->clock_us = now_us;
    track_set_clock(stream->track, told->ntp, told->rtp_ts, now_us);
}

static void take_packet(struct replica *replica, const struct message_packet *head,
                        const uint8_t *data, int64_t now_us)
{
    const struct publication *publication = replica->publication;
    struct track *track = replica->streams[head->stream].track;
    const struct message_track *facts = head->stream == MESSAGE_SOUND ? &publication->audio_facts
                                                                      : &publication->video_facts;
    struct packet *packet = track ? packet_take_for(&replica->shard->packets, head->len) : NULL;
    if (!packet) {
        drop(&replica->shard->stats.drops, DROP_NO_BUFFER);
        return;
    }
    memcpy(packet->data, data, head->len);
    packet->len = head->len;
    packet->arrival_us = head->arrival_us;
    if (packet_parse(packet, &facts->ext))
        drop(&replica->shard->stats.drops, DROP_RTP_MALFORMED);
    else
        track_push(track, packet, now_us);
    packet_drop(packet);
}

static void take_packets(struct replica *replica, const struct message_media *block, int64_t now_us)
{
    for (unsigned i = 0; i < MESSAGE_STREAMS; i++)
        set_clock(&replica->streams[i], &block->clock[i], now_us);
    for (size_t at = 0; at < block->len;) {
        struct message_packet head;
        memcpy(&head, block->bytes + at, sizeof(head));
        take_packet(replica, &head, block->bytes + at + sizeof(head), now_us);
        at += (sizeof(head) + head.len + 7) & ~(size_t)7;
    }
}

void replica_media(struct shard *shard, struct message_media *block, int64_t now_us)
{
    struct publication *publication = directory_find(shard->directory, block->publication);
    struct replica *replica = publication ? publication->replica : NULL;
    if (replica && replica->generation == block->generation)
        take_packets(replica, block, now_us);
    block->msg.kind = MESSAGE_BRIDGE_RETURN;
    inbox_push(shard->config.inboxes[block->from], &block->msg);
}
