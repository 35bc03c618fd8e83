#pragma once
#include <stdbool.h>

#include "tests/load/usage.h"

// The least the machine can do: the same traffic, encrypted for each viewer by AES-128-GCM and
// handed to the kernel in a bare loop. No server, no sessions; sockets are read on the other core.

struct floor_options {
    struct usage_scope scope; // `server` is not used; the loop runs on server_core
    unsigned viewers, seconds, kbit;
    bool segments; // packets of one size to one viewer are one UDP_SEGMENT send, else sendmmsg
    bool spread;   // frames leave their publisher as a browser sends them
};

// Prints the result as one line of JSON. ENOMEM, what sockets and threads say.
int floor_run(const struct floor_options *options);
