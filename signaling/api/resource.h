#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/map.h"

// The WHIP and WHEP resources that exist now: which room and whose they are, and their entity tag.
// Control thread.

#define RESOURCE_ID_LEN     22 // letters and digits: 131 bits
#define RESOURCE_NAME       64
#define RESOURCE_LAYERS_MAX 2048

struct event_stream;

struct resource {
    struct map_node node;
    char id[RESOURCE_ID_LEN + 1];
    char room[RESOURCE_NAME];
    char owner[RESOURCE_NAME];       // subject of the token that made it
    char etag[RESOURCE_NAME];        // empty until the answer is there
    char participant[RESOURCE_NAME]; // as whom it takes part
    char publication[RESOURCE_NAME]; // watches only this one; empty: the programme
    unsigned video_line;             // place of the video m-line, from 0
    char paused[16];                 // why no picture is shown, as told last; empty: it is
    char *layers;                    // the newest layers event's data; NULL: none yet
    struct event_stream *events;     // NULL: none asked for
    bool publishes;
    bool connected;
    bool offered; // a counter-offer waits for its answer
};

struct resources;

int resources_alloc(struct resources **resourcesp);
void resources_free(struct resources *resources);

// Makes one with a fresh id. NULL when memory is short.
struct resource *resources_add(struct resources *resources, bool publishes, const char *room,
                               const char *owner);
struct resource *resources_find(struct resources *resources, const char *id);
// Harmless for an unknown id.
void resources_remove(struct resources *resources, const char *id);
// Those not yet connected: an unfinished crowd is refused before it costs anything.
size_t resources_unfinished(const struct resources *resources);
void resources_connected(struct resources *resources, const char *id);
