#include <string.h>

#include "gateway/rooms/bridge.h"
#include "gateway/rooms/port_end.h"
#include "gateway/rooms/session.h"

// Messages into a shard: a table of who serves what. A handler takes its message.

static void on_open(struct shard *shard, struct msg *msg, int64_t now_us)
{
    session_open(shard, (struct message_open *)msg, now_us);
}

static void on_patch(struct shard *shard, struct msg *msg, int64_t now_us)
{
    session_patch(shard, (struct message_request *)msg, now_us);
}

static void on_conclude(struct shard *shard, struct msg *msg, int64_t now_us)
{
    session_conclude(shard, (struct message_request *)msg, now_us);
}

static void on_end_session(struct shard *shard, struct msg *msg, int64_t now_us)
{
    struct message_request *request = (struct message_request *)msg;
    struct session *session = session_find(shard, request->session);
    if (session)
        session_end(session, "closed", now_us);
    session_reply(shard, request, session ? ROOMS_OK : ROOMS_NO_SESSION,
                  session ? "" : "there is no such session");
}

static void on_line_restart(struct shard *shard, struct msg *msg, int64_t now_us)
{
    session_line_restart(shard, (struct message_request *)msg, now_us);
}

static void on_line_up(struct shard *shard, struct msg *msg, int64_t now_us)
{
    struct session *session = session_find(shard, ((struct message_id *)msg)->id);
    if (session)
        session_line_up(session, now_us);
    message_free(msg);
}

static void on_select_layer(struct shard *shard, struct msg *msg, int64_t now_us)
{
    session_select_layer(shard, (struct message_request *)msg, now_us);
}

struct ending {
    const struct message_end_room *wanted; // NULL: all
    const char *why;
    int64_t now_us;
};

static void end_one(struct map_node *node, void *arg)
{
    struct session *session = container_of(node, struct session, by_id);
    const struct ending *ending = arg;
    const struct message_end_room *wanted = ending->wanted;
    if (wanted && strcmp(session->room, wanted->room) != 0)
        return;
    if (wanted && wanted->participant[0] && strcmp(session->participant, wanted->participant) != 0)
        return;
    session_end(session, ending->why, ending->now_us);
}

static void on_end_room(struct shard *shard, struct msg *msg, int64_t now_us)
{
    struct ending ending = {
        .wanted = (struct message_end_room *)msg, .why = "room_ended", .now_us = now_us};
    map_each(shard->sessions, end_one, &ending);
    if (!ending.wanted->participant[0])
        directory_unpark(shard->directory, ending.wanted->room);
    message_free(msg);
}

static void on_park(struct shard *shard, struct msg *msg, int64_t now_us)
{
    directory_park(shard->directory, (struct message_park *)msg, now_us);
}

static void end_port(struct map_node *node, void *arg)
{
    port_end_end(port_end_of_node(node), arg);
}

void shard_end_all(struct shard *shard, int64_t now_us)
{
    char why[] = "server";
    struct ending ending = {.why = why, .now_us = now_us};
    map_each(shard->sessions, end_one, &ending);
    map_each(shard->ports, end_port, why);
}

void shard_bury(struct shard *shard, int64_t now_us)
{
    struct list *at, *tmp;
    list_each(at, tmp, &shard->dying) session_free(container_of(at, struct session, dying), now_us);
    list_each(at, tmp, &shard->dying_ports) port_end_free(port_end_of_dying(at), now_us);
}

static void on_port_open(struct shard *shard, struct msg *msg, int64_t now_us)
{
    port_end_open(shard, (struct message_port *)msg, now_us);
    message_free(msg);
}

static void on_stop(struct shard *shard, struct msg *msg, int64_t now_us)
{
    shard_end_all(shard, now_us);
    loop_stop(shard->loop);
    message_free(msg);
}

// --- publications of other shards ---------------------------------------------------------------

static void take_facts(struct publication *publication, const struct message_publication *told)
{
    publication->shard = told->shard;
    publication->generation = told->generation;
    publication->info = told->info;
    publication->audio_facts = told->audio;
    publication->video_facts = told->video;
}

static void on_added(struct shard *shard, struct msg *msg, int64_t now_us)
{
    const struct message_publication *told = (struct message_publication *)msg;
    struct publication *publication = directory_find(shard->directory, told->info.id);
    if (publication && publication->source)
        source_replaced(publication->source);
    if (!publication && directory_publish(shard->directory, &told->info, &publication))
        publication = NULL; // no memory: nobody here can watch it
    if (publication) {
        take_facts(publication, told);
        replica_renew(shard, publication);
        room_refresh(publication->room, now_us);
    }
    message_free(msg);
}

