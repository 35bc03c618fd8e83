#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "pipelines/mkv_finish.h"
#include "pipelines/mkv_scan.h"
#include "pipelines/recording.h"
#include "tests/unit/support/scratch.h"

#define BEGAN_MS 1780000000123 // wall clock

static char dir[SCRATCH_LEN];
static char base[160], last_file[192];
static int opened;
static int alive;

static void on_alive(void *arg)
{
    (void)arg;
    alive++;
}

static void on_opened(void *arg, const char *file)
{
    (void)arg;
    opened++;
    snprintf(last_file, sizeof(last_file), "%s", file);
}

static struct recording *recording_of(const char *video)
{
    struct recording_spec spec = {.base = base, .video = video, .audio = true, .opened = on_opened};
    struct recording *recording = NULL;

    assert_int_equal(recording_alloc(&recording, &spec), 0);
    return recording;
}

static int give(struct recording *recording, enum mkv_media media, int64_t ms, bool key,
                const char *config)
{
    struct recording_frame frame = {
        .media = media,
        .key = key,
        .time_us = 5000000 + ms * 1000,
        .wall_ms = BEGAN_MS + ms,
        .data = (const uint8_t *)"a frame of some bytes",
        .len = 21,
        .config = (const uint8_t *)config,
        .config_len = config ? strlen(config) : 0,
        .width = media == MKV_VIDEO ? 320 : 0,
        .height = media == MKV_VIDEO ? 240 : 0,
    };

    return recording_write(recording, &frame);
}

// `ms` of sound each 20 ms and pictures each 40 ms with a keyframe a second.
static void give_all(struct recording *recording, int ms)
{
    for (int at = 0; at < ms; at += 20) {
        assert_int_equal(give(recording, MKV_AUDIO, at, true, NULL), 0);
        if (at % 40 == 0)
            assert_int_equal(give(recording, MKV_VIDEO, at, at % 1000 == 0, NULL), 0);
    }
}

