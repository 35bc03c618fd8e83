// The passive DTLS side against OpenSSL's client over a network that loses, swaps and forges.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/peer/dtls.h"
#include "gateway/peer/scratch.h"
#include "tests/unit/support/datagrams.h"
#include "tests/unit/support/dtls_client.h"

#define PATIENCE_US 8000000

struct bench {
    struct certificate *certificate;
    struct dtls *dtls;
    struct dtls_client *client;
    struct datagrams to_client, to_server;
    bool swap; // deliver the datagrams of a burst in the opposite order
    enum dtls_state state;
};

static void bench_open(struct bench *b, struct dtls_client_options options)
{
    uint8_t digest[64];
    memset(b, 0, sizeof(*b));
    options.send = datagrams_put;
    options.arg = &b->to_server;
    assert_int_equal(certificate_alloc(&b->certificate), 0);
    assert_int_equal(dtls_alloc(&b->dtls, b->certificate, datagrams_put, &b->to_client), 0);
    b->client = dtls_client_open(&options);
    if (!options.no_certificate) {
        size_t len = dtls_client_digest(b->client, "sha-256", digest);
        assert_int_equal(dtls_expect(b->dtls, "sha-256", digest, len), 0);
    }
}

static void bench_close(struct bench *b)
{
    dtls_free(b->dtls);
    dtls_client_close(b->client);
    certificate_free(b->certificate);
}

static size_t next_index(const struct bench *b, const struct datagrams *burst, size_t i)
{
    return b->swap ? burst->count - 1 - i : i;
}

// Delivers everything that is under way now.
static void deliver(struct bench *b)
{
    const struct datagrams *burst = datagrams_take(&b->to_server);
    for (size_t i = 0; i < burst->count; i++) {
        size_t n = next_index(b, burst, i);
        b->state = dtls_receive(b->dtls, burst->data[n], burst->len[n]);
    }
    burst = datagrams_take(&b->to_client);
    for (size_t i = 0; i < burst->count; i++) {
        size_t n = next_index(b, burst, i);
        dtls_client_receive(b->client, burst->data[n], burst->len[n]);
    }
}

// Runs until both sides are done or failed; real time, because OpenSSL's timers use it.
static void run(struct bench *b)
{
    int64_t until = clock_us() + PATIENCE_US;
    while (clock_us() < until) {
        dtls_client_step(b->client);
        deliver(b);
        b->state = dtls_tick(b->dtls);
        bool idle = b->to_server.count == 0 && b->to_client.count == 0;
        if (b->state > DTLS_CONNECTED && idle)
            return;
        if (b->state == DTLS_CONNECTED && dtls_client_connected(b->client) && idle)
            return;
        if (idle)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

static void check_keys(struct bench *b, enum srtp_profile profile)
{
    struct dtls_keys keys;
    uint8_t material[128];
    size_t k = srtp_key_len(profile), s = srtp_salt_len(profile);
    assert_int_equal(b->state, DTLS_CONNECTED);
    assert_true(dtls_client_connected(b->client));
    assert_int_equal(dtls_keys(b->dtls, &keys), 0);
    assert_int_equal(keys.profile, profile);
    assert_int_equal(dtls_client_export(b->client, material, 2 * (k + s)), profile);
    assert_memory_equal(keys.remote_key, material, k);
    assert_memory_equal(keys.local_key, material + k, k);
    assert_memory_equal(keys.remote_salt, material + 2 * k, s);
    assert_memory_equal(keys.local_salt, material + 2 * k + s, s);
}

static void test_each_profile(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum srtp_profile profile;
    } rows[] = {
        {"SRTP_AEAD_AES_128_GCM", SRTP_PROFILE_AEAD_AES_128_GCM},
        {"SRTP_AEAD_AES_256_GCM", SRTP_PROFILE_AEAD_AES_256_GCM},
        {"SRTP_AES128_CM_SHA1_80", SRTP_PROFILE_AES128_CM_SHA1_80},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", SRTP_PROFILE_AEAD_AES_256_GCM},
        {NULL, SRTP_PROFILE_AEAD_AES_128_GCM}, // all three: ours is the choice
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bench b;
        bench_open(&b, (struct dtls_client_options){.profiles = rows[i].name});
        run(&b);
        check_keys(&b, rows[i].profile);
        assert_true(b.to_client.longest <= 1200);
        bench_close(&b);
    }
}

static void test_each_cipher(void **state)
{
    (void)state;
    static const char *const good[] = {"ECDHE-ECDSA-AES128-GCM-SHA256",
                                       "ECDHE-ECDSA-AES256-GCM-SHA384",
                                       "ECDHE-ECDSA-CHACHA20-POLY1305"};
    static const char *const bad[] = {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA",
                                      "ECDHE-ECDSA-NULL-SHA", "AECDH-AES128-SHA", "AES128-SHA"};
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        bench_open(&b, (struct dtls_client_options){.ciphers = good[i]});
        run(&b);
        assert_int_equal(b.state, DTLS_CONNECTED);
        assert_string_equal(dtls_client_cipher(b.client), good[i]);
        bench_close(&b);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct bench b;
        bench_open(&b, (struct dtls_client_options){.ciphers = bad[i]});
        run(&b);
        assert_int_equal(b.state, DTLS_FAILED);
        bench_close(&b);
    }
}

