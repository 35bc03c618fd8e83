#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/terms.h"
#include "gateway/relay/egress.h"
#include "gateway/relay/layers.h"
#include "gateway/relay/track.h"

// One stream to one viewer: a sink that rewrites the header (SSRC, payload type, sequence number,
// timestamp, extensions) so that the viewer sees one unbroken stream even when the track behind it
// is replaced, and sends it. Losses are answered from the track's history: on an SSRC of its own
// when RTX was agreed on (RFC 4588), else with exactly the bytes sent before.

struct sub;
struct sent; // gateway/feedback/sent.h

struct sub_config {
    const struct terms_media *terms; // copied
    uint32_t ssrc;
    uint32_t rtx_ssrc;     // used when the terms have RTX
    const char *cname;     // copied
    struct outlet *outlet; // the session's; it and its SRTP context outlive the sub
    struct egress *egress;
    struct sent *sent; // the session's; used when the terms have transport-wide numbers; or NULL
    struct drops *drops;
};

int sub_alloc(struct sub **subp, const struct sub_config *config);
void sub_free(struct sub *sub);

// Starts to send this track; a joiner gets the newest group of pictures at once, or a keyframe is
// asked for. False when the viewer cannot decode the codec (then nothing is sent).
// Attaching the same track again changes nothing.
bool sub_attach(struct sub *sub, struct track *track, int64_t now_us);
void sub_detach(struct sub *sub);
struct track *sub_track(const struct sub *sub);
// The viewer is on this machine, and sends no reports that would tell.
void sub_is_near(struct sub *sub);
uint32_t sub_ssrc(const struct sub *sub);

// --- layers -------------------------------------------------------------------------------------

enum sub_pause {
    SUB_NOT_PAUSED,
    SUB_PAUSED_NETWORK, // the viewer's path carries no picture
    SUB_PAUSED_CLIENT,  // the viewer wants none
};

// What the picture can be shown as by now: active layers only, rising rate; one entry for a source
// of a single layer, none when nothing comes.
void sub_layers(const struct sub *sub, int64_t now_us, struct layer_list *out);

// What the viewer is to be shown: `wanted` from sub_layers(), or NULL: nothing, because of `why`,
// and what waits of it is forgotten. Going up or to another encoding happens at that one's next
// keyframe or switch point, which is asked for; until then the old layer goes on. When what is
// wanted stops, the nearest active one is shown until it is back. Before the first call it is the
// highest active layer. Cheap when nothing changes.
void sub_aim(struct sub *sub, const struct layer *wanted, enum sub_pause why, int64_t now_us);

// The path carries far less than is sent: what waits of the pictures is forgotten, nothing sent so
// far is sent again, and nothing more before the next keyframe of what is aimed at. Aim next.
void sub_cut(struct sub *sub);
// Queues about `bytes` of packets that mean nothing, to see what the path carries: packets sent
// before once more, else padding (RFC 4588 has a stream of its own for both). How many packets; 0:
// the viewer has no such stream or no transport-wide numbers.
unsigned sub_probe(struct sub *sub, size_t bytes);

struct sub_showing {
    bool paused;
    enum sub_pause why;
    struct layer now; // what is sent; `active` is false when nothing is yet
    struct layer aim; // what was wanted last, or the highest there is
};
void sub_showing(const struct sub *sub, int64_t now_us, struct sub_showing *out);

// --- the viewer's RTCP --------------------------------------------------------------------------

// From the viewer's RTCP, for our SSRC.
void sub_nack(struct sub *sub, uint16_t seq, int64_t now_us);
void sub_keyframe(struct sub *sub, int64_t now_us);
void sub_receiver_report(struct sub *sub, const struct rtcp_report *report, int64_t now_us);

// The round trip that a report tells of (RFC 3550 section 6.4.1), when it is about the newest
// sender report; else 0. `since_sr` in 1/65536 s.
int64_t sub_round_trip(const struct sub *sub, uint32_t last_sr, uint32_t since_sr, int64_t now_us);

// So much of all that was sent to the viewer was lost (0..1; transport-wide feedback). Without it
// his receiver reports tell, but browsers write those of sound every five seconds, and lose them,
// too.
void sub_lost(struct sub *sub, double share);
// The path is full: what is said is not said again, whatever is lost. Not before this is told.
void sub_crowded(struct sub *sub, bool crowded);

// Sends a sender report with CNAME, as soon as the publisher has sent one. Call every second while
// connected.
void sub_report(struct sub *sub, int64_t now_us);

struct sub_stats {
    uint64_t packets, bytes;       // of the stream itself: what goes by RTX is not in them
    uint64_t retransmitted, again; // packets sent again; their bytes
    uint8_t fraction_lost;         // of 256, from the newest receiver report
};
struct sub_stats sub_stats(const struct sub *sub);
