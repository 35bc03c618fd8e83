#pragma once
#include <stddef.h>

// Blocks of one size, taken and given back without a lock by one thread. Addresses are reserved at
// the start, memory is used only where blocks are: blocks lie in slabs, and slabs of which no block
// is taken any more are given back to the system, but for a few. An empty pool answers NULL and the
// caller drops with a reason.

struct pool;

// `block_size` is rounded up to whole cache lines and at most POOL_BLOCK_MAX. EINVAL, ENOMEM.
int pool_alloc(struct pool **poolp, size_t block_size, size_t count);
void pool_free(struct pool *pool);
void *pool_take(struct pool *pool);
// NULL is allowed.
void pool_give(struct pool *pool, void *block);
size_t pool_left(const struct pool *pool);
// Bytes of the slabs in use or kept for the next ones.
size_t pool_held(const struct pool *pool);

#define POOL_BLOCK_MAX 65536
