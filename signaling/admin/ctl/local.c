#include "signaling/admin/ctl/local.h"

#include <string.h>

// Takes what stands behind the command's words; false when that cannot be.
typedef bool take_h(struct local *local, char **words, int count);

static bool take_dir(struct local *local, char **words, int count)
{
    local->dir = count == 1 ? words[0] : NULL;
    return local->dir;
}

static bool take_sign(struct local *local, char **words, int count)
{
    local->sign = count == 1 && strcmp(words[0], "--sign") == 0;
    return !count || local->sign;
}

static bool take_head(struct local *local, char **words, int count)
{
    local->head = count == 2 && strcmp(words[0], "--head") == 0 ? words[1] : NULL;
    return !count || local->head;
}

static const struct {
    const char *word, *second; // NULL: there is one word
    take_h *take;
    local_run *run;
} rows[] = {
    {"audit", "verify", take_head, audit_verify},
    {"audit", "head", take_sign, audit_head},
    {"backup", NULL, take_dir, archive_backup},
    {"restore", NULL, take_dir, archive_restore},
};

bool local_find(char **words, int count, struct local *local, local_run **run)
{
    bool found = false;
    *run = NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int named = rows[i].second ? 2 : 1;
        if (strcmp(words[0], rows[i].word) != 0)
            continue;
        found = true;
        if (count >= named && (named == 1 || strcmp(words[1], rows[i].second) == 0) &&
            rows[i].take(local, words + named, count - named))
            *run = rows[i].run;
    }
    return found;
}
