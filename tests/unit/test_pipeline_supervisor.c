#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "pipelines/supervisor.h"
#include "tests/unit/support/pretend_pipeline.h"

// The supervisor against a process that behaves as it is told: this program itself, started with
// the kind as its argument. What it does is chosen by the file name in the spec.

#define SELF "/proc/self/exe"

struct seen {
    int opened, ready, recording, failed, done, closed;
    int rtp_fd;
    int64_t waits[32];
    char reason[64];
    char file[64];
    int64_t duration_ms;
    struct pipeline *pipeline;
    bool stop_when_opened;
};

static void on_opened(void *arg, int rtp_fd)
{
    struct seen *seen = arg;

    seen->opened++;
    if (seen->rtp_fd > 0)
        close(seen->rtp_fd);
    seen->rtp_fd = rtp_fd;
    if (seen->stop_when_opened)
        pipeline_stop(seen->pipeline);
}

static void on_ready(void *arg, const struct pipeline_ready *ready)
{
    struct seen *seen = arg;

    seen->ready++;
    assert_string_equal(ready->video, "VP8");
    assert_string_equal(ready->audio, "OPUS");
    assert_int_equal(ready->width, 640);
    assert_int_equal(ready->height, 360);
}

static void on_failed(void *arg, const char *reason, int64_t restart_in_ms)
{
    struct seen *seen = arg;

    if (seen->failed < 32)
        seen->waits[seen->failed] = restart_in_ms;
    seen->failed++;
    snprintf(seen->reason, sizeof(seen->reason), "%s", reason);
}

static void on_recording(void *arg, const char *file)
{
    (void)file;
    ((struct seen *)arg)->recording++;
}

static void on_done(void *arg, const char *file, int64_t duration_ms)
{
    struct seen *seen = arg;

    seen->done++;
    snprintf(seen->file, sizeof(seen->file), "%s", file);
    seen->duration_ms = duration_ms;
}

static void on_closed(void *arg)
{
    struct seen *seen = arg;

    seen->closed++;
    seen->pipeline = NULL;
}

static const struct pipeline_handlers handlers = {
    .opened = on_opened,
    .ready = on_ready,
    .recording = on_recording,
    .failed = on_failed,
    .done = on_done,
    .closed = on_closed,
};

struct world {
    struct loop *loop;
    struct supervisor *sup;
    struct seen seen;
    long live;
};

static void world_open(struct world *world, const char *program)
{
    *world = (struct world){.live = mem_live()};
    assert_int_equal(loop_alloc(&world->loop), 0);
    assert_int_equal(supervisor_alloc(&world->sup, world->loop, program), 0);
}

static void world_close(struct world *world)
{
    supervisor_free(world->sup);
    loop_free(world->loop);
    if (world->seen.rtp_fd > 0)
        close(world->seen.rtp_fd);
    assert_int_equal(mem_live(), world->live);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // no zombie, no orphan
    assert_int_equal(errno, ECHILD);
}

static void start(struct world *world, const char *kind, const char *file)
{
    struct pipeline_spec spec = {.kind = kind, .file = file, .video = "VP8", .audio = "OPUS"};

    assert_int_equal(
        pipeline_start(&world->seen.pipeline, world->sup, &spec, &handlers, &world->seen), 0);
    assert_int_equal(world->seen.opened, 0); // no handler from inside
}

// Runs the loop until *count is at least `least`.
static void run_until(struct world *world, const int *count, int least)
{
    int64_t deadline = clock_us() + 15 * INT64_C(1000000);

    while (*count < least && clock_us() < deadline)
        loop_step(world->loop, 50000);
    assert_true(*count >= least);
}

static int descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void tells_what_the_process_says(void **state)
{
    struct world world;
    char packet[16];

    (void)state;
    world_open(&world, SELF);
    start(&world, "play", "/good");
    run_until(&world, &world.seen.ready, 1);
    assert_int_equal(world.seen.opened, 1);
    assert_true(pipeline_pid(world.seen.pipeline) > 0);
    // The socket pair carries packets both ways: the process answers with what it got.
    assert_int_equal(send(world.seen.rtp_fd, "packet", 6, MSG_NOSIGNAL), 6);
    ssize_t len = -1;
    for (int64_t end = clock_us() + 5000000; len < 0 && clock_us() < end;)
        len = recv(world.seen.rtp_fd, packet, sizeof(packet), 0);
    assert_int_equal(len, 6);
    pipeline_stop(world.seen.pipeline);
    pipeline_stop(world.seen.pipeline);
    run_until(&world, &world.seen.closed, 1);
    assert_int_equal(world.seen.failed, 0);
    assert_int_equal(supervisor_count(world.sup), 0);
    world_close(&world);
}

