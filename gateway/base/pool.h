#pragma once
#include <stddef.h>

// Blocks of one size, taken and given back without a lock by one thread. All memory is allocated at
// the start; an empty pool answers NULL and the caller drops with a reason.

struct pool;

int pool_alloc(struct pool **poolp, size_t block_size, size_t count);
void pool_free(struct pool *pool);
void *pool_take(struct pool *pool);
void pool_give(struct pool *pool, void *block);
size_t pool_left(const struct pool *pool);
