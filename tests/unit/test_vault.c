#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/auth/vault.h"

static const uint8_t key[VAULT_KEY_LEN] = {1, 2, 3};
static const char text[] = "what a resident told a lawyer";
#define LEN (sizeof(text) - 1)

static void test_there_and_back(void **state)
{
    uint8_t sealed[LEN + VAULT_EXTRA], again[LEN + VAULT_EXTRA];
    char plain[LEN];
    (void)state;
    assert_int_equal(vault_seal(key, "record c-1 1", text, LEN, sealed), 0);
    assert_null(memmem(sealed, sizeof(sealed), "resident", 8));
    assert_int_equal(vault_open(key, "record c-1 1", sealed, sizeof(sealed), plain), 0);
    assert_memory_equal(plain, text, LEN);
    assert_int_equal(vault_seal(key, "record c-1 1", text, LEN, again), 0);
    assert_memory_not_equal(sealed, again, sizeof(sealed)); // no two are alike
}

static void test_refused(void **state)
{
    static const uint8_t other[VAULT_KEY_LEN] = {1, 2, 4};
    uint8_t sealed[LEN + VAULT_EXTRA];
    char plain[LEN];
    (void)state;
    assert_int_equal(vault_seal(key, "record c-1 1", text, LEN, sealed), 0);
    assert_int_equal(vault_open(other, "record c-1 1", sealed, sizeof(sealed), plain), EBADMSG);
    assert_int_equal(vault_open(key, "record c-1 2", sealed, sizeof(sealed), plain), EBADMSG);
    for (size_t i = 0; i < sizeof(sealed); i++) {
        sealed[i] ^= 1;
        assert_int_equal(vault_open(key, "record c-1 1", sealed, sizeof(sealed), plain), EBADMSG);
        sealed[i] ^= 1;
    }
    for (size_t len = 0; len < sizeof(sealed); len++)
        assert_int_equal(vault_open(key, "record c-1 1", sealed, len, plain), EBADMSG);
}

static void test_nothing(void **state)
{
    uint8_t sealed[VAULT_EXTRA];
    char plain[1];
    (void)state;
    assert_int_equal(vault_seal(key, "", "", 0, sealed), 0);
    assert_int_equal(vault_open(key, "", sealed, sizeof(sealed), plain), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
