#include "gateway/rooms/room.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"

struct directory {
    struct map *rooms;
    struct map *publications;
    struct list parked; // message_park.link: who neither sees nor is seen
};

static bool room_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct room, by_name)->name, key) == 0;
}

static bool publication_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct publication, by_id)->info.id, key) == 0;
}

int directory_alloc(struct directory **directoryp)
{
    int err;
    if (!directoryp)
        return EINVAL;
    struct directory *directory = mem_zalloc(sizeof(*directory));
    if (!directory)
        return ENOMEM;
    list_init(&directory->parked);
    err = map_alloc(&directory->rooms, room_matches);
    if (!err)
        err = map_alloc(&directory->publications, publication_matches);
    if (err)
        directory_free(directory);
    else
        *directoryp = directory;
    return err;
}

void directory_free(struct directory *directory)
{
    if (!directory)
        return;
    directory_unpark(directory, NULL);
    map_free(directory->rooms);
    map_free(directory->publications);
    mem_free(directory);
}

// 16 hexadecimal digits, the same in all shards of this process.
void rooms_publication_id(const char *room, const char *participant, enum rooms_source source,
                          char id[ROOMS_ID_MAX])
{
    char key[ROOMS_NAME_MAX + ROOMS_ID_MAX + 16];
    int len = snprintf(key, sizeof(key), "%s/%s/%d", room, participant, (int)source);
    snprintf(id, ROOMS_ID_MAX, "%016llx", (unsigned long long)map_hash(key, (size_t)len));
}

struct publication *directory_find(const struct directory *directory, const char *id)
{
    struct map_node *node = map_find(directory->publications, map_hash(id, strlen(id)), id);
    return node ? container_of(node, struct publication, by_id) : NULL;
}

struct each {
    void (*handler)(void *, struct publication *);
    void *arg;
};

static void hand_over(struct map_node *node, void *arg)
{
    const struct each *each = arg;
    each->handler(each->arg, container_of(node, struct publication, by_id));
}

void directory_each(const struct directory *directory, void (*each)(void *, struct publication *),
                    void *arg)
{
    struct each what = {.handler = each, .arg = arg};
    map_each(directory->publications, hand_over, &what);
}

static struct room *find_room(const struct directory *directory, const char *name)
{
    struct map_node *node = map_find(directory->rooms, map_hash(name, strlen(name)), name);
    return node ? container_of(node, struct room, by_name) : NULL;
}

const struct room *directory_room(const struct directory *directory, const char *name)
{
    return find_room(directory, name);
}

// The room with this name, made when it is not there. NULL: no memory.
static struct room *enter(struct directory *directory, const char *name)
{
    struct room *room = find_room(directory, name);
    if (room)
        return room;
    room = mem_zalloc(sizeof(*room));
    if (!room)
        return NULL;
    room->directory = directory;
    text_copy(room->name, sizeof(room->name), name);
    list_init(&room->publications);
    list_init(&room->watches);
    map_insert(directory->rooms, &room->by_name, map_hash(name, strlen(name)));
    return room;
}

static void leave(struct directory *directory, struct room *room)
{
    if (!list_empty(&room->publications) || !list_empty(&room->watches))
        return;
    map_remove(directory->rooms, &room->by_name);
    mem_free(room);
}

int directory_publish(struct directory *directory, const struct rooms_publication *info,
                      struct publication **publicationp)
{
    int err = ENOMEM;
    if (directory_find(directory, info->id))
        return EEXIST;
    struct room *room = enter(directory, info->room);
    if (!room)
        return ENOMEM;
    struct publication *publication = mem_zalloc(sizeof(*publication));
    if (!publication)
        goto out;
    err = EOVERFLOW;
    if (room->publication_count >= ROOM_PUBLICATIONS_MAX)
        goto out;
    publication->info = *info;
    publication->room = room;
    list_init(&publication->feeds);
    list_append(&room->publications, &publication->link);
    room->publication_count++;
    map_insert(directory->publications, &publication->by_id, map_hash(info->id, strlen(info->id)));
    err = 0;
out:
    if (err) {
        mem_free(publication);
        leave(directory, room);
    } else {
        *publicationp = publication;
    }
    return err;
}

