#pragma once
#include <stdbool.h>
#include <stdint.h>

// Which packets of one source have come already: RFC 3711 section 3.3.2. Zeroed is empty.

#define REPLAY_WINDOW 1024

struct replay {
    bool started;
    uint64_t top; // the highest index seen
    uint64_t seen[REPLAY_WINDOW / 64];
};

// May a packet of this index be new? False when it came before, or is older than the window.
bool replay_fresh(const struct replay *replay, uint64_t index);
// Notes a packet that proved authentic.
void replay_note(struct replay *replay, uint64_t index);
// The index of an RTP packet from its sequence number, RFC 3711 section 3.3.1.
uint64_t replay_guess(const struct replay *replay, uint16_t seq);
