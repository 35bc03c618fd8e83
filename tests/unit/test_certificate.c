// The gateway's own DTLS certificate.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "gateway/base/mem.h"
#include "gateway/peer/certificate.h"

static void test_fingerprint_is_of_the_certificate(void **state)
{
    (void)state;
    struct certificate *certificate = NULL;
    uint8_t digest[EVP_MAX_MD_SIZE];
    char text[4], all[3 * CERTIFICATE_DIGEST_LEN + 1] = "";
    unsigned len = 0;
    assert_int_equal(certificate_alloc(&certificate), 0);
    X509 *x509 = SSL_CTX_get0_certificate(certificate_context(certificate));
    assert_int_equal(X509_digest(x509, EVP_sha256(), digest, &len), 1);
    assert_int_equal(len, CERTIFICATE_DIGEST_LEN);
    assert_memory_equal(certificate_digest(certificate), digest, len);
    for (unsigned i = 0; i < len; i++) {
        snprintf(text, sizeof(text), "%s%02X", i ? ":" : "", digest[i]);
        strcat(all, text);
    }
    assert_string_equal(certificate_fingerprint(certificate), all);
    certificate_free(certificate);
}

static void test_it_is_sound(void **state)
{
    (void)state;
    struct certificate *certificate = NULL;
    char group[32];
    size_t len;
    assert_int_equal(certificate_alloc(&certificate), 0);
    X509 *x509 = SSL_CTX_get0_certificate(certificate_context(certificate));
    EVP_PKEY *key = X509_get0_pubkey(x509);
    assert_int_equal(X509_verify(x509, key), 1);
    assert_int_equal(EVP_PKEY_get_group_name(key, group, sizeof(group), &len), 1);
    assert_string_equal(group, "prime256v1");
    assert_int_equal(X509_cmp_current_time(X509_get0_notBefore(x509)), -1);
    assert_int_equal(X509_cmp_current_time(X509_get0_notAfter(x509)), 1);
    assert_int_equal(SSL_CTX_check_private_key(certificate_context(certificate)), 1);
    certificate_free(certificate);
}

static void test_each_is_new(void **state)
{
    (void)state;
    struct certificate *a = NULL, *b = NULL;
    assert_int_equal(certificate_alloc(&a), 0);
    assert_int_equal(certificate_alloc(&b), 0);
    assert_string_not_equal(certificate_fingerprint(a), certificate_fingerprint(b));
    certificate_free(a);
    certificate_free(b);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct certificate *certificate = NULL;
    mem_fail_after(0);
    assert_int_equal(certificate_alloc(&certificate), ENOMEM);
    mem_fail_after(-1);
    assert_null(certificate);
    assert_int_equal(certificate_alloc(NULL), EINVAL);
    certificate_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fingerprint_is_of_the_certificate),
        cmocka_unit_test(test_it_is_sound),
        cmocka_unit_test(test_each_is_new),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
