#include "gateway/peer/certificate.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/peer/datagram.h"
#include "gateway/peer/dtls.h"

#define DAY_S 86400L

struct certificate {
    EVP_PKEY *key;
    X509 *x509;
    SSL_CTX *context;
    BIO_METHOD *datagrams;
    uint8_t digest[CERTIFICATE_DIGEST_LEN];
    char fingerprint[3 * CERTIFICATE_DIGEST_LEN];
};

// A day early, for clients whose clock is behind.
static bool fill_x509(X509 *x509, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(x509);
    return X509_set_version(x509, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), random_u64() >> 1) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(x509), -DAY_S) &&
           X509_gmtime_adj(X509_getm_notAfter(x509), 365 * DAY_S) &&
           X509_set_pubkey(x509, key) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"banyan", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(x509, name) == 1 && X509_sign(x509, key, EVP_sha256()) > 0;
}

static bool take_digest(struct certificate *certificate)
{
    unsigned len = 0;
    if (X509_digest(certificate->x509, EVP_sha256(), certificate->digest, &len) != 1 ||
        len != CERTIFICATE_DIGEST_LEN)
        return false;
    for (size_t i = 0; i < CERTIFICATE_DIGEST_LEN; i++) {
        bool last = i + 1 == CERTIFICATE_DIGEST_LEN;
        snprintf(certificate->fingerprint + 3 * i, last ? 3 : 4,
                 last ? "%02X" : "%02X:", certificate->digest[i]);
    }
    return true;
}

static int make(struct certificate *certificate)
{
    certificate->key = EVP_EC_gen("P-256");
    certificate->x509 = X509_new();
    certificate->datagrams = datagram_method_alloc();
    if (!certificate->key || !certificate->x509 || !certificate->datagrams)
        return ENOMEM;
    if (!fill_x509(certificate->x509, certificate->key) || !take_digest(certificate))
        return EPROTO;
    return dtls_context_alloc(&certificate->context, certificate->x509, certificate->key);
}

int certificate_alloc(struct certificate **certificatep)
{
    if (!certificatep)
        return EINVAL;
    struct certificate *certificate = mem_zalloc(sizeof(*certificate));
    if (!certificate)
        return ENOMEM;
    int err = make(certificate);
    if (err) {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());
        log_error("certificate", "cannot be made: %s", reason ? reason : "out of memory");
        certificate_free(certificate);
        return err;
    }
    *certificatep = certificate;
    return 0;
}

void certificate_free(struct certificate *certificate)
{
    if (!certificate)
        return;
    SSL_CTX_free(certificate->context);
    BIO_meth_free(certificate->datagrams);
    X509_free(certificate->x509);
    EVP_PKEY_free(certificate->key);
    mem_free(certificate);
}

const uint8_t *certificate_digest(const struct certificate *certificate)
{
    return certificate->digest;
}

const char *certificate_fingerprint(const struct certificate *certificate)
{
    return certificate->fingerprint;
}

SSL_CTX *certificate_context(const struct certificate *certificate)
{
    return certificate->context;
}

const BIO_METHOD *certificate_datagrams(const struct certificate *certificate)
{
    return certificate->datagrams;
}
