#include "gateway/base/file.h"

#include <errno.h>
#include <unistd.h>

int file_write(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno != EINTR)
            return errno;
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

int file_write_synced(int fd, const void *data, size_t len)
{
    int err = file_write(fd, data, len);
    return !err && fsync(fd) < 0 ? errno : err;
}
