#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/packet/codec.h"
#include "gateway/packet/rtcp.h"
#include "gateway/peer/terms.h"
#include "gateway/relay/drop.h"
#include "gateway/relay/layering.h"
#include "gateway/relay/packet.h"
#include "gateway/relay/picture.h"
#include "gateway/relay/sink.h"

// One published stream of sound or pictures in one shard. Takes packets in any order, keeps the one
// history from which all viewers' losses are answered and joiners get the newest group of pictures,
// asks upstream for what is missing, and pushes to its sinks.

struct track;

struct track_upstream {
    // Ask the publisher for these sequence numbers (generic NACK). May be NULL.
    void (*nack)(void *arg, const uint16_t *seqs, size_t count);
    // Ask the publisher for a keyframe. Merged: at most two a second. May be NULL.
    void (*keyframe)(void *arg);
};

struct track_config {
    enum codec codec;
    char fmtp[TERMS_FMTP_MAX];
    bool nack;           // upstream understands NACK
    struct drops *drops; // the shard's counters, outlive the track; may be NULL
};

int track_alloc(struct track **trackp, const struct track_config *config,
                const struct track_upstream *upstream, void *arg);
// Closes all sinks.
void track_free(struct track *track);

const struct track_config *track_config(const struct track *track);

// The publisher chose another codec of those agreed: tells the sinks. `fmtp` is copied.
void track_set_codec(struct track *track, enum codec codec, const char *fmtp, int64_t now_us);
// The packets pushed from now on are of a new stream (another SSRC, numbers and timestamps from
// anywhere): they continue the old one's index with a gap of one and its timestamps by the time
// that passed. Sinks see no picture before the next keyframe.
void track_restart(struct track *track, int64_t now_us);

// Takes a parsed packet (its own reference; the caller keeps his). Duplicates and packets older
// than the history are dropped and counted. One that was recovered is not counted as received (the
// publisher is told what the network lost), and never begins a stream.
void track_push(struct track *track, struct packet *packet, int64_t now_us);
// Is the packet with this number missing, and would it be taken if it was recovered?
bool track_lacks(const struct track *track, uint16_t seq);

// What the history keeps: as much as any sink reaches back for (without sinks TRACK_REACH_MAX), and
// what is still asked for upstream. The newest group of pictures is kept, however old, when many
// look: a keyframe for one who joins would cost all of them.
#define TRACK_REACH_MAX 2000000LL
void track_add_sink(struct track *track, struct sink *sink);
void track_remove_sink(struct sink *sink);
void track_reach(struct sink *sink, int64_t reach_us);

// The packet with this index if the history still has it, else NULL. Borrowed.
struct packet *track_find(const struct track *track, uint64_t index);
// First and newest index of the newest group of pictures; false when the history has none that is
// whole from its keyframe on. For sound: only the newest packet.
bool track_newest_group(const struct track *track, uint64_t *first, uint64_t *newest);

// Somebody needs a keyframe.
void track_want_keyframe(struct track *track, int64_t now_us);

// What the publisher's sender report said: this NTP time is this RTP timestamp.
void track_set_clock(struct track *track, uint64_t ntp, uint32_t rtp_ts, int64_t now_us);
// The publisher's clock now, and the RTP timestamp (as in packet->rtp.ts) that belongs to it; false
// when no sender report has come. Used to write sender reports for viewers, so that sound and
// pictures stay together.
bool track_clock(const struct track *track, int64_t now_us, uint64_t *ntp, uint32_t *rtp_ts);

// --- layers -------------------------------------------------------------------------------------

// Which picture it is an encoding of; alone it is its own. For picture_add().
void track_set_picture(struct track *track, const struct picture *picture);
const struct picture *track_picture(const struct track *track);
const struct layering *track_layering(const struct track *track);
// Did packets come within the last second?
bool track_active(const struct track *track, int64_t now_us);
// For picture_stirred(): tells this track's sinks.
void track_stir(struct track *track, int64_t now_us);
// What to add to timestamps of `from` to make them those of `to`, where both began at the same
// clock of their publisher; false when its reports have not told.
bool track_between(const struct track *from, const struct track *to, int64_t now_us,
                   uint32_t *shift);
// Oldest place and newest packet of the history, if there is any.
uint64_t track_oldest(const struct track *track);
uint64_t track_newest(const struct track *track);

// Losses to ask for again, keyframe wishes due. Call at track_deadline().
void track_tick(struct track *track, int64_t now_us);
// INT64_MAX when nothing is due.
int64_t track_deadline(const struct track *track);

// A report block about the publisher's stream since the last call; false when nothing came yet.
bool track_report(struct track *track, int64_t now_us, struct rtcp_report *report);
