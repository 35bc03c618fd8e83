#include "pipelines/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_RTP     3
#define CHILD_CONTROL 4
#define CHILD_FIRST   5  // and above: closed
#define FD_ABOVE      10 // the child's ends must not lie where they are to be placed
#define ENV_MAX       64
#define SOCKET_BUFFER (1024 * 1024) // a large keyframe in one burst

extern char **environ;

static const char *const env_allowed[] = {
    "PATH=",         "HOME=",         "LANG=",           "LC_ALL=",
    "TZ=",           "TMPDIR=",       "XDG_CACHE_HOME=", "GST_",
    "ASAN_OPTIONS=", "LSAN_OPTIONS=", "UBSAN_OPTIONS=",  "LD_LIBRARY_PATH=",
};

static void env_filter(char **to, size_t cap)
{
    size_t count = 0;

    for (char **env = environ; *env && count + 1 < cap; env++)
        for (size_t i = 0; i < sizeof(env_allowed) / sizeof(env_allowed[0]); i++)
            if (strncmp(*env, env_allowed[i], strlen(env_allowed[i])) == 0) {
                to[count++] = *env;
                break;
            }
    to[count] = NULL;
}

static void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

// ours: non-blocking. theirs: blocking, numbered above the places it is copied to.
static int pair_open(int *ours, int *theirs)
{
    int fd[2], size = SOCKET_BUFFER;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
        return errno;
    for (int i = 0; i < 2; i++)
        if (setsockopt(fd[i], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
            (void)setsockopt(fd[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    int err = fcntl(fd[0], F_SETFL, O_NONBLOCK) < 0 ? errno : 0;
    *theirs = fcntl(fd[1], F_DUPFD_CLOEXEC, FD_ABOVE);
    if (*theirs < 0)
        err = errno;
    close(fd[1]);
    *ours = fd[0];
    return err;
}

static int actions_fill(posix_spawn_file_actions_t *actions, int rtp, int control)
{
    int err = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

    if (!err)
        err = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
    if (!err)
        err = posix_spawn_file_actions_adddup2(actions, rtp, CHILD_RTP);
    if (!err)
        err = posix_spawn_file_actions_adddup2(actions, control, CHILD_CONTROL);
    if (!err)
        err = posix_spawn_file_actions_addclosefrom_np(actions, CHILD_FIRST);
    return err;
}

// Signals as a fresh process has them: nothing blocked, nothing ignored.
static int attributes_fill(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    int err = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!err)
        err = posix_spawnattr_setsigmask(attributes, &none);
    return err ? err : posix_spawnattr_setsigdefault(attributes, &all);
}

static int process_start(pid_t *pid, const char *program, const char *kind, int rtp, int control)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char *env[ENV_MAX];
    char *argv[] = {(char *)program, (char *)kind, NULL};

    int err = posix_spawn_file_actions_init(&actions);
    if (err)
        return err;
    err = posix_spawnattr_init(&attributes);
    if (err)
        goto out_actions;
    env_filter(env, ENV_MAX);
    err = actions_fill(&actions, rtp, control);
    if (!err)
        err = attributes_fill(&attributes);
    if (!err)
        err = posix_spawn(pid, program, &actions, &attributes, argv, env);
    posix_spawnattr_destroy(&attributes);
out_actions:
    posix_spawn_file_actions_destroy(&actions);
    return err;
}

static int pid_fd_open(struct spawned *spawned)
{
    spawned->pid_fd = pidfd_open(spawned->pid, 0);
    if (spawned->pid_fd >= 0)
        return 0;
    int err = errno;
    kill(spawned->pid, SIGKILL);
    while (waitpid(spawned->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return err;
}

int spawn_pipeline(struct spawned *spawned, const char *program, const char *kind)
{
    int rtp = -1, control = -1;

    *spawned = (struct spawned){.pid_fd = -1, .control_fd = -1, .rtp_fd = -1};
    int err = pair_open(&spawned->rtp_fd, &rtp);
    if (!err)
        err = pair_open(&spawned->control_fd, &control);
    if (!err)
        err = process_start(&spawned->pid, program, kind, rtp, control);
    if (!err)
        err = pid_fd_open(spawned);
    fd_close(&rtp);
    fd_close(&control);
    if (err) {
        spawn_close(spawned);
        spawned->pid = 0;
    }
    return err;
}

int spawn_reap(const struct spawned *spawned, int *status)
{
    pid_t pid = waitpid(spawned->pid, status, WNOHANG);

    if (pid == 0)
        return EAGAIN;
    return pid < 0 ? errno : 0;
}

void spawn_close(struct spawned *spawned)
{
    fd_close(&spawned->pid_fd);
    fd_close(&spawned->control_fd);
    fd_close(&spawned->rtp_fd);
}
