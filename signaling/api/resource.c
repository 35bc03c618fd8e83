#include "signaling/api/resource.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/api/events.h"

struct resources {
    struct map *by_id;
    size_t unfinished;
};

static bool matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, const struct resource, node)->id, key) == 0;
}

int resources_alloc(struct resources **resourcesp)
{
    struct resources *resources = mem_zalloc(sizeof(*resources));
    if (!resources)
        return ENOMEM;
    int err = map_alloc(&resources->by_id, matches);
    if (err)
        mem_free(resources);
    else
        *resourcesp = resources;
    return err;
}

static void free_one(struct map_node *node, void *arg)
{
    struct resource *resource = container_of(node, struct resource, node);
    map_remove(arg, node);
    events_free(resource->events);
    mem_free(resource->layers);
    mem_free(resource);
}

void resources_free(struct resources *resources)
{
    if (!resources)
        return;
    map_each(resources->by_id, free_one, resources->by_id);
    map_free(resources->by_id);
    mem_free(resources);
}

struct resource *resources_add(struct resources *resources, bool publishes, const char *room,
                               const char *owner)
{
    struct resource *resource = mem_zalloc(sizeof(*resource));
    if (!resource)
        return NULL;
    random_text(resource->id, RESOURCE_ID_LEN);
    text_copy(resource->room, sizeof(resource->room), room);
    text_copy(resource->owner, sizeof(resource->owner), owner);
    resource->publishes = publishes;
    map_insert(resources->by_id, &resource->node, map_hash(resource->id, RESOURCE_ID_LEN));
    resources->unfinished++;
    return resource;
}

struct resource *resources_find(struct resources *resources, const char *id)
{
    struct map_node *node = map_find(resources->by_id, map_hash(id, strlen(id)), id);
    return node ? container_of(node, struct resource, node) : NULL;
}

void resources_remove(struct resources *resources, const char *id)
{
    struct resource *resource = resources_find(resources, id);
    if (!resource)
        return;
    resources->unfinished -= !resource->connected;
    free_one(&resource->node, resources->by_id);
}

void resources_connected(struct resources *resources, const char *id)
{
    struct resource *resource = resources_find(resources, id);
    if (!resource || resource->connected)
        return;
    resource->connected = true;
    resources->unfinished--;
}

size_t resources_unfinished(const struct resources *resources)
{
    return resources->unfinished;
}
