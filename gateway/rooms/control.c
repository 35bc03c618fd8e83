#include "gateway/rooms/control.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/relay/sub.h"
#include "gateway/rooms/message.h"

// What comes back from the shards: a table of who serves what. A handler takes its message.

#define VIEWERS_US    500000
#define RETRY_AFTER_S 5

static void pay(const struct owed *owed)
{
    static const struct rooms_answer answer = {
        .status = 503, .field = "session", .detail = "out of memory", .retry_after = RETRY_AFTER_S};
    static const struct rooms_outcome none = {.result = ROOMS_NO_SESSION,
                                              .detail = "out of memory"};
    if (owed->answered)
        owed->answered(owed->arg, &answer);
    else if (owed->done)
        owed->done(owed->arg, &none);
}

void control_owe(struct rooms *rooms, const struct owed *owed)
{
    if (rooms->owed_count == OWED_MAX) {
        pay(owed); // nothing better is left than to answer at once
        return;
    }
    rooms->owed[rooms->owed_count++] = *owed;
    if (rooms->owed_count > 1)
        return; // the wake message is in the inbox already
    rooms->wake.kind = MESSAGE_WAKE;
    inbox_push(rooms->inbox, &rooms->wake);
}

static void on_wake(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    struct owed owed[OWED_MAX];
    unsigned count = rooms->owed_count;
    (void)msg;
    (void)now_us;
    memcpy(owed, rooms->owed, sizeof(owed));
    rooms->owed_count = 0;
    for (unsigned i = 0; i < count; i++)
        pay(&owed[i]);
}

static void forget_session(struct rooms *rooms, struct roster_session *session)
{
    rooms->load[session->shard]--;
    roster_remove_session(rooms->roster, session);
}

static void on_answer(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_open *message = (struct message_open *)msg;
    bool made = message->status == 201 || message->status == 406;
    struct roster_session *session = message->placed
                                         ? roster_find_session(rooms->roster, message->session)
                                         : NULL;
    (void)now_us;
    if (session && !made)
        forget_session(rooms, session);
    struct rooms_answer answer = {
        .status = message->status,
        .sdp = made ? message->sdp : NULL,
        .etag = made ? message->etag : NULL,
        .field = made ? NULL : message->field,
        .detail = made ? NULL : message->detail,
        .retry_after = message->retry_after,
    };
    message->answered(message->arg, &answer);
    message_free(msg);
}

static void on_result(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_request *message = (struct message_request *)msg;
    (void)rooms;
    (void)now_us;
    bool restarted = message->answer[0];
    const struct rooms_outcome outcome = {
        .result = message->result,
        .detail = message->detail,
        .field = message->field[0] ? message->field : NULL,
        .fragment = restarted ? message->answer : NULL,
        .etag = restarted ? message->new_etag : NULL,
    };
    if (message->done)
        message->done(message->arg, &outcome);
    message_free(msg);
}

// --- viewers ------------------------------------------------------------------------------------

static void tell_viewers(struct rooms *rooms, struct roster_room *room, int64_t now_us)
{
    room->viewers_told = room->viewers;
    room->told_us = now_us;
    if (rooms->handlers.viewers && !rooms->freeing)
        rooms->handlers.viewers(rooms->arg, room->name, room->viewers);
}

static void on_viewers_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct roster_room *room = arg;
    struct rooms *rooms = room->owner;
    (void)timer;
    if (room->viewers != room->viewers_told)
        tell_viewers(rooms, room, now_us);
    roster_let_go(rooms->roster, room);
}

static void viewers_changed(struct rooms *rooms, struct roster_room *room, int64_t now_us)
{
    int64_t due = room->told_us + VIEWERS_US;
    room->owner = rooms;
    if (loop_timer_running(&room->timer))
        return;
    if (!room->told_us || due <= now_us ||
        loop_timer_start(rooms->loop, &room->timer, due, on_viewers_timer, room))
        tell_viewers(rooms, room, now_us);
}

// --- sessions and ports -------------------------------------------------------------------------

static void on_connected(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_id *message = (struct message_id *)msg;
    struct roster_session *session = roster_find_session(rooms->roster, message->id);
    if (session) {
        session->connected = true;
        if (rooms->handlers.session_connected && !rooms->freeing)
            rooms->handlers.session_connected(rooms->arg, message->id);
        if (!session->publish) {
            session->room->viewers++;
            viewers_changed(rooms, session->room, now_us);
        }
    }
    message_free(msg);
}

