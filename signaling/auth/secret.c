#include "signaling/auth/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"

void secret_session(char text[SECRET_TEXT_MAX])
{
    random_text(text, SECRET_TEXT_MAX - 1);
}

void secret_link(char text[SECRET_TEXT_MAX])
{
    random_text(text, SECRET_LINK_CHARS);
}

void secret_code(char code[SECRET_CODE_MAX])
{
    // 64 bits modulo a million: the bias is below 10^-13.
    snprintf(code, SECRET_CODE_MAX, "%06u", (unsigned)(random_u64() % 1000000));
}

void secret_hash(const char *text, char hash[SECRET_HASH_MAX])
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)text, strlen(text), digest);
    text_hex(digest, sizeof(digest), hash);
}

static int read_secret(int fd, uint8_t *bytes, size_t len)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return errno;
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return EPERM;
    if ((size_t)st.st_size != len)
        return EBADMSG;
    ssize_t got = read(fd, bytes, len);
    if (got < 0)
        return errno;
    return (size_t)got == len ? 0 : EBADMSG;
}

static int write_secret(const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int err = file_write_synced(fd, bytes, len);
    close(fd);
    if (err)
        unlink(path);
    return err;
}

int secret_file(const char *path, uint8_t *bytes, size_t len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return errno;
    if (fd < 0) {
        random_bytes(bytes, len);
        return write_secret(path, bytes, len);
    }
    int err = read_secret(fd, bytes, len);
    close(fd);
    return err;
}
