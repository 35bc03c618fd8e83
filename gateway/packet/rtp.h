#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The RTP header, RFC 3550 section 5.1. Pointers lead into the packet that was parsed. Any thread.

#define RTP_HEADER_LEN 12 // without CSRCs and extension

struct rtp_header {
    bool marker;
    bool has_padding; // the P bit
    bool has_ext;     // the X bit
    uint8_t pt;       // 0..127
    uint8_t csrc_count;
    uint16_t seq;
    uint32_t ts;
    uint32_t ssrc;
    uint16_t ext_profile;   // 0xBEDE, 0x100X or something unknown; 0 without extension
    size_t ext_len;         // bytes of the extension's elements, without its four-byte head
    const uint8_t *ext;     // first element; NULL without extension
    size_t header_len;      // everything in front of the payload: fixed part, CSRCs, extension
    const uint8_t *payload; // packet + header_len
    size_t payload_len;     // without padding
    uint8_t padding;        // bytes of padding after the payload, the count byte included
};

// Reads a whole, unprotected packet. EBADMSG: shorter than 12 bytes, version not 2, CSRCs or
// extension beyond the end, padding count 0 or more than what follows the header.
int rtp_parse(struct rtp_header *header, const uint8_t *data, size_t len);

// As rtp_parse() for a packet still protected by SRTP: its padding count is encrypted, so `padding`
// is 0 and payload_len is all that follows the header (ciphertext, padding, authentication tag).
int rtp_parse_protected(struct rtp_header *header, const uint8_t *data, size_t len);

// Writes the fixed 12 bytes to `to` from marker, has_padding, has_ext, pt, seq, ts, ssrc; no CSRCs.
// Returns RTP_HEADER_LEN. With has_ext the caller writes the extension next (rtp_ext_write).
size_t rtp_write_header(uint8_t *to, const struct rtp_header *header);
