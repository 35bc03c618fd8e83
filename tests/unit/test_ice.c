// ICE-lite against checks that libnice's STUN library writes, as a client would.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/peer/ice.h"
#include "tests/unit/support/check_client.h"

#define SECOND 1000000LL

struct wire {
    int number;
};

static struct wire udp4 = {4}, udp6 = {6}, tcp = {7};

struct bench {
    struct ice_agent *agent;
    struct ice ice;
    StunAgent client;
    struct ice_reply reply;
    int64_t now;
};

static struct ice *lookup(void *arg, const char *ufrag, size_t len)
{
    struct bench *b = arg;
    bool ours = len == strlen(b->ice.ufrag) && memcmp(ufrag, b->ice.ufrag, len) == 0;
    return ours ? &b->ice : NULL;
}

static void bench_open(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    b->now = 1000 * SECOND;
    assert_int_equal(ice_agent_alloc(&b->agent, lookup, b), 0);
    ice_init(&b->ice, b->now);
    check_client_init(&b->client);
}

static void bench_close(struct bench *b)
{
    ice_agent_free(b->agent);
}

static struct path path_of(struct wire *wire, const char *address)
{
    struct path path = {.wire = wire};
    assert_int_equal(addr_parse(&path.remote, address), 0);
    return path;
}

static enum ice_result receive(struct bench *b, const struct path *path, const struct check *check)
{
    uint8_t *exact = mem_zalloc(check->len); // a sanitizer sees every byte too far
    memcpy(exact, check->data, check->len);
    enum ice_result result = ice_receive(b->agent, path, exact, check->len, b->now, &b->reply);
    mem_free(exact);
    assert_true(b->reply.len <= 3 * check->len);
    assert_int_equal(result == ICE_ANSWERED, b->reply.len > 0);
    return result;
}

static enum ice_result simple_check(struct bench *b, const struct path *path, bool use_candidate)
{
    struct check_wish wish = {.use_candidate = use_candidate};
    struct check check = check_make(&b->client, &b->ice, &wish);
    enum ice_result result = receive(b, path, &check);
    check_forget(&b->client, &check);
    return result;
}

// Reads the answer as a client; returns the mapped address, or the error code.
static int read_answer(struct bench *b, struct addr *mapped)
{
    StunMessage message;
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    int code = 0;
    StunValidationStatus status = stun_agent_validate(&b->client, &message, b->reply.data,
                                                      b->reply.len, NULL, NULL);
    assert_int_equal(status, STUN_VALIDATION_SUCCESS);
    if (stun_message_get_class(&message) == STUN_ERROR) {
        assert_int_equal(stun_message_find_error(&message, &code), STUN_MESSAGE_RETURN_SUCCESS);
        return code;
    }
    assert_int_equal(stun_usage_ice_conncheck_process(&message, &from, &len,
                                                      STUN_USAGE_ICE_COMPATIBILITY_RFC5245),
                     STUN_USAGE_ICE_RETURN_SUCCESS);
    assert_int_equal(addr_from(mapped, (struct sockaddr *)&from, len), 0);
    assert_int_equal(from.ss_family, mapped->sa.sa_family);
    return 0;
}

static void test_credentials_are_long_and_new(void **state)
{
    (void)state;
    struct ice a, b;
    ice_init(&a, 0);
    ice_init(&b, 0);
    assert_int_equal(strlen(a.ufrag), ICE_UFRAG_LEN);
    assert_int_equal(strlen(a.pwd), ICE_PWD_LEN);
    assert_string_not_equal(a.ufrag, b.ufrag);
    assert_string_not_equal(a.pwd, b.pwd);
}

static void test_check_is_answered_with_the_address(void **state)
{
    (void)state;
    static const char *const from[] = {"192.0.2.7:50000", "[2001:db8::7]:50001"};
    for (size_t i = 0; i < 2; i++) {
        struct bench b;
        struct addr mapped;
        bench_open(&b);
        struct path path = path_of(i ? &udp6 : &udp4, from[i]);
        struct check_wish wish = {0};
        struct check check = check_make(&b.client, &b.ice, &wish);
        assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
        assert_ptr_equal(b.reply.ice, &b.ice);
        assert_true(b.reply.new_path);
        assert_true(b.reply.selected_moved);
        assert_int_equal(read_answer(&b, &mapped), 0);
        assert_true(addr_equal(&mapped, &path.remote));
        assert_true(ice_path_valid(&b.ice, &path, b.now));
        assert_true(path_equal(&b.ice.selected, &path));
        bench_close(&b);
    }
}

