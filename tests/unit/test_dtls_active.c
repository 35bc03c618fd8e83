// The active DTLS side against OpenSSL's server, and against our own passive side.
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
#include "gateway/peer/dtls.h"
#include "gateway/peer/scratch.h"
#include "tests/unit/support/datagrams.h"
#include "tests/unit/support/dtls_client.h"

#define PATIENCE_US 8000000

// Ours is active; the other side is OpenSSL's server, or `passive`, ours too.
struct bench {
    struct certificate *certificate, *other;
    struct dtls *active, *passive;
    struct dtls_client *server;
    struct datagrams out, back;
    enum dtls_state state, passive_state;
};

static void expect(struct dtls *dtls, const uint8_t *digest)
{
    assert_int_equal(dtls_expect(dtls, "sha-256", digest, CERTIFICATE_DIGEST_LEN), 0);
}

static void open_active(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    assert_int_equal(certificate_alloc(&b->certificate), 0);
    assert_int_equal(dtls_alloc(&b->active, b->certificate, datagrams_put, &b->out), 0);
}

static void open_ours(struct bench *b)
{
    open_active(b);
    assert_int_equal(certificate_alloc(&b->other), 0);
    assert_int_equal(dtls_alloc(&b->passive, b->other, datagrams_put, &b->back), 0);
    expect(b->active, certificate_digest(b->other));
    expect(b->passive, certificate_digest(b->certificate));
}

static void open_strange(struct bench *b, struct dtls_client_options options)
{
    uint8_t digest[64];
    open_active(b);
    options.server = true;
    options.send = datagrams_put;
    options.arg = &b->back;
    b->server = dtls_client_open(&options);
    dtls_client_digest(b->server, "sha-256", digest);
    expect(b->active, digest);
}

static void bench_close(struct bench *b)
{
    dtls_free(b->active);
    dtls_free(b->passive);
    if (b->server)
        dtls_client_close(b->server);
    certificate_free(b->certificate);
    certificate_free(b->other);
}

static void deliver(struct bench *b)
{
    const struct datagrams *burst = datagrams_take(&b->out);
    for (size_t i = 0; i < burst->count; i++)
        if (b->server)
            dtls_client_receive(b->server, burst->data[i], burst->len[i]);
        else
            b->passive_state = dtls_receive(b->passive, burst->data[i], burst->len[i]);
    burst = datagrams_take(&b->back);
    for (size_t i = 0; i < burst->count; i++)
        b->state = dtls_receive(b->active, burst->data[i], burst->len[i]);
}

static bool other_is_done(const struct bench *b)
{
    return b->server ? dtls_client_connected(b->server) : b->passive_state == DTLS_CONNECTED;
}

