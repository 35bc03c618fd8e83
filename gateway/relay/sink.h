#pragma once
#include <stdint.h>

#include "gateway/base/list.h"

// Who takes a track's packets: a viewer, a recorder's port, a bridge to another shard. Embed the
// sink in the owner and find the owner again with container_of().

struct track;
struct packet;
struct sink;

struct sink_ops {
    // A packet of the track, in order of arrival. Keep it with packet_ref(); never change it.
    void (*push)(struct sink *sink, struct packet *packet, int64_t now_us);
    // The track ends; the sink is off its list already.
    void (*close)(struct sink *sink);
    // The track's codec is another one from the next packet on (track_config() tells). May be NULL.
    void (*changed)(struct sink *sink);
    // An encoding of the track's picture began or stopped. May be NULL.
    void (*stirred)(struct sink *sink, int64_t now_us);
};

struct sink {
    const struct sink_ops *ops;
    struct list link; // on track.sinks
    struct track *track;
    void *owner;      // for owners of several sinks: container_of() cannot tell
    int64_t reach_us; // may ask again for packets that came so long ago; track_reach() changes it
};
