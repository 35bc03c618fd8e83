#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/terms.h"
#include "gateway/relay/packet.h"

// The RTP header one viewer sees for a packet of a track. A pure function of the packet and what is
// given: the same packet under the same number gives the same bytes, so a retransmission is
// the datagram sent before (else a cipher nonce would be used twice). Nothing that depends on the
// publisher's moment of sending is passed on (abs-send-time, its transport-wide number,
// transmission offset), nor what is only meant for a relay (rid, layer allocation, video timing). A
// transport-wide number of our own makes every header another one: with it nothing is sent again
// under its number.

struct rewrite {
    uint32_t kinds;               // bits of the extensions to pass on
    uint8_t id_of[RTP_EXT_COUNT]; // the viewer's ids
    uint8_t mid_len;
    uint8_t mid[TERMS_MID_MAX];
};

// `terms`: the viewer's.
void rewrite_init(struct rewrite *rewrite, const struct terms_media *terms);

struct rewrite_to {
    uint8_t pt;
    uint16_t seq;
    uint32_t ts, ssrc;
    bool last;    // nothing more of its picture follows, whatever the publisher said
    bool mid;     // say the MID, too (RFC 9143 section 15)
    bool counted; // say the transport-wide number; the viewer's id for it is at most 14
    uint16_t transport_seq;
    // Of a dependency descriptor:
    uint16_t frame_shift; // what its frame numbers are later by
    bool limited;         // the viewer does not get every layer,
    uint8_t box;          // but those within this
};

// Writes the header to `out` (`cap` bytes, at least RTP_HEADER_LEN) and returns its length.
// Extensions that do not fit are left out together.
size_t rewrite_header(const struct rewrite *rewrite, const struct packet *packet,
                      const struct rewrite_to *to, uint8_t *out, size_t cap);

// Where in a header that was written `counted` the transport-wide number stands; 0 when the
// extensions did not fit.
uint8_t rewrite_number_at(const uint8_t *header);