static void restarts_with_growing_waits(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "play", "/crash");
    run_until(&world, &world.seen.failed, 4);
    assert_int_equal(world.seen.waits[0], 200);
    assert_int_equal(world.seen.waits[1], 400);
    assert_int_equal(world.seen.waits[2], 800);
    assert_int_equal(world.seen.waits[3], 1600);
    assert_string_equal(world.seen.reason, "broken file");
    assert_int_equal(pipeline_restarts(world.seen.pipeline), 3);
    pipeline_stop(world.seen.pipeline); // while it waits
    run_until(&world, &world.seen.closed, 1);
    world_close(&world);
}

static void names_the_signal_that_killed(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "play", "/good");
    run_until(&world, &world.seen.ready, 1);
    kill(pipeline_pid(world.seen.pipeline), SIGKILL);
    run_until(&world, &world.seen.ready, 2);
    assert_string_equal(world.seen.reason, "killed by signal 9");
    assert_int_equal(world.seen.opened, 2);
    world_close(&world); // kills what still runs
}

static void leaks_no_descriptor_over_restarts(void **state)
{
    struct world world;
    int before = 0;

    (void)state;
    for (int i = 0; i < 20; i++) {
        world_open(&world, SELF);
        start(&world, "play", "/good");
        run_until(&world, &world.seen.ready, 1);
        kill(pipeline_pid(world.seen.pipeline), SIGKILL);
        run_until(&world, &world.seen.opened, 2);
        world_close(&world);
        if (i == 0)
            before = descriptors();
    }
    assert_int_equal(descriptors(), before);
}

static void ends_without_restart(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "play", "/ends");
    run_until(&world, &world.seen.closed, 1);
    assert_int_equal(world.seen.failed, 0);
    assert_int_equal(world.seen.opened, 1);
    world_close(&world);
}

// What decodes other people's bytes is not believed.
static void ends_one_that_talks_nonsense(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "play", "/noise");
    run_until(&world, &world.seen.failed, 1);
    assert_string_equal(world.seen.reason, "it sent a message that is no event");
    assert_int_equal(world.seen.ready, 0);
    world_close(&world);
}

static void serves_others_beside_one_that_never_stops_talking(void **state)
{
    struct pipeline_spec spec = {.kind = "play", .file = "/good", .video = "VP8"};
    struct pipeline *pipeline;
    struct seen good = {0};
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "play", "/shouts");
    run_until(&world, &world.seen.ready, 1);
    assert_int_equal(pipeline_start(&pipeline, world.sup, &spec, &handlers, &good), 0);
    run_until(&world, &good.ready, 1);
    world_close(&world);
    close(good.rtp_fd);
}

static void reports_a_missing_program(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "/nowhere/banyan-pipeline");
    start(&world, "play", "/good");
    run_until(&world, &world.seen.failed, 1);
    assert_non_null(strstr(world.seen.reason, "cannot start"));
    assert_int_equal(world.seen.opened, 0);
    world_close(&world);
}

static void completes_a_recording_when_stopped(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "record", "/good");
    run_until(&world, &world.seen.recording, 1);
    pipeline_stop(world.seen.pipeline);
    run_until(&world, &world.seen.closed, 1);
    assert_int_equal(world.seen.done, 1);
    assert_string_equal(world.seen.file, "/good.webm");
    assert_int_equal(world.seen.duration_ms, 1234);
    world_close(&world);
}

static void completes_what_a_crash_left(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "record", "/crash");
    run_until(&world, &world.seen.failed, 1);
    pipeline_stop(world.seen.pipeline); // while it waits for its restart
    run_until(&world, &world.seen.closed, 1);
    assert_int_equal(world.seen.done, 1);
    assert_string_equal(world.seen.file, "/left.webm");
    assert_int_equal(world.seen.opened, 1); // the last process takes no packets
    world_close(&world);
}

