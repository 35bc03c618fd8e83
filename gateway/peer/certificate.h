#pragma once
#include <openssl/bio.h>
#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

// The gateway's DTLS identity: an ECDSA P-256 key and a self-signed certificate made at start
// (never stored), and the OpenSSL context all handshakes of the process share (read-only after
// creation, so any shard may use it).

struct certificate;

#define CERTIFICATE_DIGEST_LEN 32 // SHA-256

// ENOMEM, EPROTO (OpenSSL refused; logged).
int certificate_alloc(struct certificate **certificatep);
void certificate_free(struct certificate *certificate);

// SHA-256 of the certificate, for `a=fingerprint`.
const uint8_t *certificate_digest(const struct certificate *certificate);
// "AB:CD:..." of the digest, as SDP writes it.
const char *certificate_fingerprint(const struct certificate *certificate);
SSL_CTX *certificate_context(const struct certificate *certificate);
// The kind of BIO its handshakes read and write; see datagram.h.
const BIO_METHOD *certificate_datagrams(const struct certificate *certificate);
