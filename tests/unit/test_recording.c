#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "signaling/control_inside.h"
#include "tests/unit/support/scratch.h"

// What is chosen to be recorded. No pipeline runs here: its program is nowhere, so that each waits
// to be tried again. Files and processes are in tests/flow/recording.mjs.

struct world {
    struct control control;
    struct recordings *recordings;
    char dir[SCRATCH_LEN], folder[160];
    long live;
};

static int world_start(struct world *world, const char *rooms)
{
    world->control.config.data_dir = world->dir;
    world->control.config.recording_rooms = rooms;
    int err = loop_alloc(&world->control.loop);
    if (!err)
        err = supervisor_alloc(&world->control.supervisor, world->control.loop, "/nowhere");
    return err ? err : recordings_alloc(&world->recordings, &world->control);
}

static void world_make_directory(struct world *world)
{
    *world = (struct world){.live = mem_live()};
    scratch_dir(world->dir);
    snprintf(world->folder, sizeof(world->folder), "%s/recordings", world->dir);
}

static void world_open(struct world *world, const char *rooms)
{
    world_make_directory(world);
    assert_int_equal(world_start(world, rooms), 0);
}

static void world_end(struct world *world)
{
    supervisor_free(world->control.supervisor);
    recordings_free(world->recordings);
    loop_free(world->control.loop);
    world->control = (struct control){0};
    world->recordings = NULL;
    assert_int_equal(mem_live(), world->live);
}

static void world_close(struct world *world)
{
    world_end(world);
    rmdir(world->folder);
    assert_int_equal(rmdir(world->dir), 0);
}

static void run_until_none(struct world *world)
{
    int64_t deadline = clock_us() + 15 * INT64_C(1000000);
    while (supervisor_count(world->control.supervisor) && clock_us() < deadline)
        loop_step(world->control.loop, 50000);
    assert_int_equal(supervisor_count(world->control.supervisor), 0);
}

static struct rooms_publication publication_of(const char *room, const char *id, const char *video)
{
    struct rooms_publication publication = {.audio = true, .video = *video != '\0'};
    snprintf(publication.id, sizeof(publication.id), "%s", id);
    snprintf(publication.room, sizeof(publication.room), "%s", room);
    snprintf(publication.video_codec, sizeof(publication.video_codec), "%s", video);
    return publication;
}

static bool records(struct world *world, const char *room, const char *video)
{
    struct rooms_publication publication = publication_of(room, room, video);
    recordings_added(world->recordings, &publication);
    return recordings_has(world->recordings, room);
}

static void records_chosen_rooms_only(void **state)
{
    struct world world;
    struct stat st;

    (void)state;
    world_open(&world, "lecture-*");
    assert_int_equal(stat(world.folder, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_true(records(&world, "lecture-demo", "VP8"));
    assert_true(records(&world, "lecture-2", "H264"));
    assert_true(records(&world, "lecture-sound", ""));
    assert_false(records(&world, "lecture", "VP8"));
    assert_false(records(&world, "a-lecture-demo", "VP8"));
    assert_int_equal(recordings_count(world.recordings), 3);
    world_close(&world);
}

// Whatever the option says; what its people agree to is in test_consult_consent.c.
static void records_no_consultation_that_does_not_agree(void **state)
{
    static const char *const globs[] = {"*", "c-*", "c-123"};

    (void)state;
    for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++) {
        struct world world;
        struct consult *consult = NULL;
        world_open(&world, globs[i]);
        assert_int_equal(consult_alloc(&consult), 0);
        world.control.consult = consult;
        assert_false(records(&world, "c-123", "VP8"));
        assert_int_equal(supervisor_count(world.control.supervisor), 0);
        consult_free(consult);
        world_close(&world);
    }
}

static void records_nothing_without_the_option(void **state)
{
    struct world world;
    struct stat st;

    (void)state;
    world_open(&world, "");
    assert_false(records(&world, "lecture-demo", "VP8"));
    assert_int_equal(stat(world.folder, &st), -1); // and makes no directory
    world_close(&world);
}

static void another_codec_is_another_recording(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "*");
    assert_true(records(&world, "hall", "VP8"));
    assert_true(records(&world, "hall", "VP9"));
    assert_int_equal(recordings_count(world.recordings), 1);
    assert_int_equal(supervisor_count(world.control.supervisor), 2); // one ends
    struct rooms_publication gone = publication_of("hall", "hall", "VP9");
    recordings_removed(world.recordings, &gone);
    recordings_removed(world.recordings, &gone);
    assert_int_equal(recordings_count(world.recordings), 0);
    run_until_none(&world);
    assert_true(records(&world, "hall", "VP8")); // it comes again
    world_close(&world);
}

