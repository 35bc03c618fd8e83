#pragma once
#include <stdint.h>

#include "gateway/base/counter.h"
#include "tests/load/joins.h"
#include "tests/load/usage.h"

// What a run found, and how it is said.

struct result {
    const char *mode;
    unsigned rooms, viewers, kbit;
    uint64_t sent, received, lost, duplicates;
    uint64_t sent_bytes, received_bytes; // plain and protected
    uint64_t starved;                    // viewers who got less than half of what was sent
    int64_t setup_us;                    // from the first viewer's offer until all watch
    const struct histogram *delay;
    const struct joins_stats *joins; // NULL: nobody joined meanwhile
    struct usage empty;              // nobody is there
    struct usage alone;              // only the publishers are
    struct usage before, after;
};

// One line of JSON on standard output. ENOMEM, EPIPE.
int result_print(const struct result *result, const struct usage_scope *scope);
