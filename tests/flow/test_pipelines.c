#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "tests/flow/pipelines_world.h"
#include "tests/unit/support/scratch.h"

// The real banyan-pipeline under the real supervisor: a file is played into a socket pair, and what
// comes out of it is recorded through another. Needs gst-launch-1.0 and ffmpeg.
//
//     test_pipelines [PROGRAM]      default: build/banyan-pipeline

static const char *program = "build/banyan-pipeline";
static char dir[SCRATCH_LEN];
static char clip[160],
    coded[160]; // 3 s: H.264 with B-frames and AAC; 2 s H.264 fit to be passed on

static void record(struct world *world, const char *name, const char *video)
{
    char file[256];

    snprintf(file, sizeof(file), "%s/%s.mkv", dir, name);
    world_record(world, file, video);
}

// Both tracks at one moment of the sender's clock: how far apart their starts of time are.
static double seconds_apart(const struct end *end)
{
    const struct track *v = &end->video_track, *a = &end->audio_track;
    double video = (double)v->report_ntp / 4294967296.0 -
                   (double)(uint32_t)(v->report_ts - v->first_ts) / 90000;
    double audio = (double)a->report_ntp / 4294967296.0 -
                   (double)(uint32_t)(a->report_ts - a->first_ts) / 48000;

    return video > audio ? video - audio : audio - video;
}

static void plays_in_a_loop_without_a_seam(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, program);
    world_play(&world, clip, "auto"); // its B-frames force an encoder
    assert_string_equal(world.play.video, "VP8");
    world_run_until_packets(&world, &world.play.audio_track, 50 * 7); // twice through and more
    const struct track *tracks[] = {&world.play.video_track, &world.play.audio_track};
    const double rates[] = {90000, 48000};
    for (int i = 0; i < 2; i++) {
        const struct track *track = tracks[i];
        double media = (double)(uint32_t)(track->ts - track->first_ts) / rates[i];
        double wall = (double)(track->last_us - track->first_us) / 1e6;
        assert_int_equal(track->gaps, 0);
        assert_false(track->back);
        assert_int_equal(track->sizes_over, 0);
        assert_true(track->reports >= 3);
        assert_true(media > wall - 0.6 && media < wall + 0.6); // in real time
        assert_true(media > 6.0);
    }
    assert_true(world.play.video_track.packets > 6 * 20);
    assert_true(seconds_apart(&world.play) < 0.1);
    world_stop(&world, &world.play);
    assert_int_equal(world.play.failed, 0);
    world_close(&world);
}

static void gives_a_keyframe_when_asked(void **state)
{
    static const uint8_t pli[] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0x76, 0x69, 0x64, 0x65};
    struct world world;

    (void)state;
    world_open(&world, program);
    world_play(&world, clip, "VP8");
    world_run_until_packets(&world, &world.play.video_track, 20);
    for (int i = 0; i < 3; i++) {
        unsigned before = world.play.video_track.keyframes;
        int64_t asked_us = clock_us();
        assert_int_equal(send(world.play.rtp_fd, pli, sizeof(pli), MSG_NOSIGNAL), sizeof(pli));
        while (world.play.video_track.keyframes == before && clock_us() < asked_us + WORLD_SECOND)
            world_step(&world);
        assert_true(world.play.video_track.keyframes > before);
        world_run_for(&world, WORLD_SECOND * 6 / 10); // at most two a second are made
    }
    world_close(&world);
}

static void passes_h264_that_is_fit(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, program);
    world_play(&world, coded, "auto");
    assert_string_equal(world.play.video, "H264");
    world_run_until_packets(&world, &world.play.video_track, 100); // twice through
    assert_int_equal(world.play.video_track.gaps, 0);
    assert_false(world.play.video_track.back);
    assert_int_equal(world.play.video_track.sizes_over, 0);
    world_close(&world);
}

static void reports_a_file_that_is_no_media(void **state)
{
    struct world world;
    struct pipeline_spec spec = {.kind = "play", .file = "/etc/passwd", .video = "VP8"};

    (void)state;
    world_open(&world, program);
    world_start(&world, &world.play, &spec);
    world_run_until(&world, &world.play.failed, 2); // and again after a wait
    assert_int_equal(world.play.ready, 0);
    assert_null(strstr(world.play.reason, "signal"));
    world_close(&world);
}

