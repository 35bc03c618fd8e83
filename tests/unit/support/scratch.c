#include "tests/unit/support/scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[SCRATCH_LEN];
static pid_t owner;
static unsigned made;

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

// Children that a test forks end as well, and must leave it alone.
static void remove_all(void)
{
    if (getpid() == owner)
        nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void make_base(void)
{
    const char *dir = getenv("TMPDIR");
    int len = snprintf(base, sizeof(base), "%s/banyan-unit-XXXXXX", dir && *dir ? dir : "/tmp");
    if (len > SCRATCH_LEN - 16 || !mkdtemp(base))
        fail(base);
    owner = getpid();
    atexit(remove_all);
}

void scratch_dir(char path[SCRATCH_LEN])
{
    if (!*base)
        make_base();
    strcpy(path, base);
    sprintf(path + strlen(path), "/%u", made++);
    if (mkdir(path, 0700) != 0)
        fail(path);
}
