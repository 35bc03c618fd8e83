#include "pipelines/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "pipelines/landlock.h"
#include "pipelines/syscalls.h"

#define NOBODY         65534
#define MEMORY_BYTES   (1024UL * 1024 * 1024)
#define DESCRIPTORS    128
#define LAST_CAP_TRIED 63

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0 // the sanitizers reserve terabytes of address space
#endif

static int privileges_end(const struct sandbox *sandbox)
{
    (void)sandbox;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? errno : 0;
}

static int limits_set(const struct sandbox *sandbox)
{
    static const struct {
        int resource;
        rlim_t limit;
    } limits[] = {
        {RLIMIT_CORE, 0},
        {RLIMIT_NOFILE, DESCRIPTORS},
        {RLIMIT_DATA, SANITIZED ? RLIM_INFINITY : MEMORY_BYTES},
    };

    (void)sandbox;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct rlimit limit = {limits[i].limit, limits[i].limit};
        if (limits[i].limit != RLIM_INFINITY &&
            setrlimit((__rlimit_resource_t)limits[i].resource, &limit) < 0)
            return errno;
    }
    return 0;
}

static int become(uid_t uid, gid_t gid)
{
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
        return errno;
    return 0;
}

// Could user `uid` open `path` in this way? Asks the kernel as that user, then is root again.
static bool reachable_by(uid_t uid, const char *path, int mode)
{
    if (setegid(uid) < 0)
        return false;
    bool reachable = seteuid(uid) == 0 && faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
    if (seteuid(0) < 0 || setegid(0) < 0)
        _exit(1);
    return reachable;
}

static int capabilities_drop(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};

    for (int cap = 0; cap <= LAST_CAP_TRIED; cap++)
        (void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); // EINVAL behind the last one
    return syscall(SYS_capset, &head, none) < 0 ? errno : 0;
}

// Started as root: become "nobody" where nobody can reach the files, otherwise their owner. Root's
// own files are then worked on as a root without one capability.
static int user_drop(const struct sandbox *sandbox)
{
    const char *path = sandbox->write_dir ? sandbox->write_dir : sandbox->read_file;
    int mode = sandbox->write_dir ? R_OK | W_OK | X_OK : R_OK;
    struct stat st;
    int err = 0;

    if (geteuid() != 0)
        return 0;
    if (!path || reachable_by(NOBODY, path, mode))
        err = become(NOBODY, NOBODY);
    else if (stat(path, &st) < 0)
        err = errno;
    else if (st.st_uid != 0)
        err = become(st.st_uid, st.st_gid);
    else
        err = setgroups(0, NULL) < 0 ? errno : 0;
    return err ? err : capabilities_drop();
}

static int files_close(const struct sandbox *sandbox)
{
    int err = landlock_enter(sandbox->read_file, sandbox->write_dir);

    if (err != ENOSYS && err != EOPNOTSUPP)
        return err;
    log_warn("sandbox", "this kernel has no Landlock: files are guarded by their owner only");
    return 0;
}

static int calls_close(const struct sandbox *sandbox)
{
    (void)sandbox;
    return syscalls_enter();
}

int sandbox_enter(const struct sandbox *sandbox, const char **step)
{
    static const struct {
        const char *name;
        int (*enter)(const struct sandbox *sandbox);
    } steps[] = {
        {"no new privileges", privileges_end},
        {"limits", limits_set},
        {"user", user_drop},
        {"landlock", files_close},
        {"seccomp", calls_close},
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        *step = steps[i].name;
        int err = steps[i].enter(sandbox);
        if (err)
            return err;
    }
    return 0;
}
