#include "signaling/server/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/stat.h>

#include "gateway/base/log.h"

#define LOOK_EVERY_US 5000000

static int64_t file_time(const char *file)
{
    struct stat st;
    if (stat(file, &st))
        return 0;
    return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec + (int64_t)st.st_ino;
}

static int64_t files_time(const struct server *server)
{
    return file_time(server->config.certificate_file) ^ (file_time(server->config.key_file) << 1);
}

static int complain(const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    log_error("http", "%s: %s", what, reason ? reason : "not usable");
    ERR_clear_error();
    return EINVAL;
}

// First into a context of its own, so that a wrong pair never touches the one in use.
int tls_load(struct server *server, SSL_CTX *ctx)
{
    const struct server_config *config = &server->config;
    STACK_OF(X509) *chain = NULL;
    int err = 0;
    server->certificate_at = files_time(server);
    ERR_clear_error();
    SSL_CTX *fresh = SSL_CTX_new(TLS_server_method());
    if (!fresh)
        return ENOMEM;
    if (SSL_CTX_use_certificate_chain_file(fresh, config->certificate_file) != 1)
        err = complain("https.certificate: no PEM certificate in the file");
    else if (SSL_CTX_use_PrivateKey_file(fresh, config->key_file, SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(fresh) != 1)
        err = complain("https.key: no PEM key in the file, or not the certificate's");
    SSL_CTX_get0_chain_certs(fresh, &chain);
    if (!err && ctx &&
        SSL_CTX_use_cert_and_key(ctx, SSL_CTX_get0_certificate(fresh),
                                 SSL_CTX_get0_privatekey(fresh), chain, 1) != 1)
        err = complain("https.certificate: refused");
    SSL_CTX_free(fresh);
    return err;
}

int tls_harden(SSL_CTX *ctx)
{
    static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK";
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ctx, ciphers) != 1)
        return EINVAL;
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    return 0;
}

int server_reload_certificate(struct server *server)
{
    if (!server->ssl)
        return EINVAL;
    int err = tls_load(server, server->ssl);
    if (err)
        log_error("http", "the certificate in use stays");
    else
        log_info("http", "certificate read again");
    return err;
}

void tls_look(struct server *server, int64_t now_us)
{
    if (!server->ssl || now_us < server->certificate_look_us)
        return;
    server->certificate_look_us = now_us + LOOK_EVERY_US;
    if (files_time(server) != server->certificate_at)
        server_reload_certificate(server);
}
