#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/counter.h"
#include "gateway/feedback/pacer.h"
#include "gateway/peer/path.h"
#include "gateway/peer/srtp.h"
#include "gateway/relay/drop.h"
#include "gateway/relay/packet.h"
#include "gateway/relay/waiting.h"
#include "gateway/relay/wire.h"

// The way out of a shard. During a turn of the loop every RTP packet to be sent is only noted, on
// the queue of its outlet. What is sent at the end of the turn goes outlet by outlet, beginning
// with another one each time: packets of one peer are encrypted one behind the other from the
// shared source packets straight into a small block that stays in the cache, and leave as trains
// (UDP_SEGMENT), many trains by one sendmmsg. The batch grows with the load by itself; nothing
// waits for a batch. A paced outlet sends what its rate allows; the rest waits. One thread.

#define EGRESS_HEADER_MAX WAITING_HEADER_MAX // RTP header with extensions, and what leads
#define EGRESS_QUEUE_MAX  (1 << 20)          // bytes that may wait for one outlet

struct egress;
struct sent; // gateway/feedback/sent.h

// Where one session sends: kept by its owner, changed when the selected path moves. Zeroed is
// closed, empty and unpaced. The owner reads queued_bytes, and decides what becomes of a queue
// that is too long: egress_forget_outlet() empties it.
struct outlet {
    struct path path;
    struct srtp_out *srtp; // NULL: plain (a port)
    bool open;             // false: everything is silently not sent
    uint64_t pace_rate;    // bit/s; 0: unpaced
    struct sent *sent;     // gives transport-wide numbers; NULL: none
    // Egress's:
    size_t queued_bytes;
    struct pacer pacer;
    struct waiting_queue urgent, queue;
    uint32_t place; // among those with something queued; 0: none
};

struct egress_stats {
    counter packets, bytes, calls;
    struct histogram delay; // arrival to hand-over to the kernel, microseconds
};

// `drops` outlives the egress. ENOMEM.
int egress_alloc(struct egress **egressp, struct drops *drops);
void egress_free(struct egress *egress);

// One RTP packet as it goes out.
struct egress_packet {
    struct packet *source; // the payload lies in it; referenced until it is sent
    const uint8_t *payload;
    size_t payload_len;
    uint64_t index;        // as srtp_protect() wants it
    const uint8_t *header; // copied; with what leads at most EGRESS_HEADER_MAX bytes
    size_t header_len;
    size_t lead_len; // bytes that follow the header in `header` and go in front of the payload
    bool kept;       // from the history, not just arrived: not counted in the delay histogram
    // Sound: leaves in front of pictures, and at once where those are paced. So it does not come
    // between packets of one size, which leave as one train.
    bool urgent;
    // Where in the header the outlet's next transport-wide number goes, written (and noted in
    // outlet.sent) when the packet really leaves; 0: it has none.
    uint8_t number_at;
};

void egress_rtp(struct egress *egress, struct outlet *outlet, const struct egress_packet *packet);
// One compound RTCP packet, at most 1400 bytes. Sent at once.
void egress_rtcp(struct egress *egress, const struct outlet *outlet, const uint8_t *data,
                 size_t len);
// A datagram as it is: STUN, DTLS. Sent at once.
void egress_raw(struct egress *egress, const struct path *path, const uint8_t *data, size_t len);

// Sends what is queued and may be sent: all of it.
void egress_flush(struct egress *egress);
// As egress_flush(), but only two hundred packets, so that what comes in meanwhile does not wait
// for a large audience; the next one goes on from there. At the end of every turn.
void egress_turn(struct egress *egress);
// When more may be sent: monotonic microseconds, in the past when at once; INT64_MAX when nothing
// waits.
int64_t egress_deadline(const struct egress *egress);
// Forget the pictures that wait for this outlet; they will not be sent.
void egress_forget_pictures(struct egress *egress, struct outlet *outlet);
// Forget what is queued for a wire that is about to be closed.
void egress_forget_wire(struct egress *egress, const struct wire *wire);
// Forget what is queued for an outlet that is about to be freed, or whose SRTP context or `sent`
// is.
void egress_forget_outlet(struct egress *egress, struct outlet *outlet);

const struct egress_stats *egress_stats(const struct egress *egress);
