#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/list.h"
#include "gateway/feedback/queueing.h"
#include "gateway/feedback/rate.h"
#include "gateway/feedback/sent.h"
#include "gateway/feedback/standing.h"

// What the way to one participant can carry. All sessions that go that way are flows of one
// estimate: each tells of its own packets (their clocks differ), the sum is steered as one, so they
// do not fight each other (coupled as in RFC 8699 section 5). Three voices: the queue (a growing
// delay makes it step below what arrives), the loss, and what provably went through. Between them
// it grows: gently where it was full before, quickly up to there. Pure, embedded, one thread.
//
// Loss is taken for congestion only when it falls after a step down; what stays is the path's own,
// as radio links have it, and no reason to send less. Likewise a delay counts as a queue only when
// it can be one (feedback/standing.h).

#define ESTIMATE_START   1000000u // bit/s
#define ESTIMATE_MIN     30000u
#define ESTIMATE_MAX     50000000u
#define ESTIMATE_LOSS_US 1000000LL // loss is measured over this

struct estimate;

// One session's part.
struct estimate_flow {
    struct list link; // estimate.flows
    struct estimate *estimate;
    struct queueing queueing;
    struct rate arrived; // by the receiver's clock
    int64_t told_us;     // when feedback came last; 0: never
    // From receiver reports, for flows without transport-wide numbers:
    uint64_t reported; // bit/s that arrived, by the newest
    int64_t least_rtt_us;
    bool over, fresh; // the path is too full; it was looked at anew
};

struct estimate_loss {
    int64_t since_us;
    uint64_t arrived, lost;   // packets of the running second
    double share;             // of the last whole one
    double own;               // the path's own
    double before;            // when it was stepped down for; 0: it was not
    double pace, pace_before; // packets a second, sent in that second
};

struct estimate {
    struct list flows; // estimate_flow.link
    uint64_t bitrate;  // the estimate
    uint64_t link;     // bit/s that went through when it was full; 0: not known
    int64_t link_us;   // since when it is known
    int64_t grown_us, lowered_us;
    int64_t rtt_us;    // with the receiver's wait
    int64_t quiet_us;  // since when no queue was too long
    int64_t waits_us;  // when packets waited last, too long or not
    int64_t first_us;  // first feedback; 0: none
    bool blind;        // cannot be probed: it grows without proof, only bad news stop it
    uint64_t lowered;  // so often
    int64_t narrow_us; // until then it may be as narrow as it seems
    struct estimate_loss loss;
    struct standing standing;
};

void estimate_init(struct estimate *estimate, int64_t now_us);
void estimate_add(struct estimate *estimate, struct estimate_flow *flow);
// Harmless when it was never added.
void estimate_remove(struct estimate_flow *flow);

// A row of sent_feedback(); then, after all rows of a feedback packet, estimate_told().
void estimate_row(struct estimate_flow *flow, const struct sent_row *row);
void estimate_told(struct estimate_flow *flow, int64_t rtt_us, int64_t now_us);

// A receiver report, for a flow without transport-wide numbers: since the one before it.
struct estimate_report {
    uint32_t packets, lost; // of `packets` sent
    int64_t rtt_us;         // 0: not known
    uint64_t sent;          // bit/s, to this flow
};
void estimate_report(struct estimate_flow *flow, const struct estimate_report *report,
                     int64_t now_us);

// Call now and then, at least every 500 ms: what is sent without any echo is not taken for granted.
// `sending`: something was sent within the last half second.
void estimate_tick(struct estimate *estimate, bool sending, int64_t now_us);

// A probe showed that the path carries this much.
void estimate_probed(struct estimate *estimate, uint64_t carries, int64_t now_us);

// bit/s of all flows together that arrived lately.
uint64_t estimate_arrived(const struct estimate *estimate, int64_t window_us, int64_t now_us);
// No flow sees a queue worth minding, and none was within the last `us`.
bool estimate_quiet(const struct estimate *estimate, int64_t us, int64_t now_us);
// The longest queue any flow sees, in microseconds.
int64_t estimate_queue(const struct estimate *estimate, int64_t now_us);
