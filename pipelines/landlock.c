#include "pipelines/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the oldest header we build with; the kernel says by its version what it knows.
#define ACCESS_REFER     (UINT64_C(1) << 13) // version 2
#define ACCESS_TRUNCATE  (UINT64_C(1) << 14) // version 3
#define ACCESS_IOCTL_DEV (UINT64_C(1) << 15) // version 5
#define ACCESS_BASE      ((UINT64_C(1) << 13) - 1)

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_KEEP                                                                                \
    (ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                   \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | ACCESS_TRUNCATE)

static uint64_t known_access(long version)
{
    uint64_t access = ACCESS_BASE;

    access |= version >= 2 ? ACCESS_REFER : 0;
    access |= version >= 3 ? ACCESS_TRUNCATE : 0;
    access |= version >= 5 ? ACCESS_IOCTL_DEV : 0;
    return access;
}

static int allow(int ruleset, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    int err = 0;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
        err = errno;
    close(rule.parent_fd);
    return err;
}

// What libraries open when a decoder is loaded. A missing one is no loss.
static void allow_libraries(int ruleset)
{
    static const struct {
        const char *path;
        uint64_t access;
    } needed[] = {
        {"/usr", ACCESS_READ},
        {"/lib", ACCESS_READ},
        {"/lib64", ACCESS_READ},
        {"/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE},
        {"/etc/localtime", LANDLOCK_ACCESS_FS_READ_FILE},
        {"/proc/cpuinfo", LANDLOCK_ACCESS_FS_READ_FILE},
        {"/proc/self", ACCESS_READ},
        {"/sys/devices/system/cpu", ACCESS_READ},
        {"/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE},
        {"/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE},
    };

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        (void)allow(ruleset, needed[i].path, needed[i].access);
}

int landlock_enter(const char *read_file, const char *write_dir)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 0)
        return errno;
    uint64_t known = known_access(version);
    struct landlock_ruleset_attr attr = {.handled_access_fs = known};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
    if (ruleset < 0)
        return errno;

    int err = 0;
    allow_libraries(ruleset);
    if (read_file)
        err = allow(ruleset, read_file, LANDLOCK_ACCESS_FS_READ_FILE);
    if (!err && write_dir)
        err = allow(ruleset, write_dir, ACCESS_KEEP & known);
    if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        err = errno;
    if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
        err = errno;
    close(ruleset);
    return err;
}
