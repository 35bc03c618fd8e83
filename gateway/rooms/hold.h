#pragma once
#include <stdbool.h>
#include <stdint.h>

// A publisher that sends one encoding is told what the best of his viewers can take (REMB), so that
// a conversation of two fits the worse of their networks, and a lecture is never held back for one
// bad viewer. Viewers on another shard count by the best of them, told over the bridge: there the
// hold is the replica's, and tells the publishing shard instead. One thread, the shard's.

struct publication;
struct room_watch;

#define HOLD_FREE UINT64_MAX // nothing bounds

// Kept in the publication; zeroed is new.
struct hold {
    uint64_t told;    // bit/s; 0: nothing
    uint64_t best;    // of the viewers' rooms when they were looked at last
    unsigned viewers; // likewise
    int64_t looked_us, told_us;
    int64_t above_us; // since when more comes than he was told; 0: it does not
    bool stubborn;    // he does not do what he is told
};

// May what this watch is shown become less at its publisher? Then its rate is no reason to pause.
bool hold_follows(const struct publication *publication, const struct room_watch *watch);
// The watch has so much room for the picture of what it shows (bit/s, or HOLD_FREE): tells the
// publisher when that matters. `rate`: of the picture now.
void hold_update(struct publication *publication, struct room_watch *watch, uint64_t room,
                 uint64_t rate, int64_t now_us);
// Another shard began to watch, or told what its best viewer can take.
void hold_heard(struct publication *publication, int64_t now_us);
