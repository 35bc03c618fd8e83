// SRTP against libsrtp2, byte by byte, and against forgers.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// libsrtp has functions of the same names; its own are reached by their _mki forms.
#define srtp_protect   libsrtp_protect
#define srtp_unprotect libsrtp_unprotect
#include <srtp2/srtp.h>
#undef srtp_protect
#undef srtp_unprotect

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/peer/replay.h"
#include "gateway/peer/srtp.h"

#define ROOM 2048
#define SSRC 0x12345678u

// The tests of a bench are run with each.
static const struct {
    const char *name;
    enum srtp_profile profile;
} profiles[] = {
    {"AEAD_AES_128_GCM", SRTP_PROFILE_AEAD_AES_128_GCM},
    {"AEAD_AES_256_GCM", SRTP_PROFILE_AEAD_AES_256_GCM},
    {"AES128_CM_SHA1_80", SRTP_PROFILE_AES128_CM_SHA1_80},
};

static const uint8_t KEY[] = "0123456789abcdefGHIJKLMNOPQRSTUV";
static const uint8_t SALT[] = "salt-and-pepper";

struct bench {
    struct srtp_out *out;
    struct srtp_in *in;
    srtp_t their_out, their_in;
    size_t tag_len;
};

static srtp_t libsrtp_open(enum srtp_profile profile, srtp_ssrc_type_t type)
{
    uint8_t key[SRTP_KEY_MAX + SRTP_SALT_MAX];
    srtp_policy_t policy = {.ssrc = {.type = type}, .window_size = 1024, .allow_repeat_tx = 1};
    srtp_t session = NULL;
    srtp_profile_t number = (srtp_profile_t)profile;
    memcpy(key, KEY, srtp_key_len(profile));
    memcpy(key + srtp_key_len(profile), SALT, srtp_salt_len(profile));
    policy.key = key;
    assert_int_equal(srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, number), 0);
    assert_int_equal(srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, number), 0);
    assert_int_equal(srtp_create(&session, &policy), srtp_err_status_ok);
    return session;
}

static void bench_open(struct bench *b, enum srtp_profile profile)
{
    assert_int_equal(srtp_out_alloc(&b->out, profile, KEY, SALT), 0);
    assert_int_equal(srtp_in_alloc(&b->in, profile, KEY, SALT), 0);
    b->their_out = libsrtp_open(profile, ssrc_any_outbound);
    b->their_in = libsrtp_open(profile, ssrc_any_inbound);
    b->tag_len = profile == SRTP_PROFILE_AES128_CM_SHA1_80 ? 10 : 16;
}

static void bench_close(struct bench *b)
{
    srtp_out_free(b->out);
    srtp_in_free(b->in);
    srtp_dealloc(b->their_out);
    srtp_dealloc(b->their_in);
}

static enum srtp_profile profile; // of the tests that are running

static int open_one(void **state)
{
    static struct bench bench;
    bench_open(&bench, profile);
    *state = &bench;
    return 0;
}

static int close_one(void **state)
{
    bench_close(*state);
    return 0;
}

enum shape { SHAPE_PLAIN, SHAPE_CSRC, SHAPE_EXT, SHAPE_BOTH, SHAPE_COUNT };

struct clear {
    uint8_t bytes[ROOM];
    size_t header_len, len;
};

static struct clear make_packet(enum shape shape, uint32_t ssrc, uint16_t seq, size_t payload_len)
{
    bool csrc = shape == SHAPE_CSRC || shape == SHAPE_BOTH;
    bool ext = shape == SHAPE_EXT || shape == SHAPE_BOTH;
    struct clear c = {.header_len = 12};
    c.bytes[0] = (uint8_t)(0x80 | (ext ? 0x10 : 0) | (csrc ? 3 : 0));
    c.bytes[1] = 96;
    put_u16(c.bytes + 2, seq);
    put_u32(c.bytes + 4, 90000u * seq);
    put_u32(c.bytes + 8, ssrc);
    for (size_t i = 0; csrc && i < 12; i++)
        c.bytes[c.header_len++] = (uint8_t)(0xc0 + i);
    if (ext) {
        memcpy(c.bytes + c.header_len, "\xbe\xde\x00\x02\x10\x61\x22\x01\x02\x03\x00\x00", 12);
        c.header_len += 12;
    }
    for (size_t i = 0; i < payload_len; i++)
        c.bytes[c.header_len + i] = (uint8_t)(i * 7 + seq);
    c.len = c.header_len + payload_len;
    return c;
}

static size_t our_protect(struct bench *b, uint8_t *packet, const struct clear *c, uint64_t index)
{
    memcpy(packet, c->bytes, c->header_len);
    return srtp_protect(b->out, index, packet, c->header_len, c->bytes + c->header_len,
                        c->len - c->header_len);
}

