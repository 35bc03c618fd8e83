#include "gateway/packet/demux.h"
#include "gateway/rooms/session.h"

// What comes in from the network, to whom it belongs. Everything that belongs to nobody is dropped
// without a word: no answer, no memory.

static void take_stun(struct shard *shard, const struct path *path, const struct packet *packet,
                      int64_t now_us)
{
    struct ice_reply reply;
    if (ice_receive(shard->agent, path, packet->data, packet->len, now_us, &reply) !=
        ICE_ANSWERED) {
        drop(&shard->stats.drops, DROP_STUN);
        return;
    }
    egress_raw(shard->egress, path, reply.data, reply.len);
    struct session *session = reply.ice ? session_of_ice(shard, reply.ice) : NULL;
    if (session)
        session_checked(session, path, &reply, now_us);
}

static struct session *owner_of(struct shard *shard, const struct path *path, int64_t now_us)
{
    struct session *session = path_table_find(shard->paths, path);
    if (session && peer_accepts(session->peer, path, now_us))
        return session;
    drop(&shard->stats.drops, DROP_UNKNOWN_PATH);
    return NULL;
}

void shard_take(struct shard *shard, const struct path *path, struct packet *packet, int64_t now_us)
{
    enum packet_kind kind = packet_kind(packet->data, packet->len);
    shard->now_us = now_us;
    if (kind == PACKET_STUN) {
        take_stun(shard, path, packet, now_us);
        return;
    }
    if (kind == PACKET_OTHER) {
        drop(&shard->stats.drops, DROP_NOT_OURS);
        return;
    }
    struct session *session = owner_of(shard, path, now_us);
    if (!session)
        return;
    if (kind == PACKET_DTLS)
        session_dtls(session, path, packet, now_us);
    else if (kind == PACKET_RTP)
        session_rtp(session, packet, now_us);
    else
        session_rtcp(session, packet, now_us);
}
