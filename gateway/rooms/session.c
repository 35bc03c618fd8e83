#include "gateway/rooms/session.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/tcp.h"

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us);
static void wake_by(struct session *session, int64_t at_us);

struct session *session_find(const struct shard *shard, const char *id)
{
    struct map_node *node = map_find(shard->sessions, map_hash(id, strlen(id)), id);
    return node ? container_of(node, struct session, by_id) : NULL;
}

static struct session *find_ufrag(const struct shard *shard, const char *ufrag, size_t len)
{
    char key[ICE_UFRAG_LEN + 1];
    if (len != ICE_UFRAG_LEN)
        return NULL;
    memcpy(key, ufrag, len);
    key[len] = 0;
    struct map_node *node = map_find(shard->ufrags, map_hash(key, len), key);
    return node ? container_of(node, struct session_ufrag, node)->session : NULL;
}

struct ice *session_lookup(void *arg, const char *ufrag, size_t len)
{
    const struct session *session = find_ufrag(arg, ufrag, len);
    return session ? peer_ice(session->peer) : NULL;
}

struct session *session_of_ice(const struct shard *shard, const struct ice *ice)
{
    return find_ufrag(shard, ice->ufrag, strlen(ice->ufrag));
}

static void enter_ufrag(struct session *session, struct session_ufrag *entry, const char *ufrag)
{
    struct map *table = session->shard->ufrags;
    if (strcmp(entry->text, ufrag) == 0)
        return;
    if (entry->text[0])
        map_remove(table, &entry->node);
    text_copy(entry->text, sizeof(entry->text), ufrag);
    entry->session = session;
    if (ufrag[0])
        map_insert(table, &entry->node, map_hash(ufrag, strlen(ufrag)));
}

// What the table knows is what the peer answers to. Before the answer to an offer of ours that is
// nothing: nobody's certificate would be the right one yet.
static void enter_ufrags(struct session *session)
{
    const struct ice *ice = peer_ice(session->peer);
    bool known = session->registered && !session->counter;
    enter_ufrag(session, &session->ufrag, known ? ice->ufrag : "");
    enter_ufrag(session, &session->ufrag_before, known ? ice->before.ufrag : "");
}

void session_restarted(struct session *session)
{
    enter_ufrags(session);
    wake_by(session, peer_deadline(session->peer));
}

// The tables forget it: nothing more comes in.
static void unregister(struct session *session)
{
    struct shard *shard = session->shard;
    if (!session->registered)
        return;
    session->registered = false;
    map_remove(shard->sessions, &session->by_id);
    enter_ufrags(session);
    path_set_release(shard->paths, &session->paths);
    counter_add(session->publishes ? &shard->stats.publishers : &shard->stats.viewers,
                (uint64_t)-1);
}

static void tell(struct session *session, struct message_id **prepared, const char *why)
{
    struct message_id *message = *prepared;
    if (!message)
        return;
    *prepared = NULL;
    text_copy(message->id, sizeof(message->id), session->id);
    text_copy(message->why, sizeof(message->why), why);
    inbox_push(session->shard->config.control, &message->msg);
}

static void count_end(struct session *session)
{
    counter_add(&session->shard->stats.ended[peer_end(session->peer)], 1);
}

void session_end(struct session *session, const char *why, int64_t now_us)
{
    struct shard *shard = session->shard;
    if (session->ended)
        return;
    session->ended = true;
    session->outlet.open = false;
    loop_timer_stop(shard->loop, &session->timer);
    peer_close(session->peer); // harmless when it has ended by itself
    count_end(session);
    unregister(session);
    list_append(&shard->dying, &session->dying);
    watch_free(session->watch, now_us);
    session->watch = NULL;
    log_info("rooms", "session ended: %s", why);
    tell(session, &session->ended_msg, why);
}

void session_free(struct session *session, int64_t now_us)
{
    if (!session)
        return;
    struct shard *shard = session->shard;
    unregister(session);
    list_remove(&session->dying);
    loop_timer_stop(shard->loop, &session->timer);
    source_free(session->source, now_us);
    watch_free(session->watch, now_us);
    egress_forget_outlet(shard->egress, &session->outlet);
    tcp_close_session(session);
    path_set_release(shard->paths, &session->paths);
    line_free(session->line);
    mem_free(session->counter);
    peer_free(session->peer);
    mem_free(session->connected_msg);
    mem_free(session->ended_msg);
    mem_free(session);
}

