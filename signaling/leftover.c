#include "signaling/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define SUFFIX        ".mkv.part"
#define LEFTOVERS_MAX 1000 // more are completed at a later start
#define RESTARTS_MAX  3

struct leftovers {
    struct supervisor *supervisor;
    char *files[LEFTOVERS_MAX];
    size_t count, next; // files[next - 1] is being completed
    struct pipeline *pipeline;
    bool stopping;
};

static void begin_next(struct leftovers *leftovers);

// A recorder outlives its gateway for as long as it needs to complete its file: then the file is
// busy for a moment, and gone.
static void failed(void *arg, const char *reason, int64_t restart_in_ms)
{
    struct leftovers *leftovers = arg;
    const char *file = leftovers->files[leftovers->next - 1];
    bool gone = access(file, F_OK) < 0 && errno == ENOENT;
    if (restart_in_ms < 0)
        return;
    if (gone || pipeline_restarts(leftovers->pipeline) >= RESTARTS_MAX)
        pipeline_stop(leftovers->pipeline);
    if (!gone && pipeline_restarts(leftovers->pipeline) >= RESTARTS_MAX)
        log_error("recording", "not completed now: %s", reason);
}

static void done(void *arg, const char *file, int64_t duration_ms)
{
    (void)arg;
    log_info("recording", "%s completed, %lld ms", file, (long long)duration_ms);
}

static void closed(void *arg)
{
    struct leftovers *leftovers = arg;
    leftovers->pipeline = NULL;
    begin_next(leftovers);
}

static const struct pipeline_handlers handlers = {.failed = failed, .done = done, .closed = closed};

static void begin_next(struct leftovers *leftovers)
{
    while (!leftovers->stopping && leftovers->next < leftovers->count) {
        const char *file = leftovers->files[leftovers->next++];
        const struct pipeline_spec spec = {.kind = "remux", .file = file};
        int err = pipeline_start(&leftovers->pipeline, leftovers->supervisor, &spec, &handlers,
                                 leftovers);
        if (!err)
            return;
        log_error("recording", "%s is not completed: %s", file, strerror(err));
    }
}

static bool is_part(const char *name)
{
    size_t len = strlen(name), suffix = strlen(SUFFIX);
    return len > suffix && strcmp(name + len - suffix, SUFFIX) == 0;
}

static int list(struct leftovers *leftovers, const char *path, DIR *dir)
{
    const struct dirent *entry;
    while (leftovers->count < LEFTOVERS_MAX && (entry = readdir(dir))) {
        if (!is_part(entry->d_name))
            continue;
        char *file = mem_printf("%s/%s", path, entry->d_name);
        if (!file)
            return ENOMEM;
        leftovers->files[leftovers->count++] = file;
    }
    return 0;
}

int leftovers_alloc(struct leftovers **leftoversp, struct supervisor *supervisor, const char *path)
{
    DIR *dir = opendir(path);
    if (!dir && errno != ENOENT)
        return errno;
    struct leftovers *leftovers = mem_zalloc(sizeof(*leftovers));
    int err = leftovers ? 0 : ENOMEM;
    if (!err) {
        leftovers->supervisor = supervisor;
        err = dir ? list(leftovers, path, dir) : 0;
    }
    if (dir)
        closedir(dir);
    if (err) {
        leftovers_free(leftovers);
        return err;
    }
    if (leftovers->count)
        log_info("recording", "%zu recordings of an earlier run are completed", leftovers->count);
    begin_next(leftovers);
    *leftoversp = leftovers;
    return 0;
}

void leftovers_free(struct leftovers *leftovers)
{
    if (!leftovers)
        return;
    for (size_t i = 0; i < leftovers->count; i++)
        mem_free(leftovers->files[i]);
    mem_free(leftovers);
}

void leftovers_stop(struct leftovers *leftovers)
{
    leftovers->stopping = true;
    if (leftovers->pipeline)
        pipeline_stop(leftovers->pipeline);
}