void directory_unpublish(struct directory *directory, struct publication *publication,
                         int64_t now_us)
{
    struct room *room = publication->room;
    list_remove(&publication->link);
    room->publication_count--;
    map_remove(directory->publications, &publication->by_id);
    room_refresh(room, now_us);
    mem_free(publication);
    leave(directory, room);
}

// --- parked -------------------------------------------------------------------------------------

// Few at a time: who waits for an answer, one side while the other one is talked to alone.
static struct message_park *find_parked(const struct directory *directory, const char *room,
                                        const char *participant)
{
    for (struct list *at = directory->parked.next; at != &directory->parked; at = at->next) {
        struct message_park *parked = container_of(at, struct message_park, link);
        if (strcmp(parked->room, room) == 0 && strcmp(parked->participant, participant) == 0)
            return parked;
    }
    return NULL;
}

static bool is_parked(const struct room *room, const char *participant)
{
    return find_parked(room->directory, room->name, participant) != NULL;
}

static void let_back(struct message_park *parked)
{
    list_remove(&parked->link);
    message_free(&parked->msg);
}

void directory_park(struct directory *directory, struct message_park *park, int64_t now_us)
{
    struct message_park *already = find_parked(directory, park->room, park->participant);
    struct room *room = find_room(directory, park->room);
    if (already)
        let_back(already);
    list_append(&directory->parked, &park->link);
    if (!park->parked)
        let_back(park);
    if (room)
        room_refresh(room, now_us);
}

void directory_unpark(struct directory *directory, const char *room)
{
    struct list *at, *tmp;
    list_each(at, tmp, &directory->parked)
    {
        struct message_park *parked = container_of(at, struct message_park, link);
        if (!room || strcmp(parked->room, room) == 0)
            let_back(parked);
    }
}

// --- who sees what ------------------------------------------------------------------------------

static const int rank[ROOMS_SOURCE_COUNT] = {
    [ROOMS_HALL] = 4,
    [ROOMS_CAMERA] = 3,
    [ROOMS_SCREEN] = 2,
    [ROOMS_DOCUMENT] = 1,
};

struct publication *room_programme(const struct room *room, const char *participant)
{
    struct publication *best = NULL;
    for (const struct list *at = room->publications.next; at != &room->publications;
         at = at->next) {
        struct publication *one = container_of(at, struct publication, link);
        if (strcmp(one->info.participant, participant) == 0 ||
            is_parked(room, one->info.participant))
            continue;
        if (!best || rank[one->info.source] >= rank[best->info.source])
            best = one;
    }
    return best;
}

static struct publication *wanted(const struct room_watch *watch)
{
    const struct room *room = watch->room;
    if (is_parked(room, watch->participant))
        return NULL;
    if (!watch->wanted[0])
        return room_programme(room, watch->participant);
    for (const struct list *at = room->publications.next; at != &room->publications;
         at = at->next) {
        struct publication *one = container_of(at, struct publication, link);
        if (strcmp(one->info.id, watch->wanted) == 0)
            return is_parked(room, one->info.participant) ? NULL : one;
    }
    return NULL;
}

static void show(struct room_watch *watch, struct publication *to, int64_t now_us)
{
    struct publication *from = watch->shown;
    if (to == from && (!to || to->generation == watch->generation))
        return;
    watch->shown = to;
    watch->generation = to ? to->generation : 0;
    watch->follow(watch, from, to, now_us);
}

void room_refresh(struct room *room, int64_t now_us)
{
    struct list *at, *tmp;
    list_each(at, tmp, &room->watches)
    {
        struct room_watch *watch = container_of(at, struct room_watch, link);
        show(watch, wanted(watch), now_us);
    }
}

int directory_watch(struct directory *directory, struct room_watch *watch, const char *room,
                    int64_t now_us)
{
    watch->room = enter(directory, room);
    if (!watch->room)
        return ENOMEM;
    list_append(&watch->room->watches, &watch->link);
    show(watch, wanted(watch), now_us);
    return 0;
}

void directory_unwatch(struct directory *directory, struct room_watch *watch, int64_t now_us)
{
    if (!watch->room)
        return;
    list_remove(&watch->link);
    show(watch, NULL, now_us);
    leave(directory, watch->room);
    watch->room = NULL;
}
