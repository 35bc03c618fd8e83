#include "gateway/feedback/nack.h"

#include <string.h>

#define RTT_FIRST_US 80000

void nack_init(struct nack *nack, struct nack_missing *missing, size_t max)
{
    nack->missing = missing;
    nack->max = max;
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

static uint64_t index_of(const struct nack *nack, const struct nack_missing *missing)
{
    return nack->newest - (uint32_t)((uint32_t)nack->newest - missing->index);
}

static int64_t since(uint32_t then_us, int64_t now_us)
{
    return (int32_t)((uint32_t)now_us - then_us);
}

// First place whose index is not below `index`.
static size_t place_of(const struct nack *nack, uint64_t index)
{
    size_t low = 0, high = nack->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (index_of(nack, &nack->missing[middle]) < index)
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
        nack->rtt_us += (since(missing->asked_us, now_us) - nack->rtt_us) / 8;
}

static void recovered(struct nack *nack, uint64_t index, int64_t now_us)
{
    size_t place = place_of(nack, index);
    if (place == nack->count || index_of(nack, &nack->missing[place]) != index)
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
    if (gap > NACK_GAP_MAX || nack->count + gap > nack->max) {
        forget_all(nack);
        return false;
    }
    for (uint64_t lost = nack->newest + 1; lost < index; lost++)
        nack->missing[nack->count++] = (struct nack_missing){.index = (uint32_t)lost,
                                                             .since_us = (uint32_t)now_us};
    if (now_us + NACK_WAIT_US < nack->next_us)
        nack->next_us = now_us + NACK_WAIT_US;
    return true;
}

// Untried ones stand at the end: is the last one overtaken often enough to be lost, not late?
static void hurry(struct nack *nack, int64_t now_us)
{
    const struct nack_missing *last = &nack->missing[nack->count - 1];
    if (!last->tries && nack->newest - index_of(nack, last) >= NACK_REORDER &&
        now_us < nack->next_us)
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

// How long from now until it is to be asked for.
static int64_t due_in(const struct nack *nack, const struct nack_missing *missing, int64_t now_us)
{
    if (missing->tries)
        return repeat_us(nack) - since(missing->asked_us, now_us);
    if (nack->newest - index_of(nack, missing) >= NACK_REORDER)
        return 0;
    return NACK_WAIT_US - since(missing->since_us, now_us);
}

static void ask(struct nack_missing *missing, int64_t now_us)
{
    missing->tries++;
    missing->asked_us = (uint32_t)now_us;
}

size_t nack_due(struct nack *nack, int64_t now_us, uint64_t *indices, size_t cap, bool *gave_up)
{
    size_t kept = 0, found = 0;
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < nack->count; i++) {
        struct nack_missing missing = nack->missing[i];
        bool due = due_in(nack, &missing, now_us) <= 0;
        bool old = since(missing.since_us, now_us) > NACK_AGE_US;
        if (due && (missing.tries >= NACK_TRIES_MAX || old)) {
            *gave_up = true;
            continue;
        }
        if (due && found < cap) {
            indices[found++] = index_of(nack, &missing);
            ask(&missing, now_us);
        }
        int64_t ask_us = now_us + due_in(nack, &missing, now_us);
        if (ask_us < next_us)
            next_us = ask_us;
        nack->missing[kept++] = missing;
    }
    nack->count = kept;
    nack->next_us = next_us;
    return found;
}

uint64_t nack_oldest(const struct nack *nack)
{
    return nack->count ? index_of(nack, &nack->missing[0]) : UINT64_MAX;
}
