#pragma once
#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/options.h"

// What banyanctl does by itself, whether a gateway runs or not: looks at the database, makes a
// backup, restores one. Each gives what to print as a new reference, or NULL with a sentence in
// `error`.

struct local {
    const struct options *options;
    const char *dir;  // of the backup
    const char *head; // file of a head to verify against; NULL: none
    bool sign;        // the head
    char error[512];
};

typedef json_t *local_run(struct local *local);

// Is the command (its words and arguments) one of these? *run is then what to call, NULL when its
// arguments are wrong, and `local` has them.
bool local_find(char **words, int count, struct local *local, local_run **run);

// audit.c
local_run audit_verify;
local_run audit_head;

// archive.c
local_run archive_backup;  // a new folder inside local->dir
local_run archive_restore; // local->dir is a backup; refused while a gateway runs
