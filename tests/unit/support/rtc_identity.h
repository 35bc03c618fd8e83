#pragma once
#include <openssl/ssl.h>

#include "gateway/peer/srtp.h"
#include "tests/unit/support/rtc_client.h"

// What the files of the test client share.

struct rtc_identity {
    EVP_PKEY *key;
    X509 *x509;
    SSL_CTX *context;
    BIO_METHOD *datagrams;
    char fingerprint[97];
};

// The keys of a finished handshake with the server whose SHA-256 fingerprint this is. EPROTO for
// another server, ENOMEM.
int rtc_identity_keys(SSL *ssl, const char *fingerprint, struct srtp_out **outp,
                      struct srtp_in **inp);
