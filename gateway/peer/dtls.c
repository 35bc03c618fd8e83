#include "gateway/peer/dtls.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/bytes.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/peer/scratch.h"

#define RECORD_HEAD_LEN 13
#define MTU             1200
#define RETRY_FIRST_US  100000 // DTLS timer, doubled each time
#define RETRY_MAX_US    3200000
#define EXPORT_LABEL    "EXTRACTOR-dtls_srtp" // RFC 5764 section 4.2
// As the active side we meet certificates of both kinds; ours is ECDSA.
#define ACTIVE_CIPHERS                                                                             \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"     \
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

struct dtls {
    SSL *ssl;
    enum dtls_state state;
    struct datagram datagram;
    struct scratch scratch; // until the handshake is over
    bool active;
    const EVP_MD *hash; // NULL until told
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t digest_len;
    bool mismatch;
    bool heard; // the datagram at hand had something OpenSSL took for genuine, or answered
};

// --- the shared context -------------------------------------------------------------------------

// Takes the place of OpenSSL's chain check, which means nothing for self-signed certificates: only
// the digest counts. Refusing here sends a fatal alert, before there are any keys.
static int verify(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    X509 *x509 = X509_STORE_CTX_get0_cert(store);
    struct dtls *dtls = SSL_get_app_data(ssl);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (dtls->hash && x509 && X509_digest(x509, dtls->hash, digest, &len) == 1 &&
        len == dtls->digest_len && CRYPTO_memcmp(digest, dtls->digest, len) == 0)
        return 1;
    dtls->mismatch = true;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static bool configure(SSL_CTX *context, X509 *x509, EVP_PKEY *key)
{
    // Without sessions and tickets every handshake shows its certificate.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_QUERY_MTU |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_SINGLE_ECDH_USE);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
    return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                            "ECDHE-ECDSA-AES256-GCM-SHA384:"
                                            "ECDHE-ECDSA-CHACHA20-POLY1305") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
           SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:"
                                                "SRTP_AES128_CM_SHA1_80") == 0 &&
           SSL_CTX_use_certificate(context, x509) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
}

int dtls_context_alloc(SSL_CTX **contextp, X509 *x509, EVP_PKEY *key)
{
    SSL_CTX *context = SSL_CTX_new(DTLS_method());
    if (!context)
        return ENOMEM;
    if (!configure(context, x509, key)) {
        SSL_CTX_free(context);
        return EPROTO;
    }
    *contextp = context;
    return 0;
}

// --- one handshake ------------------------------------------------------------------------------

static unsigned retry_us(SSL *ssl, unsigned last_us)
{
    (void)ssl;
    if (last_us == 0)
        return RETRY_FIRST_US;
    return last_us * 2 < RETRY_MAX_US ? last_us * 2 : RETRY_MAX_US;
}

// OpenSSL drops what is forged or repeated without a word; it tells of every message it takes and
// of every one it sends. Record headers are told of before anything is checked.
static void on_message(int sent, int version, int type, const void *data, size_t len, SSL *ssl,
                       void *arg)
{
    (void)sent;
    (void)version;
    (void)data;
    (void)len;
    (void)ssl;
    struct dtls *dtls = arg;
    if (type == SSL3_RT_ALERT || type == SSL3_RT_HANDSHAKE || type == SSL3_RT_CHANGE_CIPHER_SPEC)
        dtls->heard = true;
}

int dtls_alloc(struct dtls **dtlsp, const struct certificate *certificate, datagram_send *send,
               void *arg)
{
    int err = ENOMEM;
    if (!dtlsp || !certificate || !send)
        return EINVAL;
    struct dtls *dtls = mem_zalloc(sizeof(*dtls));
    if (!dtls)
        return ENOMEM;
    dtls->datagram.send = send;
    dtls->datagram.arg = arg;
    dtls->ssl = SSL_new(certificate_context(certificate));
    BIO *bio = datagram_bio_alloc(certificate_datagrams(certificate), &dtls->datagram);
    if (!dtls->ssl || !bio) {
        BIO_free(bio);
        goto out;
    }
    SSL_set_bio(dtls->ssl, bio, bio);
    SSL_set_app_data(dtls->ssl, dtls);
    SSL_set_msg_callback(dtls->ssl, on_message);
    SSL_set_msg_callback_arg(dtls->ssl, dtls);
    SSL_set_mtu(dtls->ssl, MTU);
    SSL_set_accept_state(dtls->ssl);
    DTLS_set_timer_cb(dtls->ssl, retry_us);
    err = 0;
out:
    if (err)
        dtls_free(dtls);
    else
        *dtlsp = dtls;
    return err;
}

void dtls_free(struct dtls *dtls)
{
    if (!dtls)
        return;
    SSL_free(dtls->ssl);
    mem_free(dtls);
}

int dtls_expect(struct dtls *dtls, const char *hash, const uint8_t *digest, size_t len)
{
    static const struct {
        const char *name;
        const EVP_MD *(*md)(void);
        size_t len;
    } hashes[] = {
        {"sha-256", EVP_sha256, 32}, {"sha-384", EVP_sha384, 48}, {"sha-512", EVP_sha512, 64}};
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
        if (strcasecmp(hash, hashes[i].name) != 0 || len != hashes[i].len)
            continue;
        dtls->hash = hashes[i].md();
        memcpy(dtls->digest, digest, len);
        dtls->digest_len = len;
        return 0;
    }
    return EINVAL;
}