static void test_old_version_is_refused(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){.max_version = 0xfeff}); // DTLS 1.0
    run(&b);
    assert_int_equal(b.state, DTLS_FAILED);
    bench_close(&b);
}

static void test_rsa_client(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){.rsa = true});
    run(&b);
    check_keys(&b, SRTP_PROFILE_AEAD_AES_128_GCM);
    bench_close(&b);
}

static void test_each_fingerprint_hash(void **state)
{
    (void)state;
    static const char *const hashes[] = {"sha-256", "sha-384", "SHA-512"};
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        uint8_t digest[64];
        bench_open(&b, (struct dtls_client_options){0});
        size_t len = dtls_client_digest(b.client, hashes[i], digest);
        assert_int_equal(dtls_expect(b.dtls, hashes[i], digest, len), 0);
        assert_int_equal(dtls_expect(b.dtls, "sha-1", digest, 20), EINVAL);
        assert_int_equal(dtls_expect(b.dtls, "sha-256", digest, 31), EINVAL);
        run(&b);
        assert_int_equal(b.state, DTLS_CONNECTED);
        bench_close(&b);
    }
}

static void test_wrong_fingerprint_gets_no_keys(void **state)
{
    (void)state;
    struct bench b;
    struct dtls_keys keys;
    uint8_t digest[64];
    bench_open(&b, (struct dtls_client_options){0});
    size_t len = dtls_client_digest(b.client, "sha-256", digest);
    digest[31] ^= 1;
    assert_int_equal(dtls_expect(b.dtls, "sha-256", digest, len), 0);
    run(&b);
    assert_int_equal(b.state, DTLS_MISMATCH);
    assert_int_equal(dtls_keys(b.dtls, &keys), EPROTO);
    assert_false(dtls_client_connected(b.client));
    assert_int_equal(dtls_client_alert(b.client) >> 8, 2); // fatal
    bench_close(&b);
}

static void test_no_fingerprint_known(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){0});
    dtls_free(b.dtls);
    assert_int_equal(dtls_alloc(&b.dtls, b.certificate, datagrams_put, &b.to_client), 0);
    run(&b);
    assert_int_equal(b.state, DTLS_MISMATCH);
    bench_close(&b);
}

static void test_no_certificate_is_refused(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){.no_certificate = true});
    run(&b);
    assert_int_equal(b.state, DTLS_FAILED);
    assert_int_equal(dtls_client_alert(b.client) >> 8, 2);
    bench_close(&b);
}

