#pragma once
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/counter.h"

// When the packets of a floor were sent: whoever gets one, still encrypted, finds it by SSRC and
// number. One thread writes, one reads. Embed it; zeroed is empty.

#define DEPARTURES_KEPT 256 // of each SSRC

struct departures {
    uint32_t ssrcs; // from 1 on
    counter *sent_ns;
};

// ENOMEM.
int departures_init(struct departures *departures, uint32_t ssrcs);
void departures_release(struct departures *departures);
// `rtp` is a packet with its header in the clear.
void departures_note(struct departures *departures, const uint8_t *rtp, int64_t sent_ns);
// 0: not known.
int64_t departures_find(const struct departures *departures, const uint8_t *rtp, size_t len);
