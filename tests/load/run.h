#pragma once
#include <stdbool.h>

#include "tests/load/exchange.h"
#include "tests/load/usage.h"

// One run: a publisher and its viewers at a real server, measured for some seconds.

struct run_options {
    struct exchange exchange;
    struct usage_scope scope;
    unsigned viewers, seconds;
    unsigned sampled; // so many viewers decrypt everything and measure delay
};

// Prints the result as one line of JSON. ETIMEDOUT (nobody ever got both sound and picture),
// ENOMEM, what end_open() says.
int run(const struct run_options *options);