static void test_no_srtp_is_refused(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){.profiles = ""});
    run(&b);
    assert_int_equal(b.state, DTLS_FAILED);
    bench_close(&b);
}

static void test_fragments_in_any_order(void **state)
{
    (void)state;
    for (int swap = 0; swap < 2; swap++)
        for (unsigned mtu = 280; mtu <= 1200; mtu += 460) {
            struct bench b;
            bench_open(&b,
                       (struct dtls_client_options){.rsa = true, .big_hello = true, .mtu = mtu});
            b.swap = swap;
            dtls_client_step(b.client);
            assert_true(b.to_server.count >= 2); // the ClientHello alone
            run(&b);
            check_keys(&b, SRTP_PROFILE_AEAD_AES_128_GCM);
            bench_close(&b);
        }
}

static void test_each_datagram_lost_once(void **state)
{
    (void)state;
    for (int to_server = 0; to_server < 2; to_server++)
        for (size_t lose = 1; lose <= (to_server ? 7 : 5); lose++) {
            struct bench b;
            bench_open(&b, (struct dtls_client_options){.big_hello = true, .mtu = 600});
            *(to_server ? &b.to_server.lose : &b.to_client.lose) = lose;
            run(&b);
            check_keys(&b, SRTP_PROFILE_AEAD_AES_128_GCM);
            bench_close(&b);
        }
}

static void test_retry_time_is_told(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){0});
    assert_int_equal(dtls_wait_us(b.dtls), -1);
    dtls_client_step(b.client);
    dtls_receive(b.dtls, b.to_server.data[0], b.to_server.len[0]);
    assert_in_range(dtls_wait_us(b.dtls), 0, 100000);
    b.to_server.count = 0;
    run(&b);
    assert_int_equal(b.state, DTLS_CONNECTED);
    assert_int_equal(dtls_wait_us(b.dtls), -1);
    bench_close(&b);
}

static void test_client_closes(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){0});
    run(&b);
    dtls_client_shutdown(b.client);
    deliver(&b);
    assert_int_equal(b.state, DTLS_CLOSED);
    assert_true(dtls_client_was_closed(b.client)); // it is answered
    bench_close(&b);
}

static void test_server_closes(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){0});
    run(&b);
    assert_false(dtls_client_was_closed(b.client));
    dtls_close(b.dtls);
    deliver(&b);
    assert_true(dtls_client_was_closed(b.client));
    bench_close(&b);
}

static void test_close_before_handshake_says_nothing(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){0});
    dtls_close(b.dtls);
    assert_int_equal(b.to_client.total, 0);
    bench_close(&b);
}

static void forge(struct bench *b, uint8_t type, uint8_t epoch, uint8_t seq, size_t len)
{
    uint8_t record[13 + 64] = {type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 1, seq, 0, (uint8_t)len};
    for (size_t i = 0; i < len; i++)
        record[13 + i] = (uint8_t)(i ? 40 : 2); // fatal handshake_failure
    b->state = dtls_receive(b->dtls, record, 13 + len);
}

static void test_forged_records_do_not_end_it(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, (struct dtls_client_options){0});
    run(&b);
    assert_int_equal(b.state, DTLS_CONNECTED);
    for (int n = 0; n < 20; n++)
        for (uint8_t type = 19; type < 26; type++)
            for (uint8_t epoch = 0; epoch < 4; epoch++)
                for (size_t len = 0; len <= 64; len += n == 0 ? 1 : 31) {
                    forge(&b, type, epoch, (uint8_t)n, len);
                    assert_int_equal(b.state, DTLS_CONNECTED);
                    assert_false(dtls_heard(b.dtls));
                }
    dtls_client_say(b.client, "data that nobody asked for");
    deliver(&b);
    assert_int_equal(b.state, DTLS_CONNECTED);
    assert_false(dtls_heard(b.dtls));
    dtls_client_shutdown(b.client); // it still listens
    deliver(&b);
    assert_int_equal(b.state, DTLS_CLOSED);
    assert_true(dtls_heard(b.dtls));
    bench_close(&b);
}

