#pragma once
#include <stdbool.h>

#include "tests/load/usage.h"

// The least the machine can do: the same traffic, encrypted for each viewer by AES-128-GCM and
// handed to the kernel in a bare loop. No server, no sessions; sockets are read on the other core.

struct floor_options {
    struct usage_scope scope; // `server` is not used; the loop runs on server_core
    unsigned viewers, seconds, kbit;
    bool segments; // a burst to one viewer is one UDP_SEGMENT send, else sendmmsg of single packets
};

// Prints the result as one line of JSON. ENOMEM, what sockets and threads say.
int floor_run(const struct floor_options *options);
