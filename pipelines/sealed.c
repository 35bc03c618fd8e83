#include "pipelines/sealed.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/random.h"
#include "gateway/base/text.h"

#define NONCE_LEN 12
#define LAST_BIT  UINT32_C(0x80000000)

static const uint8_t magic[8] = {'B', 'A', 'N', 'Y', 'A', 'N', 1, 0};

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static int prepare(struct sealed *sealed, const uint8_t key[SEALED_KEY_LEN], const char *about)
{
    memset(sealed, 0, sizeof(*sealed));
    if (!text_copy(sealed->about, sizeof(sealed->about), about))
        return EINVAL;
    memcpy(sealed->key, key, SEALED_KEY_LEN);
    return 0;
}

int sealed_begin(struct sealed *sealed, const uint8_t key[SEALED_KEY_LEN], const char *about)
{
    int err = prepare(sealed, key, about);
    memcpy(sealed->head, magic, sizeof(magic));
    random_bytes(sealed->head + sizeof(magic), SEALED_HEAD_LEN - sizeof(magic));
    return err;
}

int sealed_open(struct sealed *sealed, const uint8_t key[SEALED_KEY_LEN], const char *about,
                const uint8_t head[SEALED_HEAD_LEN])
{
    if (memcmp(head, magic, sizeof(magic)) != 0)
        return EBADMSG;
    int err = prepare(sealed, key, about);
    memcpy(sealed->head, head, SEALED_HEAD_LEN);
    return err;
}

// A cipher that knows key, nonce and associated data of the chunk with this mark. NULL: refused.
static EVP_CIPHER_CTX *cipher_of(const struct sealed *sealed, const uint8_t mark[SEALED_MARK_LEN],
                                 int encrypt)
{
    uint8_t nonce[NONCE_LEN];
    int some;
    memcpy(nonce, sealed->head + sizeof(magic), 8);
    put_u32(nonce + 8, sealed->chunk);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (ctx && EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, sealed->key, nonce, encrypt) &&
        EVP_CipherUpdate(ctx, NULL, &some, sealed->head, SEALED_HEAD_LEN) &&
        EVP_CipherUpdate(ctx, NULL, &some, mark, SEALED_MARK_LEN) &&
        EVP_CipherUpdate(ctx, NULL, &some, (const uint8_t *)sealed->about,
                         (int)strlen(sealed->about)))
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

int sealed_chunk(struct sealed *sealed, const void *plain, size_t len, bool last, uint8_t *to)
{
    int some;
    if (sealed->ended || len > SEALED_CHUNK_MAX)
        return EINVAL;
    if (sealed->chunk == UINT32_MAX)
        return EFBIG;
    put_u32(to, (uint32_t)len | (last ? LAST_BIT : 0));
    EVP_CIPHER_CTX *ctx = cipher_of(sealed, to, 1);
    uint8_t *text = to + SEALED_MARK_LEN;
    bool ok = ctx && (!len || EVP_CipherUpdate(ctx, text, &some, plain, (int)len)) &&
              EVP_CipherFinal_ex(ctx, text + len, &some) &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEALED_TAG_LEN, text + len);
    EVP_CIPHER_CTX_free(ctx);
    sealed->chunk++;
    sealed->ended = last;
    return ok ? 0 : EIO;
}

int sealed_mark(const uint8_t mark[SEALED_MARK_LEN], size_t *len)
{
    *len = (get_u32(mark) & ~LAST_BIT) + SEALED_TAG_LEN;
    return *len > SEALED_CHUNK_MAX + SEALED_TAG_LEN ? EBADMSG : 0;
}

int sealed_open_chunk(struct sealed *sealed, const uint8_t mark[SEALED_MARK_LEN],
                      const uint8_t *bytes, size_t len, uint8_t *plain)
{
    size_t expected;
    int some;
    if (sealed->ended || sealed_mark(mark, &expected) != 0 || len != expected)
        return EBADMSG;
    size_t plain_len = len - SEALED_TAG_LEN;
    void *tag = (void *)(uintptr_t)(bytes + plain_len);
    EVP_CIPHER_CTX *ctx = cipher_of(sealed, mark, 0);
    bool ok = ctx && (!plain_len || EVP_CipherUpdate(ctx, plain, &some, bytes, (int)plain_len)) &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SEALED_TAG_LEN, tag) &&
              EVP_CipherFinal_ex(ctx, plain + plain_len, &some);
    EVP_CIPHER_CTX_free(ctx);
    sealed->chunk++;
    sealed->ended = ok && get_u32(mark) & LAST_BIT;
    return ok ? 0 : EBADMSG;
}

// ESPIPE when the file ends before `len` bytes have come.
static int read_all(int fd, uint8_t *to, size_t len)
{
    while (len) {
        ssize_t got = read(fd, to, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : ESPIPE;
        to += got;
        len -= (size_t)got;
    }
    return 0;
}

int sealed_read(struct sealed *sealed, int fd, uint8_t *plain, size_t *len)
{
    uint8_t mark[SEALED_MARK_LEN], bytes[SEALED_CHUNK_MAX + SEALED_TAG_LEN];
    size_t want = 0;
    *len = 0;
    if (sealed->ended)
        return ENODATA;
    int err = read_all(fd, mark, sizeof(mark));
    if (!err)
        err = sealed_mark(mark, &want);
    if (!err)
        err = read_all(fd, bytes, want);
    if (!err)
        err = sealed_open_chunk(sealed, mark, bytes, want, plain);
    if (!err)
        *len = want - SEALED_TAG_LEN;
    return err;
}

void sealed_wipe(struct sealed *sealed)
{
    OPENSSL_cleanse(sealed, sizeof(*sealed));
}
