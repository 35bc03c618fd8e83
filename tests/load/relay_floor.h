#pragma once
#include "tests/load/floor.h"

// The least relaying can cost: streams that arrive encrypted, each decrypted by AES-128-GCM,
// encrypted for the one who watches it, and sent on, in a bare loop. What arrived together leaves
// together, a stream's packets as UDP_SEGMENT. As many streams as `viewers`.

// Prints the result as one line of JSON. ENOMEM, what sockets and threads say.
int relay_floor_run(const struct floor_options *options);
