#include "gateway/rooms/path_entry.h"

#include "gateway/rooms/session.h"

static bool path_matches(const struct map_node *node, const void *key)
{
    return path_equal(&container_of(node, struct path_entry, node)->path, key);
}

static uint64_t path_hash(const struct path *path)
{
    return addr_hash(&path->remote) ^ ((uint64_t)(uintptr_t)path->wire >> 4);
}

int path_table_alloc(struct map **tablep)
{
    return map_alloc(tablep, path_matches);
}

static struct path_entry *find(const struct map *table, const struct path *path)
{
    struct map_node *node = map_find(table, path_hash(path), path);
    return node ? container_of(node, struct path_entry, node) : NULL;
}

struct session *path_table_find(const struct map *table, const struct path *path)
{
    const struct path_entry *entry = find(table, path);
    return entry ? entry->session : NULL;
}

static void take_out(struct map *table, struct path_entry *entry)
{
    if (entry->session)
        map_remove(table, &entry->node);
    entry->session = NULL;
}

// Did the owner of this entry have a check on it a moment ago?
static bool is_held(const struct path_entry *entry, int64_t now_us)
{
    const struct ice *ice = peer_ice(entry->session->peer);
    return ice_path_valid(ice, &entry->path, now_us + ICE_CONSENT_US - PATH_HOLD_US);
}

static struct path_entry *free_entry(struct map *table, struct path_set *set)
{
    for (unsigned i = 0; i < ICE_PATHS_MAX; i++)
        if (!set->entries[i].session)
            return &set->entries[i];
    struct path_entry *entry = &set->entries[set->next++ % ICE_PATHS_MAX];
    take_out(table, entry);
    return entry;
}

bool path_claim(struct map *table, struct session *session, const struct path *path, int64_t now_us)
{
    struct path_entry *old = find(table, path);
    if (old && old->session == session)
        return true;
    if (old && is_held(old, now_us))
        return false;
    if (old)
        take_out(table, old);
    struct path_entry *entry = free_entry(table, &session->paths);
    entry->path = *path;
    entry->session = session;
    map_insert(table, &entry->node, path_hash(path));
    return true;
}

void path_set_release(struct map *table, struct path_set *set)
{
    for (unsigned i = 0; i < ICE_PATHS_MAX; i++)
        take_out(table, &set->entries[i]);
}

void path_set_forget_wire(struct map *table, struct path_set *set, const struct wire *wire)
{
    for (unsigned i = 0; i < ICE_PATHS_MAX; i++)
        if (set->entries[i].session && set->entries[i].path.wire == wire)
            take_out(table, &set->entries[i]);
}
