#include "signaling/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/addr.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "gateway/base/writer.h"

#define CERTIFICATE_SECONDS (825L * 24 * 3600) // the longest that browsers accept

int setup_directory(const char *dir)
{
    char path[1024];
    if (!text_copy(path, sizeof(path), dir))
        return ENAMETOOLONG;
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            return errno;
        *slash = '/';
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? errno : 0;
}

// "DNS:localhost,DNS:<host>,IP:<each address>" for the certificate's subjectAltName.
static void alternative_names(struct writer *w)
{
    char host[256] = "";
    struct ifaddrs *all = NULL;
    writer_text(w, "DNS:localhost");
    if (gethostname(host, sizeof(host) - 1) == 0 && *host &&
        strspn(host, "-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
            strlen(host))
        writer_printf(w, ",DNS:%s", host);
    if (getifaddrs(&all) < 0)
        return;
    for (struct ifaddrs *at = all; at; at = at->ifa_next) {
        struct addr addr;
        char text[ADDR_TEXT_MAX];
        socklen_t len = sizeof(struct sockaddr_in6);
        if (!at->ifa_addr || addr_from(&addr, at->ifa_addr, len) != 0)
            continue;
        writer_printf(w, ",IP:%s", addr_host_text(&addr, text));
    }
    freeifaddrs(all);
}

static int add_extensions(X509 *certificate)
{
    char names[4096];
    struct writer w = writer_of(names, sizeof(names));
    alternative_names(&w);
    if (!writer_string(&w))
        return EPROTO;
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    static const int nids[] = {NID_subject_alt_name, NID_basic_constraints, NID_ext_key_usage};
    const char *values[] = {names, "critical,CA:FALSE", "serverAuth"};
    for (size_t i = 0; i < 3; i++) {
        X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &context, nids[i], values[i]);
        bool added = ext && X509_add_ext(certificate, ext, -1);
        X509_EXTENSION_free(ext);
        if (!added)
            return EPROTO;
    }
    return 0;
}

static int fill_certificate(X509 *certificate, EVP_PKEY *key)
{
    uint64_t serial = random_u64() >> 1;
    X509_NAME *name = X509_get_subject_name(certificate);
    bool ok = X509_set_version(certificate, X509_VERSION_3) &&
              ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) &&
              X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
              X509_gmtime_adj(X509_getm_notAfter(certificate), CERTIFICATE_SECONDS) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"Banyan",
                                         -1, -1, 0) &&
              X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
              add_extensions(certificate) == 0 && X509_sign(certificate, key, EVP_sha256());
    return ok ? 0 : EPROTO;
}

static int write_pem(const char *file, mode_t mode, X509 *certificate, EVP_PKEY *key)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out)
        return errno;
    int ok = certificate ? PEM_write_X509(out, certificate)
                         : PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    return fclose(out) == 0 && ok ? 0 : EIO;
}

static int make_directory_of(const char *file)
{
    char dir[1024];
    text_copy(dir, sizeof(dir), file);
    char *slash = strrchr(dir, '/');
    if (!slash || slash == dir)
        return 0;
    *slash = 0;
    return setup_directory(dir);
}

int setup_certificate(const char *certificate_file, const char *key_file)
{
    if (access(certificate_file, F_OK) == 0 || access(key_file, F_OK) == 0)
        return 0;
    int err = make_directory_of(certificate_file);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    if (!err)
        err = key && certificate ? fill_certificate(certificate, key) : EPROTO;
    if (!err)
        err = write_pem(key_file, 0600, NULL, key);
    if (!err)
        err = write_pem(certificate_file, 0644, certificate, NULL);
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (err)
        log_error("setup", "%s: %s", certificate_file, strerror(err));
    return err;
}
