#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/list.h"
#include "gateway/feedback/budget.h"
#include "gateway/relay/egress.h"
#include "gateway/relay/layers.h"
#include "gateway/relay/sub.h"

// All that this shard sends to one participant shares one path (feedback/budget.h): his watches
// come together here, their feedback steers one estimate, and each is told what it may show and how
// fast it may send. A participant on two devices, at two addresses, has two paths. Knows no
// packets; nothing is allocated but a path when its first watch joins. One thread, the shard's.

struct congestion;
struct congestion_path;
struct congestion_flow;

// Growth of a publisher who is held back: above this nobody is.
#define CONGESTION_HELD_MAX 2500000u
// He is never told less: it is what the least useful picture takes.
#define CONGESTION_HELD_MIN 100000u

// What a watch says of itself.
struct congestion_look {
    struct layer_list layers; // that may be shown, rising rate; none: no picture
    enum allocate_class class;
    bool sound;            // is sent
    bool held;             // one layer, whose publisher is told what this viewer can take
    uint64_t sound_bytes;  // sent, since ever
    uint64_t bytes, again; // likewise of pictures, and what was sent again
};

struct congestion_ops {
    void (*look)(struct congestion_flow *flow, int64_t now_us, struct congestion_look *out);
    // As sub_aim().
    void (*aim)(struct congestion_flow *flow, const struct layer *wanted, enum sub_pause why,
                int64_t now_us);
    // What of pictures is queued is forgotten and not sent again: on with `wanted`'s next keyframe.
    void (*cut)(struct congestion_flow *flow, const struct layer *wanted, int64_t now_us);
    // Queues about so many bytes that mean nothing. *first: the transport-wide number of their
    // first packet. How many packets; 0: it cannot.
    unsigned (*probe)(struct congestion_flow *flow, uint32_t bytes, uint16_t *first);
};

// One watch; embedded in it, zeroed is on no path.
struct congestion_flow {
    struct list link; // congestion_path.flows
    struct congestion_path *path;
    const struct congestion_ops *ops;
    struct outlet *outlet;
    bool counted; // has transport-wide numbers
    struct estimate_flow estimate;
    struct allocate_stream sound, picture;
    struct congestion_look seen;
    struct layer_list peaks; // rates as they were at their most, fading
    struct layer aimed;
    bool aims, paused; // was told a layer; was told to pause
    struct rate sound_rate;
};

// ENOMEM.
int congestion_alloc(struct congestion **congestionp);
// The flows have left before.
void congestion_free(struct congestion *congestion);

struct congestion_config {
    const struct congestion_ops *ops;
    const char *participant;
    struct outlet *outlet; // open: its address is part of what makes a path; outlives the flow
    bool counted;
};
// ENOMEM.
int congestion_join(struct congestion *congestion, struct congestion_flow *flow,
                    const struct congestion_config *config, int64_t now_us);
// Harmless when it never joined.
void congestion_leave(struct congestion *congestion, struct congestion_flow *flow);

// Rows of sent_feedback(); then congestion_told() once a feedback packet.
void congestion_row(struct congestion_flow *flow, const struct sent_row *row);
void congestion_told(struct congestion_flow *flow, int64_t rtt_us, int64_t now_us);
// A receiver report, of a flow without transport-wide numbers.
void congestion_report(struct congestion_flow *flow, const struct estimate_report *report,
                       int64_t now_us);
// Call at least every half second, and when what there is to show changed.
void congestion_tick(struct congestion_flow *flow, int64_t now_us);

// What there is to show is something else: aims again with the next tick, which is due.
void congestion_renew(struct congestion_flow *flow, int64_t now_us);

// bit/s its publisher could send of pictures and sound, were that all, at least CONGESTION_HELD_MIN
// of pictures; UINT64_MAX: no bound is known.
uint64_t congestion_room(const struct congestion_flow *flow, int64_t now_us);
// So narrow that nothing is to be said twice.
bool congestion_crowded(const struct congestion_flow *flow);
// bit/s to this participant; 0: on no path.
uint64_t congestion_estimate(const struct congestion_flow *flow);
