#include "signaling/auth/password.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/random.h"
#include "gateway/base/text.h"

#define BLOCK    8
#define PARALLEL 1
#define MEMORY   (64u << 20)
#define SALT_LEN 16
#define HASH_LEN 32

// What somebody thought of can be guessed, unless each guess is slow; twelve random letters cannot.
struct cost {
    const char *prefix;
    unsigned log2;
};
static const struct cost thought_of = {"scrypt$15$8$1$", 15}, drawn = {"scrypt$10$8$1$", 10};

static bool is_usable(const char *password)
{
    return password && *password && strlen(password) <= PASSWORD_MAX;
}

static int derive(const struct cost *cost, const char *password, const uint8_t *salt, uint8_t *hash)
{
    int ok = EVP_PBE_scrypt(password, strlen(password), salt, SALT_LEN, 1u << cost->log2, BLOCK,
                            PARALLEL, MEMORY, hash, HASH_LEN);
    return ok ? 0 : ENOMEM;
}

static int encode(const struct cost *cost, const char *password, char encoded[PASSWORD_ENCODED_MAX])
{
    uint8_t salt[SALT_LEN], hash[HASH_LEN];
    char salt_hex[2 * SALT_LEN + 1], hash_hex[2 * HASH_LEN + 1];
    if (!is_usable(password))
        return EINVAL;
    random_bytes(salt, sizeof(salt));
    int err = derive(cost, password, salt, hash);
    if (err)
        return err;
    text_hex(salt, sizeof(salt), salt_hex);
    text_hex(hash, sizeof(hash), hash_hex);
    snprintf(encoded, PASSWORD_ENCODED_MAX, "%s%s$%s", cost->prefix, salt_hex, hash_hex);
    OPENSSL_cleanse(hash, sizeof(hash));
    return 0;
}

int password_hash(const char *password, char encoded[PASSWORD_ENCODED_MAX])
{
    return encode(&thought_of, password, encoded);
}

int password_hash_drawn(const char *password, char encoded[PASSWORD_ENCODED_MAX])
{
    return encode(&drawn, password, encoded);
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *read_hex(const char *text, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; text && i < len; i++) {
        int high = nibble(text[0]), low = high < 0 ? -1 : nibble(text[1]);
        if (low < 0)
            return NULL;
        bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return text;
}

static int decode(const char *encoded, const struct cost **cost, uint8_t *salt, uint8_t *hash)
{
    size_t prefix = strlen(thought_of.prefix); // as long as the other one
    *cost = strncmp(encoded, drawn.prefix, prefix) == 0 ? &drawn : &thought_of;
    if (strncmp(encoded, (*cost)->prefix, prefix) != 0)
        return EINVAL;
    const char *at = read_hex(encoded + prefix, salt, SALT_LEN);
    if (!at || *at != '$')
        return EINVAL;
    at = read_hex(at + 1, hash, HASH_LEN);
    return at && !*at ? 0 : EINVAL;
}

int password_check(const char *password, const char *encoded)
{
    uint8_t salt[SALT_LEN] = {0}, wanted[HASH_LEN] = {0}, hash[HASH_LEN];
    const struct cost *cost = &thought_of;
    int err = encoded ? decode(encoded, &cost, salt, wanted) : 0;
    if (err)
        return err;
    // An unusable password costs as much as a wrong one, so the time tells nothing.
    bool usable = is_usable(password);
    err = derive(cost, usable ? password : "-", salt, hash);
    if (err)
        return err;
    bool same = CRYPTO_memcmp(hash, wanted, sizeof(hash)) == 0;
    // Refusing takes as long as ever, else a quick answer would tell that there is such a name.
    if (!same && cost == &drawn)
        err = derive(&thought_of, "-", salt, hash);
    OPENSSL_cleanse(hash, sizeof(hash));
    if (err)
        return err;
    return same && usable && encoded ? 0 : EACCES;
}
