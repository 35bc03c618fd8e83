#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/base/file.h"

#define LIMIT 5000

static int open_new(void)
{
    char path[] = "/tmp/banyan-file-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

static void test_whole(void **state)
{
    (void)state;
    char back[16] = "";
    int fd = open_new();
    assert_int_equal(file_write_synced(fd, "槐园", 6), 0);
    assert_int_equal(file_write(fd, "", 0), 0);
    assert_int_equal(file_write(fd, " 2026", 5), 0);
    assert_int_equal(pread(fd, back, sizeof(back), 0), 11);
    assert_string_equal(back, "槐园 2026");
    close(fd);
}

// What fits is taken, what does not is told, although the first write did not fail.
static void test_no_room(void **state)
{
    (void)state;
    static const char bytes[2 * LIMIT];
    struct rlimit before, less;
    int fd = open_new();
    getrlimit(RLIMIT_FSIZE, &before);
    less = (struct rlimit){LIMIT, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    int err = file_write_synced(fd, bytes, sizeof(bytes));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(err, EFBIG);
    assert_int_equal(lseek(fd, 0, SEEK_END), LIMIT);
    close(fd);
}

static void test_not_to_be_written(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(file_write(full, "x", 1), ENOSPC);
    close(full);
    assert_int_equal(file_write(-1, "x", 1), EBADF);
    assert_int_equal(file_write_synced(-1, "", 0), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_not_to_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
