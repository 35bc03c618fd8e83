#include "gateway/peer/srtp_crypt.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/peer/gcm.h"

#define AUTH_KEY_LEN 20 // HMAC-SHA1, RFC 3711 section 5.2
#define MASTER_SALT  14 // of the key derivation; a 12-byte salt is padded with zeros (RFC 7714, 11)

enum label { LABEL_KEY, LABEL_AUTH, LABEL_SALT, LABEL_COUNT }; // RTCP: + LABEL_COUNT

const struct srtp_profile_info *srtp_profile_info(enum srtp_profile profile)
{
    static const struct srtp_profile_info cm80 = {16, 14, 10, false};
    static const struct srtp_profile_info gcm128 = {16, 12, 16, true};
    static const struct srtp_profile_info gcm256 = {32, 12, 16, true};
    switch (profile) {
    case SRTP_PROFILE_AES128_CM_SHA1_80:
        return &cm80;
    case SRTP_PROFILE_AEAD_AES_128_GCM:
        return &gcm128;
    case SRTP_PROFILE_AEAD_AES_256_GCM:
        return &gcm256;
    }
    return NULL;
}

// What the derivation needs to know of its master.
struct master {
    const uint8_t *key;
    size_t key_len;
    uint8_t salt[MASTER_SALT];
    enum srtp_use use;
};

// RFC 3711 section 4.3.1 with key derivation rate 0: AES-CM over zeros, its IV telling the label.
static int derive(const struct master *master, enum label label, uint8_t *out, size_t len)
{
    static const uint8_t zeros[SRTP_KEY_MAX];
    uint8_t iv[16] = {0};
    memcpy(iv, master->salt, MASTER_SALT);
    iv[7] ^= (uint8_t)(label + (master->use == SRTP_USE_RTCP ? LABEL_COUNT : 0));
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!ctx)
        return ENOMEM;
    const EVP_CIPHER *aes = master->key_len == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    int n = 0;
    bool ok = EVP_EncryptInit_ex(ctx, aes, NULL, master->key, iv) == 1 &&
              EVP_EncryptUpdate(ctx, out, &n, zeros, (int)len) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok ? 0 : ENOMEM;
}

static int init_mac(struct srtp_crypt *crypt, const struct master *master)
{
    uint8_t key[AUTH_KEY_LEN];
    int err = derive(master, LABEL_AUTH, key, sizeof(key));
    if (err)
        return err;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    crypt->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac); // the context keeps its own reference
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA1"}, 0),
        OSSL_PARAM_construct_end(),
    };
    if (!crypt->mac || EVP_MAC_init(crypt->mac, key, sizeof(key), params) != 1)
        err = ENOMEM;
    OPENSSL_cleanse(key, sizeof(key));
    return err;
}

static int init_cm(struct srtp_crypt *crypt, const uint8_t *key)
{
    crypt->ctx = EVP_CIPHER_CTX_new();
    bool ok = crypt->ctx && EVP_EncryptInit_ex(crypt->ctx, EVP_aes_128_ctr(), NULL, key, NULL) == 1;
    return ok ? 0 : ENOMEM;
}

static int init_aes(struct srtp_crypt *crypt, const struct master *master, bool encrypt)
{
    uint8_t key[SRTP_KEY_MAX];
    int err = derive(master, LABEL_KEY, key, master->key_len);
    if (err)
        return err;
    // AES-CM decrypts by encrypting the counter: one direction serves both.
    err = crypt->aead ? gcm_alloc(&crypt->gcm, key, master->key_len, encrypt) : init_cm(crypt, key);
    OPENSSL_cleanse(key, sizeof(key));
    return err;
}

int srtp_crypt_init(struct srtp_crypt *crypt, enum srtp_profile profile, enum srtp_use use,
                    const uint8_t *key, const uint8_t *salt, bool encrypt)
{
    const struct srtp_profile_info *info = srtp_profile_info(profile);
    memset(crypt, 0, sizeof(*crypt));
    if (!info || !key || !salt)
        return EINVAL;
    crypt->aead = info->aead;
    crypt->rtcp = use == SRTP_USE_RTCP;
    crypt->tag_len = info->tag_len;
    struct master master = {.key = key, .key_len = info->key_len, .use = use};
    memcpy(master.salt, salt, info->salt_len);
    int err = derive(&master, LABEL_SALT, crypt->salt, info->salt_len);
    if (!err)
        err = init_aes(crypt, &master, encrypt);
    if (!err && !crypt->aead)
        err = init_mac(crypt, &master);
    OPENSSL_cleanse(&master, sizeof(master));
    return err;
}

