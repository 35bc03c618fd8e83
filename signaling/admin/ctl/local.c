#include "signaling/admin/ctl/local.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "signaling/store/archive.h"

static json_t *audit_verify(struct local *local)
{
    int64_t entries = 0;
    int err = store_audit_check(local->options->database_url, &entries);
    if (!err)
        return json_pack("{s:I, s:b}", "entries", (json_int_t)entries, "whole", 1);
    if (err == EBADMSG)
        snprintf(local->error, sizeof(local->error),
                 "the audit log is broken: entry %lld is missing, or is not what was written",
                 (long long)entries + 1);
    else
        snprintf(local->error, sizeof(local->error), "%s: %s", local->options->database_url,
                 strerror(err));
    return NULL;
}

static const struct {
    const char *word, *second; // the second is fixed, or NULL: a folder
    local_run *run;
} rows[] = {
    {"audit", "verify", audit_verify},
    {"backup", NULL, archive_backup},
    {"restore", NULL, archive_restore},
};

bool local_find(char **words, int count, local_run **run, const char **dir)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(words[0], rows[i].word) != 0)
            continue;
        bool fits = count == 2 && (!rows[i].second || strcmp(words[1], rows[i].second) == 0);
        *run = fits ? rows[i].run : NULL;
        *dir = fits && !rows[i].second ? words[1] : NULL;
        return true;
    }
    return false;
}
