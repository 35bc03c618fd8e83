#include "signaling/auth/vault.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/random.h"
#include "signaling/auth/base64url.h"

#define NONCE_LEN 12
#define TAG_LEN   16
_Static_assert(NONCE_LEN + TAG_LEN == VAULT_EXTRA, "room for nonce and tag");

int vault_seal(const uint8_t key[VAULT_KEY_LEN], const char *about, const void *plain, size_t len,
               uint8_t *sealed)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int some;
    if (!ctx)
        return ENOMEM;
    random_bytes(sealed, NONCE_LEN);
    bool ok = len <= INT_MAX && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed) &&
              EVP_EncryptUpdate(ctx, NULL, &some, (const uint8_t *)about, (int)strlen(about)) &&
              EVP_EncryptUpdate(ctx, sealed + NONCE_LEN, &some, plain, (int)len) &&
              EVP_EncryptFinal_ex(ctx, sealed + NONCE_LEN + len, &some) &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, sealed + NONCE_LEN + len);
    EVP_CIPHER_CTX_free(ctx);
    return ok ? 0 : EIO;
}

int vault_open(const uint8_t key[VAULT_KEY_LEN], const char *about, const uint8_t *sealed,
               size_t len, void *plain)
{
    int some;
    if (len < VAULT_EXTRA || len > INT_MAX)
        return EBADMSG;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!ctx)
        return ENOMEM;
    const uint8_t *tag = sealed + len - TAG_LEN;
    size_t plain_len = len - VAULT_EXTRA;
    bool ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed) &&
              EVP_DecryptUpdate(ctx, NULL, &some, (const uint8_t *)about, (int)strlen(about)) &&
              EVP_DecryptUpdate(ctx, plain, &some, sealed + NONCE_LEN, (int)plain_len) &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, (void *)(uintptr_t)tag) &&
              EVP_DecryptFinal_ex(ctx, (uint8_t *)plain + plain_len, &some);
    EVP_CIPHER_CTX_free(ctx);
    return ok ? 0 : EBADMSG;
}

int vault_seal_text(const uint8_t key[VAULT_KEY_LEN], const char *about, const void *plain,
                    size_t len, char *text)
{
    uint8_t box[VAULT_TEXT_PLAIN + VAULT_EXTRA];
    if (len > VAULT_TEXT_PLAIN)
        return EINVAL;
    int err = vault_seal(key, about, plain, len, box);
    if (!err)
        base64url_write(box, len + VAULT_EXTRA, text);
    return err;
}

int vault_open_text(const uint8_t key[VAULT_KEY_LEN], const char *about, const char *text,
                    void *plain, size_t size, size_t *len)
{
    uint8_t box[VAULT_TEXT_PLAIN + VAULT_EXTRA];
    size_t box_len;
    if (base64url_read(text, box, sizeof(box), &box_len) || box_len < VAULT_EXTRA ||
        box_len - VAULT_EXTRA > size)
        return EBADMSG;
    *len = box_len - VAULT_EXTRA;
    return vault_open(key, about, box, box_len, plain);
}
