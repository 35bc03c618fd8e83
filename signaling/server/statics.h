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
// files, 64 MiB each, 256 MiB together). ENOENT, EFBIG, EMFILE, ENOMEM.
int static_alloc(struct statics **staticsp, const char *dir);
void static_free(struct statics *statics);

// The file for an address: itself, "<address>.html" or "<address>/index.html". NULL when there is
// none or `statics` is NULL.
const struct static_file *static_find(const struct statics *statics, const char *path);

// Does the If-None-Match value name this file?
bool static_matches(const struct static_file *file, const char *known);
