#include "signaling/holidays.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signaling/table_text.h"

// "2026.txt", else 0.
static int year_of(const char *name)
{
    int digits = 0;
    while (isdigit((unsigned char)name[digits]))
        digits++;
    return digits == 4 && strcmp(name + 4, ".txt") == 0 ? atoi(name) : 0;
}

static int read_year(const char *folder, const char *name, struct calendar *calendar, char *error,
                     size_t size)
{
    char path[1100], text[TABLE_TEXT_MAX];
    const char *wrong = NULL;
    unsigned line = 0;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    int err = table_text_read(path, text);
    if (err) {
        snprintf(error, size, "%s: %s", path, strerror(err));
        return err;
    }
    err = calendar_read(calendar, year_of(name), text, &line, &wrong);
    if (err == EINVAL)
        snprintf(error, size, "%s: line %u: %s", path, line, wrong);
    else if (err)
        snprintf(error, size, "%s: more than %d years", path, CALENDAR_YEARS_MAX);
    return err;
}

int holidays_read(const char *folder, struct calendar *calendar, char *error, size_t size)
{
    struct calendar fresh = {0};
    const struct dirent *entry;
    int err = 0;
    DIR *dir = opendir(folder);
    if (!dir && errno != ENOENT) {
        err = errno;
        snprintf(error, size, "%s: %s", folder, strerror(err));
        return err;
    }
    while (dir && !err && (entry = readdir(dir)))
        if (year_of(entry->d_name))
            err = read_year(folder, entry->d_name, &fresh, error, size);
    if (dir)
        closedir(dir);
    if (!err)
        *calendar = fresh;
    return err;
}
