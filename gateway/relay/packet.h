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
#define PACKET_SIZES 4    // of blocks that packets are kept in; the last one fits all

// Layers of a picture, as far as a viewer may have some and not others: three spatial, three
// temporal. A box is all up to one of each; the last has everything.
#define PACKET_DEPTH             3
#define PACKET_BOXES             (PACKET_DEPTH * PACKET_DEPTH)
#define PACKET_BOX_ALL           (PACKET_BOXES - 1)
#define PACKET_BOX(s, t)         ((s)*PACKET_DEPTH + (t))
#define PACKET_BOX_SPATIAL(box)  ((box) / PACKET_DEPTH)
#define PACKET_BOX_TEMPORAL(box) ((box) % PACKET_DEPTH)

// Where in its layered picture a packet is; see layering.h.
struct packet_layer {
    uint8_t spatial, temporal;
    // Of a frame's first packet, bit t: who has its picture up to this layer may have temporal
    // layer t from here on; who has it below this layer, up to temporal layer t, may have this one,
    // too.
    uint8_t up : PACKET_DEPTH, enter : PACKET_DEPTH;
    bool ends;      // last packet of its spatial layer's frame
    bool reserved;  // it was missed: everybody's numbers have a place for it
    bool by_frames; // pictures are numbered without gaps: by `frames`, else by `picture`
    // Of the codec's descriptor, and where in the payload they stand (0: not there):
    uint8_t picture_off, tl0_off, tl0;
    bool wide_picture;
    uint16_t picture;
    // Of its dependency descriptor; targets 0: it has none, or none that was understood.
    uint8_t targets;
    bool has_mask;
    uint16_t mask_at;
    uint16_t masks[PACKET_BOXES];  // decode targets, by box
    uint16_t frames[PACKET_DEPTH]; // pictures up to this one, by highest temporal layer
    uint32_t rank[PACKET_BOXES];   // packets up to this one, by box; of pictures only
};

struct packet {
    struct pool *pool;
    uint32_t refs;
    // Set on arrival:
    int64_t arrival_us;
    size_t len; // of data, after decryption
    // Set by packet_parse():
    struct rtp_header rtp; // offsets into data
    struct rtp_ext_set ext;
    // Set by the track:
    uint64_t index;   // sequence number without wrap-around
    bool recovered;   // by rtx_unwrap(): came as a retransmission under an SSRC of its own
    bool key;         // first packet of a keyframe
    bool frame_start; // first packet of any frame
    struct packet_layer layer;
    uint8_t data[PACKET_MAX];
};

// A shard's packets: whatever a history keeps lies in a block of about its size.
struct packet_pools {
    struct pool *of[PACKET_SIZES];
};

// `count` of each size. ENOMEM; free also what was half made.
int packet_pools_alloc(struct packet_pools *pools, size_t count);
void packet_pools_free(struct packet_pools *pools);

// A fresh packet with one reference, or NULL when the pool is empty.
struct packet *packet_take(struct pool *pool);
// For data of `len` bytes that never grow; PACKET_MAX: for any. NULL when there is no block left.
struct packet *packet_take_for(const struct packet_pools *pools, size_t len);
// The same bytes, not yet parsed, in a block of their size; NULL when the packet has such a one, or
// none is left.
struct packet *packet_shrink(const struct packet_pools *pools, const struct packet *from);
struct packet *packet_ref(struct packet *packet);
// Gives one reference back; the last one returns the block to its pool. NULL is allowed.
void packet_drop(struct packet *packet);
// Fills in rtp and ext from data and len. EBADMSG.
int packet_parse(struct packet *packet, const struct rtp_ext_map *map);

// Is the packet's layer in the box?
static inline bool packet_within(const struct packet *packet, unsigned box)
{
    return packet->layer.spatial <= PACKET_BOX_SPATIAL(box) &&
           packet->layer.temporal <= PACKET_BOX_TEMPORAL(box);
}

// Does it have a number of its own in the box?
static inline bool packet_counts(const struct packet *packet, unsigned box)
{
    return packet->layer.reserved || packet_within(packet, box);
}

// How many packets of the box there are up to this one; differences count, modulo 2^32.
static inline uint32_t packet_rank(const struct packet *packet, unsigned box)
{
    return box == PACKET_BOX_ALL ? (uint32_t)packet->index : packet->layer.rank[box];
}
