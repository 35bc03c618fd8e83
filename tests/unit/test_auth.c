#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/auth/audit.h"
#include "signaling/auth/audit_head.h"
#include "signaling/auth/role.h"
#include "signaling/auth/secret.h"
#include "signaling/auth/throttle.h"
#include "tests/unit/support/scratch.h"

// --- throttle -----------------------------------------------------------------------------------

static void test_five_failures(void **state)
{
    (void)state;
    struct throttle *throttle;
    int64_t now = 1000;
    assert_int_equal(throttle_alloc(&throttle, &throttle_sign_in), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(throttle_wait_ms(throttle, "liu 192.0.2.1", now), 0);
        throttle_count(throttle, "liu 192.0.2.1", now);
    }
    assert_int_equal(throttle_wait_ms(throttle, "liu 192.0.2.1", now), 900000);
    assert_int_equal(throttle_wait_ms(throttle, "liu 192.0.2.2", now), 0); // others go on
    throttle_count(throttle, "liu 192.0.2.1", now + 1000); // trying on does not make it longer
    assert_int_equal(throttle_wait_ms(throttle, "liu 192.0.2.1", now + 899999), 1);
    now += 900000;
    assert_int_equal(throttle_wait_ms(throttle, "liu 192.0.2.1", now), 0);
    for (int i = 0; i < 4; i++)
        throttle_count(throttle, "liu 192.0.2.1", now);
    assert_int_equal(throttle_wait_ms(throttle, "liu 192.0.2.1", now), 0); // five anew
    throttle_count(throttle, "liu 192.0.2.1", now);
    assert_true(throttle_wait_ms(throttle, "liu 192.0.2.1", now) > 0);
    throttle_free(throttle);
}

static void test_window_and_success(void **state)
{
    (void)state;
    struct throttle *throttle;
    assert_int_equal(throttle_alloc(&throttle, &throttle_address), 0);
    for (int i = 0; i < 9; i++)
        throttle_count(throttle, "a", 0);
    throttle_count(throttle, "a", 60000); // a minute later they are forgotten
    assert_int_equal(throttle_wait_ms(throttle, "a", 60000), 0);
    for (int i = 0; i < 8; i++)
        throttle_count(throttle, "a", 60000);
    throttle_clear(throttle, "a");
    throttle_count(throttle, "a", 60000);
    assert_int_equal(throttle_wait_ms(throttle, "a", 60000), 0);
    throttle_free(throttle);
}

static void test_taken_back(void **state)
{
    (void)state;
    struct throttle *throttle;
    assert_int_equal(throttle_alloc(&throttle, &throttle_address), 0);
    for (int i = 0; i < 30; i++) {
        throttle_count(throttle, "a", i);
        throttle_take_back(throttle, "a");
    }
    assert_int_equal(throttle_wait_ms(throttle, "a", 30), 0);
    for (int i = 0; i < 10; i++)
        throttle_count(throttle, "a", 30);
    assert_true(throttle_wait_ms(throttle, "a", 30) > 0);
    throttle_take_back(throttle, "a");
    assert_int_equal(throttle_wait_ms(throttle, "a", 30), 0);
    throttle_take_back(throttle, "nobody");
    throttle_free(throttle);
}

static void test_memory_is_bounded(void **state)
{
    (void)state;
    struct throttle *throttle;
    struct throttle_rule rule = {.limit = 2, .window_ms = 1000, .block_ms = 1000, .keys_max = 100};
    char key[16];
    long live = mem_live();
    assert_int_equal(throttle_alloc(&throttle, &rule), 0);
    for (int i = 0; i < 10000; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        throttle_count(throttle, key, i);
        throttle_count(throttle, "attacker", i);
    }
    assert_in_range(mem_live() - live, 100, 110);                  // a block a key, and its own
    assert_true(throttle_wait_ms(throttle, "attacker", 9999) > 0); // who keeps trying is kept
    throttle_free(throttle);
    assert_int_equal(mem_live(), live);
}

static void test_throttle_short_memory(void **state)
{
    (void)state;
    struct throttle *throttle;
    int err = ENOMEM;
    for (long i = 0; err; i++) {
        long live = mem_live();
        mem_fail_after(i);
        err = throttle_alloc(&throttle, &throttle_sign_in);
        mem_fail_after(-1);
        assert_true(err == 0 || err == ENOMEM);
        if (!err)
            throttle_free(throttle);
        assert_int_equal(mem_live(), live);
    }
}

// --- roles --------------------------------------------------------------------------------------

static void test_roles(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROLES; i++) {
        enum role role = ROLE_NONE;
        assert_int_equal(role_parse(role_name((enum role)i), &role), 0);
        assert_int_equal(role, i);
        bool is_admin = i == ROLE_SYSADMIN || i == ROLE_SECADMIN || i == ROLE_AUDITOR;
        // Only those who take part see a consultation; the three administrators are apart.
        assert_int_equal(role_may(role, RIGHT_CONSULTATION), i == ROLE_BOOTH || i == ROLE_LAWYER);
        assert_int_equal(role_may(role, RIGHT_USERS) + role_may(role, RIGHT_AUDIT_READ) +
                             role_may(role, RIGHT_SYSTEM),
                         is_admin);
    }
    assert_int_equal(role_parse("root", &(enum role){0}), ENOENT);
    assert_false(role_may((enum role)99, RIGHT_ASK));
    assert_false(role_may(ROLE_BOOTH, (enum right)99));
    assert_false(role_may(ROLE_NONE, RIGHT_LECTURE_VIEW));
}

