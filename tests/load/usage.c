#include "tests/load/usage.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"

int usage_pin(int core)
{
    cpu_set_t cores;
    if (core < 0)
        return 0;
    CPU_ZERO(&cores);
    CPU_SET((unsigned)core, &cores);
    return sched_setaffinity(0, sizeof(cores), &cores) < 0 ? errno : 0;
}

// The first number of a thread's schedstat: nanoseconds on a core. (utime and stime of stat say
// the same in steps of 10 ms.)
static int64_t thread_ns(pid_t pid, const char *thread)
{
    char path[320];
    long long ns = 0;
    snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, thread);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%lld", &ns) != 1)
        ns = 0;
    fclose(file);
    return ns;
}

static int64_t process_us(pid_t pid)
{
    char path[64];
    int64_t ns = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            ns += thread_ns(pid, entry->d_name);
    closedir(dir);
    return ns / 1000;
}

static int64_t resident_kib(pid_t pid)
{
    char path[64], line[256];
    long long kib = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    while (!kib && fgets(line, sizeof(line), file))
        sscanf(line, "VmRSS: %lld", &kib);
    fclose(file);
    return kib;
}

// user, nice, system, idle, iowait, irq, softirq, steal: all but the two idle ones.
static int64_t core_us(int core)
{
    char line[512], name[16];
    long long t[8] = {0};
    size_t len = (size_t)snprintf(name, sizeof(name), "cpu%d ", core);
    FILE *file = core < 0 ? NULL : fopen("/proc/stat", "r");
    if (!file)
        return 0;
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, name, len) == 0)
            sscanf(line + len, "%lld %lld %lld %lld %lld %lld %lld %lld", &t[0], &t[1], &t[2],
                   &t[3], &t[4], &t[5], &t[6], &t[7]);
    fclose(file);
    return (t[0] + t[1] + t[2] + t[5] + t[6] + t[7]) * (1000000 / sysconf(_SC_CLK_TCK));
}

void usage_take(struct usage *usage, const struct usage_scope *scope)
{
    struct timespec own;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    usage->at_us = clock_us();
    usage->load_us = own.tv_sec * 1000000ll + own.tv_nsec / 1000;
    usage->server_us = scope->server ? process_us(scope->server) : 0;
    usage->server_memory_kib = scope->server ? resident_kib(scope->server) : 0;
    usage->server_core_us = core_us(scope->server_core);
    usage->load_core_us = core_us(scope->load_core);
}
