#include "pipelines/mkv_finish.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "pipelines/ebml.h"
#include "pipelines/mkv_head.h"
#include "pipelines/mkv_scan.h"

#define COPY_BYTES 65536

struct job {
    int in, out;
    struct mkv_source source; // in
    struct mkv_index index;
    size_t cluster; // the next one to write
    uint8_t copy[COPY_BYTES];
    size_t copied; // bytes waiting in copy
    void (*alive)(void *arg);
    void *arg;
};

static int flush(struct job *job)
{
    for (size_t at = 0; at < job->copied;) {
        ssize_t done = write(job->out, job->copy + at, job->copied - at);
        if (done < 0 && errno != EINTR)
            return errno;
        at += done > 0 ? (size_t)done : 0;
    }
    job->copied = 0;
    return 0;
}

static int put(struct job *job, const void *bytes, size_t len)
{
    int err = job->copied + len > sizeof(job->copy) ? flush(job) : 0;

    if (err || len > sizeof(job->copy))
        return err ? err : EMSGSIZE;
    memcpy(job->copy + job->copied, bytes, len);
    job->copied += len;
    return 0;
}

// Copies a piece of the old file.
static int put_piece(struct job *job, off_t at, size_t len)
{
    while (len > 0) {
        int err = job->copied == sizeof(job->copy) ? flush(job) : 0;
        if (err)
            return err;
        size_t room = sizeof(job->copy) - job->copied;
        ssize_t got = pread(job->in, job->copy + job->copied, len < room ? len : room, at);
        if (got <= 0)
            return got < 0 ? errno : EIO;
        job->copied += (size_t)got;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

static int put_head(struct job *job)
{
    uint8_t *head = NULL;
    size_t len = 0;
    int err = mkv_head(&job->index, &job->source, &head, &len);

    for (size_t at = 0; !err && at < len; at += COPY_BYTES)
        err = put(job, head + at, len - at < COPY_BYTES ? len - at : COPY_BYTES);
    mem_free(head);
    return err;
}

static int copy_cluster(void *arg, int64_t time_ms)
{
    struct job *job = arg;
    const struct mkv_cluster *cluster = &job->index.clusters[job->cluster++];
    uint8_t head[32];
    struct writer w = writer_of(head, sizeof(head));

    job->alive(job->arg);
    if (!cluster->blocks)
        return 0;
    ebml_id(&w, EBML_CLUSTER);
    ebml_size_long(&w, cluster->len);
    ebml_uint(&w, EBML_TIME, (uint64_t)time_ms);
    return put(job, head, w.len);
}

static int copy_block(void *arg, const struct mkv_block *block)
{
    struct job *job = arg;
    uint8_t head[8];
    struct writer w = writer_of(head, sizeof(head));

    ebml_id(&w, EBML_BLOCK);
    ebml_size(&w, block->len);
    int err = put(job, head, w.len);
    return err ? err : put_piece(job, block->at, block->len);
}

static int put_all(struct job *job)
{
    static const struct mkv_scan_handlers handlers = {copy_cluster, copy_block};
    struct mkv_index again = {0};

    int err = put_head(job);
    if (!err)
        err = mkv_scan(&job->source, &again, &handlers, job);
    if (!err)
        err = flush(job);
    if (!err && fsync(job->out) < 0)
        err = errno;
    return err;
}

// A rename is on the disk only when its directory is.
static int directory_sync(const char *file)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof(copy), "%s", file);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int err = fsync(fd) < 0 && errno != EINVAL ? errno : 0;
    close(fd);
    return err;
}

static int write_beside(struct job *job, const char *file)
{
    char beside[PATH_MAX + 8];

    snprintf(beside, sizeof(beside), "%s.tmp", file);
    job->out = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (job->out < 0)
        return errno;
    int err = put_all(job);
    close(job->out);
    if (!err && rename(beside, file) < 0)
        err = errno;
    if (err)
        unlink(beside);
    return err ? err : directory_sync(file);
}

static int name_choose(struct mkv_finished *finished, const char *part, bool webm)
{
    size_t stem = strlen(part) - strlen(MKV_PART_SUFFIX);
    int len = snprintf(finished->file, sizeof(finished->file), "%.*s%s", (int)stem, part,
                       webm ? ".webm" : ".mkv");

    return len < 0 || (size_t)len >= sizeof(finished->file) ? ENAMETOOLONG : 0;
}

static bool is_part(const char *part)
{
    size_t len = strlen(part), suffix = strlen(MKV_PART_SUFFIX);

    return len > suffix && strcmp(part + len - suffix, MKV_PART_SUFFIX) == 0;
}

// Opens and locks the old file; its recorder holds the same lock while it lives.
static int part_open(const char *part, int *fd)
{
    *fd = open(part, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return errno;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    int err = errno == EWOULDBLOCK ? EBUSY : errno;
    close(*fd);
    return err;
}

static int job_run(struct job *job, const char *part, struct mkv_finished *finished)
{
    int err = mkv_source_file(&job->source, &job->in);

    if (!err)
        err = mkv_index_read(&job->index, &job->source);
    if (err)
        return err;
    finished->duration_ms = job->index.duration_ms;
    if (!mkv_has_frames(&job->index))
        err = ENODATA;
    if (!err)
        err = name_choose(finished, part, job->index.webm);
    if (!err)
        err = write_beside(job, finished->file);
    if ((!err || err == ENODATA) && unlink(part) < 0)
        err = errno;
    mkv_index_release(&job->index);
    return err;
}

int mkv_finish(const char *part, struct mkv_finished *finished, void (*alive)(void *arg), void *arg)
{
    if (!part || !finished || !alive || !is_part(part))
        return EINVAL;
    struct job *job = mem_zalloc(sizeof(*job));
    if (!job)
        return ENOMEM;
    job->alive = alive;
    job->arg = arg;
    int err = part_open(part, &job->in);
    if (!err) {
        err = job_run(job, part, finished);
        close(job->in);
    }
    mem_free(job);
    return err;
}
