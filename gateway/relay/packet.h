#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/pool.h"
#include "gateway/packet/rtp.h"
#include "gateway/packet/rtp_ext.h"

// One received RTP packet: read from the socket into a pool block, decrypted in place, and from
// then on shared, unchanged, by the track's history and everything that sends it on. Counted
// references, one thread (the shard), no copy.

#define PACKET_MAX   1600 // larger datagrams are dropped on arrival
#define PACKET_SMALL 400  // sound, mostly

struct packet {
    struct pool *pool;
    uint32_t refs;
    // Set on arrival:
    int64_t arrival_us;
    size_t len; // of data, after decryption
    // Set by packet_parse():
    struct rtp_header rtp; // offsets into data
    struct rtp_ext_set ext;
    bool recovered; // came as a retransmission under an SSRC of its own: rtx_unwrap()
    // Set by the track:
    uint64_t index;   // sequence number without wrap-around
    bool key;         // first packet of a keyframe
    bool frame_start; // first packet of any frame
    uint8_t data[PACKET_MAX];
};

// The block of a packet whose data is at most PACKET_SMALL bytes and never grows.
#define PACKET_SMALL_SIZE (offsetof(struct packet, data) + PACKET_SMALL)

// A fresh packet with one reference, or NULL when the pool is empty.
struct packet *packet_take(struct pool *pool);
// The same bytes, not yet parsed, in a fresh packet of another pool; NULL when that is empty.
struct packet *packet_copy(struct pool *pool, const struct packet *from);
struct packet *packet_ref(struct packet *packet);
// Gives one reference back; the last one returns the block to its pool. NULL is allowed.
void packet_drop(struct packet *packet);
// Fills in rtp and ext from data and len. EBADMSG.
int packet_parse(struct packet *packet, const struct rtp_ext_map *map);
