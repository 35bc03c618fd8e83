#pragma once
#include <stdbool.h>

#include "tests/load/end.h"
#include "tests/load/spread.h"
#include "tests/load/traffic.h"

// A room's publisher: its session, what it sends, and when. One thread.

struct stage {
    struct end publisher;
    struct traffic traffic;
    struct spread spread;
    bool spreads; // as a browser's pacer does; else a frame is sent at once
    bool streaming;
    uint64_t before; // packets until measuring began
};

// The publisher is connected: its stream begins, at `kbit`, `phase_us` later than others'.
void stage_begin(struct stage *stage, unsigned kbit, int64_t phase_us);
// Goes on after a pause, or makes one.
void stage_stream(struct stage *stage, bool on);
// When something is to be sent; INT64_MAX for never.
int64_t stage_due(const struct stage *stage);
// Sends what is due.
void stage_publish(struct stage *stage);
