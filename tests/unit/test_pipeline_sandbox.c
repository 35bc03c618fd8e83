#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipelines/sandbox.h"
#include "tests/unit/support/scratch.h"

// Each row runs in a child of its own that shuts itself in and then tries something.

static char dir[SCRATCH_LEN];
static char inside[160], outside[160];

// 0 when it worked, otherwise errno.
static int result(long returned)
{
    return returned < 0 ? errno : 0;
}

static int try_execve(void)
{
    char *argv[] = {(char *)"true", NULL};

    return result(execv("/bin/true", argv));
}

static int try_fork(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return result(pid);
}

static int try_inet(void)
{
    return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int try_inet6(void)
{
    return result(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int try_ptrace(void)
{
    return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int try_kill_parent(void)
{
    return result(kill(getppid(), 0));
}

static int try_bpf(void)
{
    return result(syscall(SYS_bpf, 0, NULL, 0));
}

static int try_root(void)
{
    return result(setuid(0));
}

static int try_read_secret(void)
{
    return result(open("/etc/passwd", O_RDONLY));
}

static int try_write_outside(void)
{
    return result(open(outside, O_WRONLY | O_CREAT, 0600));
}

static int try_read_inside(void)
{
    return result(open(inside, O_RDONLY));
}

static int try_write_inside(void)
{
    return result(open(inside, O_WRONLY));
}

static int try_rename_inside(void)
{
    char renamed[192];

    snprintf(renamed, sizeof(renamed), "%s.new", inside);
    return rename(inside, renamed) < 0 || rename(renamed, inside) < 0 ? errno : 0;
}

static void *thread_main(void *arg)
{
    return arg;
}

static int try_thread(void)
{
    pthread_t thread;
    int err = pthread_create(&thread, NULL, thread_main, NULL);

    return err ? err : pthread_join(thread, NULL);
}

enum grant { READS, WRITES };

struct row {
    const char *what;
    enum grant grant;
    int (*attempt)(void);
    bool allowed;
};

static const struct row rows[] = {
    {"execve", READS, try_execve, false},
    {"execve, writing", WRITES, try_execve, false},
    {"fork", READS, try_fork, false},
    {"inet socket", READS, try_inet, false},
    {"inet socket, writing", WRITES, try_inet, false},
    {"inet6 socket", READS, try_inet6, false},
    {"ptrace", READS, try_ptrace, false},
    {"signal to the gateway", READS, try_kill_parent, false},
    {"bpf", READS, try_bpf, false},
    {"another user", READS, try_root, false},
    {"another file", READS, try_read_secret, false},
    {"another file, writing", WRITES, try_read_secret, false},
    {"a file elsewhere", WRITES, try_write_outside, false},
    {"changing the played file", READS, try_write_inside, false},
    {"the played file", READS, try_read_inside, true},
    {"the recorded file", WRITES, try_write_inside, true},
    {"renaming the recorded file", WRITES, try_rename_inside, true},
    {"a thread", READS, try_thread, true},
};

// The child's exit status: 0 allowed, 1 refused, 2 the sandbox did not close.
static int attempt(const struct row *row)
{
    const char *step = "";
    struct sandbox sandbox = {.read_file = row->grant == READS ? inside : NULL,
                              .write_dir = row->grant == WRITES ? dir : NULL};
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        if (sandbox_enter(&sandbox, &step))
            _exit(2);
        _exit(row->attempt() ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static void keeps_what_is_needed_and_refuses_the_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int status = attempt(&rows[i]);
        if (status != (rows[i].allowed ? 0 : 1))
            fail_msg("%s: %s, status %d", rows[i].what, rows[i].allowed ? "refused" : "allowed",
                     status);
    }
}

static int files_make(void **state)
{
    (void)state;
    scratch_dir(dir);
    snprintf(inside, sizeof(inside), "%s/file", dir);
    snprintf(outside, sizeof(outside), "%s.outside", dir);
    int fd = open(inside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd < 0 ? -1 : close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_is_needed_and_refuses_the_rest),
    };

    return cmocka_run_group_tests(tests, files_make, NULL);
}
