#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/relay/picture.h"
#include "gateway/relay/track.h"

// How a viewer's numbers come from the publisher's. A viewer's stream has parts: in each it is fed
// from one encoding and one box of its layers, and a packet's number is that of the part's first
// one and the count of the box's packets since. So what is dropped leaves no gap, and a number
// leads back to its packet: for losses long after the part was over. Small, embedded, pure.

#define PARTS_MAX 8 // remembered; a power of two

struct part {
    uint64_t out;   // the viewer's number of its first packet
    uint32_t rank;  // likewise: packet_rank()
    uint64_t index; // it begins here, with that packet or one that is not of the box
    uint32_t ts_shift;
    uint16_t picture_shift; // of VP8's and VP9's running numbers
    uint16_t frame_shift;   // of dependency descriptors
    uint8_t tl0_shift;
    bool renumbers; // one of those has to be rewritten
    bool adapts;    // anything but number and timestamp has
    uint8_t encoding, box;
};

struct parts {
    uint32_t count;         // since ever; the newest is part[(count - 1) % PARTS_MAX]
    const struct part *now; // that one; only with a count
    struct part part[PARTS_MAX];
};

// Nothing is left out.
static inline bool part_is_whole(const struct part *part)
{
    return part->box == PACKET_BOX_ALL;
}

// Begins another part.
static inline void parts_add(struct parts *parts, const struct part *part)
{
    struct part *slot = &parts->part[parts->count++ % PARTS_MAX];
    *slot = *part;
    parts->now = slot;
}

static inline uint64_t part_number(const struct part *part, const struct packet *packet)
{
    if (part_is_whole(part))
        return part->out + (packet->index - part->index);
    return part->out + (uint64_t)(int32_t)(packet_rank(packet, part->box) - part->rank);
}

// Says what of a part's packets has to be rewritten; `first` is its first one.
void part_settle(struct part *part, const struct packet *first);

// Of the part's first packet, in another box of the same track: everything goes on unbroken.
struct part part_in_box(const struct part *old, const struct packet *first, uint8_t box);

// Which part a viewer's number is of, and its packet; NULL when it is not there (any more).
struct packet *parts_find(const struct parts *parts, const struct picture *picture, uint64_t out,
                          const struct part **part);

#define PART_LEAD_MAX 8 // bytes

// The beginning of the payload as the viewer has to see it: how many bytes of it are in `to`
// (PART_LEAD_MAX) now.
size_t part_rewrite(const struct part *part, const struct packet *packet, const uint8_t *payload,
                    size_t len, uint8_t *to);

// The running picture number and TL0PICIDX that the viewer saw on a packet of this part.
uint16_t part_picture(const struct part *part, const struct packet *packet);
