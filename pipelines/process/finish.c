#include "pipelines/process/finish.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "pipelines/mkv_finish.h"
#include "pipelines/part_name.h"

#define ALIVE_EACH_US 1000000

struct life {
    struct control *control;
    int64_t told_us;
};

static void on_alive(void *arg)
{
    struct life *life = arg;
    int64_t now_us = clock_us();

    if (now_us - life->told_us < ALIVE_EACH_US)
        return;
    life->told_us = now_us;
    control_event(life->control, json_pack("{s:s}", "event", "alive"));
}

int finish_one(struct control *control, const char *part)
{
    struct life life = {.control = control, .told_us = clock_us()};
    struct mkv_finished finished;
    char reason[PATH_MAX + 64];

    int err = mkv_finish(part, &finished, on_alive, &life);
    if (err == ENODATA)
        return 0;
    if (err) {
        snprintf(reason, sizeof(reason), "%s: %s", part, strerror(err));
        control_failed(control, reason);
        return err;
    }
    control_event(control, json_pack("{s:s, s:s, s:I}", "event", "done", "file", finished.file,
                                     "duration_ms", (json_int_t)finished.duration_ms));
    return 0;
}

int finish_all(struct control *control, const char *base)
{
    char part[PATH_MAX];
    int first = 0;

    for (unsigned n = 1; n <= PART_MAX; n++) {
        int err = part_name(part, sizeof(part), base, n, MKV_PART_SUFFIX);
        if (!err && access(part, F_OK) == 0)
            err = finish_one(control, part);
        if (!first)
            first = err;
    }
    return first;
}
