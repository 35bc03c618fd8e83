#include "gateway/rooms/bridge.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/shard.h"

// Blocks on their way bound what a slow shard may make this one keep; the first group of pictures
// needs many at once, afterwards a few go back and forth.
#define BLOCKS_MAX  128
#define BLOCKS_IDLE 8

#define BRIDGE_SSRC 0x62726467u // means nothing; the same for ever

struct feed_sink {
    struct sink sink;
    struct feed *feed;
};

struct feed {
    struct list link;    // publication.feeds; shard.feeds_closed once closed
    struct list waiting; // shard.feeds_waiting
    struct shard *shard;
    char publication[ROOMS_ID_MAX];
    uint32_t generation;
    unsigned to;
    uint64_t room; // of the best viewer there; 0: no bound
    struct feed_sink sinks[MESSAGE_STREAMS];
    struct message_media *filling;
    struct msg *idle;
    unsigned idle_count, made;
    bool closed;
};

static bool can_take(const struct feed *feed)
{
    return feed->idle || feed->made < BLOCKS_MAX;
}

static struct message_media *take_block(struct feed *feed)
{
    struct message_media *block = (struct message_media *)feed->idle;
    if (block) {
        feed->idle = block->msg.next;
        feed->idle_count--;
    } else {
        if (feed->made < BLOCKS_MAX)
            block = message_alloc(MESSAGE_BRIDGE_MEDIA, sizeof(*block));
        if (!block)
            return NULL;
        feed->made++;
    }
    block->len = 0;
    return block;
}

static struct message_clock clock_of(const struct track *track, int64_t now_us)
{
    struct message_clock clock = {0};
    if (track)
        clock.known = track_clock(track, now_us, &clock.ntp, &clock.rtp_ts);
    return clock;
}

static void hand_over(struct feed *feed, int64_t now_us)
{
    struct message_media *block = feed->filling;
    feed->filling = NULL;
    block->msg.kind = MESSAGE_BRIDGE_MEDIA;
    block->from = feed->shard->config.index;
    block->feed = feed;
    block->generation = feed->generation;
    text_copy(block->publication, sizeof(block->publication), feed->publication);
    for (unsigned i = 0; i < MESSAGE_STREAMS; i++)
        block->clock[i] = clock_of(feed->sinks[i].sink.track, now_us);
    inbox_push(feed->shard->config.inboxes[feed->to], &block->msg);
}

// A block with room for `need` bytes, or NULL.
static struct message_media *room_for(struct feed *feed, size_t need, int64_t now_us)
{
    if (feed->filling && feed->filling->len + need > MESSAGE_MEDIA_BYTES && can_take(feed))
        hand_over(feed, now_us);
    if (!feed->filling)
        feed->filling = take_block(feed);
    if (!feed->filling || feed->filling->len + need > MESSAGE_MEDIA_BYTES)
        return NULL;
    return feed->filling;
}

// With the numbers the track gave it: over there it is one stream, also when the publisher began
// anew.
static void copy_packet(uint8_t *to, const struct packet *packet)
{
    memcpy(to, packet->data, packet->len);
    put_u16(to + 2, (uint16_t)packet->index);
    put_u32(to + 4, packet->rtp.ts);
    put_u32(to + 8, BRIDGE_SSRC);
}

static void push(struct sink *sink, struct packet *packet, int64_t now_us)
{
    struct feed_sink *from = container_of(sink, struct feed_sink, sink);
    struct feed *feed = from->feed;
    size_t need = (sizeof(struct message_packet) + packet->len + 7) & ~(size_t)7;
    struct message_media *block = room_for(feed, need, now_us);
    if (!block) {
        drop(&feed->shard->stats.drops, DROP_EGRESS_FULL);
        return;
    }
    struct message_packet head = {
        .arrival_us = packet->arrival_us,
        .len = (uint16_t)packet->len,
        .stream = (uint8_t)(from - feed->sinks),
    };
    uint8_t *to = block->bytes + block->len;
    memcpy(to, &head, sizeof(head));
    copy_packet(to + sizeof(head), packet);
    block->len += need;
    if (!list_linked(&feed->waiting))
        list_append(&feed->shard->feeds_waiting, &feed->waiting);
}

static void on_close(struct sink *sink)
{
    sink->track = NULL;
}

static const struct sink_ops ops = {.push = push, .close = on_close};

static void send_group(struct feed_sink *to, struct track *track, int64_t now_us)
{
    uint64_t first, newest;
    if (!track_newest_group(track, &first, &newest)) {
        track_want_keyframe(track, now_us);
        return;
    }
    for (uint64_t index = first; index <= newest; index++) {
        struct packet *packet = track_find(track, index);
        if (packet)
            push(&to->sink, packet, now_us);
    }
}

