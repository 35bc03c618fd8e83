#include "signaling/admin/ctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/base/text.h"

#define BLOCK 65536

bool file_join(char path[PATH_LEN], const char *dir, const char *name)
{
    return snprintf(path, PATH_LEN, "%s/%s", dir, name) < PATH_LEN;
}

int file_directory_of(const char *path)
{
    char dir[PATH_LEN];
    if (!text_copy(dir, sizeof(dir), path))
        return ENAMETOOLONG;
    for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(dir, 0700) < 0 && errno != EEXIST)
            return errno;
        *slash = '/';
    }
    return 0;
}

static int pour(int from, int to)
{
    char block[BLOCK];
    ssize_t n;
    while ((n = read(from, block, sizeof(block))) > 0) {
        int err = file_write(to, block, (size_t)n);
        if (err)
            return err;
    }
    if (n < 0)
        return errno;
    return fsync(to) == 0 ? 0 : errno;
}

int file_copy(const char *from, const char *to)
{
    int err, in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return errno;
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0) {
        err = errno;
    } else {
        err = pour(in, out);
        close(out);
        if (err)
            unlink(to);
    }
    close(in);
    return err;
}

int file_give(const char *path, const char *like)
{
    struct stat st;
    if (geteuid() != 0)
        return 0;
    if (stat(like, &st) < 0 || lchown(path, st.st_uid, st.st_gid) < 0)
        return errno;
    return 0;
}

static int digest(int fd, EVP_MD_CTX *ctx, unsigned char *sum, unsigned *len)
{
    char block[BLOCK];
    ssize_t n;
    if (EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
        return ENOMEM;
    while ((n = read(fd, block, sizeof(block))) > 0)
        EVP_DigestUpdate(ctx, block, (size_t)n);
    if (n < 0)
        return errno;
    return EVP_DigestFinal_ex(ctx, sum, len) == 1 ? 0 : EIO;
}

int file_sum(const char *path, char hex[FILE_SUM_LEN])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int err = ctx ? digest(fd, ctx, sum, &len) : ENOMEM;
    EVP_MD_CTX_free(ctx);
    close(fd);
    if (!err)
        text_hex(sum, len, hex);
    return err;
}

int file_sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int err = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return err;
}
