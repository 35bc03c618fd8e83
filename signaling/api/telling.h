#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "signaling/consult/consult.h"

// One event on its way to all who listen to a topic, at once or a few at a time. Most see the same
// of it, booths that of their centre; both are written once. Control thread.

struct api;

struct telling {
    struct api *api;
    const char *topic, *kind, *body; // `body` is JSON text; the caller's until telling_end()
    int64_t n;                       // 0: without a number
    uint64_t told;                   // serial of the last listener who was; 0: nobody yet
    char *text, *of_centre;          // NULL: not written yet
    char centre[CONSULT_ID_MAX];     // whose `of_centre` is
};

// Tells at most `count` more of them, those first who came first. Is anybody left?
bool telling_some(struct telling *telling, unsigned count);
// Frees what was written; `telling` itself is the caller's. May be called again.
void telling_end(struct telling *telling);
// The whole of it at once.
void telling_all(struct api *api, const char *topic, int64_t n, const char *kind, const char *body);
