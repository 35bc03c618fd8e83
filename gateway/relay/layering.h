#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/packet/dependency.h"
#include "gateway/packet/frame.h"
#include "gateway/relay/packet.h"

// The layers inside one track: which one each packet is of, how many packets and pictures each
// combination of layers has so far (a viewer of some layers finds his numbers in that, RFC 3550
// numbers being without gaps), and what each costs. Embedded in the track; zeroed is new. Pure.
//
// A box is a combination a viewer may have: all spatial layers up to one, all temporal ones up to
// another. What a codec has beyond the third layer counts as the third.

#define LAYERING_QUARTERS   4 // of the second that rates are measured over
#define LAYERING_QUARTER_US 250000
#define LAYERING_BROKEN     UINT8_MAX

struct layering {
    bool layered;    // more than one layer was seen
    bool by_picture; // the codec numbers its pictures without gaps (VP8)
    bool begun;
    uint64_t newest; // index
    uint32_t rank[PACKET_BOXES];
    uint16_t frames[PACKET_DEPTH], picture;
    uint16_t width[PACKET_DEPTH], height[PACKET_DEPTH]; // by spatial layer; 0: unknown
    int64_t begun_us, quarter_us;
    unsigned quarter;                                    // the one running
    uint32_t bytes[LAYERING_QUARTERS + 1][PACKET_BOXES]; // by layer, not by box
    // The picture that comes: what its frames so far allow together.
    struct {
        uint32_t ts;
        uint16_t frame; // number of its first one by dependency descriptors
        uint8_t layers; // so many, the lowest first, have begun; LAYERING_BROKEN: one was missed
        uint8_t up;     // as packet->layer.up
    } coming;
    struct dependency_structure structure;
    uint64_t structure_index; // whose packet's it is
};

// Fills in packet->layer, and frame_start where a dependency descriptor knows it better;
// packet->index, key and frame_start are set. `before` is the nearest
// earlier packet still there, for one that is older than the newest; else NULL.
void layering_note(struct layering *layering, struct packet *packet,
                   const struct frame_facts *facts, const struct packet *before, int64_t now_us);

// bit/s of each layer (not box) over the last second, or less if it began later.
void layering_rates(const struct layering *layering, int64_t now_us, uint64_t rates[PACKET_BOXES]);
