#include "pipelines/sink.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/mem.h"

struct sink {
    int fd;
    bool is_sealed;
    struct sealed sealed;
    off_t flushed; // plain bytes that are in the file
    size_t filled; // bytes that wait in `plain`
    uint8_t plain[SEALED_CHUNK_MAX];
    uint8_t chunk[SEALED_MARK_LEN + SEALED_CHUNK_MAX + SEALED_TAG_LEN];
};

static int write_all(int fd, struct iovec *part, int count)
{
    while (count > 0) {
        ssize_t done = writev(fd, part, count);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return errno;
        while (count > 0 && (size_t)done >= part->iov_len) {
            done -= (ssize_t)part->iov_len;
            part++;
            count--;
        }
        if (count > 0) {
            part->iov_base = (char *)part->iov_base + done;
            part->iov_len -= (size_t)done;
        }
    }
    return 0;
}

static int write_bytes(int fd, void *bytes, size_t len)
{
    struct iovec part = {bytes, len};
    return write_all(fd, &part, 1);
}

static int flush(struct sink *sink, bool last)
{
    if (!sink->filled && !last)
        return 0;
    int err = sealed_chunk(&sink->sealed, sink->plain, sink->filled, last, sink->chunk);
    if (!err)
        err = write_bytes(sink->fd, sink->chunk, SEALED_MARK_LEN + sink->filled + SEALED_TAG_LEN);
    sink->flushed += (off_t)sink->filled;
    sink->filled = 0;
    return err;
}

int sink_alloc(struct sink **sinkp, int fd, const uint8_t *key, const char *about)
{
    int err = 0;
    struct sink *sink = mem_zalloc(sizeof(*sink));
    if (!sink)
        return ENOMEM;
    sink->fd = fd;
    if (key)
        err = sealed_begin(&sink->sealed, key, about);
    if (key && !err)
        err = write_bytes(fd, sink->sealed.head, SEALED_HEAD_LEN);
    if (err) {
        mem_free(sink);
        return err;
    }
    sink->is_sealed = key != NULL;
    *sinkp = sink;
    return 0;
}

static int take(struct sink *sink, const uint8_t *bytes, size_t len)
{
    while (len) {
        size_t room = SEALED_CHUNK_MAX - sink->filled;
        size_t some = len < room ? len : room;
        memcpy(sink->plain + sink->filled, bytes, some);
        sink->filled += some;
        bytes += some;
        len -= some;
        int err = sink->filled == SEALED_CHUNK_MAX ? flush(sink, false) : 0;
        if (err)
            return err;
    }
    return 0;
}

int sink_write(struct sink *sink, struct iovec *parts, int count)
{
    int err = 0;
    if (!sink->is_sealed)
        return write_all(sink->fd, parts, count);
    for (int i = 0; i < count && !err; i++)
        err = take(sink, parts[i].iov_base, parts[i].iov_len);
    return err;
}

int sink_sync(struct sink *sink)
{
    int err = sink->is_sealed ? flush(sink, false) : 0;
    if (!err && fdatasync(sink->fd) < 0 && errno != EINVAL) // EINVAL: a pipe
        err = errno;
    return err;
}

int sink_patch(struct sink *sink, off_t at, const void *bytes, size_t len)
{
    if (!sink->is_sealed)
        return pwrite(sink->fd, bytes, len, at) == (ssize_t)len ? 0 : errno;
    if (at >= sink->flushed && at + (off_t)len <= sink->flushed + (off_t)sink->filled)
        memcpy(sink->plain + (at - sink->flushed), bytes, len);
    return 0;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    if (sink->is_sealed)
        (void)flush(sink, true); // a full disk: the file ends with its last whole chunk
    sealed_wipe(&sink->sealed);
    explicit_bzero(sink->plain, sizeof(sink->plain));
    mem_free(sink);
}
