#include "gateway/rooms/port_end.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/packet/demux.h"
#include "gateway/rooms/port.h"
#include "gateway/rooms/source.h"
#include "gateway/rooms/watch.h"

#define READS_A_TURN 64
#define PORT_H264    "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"

struct port_end {
    struct shard *shard;
    struct map_node by_id;
    struct list dying; // shard.dying_ports
    char id[ROOMS_ID_MAX];
    struct wire wire;
    struct outlet outlet;
    struct source *source;
    struct watch *watch;
    struct loop_timer timer;
    struct message_id *ended_msg; // prepared: telling must not fail
    bool ended;
};

static bool port_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct port_end, by_id)->id, key) == 0;
}

int port_table_alloc(struct map **tablep)
{
    return map_alloc(tablep, port_matches);
}

struct port_end *port_end_of_node(struct map_node *node)
{
    return container_of(node, struct port_end, by_id);
}

struct port_end *port_end_of_dying(struct list *link)
{
    return container_of(link, struct port_end, dying);
}

void port_end_end(struct port_end *port, const char *why)
{
    struct shard *shard = port->shard;
    if (port->ended)
        return;
    port->ended = true;
    port->outlet.open = false;
    log_info("rooms", "port %s ended: %s", port->id, why);
    map_remove(shard->ports, &port->by_id);
    list_append(&shard->dying_ports, &port->dying);
    loop_timer_stop(shard->loop, &port->timer);
    text_copy(port->ended_msg->id, sizeof(port->ended_msg->id), port->id);
    text_copy(port->ended_msg->why, sizeof(port->ended_msg->why), why);
    inbox_push(shard->config.control, &port->ended_msg->msg);
    port->ended_msg = NULL;
}

static void on_source_end(void *arg, const char *why)
{
    port_end_end(arg, why);
}

void port_end_free(struct port_end *port, int64_t now_us)
{
    if (!port)
        return;
    struct shard *shard = port->shard;
    list_remove(&port->dying);
    loop_timer_stop(shard->loop, &port->timer);
    source_free(port->source, now_us);
    watch_free(port->watch, now_us);
    egress_forget_outlet(shard->egress, &port->outlet);
    egress_forget_wire(shard->egress, &port->wire);
    if (port->wire.fd >= 0) {
        loop_fd_remove(shard->loop, port->wire.fd);
        close(port->wire.fd);
    }
    mem_free(port->ended_msg);
    mem_free(port);
}

static void take(struct port_end *port, struct packet *packet, int64_t now_us)
{
    enum packet_kind kind = packet_kind(packet->data, packet->len);
    if (kind == PACKET_RTP && port->source)
        source_rtp(port->source, packet, now_us);
    else if (kind == PACKET_RTCP && port->source)
        source_rtcp(port->source, packet->data, packet->len, now_us);
    else if (kind == PACKET_RTCP)
        watch_rtcp(port->watch, packet->data, packet->len, now_us);
    else
        drop(&port->shard->stats.drops, DROP_NOT_OURS);
}

// False when there is nothing more to read, or the other side is gone.
static bool read_one(struct port_end *port, int64_t now_us)
{
    struct shard_stats *stats = &port->shard->stats;
    uint8_t waste[1];
    struct packet *packet = packet_take_for(&port->shard->packets, PACKET_MAX);
    ssize_t got = recv(port->wire.fd, packet ? packet->data : waste,
                       packet ? PACKET_MAX : sizeof(waste), MSG_DONTWAIT | MSG_TRUNC);
    bool more = got > 0;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        port_end_end(port, "closed");
    if (more) {
        counter_add(&stats->packets_in, 1);
        counter_add(&stats->bytes_in, (uint64_t)got);
    }
    if (more && !packet) {
        drop(&stats->drops, DROP_NO_BUFFER);
    } else if (more && got > PACKET_MAX) {
        drop(&stats->drops, DROP_TOO_LONG);
    } else if (more) {
        packet->len = (size_t)got;
        packet->arrival_us = now_us;
        take(port, packet, now_us);
    }
    packet_drop(packet);
    return more && !port->ended;
}

static void on_readable(void *arg, uint32_t events, int64_t now_us)
{
    struct port_end *port = arg;
    (void)events;
    port->shard->now_us = now_us;
    if (port->ended)
        return;
    for (unsigned i = 0; i < READS_A_TURN && read_one(port, now_us); i++)
        continue;
}

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct port_end *port = arg;
    int64_t next = now_us + WATCH_REPORT_US;
    port->shard->now_us = now_us;
    if (port->source)
        next = source_tick(port->source, now_us);
    if (port->watch)
        next = watch_tick(port->watch, now_us);
    if (!port->ended)
        loop_timer_start(port->shard->loop, timer, next, on_timer, port);
}

// --- opening ------------------------------------------------------------------------------------

