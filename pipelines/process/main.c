#include <errno.h>
#include <fcntl.h>
#include <gst/gst.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "pipelines/process/kind.h"
#include "pipelines/sandbox.h"

#define FD_RTP     3
#define FD_CONTROL 4
#define EXIT_USAGE 2

static const struct pipeline_kind *const kinds[] = {&kind_play, &kind_record, &kind_remux};

static const struct pipeline_kind *kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

static int usage(void)
{
    fprintf(stderr, "usage: banyan-pipeline remux FILE   completes an interrupted recording\n"
                    "       banyan-pipeline KIND         started by the gateway; KIND is one of:");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        fprintf(stderr, " %s", kinds[i]->name);
    fprintf(stderr, "\n");
    return EXIT_USAGE;
}

// Set after the user was changed, because that clears it. A gateway that died before is seen by the
// end of the control socket.
static void die_with_parent(const struct pipeline_kind *kind)
{
    prctl(PR_SET_PDEATHSIG, kind->outlives ? SIGTERM : SIGKILL, 0, 0, 0);
}

static int shut_in(const struct pipeline_kind *kind, const char *file)
{
    char *copy = mem_strdup(file);
    const char *step = "memory";
    int err = ENOMEM;

    if (copy) {
        struct sandbox sandbox = {.read_file = kind->writes ? NULL : file,
                                  .write_dir = kind->writes ? dirname(copy) : NULL};
        err = sandbox_enter(&sandbox, &step);
    }
    if (err)
        log_error("pipeline", "sandbox, %s: %s", step, strerror(err));
    mem_free(copy);
    return err;
}

static int run_kind(const struct pipeline_kind *kind, struct kind_run *run)
{
    int err = run->file[0] == '/' ? 0 : EINVAL;

    if (err) {
        control_failed(run->control, "file: an absolute path is expected");
        return err;
    }
    if (access(run->file, R_OK) < 0 && !kind->writes) {
        err = errno;
        control_failed(run->control, strerror(err));
        return err;
    }
    if (kind->gstreamer)
        gst_init(NULL, NULL);
    err = shut_in(kind, run->file);
    if (err) {
        control_failed(run->control, "the sandbox could not be closed");
        return err;
    }
    die_with_parent(kind);
    return kind->run(run);
}

static int run_for_gateway(const struct pipeline_kind *kind)
{
    struct kind_run run = {.rtp_fd = kind->rtp ? FD_RTP : -1};
    json_t *spec = NULL;

    int err = control_alloc(&run.control, FD_CONTROL);
    if (!err)
        err = control_read_spec(run.control, &spec);
    if (!err) {
        run.spec = spec;
        run.file = kind_text(&run, "file");
        err = run_kind(kind, &run);
    }
    json_decref(spec);
    control_free(run.control);
    return err;
}

static int run_by_hand(const struct pipeline_kind *kind, const char *path)
{
    struct kind_run run = {.rtp_fd = -1};
    char *file = realpath(path, NULL);

    if (!file) {
        fprintf(stderr, "banyan-pipeline: %s: %s\n", path, strerror(errno));
        return errno;
    }
    int err = control_alloc(&run.control, -1);
    if (!err) {
        run.file = file;
        err = run_kind(kind, &run);
    }
    control_free(run.control);
    free(file);
    return err;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
// The leak checker traces the process at its exit, which the sandbox forbids.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

int main(int argc, char **argv)
{
    const struct pipeline_kind *kind = argc > 1 ? kind_find(argv[1]) : NULL;

    if (!kind || argc > 3 || (argc == 3 && kind->rtp))
        return usage();
    if (argc == 2 && fcntl(FD_CONTROL, F_GETFD) < 0)
        return usage();
    signal(SIGPIPE, SIG_IGN);
    // Ctrl-C at a terminal reaches all processes: the gateway alone decides when its own end.
    if (argc == 2)
        signal(SIGINT, SIG_IGN);
    return (argc == 3 ? run_by_hand(kind, argv[2]) : run_for_gateway(kind)) ? 1 : 0;
}
