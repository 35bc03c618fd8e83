#include "gateway/rooms/roster.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"

struct roster {
    struct map *rooms, *sessions, *ports, *publications;
};

static bool room_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct roster_room, node)->name, key) == 0;
}

static bool session_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct roster_session, node)->id, key) == 0;
}

static bool port_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct roster_port, node)->id, key) == 0;
}

static bool publication_matches(const struct map_node *node, const void *key)
{
    return strcmp(container_of(node, struct roster_publication, node)->info.id, key) == 0;
}

int roster_alloc(struct roster **rosterp)
{
    int err;
    struct roster *roster = mem_zalloc(sizeof(*roster));
    if (!roster)
        return ENOMEM;
    err = map_alloc(&roster->rooms, room_matches);
    if (!err)
        err = map_alloc(&roster->sessions, session_matches);
    if (!err)
        err = map_alloc(&roster->ports, port_matches);
    if (!err)
        err = map_alloc(&roster->publications, publication_matches);
    if (err)
        roster_free(roster);
    else
        *rosterp = roster;
    return err;
}

static void free_session(struct map_node *node, void *arg)
{
    struct roster_session *session = container_of(node, struct roster_session, node);
    (void)arg;
    seat_leave(session->seat);
    mem_free(session);
}

static void free_port(struct map_node *node, void *arg)
{
    struct roster_port *port = container_of(node, struct roster_port, node);
    (void)arg;
    seat_leave(port->seat);
    mem_free(port);
}

static void free_publication(struct map_node *node, void *arg)
{
    (void)arg;
    mem_free(container_of(node, struct roster_publication, node));
}

static void free_room(struct map_node *node, void *arg)
{
    (void)arg;
    mem_free(container_of(node, struct roster_room, node));
}

static void free_table(struct map *map, map_each_h *handler)
{
    if (map)
        map_each(map, handler, NULL);
    map_free(map);
}

void roster_free(struct roster *roster)
{
    if (!roster)
        return;
    free_table(roster->sessions, free_session);
    free_table(roster->ports, free_port);
    free_table(roster->publications, free_publication);
    free_table(roster->rooms, free_room);
    mem_free(roster);
}

static uint64_t hash_of(const char *key)
{
    return map_hash(key, strlen(key));
}

struct roster_room *roster_find_room(const struct roster *roster, const char *name)
{
    struct map_node *node = map_find(roster->rooms, hash_of(name), name);
    return node ? container_of(node, struct roster_room, node) : NULL;
}

struct roster_session *roster_find_session(const struct roster *roster, const char *id)
{
    struct map_node *node = map_find(roster->sessions, hash_of(id), id);
    return node ? container_of(node, struct roster_session, node) : NULL;
}

struct roster_port *roster_find_port(const struct roster *roster, const char *id)
{
    struct map_node *node = map_find(roster->ports, hash_of(id), id);
    return node ? container_of(node, struct roster_port, node) : NULL;
}

struct roster_publication *roster_find_publication(const struct roster *roster, const char *id)
{
    struct map_node *node = map_find(roster->publications, hash_of(id), id);
    return node ? container_of(node, struct roster_publication, node) : NULL;
}

void roster_each_room(struct roster *roster, map_each_h *handler, void *arg)
{
    map_each(roster->rooms, handler, arg);
}

// The room with this name, made when it is not there, held once more. NULL: no memory.
static struct roster_room *hold(struct roster *roster, const char *name)
{
    struct roster_room *room = roster_find_room(roster, name);
    if (!room) {
        room = mem_zalloc(sizeof(*room));
        if (!room)
            return NULL;
        text_copy(room->name, sizeof(room->name), name);
        room->home = ROSTER_NO_HOME;
        list_init(&room->publications);
        list_init(&room->seats);
        map_insert(roster->rooms, &room->node, hash_of(name));
    }
    room->refs++;
    return room;
}

void roster_let_go(struct roster *roster, struct roster_room *room)
{
    if (room->refs || room->viewers != room->viewers_told || loop_timer_running(&room->timer))
        return;
    map_remove(roster->rooms, &room->node);
    mem_free(room);
}

static void release(struct roster *roster, struct roster_room *room)
{
    room->refs--;
    roster_let_go(roster, room);
}

struct roster_session *roster_add_session(struct roster *roster, const char *id, const char *room)
{
    struct roster_session *session = mem_zalloc(sizeof(*session));
    struct roster_room *held = session ? hold(roster, room) : NULL;
    if (!held) {
        mem_free(session);
        return NULL;
    }
    session->room = held;
    text_copy(session->id, sizeof(session->id), id);
    map_insert(roster->sessions, &session->node, hash_of(id));
    return session;
}

struct roster_port *roster_add_port(struct roster *roster, const char *id, const char *room)
{
    struct roster_port *port = mem_zalloc(sizeof(*port));
    struct roster_room *held = port ? hold(roster, room) : NULL;
    if (!held) {
        mem_free(port);
        return NULL;
    }
    port->room = held;
    text_copy(port->id, sizeof(port->id), id);
    map_insert(roster->ports, &port->node, hash_of(id));
    return port;
}

struct roster_publication *roster_add_publication(struct roster *roster,
                                                  const struct rooms_publication *info)
{
    struct roster_publication *publication = mem_zalloc(sizeof(*publication));
    struct roster_room *held = publication ? hold(roster, info->room) : NULL;
    if (!held) {
        mem_free(publication);
        return NULL;
    }
    publication->room = held;
    publication->info = *info;
    list_append(&held->publications, &publication->link);
    map_insert(roster->publications, &publication->node, hash_of(info->id));
    return publication;
}

void roster_remove_session(struct roster *roster, struct roster_session *session)
{
    map_remove(roster->sessions, &session->node);
    seat_leave(session->seat);
    release(roster, session->room);
    mem_free(session);
}

void roster_remove_port(struct roster *roster, struct roster_port *port)
{
    map_remove(roster->ports, &port->node);
    seat_leave(port->seat);
    release(roster, port->room);
    mem_free(port);
}

void roster_remove_publication(struct roster *roster, struct roster_publication *publication)
{
    map_remove(roster->publications, &publication->node);
    list_remove(&publication->link);
    release(roster, publication->room);
    mem_free(publication);
}

size_t roster_sessions(const struct roster *roster)
{
    return map_count(roster->sessions);
}

size_t roster_publications(const struct roster *roster)
{
    return map_count(roster->publications);
}
