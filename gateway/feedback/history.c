#include "gateway/feedback/history.h"

#include <errno.h>

#include "gateway/base/mem.h"

#define FIRST 64 // slots used at first

struct history {
    void **slots;
    size_t mask, slots_max;
    uint64_t floor, newest;
    bool used;
};

int history_alloc(struct history **historyp, size_t slots)
{
    if (!historyp || !slots || (slots & (slots - 1)))
        return EINVAL;
    struct history *history = mem_zalloc(sizeof(*history));
    if (!history)
        return ENOMEM;
    history->slots_max = slots;
    history->mask = (slots < FIRST ? slots : FIRST) - 1;
    history->slots = mem_array(slots, sizeof(void *));
    if (!history->slots) {
        history_free(history);
        return ENOMEM;
    }
    *historyp = history;
    return 0;
}

void history_free(struct history *history)
{
    if (!history)
        return;
    mem_free(history->slots);
    mem_free(history);
}

void *history_get(const struct history *history, uint64_t index)
{
    if (!history->used || index < history->floor || index > history->newest)
        return NULL;
    return history->slots[index & history->mask];
}

int history_check(const struct history *history, uint64_t index)
{
    if (history->used && index < history->floor)
        return EOVERFLOW;
    return history_get(history, index) ? EEXIST : 0;
}

bool history_crowded(const struct history *history, uint64_t index)
{
    return !history_empty(history) && index > history->floor + history->mask;
}

// Half of what is inside moves, from the slots so far to those behind them.
bool history_widen(struct history *history)
{
    size_t bit = history->mask + 1;
    if (bit == history->slots_max)
        return false;
    for (uint64_t i = history->floor; !history_empty(history) && i <= history->newest; i++) {
        if (!(i & bit))
            continue;
        history->slots[i & (bit | history->mask)] = history->slots[i & history->mask];
        history->slots[i & history->mask] = NULL;
    }
    history->mask |= bit;
    return true;
}

void history_put(struct history *history, uint64_t index, void *item)
{
    if (!history->used)
        history->floor = history->newest = index;
    history->used = true;
    // An empty ring may jump: nothing between floor and here can be in its slots.
    if (history_empty(history) && index > history->floor + history->mask)
        history->floor = index;
    if (index > history->newest)
        history->newest = index;
    history->slots[index & history->mask] = item;
}

void *history_shift(struct history *history)
{
    if (history_empty(history))
        return NULL;
    void **slot = &history->slots[history->floor++ & history->mask];
    void *item = *slot;
    *slot = NULL;
    return item;
}

uint64_t history_floor(const struct history *history)
{
    return history->floor;
}

uint64_t history_newest(const struct history *history)
{
    return history->newest;
}

bool history_empty(const struct history *history)
{
    return !history->used || history->floor > history->newest;
}