static void records_to_a_seekable_file(void **state)
{
    struct world world;
    struct stat st;

    (void)state;
    world_open(&world, program);
    world_play(&world, clip, "VP8");
    record(&world, "whole", "VP8");
    world_run_for(&world, 5 * WORLD_SECOND);
    assert_true(world.record.pli >= 1); // it asks for its first keyframe
    world_stop(&world, &world.record);
    assert_int_equal(world.record.done, 1);
    assert_non_null(strstr(world.record.file[0], "/whole.webm"));
    assert_int_equal(stat(world.record.part, &st), -1);
    double duration = media_probe(world.record.file[0], "-show_entries format=duration");
    assert_true(duration > 3 && duration < 6);
    assert_true(duration * 1000 - (double)world.record.duration_ms[0] < 1);
    assert_true(media_frames(world.record.file[0], 'v') > 3 * 20);
    assert_true(media_frames(world.record.file[0], 'a') > 3 * 45);
    assert_true(media_probe(world.record.file[0],
                            "-select_streams v -read_intervals 3% -show_entries packet=pts_time") >
                0.5);
    assert_true(media_decodes(world.record.file[0]));
    world_close(&world);
}

static void loses_at_most_a_second_to_a_kill(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, program);
    world_play(&world, clip, "VP8");
    record(&world, "killed", "VP8");
    world_run_for(&world, 5 * WORLD_SECOND);
    unsigned sent = world.play.audio_track.packets;
    kill(pipeline_pid(world.record.pipeline), SIGKILL);
    assert_true(media_frames(world.record.part, 'a') > (double)sent - 100); // 1 s, and a slow start
    assert_true(media_decodes(world.record.part));
    world_run_until(&world, &world.record.recording, 2); // restarted into a second file
    assert_non_null(strstr(world.record.part, "/killed-2.mkv.part"));
    world_run_for(&world, 3 * WORLD_SECOND);
    world_stop(&world, &world.record);
    assert_int_equal(world.record.done, 2); // both are complete now
    for (int i = 0; i < 2; i++)
        assert_true(media_probe(world.record.file[i], "-show_entries format=duration") > 1);
    world_close(&world);
}

static void keeps_the_sound_when_no_picture_comes(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, program);
    world_play(&world, clip, "VP8");
    world.play.no_video = true;
    record(&world, "sound", "H264");
    world_run_for(&world, 5 * WORLD_SECOND);
    world_stop(&world, &world.record);
    assert_int_equal(world.record.done, 1);
    assert_true(media_frames(world.record.file[0], 'a') > 3 * 45);
    assert_true(media_frames(world.record.file[0], 'v') < 0); // no such track
    world_close(&world);
}

static void says_what_it_cannot_record(void **state)
{
    struct world world;
    char file[256];
    struct pipeline_spec spec = {.kind = "record", .file = file, .video = "AV1", .audio = "OPUS"};

    (void)state;
    snprintf(file, sizeof(file), "%s/av1.mkv", dir);
    world_open(&world, program);
    world_start(&world, &world.record, &spec);
    world_run_until(&world, &world.record.failed, 1);
    assert_non_null(strstr(world.record.reason, "AV1"));
    world_close(&world);
}

static int make(const char *pipeline, const char *file)
{
    char command[1024];

    snprintf(command, sizeof(command), pipeline, file);
    return system(command);
}

static int media_make(void **state)
{
    (void)state;
    scratch_dir(dir);
    snprintf(clip, sizeof(clip), "%s/clip.mp4", dir);
    snprintf(coded, sizeof(coded), "%s/coded.mp4", dir);
    int err = make("gst-launch-1.0 -q mp4mux name=m ! filesink location=%s "
                   "videotestsrc num-buffers=75 pattern=ball ! "
                   "video/x-raw,width=320,height=240,framerate=25/1 ! "
                   "x264enc bframes=2 key-int-max=50 speed-preset=ultrafast ! h264parse ! m. "
                   "audiotestsrc num-buffers=129 wave=ticks ! audio/x-raw,rate=44100,channels=2 ! "
                   "avenc_aac ! aacparse ! m.",
                   clip);
    return err ? err
               : make("gst-launch-1.0 -q videotestsrc num-buffers=50 pattern=ball ! "
                      "video/x-raw,width=320,height=240,framerate=25/1 ! x264enc "
                      "tune=zerolatency key-int-max=25 ! h264parse ! mp4mux ! filesink location=%s",
                      coded);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_in_a_loop_without_a_seam),
        cmocka_unit_test(gives_a_keyframe_when_asked),
        cmocka_unit_test(passes_h264_that_is_fit),
        cmocka_unit_test(reports_a_file_that_is_no_media),
        cmocka_unit_test(records_to_a_seekable_file),
        cmocka_unit_test(loses_at_most_a_second_to_a_kill),
        cmocka_unit_test(keeps_the_sound_when_no_picture_comes),
        cmocka_unit_test(says_what_it_cannot_record),
    };

    if (argc > 1)
        program = argv[1];
    return cmocka_run_group_tests(tests, media_make, NULL);
}
