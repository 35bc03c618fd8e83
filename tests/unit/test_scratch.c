// What a handshake leaves behind is given back, and nothing else is.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "gateway/peer/scratch.h"

#define ROOM   21848 // what OpenSSL takes for a message
#define RECORD 18000

static uint8_t *taken(size_t size)
{
    uint8_t *block = OPENSSL_malloc(size);
    assert_non_null(block);
    memset(block, 7, size);
    return block;
}

static size_t bytes_of(const uint8_t *block, size_t size, uint8_t byte)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += block[i] == byte;
    return count;
}

static void test_pages_are_given_back(void **state)
{
    struct scratch scratch = {0};
    (void)state;
    scratch_enter(&scratch);
    uint8_t *record = taken(RECORD), *room = taken(ROOM), *later = taken(RECORD);
    scratch_leave();
    scratch_discard(&scratch);
    assert_true(bytes_of(room, ROOM, 0) >= (size_t)16384);
    assert_int_equal(bytes_of(room, ROOM, 0) + bytes_of(room, ROOM, 7), ROOM);
    assert_int_equal(bytes_of(record, RECORD, 7), RECORD);
    assert_int_equal(bytes_of(later, RECORD, 7), RECORD);
    memset(room, 8, ROOM); // and it may be used as before
    scratch_discard(&scratch);
    assert_int_equal(bytes_of(room, ROOM, 8), ROOM);
    OPENSSL_free(record);
    OPENSSL_free(room);
    OPENSSL_free(later);
}

static void test_what_is_freed_is_left_alone(void **state)
{
    struct scratch scratch = {0};
    (void)state;
    scratch_enter(&scratch);
    OPENSSL_free(taken(ROOM));
    assert_null(scratch.block);
    uint8_t *grown = OPENSSL_realloc(taken(ROOM), 2 * ROOM);
    assert_ptr_equal(scratch.block, grown);
    grown = OPENSSL_realloc(grown, RECORD);
    assert_null(scratch.block);
    OPENSSL_free(grown);
    scratch_leave();
    scratch_discard(&scratch);
}

static void test_nobody_is_in_a_handshake(void **state)
{
    struct scratch scratch = {0};
    (void)state;
    scratch_enter(&scratch);
    scratch_leave();
    uint8_t *room = taken(ROOM);
    scratch_discard(&scratch);
    assert_int_equal(bytes_of(room, ROOM, 7), ROOM);
    OPENSSL_free(room);
}

static void test_nothing_is_taken_for_nothing(void **state)
{
    (void)state;
    assert_null(OPENSSL_malloc(0));
    assert_null(OPENSSL_realloc(OPENSSL_malloc(10), 0));
    void *block = OPENSSL_realloc(NULL, 10);
    assert_non_null(block);
    OPENSSL_free(block);
    OPENSSL_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_are_given_back),
        cmocka_unit_test(test_what_is_freed_is_left_alone),
        cmocka_unit_test(test_nobody_is_in_a_handshake),
        cmocka_unit_test(test_nothing_is_taken_for_nothing),
    };
    if (!scratch_install())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
