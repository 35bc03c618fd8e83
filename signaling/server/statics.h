#pragma once
#include <stdbool.h>
#include <stddef.h>

// The built web client, read into memory at start: an address is looked up in a list of what there
// is, so no address can lead outside.

struct statics;

struct static_file {
    const char *path; // "/booth/index.html"
    const char *type;
    const char *cache; // Cache-Control
    char etag[40];     // strong, quoted
    const void *data;
    size_t len;
};

// Reads all regular files under `dir` (no links, no names that start with a dot; at most 4096
// files, 64 MiB each, 256 MiB together); NULL: none yet. ENOENT, EFBIG, EMFILE, ENOMEM.
int static_alloc(struct statics **staticsp, const char *dir);
void static_free(struct statics *statics);

// A file of these bytes (copied) in the place of the one at this path, if there is one. On an error
// all is as it was. EFBIG, ENOMEM.
int static_put(struct statics *statics, const char *path, const void *bytes, size_t len);
// Harmless when there is none.
void static_remove(struct statics *statics, const char *path);

// The file for an address: itself, "<address>.html", "<address>/index.html"; or a sound of that
// name, in the order of endings in statics.c. NULL when there is none or `statics` is NULL.
const struct static_file *static_find(const struct statics *statics, const char *path);

// Does the If-None-Match value name this file?
bool static_matches(const struct static_file *file, const char *known);