static void test_another_hello_does_not_end_it(void **state)
{
    (void)state;
    struct bench b, stranger;
    bench_open(&b, (struct dtls_client_options){0});
    bench_open(&stranger, (struct dtls_client_options){0});
    run(&b);
    dtls_client_step(stranger.client);
    b.state = dtls_receive(b.dtls, stranger.to_server.data[0], stranger.to_server.len[0]);
    assert_int_equal(b.state, DTLS_CONNECTED);
    assert_false(dtls_heard(b.dtls));
    bench_close(&stranger);
    bench_close(&b);
}

static void test_renegotiation_is_refused(void **state)
{
    (void)state;
    struct bench b;
    struct dtls_keys before, after;
    bench_open(&b, (struct dtls_client_options){0});
    run(&b);
    assert_int_equal(dtls_keys(b.dtls, &before), 0);
    dtls_client_renegotiate(b.client);
    deliver(&b); // OpenSSL's client gives up on a refusal: it would close next
    assert_int_equal(b.state, DTLS_CONNECTED);
    assert_int_equal(dtls_keys(b.dtls, &after), 0);
    assert_memory_equal(&before, &after, sizeof(before));
    bench_close(&b);
}

static void test_garbage_before_the_hello(void **state)
{
    (void)state;
    struct bench b;
    uint8_t noise[200];
    bench_open(&b, (struct dtls_client_options){0});
    for (unsigned n = 0; n < 2000; n++) {
        for (size_t i = 0; i < sizeof(noise); i++)
            noise[i] = (uint8_t)((n * 2654435761u + i * 40503u) >> 11);
        noise[0] = (uint8_t)(20 + n % 44);
        b.state = dtls_receive(b.dtls, noise, n % sizeof(noise));
    }
    assert_int_equal(b.to_client.total, 0);
    run(&b);
    assert_int_equal(b.state, DTLS_CONNECTED);
    bench_close(&b);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct certificate *certificate = NULL;
    struct dtls *dtls = NULL;
    assert_int_equal(certificate_alloc(&certificate), 0);
    long before = mem_live();
    mem_fail_after(0);
    assert_int_equal(dtls_alloc(&dtls, certificate, datagrams_put, NULL), ENOMEM);
    mem_fail_after(-1);
    assert_int_equal(mem_live(), before);
    assert_int_equal(dtls_alloc(&dtls, NULL, datagrams_put, NULL), EINVAL);
    dtls_free(NULL);
    certificate_free(certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_profile),
        cmocka_unit_test(test_each_cipher),
        cmocka_unit_test(test_old_version_is_refused),
        cmocka_unit_test(test_rsa_client),
        cmocka_unit_test(test_each_fingerprint_hash),
        cmocka_unit_test(test_wrong_fingerprint_gets_no_keys),
        cmocka_unit_test(test_no_fingerprint_known),
        cmocka_unit_test(test_no_certificate_is_refused),
        cmocka_unit_test(test_no_srtp_is_refused),
        cmocka_unit_test(test_fragments_in_any_order),
        cmocka_unit_test(test_each_datagram_lost_once),
        cmocka_unit_test(test_retry_time_is_told),
        cmocka_unit_test(test_client_closes),
        cmocka_unit_test(test_server_closes),
        cmocka_unit_test(test_close_before_handshake_says_nothing),
        cmocka_unit_test(test_forged_records_do_not_end_it),
        cmocka_unit_test(test_another_hello_does_not_end_it),
        cmocka_unit_test(test_renegotiation_is_refused),
        cmocka_unit_test(test_garbage_before_the_hello),
        cmocka_unit_test(test_out_of_memory),
    };
    if (!scratch_install()) // as in the gateway: handshakes go on without what was given back
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