static void test_mapped_address_is_answered_as_ipv4(void **state)
{
    (void)state;
    struct bench b;
    struct addr mapped;
    bench_open(&b);
    struct path path = path_of(&udp6, "[::ffff:192.0.2.7]:50000");
    struct path plain = path_of(&udp6, "192.0.2.7:50000");
    struct check_wish wish = {0};
    struct check check = check_make(&b.client, &b.ice, &wish);
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    assert_int_equal(read_answer(&b, &mapped), 0);
    assert_true(addr_equal(&mapped, &plain.remote));
    assert_true(ice_path_valid(&b.ice, &plain, b.now));
    bench_close(&b);
}

static void test_use_candidate_moves_media(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path first = path_of(&udp4, "192.0.2.7:1"), second = path_of(&tcp, "192.0.2.7:1");
    assert_int_equal(simple_check(&b, &first, false), ICE_ANSWERED);
    assert_int_equal(simple_check(&b, &second, false), ICE_ANSWERED);
    assert_true(b.reply.new_path);
    assert_false(b.reply.selected_moved);
    assert_true(path_equal(&b.ice.selected, &first));
    assert_int_equal(simple_check(&b, &second, true), ICE_ANSWERED);
    assert_false(b.reply.new_path);
    assert_true(b.reply.selected_moved);
    assert_true(path_equal(&b.ice.selected, &second));
    assert_int_equal(simple_check(&b, &first, false), ICE_ANSWERED);
    assert_true(path_equal(&b.ice.selected, &second));
    bench_close(&b);
}

static void test_wrong_credentials_are_silence(void **state)
{
    (void)state;
    static const struct check_wish wishes[] = {
        {.pwd = "0123456789abcdef01234567"},
        {.ufrag = "stranger"},
        {.ufrag = ""},
    };
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        struct check check = check_make(&b.client, &b.ice, &wishes[i]);
        assert_int_equal(receive(&b, &path, &check), ICE_DROPPED);
        assert_null(b.reply.ice);
    }
    assert_int_equal(b.ice.valid_count, 0);
    bench_close(&b);
}

static void test_long_usernames(void **state)
{
    (void)state;
    struct bench b;
    char ufrag[1100];
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    memset(ufrag, 'x', sizeof(ufrag));
    ufrag[256] = 0; // the longest there is
    struct check_wish wish = {.their_ufrag = ufrag};
    struct check check = check_make(&b.client, &b.ice, &wish);
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    ufrag[256] = 'x';
    ufrag[1099] = 0;
    check = check_make(&b.client, &b.ice, &wish);
    assert_int_equal(receive(&b, &path, &check), ICE_DROPPED);
    bench_close(&b);
}

static void test_every_changed_bit_and_cut_is_silence(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    struct check_wish wish = {.use_candidate = true};
    struct check good = check_make(&b.client, &b.ice, &wish);
    for (size_t bit = 0; bit < good.len * 8; bit++) {
        struct check bad = good;
        bad.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(receive(&b, &path, &bad), ICE_DROPPED);
    }
    for (size_t len = 0; len < good.len; len++) {
        struct check cut = good;
        cut.len = len;
        assert_int_equal(receive(&b, &path, &cut), ICE_DROPPED);
    }
    assert_int_equal(b.ice.valid_count, 0);
    assert_int_equal(receive(&b, &path, &good), ICE_ANSWERED);
    bench_close(&b);
}

static uint32_t crc32_of(const uint8_t *data, size_t len)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < len * 8; i++) {
        uint32_t bit = (crc ^ (uint32_t)(data[i / 8] >> i % 8)) & 1;
        crc = crc >> 1 ^ (bit ? 0xedb88320u : 0);
    }
    return ~crc;
}

// An attribute of 0..19 bytes where the library expects 20, and nothing behind it but a right
// FINGERPRINT.
static void test_short_integrity_attribute(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    for (uint16_t len = 0; len < 20; len += 4) {
        struct check_wish wish = {0};
        struct check check = check_make(&b.client, &b.ice, &wish);
        uint8_t *integrity = check.data + check.len - 8 - 24;
        assert_int_equal(get_u16(integrity), STUN_ATTRIBUTE_MESSAGE_INTEGRITY);
        put_u16(integrity + 2, len);
        uint8_t *fingerprint = integrity + 4 + len;
        check.len = (size_t)(fingerprint + 8 - check.data);
        put_u16(check.data + 2, (uint16_t)(check.len - 20));
        put_u16(fingerprint, STUN_ATTRIBUTE_FINGERPRINT);
        put_u16(fingerprint + 2, 4);
        put_u32(fingerprint + 4, crc32_of(check.data, check.len - 8) ^ 0x5354554eu);
        assert_int_equal(receive(&b, &path, &check), ICE_DROPPED);
    }
    bench_close(&b);
}

