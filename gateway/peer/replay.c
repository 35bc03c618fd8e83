#include "gateway/peer/replay.h"

#include <string.h>

static uint64_t *word_of(struct replay *replay, uint64_t index)
{
    return &replay->seen[index % REPLAY_WINDOW / 64];
}

bool replay_fresh(const struct replay *replay, uint64_t index)
{
    if (!replay->started || index > replay->top)
        return true;
    if (replay->top - index >= REPLAY_WINDOW)
        return false;
    return !(replay->seen[index % REPLAY_WINDOW / 64] >> index % 64 & 1);
}

// Forgets what lies a window behind the indices that are passed over.
static void advance(struct replay *replay, uint64_t index)
{
    if (!replay->started || index - replay->top >= REPLAY_WINDOW) {
        memset(replay->seen, 0, sizeof(replay->seen));
    } else {
        for (uint64_t i = replay->top + 1; i <= index; i++)
            *word_of(replay, i) &= ~(1ULL << i % 64);
    }
    replay->started = true;
    replay->top = index;
}

void replay_note(struct replay *replay, uint64_t index)
{
    if (!replay->started || index > replay->top)
        advance(replay, index);
    *word_of(replay, index) |= 1ULL << index % 64;
}

uint64_t replay_guess(const struct replay *replay, uint16_t seq)
{
    if (!replay->started)
        return seq;
    uint16_t last = (uint16_t)replay->top;
    uint64_t roc = replay->top >> 16;
    if (last < 32768) {
        if (roc > 0 && seq > last && seq - last > 32768)
            roc--;
    } else if (last - 32768 > seq) {
        roc++;
    }
    return roc << 16 | seq;
}
