#include "signaling/auth/audit_head.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "gateway/base/text.h"

#define TEXT_MAX 160

// What is signed: text, so that it can be checked with any tool.
static size_t write_text(const struct audit_head *head, char text[TEXT_MAX])
{
    char hash[2 * AUDIT_HASH_LEN + 1];
    text_hex(head->hash, AUDIT_HASH_LEN, hash);
    return (size_t)snprintf(text, TEXT_MAX, "banyan audit head\n%lld\n%s\n%lld\n",
                            (long long)head->n, hash, (long long)head->at_ms);
}

int audit_head_sign(const uint8_t seed[AUDIT_KEY_LEN], struct audit_head *head)
{
    char text[TEXT_MAX];
    size_t key_len = AUDIT_KEY_LEN, len = AUDIT_SIGNATURE_LEN, text_len = write_text(head, text);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, AUDIT_KEY_LEN);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = key && ctx && EVP_PKEY_get_raw_public_key(key, head->key, &key_len) == 1 &&
              EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestSign(ctx, head->signature, &len, (const uint8_t *)text, text_len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok ? 0 : EPROTO;
}

bool audit_head_check(const struct audit_head *head)
{
    char text[TEXT_MAX];
    size_t text_len = write_text(head, text);
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, head->key, AUDIT_KEY_LEN);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(ctx, head->signature, AUDIT_SIGNATURE_LEN, (const uint8_t *)text,
                               text_len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}
