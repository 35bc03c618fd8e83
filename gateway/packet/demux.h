#pragma once
#include <stddef.h>
#include <stdint.h>

// What a datagram on the media port is, by its first bytes: RFC 7983 section 7 (first byte), and
// RFC 5761 section 4 (RTCP payload types 192..223 in the second byte). Only a guess at the
// protocol: everything still has to be parsed, or authenticated, by its owner. Any thread.

enum packet_kind {
    PACKET_OTHER, // nothing this gateway speaks, or shorter than the protocol's smallest header
    PACKET_STUN,  // first byte 0..3, at least 20 bytes
    PACKET_DTLS,  // first byte 20..63, at least 13 bytes
    PACKET_RTP,   // first byte 128..191, at least 12 bytes
    PACKET_RTCP,  // as RTP, with a payload type of 192..223, at least 8 bytes
};

enum packet_kind packet_kind(const uint8_t *data, size_t len);
