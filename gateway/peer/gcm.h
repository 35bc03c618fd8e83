#pragma once
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// AES-GCM with one key and many packets, on the functions OpenSSL's provider offers to libcrypto.
// EVP's general way around them asks the cipher by name for its sizes for every packet, which costs
// a quarter of a small packet. One thread.

#define GCM_IV_LEN  12
#define GCM_TAG_LEN 16

struct gcm;

struct gcm_text {
    const uint8_t *clear[2]; // authenticated only; the second may be empty
    size_t clear_len[2];
    const uint8_t *in;
    uint8_t *out; // may be `in`
    size_t len;
};

// `key_len` 16 or 32. EINVAL, ENOMEM, ENOTSUP (no such cipher in this OpenSSL).
int gcm_alloc(struct gcm **gcmp, const uint8_t *key, size_t key_len, bool encrypt);
void gcm_free(struct gcm *gcm);

// False when OpenSSL fails.
bool gcm_seal(struct gcm *gcm, const uint8_t iv[GCM_IV_LEN], const struct gcm_text *text,
              uint8_t tag[GCM_TAG_LEN]);
// False when the tag does not fit; `out` is then undefined.
bool gcm_open(struct gcm *gcm, const uint8_t iv[GCM_IV_LEN], const struct gcm_text *text,
              const uint8_t tag[GCM_TAG_LEN]);
