#pragma once
#include <openssl/ssl.h>

#include "tests/unit/support/rtc_client.h"

// What the files of the test client share.

struct rtc_identity {
    EVP_PKEY *key;
    X509 *x509;
    SSL_CTX *context;
    BIO_METHOD *datagrams;
    char fingerprint[97];
};