static void stops_from_a_handler(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    world.seen.stop_when_opened = true;
    start(&world, "play", "/good");
    run_until(&world, &world.seen.closed, 1);
    assert_int_equal(world.seen.opened, 1);
    world_close(&world);
}

// Asks for the process, and does not look whether it is there yet.
static void start_only(struct world *world, const char *kind)
{
    start(world, kind, "/good");
    loop_step(world->loop, 0);
    assert_int_equal(pipeline_pid(world->seen.pipeline), 0);
}

static void stops_what_is_being_started(void **state)
{
    static const char *const kinds[] = {"play", "record"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct world world;
        world_open(&world, SELF);
        start_only(&world, kinds[i]);
        pipeline_stop(world.seen.pipeline);
        assert_int_equal(supervisor_count(world.sup), 1);
        run_until(&world, &world.seen.closed, 1);
        assert_int_equal(world.seen.opened, 0);
        assert_int_equal(world.seen.failed, 0);
        world_close(&world);
    }
}

static void ends_while_a_process_is_being_started(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct world world;
        world_open(&world, SELF);
        start_only(&world, "play");
        world_close(&world); // leaves neither process nor descriptor
    }
}

// The loop serves others while processes start.
static void starts_beside_the_loop(void **state)
{
    struct pipeline_spec spec = {.kind = "play", .file = "/good", .video = "VP8"};
    struct pipeline *pipelines[20];
    struct seen seen[20] = {0};
    struct world world;

    (void)state;
    world_open(&world, SELF);
    for (int i = 0; i < 20; i++)
        assert_int_equal(pipeline_start(&pipelines[i], world.sup, &spec, &handlers, &seen[i]), 0);
    loop_step(world.loop, 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(pipeline_pid(pipelines[i]), 0); // none was waited for
    for (int i = 0; i < 20; i++)
        run_until(&world, &seen[i].ready, 1);
    world_close(&world);
    for (int i = 0; i < 20; i++)
        close(seen[i].rtp_fd);
}

static void dropped_pipeline_is_silent(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, SELF);
    start(&world, "record", "/good");
    run_until(&world, &world.seen.recording, 1);
    pipeline_drop(world.seen.pipeline);
    for (int64_t end = clock_us() + 10000000; supervisor_count(world.sup) && clock_us() < end;)
        loop_step(world.loop, 50000);
    assert_int_equal(supervisor_count(world.sup), 0);
    assert_int_equal(world.seen.done, 0);
    assert_int_equal(world.seen.closed, 0);
    world_close(&world);
}

static void survives_every_lack_of_memory(void **state)
{
    struct pipeline_spec spec = {.kind = "play", .file = "/good", .video = "VP8"};
    int refused = 0;

    (void)state;
    for (long nth = 0; nth < 12; nth++) {
        struct world world = {.live = mem_live()};
        assert_int_equal(loop_alloc(&world.loop), 0);
        mem_fail_after(nth);
        int err = supervisor_alloc(&world.sup, world.loop, SELF);
        if (!err)
            err = pipeline_start(&world.seen.pipeline, world.sup, &spec, &handlers, &world.seen);
        mem_fail_after(-1);
        assert_true(err == 0 || err == ENOMEM);
        refused += err != 0;
        world_close(&world);
    }
    assert_true(refused >= 7);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_the_process_says),
        cmocka_unit_test(restarts_with_growing_waits),
        cmocka_unit_test(names_the_signal_that_killed),
        cmocka_unit_test(leaks_no_descriptor_over_restarts),
        cmocka_unit_test(ends_without_restart),
        cmocka_unit_test(ends_one_that_talks_nonsense),
        cmocka_unit_test(serves_others_beside_one_that_never_stops_talking),
        cmocka_unit_test(reports_a_missing_program),
        cmocka_unit_test(completes_a_recording_when_stopped),
        cmocka_unit_test(completes_what_a_crash_left),
        cmocka_unit_test(stops_from_a_handler),
        cmocka_unit_test(stops_what_is_being_started),
        cmocka_unit_test(ends_while_a_process_is_being_started),
        cmocka_unit_test(starts_beside_the_loop),
        cmocka_unit_test(dropped_pipeline_is_silent),
        cmocka_unit_test(survives_every_lack_of_memory),
    };

    if (argc == 2)
        return pretend_pipeline(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
