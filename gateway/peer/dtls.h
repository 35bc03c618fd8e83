#pragma once
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/peer/certificate.h"
#include "gateway/peer/datagram.h"
#include "gateway/peer/srtp.h"

// DTLS 1.2 for SRTP keys: RFC 5763, RFC 5764, RFC 8122. No socket; datagrams go out through a
// handler. The passive side, unless dtls_connect() is called. One thread.

struct dtls;

enum dtls_state {
    DTLS_HANDSHAKE,
    DTLS_CONNECTED, // keys are agreed on
    DTLS_CLOSED,    // by the other side: close_notify or a fatal alert
    DTLS_FAILED,    // the handshake did not succeed
    DTLS_MISMATCH,  // their certificate is not the announced one
};

struct dtls_keys {
    enum srtp_profile profile;
    // "remote" is what the other side sends with.
    uint8_t local_key[SRTP_KEY_MAX], remote_key[SRTP_KEY_MAX];
    uint8_t local_salt[SRTP_SALT_MAX], remote_salt[SRTP_SALT_MAX];
};

// ENOMEM, EPROTO (OpenSSL refused). `certificate` outlives it.
int dtls_alloc(struct dtls **dtlsp, const struct certificate *certificate, datagram_send *send,
               void *arg);
void dtls_free(struct dtls *dtls);

// What a=fingerprint announced: "sha-256", "sha-384" or "sha-512" and the digest, which is copied.
// Until this is called, every certificate is a mismatch. EINVAL for other hashes or lengths.
int dtls_expect(struct dtls *dtls, const char *hash, const uint8_t *digest, size_t len);

// Becomes the active side (a=setup:active) and sends the first flight. Without effect once a
// datagram came or when it is active already. The state afterwards.
enum dtls_state dtls_connect(struct dtls *dtls);
// One datagram. The state afterwards, which never goes back.
enum dtls_state dtls_receive(struct dtls *dtls, const uint8_t *data, size_t len);
// Was anything in the newest datagram of use? False: it was malformed, forged or repeated, or
// application data, which means nothing here. (Before the keys are agreed on a forgery cannot be
// told from a part of a message: then only what is malformed is false.)
bool dtls_heard(const struct dtls *dtls);
// Sends the last flight again when its time has come.
enum dtls_state dtls_tick(struct dtls *dtls);
// Microseconds until dtls_tick() has something to do; -1 when nothing waits.
int64_t dtls_wait_us(const struct dtls *dtls);

// Once connected. EPROTO.
int dtls_keys(const struct dtls *dtls, struct dtls_keys *keys);
// Sends close_notify when connected.
void dtls_close(struct dtls *dtls);

// The settings all handshakes of a process share, made by the certificate. ENOMEM, EPROTO.
int dtls_context_alloc(SSL_CTX **contextp, X509 *x509, EVP_PKEY *key);
