#include "gateway/feedback/history.h"

#include <errno.h>

#include "gateway/base/mem.h"

struct history {
    void **slots;
    size_t mask;
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
    history->mask = slots - 1;
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

int history_grow(struct history *history)
{
    size_t mask = 2 * history->mask + 1;
    void **slots = mem_array(mask + 1, sizeof(void *));
    if (!slots)
        return ENOMEM;
    for (uint64_t i = history->floor; !history_empty(history) && i <= history->newest; i++)
        slots[i & mask] = history->slots[i & history->mask];
    mem_free(history->slots);
    history->slots = slots;
    history->mask = mask;
    return 0;
}

size_t history_slots(const struct history *history)
{
    return history->mask + 1;
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
