#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Hash table whose links live inside the members. The hash is keyed with a random seed made at
// start, so strangers cannot choose colliding keys. One thread.

struct map_node {
    struct map_node *next;
    uint64_t hash;
};

struct map;

// Is `node` the member with this key?
typedef bool map_match(const struct map_node *node, const void *key);
typedef void map_each_h(struct map_node *node, void *arg);

int map_alloc(struct map **mapp, map_match *match);
// Members stay: they are the caller's.
void map_free(struct map *map);

// Hash of a key for all functions below.
uint64_t map_hash(const void *key, size_t len);

struct map_node *map_find(const struct map *map, uint64_t hash, const void *key);
// Never fails: a table that cannot grow gets slower.
void map_insert(struct map *map, struct map_node *node, uint64_t hash);
// Harmless for a node that is not in the table.
void map_remove(struct map *map, struct map_node *node);
size_t map_count(const struct map *map);
// The handler may remove the member it is given, and no other.
void map_each(struct map *map, map_each_h *handler, void *arg);
