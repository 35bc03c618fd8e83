#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "pipelines/mkv_finish.h"
#include "pipelines/playback.h"
#include "pipelines/recording.h"
#include "tests/unit/support/scratch.h"

// What a browser is given of a sealed recording is what it would be given of the same one in clear.

#define LEN_MAX  (4 << 20)
#define BEGAN_MS 1780000000123
#define LAST_MS  7000

static const uint8_t key[SEALED_KEY_LEN] = {1, 2, 3};
static char dir[SCRATCH_LEN], base[160], name[192], about[SEALED_ABOUT_MAX];
static uint8_t clear[LEN_MAX], seen[LEN_MAX], bytes[LEN_MAX];

static void on_opened(void *arg, const char *file)
{
    (void)arg;
    snprintf(name, sizeof(name), "%s", file);
}

static void on_alive(void *arg)
{
    (void)arg;
}

static int give(struct recording *recording, enum mkv_media media, int ms)
{
    static uint8_t frame[9000];
    size_t len = media == MKV_VIDEO ? (ms % 1000 ? 2000 : sizeof(frame)) : 80;
    memset(frame, ms / 20, sizeof(frame));
    const struct recording_frame one = {.media = media,
                                        .key = media == MKV_AUDIO || ms % 1000 == 0,
                                        .time_us = 77000000 + ms * 1000,
                                        .wall_ms = BEGAN_MS + ms,
                                        .data = frame,
                                        .len = len,
                                        .width = media == MKV_VIDEO ? 640 : 0,
                                        .height = media == MKV_VIDEO ? 360 : 0};
    return recording_write(recording, &one);
}

static void record(const uint8_t *with)
{
    struct recording *recording = NULL;
    const struct recording_spec spec = {
        .base = base, .video = "VP8", .audio = true, .key = with, .opened = on_opened};
    assert_int_equal(recording_alloc(&recording, &spec), 0);
    for (int ms = 0; ms < LAST_MS; ms += 20) {
        assert_int_equal(give(recording, MKV_AUDIO, ms), 0);
        if (ms % 40 == 0)
            assert_int_equal(give(recording, MKV_VIDEO, ms), 0);
    }
    recording_free(recording);
}

static size_t load(const char *file, uint8_t *to)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t len = read(fd, to, LEN_MAX);
    close(fd);
    assert_true(len > 0 && len < LEN_MAX);
    return (size_t)len;
}

static int store(size_t len)
{
    int fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    return close(fd);
}

static void read_in_pieces(struct playback *playback, unsigned seed)
{
    int64_t size = playback_about(playback)->size;
    srand(seed);
    memset(seen, 0, sizeof(seen));
    for (int64_t at = 0, len; at < size; at += len) {
        len = 1 + rand() % 100000;
        len = len < size - at ? len : size - at;
        assert_int_equal(playback_read(playback, seen + at, (size_t)len, at), 0);
    }
}

// A cluster's size, which only the file in clear says.
static void forget_cluster_sizes(size_t len)
{
    static const uint8_t open_cluster[] = {0x1F, 0x43, 0xB6, 0x75, 1,    0xFF,
                                           0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    for (size_t at = 0; at + sizeof(open_cluster) <= len; at++)
        if (memcmp(seen + at, open_cluster, sizeof(open_cluster)) == 0)
            memcpy(clear + at, open_cluster, sizeof(open_cluster));
}

static void is_the_whole_file(void **state)
{
    struct mkv_finished finished;
    struct playback *playback = NULL;
    long live = mem_live();
    (void)state;
    record(NULL);
    assert_int_equal(mkv_finish(name, &finished, on_alive, NULL), 0);
    size_t len = load(finished.file, clear);
    unlink(finished.file);
    record(key);
    assert_int_equal(playback_open(&playback, name, key, about), 0);
    const struct playback_about *told = playback_about(playback);
    assert_int_equal(told->size, len);
    assert_int_equal(told->duration_ms, LAST_MS);
    assert_int_equal(told->began_ms, BEGAN_MS);
    assert_true(told->webm && told->video);
    for (unsigned seed = 0; seed < 5; seed++) {
        read_in_pieces(playback, seed);
        forget_cluster_sizes(len);
        assert_memory_equal(seen, clear, len);
    }
    playback_free(playback);
    assert_int_equal(mem_live(), live);
}

static void cut_off_anywhere_it_plays_so_far(void **state)
{
    struct playback *playback = NULL;
    int64_t longest = 0;
    (void)state;
    record(key);
    size_t len = load(name, bytes);
    for (size_t cut = 0; cut < len; cut += 4099) {
        store(cut);
        int err = playback_open(&playback, name, key, about);
        assert_true(err == 0 || err == ENODATA || (cut < 16 && err == EBADMSG));
        if (err)
            continue;
        assert_true(playback_about(playback)->duration_ms >= longest);
        longest = playback_about(playback)->duration_ms;
        read_in_pieces(playback, 1);
        playback_free(playback);
    }
    assert_true(longest > LAST_MS - 1500);
}

static void nothing_else_plays(void **state)
{
    struct playback *playback = NULL;
    const uint8_t other[SEALED_KEY_LEN] = {9};
    long live = mem_live();
    (void)state;
    record(key);
    assert_int_equal(playback_open(&playback, name, other, about), EBADMSG);
    assert_int_equal(playback_open(&playback, name, key, "recording of another"), EBADMSG);
    assert_int_equal(playback_open(&playback, "/nowhere", key, about), ENOENT);
    size_t len = load(name, bytes);
    bytes[len / 2] ^= 1;
    store(len);
    assert_int_equal(playback_open(&playback, name, key, about), EBADMSG);
    assert_int_equal(mem_live(), live);
}

static void survives_lack_of_memory(void **state)
{
    struct playback *playback = NULL;
    int err = ENOMEM;
    (void)state;
    record(key);
    long live = mem_live();
    for (long nth = 0; err; nth++) {
        mem_fail_after(nth);
        err = playback_open(&playback, name, key, about);
        assert_true(err == 0 || err == ENOMEM);
    }
    mem_fail_after(-1);
    playback_free(playback);
    assert_int_equal(mem_live(), live);
}

static int open_directory(void **state)
{
    (void)state;
    scratch_dir(dir);
    snprintf(base, sizeof(base), "%s/c-1-7-now.mkv", dir);
    return recording_about(base, about);
}

#define in_directory(test) cmocka_unit_test_setup(test, open_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_directory(is_the_whole_file),
        in_directory(cut_off_anywhere_it_plays_so_far),
        in_directory(nothing_else_plays),
        in_directory(survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
