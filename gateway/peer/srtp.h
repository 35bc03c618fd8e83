#pragma once
#include <stddef.h>
#include <stdint.h>

// SRTP and SRTCP (RFC 3711, RFC 7714) on OpenSSL's primitives. Sending and receiving are separate
// contexts. Sending never copies twice: the payload is read where it lies and its ciphertext is
// written behind a header that is already in place. One thread.

enum srtp_profile { // the numbers of RFC 5764 and RFC 7714
    SRTP_PROFILE_AES128_CM_SHA1_80 = 0x0001,
    SRTP_PROFILE_AEAD_AES_128_GCM = 0x0007,
    SRTP_PROFILE_AEAD_AES_256_GCM = 0x0008,
};

#define SRTP_OVERHEAD  16 // the longest tag
#define SRTCP_OVERHEAD 20 // the longest tag and the index
#define SRTP_KEY_MAX   32
#define SRTP_SALT_MAX  14

struct srtp_out;
struct srtp_in;

size_t srtp_key_len(enum srtp_profile profile);
size_t srtp_salt_len(enum srtp_profile profile);

// `key` and `salt` have the lengths of the profile. EINVAL, ENOMEM.
int srtp_out_alloc(struct srtp_out **outp, enum srtp_profile profile, const uint8_t *key,
                   const uint8_t *salt);
void srtp_out_free(struct srtp_out *out);

// Protects one RTP packet. `packet` holds the RTP header (`header_len` bytes, CSRC and extensions
// too); the encrypted payload and the tag are written behind it, so `packet` has room for
// header_len + payload_len + SRTP_OVERHEAD bytes; the payload may lie there already. `index` is the
// 48-bit packet index: rollover counter << 16 | sequence number, counted by the caller for each
// SSRC. Sending the same index again must be the same bytes (a retransmission): other bytes under
// the same index would break AES-GCM. Returns the total length, 0 when OpenSSL fails.
size_t srtp_protect(struct srtp_out *out, uint64_t index, uint8_t *packet, size_t header_len,
                    const uint8_t *payload, size_t payload_len);

// Protects a compound RTCP packet in place; `packet` has room for SRTCP_OVERHEAD bytes more.
// Returns the total length, 0 when OpenSSL fails.
size_t srtcp_protect(struct srtp_out *out, uint8_t *packet, size_t len);

// EINVAL, ENOMEM.
int srtp_in_alloc(struct srtp_in **inp, enum srtp_profile profile, const uint8_t *key,
                  const uint8_t *salt);
void srtp_in_free(struct srtp_in *in);

// Checks and decrypts one RTP packet in place and shortens *len. EBADMSG (not authentic, or not
// RTP), EEXIST (replayed, or older than the window of 1024), ENOSPC (more than 16 SSRCs,
// or no memory for a new one).
int srtp_unprotect(struct srtp_in *in, uint8_t *packet, size_t *len);
int srtcp_unprotect(struct srtp_in *in, uint8_t *packet, size_t *len);
