#include "signaling/auth/throttle.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/list.h"
#include "gateway/base/map.h"
#include "gateway/base/mem.h"

const struct throttle_rule throttle_sign_in = {
    .limit = 5, .window_ms = 900000, .block_ms = 900000, .keys_max = 4096};
const struct throttle_rule throttle_address = {
    .limit = 10, .window_ms = 60000, .block_ms = 60000, .keys_max = 4096};

struct entry {
    struct map_node node;
    struct list link;
    unsigned count;
    int64_t since;         // start of the window
    int64_t blocked_until; // 0: not blocked
    char key[];
};

struct throttle {
    struct throttle_rule rule;
    struct map *map;
    struct list recent; // entry.link, longest untouched first
};

static bool matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct entry, node)->key, key) == 0;
}

int throttle_alloc(struct throttle **throttlep, const struct throttle_rule *rule)
{
    if (!throttlep || !rule || !rule->limit || !rule->keys_max)
        return EINVAL;
    struct throttle *throttle = mem_zalloc(sizeof(*throttle));
    if (!throttle)
        return ENOMEM;
    throttle->rule = *rule;
    list_init(&throttle->recent);
    int err = map_alloc(&throttle->map, matches);
    if (err)
        throttle_free(throttle);
    else
        *throttlep = throttle;
    return err;
}

static void forget(struct throttle *throttle, struct entry *entry)
{
    map_remove(throttle->map, &entry->node);
    list_remove(&entry->link);
    mem_free(entry);
}

void throttle_free(struct throttle *throttle)
{
    struct list *pos, *next;
    if (!throttle)
        return;
    list_each(pos, next, &throttle->recent) forget(throttle, container_of(pos, struct entry, link));
    map_free(throttle->map);
    mem_free(throttle);
}

static struct entry *find(const struct throttle *throttle, const char *key)
{
    struct map_node *node = map_find(throttle->map, map_hash(key, strlen(key)), key);
    return node ? container_of(node, struct entry, node) : NULL;
}

int64_t throttle_wait_ms(const struct throttle *throttle, const char *key, int64_t now_ms)
{
    const struct entry *entry = find(throttle, key);
    return entry && entry->blocked_until > now_ms ? entry->blocked_until - now_ms : 0;
}

// NULL when memory is short: then this one is not counted, which must not lock people out.
static struct entry *add(struct throttle *throttle, const char *key, int64_t now_ms)
{
    size_t len = strlen(key);
    if (map_count(throttle->map) >= throttle->rule.keys_max)
        forget(throttle, container_of(throttle->recent.next, struct entry, link));
    struct entry *entry = mem_zalloc(sizeof(*entry) + len + 1);
    if (!entry)
        return NULL;
    memcpy(entry->key, key, len);
    entry->since = now_ms;
    map_insert(throttle->map, &entry->node, map_hash(key, len));
    return entry;
}

void throttle_count(struct throttle *throttle, const char *key, int64_t now_ms)
{
    const struct throttle_rule *rule = &throttle->rule;
    struct entry *entry = find(throttle, key);
    if (!entry)
        entry = add(throttle, key, now_ms);
    if (!entry)
        return;
    list_remove(&entry->link);
    list_append(&throttle->recent, &entry->link);
    bool is_over = entry->blocked_until && entry->blocked_until <= now_ms;
    if (is_over || now_ms >= entry->since + rule->window_ms) {
        entry->count = 0;
        entry->since = now_ms;
    }
    if (is_over)
        entry->blocked_until = 0;
    if (++entry->count >= rule->limit && !entry->blocked_until)
        entry->blocked_until = now_ms + rule->block_ms;
}

void throttle_take_back(struct throttle *throttle, const char *key)
{
    struct entry *entry = find(throttle, key);
    if (!entry || !entry->count)
        return;
    entry->count--;
    if (entry->count < throttle->rule.limit)
        entry->blocked_until = 0;
}

void throttle_clear(struct throttle *throttle, const char *key)
{
    struct entry *entry = find(throttle, key);
    if (entry)
        forget(throttle, entry);
}
