#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/options.h"

// What banyanctl does by itself, whether a gateway runs or not: looks at the database, makes a
// backup, restores one. Each gives what to print as a new reference, or NULL with a sentence in
// `error`.

struct local {
    const struct options *options;
    const char *dir; // of the backup
    char error[512];
};

typedef json_t *local_run(struct local *local);

// Is the command (its words and arguments) one of these? *run is then what to call, NULL when its
// arguments are wrong, and *dir its folder, if it wants one.
bool local_find(char **words, int count, local_run **run, const char **dir);

// archive.c
local_run archive_backup;  // a new folder inside local->dir
local_run archive_restore; // local->dir is a backup; refused while a gateway runs
