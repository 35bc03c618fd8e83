#include "signaling/auth/person.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/text.h"

#define HASH_LEN 32

int person_hash(const uint8_t key[VAULT_KEY_LEN], const char *phone, char hash[PERSON_HASH_MAX])
{
    static const char purpose[] = "banyan person";
    uint8_t own[HASH_LEN], mac[HASH_LEN];
    bool ok = HMAC(EVP_sha256(), key, VAULT_KEY_LEN, (const uint8_t *)purpose, sizeof(purpose) - 1,
                   own, NULL) &&
              HMAC(EVP_sha256(), own, HASH_LEN, (const uint8_t *)phone, strlen(phone), mac, NULL);
    text_hex(mac, HASH_LEN, hash);
    OPENSSL_cleanse(own, sizeof(own));
    return ok ? 0 : EIO;
}
