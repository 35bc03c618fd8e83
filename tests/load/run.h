#pragma once
#include <stdbool.h>

#include "tests/load/exchange.h"
#include "tests/load/usage.h"

// One run: publishers and their viewers at a real server, measured for some seconds.

struct run_options {
    struct exchange exchange; // with several rooms theirs are called room0, room1...
    struct usage_scope scope;
    unsigned rooms;   // a publisher each
    unsigned viewers; // over all rooms
    unsigned seconds;
    unsigned kbit;      // of pictures a second
    unsigned sampled;   // so many viewers decrypt everything and measure delay
    unsigned join_rate; // viewers a second that come and go meanwhile
    bool spread;        // frames are spread over time as a browser's pacer does
    bool counted;       // viewers ask for transport-wide numbers, and send their feedback
};

// Prints the result as one line of JSON. ETIMEDOUT (nobody ever got both sound and picture),
// ENOMEM, what end_open() says.
int run(const struct run_options *options);