// --- audit --------------------------------------------------------------------------------------

// Each text in its place, cut where there is no more room, and the rest empty.
static void test_audit_entry(void **state)
{
    (void)state;
    char actor[AUDIT_TEXT_MAX], much[2 * AUDIT_TEXT_MAX];
    audit_actor(actor, "lawyer", "u-1");
    struct audit_entry entry = audit_entry_of(1000, actor, "accept", "c-1", "connected");
    const struct audit_entry by_hand = {.at_ms = 1000,
                                        .actor = "lawyer:u-1",
                                        .action = "accept",
                                        .object = "c-1",
                                        .detail = "connected"};
    assert_memory_equal(&entry, &by_hand, sizeof(entry));
    memset(much, 'x', sizeof(much));
    much[sizeof(much) - 1] = 0;
    entry = audit_entry_of(1000, much, much, much, much);
    assert_int_equal(strlen(entry.actor), AUDIT_TEXT_MAX - 1);
    assert_int_equal(strlen(entry.detail), AUDIT_TEXT_MAX - 1);
    audit_actor(actor, "lawyer", much);
    assert_int_equal(strlen(actor), AUDIT_TEXT_MAX - 1);
}

#define ENTRIES 50

static void chain(struct audit_entry *entries)
{
    uint8_t before[AUDIT_HASH_LEN] = {0};
    for (int i = 0; i < ENTRIES; i++) {
        entries[i] = (struct audit_entry){.n = i + 1, .at_ms = 1000 + i};
        snprintf(entries[i].actor, AUDIT_TEXT_MAX, "lawyer:u-%d", i % 3);
        snprintf(entries[i].action, AUDIT_TEXT_MAX, "accept");
        snprintf(entries[i].object, AUDIT_TEXT_MAX, "c-%d", i);
        audit_seal(&entries[i], before);
        memcpy(before, entries[i].hash, sizeof(before));
    }
}

static int64_t whole(const struct audit_entry *entries, int count)
{
    struct audit_walk walk = {0};
    for (int i = 0; i < count; i++)
        if (audit_next(&walk, &entries[i]))
            break;
    return walk.n;
}

static void test_audit_chain(void **state)
{
    (void)state;
    static struct audit_entry entries[ENTRIES];
    chain(entries);
    assert_int_equal(whole(entries, ENTRIES), ENTRIES);
    entries[20].at_ms++;
    assert_int_equal(whole(entries, ENTRIES), 20);
    chain(entries);
    strcpy(entries[30].object, "c-3");
    assert_int_equal(whole(entries, ENTRIES), 30);
    chain(entries);
    memmove(&entries[10], &entries[11], sizeof(entries[0]) * (ENTRIES - 11)); // one is removed
    assert_int_equal(whole(entries, ENTRIES - 1), 10);
    chain(entries);
    strcpy(entries[5].actor, "lawyer:u-2acc"); // letters moved from one member to the next
    strcpy(entries[5].action, "ept");
    assert_int_equal(whole(entries, ENTRIES), 5);
}

// --- secrets ------------------------------------------------------------------------------------

static void test_secrets(void **state)
{
    (void)state;
    char a[SECRET_TEXT_MAX], b[SECRET_TEXT_MAX], hash[SECRET_HASH_MAX], code[SECRET_CODE_MAX];
    secret_session(a);
    secret_session(b);
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), 43);
    secret_link(a);
    assert_int_equal(strlen(a), SECRET_LINK_CHARS);
    secret_code(code);
    assert_int_equal(strspn(code, "0123456789"), 6);
    secret_hash("abc", hash); // FIPS 180-2 appendix B.1
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_secret_file(void **state)
{
    (void)state;
    char dir[SCRATCH_LEN], path[160];
    uint8_t first[32], again[32];
    struct stat st;
    scratch_dir(dir);
    snprintf(path, sizeof(path), "%s/secret", dir);
    assert_int_equal(secret_file(path, first, sizeof(first)), 0);
    assert_int_equal(secret_file(path, again, sizeof(again)), 0);
    assert_memory_equal(first, again, sizeof(first));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(secret_file(path, again, 16), EBADMSG);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(secret_file(path, again, sizeof(again)), EPERM);
    assert_int_equal(secret_file("/nowhere/at/all", again, sizeof(again)), ENOENT);
}

static void test_audit_head(void **state)
{
    const uint8_t seed[AUDIT_KEY_LEN] = {7};
    struct audit_head head = {.n = 5, .at_ms = 1000, .hash = {1, 2, 3}}, other;
    (void)state;
    assert_int_equal(audit_head_sign(seed, &head), 0);
    assert_true(audit_head_check(&head));
    for (size_t i = 0; i < sizeof(head.hash); i++) {
        other = head;
        other.hash[i] ^= 1;
        assert_false(audit_head_check(&other));
    }
    other = head;
    other.n++;
    assert_false(audit_head_check(&other));
    other = head;
    other.at_ms++;
    assert_false(audit_head_check(&other));
    other = head;
    other.key[0] ^= 1;
    assert_false(audit_head_check(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_five_failures),
        cmocka_unit_test(test_window_and_success),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_throttle_short_memory),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_audit_entry),
        cmocka_unit_test(test_audit_chain),
        cmocka_unit_test(test_audit_head),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_secret_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