static void test_unknown_required_attributes_420(void **state)
{
    (void)state;
    struct bench b;
    struct addr mapped;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    struct check check = check_make_odd(&b.client, &b.ice, CHECK_KIND(STUN_REQUEST, STUN_BINDING),
                                        0x7f31, 1);
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    assert_int_equal(read_answer(&b, &mapped), 420);
    assert_int_equal(b.ice.valid_count, 0);
    check = check_make_odd(&b.client, &b.ice, CHECK_KIND(STUN_REQUEST, STUN_BINDING), 0x7f32, 300);
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    assert_true(b.reply.len < check.len);
    check = check_make_odd(&b.client, &b.ice, CHECK_KIND(STUN_REQUEST, STUN_BINDING), 0xff33,
                           1); // may be ignored
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    assert_int_equal(b.ice.valid_count, 1);
    bench_close(&b);
}

static void test_role_conflict_487(void **state)
{
    (void)state;
    struct bench b;
    struct addr mapped;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    struct check_wish wish = {.controlled = true};
    struct check check = check_make(&b.client, &b.ice, &wish);
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    assert_int_equal(read_answer(&b, &mapped), 487);
    assert_int_equal(b.ice.valid_count, 0);
    assert_false(b.ice.has_selected);
    bench_close(&b);
}

static void test_only_binding_requests(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.7:1");
    static const unsigned others[] = {
        CHECK_KIND(STUN_INDICATION, STUN_BINDING), CHECK_KIND(STUN_RESPONSE, STUN_BINDING),
        CHECK_KIND(STUN_ERROR, STUN_BINDING),      CHECK_KIND(STUN_REQUEST, STUN_ALLOCATE),
        CHECK_KIND(STUN_REQUEST, STUN_SEND),       CHECK_KIND(STUN_INDICATION, STUN_IND_DATA)};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct check check = check_make_odd(&b.client, &b.ice, others[i], 0xff33, 1);
        assert_int_equal(receive(&b, &path, &check), ICE_DROPPED);
    }
    bench_close(&b);
}

static void test_paths_are_bounded(void **state)
{
    (void)state;
    struct bench b;
    char address[32];
    bench_open(&b);
    struct path first = path_of(&udp4, "192.0.2.1:1000");
    assert_int_equal(simple_check(&b, &first, true), ICE_ANSWERED);
    for (int i = 2; i < 100; i++) {
        snprintf(address, sizeof(address), "192.0.2.%d:1000", i);
        struct path path = path_of(&udp4, address);
        assert_int_equal(simple_check(&b, &path, false), ICE_ANSWERED);
        assert_true(b.reply.new_path);
        assert_true(b.ice.valid_count <= ICE_PATHS_MAX);
        assert_true(ice_path_valid(&b.ice, &path, b.now));
        assert_true(ice_path_valid(&b.ice, &first, b.now)); // the selected one stays
    }
    struct path old = path_of(&udp4, "192.0.2.50:1000");
    assert_false(ice_path_valid(&b.ice, &old, b.now));
    bench_close(&b);
}

static void test_consent_ends_after_thirty_seconds(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.1:1000");
    assert_int_equal(simple_check(&b, &path, true), ICE_ANSWERED);
    b.now += 25 * SECOND;
    assert_int_equal(simple_check(&b, &path, true), ICE_ANSWERED);
    assert_false(b.reply.new_path);
    b.now += 30 * SECOND - 1;
    assert_true(ice_path_valid(&b.ice, &path, b.now));
    assert_false(ice_consent_expired(&b.ice, b.now));
    struct check_wish wrong = {.pwd = "0123456789abcdef01234567"};
    struct check forged = check_make(&b.client, &b.ice, &wrong);
    assert_int_equal(receive(&b, &path, &forged), ICE_DROPPED);
    b.now += 1;
    assert_false(ice_path_valid(&b.ice, &path, b.now));
    assert_true(ice_consent_expired(&b.ice, b.now));
    assert_int_equal(ice_selected_until(&b.ice), b.now);
    assert_true(ice_tick(&b.ice, b.now));
    assert_false(b.ice.has_selected);
    bench_close(&b);
}

