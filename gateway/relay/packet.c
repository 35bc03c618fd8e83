#include "gateway/relay/packet.h"

#include <assert.h>
#include <string.h>

#include "gateway/relay/red.h"

#define WHOLE (PACKET_SIZES - 1)

// Sound with what comes before it, a frame's last packet, what browsers make of a large frame, and
// everything.
static const size_t sizes[PACKET_SIZES] = {RED_PACKET_MAX, 704, 1152, PACKET_MAX};

static_assert(offsetof(struct packet, data) == 256, "blocks are whole cache lines");

int packet_pools_alloc(struct packet_pools *pools, size_t count)
{
    int err = 0;
    for (unsigned i = 0; !err && i < PACKET_SIZES; i++)
        err = pool_alloc(&pools->of[i], offsetof(struct packet, data) + sizes[i], count);
    return err;
}

void packet_pools_free(struct packet_pools *pools)
{
    for (unsigned i = 0; i < PACKET_SIZES; i++)
        pool_free(pools->of[i]);
}

// The smallest size that has room for `len`.
static unsigned size_of(size_t len)
{
    unsigned size = 0;
    while (size < WHOLE && sizes[size] < len)
        size++;
    return size;
}

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

struct packet *packet_take_for(const struct packet_pools *pools, size_t len)
{
    unsigned size = size_of(len);
    struct packet *packet = packet_take(pools->of[size]);
    return packet || size == WHOLE ? packet : packet_take(pools->of[WHOLE]);
}

struct packet *packet_shrink(const struct packet_pools *pools, const struct packet *from)
{
    unsigned size = size_of(from->len);
    struct packet *packet = size == WHOLE ? NULL : packet_take(pools->of[size]);
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