static void keeps_the_sound_of_what_it_cannot_record(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "*");
    assert_true(records(&world, "hall", "AV1"));
    struct rooms_publication silent = publication_of("still", "still", "AV1");
    silent.audio = false;
    recordings_added(world.recordings, &silent);
    assert_false(recordings_has(world.recordings, "still"));
    world_close(&world);
}

static void records_a_bounded_number(void **state)
{
    struct world world;
    char room[32];

    (void)state;
    world_open(&world, "r*");
    for (int i = 0; i < RECORDINGS_MAX; i++) {
        snprintf(room, sizeof(room), "r%d", i);
        assert_true(records(&world, room, "VP8"));
    }
    assert_false(records(&world, "r-more", "VP8"));
    assert_int_equal(supervisor_count(world.control.supervisor), RECORDINGS_MAX);
    struct rooms_publication gone = publication_of("r5", "r5", "VP8");
    recordings_removed(world.recordings, &gone);
    for (int64_t end = clock_us() + 15000000;
         supervisor_count(world.control.supervisor) == RECORDINGS_MAX && clock_us() < end;)
        loop_step(world.control.loop, 50000);
    assert_true(records(&world, "r-more", "VP8")); // there is a place again
    world_close(&world);
}

static void stops_all_and_begins_none(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, "*");
    assert_true(records(&world, "a", "VP8"));
    assert_true(records(&world, "b", "VP8"));
    recordings_stop(world.recordings);
    recordings_stop(world.recordings);
    assert_int_equal(recordings_count(world.recordings), 0);
    assert_false(records(&world, "c", "VP8"));
    run_until_none(&world);
    world_close(&world);
}

// Completes leftovers one after another; one that cannot be completed does not hold up the others.
static void leftovers_are_tried_one_by_one(void **state)
{
    struct world world;
    char file[2][192];

    (void)state;
    world_make_directory(&world);
    assert_int_equal(mkdir(world.folder, 0700), 0);
    for (int i = 0; i < 2; i++) {
        snprintf(file[i], sizeof(file[i]), "%s/%d.mkv.part", world.folder, i);
        FILE *out = fopen(file[i], "w");
        assert_non_null(out);
        fclose(out);
    }
    assert_int_equal(world_start(&world, ""), 0);
    assert_int_equal(supervisor_count(world.control.supervisor), 1);
    run_until_none(&world); // each is given up after a few failures
    for (int i = 0; i < 2; i++)
        assert_int_equal(unlink(file[i]), 0); // and stays
    world_close(&world);
}

static void survives_every_lack_of_memory(void **state)
{
    struct world world;
    int refused = 0;

    (void)state;
    world_make_directory(&world);
    for (long nth = 0; nth < 24; nth++) {
        mem_fail_after(nth);
        int err = world_start(&world, "*");
        if (!err)
            (void)records(&world, "hall", "VP8");
        mem_fail_after(-1);
        assert_true(err == 0 || err == ENOMEM);
        refused += err != 0;
        world_end(&world);
    }
    assert_true(refused >= 6);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_chosen_rooms_only),
        cmocka_unit_test(records_no_consultation_that_does_not_agree),
        cmocka_unit_test(records_nothing_without_the_option),
        cmocka_unit_test(another_codec_is_another_recording),
        cmocka_unit_test(keeps_the_sound_of_what_it_cannot_record),
        cmocka_unit_test(records_a_bounded_number),
        cmocka_unit_test(stops_all_and_begins_none),
        cmocka_unit_test(leftovers_are_tried_one_by_one),
        cmocka_unit_test(survives_every_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
