#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The VP8 payload descriptor, RFC 7741 section 4.2, and what of the frame header is in the clear.

struct vp8_header {
    bool starts;         // first packet of a frame (S set, partition 0)
    bool key;            // ... of a keyframe
    bool non_reference;  // N: may be dropped without harm to others
    bool has_picture_id; // picture_id, of 15 bits when wide_picture_id, else 7
    bool wide_picture_id;
    bool has_tl0; // tl0: running number of base layer frames
    bool has_tid; // tid 0..3; sync: depends on the base layer only
    bool sync;
    bool has_key_index;
    uint8_t tl0;
    uint8_t tid;
    uint8_t key_index;
    uint16_t picture_id;
    uint16_t width, height; // of a keyframe's start, when long enough; else 0
    uint8_t picture_id_off; // where in the payload they stand, for rewriting; 0 when absent
    uint8_t tl0_off;
    uint8_t len; // of the descriptor
};

// EBADMSG when the descriptor is cut off or nothing follows it.
int vp8_parse(struct vp8_header *header, const uint8_t *payload, size_t len);
