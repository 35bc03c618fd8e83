#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Options are a table: one row an option. Reading, checking, defaults, printing and --help follow
// from the row. The file is YAML; nested keys are joined by dots ("media.port").

enum option_type {
    OPTION_TEXT,   // char *, at most `max` bytes
    OPTION_NUMBER, // long, min..max
    OPTION_BOOL,   // bool
    OPTION_ADDR,   // char *, "host:port"; checked
    OPTION_CHOICE, // char *, one of the words in `choices` ("error|warn|info|debug")
};

struct option {
    const char *key;
    enum option_type type;
    size_t offset; // of the member in the caller's struct
    const char *fallback;
    long min, max;
    const char *choices;
    const char *help;
};

// The first thing wrong: where, which key, what was expected.
struct option_error {
    char text[512];
};

// Fills `target` with every row's default. ENOMEM.
int option_defaults(const struct option *table, size_t count, void *target);
// Reads a YAML file over what `target` holds. EINVAL with `error` set for anything that is not in
// the table or does not fit its row, ENOENT when there is no such file. `target` is unchanged on
// error.
int option_load(const struct option *table, size_t count, void *target, const char *file,
                struct option_error *error);
// Prints all options as YAML with their help as comments.
void option_print(const struct option *table, size_t count, const void *target, FILE *out);
void option_release(const struct option *table, size_t count, void *target);
