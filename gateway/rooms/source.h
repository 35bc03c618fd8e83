#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/terms.h"
#include "gateway/relay/egress.h"
#include "gateway/relay/packet.h"
#include "gateway/rooms/rooms.h"

// What one publisher (a WHIP session, a pipeline's port) gives: the way in, and the publication it
// stands behind from its first media on. A newer source of the same participant and kind takes the
// publication over with its first media. One thread, the shard's.

struct shard;
struct source;

struct source_config {
    struct shard *shard;
    const char *room, *participant;
    enum rooms_source source;
    const struct terms *terms;   // copied
    const struct outlet *outlet; // to the publisher, for RTCP; outlives the source
    // It is of no use any more: "replaced", "room_full", "memory". To be freed later, not inside.
    void (*end)(void *arg, const char *why);
    void *arg;
};

// ENOMEM.
int source_alloc(struct source **sourcep, const struct source_config *config);
// Its publication ends too, unless another source has taken it over.
void source_free(struct source *source, int64_t now_us);

// Decrypted packets. The caller keeps his reference.
void source_rtp(struct source *source, struct packet *packet, int64_t now_us);
void source_rtcp(struct source *source, const uint8_t *data, size_t len, int64_t now_us);
// What is due; returns when to be called again.
int64_t source_tick(struct source *source, int64_t now_us);
// A packet came: not later than then.
int64_t source_due(const struct source *source);

// Tells the publisher to send at most so much; 0: as much as he likes.
void source_hold(struct source *source, uint64_t bits, int64_t now_us);

// Another shard says that the same publication enters there now.
void source_replaced(struct source *source);
