#include "tests/unit/support/rtc_identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/mem.h"
#include "gateway/peer/datagram.h"

// The server's certificate is compared with its fingerprint by the client itself, later.
static int trust(X509_STORE_CTX *store, void *arg)
{
    (void)store;
    (void)arg;
    return 1;
}

static bool make_certificate(struct rtc_identity *identity)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    X509 *x509 = identity->x509;
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
    if (!X509_set_pubkey(x509, identity->key) || !X509_sign(x509, identity->key, EVP_sha256()) ||
        !X509_digest(x509, EVP_sha256(), digest, &len) || len != 32)
        return false;
    for (unsigned i = 0; i < len; i++)
        snprintf(identity->fingerprint + 3 * i, 4, i + 1 < len ? "%02X:" : "%02X", digest[i]);
    return true;
}

static bool configure(struct rtc_identity *identity)
{
    SSL_CTX *context = identity->context;
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, trust, NULL);
    return SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") ==
               0 &&
           SSL_CTX_use_certificate(context, identity->x509) == 1 &&
           SSL_CTX_use_PrivateKey(context, identity->key) == 1;
}

int rtc_identity_alloc(struct rtc_identity **identityp)
{
    struct rtc_identity *identity = mem_zalloc(sizeof(*identity));
    if (!identity)
        return ENOMEM;
    identity->key = EVP_EC_gen("P-256");
    identity->x509 = X509_new();
    identity->context = SSL_CTX_new(DTLS_client_method());
    identity->datagrams = datagram_method_alloc();
    if (!identity->key || !identity->x509 || !identity->context || !identity->datagrams ||
        !make_certificate(identity) || !configure(identity)) {
        rtc_identity_free(identity);
        return EPROTO;
    }
    *identityp = identity;
    return 0;
}

void rtc_identity_free(struct rtc_identity *identity)
{
    if (!identity)
        return;
    SSL_CTX_free(identity->context);
    BIO_meth_free(identity->datagrams);
    X509_free(identity->x509);
    EVP_PKEY_free(identity->key);
    mem_free(identity);
}

static bool is_expected_server(SSL *ssl, const char *fingerprint)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    char text[97];
    unsigned len = 0;
    X509 *x509 = SSL_get1_peer_certificate(ssl);
    bool right = x509 && X509_digest(x509, EVP_sha256(), digest, &len) && len == 32;
    X509_free(x509);
    for (unsigned i = 0; right && i < len; i++)
        snprintf(text + 3 * i, 4, i + 1 < len ? "%02X:" : "%02X", digest[i]);
    return right && strcasecmp(text, fingerprint) == 0;
}

int rtc_identity_keys(SSL *ssl, const char *fingerprint, struct srtp_out **outp,
                      struct srtp_in **inp)
{
    static const char label[] = "EXTRACTOR-dtls_srtp";
    uint8_t bytes[2 * (SRTP_KEY_MAX + SRTP_SALT_MAX)];
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(ssl);
    if (!chosen || !is_expected_server(ssl, fingerprint))
        return EPROTO;
    enum srtp_profile profile = (enum srtp_profile)chosen->id;
    size_t key = srtp_key_len(profile), salt = srtp_salt_len(profile);
    if (SSL_export_keying_material(ssl, bytes, 2 * (key + salt), label, strlen(label), NULL, 0,
                                   0) != 1)
        return EPROTO;
    int err = srtp_out_alloc(outp, profile, bytes, bytes + 2 * key);
    return err ? err : srtp_in_alloc(inp, profile, bytes + key, bytes + 2 * key + salt);
}
