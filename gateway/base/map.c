#include "gateway/base/map.h"

#include <errno.h>
#include <stdatomic.h>

#include "gateway/base/mem.h"
#include "gateway/base/random.h"

#define FIRST_BUCKETS 64

struct map {
    map_match *match;
    struct map_node **buckets;
    size_t mask;
    size_t count;
};

int map_alloc(struct map **mapp, map_match *match)
{
    if (!mapp || !match)
        return EINVAL;
    struct map *map = mem_zalloc(sizeof(*map));
    if (!map)
        return ENOMEM;
    map->buckets = mem_array(FIRST_BUCKETS, sizeof(*map->buckets));
    if (!map->buckets) {
        mem_free(map);
        return ENOMEM;
    }
    map->match = match;
    map->mask = FIRST_BUCKETS - 1;
    *mapp = map;
    return 0;
}

void map_free(struct map *map)
{
    if (!map)
        return;
    mem_free(map->buckets);
    mem_free(map);
}

// Process-wide on purpose: made once, the same for all tables, so hashes can be handed between
// them.
static uint64_t seed(void)
{
    static _Atomic uint64_t made;
    uint64_t value = atomic_load_explicit(&made, memory_order_relaxed);
    while (!value) {
        uint64_t fresh = random_u64() | 1;
        if (atomic_compare_exchange_strong(&made, &value, fresh))
            value = fresh;
    }
    return value;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t map_hash(const void *key, size_t len)
{
    const uint8_t *at = key;
    uint64_t hash = seed() ^ len;
    while (len) {
        uint64_t word = 0;
        for (unsigned i = 0; i < 8 && len; i++, len--)
            word |= (uint64_t)*at++ << (8 * i);
        hash = mix(hash ^ word) + seed();
    }
    return mix(hash);
}

struct map_node *map_find(const struct map *map, uint64_t hash, const void *key)
{
    for (struct map_node *node = map->buckets[hash & map->mask]; node; node = node->next)
        if (node->hash == hash && map->match(node, key))
            return node;
    return NULL;
}

static void grow(struct map *map)
{
    size_t count = (map->mask + 1) * 2;
    struct map_node **buckets = mem_array(count, sizeof(*buckets));
    if (!buckets)
        return; // slower, still right
    for (size_t i = 0; i <= map->mask; i++)
        for (struct map_node *node = map->buckets[i], *next; node; node = next) {
            next = node->next;
            node->next = buckets[node->hash & (count - 1)];
            buckets[node->hash & (count - 1)] = node;
        }
    mem_free(map->buckets);
    map->buckets = buckets;
    map->mask = count - 1;
}

void map_insert(struct map *map, struct map_node *node, uint64_t hash)
{
    if (map->count > map->mask)
        grow(map);
    node->hash = hash;
    node->next = map->buckets[hash & map->mask];
    map->buckets[hash & map->mask] = node;
    map->count++;
}

void map_remove(struct map *map, struct map_node *node)
{
    struct map_node **at = &map->buckets[node->hash & map->mask];
    while (*at && *at != node)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = node->next;
    node->next = NULL;
    map->count--;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

void map_each(struct map *map, map_each_h *handler, void *arg)
{
    for (size_t i = 0; i <= map->mask; i++)
        for (struct map_node *node = map->buckets[i], *next; node; node = next) {
            next = node->next;
            handler(node, arg);
        }
}
