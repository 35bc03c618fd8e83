#include "gateway/feedback/nack.h"

#include <string.h>

#define RTT_FIRST_US 80000

void nack_init(struct nack *nack)
{
    nack->started = false;
    nack->newest = 0;
    nack->count = 0;
    nack->next_us = INT64_MAX;
    nack->rtt_us = RTT_FIRST_US;
}

static void forget_all(struct nack *nack)
{
    nack->count = 0;
    nack->next_us = INT64_MAX;
}

// First place whose index is not below `index`.
static size_t place_of(const struct nack *nack, uint64_t index)
{
    size_t low = 0, high = nack->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (nack->missing[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void learn_rtt(struct nack *nack, const struct nack_missing *missing, int64_t now_us)
{
    // Only an answer to the one question that was asked tells the time it took.
    if (missing->tries == 1)
        nack->rtt_us += (now_us - missing->asked_us - nack->rtt_us) / 8;
}

static void recovered(struct nack *nack, uint64_t index, int64_t now_us)
{
    size_t place = place_of(nack, index);
    if (place == nack->count || nack->missing[place].index != index)
        return;
    learn_rtt(nack, &nack->missing[place], now_us);
    nack->count--;
    memmove(&nack->missing[place], &nack->missing[place + 1],
            (nack->count - place) * sizeof(nack->missing[0]));
    if (!nack->count)
        forget_all(nack);
}

static bool note_gap(struct nack *nack, uint64_t index, int64_t now_us)
{
    uint64_t gap = index - nack->newest - 1;
    if (gap > NACK_GAP_MAX || nack->count + gap > NACK_MAX) {
        forget_all(nack);
        return false;
    }
    for (uint64_t lost = nack->newest + 1; lost < index; lost++)
        nack->missing[nack->count++] = (struct nack_missing){
            .index = lost, .since_us = now_us, .ask_us = now_us + NACK_WAIT_US};
    if (now_us + NACK_WAIT_US < nack->next_us)
        nack->next_us = now_us + NACK_WAIT_US;
    return true;
}

// Untried ones stand at the end: is the last one overtaken often enough to be lost, not late?
static void hurry(struct nack *nack, int64_t now_us)
{
    const struct nack_missing *last = &nack->missing[nack->count - 1];
    if (!last->tries && nack->newest - last->index >= NACK_REORDER && now_us < nack->next_us)
        nack->next_us = now_us;
}

bool nack_arrived(struct nack *nack, uint64_t index, int64_t now_us)
{
    bool hopeful = true;
    if (nack->started && index <= nack->newest) {
        recovered(nack, index, now_us);
        return true;
    }
    if (nack->started && index > nack->newest + 1)
        hopeful = note_gap(nack, index, now_us);
    nack->started = true;
    nack->newest = index;
    if (nack->count)
        hurry(nack, now_us);
    return hopeful;
}

void nack_forget_before(struct nack *nack, uint64_t index)
{
    size_t place = place_of(nack, index);
    if (!place)
        return;
    nack->count -= place;
    memmove(nack->missing, nack->missing + place, nack->count * sizeof(nack->missing[0]));
    if (!nack->count)
        forget_all(nack);
}

static int64_t repeat_us(const struct nack *nack)
{
    int64_t us = nack->rtt_us + nack->rtt_us / 4;
    if (us < NACK_REPEAT_MIN)
        return NACK_REPEAT_MIN;
    return us > NACK_REPEAT_MAX ? NACK_REPEAT_MAX : us;
}

static bool is_due(const struct nack *nack, const struct nack_missing *missing, int64_t now_us)
{
    if (now_us >= missing->ask_us)
        return true;
    return !missing->tries && nack->newest - missing->index >= NACK_REORDER;
}

static void ask(struct nack *nack, struct nack_missing *missing, int64_t now_us)
{
    missing->tries++;
    missing->asked_us = now_us;
    missing->ask_us = now_us + repeat_us(nack);
}

size_t nack_due(struct nack *nack, int64_t now_us, uint64_t *indices, size_t cap, bool *gave_up)
{
    size_t kept = 0, found = 0;
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < nack->count; i++) {
        struct nack_missing missing = nack->missing[i];
        bool due = is_due(nack, &missing, now_us);
        if (due && (missing.tries >= NACK_TRIES_MAX || now_us - missing.since_us > NACK_AGE_US)) {
            *gave_up = true;
            continue;
        }
        if (due && found < cap) {
            indices[found++] = missing.index;
            ask(nack, &missing, now_us);
        }
        if (missing.ask_us < next_us)
            next_us = missing.ask_us;
        nack->missing[kept++] = missing;
    }
    nack->count = kept;
    nack->next_us = next_us;
    return found;
}
