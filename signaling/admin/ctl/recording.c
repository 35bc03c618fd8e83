#include "signaling/admin/ctl/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "pipelines/recording.h"

// *whole: the file has its end.
static int copy(struct sealed *sealed, int in, int out, bool *whole)
{
    uint8_t plain[SEALED_CHUNK_MAX];
    size_t len;
    int err;
    while (!(err = sealed_read(sealed, in, plain, &len)))
        if ((err = file_write(out, plain, len)))
            break;
    OPENSSL_cleanse(plain, sizeof(plain));
    *whole = err == ENODATA;
    return err == ENODATA || err == ESPIPE ? 0 : err;
}

static int begin(struct sealed *sealed, const json_t *given, int in)
{
    uint8_t head[SEALED_HEAD_LEN], key[SEALED_KEY_LEN];
    int err = text_unhex(json_string_value(json_object_get(given, "key")), key, sizeof(key));
    if (!err && read(in, head, sizeof(head)) != sizeof(head))
        err = EBADMSG;
    if (!err)
        err = sealed_open(sealed, key, json_string_value(json_object_get(given, "about")), head);
    OPENSSL_cleanse(key, sizeof(key));
    return err;
}

static int open_to(const json_t *given, const char *from, const char *to, bool *whole)
{
    struct sealed sealed = {0};
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int err = in < 0 ? errno : begin(&sealed, given, in);
    int out = err ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (!err)
        err = out < 0 ? errno : copy(&sealed, in, out, whole);
    sealed_wipe(&sealed);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return err;
}

int recording_open(const json_t *given, const char *to)
{
    bool whole = true;
    char *from = mem_printf("%s/recordings/%s" RECORDING_SEALED_SUFFIX,
                            json_string_value(json_object_get(given, "directory")),
                            json_string_value(json_object_get(given, "id")));
    int err = from && to ? open_to(given, from, to, &whole) : to ? ENOMEM : EINVAL;
    if (err)
        fprintf(stderr, "banyanctl: %s: %s\n", to ? from : "--to FILE is missing", strerror(err));
    else
        printf("%s%s\n", to, whole ? "" : " (it was cut off: up to its last whole second)");
    mem_free(from);
    return err ? 1 : 0;
}
