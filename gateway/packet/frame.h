#pragma once
#include "gateway/packet/codec.h"

// What every video codec can say about a packet's place in its frame: one door to vp8, vp9, h264,
// av1. Payload without RTP header, padding and RTX's original sequence number. Any thread.

#define FRAME_SIZES 3

struct frame_facts {
    bool starts; // begins a frame; in H.264 and AV1 more than one packet of a frame may say so
    bool key;    // begins a keyframe: a viewer can start from here
    bool fresh;  // needs nothing that was sent before its picture; where layers are told (VP9)
    uint8_t tid; // temporal layer, 0 when not told
    uint8_t sid; // spatial layer, 0 when not told
    // When told by this packet (VP8, VP9, H.264): of so many spatial layers, the lowest first.
    uint8_t sizes;
    uint16_t width[FRAME_SIZES], height[FRAME_SIZES];
    bool ends;  // last packet of its spatial layer's frame (VP9)
    uint8_t up; // bit t: a viewer who has this packet's layer may go up to temporal layer t
    // Running numbers in the payload and where they stand, for rewriting; 0: not there.
    uint8_t picture_off, tl0_off, tl0;
    bool wide_picture; // of 15 bits, else 7
    uint16_t picture;
};

// For audio codecs every packet starts and is a key. CODEC_NONE, CODEC_RTX and payloads that are
// not whole give all zero; the latter EBADMSG, too.
int frame_parse(struct frame_facts *facts, enum codec codec, const uint8_t *payload, size_t len);

// Members `key` and `starts` of the above; false for a payload that is not whole.
bool frame_is_key(enum codec codec, const uint8_t *payload, size_t len);
bool frame_starts(enum codec codec, const uint8_t *payload, size_t len);