// Until both sides are done or ours failed; real time, because OpenSSL's timers use it.
static void run(struct bench *b)
{
    int64_t until = clock_us() + PATIENCE_US;
    b->state = dtls_connect(b->active);
    while (clock_us() < until) {
        if (b->server)
            dtls_client_step(b->server);
        else
            dtls_tick(b->passive);
        deliver(b);
        b->state = dtls_tick(b->active);
        bool idle = b->out.count == 0 && b->back.count == 0;
        if (idle && (b->state > DTLS_CONNECTED || (b->state == DTLS_CONNECTED && other_is_done(b))))
            return;
        if (idle)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

// What one side sends with, the other receives with.
static void check_both(const struct bench *b)
{
    struct dtls_keys a, p;
    assert_int_equal(b->state, DTLS_CONNECTED);
    assert_int_equal(b->passive_state, DTLS_CONNECTED);
    assert_int_equal(dtls_keys(b->active, &a), 0);
    assert_int_equal(dtls_keys(b->passive, &p), 0);
    assert_int_equal(a.profile, p.profile);
    assert_memory_equal(a.local_key, p.remote_key, sizeof(a.local_key));
    assert_memory_equal(a.remote_key, p.local_key, sizeof(a.local_key));
    assert_memory_equal(a.local_salt, p.remote_salt, sizeof(a.local_salt));
    assert_memory_equal(a.remote_salt, p.local_salt, sizeof(a.local_salt));
    assert_memory_not_equal(a.local_key, a.remote_key, srtp_key_len(a.profile));
}

static void test_ours_with_ours(void **state)
{
    (void)state;
    struct bench b;
    open_ours(&b);
    run(&b);
    check_both(&b);
    bench_close(&b);
}

static void test_each_datagram_lost_once(void **state)
{
    (void)state;
    for (int back = 0; back < 2; back++)
        for (size_t lose = 1; lose <= 4; lose++) {
            struct bench b;
            open_ours(&b);
            *(back ? &b.back.lose : &b.out.lose) = lose;
            run(&b);
            check_both(&b);
            bench_close(&b);
        }
}

static void test_each_certificate_and_profile(void **state)
{
    (void)state;
    static const struct {
        const char *profile;
        bool rsa;
        unsigned id;
    } rows[] = {{"SRTP_AEAD_AES_128_GCM", false, SRTP_PROFILE_AEAD_AES_128_GCM},
                {"SRTP_AEAD_AES_256_GCM", true, SRTP_PROFILE_AEAD_AES_256_GCM},
                {"SRTP_AES128_CM_SHA1_80", true, SRTP_PROFILE_AES128_CM_SHA1_80}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bench b;
        struct dtls_keys keys;
        uint8_t material[128];
        open_strange(&b,
                     (struct dtls_client_options){.profiles = rows[i].profile, .rsa = rows[i].rsa});
        run(&b);
        assert_int_equal(b.state, DTLS_CONNECTED);
        assert_int_equal(dtls_keys(b.active, &keys), 0);
        assert_int_equal(keys.profile, rows[i].id);
        size_t k = srtp_key_len(keys.profile), s = srtp_salt_len(keys.profile);
        assert_int_equal(dtls_client_export(b.server, material, 2 * (k + s)), rows[i].id);
        assert_memory_equal(keys.local_key, material, k);
        assert_memory_equal(keys.remote_key, material + k, k);
        assert_memory_equal(keys.local_salt, material + 2 * k, s);
        assert_memory_equal(keys.remote_salt, material + 2 * k + s, s);
        bench_close(&b);
    }
}

static void test_wrong_fingerprint_gets_no_keys(void **state)
{
    (void)state;
    struct bench b;
    struct dtls_keys keys;
    uint8_t digest[64];
    open_strange(&b, (struct dtls_client_options){0});
    dtls_client_digest(b.server, "sha-256", digest);
    digest[0] ^= 1;
    expect(b.active, digest);
    run(&b);
    assert_int_equal(b.state, DTLS_MISMATCH);
    assert_int_equal(dtls_keys(b.active, &keys), EPROTO);
    assert_false(dtls_client_connected(b.server));
    bench_close(&b);
}

static void test_server_without_srtp_is_refused(void **state)
{
    (void)state;
    struct bench b;
    open_strange(&b, (struct dtls_client_options){.profiles = ""});
    run(&b);
    assert_int_equal(b.state, DTLS_FAILED);
    bench_close(&b);
}

static void test_either_side_closes(void **state)
{
    (void)state;
    struct bench b;
    for (int ours = 0; ours < 2; ours++) {
        open_ours(&b);
        run(&b);
        dtls_close(ours ? b.active : b.passive);
        deliver(&b);
        assert_int_equal(ours ? b.passive_state : b.state, DTLS_CLOSED);
        bench_close(&b);
    }
}

// The role cannot change any more once something came, or once it is chosen.
static void test_role_is_chosen_once(void **state)
{
    (void)state;
    struct bench b;
    open_ours(&b);
    run(&b);
    size_t sent = b.out.total;
    assert_int_equal(dtls_connect(b.active), DTLS_CONNECTED);
    assert_int_equal(dtls_connect(b.passive), DTLS_CONNECTED);
    assert_int_equal(b.out.total, sent);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ours_with_ours),
        cmocka_unit_test(test_each_datagram_lost_once),
        cmocka_unit_test(test_each_certificate_and_profile),
        cmocka_unit_test(test_wrong_fingerprint_gets_no_keys),
        cmocka_unit_test(test_server_without_srtp_is_refused),
        cmocka_unit_test(test_either_side_closes),
        cmocka_unit_test(test_role_is_chosen_once),
    };
    if (!scratch_install()) // as in the gateway: handshakes go on without what was given back
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
