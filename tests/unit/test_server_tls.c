// HTTPS with a certificate made here, its change while running, and static pages.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "tests/unit/support/scratch.h"
#include "tests/unit/support/server_fixture.h"

static struct fixture fixture;
static char reply[1 << 21];
static char certificate[160], key[160], pages[160];

#define HOST "Host: localhost\r\n"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static void write_page(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", pages, name);
    write_file(path, text);
}

static void write_certificate(const char *cert_path, const char *key_path, long serial)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_set_pubkey(x509, pkey);
    assert_true(X509_sign(x509, pkey, EVP_sha256()) > 0);
    FILE *file = fopen(cert_path, "w");
    PEM_write_X509(file, x509);
    fclose(file);
    file = fopen(key_path, "w");
    PEM_write_PrivateKey(file, pkey, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pkey);
}

static void write_pages(void)
{
    char path[256], *big = calloc(1, 900001);
    mkdir(pages, 0755);
    snprintf(path, sizeof(path), "%s/booth", pages);
    mkdir(path, 0755);
    write_page("index.html", "<!doctype html>front");
    write_page("booth/index.html", "<!doctype html>booth");
    write_page("hall.html", "<!doctype html>hall");
    write_page("app-ABCDEFG2.js", "export {};");
    write_page("words.mjs", "export {};");
    write_page(".secret", "secret");
    memset(big, 'b', 900000);
    write_page("big.css", big);
    free(big);
    snprintf(path, sizeof(path), "%s/link.txt", pages);
    assert_int_equal(symlink("/etc/passwd", path), 0);
}

