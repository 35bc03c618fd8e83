#pragma once
#include "gateway/base/counter.h"

// Every packet that does not go on has a reason, and every reason a counter on /metrics.

enum drop_reason {
    DROP_TOO_LONG,      // datagram larger than PACKET_MAX
    DROP_NOT_OURS,      // neither STUN, DTLS, RTP nor RTCP
    DROP_STUN,          // check that is not authentic, or for nobody
    DROP_UNKNOWN_PATH,  // no valid check from this address
    DROP_DTLS,          // forged, repeated, or data nobody wants
    DROP_NOT_CONNECTED, // media before the handshake was done
    DROP_SRTP_AUTH,     // not authentic
    DROP_SRTP_REPLAY,   // replayed or too old
    DROP_RTP_MALFORMED,
    DROP_RTCP_MALFORMED,
    DROP_PAYLOAD_TYPE,   // not negotiated
    DROP_SSRC,           // more streams than negotiated
    DROP_PROBE,          // padding alone, sent to measure the path
    DROP_DUPLICATE,      // number seen before
    DROP_LATE,           // older than the history
    DROP_NO_BUFFER,      // the pool is empty
    DROP_NOT_PUBLISHING, // media from a session that only watches
    DROP_SUB_NO_CODEC,   // the viewer cannot decode this codec
    DROP_SUB_WAITS_KEY,  // the viewer waits for a keyframe
    DROP_SUB_LAYER,      // not of the layers the viewer is shown
    DROP_SUB_PAUSED,     // the viewer is shown no picture
    DROP_EGRESS_FULL,    // socket buffer or TCP queue full
    DROP_EGRESS_ERROR,   // the kernel refused
    DROP_COUNT
};

// "srtp_auth"..., the label on /metrics.
const char *drop_name(enum drop_reason reason);

// One shard's counters.
struct drops {
    counter count[DROP_COUNT];
};

static inline void drop(struct drops *drops, enum drop_reason reason)
{
    counter_add(&drops->count[reason], 1);
}