// Every record has a known type, is whole, and of one of the two epochs there are without
// renegotiation: OpenSSL would keep records of a later epoch for a handshake that never comes.
static bool plausible(const uint8_t *data, size_t len)
{
    while (len >= RECORD_HEAD_LEN) {
        size_t record = RECORD_HEAD_LEN + get_u16(data + 11);
        if (data[0] < 20 || data[0] > 23 || get_u16(data + 3) > 1 || record > len)
            return false;
        data += record;
        len -= record;
    }
    return len == 0;
}

// What a call into OpenSSL that did not succeed means.
static enum dtls_state judge(struct dtls *dtls, int result, enum dtls_state otherwise)
{
    int error = SSL_get_error(dtls->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return dtls->state;
    if (dtls->mismatch)
        return DTLS_MISMATCH;
    unsigned long code = ERR_peek_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    log_debug("dtls", "ended: %s", reason ? reason : "no reason given");
    return otherwise;
}

static enum dtls_state shake(struct dtls *dtls)
{
    scratch_enter(&dtls->scratch);
    int result = SSL_do_handshake(dtls->ssl);
    scratch_leave();
    if (result != 1)
        return judge(dtls, result, DTLS_FAILED);
    scratch_discard(&dtls->scratch);
    if (!SSL_get_selected_srtp_profile(dtls->ssl))
        return DTLS_FAILED;
    return DTLS_CONNECTED;
}

enum dtls_state dtls_connect(struct dtls *dtls)
{
    if (dtls->active || dtls->state != DTLS_HANDSHAKE || !SSL_in_before(dtls->ssl))
        return dtls->state;
    dtls->active = true;
    ERR_clear_error();
    SSL_set_connect_state(dtls->ssl);
    dtls->state = SSL_set_cipher_list(dtls->ssl, ACTIVE_CIPHERS) == 1 ? shake(dtls) : DTLS_FAILED;
    return dtls->state;
}

// Application data means nothing here; alerts and repeated flights are seen to by OpenSSL.
static enum dtls_state listen_on(struct dtls *dtls)
{
    uint8_t waste[2048];
    int result;
    while ((result = SSL_read(dtls->ssl, waste, sizeof(waste))) > 0)
        ;
    enum dtls_state state = judge(dtls, result, DTLS_CLOSED);
    if (SSL_get_shutdown(dtls->ssl) & SSL_RECEIVED_SHUTDOWN)
        SSL_shutdown(dtls->ssl);
    else if (state == DTLS_CONNECTED)
        SSL_free_buffers(dtls->ssl); // 34 KB that are hardly ever used again
    return state;
}

enum dtls_state dtls_receive(struct dtls *dtls, const uint8_t *data, size_t len)
{
    dtls->heard = false;
    if (dtls->state > DTLS_CONNECTED || len < RECORD_HEAD_LEN || !plausible(data, len))
        return dtls->state;
    ERR_clear_error();
    dtls->datagram.data = data;
    dtls->datagram.len = len;
    // Parts of a message, and a Finished that came too early, are kept without being told of.
    if (dtls->state == DTLS_HANDSHAKE)
        dtls->heard = true;
    if (dtls->state == DTLS_HANDSHAKE)
        dtls->state = shake(dtls);
    if (dtls->state == DTLS_CONNECTED)
        dtls->state = listen_on(dtls);
    dtls->datagram.data = NULL;
    return dtls->state;
}

bool dtls_heard(const struct dtls *dtls)
{
    return dtls->heard;
}

enum dtls_state dtls_tick(struct dtls *dtls)
{
    if (dtls->state != DTLS_HANDSHAKE)
        return dtls->state;
    ERR_clear_error();
    scratch_enter(&dtls->scratch);
    if (DTLSv1_handle_timeout(dtls->ssl) < 0)
        dtls->state = DTLS_FAILED;
    scratch_leave();
    return dtls->state;
}

int64_t dtls_wait_us(const struct dtls *dtls)
{
    struct timeval left;
    if (dtls->state != DTLS_HANDSHAKE || DTLSv1_get_timeout(dtls->ssl, &left) != 1)
        return -1;
    return (int64_t)left.tv_sec * 1000000 + left.tv_usec;
}

int dtls_keys(const struct dtls *dtls, struct dtls_keys *keys)
{
    uint8_t material[2 * (SRTP_KEY_MAX + SRTP_SALT_MAX)];
    memset(keys, 0, sizeof(*keys));
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(dtls->ssl);
    if (dtls->state != DTLS_CONNECTED || !chosen)
        return EPROTO;
    keys->profile = (enum srtp_profile)chosen->id;
    size_t key_len = srtp_key_len(keys->profile), salt_len = srtp_salt_len(keys->profile);
    size_t len = 2 * (key_len + salt_len);
    if (key_len == 0 || SSL_export_keying_material(dtls->ssl, material, len, EXPORT_LABEL,
                                                   strlen(EXPORT_LABEL), NULL, 0, 0) != 1)
        return EPROTO;
    // The client's key, the server's, the client's salt, the server's.
    const uint8_t *salts = material + 2 * key_len;
    size_t ours = dtls->active ? 0 : 1;
    memcpy(keys->local_key, material + ours * key_len, key_len);
    memcpy(keys->remote_key, material + !ours * key_len, key_len);
    memcpy(keys->local_salt, salts + ours * salt_len, salt_len);
    memcpy(keys->remote_salt, salts + !ours * salt_len, salt_len);
    OPENSSL_cleanse(material, sizeof(material));
    return 0;
}

void dtls_close(struct dtls *dtls)
{
    if (dtls->state != DTLS_CONNECTED)
        return;
    ERR_clear_error();
    // Reading makes the buffers anew that listen_on() gave back; writing alone does not in DTLS.
    uint8_t none;
    (void)SSL_read(dtls->ssl, &none, sizeof(none));
    SSL_shutdown(dtls->ssl);
    dtls->state = DTLS_CLOSED;
}
