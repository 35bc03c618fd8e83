// TURN credentials are what coturn computes from the same secret (checked with python3's hmac).
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/auth/turn.h"

static void test_credential(void **state)
{
    struct turn_credential credential;
    (void)state;
    assert_int_equal(turn_credential_make("north", "alice", 1433895918, &credential), 0);
    assert_string_equal(credential.user, "1433895918:alice");
    assert_string_equal(credential.password, "RqMvcGPYTJMGThVLSi4amT4zFtI=");
}

static void test_other_secret_other_password(void **state)
{
    struct turn_credential a, b;
    (void)state;
    assert_int_equal(turn_credential_make("north", "alice", 1433895918, &a), 0);
    assert_int_equal(turn_credential_make("south", "alice", 1433895918, &b), 0);
    assert_string_not_equal(a.password, b.password);
}

static void test_name_too_long(void **state)
{
    struct turn_credential credential;
    char id[TURN_USER_MAX + 1];
    (void)state;
    memset(id, 'x', sizeof(id) - 1);
    id[sizeof(id) - 1] = 0;
    assert_int_equal(turn_credential_make("north", id, 1, &credential), EINVAL);
}

static void test_person_is_told_by_no_name(void **state)
{
    char one[TURN_NAME_MAX], again[TURN_NAME_MAX], other[TURN_NAME_MAX], elsewhere[TURN_NAME_MAX];
    (void)state;
    assert_int_equal(turn_name_make("north", "lawyer-1", one), 0);
    assert_int_equal(turn_name_make("north", "lawyer-1", again), 0);
    assert_int_equal(turn_name_make("north", "lawyer-2", other), 0);
    assert_int_equal(turn_name_make("south", "lawyer-1", elsewhere), 0);
    assert_int_equal(strlen(one), TURN_NAME_MAX - 1);
    assert_string_equal(one, again);
    assert_string_not_equal(one, other);
    assert_string_not_equal(one, elsewhere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credential),
        cmocka_unit_test(test_other_secret_other_password),
        cmocka_unit_test(test_name_too_long),
        cmocka_unit_test(test_person_is_told_by_no_name),
    };
    return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
