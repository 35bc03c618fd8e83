#include "signaling/purge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/file.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/setup.h"
#include "signaling/store/purge.h"

#define FIRST_US (600 * 1000000LL)
#define DAY_US   (86400 * 1000000LL)
#define DAY_MS   86400000LL

struct purges {
    struct control *control;
    char *recordings; // absolute or as data_dir is
    char *dir;        // of the certificates
    struct loop_timer timer;
    json_int_t job; // the number of the latest; 0: none yet
    bool running, dry_run;
    int64_t began_ms;
    json_t *certificate; // of the latest; NULL: it runs, or failed
};

// --- the certificate ----------------------------------------------------------------------------

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int err = file_write_synced(fd, text, strlen(text));
    close(fd);
    return err;
}

static int write_certificate(const struct purges *purges)
{
    char at[32];
    struct tm utc;
    time_t seconds = (time_t)(purges->began_ms / 1000);
    strftime(at, sizeof(at), "%Y%m%dT%H%M%SZ", gmtime_r(&seconds, &utc));
    char *path = mem_printf("%s/%s-%lld.json", purges->dir, at, (long long)purges->job);
    char *text = json_dumps(purges->certificate, JSON_INDENT(2));
    int err = path && text ? setup_directory(purges->dir) : ENOMEM;
    if (!err)
        err = write_text(path, text);
    if (!err)
        log_info("retention", "what was deleted is in %s", path);
    mem_free(path);
    free(text);
    return err;
}

static bool has_deleted(json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (json_integer_value(json_object_get(row, "count")) ||
            json_integer_value(json_object_get(row, "files")))
            return true;
    }
    return false;
}

static void purged(void *arg, int err, json_t *rows)
{
    struct purges *purges = arg;
    purges->running = false;
    if (!err)
        purges->certificate = json_pack("{s:b, s:I, s:b, s:O}", "done", 1, "at",
                                        (json_int_t)purges->began_ms, "dry_run",
                                        (int)purges->dry_run, "classes", rows);
    if (!err && !purges->certificate)
        err = ENOMEM;
    if (!err && !purges->dry_run && has_deleted(rows))
        err = write_certificate(purges);
    if (err)
        log_error("retention", "what is too old was not deleted, or not noted: %s", strerror(err));
}

// --- the job ------------------------------------------------------------------------------------

static int begin(struct purges *purges, const char *actor, bool dry_run)
{
    const int64_t *days = purges->control->config.retention_days;
    int64_t now_ms = clock_wall_ms();
    struct store_purge purge = {
        .recordings = purges->recordings, .actor = actor, .dry_run = dry_run};
    for (int i = 0; i < STORE_CLASSES; i++)
        purge.until_ms[i] = now_ms - days[i] * DAY_MS;
    int err = store_purge(purges->control->store, &purge, purged, purges);
    if (err)
        return err;
    json_decref(purges->certificate);
    purges->certificate = NULL;
    purges->job++;
    purges->running = true;
    purges->dry_run = dry_run;
    purges->began_ms = now_ms;
    return 0;
}

static void due(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct purges *purges = arg;
    int err = purges->running ? 0 : begin(purges, "system", false);
    if (err)
        log_error("retention", "the daily job cannot begin: %s", strerror(err));
    loop_timer_start(purges->control->loop, timer, now_us + DAY_US, due, purges);
}

json_t *control_purge(void *arg, const json_t *request, const char **error)
{
    struct purges *purges = ((struct control *)arg)->purges;
    json_int_t job = json_integer_value(json_object_get(request, "job"));
    if (job) {
        *error = "the job failed or is not the latest one; see the gateway's log";
        if (job != purges->job || (!purges->running && !purges->certificate))
            return NULL;
        return purges->running ? json_pack("{s:b}", "done", 0) : json_incref(purges->certificate);
    }
    *error = "another such job is running, or it cannot begin; try again in a moment";
    bool dry_run = json_is_true(json_object_get(request, "dry-run"));
    if (purges->running || begin(purges, "operator", dry_run) != 0)
        return NULL;
    return json_pack("{s:I}", "job", purges->job);
}

// --- life ---------------------------------------------------------------------------------------

int purges_alloc(struct purges **purgesp, struct control *control)
{
    struct purges *purges = mem_zalloc(sizeof(*purges));
    if (!purges)
        return ENOMEM;
    purges->control = control;
    purges->recordings = mem_printf("%s/recordings", control->config.data_dir);
    purges->dir = mem_printf("%s/purges", control->config.data_dir);
    int err = purges->recordings && purges->dir ? 0 : ENOMEM;
    if (!err)
        err = loop_timer_start(control->loop, &purges->timer, clock_us() + FIRST_US, due, purges);
    if (err)
        purges_free(purges);
    else
        *purgesp = purges;
    return err;
}

void purges_free(struct purges *purges)
{
    if (!purges)
        return;
    loop_timer_stop(purges->control->loop, &purges->timer);
    json_decref(purges->certificate);
    mem_free(purges->recordings);
    mem_free(purges->dir);
    mem_free(purges);
}