static void refresh_outlet(struct session *session)
{
    const struct path *path = session->ended ? NULL : peer_path(session->peer);
    session->outlet.srtp = peer_srtp_out(session->peer);
    session->outlet.open = path && session->outlet.srtp;
    if (path)
        session->outlet.path = *path;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// Sees to it that the timer runs not later than this.
static void wake_by(struct session *session, int64_t at_us)
{
    const struct loop_timer *timer = &session->timer;
    if (session->ended || (loop_timer_running(timer) && timer->at_us <= at_us))
        return;
    loop_timer_start(session->shard->loop, &session->timer, at_us, on_timer, session);
}

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct session *session = arg;
    (void)timer;
    session->shard->now_us = now_us;
    if (peer_deadline(session->peer) <= now_us)
        peer_tick(session->peer, now_us);
    if (session->ended)
        return;
    enter_ufrags(session);
    refresh_outlet(session);
    int64_t next = earlier(peer_deadline(session->peer), now_us + WATCH_REPORT_US);
    if (session->source && session->outlet.open)
        next = earlier(next, source_tick(session->source, now_us));
    if (session->watch && session->outlet.open && session->watch_us <= now_us)
        session->watch_us = watch_tick(session->watch, now_us);
    if (session->watch && session->outlet.open)
        next = earlier(next, session->watch_us);
    wake_by(session, next);
}

void session_checked(struct session *session, const struct path *path,
                     const struct ice_reply *reply, int64_t now_us)
{
    struct shard *shard = session->shard;
    if (session->ended)
        return;
    bool ours = path->wire->kind != WIRE_TCP || tcp_adopt(path->wire, session);
    if (!ours || !path_claim(shard->paths, session, path, now_us)) {
        drop(&shard->stats.drops, DROP_STUN);
        return;
    }
    enter_ufrags(session);
    peer_checked(session->peer, reply, now_us);
    refresh_outlet(session);
    wake_by(session, peer_deadline(session->peer));
}

void session_wire_gone(struct session *session, const struct wire *wire)
{
    path_set_forget_wire(session->shard->paths, &session->paths, wire);
    ice_forget_wire(peer_ice(session->peer), wire);
    refresh_outlet(session);
}

void session_line_up(struct session *session, int64_t now_us)
{
    if (session->dtls_active)
        peer_connect(session->peer, now_us);
    wake_by(session, peer_deadline(session->peer));
}

void session_dtls(struct session *session, const struct path *path, const struct packet *packet,
                  int64_t now_us)
{
    if (!peer_dtls(session->peer, path, packet->data, packet->len, now_us))
        drop(&session->shard->stats.drops, DROP_DTLS);
    wake_by(session, peer_deadline(session->peer));
}

static enum drop_reason reason_of(int err)
{
    if (err == EEXIST)
        return DROP_SRTP_REPLAY;
    return err == ENOSPC ? DROP_SSRC : DROP_SRTP_AUTH;
}

void session_rtp(struct session *session, struct packet *packet, int64_t now_us)
{
    struct drops *drops = &session->shard->stats.drops;
    struct srtp_in *in = peer_srtp_in(session->peer);
    if (!in) {
        drop(drops, DROP_NOT_CONNECTED);
        return;
    }
    if (!session->source) {
        drop(drops, DROP_NOT_PUBLISHING);
        return;
    }
    int err = srtp_unprotect(in, packet->data, &packet->len);
    if (err)
        drop(drops, reason_of(err));
    else
        source_rtp(session->source, packet, now_us);
    wake_by(session, source_due(session->source));
}

void session_rtcp(struct session *session, struct packet *packet, int64_t now_us)
{
    struct drops *drops = &session->shard->stats.drops;
    struct srtp_in *in = peer_srtp_in(session->peer);
    if (!in) {
        drop(drops, DROP_NOT_CONNECTED);
        return;
    }
    int err = srtcp_unprotect(in, packet->data, &packet->len);
    if (err)
        drop(drops, reason_of(err));
    else if (session->source)
        source_rtcp(session->source, packet->data, packet->len, now_us);
    else if (session->watch)
        watch_rtcp(session->watch, packet->data, packet->len, now_us);
}

void session_connected(struct session *session, int64_t now_us)
{
    refresh_outlet(session);
    log_info("rooms", "session connected");
    tell(session, &session->connected_msg, "");
    session->watch_us = now_us;
    if (session->watch && watch_start(session->watch, now_us))
        session_end(session, "memory", now_us);
    wake_by(session, now_us);
}

void session_start(struct session *session, int64_t now_us)
{
    struct shard *shard = session->shard;
    session->registered = true;
    map_insert(shard->sessions, &session->by_id, map_hash(session->id, strlen(session->id)));
    enter_ufrags(session);
    counter_add(session->publishes ? &shard->stats.publishers : &shard->stats.viewers, 1);
    wake_by(session, earlier(peer_deadline(session->peer), now_us + WATCH_REPORT_US));
}
