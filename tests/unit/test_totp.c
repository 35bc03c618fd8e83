#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/auth/factor.h"

// RFC 6238 appendix B, cut to six digits: the secret is "12345678901234567890".
static const uint8_t secret[] = "12345678901234567890";
static const uint8_t key[TOKEN_SECRET_LEN] = {1, 2, 3};

static void test_vectors(void **state)
{
    static const struct {
        int64_t seconds;
        const char *code;
    } vectors[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    char code[TOTP_CODE_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        totp_code(secret, vectors[i].seconds / 30, code);
        assert_string_equal(code, vectors[i].code);
    }
}

static void test_skew(void **state)
{
    int64_t now = 1111111109ll * 1000, step = 0;
    char code[TOTP_CODE_MAX];
    (void)state;
    for (int64_t off = -3; off <= 3; off++) {
        totp_code(secret, now / 30000 + off, code);
        int wanted = off >= -1 && off <= 1 ? 0 : EACCES;
        assert_int_equal(totp_check(secret, code, now, 0, &step), wanted);
        if (!wanted)
            assert_int_equal(step, now / 30000 + off);
    }
    const char *const wrong[] = {"", "08180", "0818045", "081805", "abcdef", "      "};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(totp_check(secret, wrong[i], now, 0, &step), EACCES);
}

// Whoever looks over a shoulder cannot use what was typed, nor an older one.
static void test_once(void **state)
{
    int64_t now = 1111111109ll * 1000, step = 0, other;
    (void)state;
    assert_int_equal(totp_check(secret, "081804", now, 0, &step), 0);
    assert_int_equal(totp_check(secret, "081804", now, step, &other), EACCES);
    char before[TOTP_CODE_MAX];
    totp_code(secret, step - 1, before);
    assert_int_equal(totp_check(secret, before, now, step, &other), EACCES);
    assert_int_equal(totp_check(secret, "050471", now + 2000, step, &other), 0);
    assert_int_equal(other, step + 1);
}

static void test_key(void **state)
{
    char text[TOTP_KEY_MAX];
    (void)state;
    totp_key(secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    uint8_t ones[TOTP_SECRET_LEN];
    memset(ones, 0xff, sizeof(ones));
    totp_key(ones, text);
    assert_string_equal(text, "77777777777777777777777777777777");
}

static void test_sealed(void **state)
{
    char sealed[FACTOR_SEALED_MAX], again[FACTOR_SEALED_MAX];
    uint8_t got[TOTP_SECRET_LEN];
    (void)state;
    assert_int_equal(factor_seal(key, "u-1", 0, secret, sealed), 0);
    assert_int_equal(factor_seal(key, "u-1", 0, secret, again), 0);
    assert_string_not_equal(sealed, again);
    assert_int_equal(factor_open(key, "u-1", INT64_MAX, sealed, got), 0);
    assert_memory_equal(got, secret, sizeof(got));
    assert_int_equal(factor_open(key, "u-2", 0, sealed, got), EBADMSG);
    static const uint8_t other[TOKEN_SECRET_LEN] = {1, 2, 4};
    assert_int_equal(factor_open(other, "u-1", 0, sealed, got), EBADMSG);
    for (size_t i = 0; sealed[i]; i++) {
        char bent[FACTOR_SEALED_MAX];
        strcpy(bent, sealed);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_int_equal(factor_open(key, "u-1", 0, bent, got), EBADMSG);
        bent[i] = 0;
        assert_int_equal(factor_open(key, "u-1", 0, bent, got), EBADMSG);
    }
    assert_int_equal(factor_seal(key, "u-1", 1000, secret, sealed), 0);
    assert_int_equal(factor_open(key, "u-1", 1000, sealed, got), 0);
    assert_int_equal(factor_open(key, "u-1", 1001, sealed, got), ETIMEDOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_skew),   cmocka_unit_test(test_once),
        cmocka_unit_test(test_key),     cmocka_unit_test(test_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