static void on_ended(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_id *message = (struct message_id *)msg;
    struct roster_session *session = roster_find_session(rooms->roster, message->id);
    if (session) {
        if (session->connected && !session->publish) {
            session->room->viewers--;
            viewers_changed(rooms, session->room, now_us);
        }
        forget_session(rooms, session);
        if (rooms->handlers.session_ended && !rooms->freeing)
            rooms->handlers.session_ended(rooms->arg, message->id, message->why);
    }
    message_free(msg);
}

static void on_layers(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    static const char *const reasons[] = {
        [SUB_PAUSED_NETWORK] = "network", [SUB_PAUSED_CLIENT] = "client"};
    const struct message_layers *message = (struct message_layers *)msg;
    struct rooms_layer rows[ROOMS_LAYERS_MAX];
    struct rooms_layers told = {.mid = message->mid,
                                .count = message->layers.count,
                                .layers = rows,
                                .current = message->current,
                                .paused = reasons[message->paused]};
    (void)now_us;
    for (unsigned i = 0; i < told.count; i++) {
        const struct layer *layer = &message->layers.layer[i];
        rows[i] = (struct rooms_layer){.spatial = layer->spatial,
                                       .temporal = layer->temporal,
                                       .width = layer->width,
                                       .height = layer->height,
                                       .rate = layer->rate,
                                       .active = layer->active};
        text_copy(rows[i].rid, sizeof(rows[i].rid), layer->rid);
    }
    if (rooms->handlers.layers && !rooms->freeing &&
        roster_find_session(rooms->roster, message->session))
        rooms->handlers.layers(rooms->arg, message->session, &told);
    message_free(msg);
}

static void on_port_ended(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_id *message = (struct message_id *)msg;
    struct roster_port *port = roster_find_port(rooms->roster, message->id);
    (void)now_us;
    if (port) {
        rooms->load[port->shard]--;
        roster_remove_port(rooms->roster, port);
    }
    message_free(msg);
}

// --- publications -------------------------------------------------------------------------------

static void on_added(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_publication *told = (struct message_publication *)msg;
    struct roster_publication *known = roster_find_publication(rooms->roster, told->info.id);
    bool changed = !known || known->info.audio != told->info.audio ||
                   known->info.video != told->info.video ||
                   strcmp(known->info.video_codec, told->info.video_codec) != 0;
    (void)now_us;
    if (!known)
        known = roster_add_publication(rooms->roster, &told->info);
    if (known) {
        known->shard = told->shard;
        known->info = told->info;
    }
    if (changed && rooms->handlers.publication_added && !rooms->freeing)
        rooms->handlers.publication_added(rooms->arg, &told->info);
    message_free(msg);
}

static void on_removed(struct rooms *rooms, struct msg *msg, int64_t now_us)
{
    const struct message_publication *told = (struct message_publication *)msg;
    struct roster_publication *known = roster_find_publication(rooms->roster, told->info.id);
    (void)now_us;
    if (known && known->shard == told->shard) {
        roster_remove_publication(rooms->roster, known);
        if (rooms->handlers.publication_removed && !rooms->freeing)
            rooms->handlers.publication_removed(rooms->arg, &told->info);
    }
    message_free(msg);
}

typedef void control_h(struct rooms *rooms, struct msg *msg, int64_t now_us);

static control_h *const handlers[MESSAGE_KINDS] = {
    [MESSAGE_ANSWER] = on_answer,
    [MESSAGE_RESULT] = on_result,
    [MESSAGE_SESSION_CONNECTED] = on_connected,
    [MESSAGE_SESSION_ENDED] = on_ended,
    [MESSAGE_LAYERS] = on_layers,
    [MESSAGE_PORT_ENDED] = on_port_ended,
    [MESSAGE_PUBLICATION_ADDED] = on_added,
    [MESSAGE_PUBLICATION_REMOVED] = on_removed,
    [MESSAGE_WAKE] = on_wake,
};

void control_serve(struct rooms *rooms, int64_t now_us)
{
    struct msg *msg = inbox_take(rooms->inbox);
    while (msg) {
        struct msg *next = msg->next;
        if (handlers[msg->kind])
            handlers[msg->kind](rooms, msg, now_us);
        else
            message_free(msg);
        msg = next;
    }
}
