#include "signaling/auth/factor.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/writer.h"
#include "signaling/auth/base64url.h"
#include "signaling/auth/vault.h"

#define PLAIN_LEN (8 + TOTP_SECRET_LEN)
#define BOX_LEN   (PLAIN_LEN + VAULT_EXTRA)

_Static_assert(FACTOR_SEALED_MAX > BASE64URL_LEN(BOX_LEN), "a sealed secret fits");

// A key of its own, so that it has nothing to do with what else the server's secret signs.
static void derive(const uint8_t key[TOKEN_SECRET_LEN], uint8_t own[VAULT_KEY_LEN])
{
    static const char purpose[] = "second factor";
    HMAC(EVP_sha256(), key, TOKEN_SECRET_LEN, (const uint8_t *)purpose, sizeof(purpose) - 1, own,
         NULL);
}

int factor_seal(const uint8_t key[TOKEN_SECRET_LEN], const char *whose, int64_t good_until_ms,
                const uint8_t secret[TOTP_SECRET_LEN], char sealed[FACTOR_SEALED_MAX])
{
    uint8_t own[VAULT_KEY_LEN], plain[PLAIN_LEN], box[BOX_LEN];
    struct writer w = writer_of(plain, sizeof(plain));
    writer_u64(&w, (uint64_t)good_until_ms);
    writer_bytes(&w, secret, TOTP_SECRET_LEN);
    derive(key, own);
    int err = vault_seal(own, whose, plain, sizeof(plain), box);
    OPENSSL_cleanse(own, sizeof(own));
    OPENSSL_cleanse(plain, sizeof(plain));
    if (!err)
        base64url_write(box, sizeof(box), sealed);
    return err;
}

int factor_open(const uint8_t key[TOKEN_SECRET_LEN], const char *whose, int64_t now_ms,
                const char *sealed, uint8_t secret[TOTP_SECRET_LEN])
{
    uint8_t own[VAULT_KEY_LEN], plain[PLAIN_LEN], box[BOX_LEN];
    size_t len;
    if (base64url_read(sealed, box, sizeof(box), &len) || len != sizeof(box))
        return EBADMSG;
    derive(key, own);
    int err = vault_open(own, whose, box, len, plain);
    OPENSSL_cleanse(own, sizeof(own));
    if (err)
        return err;
    int64_t good_until_ms = (int64_t)get_u64(plain);
    memcpy(secret, plain + 8, TOTP_SECRET_LEN);
    OPENSSL_cleanse(plain, sizeof(plain));
    return good_until_ms && now_ms > good_until_ms ? ETIMEDOUT : 0;
}