static void test_selected_without_consent_is_left(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path old = path_of(&udp4, "192.0.2.1:1000"), other = path_of(&tcp, "192.0.2.1:7");
    assert_int_equal(simple_check(&b, &old, true), ICE_ANSWERED);
    b.now += ICE_SILENT_US - 1;
    assert_int_equal(simple_check(&b, &other, false), ICE_ANSWERED);
    assert_true(path_equal(&b.ice.selected, &old));
    b.now += ICE_CONSENT_US - ICE_SILENT_US + 1;
    assert_true(ice_tick(&b.ice, b.now));
    assert_true(path_equal(&b.ice.selected, &other));
    assert_false(ice_tick(&b.ice, b.now));
    bench_close(&b);
}

// A NAT gave the other side another port: it goes on with its checks, and nominates nothing again.
static void test_new_address_is_followed(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path old = path_of(&udp4, "192.0.2.1:1000"), now = path_of(&udp4, "192.0.2.1:2000");
    assert_int_equal(simple_check(&b, &old, true), ICE_ANSWERED);
    b.now += 5 * SECOND;
    assert_int_equal(simple_check(&b, &now, false), ICE_ANSWERED);
    assert_true(path_equal(&b.ice.selected, &old)); // it may only be another candidate
    b.now += 5 * SECOND;
    assert_int_equal(simple_check(&b, &now, false), ICE_ANSWERED);
    assert_true(b.reply.selected_moved);
    assert_true(path_equal(&b.ice.selected, &now));
    bench_close(&b);
}

static void test_closed_wire_is_forgotten(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path on_tcp = path_of(&tcp, "192.0.2.1:1000"), on_udp = path_of(&udp4, "192.0.2.1:7");
    assert_int_equal(simple_check(&b, &on_udp, false), ICE_ANSWERED);
    assert_int_equal(simple_check(&b, &on_tcp, true), ICE_ANSWERED);
    ice_forget_wire(&b.ice, &tcp);
    assert_false(ice_path_valid(&b.ice, &on_tcp, b.now));
    assert_true(path_equal(&b.ice.selected, &on_udp));
    ice_forget_wire(&b.ice, &udp4);
    assert_false(b.ice.has_selected);
    assert_int_equal(b.ice.valid_count, 0);
    bench_close(&b);
}

static void test_recorded_check_opens_no_path(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.1:1000"), thief = path_of(&udp4, "192.0.2.66:1");
    struct check_wish wish = {.use_candidate = true};
    struct check check = check_make(&b.client, &b.ice, &wish);
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED);
    assert_int_equal(receive(&b, &thief, &check), ICE_DROPPED);
    assert_false(ice_path_valid(&b.ice, &thief, b.now));
    assert_true(path_equal(&b.ice.selected, &path));
    assert_int_equal(receive(&b, &path, &check), ICE_ANSWERED); // a retransmission
    bench_close(&b);
}

static void test_revoked_session_is_silent(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path path = path_of(&udp4, "192.0.2.1:1000");
    assert_int_equal(simple_check(&b, &path, true), ICE_ANSWERED);
    b.ice.revoked = true;
    assert_int_equal(simple_check(&b, &path, true), ICE_DROPPED);
    bench_close(&b);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct ice_agent *agent = NULL;
    mem_fail_after(0);
    assert_int_equal(ice_agent_alloc(&agent, lookup, NULL), ENOMEM);
    mem_fail_after(-1);
    assert_null(agent);
    assert_int_equal(ice_agent_alloc(&agent, NULL, NULL), EINVAL);
    ice_agent_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credentials_are_long_and_new),
        cmocka_unit_test(test_check_is_answered_with_the_address),
        cmocka_unit_test(test_mapped_address_is_answered_as_ipv4),
        cmocka_unit_test(test_use_candidate_moves_media),
        cmocka_unit_test(test_wrong_credentials_are_silence),
        cmocka_unit_test(test_long_usernames),
        cmocka_unit_test(test_every_changed_bit_and_cut_is_silence),
        cmocka_unit_test(test_short_integrity_attribute),
        cmocka_unit_test(test_unknown_required_attributes_420),
        cmocka_unit_test(test_role_conflict_487),
        cmocka_unit_test(test_only_binding_requests),
        cmocka_unit_test(test_paths_are_bounded),
        cmocka_unit_test(test_consent_ends_after_thirty_seconds),
        cmocka_unit_test(test_selected_without_consent_is_left),
        cmocka_unit_test(test_new_address_is_followed),
        cmocka_unit_test(test_closed_wire_is_forgotten),
        cmocka_unit_test(test_recorded_check_opens_no_path),
        cmocka_unit_test(test_revoked_session_is_silent),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
