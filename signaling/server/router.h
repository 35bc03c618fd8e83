#pragma once
#include <stddef.h>

#include "signaling/server/http.h"

// Routes are a table: one row a method and pattern. The router knows nothing of what a row does.

#define ROUTE_PARAMS_MAX 4
#define ROUTE_PARAM_SIZE 129 // the longest parameter is 128 bytes and a zero

struct route {
    enum http_method method;
    const char
        *pattern; // "/whip/{room}/{session}": whole segments, at most ROUTE_PARAMS_MAX in braces
    const void *target; // the caller's: handler, role, ...
};

struct route_match {
    const struct route *route;
    size_t params;
    const char *name[ROUTE_PARAMS_MAX]; // points into the pattern: ends at '}', use route_param()
    char value[ROUTE_PARAMS_MAX][ROUTE_PARAM_SIZE]; // percent-decoded
    unsigned allowed; // bit (1 << method) for each method that the path has; HEAD where GET
};

// Room for the longest Allow header value.
#define ROUTE_ALLOW_SIZE 64

// Finds the row for a raw path. HEAD falls to GET's row when it has none. OPTIONS matches its own
// row if there is one, else EACCES with `allowed` set, which the caller answers as a preflight.
// ENOENT: no pattern fits (404). EACCES: the path exists, not the method (405, see route_allow).
// EINVAL: a path that hides something: bad %-escape, %2F, %5C, %00, control characters, "." or
// "..", empty segment, text that is not UTF-8, or a parameter too long (400).
int route_find(const struct route *routes, size_t count, enum http_method method, const char *path,
               struct route_match *match);

// Value of the parameter `name` ("room"), or NULL.
const char *route_param(const struct route_match *match, const char *name);

// Writes "GET, HEAD, POST, OPTIONS" for `allowed` into `text` (ROUTE_ALLOW_SIZE bytes); returns it.
// OPTIONS is always in.
const char *route_allow(unsigned allowed, char *text);
