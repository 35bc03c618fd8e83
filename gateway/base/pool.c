#include "gateway/base/pool.h"

#include <errno.h>
#include <stdint.h>

#include "gateway/base/mem.h"

#define SLAB        65536u // a power of two, whole pages
#define PAGE        4096u
#define NONE        UINT32_MAX
#define SPARE       4  // slabs kept though nothing is in them,
#define SPARE_SHARE 16 // and one for so many in use

struct slab {
    void *free;           // blocks given back: each begins with the next one's address
    uint32_t used, fresh; // blocks taken; blocks that were ever, since the slab has memory
    uint32_t before, behind;
};

// A slab is in one of the lists, unless all its blocks are taken.
enum list_kind { LIST_PARTLY, LIST_EMPTY, LIST_BARE, LIST_COUNT };

struct pool {
    void *memory;
    uint8_t *base; // the first whole page in it
    size_t block_size, left;
    uint32_t blocks; // of a slab
    uint32_t first[LIST_COUNT];
    uint32_t empty, busy; // slabs with memory: without and with taken blocks
    struct slab *slabs;
};

static void put(struct pool *pool, enum list_kind kind, uint32_t which)
{
    struct slab *slab = &pool->slabs[which];
    slab->before = NONE;
    slab->behind = pool->first[kind];
    if (slab->behind != NONE)
        pool->slabs[slab->behind].before = which;
    pool->first[kind] = which;
}

static void cut(struct pool *pool, enum list_kind kind, uint32_t which)
{
    const struct slab *slab = &pool->slabs[which];
    if (slab->behind != NONE)
        pool->slabs[slab->behind].before = slab->before;
    if (slab->before != NONE)
        pool->slabs[slab->before].behind = slab->behind;
    else
        pool->first[kind] = slab->behind;
}

int pool_alloc(struct pool **poolp, size_t block_size, size_t count)
{
    block_size = (block_size + 63) & ~(size_t)63;
    if (!poolp || !block_size || block_size > POOL_BLOCK_MAX || !count)
        return EINVAL;
    struct pool *pool = mem_zalloc(sizeof(*pool));
    if (!pool)
        return ENOMEM;
    pool->block_size = block_size;
    pool->left = count;
    pool->blocks = (uint32_t)(SLAB / block_size);
    size_t slabs = (count + pool->blocks - 1) / pool->blocks;
    pool->memory = mem_array(slabs + 1, SLAB);
    pool->slabs = mem_array(slabs, sizeof(struct slab));
    if (!pool->memory || !pool->slabs) {
        pool_free(pool);
        return ENOMEM;
    }
    pool->base = (uint8_t *)(((uintptr_t)pool->memory + PAGE - 1) & ~(uintptr_t)(PAGE - 1));
    for (unsigned kind = 0; kind < LIST_COUNT; kind++)
        pool->first[kind] = NONE;
    for (uint32_t which = (uint32_t)slabs; which > 0; which--)
        put(pool, LIST_BARE, which - 1);
    *poolp = pool;
    return 0;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    mem_free(pool->slabs);
    mem_free(pool->memory);
    mem_free(pool);
}

// A slab that has a block: one in use before one that is kept, that before one without memory. It
// stands among those partly used.
static uint32_t choose(struct pool *pool)
{
    for (unsigned kind = LIST_PARTLY; kind < LIST_COUNT; kind++) {
        uint32_t which = pool->first[kind];
        if (which == NONE)
            continue;
        if (kind == LIST_PARTLY)
            return which;
        pool->empty -= kind == LIST_EMPTY;
        pool->busy++;
        cut(pool, (enum list_kind)kind, which);
        put(pool, LIST_PARTLY, which);
        return which;
    }
    return NONE;
}

void *pool_take(struct pool *pool)
{
    uint32_t which = pool->left ? choose(pool) : NONE;
    if (which == NONE)
        return NULL;
    struct slab *slab = &pool->slabs[which];
    void *block = slab->free;
    if (block)
        slab->free = *(void **)block;
    else
        block = pool->base + (size_t)which * SLAB + slab->fresh++ * pool->block_size;
    if (++slab->used == pool->blocks)
        cut(pool, LIST_PARTLY, which);
    pool->left--;
    return block;
}

// What is kept follows the use: a pool that was full once does not stay as large for ever.
static void keep_or_discard(struct pool *pool, uint32_t which)
{
    pool->busy--;
    cut(pool, LIST_PARTLY, which);
    if (pool->empty < SPARE + pool->busy / SPARE_SHARE) {
        pool->empty++;
        put(pool, LIST_EMPTY, which);
        return;
    }
    mem_discard(pool->base + (size_t)which * SLAB, SLAB);
    pool->slabs[which] = (struct slab){0};
    put(pool, LIST_BARE, which);
}

void pool_give(struct pool *pool, void *block)
{
    if (!block)
        return;
    uint32_t which = (uint32_t)(((size_t)((uint8_t *)block - pool->base)) / SLAB);
    struct slab *slab = &pool->slabs[which];
    *(void **)block = slab->free;
    slab->free = block;
    pool->left++;
    if (slab->used-- == pool->blocks)
        put(pool, LIST_PARTLY, which);
    if (!slab->used)
        keep_or_discard(pool, which);
}

size_t pool_left(const struct pool *pool)
{
    return pool->left;
}

size_t pool_held(const struct pool *pool)
{
    return ((size_t)pool->busy + pool->empty) * SLAB;
}
