#pragma once
#include <stdint.h>

#include "gateway/relay/packet.h"

// Retransmission as a stream of its own, RFC 4588 section 4: the payload begins with the sequence
// number the packet had in the stream it repairs.

#define RTX_LEAD 2 // bytes of that number

// Makes the repaired packet of a parsed retransmission that nobody else holds yet: its own number
// again, and this payload type and SSRC; the extensions stay. EBADMSG when there is no number, the
// packet is then as it was.
int rtx_unwrap(struct packet *packet, uint8_t pt, uint32_t ssrc);
