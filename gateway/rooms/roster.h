#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/list.h"
#include "gateway/base/loop.h"
#include "gateway/base/map.h"
#include "gateway/rooms/rooms.h"
#include "gateway/rooms/seat.h"

// What the control thread knows of the rooms: which shard is a room's home, where each session and
// port is, what is published, how many watch. Control thread only.

#define ROSTER_NO_HOME UINT32_MAX

struct roster;

struct roster_room {
    struct map_node node;
    char name[ROOMS_NAME_MAX];
    unsigned home;            // shard; ROSTER_NO_HOME before the first publisher
    unsigned refs;            // sessions, ports, publications
    struct list publications; // roster_publication.link
    struct list seats;        // seat.link
    unsigned viewers, viewers_told;
    int64_t told_us;
    struct loop_timer timer;
    void *owner; // of the timer
};

struct roster_session {
    struct map_node node;
    char id[ROOMS_ID_MAX];
    struct roster_room *room;
    struct seat *seat; // NULL: it watches
    unsigned shard;
    bool publish, connected;
};

struct roster_port {
    struct map_node node;
    char id[ROOMS_ID_MAX];
    struct roster_room *room;
    struct seat *seat; // NULL: it records
    unsigned shard;
};

struct roster_publication {
    struct map_node node;
    struct list link;
    struct roster_room *room;
    struct rooms_publication info;
    unsigned shard;
};

int roster_alloc(struct roster **rosterp);
// Everything in it too; timers are stopped before.
void roster_free(struct roster *roster);

struct roster_room *roster_find_room(const struct roster *roster, const char *name);
struct roster_session *roster_find_session(const struct roster *roster, const char *id);
struct roster_port *roster_find_port(const struct roster *roster, const char *id);
struct roster_publication *roster_find_publication(const struct roster *roster, const char *id);
void roster_each_room(struct roster *roster, map_each_h *handler, void *arg);

// Each makes the room when it is not there, and holds it. NULL: no memory.
struct roster_session *roster_add_session(struct roster *roster, const char *id, const char *room);
struct roster_port *roster_add_port(struct roster *roster, const char *id, const char *room);
struct roster_publication *roster_add_publication(struct roster *roster,
                                                  const struct rooms_publication *info);
// Each frees it, leaves its seat and lets the room go.
void roster_remove_session(struct roster *roster, struct roster_session *session);
void roster_remove_port(struct roster *roster, struct roster_port *port);
void roster_remove_publication(struct roster *roster, struct roster_publication *publication);
// Frees the room when nothing holds it and nobody has to be told about it.
void roster_let_go(struct roster *roster, struct roster_room *room);
size_t roster_sessions(const struct roster *roster);
size_t roster_publications(const struct roster *roster);