static size_t their_protect(struct bench *b, uint8_t *packet, const struct clear *c)
{
    int len = (int)c->len;
    memcpy(packet, c->bytes, c->len);
    assert_int_equal(srtp_protect_mki(b->their_out, packet, &len, 0, 0), srtp_err_status_ok);
    return (size_t)len;
}

// One packet both ways: our bytes are libsrtp's bytes, and both read them.
static void check_packet(struct bench *b, const struct clear *c, uint64_t index)
{
    uint8_t ours[ROOM], theirs[ROOM];
    size_t len = our_protect(b, ours, c, index);
    assert_int_equal(len, c->len + b->tag_len);
    assert_int_equal(their_protect(b, theirs, c), len);
    assert_memory_equal(ours, theirs, len);

    int their_len = (int)len;
    assert_int_equal(srtp_unprotect_mki(b->their_in, theirs, &their_len, 0), srtp_err_status_ok);
    assert_int_equal(their_len, c->len);

    assert_int_equal(srtp_unprotect(b->in, ours, &len), 0);
    assert_int_equal(len, c->len);
    assert_memory_equal(ours, c->bytes, len);
}

static void test_rtp_like_libsrtp(void **state)
{
    struct bench *b = *state;
    static const size_t lens[] = {0, 1, 15, 16, 17, 160, 1173};
    uint16_t seq = 1000;
    for (int shape = 0; shape < SHAPE_COUNT; shape++)
        for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++, seq++) {
            struct clear c = make_packet((enum shape)shape, SSRC, seq, lens[i]);
            check_packet(b, &c, seq);
        }
}

static void test_roll_over(void **state)
{
    struct bench *b = *state;
    for (uint64_t index = 32000; index < 3 * 65536 + 5; index += index % 65536 < 5 ? 1 : 997) {
        struct clear c = make_packet(SHAPE_EXT, SSRC, (uint16_t)index, 20);
        check_packet(b, &c, index);
    }
}

// Packets of before the roll-over that come after it are read with the old counter.
static void test_reordered_over_roll_over(void **state)
{
    struct bench *b = *state;
    static const uint64_t order[] = {65530, 65537, 65535, 65536, 65531, 65540, 65534};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        uint8_t packet[ROOM];
        struct clear c = make_packet(SHAPE_PLAIN, SSRC, (uint16_t)order[i], 33);
        size_t len = our_protect(b, packet, &c, order[i]);
        assert_int_equal(srtp_unprotect(b->in, packet, &len), 0);
        assert_memory_equal(packet, c.bytes, c.len);
    }
}

static void test_in_place_is_the_same(void **state)
{
    struct bench *b = *state;
    uint8_t apart[ROOM];
    struct clear c = make_packet(SHAPE_BOTH, SSRC, 7, 100);
    size_t len = our_protect(b, apart, &c, 7);
    assert_int_equal(srtp_protect(b->out, 7, c.bytes, c.header_len, c.bytes + c.header_len,
                                  c.len - c.header_len),
                     len);
    assert_memory_equal(apart, c.bytes, len);
}

static size_t make_rtcp(uint8_t *packet, uint32_t ssrc, size_t words)
{
    packet[0] = 0x81;
    packet[1] = 201;
    put_u16(packet + 2, (uint16_t)(words + 1));
    put_u32(packet + 4, ssrc);
    for (size_t i = 0; i < words * 4; i++)
        packet[8 + i] = (uint8_t)(i + words);
    return 8 + words * 4;
}

static void test_rtcp_like_libsrtp(void **state)
{
    struct bench *b = *state;
    uint8_t clear[ROOM], ours[ROOM], theirs[ROOM];
    size_t clear_len = make_rtcp(clear, SSRC, 0);
    memcpy(ours, clear, clear_len);
    assert_true(srtcp_protect(b->out, ours, clear_len) > 0); // libsrtp counts from 1, we from 0
    for (size_t words = 0; words < 40; words++) {
        clear_len = make_rtcp(clear, SSRC, words);
        memcpy(ours, clear, clear_len);
        memcpy(theirs, clear, clear_len);
        size_t len = srtcp_protect(b->out, ours, clear_len);
        int their_len = (int)clear_len;
        assert_int_equal(srtp_protect_rtcp(b->their_out, theirs, &their_len), 0);
        assert_int_equal(len, clear_len + b->tag_len + 4);
        assert_int_equal(their_len, len);
        assert_memory_equal(ours, theirs, len);
        assert_int_equal(srtp_unprotect_rtcp(b->their_in, theirs, &their_len), 0);
        assert_int_equal(srtcp_unprotect(b->in, ours, &len), 0);
        assert_int_equal(len, clear_len);
        assert_memory_equal(ours, clear, len);
    }
}

