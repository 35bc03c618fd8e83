#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A ring of things numbered without gaps of its own making: the newest few of a stream's packets,
// found by their 64-bit index. It knows nothing about what it keeps; what is taken out again
// belongs to the caller. No allocation after the start, but memory is used as it widens. One
// thread.
//
//     floor                         newest        index < floor: too old for ever
//       |  x  x  .  x  x  x  .  x  x  |           '.' is missing and may still come

struct history;

// `slots` is a power of two: the most there will be. EINVAL, ENOMEM.
int history_alloc(struct history **historyp, size_t slots);
// Things still inside are the caller's: shift them out first.
void history_free(struct history *history);

// May this index be put? 0, EEXIST (it is there), EOVERFLOW (below the floor).
int history_check(const struct history *history, uint64_t index);
// Would `index` fall on a slot in use? Then history_widen(), or history_shift() until it would not.
bool history_crowded(const struct history *history, uint64_t index);
// Begins to use twice as many slots; false when it has them all.
bool history_widen(struct history *history);
// Keeps `item` (not NULL). The caller did check and make room. The first one put sets the floor.
void history_put(struct history *history, uint64_t index, void *item);

// NULL when it is missing, too old or not there yet.
void *history_get(const struct history *history, uint64_t index);

// Raises the floor by one, never beyond newest + 1, and gives back what was there: NULL when that
// one was missing.
void *history_shift(struct history *history);
// Shift until floor > newest and it is empty. Both 0 as long as nothing was put.
uint64_t history_floor(const struct history *history);
uint64_t history_newest(const struct history *history);
// Nothing was put yet, or all was shifted out.
bool history_empty(const struct history *history);
