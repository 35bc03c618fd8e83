#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What an H.264 RTP payload holds, RFC 6184: single NAL units, STAP-A, FU-A (packetization modes 0,
// 1).

struct h264_header {
    // Begins an access unit as far as this packet tells: a parameter set, SEI, delimiter, or a
    // slice whose first macroblock is 0. Several packets of one picture may say so: the first one
    // after a change of the RTP timestamp is the start.
    bool starts;
    bool key;               // starts, with an SPS or an IDR slice inside
    bool has_sps;           // an SPS is in this packet, or its fragmented start
    uint16_t width, height; // of an SPS that is in this packet as a whole; else 0
    bool has_idr;           // a slice of an IDR picture is in this packet
    bool non_reference;     // nal_ref_idc 0 throughout: may be dropped without harm to others
};

// EBADMSG: empty, a unit inside a STAP-A cut off or empty, an FU-A without content, or a packet
// type of the interleaved mode.
int h264_parse(struct h264_header *header, const uint8_t *payload, size_t len);
