#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/auth/password.h"

static void test_right_and_wrong(void **state)
{
    (void)state;
    char encoded[PASSWORD_ENCODED_MAX], other[PASSWORD_ENCODED_MAX];
    assert_int_equal(password_hash("槐园 2026", encoded), 0);
    assert_int_equal(password_hash("槐园 2026", other), 0);
    assert_string_not_equal(encoded, other); // salted
    assert_null(strstr(encoded, "2026"));
    assert_int_equal(password_check("槐园 2026", encoded), 0);
    assert_int_equal(password_check("槐园 2027", encoded), EACCES);
    assert_int_equal(password_check("", encoded), EACCES);
    assert_int_equal(password_check(NULL, encoded), EACCES);
    assert_int_equal(password_check("-", NULL), EACCES); // nobody of that name
    assert_int_equal(password_check("槐园 2026", NULL), EACCES);
}

static void test_drawn(void **state)
{
    (void)state;
    char encoded[PASSWORD_ENCODED_MAX];
    assert_int_equal(password_hash_drawn("Zk3fPq81LmXa", encoded), 0);
    assert_memory_equal(encoded, "scrypt$10$8$1$", 14);
    assert_int_equal(password_check("Zk3fPq81LmXa", encoded), 0);
    assert_int_equal(password_check("Zk3fPq81LmXb", encoded), EACCES);
    encoded[8] = '5'; // a cost that it does not have
    assert_int_equal(password_check("Zk3fPq81LmXa", encoded), EACCES);
    encoded[8] = '1'; // one that nobody has
    assert_int_equal(password_check("Zk3fPq81LmXa", encoded), EINVAL);
}

static void test_limits(void **state)
{
    (void)state;
    char encoded[PASSWORD_ENCODED_MAX], longest[PASSWORD_MAX + 2];
    memset(longest, 'x', sizeof(longest));
    longest[PASSWORD_MAX + 1] = 0;
    assert_int_equal(password_hash(longest, encoded), EINVAL);
    assert_int_equal(password_hash("", encoded), EINVAL);
    assert_int_equal(password_hash(NULL, encoded), EINVAL);
    longest[PASSWORD_MAX] = 0;
    assert_int_equal(password_hash(longest, encoded), 0);
    assert_int_equal(password_check(longest, encoded), 0);
    longest[PASSWORD_MAX] = 'x'; // a longer one is not cut to fit
    assert_int_equal(password_check(longest, encoded), EACCES);
}

static void test_damaged(void **state)
{
    (void)state;
    char good[PASSWORD_ENCODED_MAX], bad[PASSWORD_ENCODED_MAX];
    assert_int_equal(password_hash("a", good), 0);
    for (size_t len = 0; len < strlen(good); len++) {
        memcpy(bad, good, len);
        bad[len] = 0;
        assert_int_equal(password_check("a", bad), EINVAL);
    }
    strcpy(bad, good);
    strcat(bad, "0");
    assert_int_equal(password_check("a", bad), EINVAL);
    strcpy(bad, good);
    bad[20] = 'g';
    assert_int_equal(password_check("a", bad), EINVAL);
}

// RFC 7914 section 12 has no vector with our cost, so this one was made with Python's
// hashlib.scrypt.
static void test_known_value(void **state)
{
    (void)state;
    static const char known[] = "scrypt$15$8$1$000102030405060708090a0b0c0d0e0f$"
                                "186e14cb910dac4f2a1bc3d1782fb5b4fae093ea02937860e081f41fbac1b804";
    assert_int_equal(password_check("pleaseletmein", known), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_and_wrong), cmocka_unit_test(test_drawn),
        cmocka_unit_test(test_limits),          cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_known_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
