#include "tests/unit/support/dtls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/peer/datagram.h"

#define RETRY_US 20000

struct dtls_client {
    SSL_CTX *context;
    SSL *ssl;
    BIO_METHOD *method;
    struct datagram datagram;
    EVP_PKEY *key;
    X509 *x509;
    int alert;
};

static void must(bool ok)
{
    if (!ok)
        abort();
}

static unsigned retry(SSL *ssl, unsigned last_us)
{
    (void)ssl;
    return last_us ? last_us * 2 : RETRY_US;
}

static void on_info(const SSL *ssl, int where, int ret)
{
    struct dtls_client *client = SSL_get_app_data(ssl);
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        client->alert = ret;
}

static int trust(X509_STORE_CTX *store, void *arg)
{
    (void)store;
    (void)arg;
    return 1;
}

static void make_certificate(struct dtls_client *client, bool rsa)
{
    client->key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    client->x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(client->x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(client->x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(client->x509), 3600);
    X509_set_pubkey(client->x509, client->key);
    X509_sign(client->x509, client->key, EVP_sha256());
    SSL_CTX_use_certificate(client->context, client->x509);
    SSL_CTX_use_PrivateKey(client->context, client->key);
}

static void set_options(struct dtls_client *client, const struct dtls_client_options *options)
{
    const char *profiles = options->profiles;
    if (!profiles)
        profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM";
    if (*profiles)
        must(SSL_CTX_set_tlsext_use_srtp(client->context, profiles) == 0);
    if (options->max_version) {
        SSL_CTX_set_security_level(client->context, 0);
        SSL_CTX_set_min_proto_version(client->context, options->max_version);
        SSL_CTX_set_max_proto_version(client->context, options->max_version);
    }
    if (options->ciphers) {
        SSL_CTX_set_security_level(client->context, 0);
        must(SSL_CTX_set_cipher_list(client->context, options->ciphers) == 1);
    }
    if (options->big_hello) {
        uint8_t protocols[1200];
        memset(protocols, 'a', sizeof(protocols));
        for (size_t i = 0; i < sizeof(protocols); i += 100)
            protocols[i] = 99;
        SSL_CTX_set_alpn_protos(client->context, protocols, sizeof(protocols));
    }
}

struct dtls_client *dtls_client_open(const struct dtls_client_options *options)
{
    struct dtls_client *client = calloc(1, sizeof(*client));
    client->context = SSL_CTX_new(DTLS_method());
    client->method = datagram_method_alloc();
    client->datagram.send = options->send;
    client->datagram.arg = options->arg;
    SSL_CTX_set_options(client->context, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(client->context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(client->context, trust, NULL);
    if (!options->no_certificate)
        make_certificate(client, options->rsa);
    set_options(client, options);
    client->ssl = SSL_new(client->context);
    BIO *bio = datagram_bio_alloc(client->method, &client->datagram);
    SSL_set_bio(client->ssl, bio, bio);
    SSL_set_app_data(client->ssl, client);
    SSL_set_info_callback(client->ssl, on_info);
    SSL_set_mtu(client->ssl, options->mtu ? options->mtu : 1200);
    DTLS_set_timer_cb(client->ssl, retry);
    if (options->server)
        SSL_set_accept_state(client->ssl);
    else
        SSL_set_connect_state(client->ssl);
    return client;
}

void dtls_client_close(struct dtls_client *client)
{
    if (!client)
        return;
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    BIO_meth_free(client->method);
    X509_free(client->x509);
    EVP_PKEY_free(client->key);
    free(client);
}

void dtls_client_step(struct dtls_client *client)
{
    uint8_t waste[2048];
    ERR_clear_error();
    if (!SSL_is_init_finished(client->ssl)) {
        DTLSv1_handle_timeout(client->ssl);
        SSL_do_handshake(client->ssl);
    }
    while (SSL_is_init_finished(client->ssl) && SSL_read(client->ssl, waste, sizeof(waste)) > 0)
        ;
    ERR_clear_error();
}

void dtls_client_receive(struct dtls_client *client, const uint8_t *data, size_t len)
{
    client->datagram.data = data;
    client->datagram.len = len;
    dtls_client_step(client);
    client->datagram.data = NULL;
}

bool dtls_client_connected(const struct dtls_client *client)
{
    return SSL_is_init_finished(client->ssl);
}

bool dtls_client_was_closed(const struct dtls_client *client)
{
    return (SSL_get_shutdown(client->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
}

int dtls_client_alert(const struct dtls_client *client)
{
    return client->alert;
}

void dtls_client_shutdown(struct dtls_client *client)
{
    SSL_shutdown(client->ssl);
}

void dtls_client_say(struct dtls_client *client, const char *text)
{
    SSL_write(client->ssl, text, (int)strlen(text));
}

void dtls_client_renegotiate(struct dtls_client *client)
{
    SSL_renegotiate(client->ssl);
    SSL_do_handshake(client->ssl);
    ERR_clear_error();
}

size_t dtls_client_digest(const struct dtls_client *client, const char *hash, uint8_t *digest)
{
    char name[16] = "sha";
    unsigned len = 0;
    strncat(name, hash + 4, sizeof(name) - 4);
    X509_digest(client->x509, EVP_get_digestbyname(name), digest, &len);
    return len;
}

unsigned dtls_client_export(const struct dtls_client *client, uint8_t *material, size_t len)
{
    const char *label = "EXTRACTOR-dtls_srtp";
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(client->ssl);
    if (!profile || SSL_export_keying_material(client->ssl, material, len, label, strlen(label),
                                               NULL, 0, 0) != 1)
        return 0;
    return (unsigned)profile->id;
}

const char *dtls_client_cipher(const struct dtls_client *client)
{
    return SSL_get_cipher_name(client->ssl);
}
