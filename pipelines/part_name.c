#include "pipelines/part_name.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BASE_SUFFIX ".mkv"

static size_t stem_len(const char *base)
{
    size_t len = strlen(base), suffix = strlen(BASE_SUFFIX);
    bool has = len > suffix && strcmp(base + len - suffix, BASE_SUFFIX) == 0;

    return has ? len - suffix : len;
}

int part_name(char *name, size_t size, const char *base, unsigned number, const char *suffix)
{
    char count[16] = "";

    if (number > 1)
        snprintf(count, sizeof(count), "-%u", number);
    int len = snprintf(name, size, "%.*s%s%s", (int)stem_len(base), base, count, suffix);
    return len < 0 || (size_t)len >= size ? ENAMETOOLONG : 0;
}

static bool is_free(const char *base, unsigned number)
{
    static const char *const suffixes[] = {".mkv.part", ".webm", ".mkv", ".mkv.sealed"};
    char name[PATH_MAX];

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        if (part_name(name, sizeof(name), base, number, suffixes[i]) || access(name, F_OK) == 0)
            return false;
    return true;
}

int part_first_free(const char *base, unsigned *number)
{
    for (unsigned n = 1; n <= PART_MAX; n++)
        if (is_free(base, n)) {
            *number = n;
            return 0;
        }
    return EMFILE;
}