static struct mkv_index index_of(const char *file)
{
    struct mkv_index index;
    struct mkv_source source;
    int fd = open(file, O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(mkv_source_file(&source, &fd), 0);
    assert_int_equal(mkv_index_read(&index, &source), 0);
    close(fd);
    return index;
}

static void finished_file_has_every_frame(void **state)
{
    struct mkv_finished finished;
    long live = mem_live();

    (void)state;
    struct recording *recording = recording_of("VP8");
    give_all(recording, 5000);
    recording_free(recording);
    assert_int_equal(mkv_finish(last_file, &finished, on_alive, NULL), 0);
    assert_int_equal(access(last_file, F_OK), -1);
    assert_non_null(strstr(finished.file, ".webm"));
    assert_int_equal(finished.duration_ms, 5000);
    struct mkv_index index = index_of(finished.file);
    assert_int_equal(index.tracks[0].blocks, 125);
    assert_int_equal(index.tracks[1].blocks, 250);
    assert_int_equal(index.duration_ms, 5000);
    assert_int_equal(index.began_ms, BEGAN_MS);
    assert_true(index.cluster_count >= 5);
    for (size_t i = 0; i < index.cluster_count; i++)
        assert_true(index.clusters[i].key_ms >= index.clusters[i].time_ms); // all can be sought
    mkv_index_release(&index);
    unlink(finished.file);
    assert_int_equal(mem_live(), live);
}

static void cut_to(const char *from, const char *to, long len)
{
    char bytes[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");

    assert_true(in && out && len <= (long)sizeof(bytes));
    assert_int_equal(fread(bytes, 1, (size_t)len, in), len);
    assert_int_equal(fwrite(bytes, 1, (size_t)len, out), len);
    fclose(in);
    fclose(out);
}

static void cut_anywhere_keeps_all_before(void **state)
{
    struct mkv_finished finished;
    struct stat st;
    char cut[192];
    int64_t before_ms = 0;
    int complete = 0;

    (void)state;
    struct recording *recording = recording_of("VP8");
    give_all(recording, 400);
    recording_free(recording);
    assert_int_equal(stat(last_file, &st), 0);
    snprintf(cut, sizeof(cut), "%s/cut.mkv.part", dir);
    for (long len = 0; len <= st.st_size; len++) {
        cut_to(last_file, cut, len);
        int err = mkv_finish(cut, &finished, on_alive, NULL);
        assert_true(err == 0 || err == ENODATA || (err == EBADMSG && len < 110));
        if (err)
            continue;
        assert_true(finished.duration_ms >= before_ms); // never less than with fewer bytes
        before_ms = finished.duration_ms;
        complete++;
        unlink(finished.file);
    }
    assert_int_equal(before_ms, 400);
    assert_true(complete > 500);
    unlink(cut);
    unlink(last_file);
}

static void garbage_is_refused_and_kept(void **state)
{
    struct mkv_finished finished;
    char file[192];

    (void)state;
    snprintf(file, sizeof(file), "%s/garbage.mkv.part", dir);
    for (int seed = 1; seed < 200; seed++) {
        FILE *out = fopen(file, "wb");
        assert_non_null(out);
        srand((unsigned)seed);
        if (seed % 2) // half of them begin well
            fwrite("\x1A\x45\xDF\xA3\x80\x18\x53\x80\x67\xFF\x1F\x43\xB6\x75\xFF", 1, 15, out);
        for (int i = 0; i < 300; i++)
            fputc(rand() & 255, out);
        fclose(out);
        int err = mkv_finish(file, &finished, on_alive, NULL);
        assert_true(err == EBADMSG || err == ENODATA);
        if (err == EBADMSG)
            assert_int_equal(access(file, F_OK), 0);
    }
    unlink(file);
    assert_int_equal(mkv_finish("/tmp/name.mkv", &finished, on_alive, NULL), EINVAL);
    assert_int_equal(mkv_finish("/nowhere/name.mkv.part", &finished, on_alive, NULL), ENOENT);
}

static void running_recording_is_left_alone(void **state)
{
    struct mkv_finished finished;

    (void)state;
    struct recording *recording = recording_of("VP8");
    give_all(recording, 100);
    assert_int_equal(mkv_finish(last_file, &finished, on_alive, NULL), EBUSY);
    give_all(recording, 100);
    recording_free(recording);
    unlink(last_file);
}

static void late_picture_does_not_hold_the_sound(void **state)
{
    (void)state;
    opened = 0;
    struct recording *recording = recording_of("H264");
    for (int at = 0; at < 4000; at += 20)
        assert_int_equal(give(recording, MKV_AUDIO, at, true, NULL), 0);
    struct mkv_index index = index_of(last_file);
    assert_int_equal(index.tracks[1].blocks, 200); // all of it is in the file already
    mkv_index_release(&index);
    unlink(last_file);
    // The picture comes at last: it needs another head, so another file.
    assert_int_equal(give(recording, MKV_VIDEO, 4000, false, "config"), 0);
    assert_int_equal(opened, 1);
    assert_int_equal(give(recording, MKV_VIDEO, 4040, true, "config"), 0);
    assert_int_equal(opened, 2);
    recording_free(recording);
    unlink(last_file);
}

static void changed_size_of_h264_makes_a_new_file(void **state)
{
    char first[192];

    (void)state;
    opened = 0;
    struct recording *recording = recording_of("H264");
    assert_int_equal(give(recording, MKV_VIDEO, 0, true, "small"), 0);
    snprintf(first, sizeof(first), "%s", last_file);
    assert_int_equal(give(recording, MKV_VIDEO, 40, false, "small"), 0);
    assert_int_equal(give(recording, MKV_VIDEO, 80, true, "large"), 0);
    assert_int_equal(opened, 2);
    assert_non_null(strstr(last_file, "-2.mkv.part"));
    recording_free(recording);
    unlink(first);
    unlink(last_file);
}

static void full_disk_is_an_error(void **state)
{
    struct mkv_format format = {.audio = true};
    struct mkv *mkv = NULL;
    struct sink *sink = NULL;
    int fd = open("/dev/full", O_RDWR | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(sink_alloc(&sink, fd, NULL, NULL), 0);
    assert_int_equal(mkv_alloc(&mkv, sink, &format), ENOSPC);
    sink_free(sink);
    close(fd);
}

static void survives_every_lack_of_memory(void **state)
{
    struct mkv_finished finished;
    long live = mem_live();

    (void)state;
    for (long nth = 0; nth < 12; nth++) {
        struct recording_spec spec = {
            .base = base, .video = "H264", .audio = true, .opened = on_opened};
        struct recording *recording = NULL;
        mem_fail_after(nth);
        int err = recording_alloc(&recording, &spec);
        for (int at = 0; !err && at < 2; at++)
            err = give(recording, MKV_AUDIO, at * 20, true, NULL);
        if (!err)
            err = give(recording, MKV_VIDEO, 40, true, "config");
        recording_free(recording);
        if (!err)
            err = mkv_finish(last_file, &finished, on_alive, NULL);
        mem_fail_after(-1);
        assert_true(err == 0 || err == ENOMEM);
        unlink(err ? last_file : finished.file);
        assert_int_equal(mem_live(), live);
    }
}

static int dir_make(void **state)
{
    (void)state;
    scratch_dir(dir);
    snprintf(base, sizeof(base), "%s/name.mkv", dir);
    return 0;
}

static int dir_remove(void **state)
{
    (void)state;
    return rmdir(dir); // fails when a test left something behind
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finished_file_has_every_frame),
        cmocka_unit_test(cut_anywhere_keeps_all_before),
        cmocka_unit_test(garbage_is_refused_and_kept),
        cmocka_unit_test(running_recording_is_left_alone),
        cmocka_unit_test(late_picture_does_not_hold_the_sound),
        cmocka_unit_test(changed_size_of_h264_makes_a_new_file),
        cmocka_unit_test(full_disk_is_an_error),
        cmocka_unit_test(survives_every_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
