#include "gateway/relay/packet.h"

#include <string.h>

struct packet *packet_take(struct pool *pool)
{
    struct packet *packet = pool_take(pool);
    if (!packet)
        return NULL;
    memset(packet, 0, offsetof(struct packet, data));
    packet->pool = pool;
    packet->refs = 1;
    return packet;
}

struct packet *packet_copy(struct pool *pool, const struct packet *from)
{
    struct packet *packet = packet_take(pool);
    if (!packet)
        return NULL;
    packet->arrival_us = from->arrival_us;
    packet->len = from->len;
    memcpy(packet->data, from->data, from->len);
    return packet;
}

struct packet *packet_ref(struct packet *packet)
{
    packet->refs++;
    return packet;
}

void packet_drop(struct packet *packet)
{
    if (packet && --packet->refs == 0)
        pool_give(packet->pool, packet);
}

int packet_parse(struct packet *packet, const struct rtp_ext_map *map)
{
    int err = rtp_parse(&packet->rtp, packet->data, packet->len);
    if (err)
        return err;
    // An extension cut off spoils itself only: what stood in front of it is used.
    (void)rtp_ext_parse(&packet->ext, map, packet->data, &packet->rtp);
    return 0;
}
