// Who comes again is known by a hash that leads nobody back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/auth/person.h"

static void the_same_number_is_the_same_person(void **state)
{
    uint8_t key[VAULT_KEY_LEN], other[VAULT_KEY_LEN];
    char a[PERSON_HASH_MAX], b[PERSON_HASH_MAX];
    (void)state;
    memset(key, 7, sizeof(key));
    memset(other, 8, sizeof(other));
    assert_int_equal(person_hash(key, "13876543210", a), 0);
    assert_int_equal(person_hash(key, "13876543210", b), 0);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), PERSON_HASH_MAX - 1);
    assert_int_equal(person_hash(key, "13876543211", b), 0);
    assert_string_not_equal(a, b);
    assert_int_equal(person_hash(other, "13876543210", b), 0);
    assert_string_not_equal(a, b); // without the key nobody can try numbers out
}

// Written by another program (python's hmac), so that a change of the way is noticed: all hashes
// that are kept would be of nobody.
static void hashes_stay_what_they_were(void **state)
{
    uint8_t key[VAULT_KEY_LEN];
    char hash[PERSON_HASH_MAX];
    (void)state;
    memset(key, 7, sizeof(key));
    assert_int_equal(person_hash(key, "13876543210", hash), 0);
    assert_string_equal(hash, "7dc58b05836063b883f6ad042d9712b01f3123436c1b8931895169f3af8d03b1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_number_is_the_same_person),
        cmocka_unit_test(hashes_stay_what_they_were),
    };
    return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}