static void test_replay_is_refused(void **state)
{
    struct bench *b = *state;
    uint8_t packet[ROOM], again[ROOM], rtcp[ROOM];
    struct clear c = make_packet(SHAPE_PLAIN, SSRC, 500, 50);
    size_t len = our_protect(b, packet, &c, 500), again_len = len;
    memcpy(again, packet, len);
    assert_int_equal(srtp_unprotect(b->in, packet, &len), 0);
    assert_int_equal(srtp_unprotect(b->in, again, &again_len), EEXIST);

    len = srtcp_protect(b->out, rtcp, make_rtcp(rtcp, SSRC, 6));
    again_len = len;
    memcpy(again, rtcp, len);
    assert_int_equal(srtcp_unprotect(b->in, rtcp, &len), 0);
    assert_int_equal(srtcp_unprotect(b->in, again, &again_len), EEXIST);
}

static int receive_index(struct bench *b, uint64_t index)
{
    uint8_t packet[ROOM];
    struct clear c = make_packet(SHAPE_PLAIN, SSRC, (uint16_t)index, 10);
    size_t len = our_protect(b, packet, &c, index);
    return srtp_unprotect(b->in, packet, &len);
}

static void test_window_is_1024(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, SRTP_PROFILE_AEAD_AES_128_GCM);
    assert_int_equal(receive_index(&b, 5000), 0);
    assert_int_equal(receive_index(&b, 5000 - 1023), 0);
    assert_int_equal(receive_index(&b, 5000 - 1024), EEXIST);
    assert_int_equal(receive_index(&b, 5001), 0);
    assert_int_equal(receive_index(&b, 5000), EEXIST);
    assert_int_equal(receive_index(&b, 9000), 0);
    assert_int_equal(receive_index(&b, 8000), 0); // nothing of the window before is left over
    assert_int_equal(receive_index(&b, 5001), EEXIST);
    bench_close(&b);
}

static void test_every_changed_bit_is_noticed(void **state)
{
    struct bench *b = *state;
    uint8_t good[ROOM], bad[ROOM];
    struct clear c = make_packet(SHAPE_BOTH, SSRC, 42, 30);
    size_t good_len = our_protect(b, good, &c, 42);
    for (size_t bit = 0; bit < good_len * 8; bit++) {
        size_t len = good_len;
        memcpy(bad, good, good_len);
        bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(srtp_unprotect(b->in, bad, &len), EBADMSG);
    }
    assert_int_equal(srtp_unprotect(b->in, good, &good_len), 0);
}

static void test_every_changed_rtcp_bit_is_noticed(void **state)
{
    struct bench *b = *state;
    uint8_t good[ROOM], bad[ROOM];
    size_t good_len = srtcp_protect(b->out, good, make_rtcp(good, SSRC, 6));
    for (size_t bit = 0; bit < good_len * 8; bit++) {
        size_t len = good_len;
        memcpy(bad, good, good_len);
        bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(srtcp_unprotect(b->in, bad, &len), EBADMSG);
    }
    assert_int_equal(srtcp_unprotect(b->in, good, &good_len), 0);
}

static void test_short_packets(void **state)
{
    struct bench *b = *state;
    uint8_t good[ROOM];
    struct clear c = make_packet(SHAPE_BOTH, SSRC, 42, 30);
    size_t good_len = our_protect(b, good, &c, 42);
    for (size_t cut = 0; cut < good_len; cut++) {
        uint8_t *exact = mem_zalloc(cut); // so that a sanitizer sees every byte too far
        size_t len = cut;
        memcpy(exact, good, cut);
        assert_int_equal(srtp_unprotect(b->in, exact, &len), EBADMSG);
        mem_free(exact);
    }
    good_len = srtcp_protect(b->out, good, make_rtcp(good, SSRC, 6));
    for (size_t cut = 0; cut < good_len; cut++) {
        uint8_t *exact = mem_zalloc(cut);
        size_t len = cut;
        memcpy(exact, good, cut);
        assert_int_equal(srtcp_unprotect(b->in, exact, &len), EBADMSG);
        mem_free(exact);
    }
}

static int receive_ssrc(struct bench *b, uint32_t ssrc, bool forge)
{
    uint8_t packet[ROOM];
    struct clear c = make_packet(SHAPE_PLAIN, ssrc, 9, 10);
    size_t len = our_protect(b, packet, &c, 9);
    packet[len - 1] ^= forge;
    return srtp_unprotect(b->in, packet, &len);
}

