#pragma once
#include <stddef.h>
#include <stdint.h>

// Redundant audio, RFC 2198: a packet says once more what the ones before it said.

struct packet;
struct red_blocks;
struct track;

// --- from a publisher who repeats ---------------------------------------------------------------

// Pushes what older blocks of a parsed packet say and the track lacks, as packets recovered. They
// are placed by their time: whoever left packets out says nothing of their numbers. The caller
// drops nothing.
void red_recover(struct track *track, const struct packet *packet, const struct red_blocks *blocks,
                 int64_t now_us);
// Makes the parsed packet, which nobody else holds yet, the one its newest block is.
void red_strip(struct packet *packet, const struct red_blocks *blocks);

// --- towards a viewer who loses -----------------------------------------------------------------

#define RED_OLDER_MAX 2
#define RED_SOME_LOSS 8  // of 256: over 3 %, one block more
#define RED_MUCH_LOSS 26 // over 10 %, two
#define RED_NO_LOSS   2  // under 1 %, so often in a row: none
#define RED_CALM      10 // bursts come seconds apart

// How much he needs. Zeroed is none.
struct red_need {
    uint8_t older; // blocks besides the newest
    uint8_t calm;  // reports without loss so far
};

// Of what was sent lately `fraction_lost` of 256 were lost: for each report, or second.
void red_need_heard(struct red_need *need, uint8_t fraction_lost);

#define RED_PACKET_MAX 400 // bytes: a block of any pool has them

// A packet of its own that has no header, only a payload: this one's, and in front of it at most
// `older` of the track's packets before it, under payload type `pt`. NULL when there is none of
// them, or no block. The caller drops it.
struct packet *red_make(const struct track *track, const struct packet *packet, unsigned older,
                        uint8_t pt);
