#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The VP9 payload descriptor, RFC 9628 section 4.2.

#define VP9_SPATIAL_MAX 8

struct vp9_header {
    bool starts;          // B: first packet of a layer frame
    bool ends;            // E: last packet of a layer frame
    bool key;             // starts a keyframe: B, not P, spatial layer 0
    bool inter_predicted; // P
    bool flexible;        // F
    bool upper_unused;    // Z: not a reference for upper spatial layers
    bool has_picture_id;  // picture_id, of 15 bits when wide_picture_id, else 7
    bool wide_picture_id;
    bool has_layers;  // tid, sid, switch_up, inter_layer are told
    bool switch_up;   // U: from here a receiver may go up to this temporal layer
    bool inter_layer; // D: needs the spatial layer below
    bool has_tl0;
    uint8_t tid; // 0..7
    uint8_t sid; // 0..7
    uint8_t tl0;
    uint8_t spatial_layers; // told by a scalability structure; else 0
    uint16_t picture_id;
    // Of the layers in the scalability structure, the lowest first, if it told; else 0:
    uint16_t widths[VP9_SPATIAL_MAX], heights[VP9_SPATIAL_MAX];
    uint8_t picture_id_off; // where in the payload they stand, for rewriting; 0 when absent
    uint8_t tl0_off;
    uint16_t len; // of the descriptor
};

// EBADMSG when the descriptor is cut off or nothing follows it.
int vp9_parse(struct vp9_header *header, const uint8_t *payload, size_t len);
