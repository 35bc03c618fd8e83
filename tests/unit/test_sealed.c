#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "pipelines/recording.h"
#include "pipelines/sealed.h"
#include "pipelines/sink.h"
#include "tests/unit/support/scratch.h"

#define ABOUT "recording c-1-7-20260101T000000.000Z"
#define LEN   (3 * SEALED_CHUNK_MAX / 2 + 17)

static const uint8_t key[SEALED_KEY_LEN] = {7, 8, 9};
static char dir[SCRATCH_LEN], file[160];
static uint8_t text[LEN], out[LEN + SEALED_CHUNK_MAX];

// Something that is easily found again, of any length.
static void fill_text(void)
{
    for (size_t i = 0; i < LEN; i++)
        text[i] = (uint8_t) "a word in confidence "[i % 21];
}

static int open_file(int flags)
{
    int fd = open(file, flags | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

// Writes the text in pieces of changing sizes, with a sync now and then.
static void write_file(unsigned seed)
{
    struct sink *sink = NULL;
    int fd = open_file(O_RDWR | O_CREAT | O_TRUNC);
    assert_int_equal(sink_alloc(&sink, fd, key, ABOUT), 0);
    srand(seed);
    for (size_t at = 0; at < LEN;) {
        size_t len = (size_t)rand() % 9000;
        len = len > LEN - at ? LEN - at : len;
        struct iovec parts[] = {{text + at, len / 2}, {text + at + len / 2, len - len / 2}};
        assert_int_equal(sink_write(sink, parts, 2), 0);
        if (rand() % 8 == 0)
            assert_int_equal(sink_sync(sink), 0);
        at += len;
    }
    sink_free(sink);
    close(fd);
}

// What can be read of the file, and how it ends.
static int read_file(const uint8_t *with, const char *about, size_t *sum)
{
    uint8_t head[SEALED_HEAD_LEN];
    struct sealed sealed;
    size_t len;
    int fd = open_file(O_RDONLY), err = 0;
    *sum = 0;
    if (read(fd, head, sizeof(head)) != sizeof(head))
        err = ESPIPE;
    if (!err)
        err = sealed_open(&sealed, with, about, head);
    while (!err && !(err = sealed_read(&sealed, fd, out + *sum, &len)))
        *sum += len;
    close(fd);
    return err;
}

static off_t file_len(void)
{
    int fd = open_file(O_RDONLY);
    off_t len = lseek(fd, 0, SEEK_END);
    close(fd);
    return len;
}

static void comes_back_whole(void **state)
{
    static uint8_t bytes[2 * LEN];
    size_t sum;
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        write_file(seed);
        assert_int_equal(read_file(key, ABOUT, &sum), ENODATA);
        assert_int_equal(sum, LEN);
        assert_memory_equal(out, text, LEN);
    }
    int fd = open_file(O_RDONLY);
    ssize_t len = read(fd, bytes, sizeof(bytes));
    close(fd);
    assert_true(len > (ssize_t)LEN);
    assert_null(memmem(bytes, (size_t)len, "confidence", 10));
}

static void cut_off_anywhere_is_readable_so_far(void **state)
{
    size_t sum;
    (void)state;
    write_file(3);
    off_t whole = file_len();
    for (off_t len = whole - 1; len > 0; len -= 1 + len / 40) {
        assert_int_equal(truncate(file, len), 0);
        int err = read_file(key, ABOUT, &sum);
        assert_int_equal(err, ESPIPE);
        assert_memory_equal(out, text, sum);
        // no more is lost than one chunk and what belongs to it
        assert_true((off_t)sum + SEALED_CHUNK_MAX + 4096 > len);
    }
}

static void nothing_else_opens_it(void **state)
{
    static const uint8_t other[SEALED_KEY_LEN] = {7, 8, 10};
    size_t sum;
    (void)state;
    write_file(4);
    assert_int_equal(read_file(other, ABOUT, &sum), EBADMSG);
    assert_int_equal(read_file(key, "recording c-2", &sum), EBADMSG);
    assert_int_equal(sum, 0);
}

static void every_change_is_noticed(void **state)
{
    size_t sum;
    (void)state;
    write_file(5);
    off_t whole = file_len();
    for (off_t at = 0; at < whole; at += at < 64 ? 1 : 997) {
        int fd = open_file(O_RDWR);
        uint8_t byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
        int err = read_file(key, ABOUT, &sum);
        assert_true(err == EBADMSG || err == ESPIPE); // a longer chunk than there is
        assert_memory_equal(out, text, sum);
        fd = open_file(O_RDWR);
        byte ^= 0x10;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_int_equal(read_file(key, ABOUT, &sum), ENODATA);
}

static void nothing_follows_the_last_chunk(void **state)
{
    struct sealed sealed;
    uint8_t to[64];
    (void)state;
    assert_int_equal(sealed_begin(&sealed, key, ABOUT), 0);
    assert_int_equal(sealed_chunk(&sealed, "abc", 3, false, to), 0);
    assert_int_equal(sealed_chunk(&sealed, "", 0, true, to), 0);
    assert_int_equal(sealed_chunk(&sealed, "abc", 3, false, to), EINVAL);
    sealed_wipe(&sealed);
}

static void on_opened(void *arg, const char *name)
{
    snprintf(arg, sizeof(file), "%s", name);
}

// A recording of VP8 whose picture comes a moment later than its sound.
static void a_recording_is_never_in_clear(void **state)
{
    char about[SEALED_ABOUT_MAX], base[160], name[160];
    static const uint8_t frame[] = "frame: a word in confidence";
    struct recording *recording = NULL;
    size_t sum;
    (void)state;
    snprintf(base, sizeof(base), "%s/c-1-7-now.mkv", dir);
    const struct recording_spec spec = {
        .base = base, .video = "VP8", .audio = true, .key = key, .opened = on_opened, .arg = name};
    assert_int_equal(recording_alloc(&recording, &spec), 0);
    for (int i = 0; i < 100; i++) {
        const struct recording_frame one = {.media = i % 2 ? MKV_VIDEO : MKV_AUDIO,
                                            .key = i % 20 == 1,
                                            .time_us = i * 40000,
                                            .data = frame,
                                            .len = sizeof(frame),
                                            .width = i % 2 ? 1280 : 0,
                                            .height = i % 2 ? 720 : 0};
        assert_int_equal(recording_write(recording, &one), 0);
    }
    assert_non_null(strstr(name, "/c-1-7-now.mkv.sealed"));
    snprintf(file, sizeof(file), "%s", name);
    assert_int_equal(recording_about(base, about), 0);
    // It is being written: what a second ago was said is there already.
    assert_int_equal(read_file(key, about, &sum), ESPIPE);
    assert_true(sum > 40 * sizeof(frame));
    recording_free(recording);
    assert_int_equal(read_file(key, about, &sum), ENODATA);
    assert_non_null(memmem(out, sum, "webm", 4));
    assert_non_null(
        memmem(out, sum, "\xB0\x10\x00\x00\x02\x05\x00", 7)); // 1280 pixels wide, in the head
    assert_non_null(memmem(out, sum, "confidence", 10));
}

static void survives_lack_of_memory(void **state)
{
    struct sink *sink = NULL;
    long live = mem_live();
    (void)state;
    mem_fail_after(0);
    assert_int_equal(sink_alloc(&sink, 1, key, ABOUT), ENOMEM);
    mem_fail_after(-1);
    assert_int_equal(mem_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_whole),
        cmocka_unit_test(cut_off_anywhere_is_readable_so_far),
        cmocka_unit_test(nothing_else_opens_it),
        cmocka_unit_test(every_change_is_noticed),
        cmocka_unit_test(nothing_follows_the_last_chunk),
        cmocka_unit_test(a_recording_is_never_in_clear),
        cmocka_unit_test(survives_lack_of_memory),
    };
    scratch_dir(dir);
    snprintf(file, sizeof(file), "%s/file", dir);
    fill_text();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
