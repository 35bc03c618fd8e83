#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/packet/twcc.h"

// When each packet of a transport came, and the transport-wide feedback that tells the sender so
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). Embedded; zeroed is new. Pure.

#define ARRIVAL_SLOTS       1024 // a burst longer than this between two reports loses its beginning
#define ARRIVAL_INTERVAL_US 100000LL

struct arrival {
    bool started;
    bool fresh; // something to tell
    uint8_t fb_count;
    uint64_t newest; // extended transport-wide sequence number
    uint64_t next;   // the first one to tell about
    int64_t due_us;
    int64_t newest_us;             // the latest of the times
    uint32_t at_us[ARRIVAL_SLOTS]; // low bits, odd; 0: not received
};

// A packet with this transport-wide number came at `now_us` (> 0). One that comes after it was told
// missing is told again.
void arrival_record(struct arrival *arrival, uint16_t seq, int64_t now_us);

// When feedback is due; INT64_MAX when there is nothing to tell.
static inline int64_t arrival_deadline(const struct arrival *arrival)
{
    return arrival->fresh ? arrival->due_us : INT64_MAX;
}

// Appends feedback about everything not told yet. EMSGSIZE: the writer is full, send it and call
// again with an empty one. `sender` is our SSRC, `media` any of theirs.
int arrival_write(struct arrival *arrival, struct writer *w, uint32_t sender, uint32_t media);