void srtp_crypt_release(struct srtp_crypt *crypt)
{
    gcm_free(crypt->gcm);
    EVP_CIPHER_CTX_free(crypt->ctx);
    EVP_MAC_CTX_free(crypt->mac);
    OPENSSL_cleanse(crypt, sizeof(*crypt));
}

// RFC 3711 section 4.1.1 and RFC 7714 sections 8.1, 9.1: the same numbers, two bytes apart.
static void make_iv(const struct srtp_crypt *crypt, const struct srtp_unit *unit, uint8_t iv[16])
{
    uint64_t salt[2];
    memset(iv, 0, 16);
    uint8_t *ssrc = iv + (crypt->aead ? 2 : 4);
    put_u32(ssrc, unit->ssrc);
    put_u16(ssrc + 4, (uint16_t)(unit->index >> 32));
    put_u32(ssrc + 6, (uint32_t)unit->index);
    memcpy(salt, crypt->salt, sizeof(salt));
    for (size_t i = 0; i < 2; i++) {
        uint64_t word;
        memcpy(&word, iv + 8 * i, 8);
        word ^= salt[i];
        memcpy(iv + 8 * i, &word, 8);
    }
}

static bool crypt_cm(const struct srtp_crypt *crypt, const struct srtp_unit *unit)
{
    uint8_t iv[16];
    int n;
    make_iv(crypt, unit, iv);
    return EVP_EncryptInit_ex(crypt->ctx, NULL, NULL, NULL, iv) == 1 &&
           (unit->text_len == 0 || EVP_EncryptUpdate(crypt->ctx, unit->head + unit->head_len, &n,
                                                     unit->text, (int)unit->text_len) == 1);
}

// HMAC-SHA1 over the encrypted packet and the word; a call without a key starts over with the
// hashed key.
static bool authenticate(struct srtp_crypt *crypt, const struct srtp_unit *unit, uint8_t *mac)
{
    size_t len;
    return EVP_MAC_init(crypt->mac, NULL, 0, NULL) == 1 &&
           EVP_MAC_update(crypt->mac, unit->head, unit->head_len + unit->text_len) == 1 &&
           EVP_MAC_update(crypt->mac, unit->word, sizeof(unit->word)) == 1 &&
           EVP_MAC_final(crypt->mac, mac, &len, AUTH_KEY_LEN) == 1;
}

// What is authenticated but not encrypted is the head, and the word of SRTCP: RFC 7714 sections 8.2
// and 9.2.
static bool crypt_aead(struct srtp_crypt *crypt, const struct srtp_unit *unit, bool seal)
{
    uint8_t iv[16];
    const struct gcm_text text = {
        .clear = {unit->head, unit->word},
        .clear_len = {unit->head_len, crypt->rtcp ? sizeof(unit->word) : 0},
        .in = unit->text,
        .out = unit->head + unit->head_len,
        .len = unit->text_len,
    };
    make_iv(crypt, unit, iv);
    return seal ? gcm_seal(crypt->gcm, iv, &text, unit->tag)
                : gcm_open(crypt->gcm, iv, &text, unit->tag);
}

bool srtp_crypt_seal(struct srtp_crypt *crypt, const struct srtp_unit *unit)
{
    uint8_t mac[AUTH_KEY_LEN];
    if (crypt->aead)
        return crypt_aead(crypt, unit, true);
    if (!crypt_cm(crypt, unit) || !authenticate(crypt, unit, mac))
        return false;
    memcpy(unit->tag, mac, crypt->tag_len);
    return true;
}

bool srtp_crypt_open(struct srtp_crypt *crypt, const struct srtp_unit *unit)
{
    uint8_t mac[AUTH_KEY_LEN];
    if (crypt->aead)
        return crypt_aead(crypt, unit, false);
    if (!authenticate(crypt, unit, mac) || CRYPTO_memcmp(mac, unit->tag, crypt->tag_len) != 0)
        return false;
    return crypt_cm(crypt, unit);
}