static int start(void **state)
{
    char dir[SCRATCH_LEN];
    (void)state;
    scratch_dir(dir);
    snprintf(certificate, sizeof(certificate), "%s/cert.pem", dir);
    snprintf(key, sizeof(key), "%s/key.pem", dir);
    snprintf(pages, sizeof(pages), "%s/pages", dir);
    write_certificate(certificate, key, 1);
    write_pages();
    fixture_start(&fixture, &(struct server_config){.https_listen = "127.0.0.1:0",
                                                    .certificate_file = certificate,
                                                    .key_file = key,
                                                    .static_dir = pages,
                                                    .head_s = 2});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

struct tls {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
};

static int tcp_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_https_port(fixture.server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static int tls_open(struct tls *tls, int version)
{
    static const unsigned char alpn[] = "\x02h2\x08http/1.1";
    struct timeval patience = {.tv_sec = 20};
    tls->ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(tls->ctx, 0);
    if (version)
        SSL_CTX_set_max_proto_version(tls->ctx, version);
    SSL_CTX_set_alpn_protos(tls->ctx, alpn, sizeof(alpn) - 1);
    tls->ssl = SSL_new(tls->ctx);
    tls->fd = tcp_connect();
    setsockopt(tls->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    SSL_set_fd(tls->ssl, tls->fd);
    return SSL_connect(tls->ssl);
}

static void tls_close(struct tls *tls)
{
    SSL_free(tls->ssl);
    SSL_CTX_free(tls->ctx);
    close(tls->fd);
}

static long tls_serial(void)
{
    struct tls tls;
    assert_int_equal(tls_open(&tls, 0), 1);
    X509 *x509 = SSL_get1_peer_certificate(tls.ssl);
    long serial = ASN1_INTEGER_get(X509_get_serialNumber(x509));
    X509_free(x509);
    tls_close(&tls);
    return serial;
}

// Reads one reply over TLS into `reply`; returns its status.
static int tls_read(struct tls *tls)
{
    size_t len = 0;
    for (;;) {
        const char *end = strstr(reply, "\r\n\r\n");
        const char *length = strcasestr(reply, "\r\ncontent-length: ");
        if (len && end && len >= (size_t)(end + 4 - reply) + strtoul(length + 18, NULL, 10))
            return atoi(reply + 9);
        int n = SSL_read(tls->ssl, reply + len, (int)(sizeof(reply) - 1 - len));
        if (n <= 0)
            return 0;
        len += (size_t)n;
        reply[len] = '\0';
    }
}

static int tls_exchange(struct tls *tls, const char *request)
{
    reply[0] = '\0';
    assert_true(SSL_write(tls->ssl, request, (int)strlen(request)) > 0);
    return tls_read(tls);
}

static void https_is_served_with_hsts(void **state)
{
    (void)state;
    struct tls tls;
    const unsigned char *protocol;
    unsigned len;
    assert_int_equal(tls_open(&tls, 0), 1);
    SSL_get0_alpn_selected(tls.ssl, &protocol, &len);
    assert_int_equal(len, 8);
    assert_memory_equal(protocol, "http/1.1", 8);
    assert_int_equal(tls_exchange(&tls, "GET /whoami HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_non_null(strstr(reply, "strict-transport-security: max-age=31536000"));
    assert_non_null(strstr(reply, "\"tls\":true"));
    assert_int_equal(tls_exchange(&tls, "GET /late?ms=2500 HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(tls_exchange(&tls, "GET /page/big.css HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(strlen(strstr(reply, "\r\n\r\n") + 4), 900000);
    tls_close(&tls);
}

static void many_requests_in_one_record_are_all_answered(void **state)
{
    (void)state;
    static char many[64 * 1024];
    struct tls tls;
    unsigned count = 0;
    size_t len = (size_t)sprintf(many, "GET /late?ms=100 HTTP/1.1\r\n" HOST "\r\n");
    while (len < 60000) {
        len += (size_t)sprintf(many + len, "HEAD /hello HTTP/1.1\r\n" HOST "\r\n");
        count++;
    }
    len += (size_t)sprintf(many + len, "GET /hello HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    assert_int_equal(tls_open(&tls, 0), 1);
    assert_int_equal(SSL_write(tls.ssl, many, (int)len), (int)len);
    size_t have = 0;
    int n;
    while ((n = SSL_read(tls.ssl, reply + have, (int)(sizeof(reply) - 1 - have))) > 0)
        have += (size_t)n;
    reply[have] = '\0';
    for (const char *at = reply; (at = strstr(at, "HTTP/1.1 200 ")) != NULL; at++)
        count--;
    assert_int_equal((int)count, -2);
    tls_close(&tls);
}

static void old_tls_and_no_tls_are_refused(void **state)
{
    (void)state;
    struct tls tls;
    assert_true(tls_open(&tls, TLS1_1_VERSION) <= 0);
    tls_close(&tls);
    int fd = tcp_connect();
    raw_send(fd, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    raw_read_all(fd, reply, sizeof(reply), 4000);
    assert_null(strstr(reply, "hello"));
    close(fd);
    fd = tcp_connect(); // says nothing at all
    assert_true(raw_closed(fd, 4000));
    close(fd);
}

static void the_certificate_can_change(void **state)
{
    (void)state;
    struct tls old;
    assert_int_equal(tls_serial(), 1);
    assert_int_equal(tls_open(&old, 0), 1);
    write_certificate(certificate, key, 2);
    assert_int_equal(
        raw_exchange(&fixture, "GET /reload HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 200);
    assert_int_equal(tls_serial(), 2);
    assert_int_equal(tls_exchange(&old, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    tls_close(&old);
}

static void a_wrong_certificate_keeps_the_old_one(void **state)
{
    (void)state;
    char other[200];
    long serial = tls_serial();
    snprintf(other, sizeof(other), "%s.other", key);
    write_certificate(certificate, other, 3); // its key is elsewhere
    assert_int_equal(
        raw_exchange(&fixture, "GET /reload HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 500);
    assert_int_equal(tls_serial(), serial);
    write_file(certificate, "nonsense");
    assert_int_equal(
        raw_exchange(&fixture, "GET /reload HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 500);
    assert_int_equal(tls_serial(), serial);
    unlink(certificate);
    assert_int_equal(
        raw_exchange(&fixture, "GET /reload HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply)), 500);
    assert_int_equal(tls_serial(), serial);
}

// Reads what the process logs until a line has the text; false when the time is over.
static bool is_logged(int log, const char *text, int64_t until_us)
{
    size_t len = 0;
    struct pollfd readable = {.fd = log, .events = POLLIN};
    reply[0] = 0;
    while (!strstr(reply, text)) {
        int64_t left_us = until_us - clock_us();
        if (left_us <= 0 || poll(&readable, 1, (int)(left_us / 1000) + 1) < 1)
            return false;
        ssize_t n = read(log, reply + len, sizeof(reply) - 1 - len);
        if (n <= 0)
            return false;
        reply[len += (size_t)n] = 0;
    }
    return true;
}

static void a_changed_file_is_noticed_by_itself(void **state)
{
    (void)state;
    int log[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(log), 0);
    assert_true(dup2(log[1], STDERR_FILENO) >= 0);
    write_certificate(certificate, key, 4);
    bool noticed = is_logged(log[0], "certificate read again", clock_us() + 10000000);
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    close(log[0]);
    close(log[1]);
    assert_true(noticed);
    assert_int_equal(tls_serial(), 4);
}

struct page {
    const char *path;
    int status;
    const char *has;
};

static const struct page page_table[] = {
    {"/page/", 200, "front"},
    {"/page/index.html", 200, "content-type: text/html; charset=utf-8"},
    {"/page/booth", 200, "<!doctype html>booth"},
    {"/page/booth/", 200, "<!doctype html>booth"},
    {"/page/hall", 200, "<!doctype html>hall"},
    {"/page/hall", 200, "cache-control: no-cache"},
    {"/page/words.mjs", 200, "content-type: text/javascript"},
    {"/page/app-ABCDEFG2.js", 200, "max-age=31536000, immutable"},
    {"/page/.secret", 404, NULL},
    {"/page/link.txt", 404, NULL},
    {"/page/../cert.pem", 404, NULL},
    {"/page/booth/../hall.html", 404, NULL},
    {"/page/%2e%2e/cert.pem", 404, NULL},
    {"/page/..%2fcert.pem", 404, NULL},
    {"/page//etc/passwd", 404, NULL},
    {"/page/nothing", 404, "problem+json"},
};

static void pages_come_from_the_list_only(void **state)
{
    (void)state;
    char request[256];
    for (size_t i = 0; i < sizeof(page_table) / sizeof(*page_table); i++) {
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n", page_table[i].path);
        int status = raw_exchange(&fixture, request, reply, sizeof(reply));
        if (status != page_table[i].status ||
            (page_table[i].has && !strstr(reply, page_table[i].has)))
            fail_msg("%s: %d\n%s", page_table[i].path, status, reply);
        assert_non_null(strstr(reply, "content-security-policy"));
    }
}

static void a_known_page_is_not_sent_again(void **state)
{
    (void)state;
    char request[256], etag[64];
    raw_exchange(&fixture, "GET /page/hall HTTP/1.1\r\n" HOST "\r\n", reply, sizeof(reply));
    assert_int_equal(sscanf(strstr(reply, "etag: ") + 6, "%63[^\r]", etag), 1);
    assert_int_equal(etag[0], '"');
    assert_int_equal(etag[strlen(etag) - 1], '"');
    int fd = raw_connect(&fixture);
    snprintf(request, sizeof(request),
             "GET /page/hall HTTP/1.1\r\n" HOST "If-None-Match: \"x\", W/%s\r\n\r\n", etag);
    raw_send(fd, request);
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), true), 304);
    assert_null(strstr(reply, "content-length"));
    raw_send(fd, "POST /page/hall HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), false), 405);
    assert_non_null(strstr(reply, "allow: GET, HEAD"));
    raw_send(fd, "HEAD /page/hall HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(raw_read_reply(fd, reply, sizeof(reply), true), 200);
    assert_non_null(strstr(reply, "content-length: 19"));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(https_is_served_with_hsts),
        cmocka_unit_test(many_requests_in_one_record_are_all_answered),
        cmocka_unit_test(old_tls_and_no_tls_are_refused),
        cmocka_unit_test(the_certificate_can_change),
        cmocka_unit_test(a_wrong_certificate_keeps_the_old_one),
        cmocka_unit_test(a_changed_file_is_noticed_by_itself),
        cmocka_unit_test(pages_come_from_the_list_only),
        cmocka_unit_test(a_known_page_is_not_sent_again),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