static void open_picture(struct feed *feed, const struct picture *picture, int64_t now_us)
{
    for (unsigned i = 0; i < picture->count; i++) {
        struct feed_sink *sink = &feed->sinks[MESSAGE_VIDEO + i];
        send_group(sink, picture->tracks[i], now_us);
        track_add_sink(picture->tracks[i], &sink->sink);
    }
}

int feed_open(struct shard *shard, struct publication *publication, unsigned to, int64_t now_us)
{
    if (feed_find(publication, to))
        return EEXIST;
    struct feed *feed = mem_zalloc(sizeof(*feed));
    if (!feed)
        return ENOMEM;
    feed->shard = shard;
    feed->to = to;
    feed->generation = publication->generation;
    text_copy(feed->publication, sizeof(feed->publication), publication->info.id);
    for (unsigned i = 0; i < MESSAGE_STREAMS; i++)
        feed->sinks[i] = (struct feed_sink){.sink.ops = &ops, .feed = feed};
    list_append(&publication->feeds, &feed->link);
    if (publication->audio)
        track_add_sink(publication->audio, &feed->sinks[MESSAGE_SOUND].sink);
    if (publication->video)
        open_picture(feed, track_picture(publication->video), now_us);
    return 0;
}

struct feed *feed_find(const struct publication *publication, unsigned to)
{
    const struct list *head = &publication->feeds;
    for (const struct list *at = head->next; at != head; at = at->next) {
        struct feed *feed = container_of(at, struct feed, link);
        if (feed->to == to)
            return feed;
    }
    return NULL;
}

static void free_idle(struct feed *feed, unsigned keep)
{
    while (feed->idle_count > keep) {
        struct msg *msg = feed->idle;
        feed->idle = msg->next;
        feed->idle_count--;
        feed->made--;
        message_free(msg);
    }
}

static void free_when_home(struct feed *feed)
{
    if (feed->made)
        return;
    list_remove(&feed->link);
    mem_free(feed);
}

static void leave_track(struct feed_sink *sink)
{
    if (sink->sink.track)
        track_remove_sink(&sink->sink);
    sink->sink.track = NULL;
}

void feed_close(struct feed *feed)
{
    for (unsigned i = 0; i < MESSAGE_STREAMS; i++)
        leave_track(&feed->sinks[i]);
    list_remove(&feed->link);
    list_remove(&feed->waiting);
    if (feed->filling) {
        message_free(&feed->filling->msg);
        feed->filling = NULL;
        feed->made--;
    }
    free_idle(feed, 0);
    feed->closed = true;
    list_append(&feed->shard->feeds_closed, &feed->link);
    free_when_home(feed);
}

void feed_close_all(struct publication *publication)
{
    struct list *at, *tmp;
    list_each(at, tmp, &publication->feeds) feed_close(container_of(at, struct feed, link));
}

void feed_forget_closed(struct shard *shard)
{
    struct list *at, *tmp;
    list_each(at, tmp, &shard->feeds_closed)
    {
        list_remove(at);
        mem_free(container_of(at, struct feed, link));
    }
}

uint32_t feed_generation(const struct feed *feed)
{
    return feed->generation;
}

void feed_keyframe(struct feed *feed, uint8_t encoding, int64_t now_us)
{
    struct track *track = encoding < LAYERS_ENCODINGS
                              ? feed->sinks[MESSAGE_VIDEO + encoding].sink.track
                              : NULL;
    if (track)
        track_want_keyframe(track, now_us);
}

void feed_set_room(struct feed *feed, uint64_t room)
{
    feed->room = room;
}

uint64_t feed_room(const struct feed *feed)
{
    return feed->room;
}

struct feed *feed_at(struct list *link)
{
    return container_of(link, struct feed, link);
}

void feed_returned(struct message_media *block)
{
    struct feed *feed = block->feed;
    block->msg.next = feed->idle;
    feed->idle = &block->msg;
    feed->idle_count++;
    free_idle(feed, feed->closed ? 0 : BLOCKS_IDLE);
    if (feed->closed)
        free_when_home(feed);
}

// The last block waits until another comes home: a slow shard gets fewer and fuller blocks.
void feed_flush(struct shard *shard, int64_t now_us)
{
    struct list *at, *tmp;
    list_each(at, tmp, &shard->feeds_waiting)
    {
        struct feed *feed = container_of(at, struct feed, waiting);
        if (!can_take(feed))
            continue;
        list_remove(&feed->waiting);
        if (feed->filling)
            hand_over(feed, now_us);
    }
}