static void on_removed(struct shard *shard, struct msg *msg, int64_t now_us)
{
    const struct message_publication *told = (struct message_publication *)msg;
    struct publication *publication = directory_find(shard->directory, told->info.id);
    if (publication && publication->shard == told->shard) {
        replica_free(publication);
        directory_unpublish(shard->directory, publication, now_us);
    }
    message_free(msg);
}

// --- bridges ------------------------------------------------------------------------------------

static void on_bridge_open(struct shard *shard, struct msg *msg, int64_t now_us)
{
    const struct message_bridge *told = (struct message_bridge *)msg;
    struct publication *publication = directory_find(shard->directory, told->publication);
    if (publication && publication->source && publication->generation == told->generation)
        if (!feed_open(shard, publication, told->from, now_us))
            hold_heard(publication, now_us);
    message_free(msg);
}

// The feed a message is about, if it is still the same one.
static struct feed *feed_of(const struct shard *shard, const struct message_bridge *told)
{
    const struct publication *publication = directory_find(shard->directory, told->publication);
    struct feed *feed = publication ? feed_find(publication, told->from) : NULL;
    return feed && feed_generation(feed) == told->generation ? feed : NULL;
}

static void on_bridge_close(struct shard *shard, struct msg *msg, int64_t now_us)
{
    struct feed *feed = feed_of(shard, (struct message_bridge *)msg);
    (void)now_us;
    if (feed)
        feed_close(feed);
    message_free(msg);
}

static void on_bridge_keyframe(struct shard *shard, struct msg *msg, int64_t now_us)
{
    const struct message_bridge *told = (struct message_bridge *)msg;
    struct feed *feed = feed_of(shard, told);
    if (feed)
        feed_keyframe(feed, told->encoding, now_us);
    message_free(msg);
}

static void on_bridge_room(struct shard *shard, struct msg *msg, int64_t now_us)
{
    const struct message_bridge *told = (struct message_bridge *)msg;
    struct feed *feed = feed_of(shard, told);
    if (feed) {
        feed_set_room(feed, told->room);
        hold_heard(directory_find(shard->directory, told->publication), now_us);
    }
    message_free(msg);
}

static void on_bridge_media(struct shard *shard, struct msg *msg, int64_t now_us)
{
    replica_media(shard, (struct message_media *)msg, now_us);
}

static void on_bridge_return(struct shard *shard, struct msg *msg, int64_t now_us)
{
    (void)shard;
    (void)now_us;
    feed_returned((struct message_media *)msg);
}

typedef void message_h(struct shard *shard, struct msg *msg, int64_t now_us);

static message_h *const handlers[MESSAGE_KINDS] = {
    [MESSAGE_OPEN] = on_open,
    [MESSAGE_TRICKLE] = on_patch,
    [MESSAGE_LINE_UP] = on_line_up,
    [MESSAGE_LINE_RESTART] = on_line_restart,
    [MESSAGE_CONCLUDE] = on_conclude,
    [MESSAGE_END_SESSION] = on_end_session,
    [MESSAGE_SELECT_LAYER] = on_select_layer,
    [MESSAGE_END_ROOM] = on_end_room,
    [MESSAGE_PARK] = on_park,
    [MESSAGE_PORT_OPEN] = on_port_open,
    [MESSAGE_STOP] = on_stop,
    [MESSAGE_PUBLICATION_ADDED] = on_added,
    [MESSAGE_PUBLICATION_REMOVED] = on_removed,
    [MESSAGE_BRIDGE_OPEN] = on_bridge_open,
    [MESSAGE_BRIDGE_CLOSE] = on_bridge_close,
    [MESSAGE_BRIDGE_KEYFRAME] = on_bridge_keyframe,
    [MESSAGE_BRIDGE_ROOM] = on_bridge_room,
    [MESSAGE_BRIDGE_MEDIA] = on_bridge_media,
    [MESSAGE_BRIDGE_RETURN] = on_bridge_return,
};

void shard_message(struct shard *shard, struct msg *msg, int64_t now_us)
{
    shard->now_us = now_us;
    if (handlers[msg->kind])
        handlers[msg->kind](shard, msg, now_us);
    else
        message_free(msg);
}