static void test_sources_are_bounded_and_not_taken_by_forgers(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, SRTP_PROFILE_AES128_CM_SHA1_80);
    for (uint32_t ssrc = 1000; ssrc < 1100; ssrc++)
        assert_int_equal(receive_ssrc(&b, ssrc, true), EBADMSG);
    for (uint32_t ssrc = 0; ssrc < 16; ssrc++)
        assert_int_equal(receive_ssrc(&b, ssrc, false), 0);
    assert_int_equal(receive_ssrc(&b, 16, false), ENOSPC);
    assert_int_equal(receive_ssrc(&b, 15, false), EEXIST);
    bench_close(&b);
}

static void test_forgery_moves_no_window(void **state)
{
    (void)state;
    struct bench b;
    uint8_t packet[ROOM];
    bench_open(&b, SRTP_PROFILE_AEAD_AES_256_GCM);
    assert_int_equal(receive_index(&b, 100), 0);
    struct clear c = make_packet(SHAPE_PLAIN, SSRC, 30000, 10);
    size_t len = our_protect(&b, packet, &c, 30000);
    packet[20] ^= 1;
    assert_int_equal(srtp_unprotect(b.in, packet, &len), EBADMSG);
    assert_int_equal(receive_index(&b, 99), 0);
    bench_close(&b);
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    struct srtp_out *out = NULL;
    struct srtp_in *in = NULL;
    uint8_t packet[64] = {0x80};
    assert_int_equal(srtp_out_alloc(&out, (enum srtp_profile)2, KEY, SALT), EINVAL);
    assert_int_equal(srtp_in_alloc(&in, SRTP_PROFILE_AEAD_AES_128_GCM, NULL, SALT), EINVAL);
    assert_null(out);
    assert_null(in);
    assert_int_equal(srtp_key_len((enum srtp_profile)5), 0);
    assert_int_equal(srtp_salt_len((enum srtp_profile)5), 0);
    assert_int_equal(srtp_out_alloc(&out, SRTP_PROFILE_AEAD_AES_128_GCM, KEY, SALT), 0);
    assert_int_equal(srtp_protect(out, 0, packet, 11, packet, 4), 0);
    assert_int_equal(srtcp_protect(out, packet, 7), 0);
    srtp_out_free(out);
    srtp_out_free(NULL);
    srtp_in_free(NULL);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct srtp_out *out = NULL;
    struct srtp_in *in = NULL;
    long before = mem_live();
    mem_fail_after(0);
    assert_int_equal(srtp_out_alloc(&out, SRTP_PROFILE_AEAD_AES_128_GCM, KEY, SALT), ENOMEM);
    mem_fail_after(0);
    assert_int_equal(srtp_in_alloc(&in, SRTP_PROFILE_AEAD_AES_128_GCM, KEY, SALT), ENOMEM);
    mem_fail_after(-1);
    assert_int_equal(mem_live(), before);
}

static void test_replay_window_alone(void **state)
{
    (void)state;
    struct replay r = {0};
    assert_true(replay_fresh(&r, 0));
    replay_note(&r, 0);
    assert_false(replay_fresh(&r, 0));
    for (uint64_t i = 1; i < 5000; i += 2)
        replay_note(&r, i);
    for (uint64_t i = 4999 - 1023; i < 5000; i++)
        assert_int_equal(replay_fresh(&r, i), i % 2 == 0);
    assert_false(replay_fresh(&r, 4999 - 1024));
    assert_int_equal(replay_guess(&r, 4990), 4990);
    assert_int_equal(replay_guess(&r, 65000), 65000); // nothing is older than the first packet
}

#define of_each(test) cmocka_unit_test_setup_teardown(test, open_one, close_one)

int main(void)
{
    const struct CMUnitTest of_profiles[] = {
        of_each(test_rtp_like_libsrtp),
        of_each(test_roll_over),
        of_each(test_reordered_over_roll_over),
        of_each(test_in_place_is_the_same),
        of_each(test_rtcp_like_libsrtp),
        of_each(test_replay_is_refused),
        of_each(test_every_changed_bit_is_noticed),
        of_each(test_every_changed_rtcp_bit_is_noticed),
        of_each(test_short_packets),
    };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_window_is_1024),
        cmocka_unit_test(test_sources_are_bounded_and_not_taken_by_forgers),
        cmocka_unit_test(test_forgery_moves_no_window),
        cmocka_unit_test(test_wrong_arguments),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_replay_window_alone),
    };
    int failed = 0;
    srtp_init();
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        profile = profiles[i].profile;
        failed += cmocka_run_group_tests_name(profiles[i].name, of_profiles, NULL, NULL);
    }
    return failed + cmocka_run_group_tests_name("others", others, NULL, NULL);
}
