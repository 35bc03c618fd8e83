#include "signaling/admin/ctl/kept.h"

#include <errno.h>
#include <fts.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "signaling/admin/ctl/files.h"

// Not every gateway has all of them.
static const char *const files[] = {"secret.key", "audit.key", "tls/certificate.pem", "tls/key.pem",
                                    "links.json"};
// Everything in them.
static const char *const folders[] = {"own", "purges"};

#define FILES   (sizeof(files) / sizeof(files[0]))
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

// A name that begins with a dot is a file half written; one with a line break stands in no list.
static bool is_left(const FTSENT *entry)
{
    return *entry->fts_name == '.' || strchr(entry->fts_name, '\n');
}

static int visit(FTS *walk, FTSENT *entry, size_t above, kept_h *each, void *arg)
{
    switch (entry->fts_info) {
    case FTS_D:
        return is_left(entry) ? fts_set(walk, entry, FTS_SKIP) : 0;
    case FTS_F:
        return is_left(entry) ? 0 : each(entry->fts_path + above, arg);
    case FTS_DC:
        return ELOOP;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS: // gone meanwhile, or never there
        return entry->fts_errno == ENOENT ? 0 : entry->fts_errno;
    default:
        return 0;
    }
}

// What is linked to is taken as if it stood there.
static int each_in(const char *dir, const char *folder, kept_h *each, void *arg)
{
    char path[PATH_LEN];
    if (!file_join(path, dir, folder))
        return ENAMETOOLONG;
    FTS *walk = fts_open((char *const[]){path, NULL}, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!walk)
        return errno;
    int err = 0;
    for (FTSENT *entry; !err && (errno = 0, entry = fts_read(walk));)
        err = visit(walk, entry, strlen(dir) + 1, each, arg);
    if (!err)
        err = errno;
    fts_close(walk);
    return err;
}

int kept_each(const char *dir, kept_h *each, void *arg)
{
    int err = 0;
    for (size_t i = 0; i < FILES && !err; i++) {
        char path[PATH_LEN];
        if (!file_join(path, dir, files[i]))
            return ENAMETOOLONG;
        err = access(path, F_OK) == 0 ? each(files[i], arg) : errno == ENOENT ? 0 : errno;
    }
    for (size_t i = 0; i < FOLDERS && !err; i++)
        err = each_in(dir, folders[i], each, arg);
    return err;
}

// No way up: no part of it begins with a dot.
static bool is_below(const char *name, const char *folder)
{
    size_t len = strlen(folder);
    return strncmp(name, folder, len) == 0 && name[len] == '/' && name[len + 1] &&
           !strstr(name, "/.") && !strstr(name, "//");
}

bool kept_is(const char *name)
{
    bool is = false;
    for (size_t i = 0; i < FILES; i++)
        is = is || strcmp(name, files[i]) == 0;
    for (size_t i = 0; i < FOLDERS; i++)
        is = is || is_below(name, folders[i]);
    return is;
}