static void add_codec(struct terms_media *media, enum codec codec, uint8_t pt, const char *fmtp)
{
    struct terms_codec *row = &media->codecs[media->codec_count++];
    media->present = true;
    media->nack = media->pli = true;
    row->codec = codec;
    row->pt = pt;
    text_copy(row->fmtp, sizeof(row->fmtp), fmtp);
}

static int add_source(struct port_end *port, const struct message_port *message)
{
    struct terms terms = {0};
    if (message->audio)
        add_codec(&terms.audio, message->audio, PORT_PT_AUDIO, "");
    if (message->video)
        add_codec(&terms.video, message->video, PORT_PT_VIDEO,
                  message->video == CODEC_H264 ? PORT_H264 : "");
    terms.audio.nack = terms.video.nack = false; // nothing is lost on a socket pair
    struct source_config config = {
        .shard = port->shard,
        .room = message->room,
        .participant = message->participant,
        .source = message->source,
        .terms = &terms,
        .outlet = &port->outlet,
        .end = on_source_end,
        .arg = port,
    };
    return source_alloc(&port->source, &config);
}

// Whatever the publication's codec is: the pipeline was told.
static void add_all_codecs(struct terms *terms, const struct publication *publication)
{
    static const enum codec video[] = {CODEC_VP8, CODEC_VP9, CODEC_AV1, CODEC_H264};
    const struct track_config *config = &publication->video_facts.config;
    add_codec(&terms->audio, CODEC_OPUS, PORT_PT_AUDIO, "");
    for (size_t i = 0; i < sizeof(video) / sizeof(video[0]); i++) {
        bool same = publication->video_facts.present && config->codec == video[i];
        const char *fallback = video[i] == CODEC_H264 ? PORT_H264 : "";
        add_codec(&terms->video, video[i], PORT_PT_VIDEO, same ? config->fmtp : fallback);
    }
}

static int add_watch(struct port_end *port, const struct message_port *message, int64_t now_us)
{
    struct terms terms = {0};
    const struct publication *publication = directory_find(port->shard->directory,
                                                           message->publication);
    if (!publication)
        return ENOENT;
    add_all_codecs(&terms, publication);
    struct watch_config config = {
        .shard = port->shard,
        .room = publication->info.room,
        .participant = "",
        .publication = message->publication,
        .terms = &terms,
        .outlet = &port->outlet,
        .audio_ssrc = PORT_SSRC_AUDIO,
        .video_ssrc = PORT_SSRC_VIDEO,
        .cname = publication->info.id,
    };
    int err = watch_alloc(&port->watch, &config);
    return err ? err : watch_start(port->watch, now_us);
}

static int make_port(struct shard *shard, struct message_port *message, int64_t now_us,
                     struct port_end **portp)
{
    int err = ENOMEM;
    struct port_end *port = mem_zalloc(sizeof(*port));
    if (!port)
        return ENOMEM;
    port->shard = shard;
    port->wire = (struct wire){.kind = WIRE_PORT, .fd = message->fd, .owner = port};
    message->fd = -1;
    fcntl(port->wire.fd, F_SETFL, fcntl(port->wire.fd, F_GETFL) | O_NONBLOCK);
    port->outlet = (struct outlet){.path.wire = &port->wire, .open = true};
    text_copy(port->id, sizeof(port->id), message->id);
    port->ended_msg = message_alloc(MESSAGE_PORT_ENDED, sizeof(*port->ended_msg));
    if (port->ended_msg)
        err = loop_fd_add(shard->loop, port->wire.fd, EPOLLIN, on_readable, port);
    if (!err)
        err = loop_timer_start(shard->loop, &port->timer, now_us, on_timer, port);
    if (!err)
        err = message->record ? add_watch(port, message, now_us) : add_source(port, message);
    if (err)
        port_end_free(port, now_us);
    else
        *portp = port;
    return err;
}

static struct port_end *find(const struct shard *shard, const char *id)
{
    struct map_node *node = map_find(shard->ports, map_hash(id, strlen(id)), id);
    return node ? port_end_of_node(node) : NULL;
}

void port_end_open(struct shard *shard, struct message_port *message, int64_t now_us)
{
    struct port_end *port = NULL;
    int err = find(shard, message->id) ? EEXIST : make_port(shard, message, now_us, &port);
    if (!err) {
        map_insert(shard->ports, &port->by_id, map_hash(port->id, strlen(port->id)));
        return;
    }
    log_warn("rooms", "port %s cannot be opened: %s", message->id, strerror(err));
    struct message_id *ended = message_alloc(MESSAGE_PORT_ENDED, sizeof(*ended));
    if (!ended)
        return;
    text_copy(ended->id, sizeof(ended->id), message->id);
    text_copy(ended->why, sizeof(ended->why), "refused");
    inbox_push(shard->config.control, &ended->msg);
}
