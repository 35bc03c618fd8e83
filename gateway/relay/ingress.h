#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/terms.h"
#include "gateway/relay/drop.h"
#include "gateway/relay/track.h"

// One publication's way in: tells sound from pictures by payload type and the encodings of a
// simulcast by rid, pins each to the SSRC it began with (moves on only when a stream restarts),
// brings retransmissions (RTX) back to the stream they repair, reads the publisher's RTCP, and
// writes ours: receiver reports, transport-wide feedback, NACK, PLI.

struct ingress;

struct ingress_handlers {
    // Send this plain compound RTCP packet to the publisher.
    void (*send_rtcp)(void *arg, const uint8_t *data, size_t len);
    // RTCP BYE for everything, or a stream changed in a way viewers must know. May be NULL.
    void (*bye)(void *arg);
};

struct ingress_config {
    const struct terms *terms; // copied
    struct drops *drops;       // the shard's counters
    struct ingress_handlers handlers;
    void *arg;
};

int ingress_alloc(struct ingress **ingressp, const struct ingress_config *config);
void ingress_free(struct ingress *ingress); // frees the tracks, closes their sinks

// NULL when the publication has no such kind. Of several encodings the first: track_picture() has
// all.
struct track *ingress_audio(const struct ingress *ingress);
struct track *ingress_video(const struct ingress *ingress);

// How often a track's codec changed.
unsigned ingress_codec_changes(const struct ingress *ingress);

// A decrypted RTP packet, not yet parsed, nobody else's so far. The caller keeps his reference.
void ingress_rtp(struct ingress *ingress, struct packet *packet, int64_t now_us);
// A decrypted compound RTCP packet.
void ingress_rtcp(struct ingress *ingress, const uint8_t *data, size_t len, int64_t now_us);
// The publisher shall send at most so many bit/s of pictures and sound (told at once, and again
// with each report, by REMB); 0: what he likes.
void ingress_cap(struct ingress *ingress, uint64_t bitrate, int64_t now_us);
// Feedback that is due; call at ingress_deadline().
void ingress_tick(struct ingress *ingress, int64_t now_us);
int64_t ingress_deadline(const struct ingress *ingress);
// The same as far as packets and ticks told, without looking: a viewer's wish for a keyframe may be
// due before it.
int64_t ingress_due(const struct ingress *ingress);
