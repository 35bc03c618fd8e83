#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/map.h"
#include "gateway/peer/ice.h"
#include "gateway/peer/path.h"

// Which session a path (5-tuple) belongs to: a path belongs to the session whose authentic check
// came on it, and stays with it while its checks go on, so that nobody can take it by a check of
// his own with a forged source address. One thread.

struct session;

struct path_entry {
    struct map_node node;
    struct path path;
    struct session *session; // NULL: this entry is not in the table
};

// All paths of one session; embedded there.
struct path_set {
    struct path_entry entries[ICE_PATHS_MAX];
    unsigned next; // replaced when all are taken
};

#define PATH_HOLD_US (10 * 1000000LL) // a path is kept this long after its newest check

int path_table_alloc(struct map **tablep);
// The session of a path, or NULL.
struct session *path_table_find(const struct map *table, const struct path *path);
// An authentic check for `session` came on `path`. False when the path stays another session's.
bool path_claim(struct map *table, struct session *session, const struct path *path,
                int64_t now_us);
void path_set_release(struct map *table, struct path_set *set);
void path_set_forget_wire(struct map *table, struct path_set *set, const struct wire *wire);
