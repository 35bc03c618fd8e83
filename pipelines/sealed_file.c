#include "pipelines/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/mem.h"

struct chunk {
    off_t at;    // of its mark
    off_t plain; // of its first byte
};

struct sealed_file {
    int fd;
    struct sealed sealed;
    struct chunk *chunks; // one more than there are: where all of them end
    size_t count, room;
    size_t opened; // the chunk in `plain`; count: none
    uint8_t plain[SEALED_CHUNK_MAX];
};

static int chunk_add(struct sealed_file *file, off_t at, off_t plain)
{
    if (file->count == file->room) {
        size_t room = file->room ? file->room * 2 : 64;
        void *bigger = mem_resize(file->chunks, room * sizeof(*file->chunks));
        if (!bigger)
            return ENOMEM;
        file->chunks = bigger;
        file->room = room;
    }
    file->chunks[file->count++] = (struct chunk){at, plain};
    return 0;
}

// Where each whole chunk is; only their marks are read.
static int index_chunks(struct sealed_file *file, off_t size)
{
    uint8_t mark[SEALED_MARK_LEN];
    size_t len;
    off_t at = SEALED_HEAD_LEN, plain = 0;
    while (pread(file->fd, mark, sizeof(mark), at) == sizeof(mark)) {
        int err = sealed_mark(mark, &len);
        off_t next = at + SEALED_MARK_LEN + (off_t)len;
        if (err || next > size)
            break;
        err = chunk_add(file, at, plain);
        if (err)
            return err;
        plain += (off_t)(len - SEALED_TAG_LEN);
        at = next;
    }
    int err = chunk_add(file, at, plain);
    file->count -= !err;
    file->opened = file->count;
    return err;
}

static int open_in(struct sealed_file *file, const char *path, const uint8_t key[SEALED_KEY_LEN],
                   const char *about)
{
    uint8_t head[SEALED_HEAD_LEN];
    struct stat st;
    file->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &st) < 0)
        return errno;
    if (pread(file->fd, head, sizeof(head), 0) != sizeof(head))
        return EBADMSG;
    int err = sealed_open(&file->sealed, key, about, head);
    return err ? err : index_chunks(file, st.st_size);
}

int sealed_file_open(struct sealed_file **filep, const char *path,
                     const uint8_t key[SEALED_KEY_LEN], const char *about)
{
    struct sealed_file *file = mem_zalloc(sizeof(*file));
    if (!file)
        return ENOMEM;
    int err = open_in(file, path, key, about);
    if (err)
        sealed_file_free(file);
    else
        *filep = file;
    return err;
}

// The chunk that has this byte, which is before the end.
static size_t chunk_of(const struct sealed_file *file, off_t at)
{
    size_t low = 0, high = file->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (file->chunks[middle].plain <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int open_chunk(struct sealed_file *file, size_t n)
{
    uint8_t bytes[SEALED_MARK_LEN + SEALED_CHUNK_MAX + SEALED_TAG_LEN];
    size_t len = (size_t)(file->chunks[n + 1].at - file->chunks[n].at);
    if (n == file->opened)
        return 0;
    file->opened = file->count;
    if (pread(file->fd, bytes, len, file->chunks[n].at) != (ssize_t)len)
        return EIO;
    file->sealed.chunk = (uint32_t)n;
    file->sealed.ended = false;
    int err = sealed_open_chunk(&file->sealed, bytes, bytes + SEALED_MARK_LEN,
                                len - SEALED_MARK_LEN, file->plain);
    if (!err)
        file->opened = n;
    return err;
}

ssize_t sealed_file_read(struct sealed_file *file, void *to, size_t len, off_t at)
{
    size_t done = 0;
    while (done < len && at + (off_t)done < sealed_file_size(file)) {
        size_t n = chunk_of(file, at + (off_t)done);
        int err = open_chunk(file, n);
        if (err) {
            errno = err;
            return -1;
        }
        off_t skip = at + (off_t)done - file->chunks[n].plain;
        size_t some = (size_t)(file->chunks[n + 1].plain - file->chunks[n].plain - skip);
        some = some < len - done ? some : len - done;
        memcpy((uint8_t *)to + done, file->plain + skip, some);
        done += some;
    }
    return (ssize_t)done;
}

off_t sealed_file_size(const struct sealed_file *file)
{
    return file->chunks[file->count].plain;
}

void sealed_file_free(struct sealed_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    sealed_wipe(&file->sealed);
    explicit_bzero(file->plain, sizeof(file->plain));
    mem_free(file->chunks);
    mem_free(file);
}
