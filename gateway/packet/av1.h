#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The AV1 aggregation header and first OBU, "RTP Payload Format For AV1" sections 4.4 and 4.5.

struct av1_header {
    // Does not continue an OBU of the packet before (Z clear). True also in the middle of a
    // temporal unit: the first packet after a change of the RTP timestamp is the start.
    bool starts;
    bool continues;  // Y: the last OBU goes on in the next packet
    bool key;        // N set, and a sequence header is the first OBU: a new coded video sequence
    bool has_layers; // the first OBU has an extension: tid and sid are told
    uint8_t tid;     // 0..7
    uint8_t sid;     // 0..3
};

// EBADMSG: empty, an OBU element cut off, Z and N together, or the forbidden bit set.
int av1_parse(struct av1_header *header, const uint8_t *payload, size_t len);
