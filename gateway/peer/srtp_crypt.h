#pragma once
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/srtp.h"

// The cryptography of one direction of SRTP or SRTCP: session keys derived from the master key
// (RFC 3711 section 4.3), AES-CM with HMAC-SHA1 (sections 4.1, 4.2) and AES-GCM (RFC 7714). Key
// schedules are made once; a packet only sets its IV. One thread.

enum srtp_use { SRTP_USE_RTP, SRTP_USE_RTCP };

struct gcm;

struct srtp_crypt {
    bool aead;
    bool rtcp;
    size_t tag_len;
    struct gcm *gcm;     // with AEAD;
    EVP_CIPHER_CTX *ctx; // without: AES-CM
    EVP_MAC_CTX *mac;    // and HMAC-SHA1
    uint8_t salt[16];
};

// One packet. The ciphertext lies directly behind the head.
struct srtp_unit {
    uint32_t ssrc;
    uint64_t index; // 48 bits: rollover counter and sequence number; 31 bits for SRTCP
    uint8_t *head;  // clear but authenticated
    size_t head_len;
    const uint8_t *text; // what is to be encrypted or decrypted
    size_t text_len;
    uint8_t word[4]; // RTP: rollover counter; RTCP: E and index
    uint8_t *tag;
};

struct srtp_profile_info {
    size_t key_len, salt_len, tag_len;
    bool aead;
};

// NULL for profiles we do not know.
const struct srtp_profile_info *srtp_profile_info(enum srtp_profile profile);

// EINVAL, ENOMEM. Release also what was half made.
int srtp_crypt_init(struct srtp_crypt *crypt, enum srtp_profile profile, enum srtp_use use,
                    const uint8_t *key, const uint8_t *salt, bool encrypt);
void srtp_crypt_release(struct srtp_crypt *crypt);

// Writes head + head_len and tag. False when OpenSSL fails.
bool srtp_crypt_seal(struct srtp_crypt *crypt, const struct srtp_unit *unit);
// False when the tag does not fit; the text is then undefined (but still ciphertext with AES-CM).
bool srtp_crypt_open(struct srtp_crypt *crypt, const struct srtp_unit *unit);
