#include "gateway/base/pool.h"

#include <errno.h>
#include <stdint.h>

#include "gateway/base/mem.h"

struct pool {
    uint8_t *blocks;
    void **free_blocks; // a stack: the block given back last is still warm in the cache
    size_t left;
};

int pool_alloc(struct pool **poolp, size_t block_size, size_t count)
{
    int err = ENOMEM;
    if (!poolp || !block_size || !count)
        return EINVAL;
    block_size = (block_size + 63) & ~(size_t)63;
    struct pool *pool = mem_zalloc(sizeof(*pool));
    if (!pool)
        return ENOMEM;
    pool->blocks = mem_array(count, block_size);
    pool->free_blocks = mem_array(count, sizeof(void *));
    if (!pool->blocks || !pool->free_blocks)
        goto out;
    for (size_t i = count; i > 0; i--)
        pool->free_blocks[pool->left++] = pool->blocks + (i - 1) * block_size;
    err = 0;
out:
    if (err)
        pool_free(pool);
    else
        *poolp = pool;
    return err;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    mem_free(pool->free_blocks);
    mem_free(pool->blocks);
    mem_free(pool);
}

void *pool_take(struct pool *pool)
{
    return pool->left ? pool->free_blocks[--pool->left] : NULL;
}

void pool_give(struct pool *pool, void *block)
{
    if (block)
        pool->free_blocks[pool->left++] = block;
}

size_t pool_left(const struct pool *pool)
{
    return pool->left;
}
