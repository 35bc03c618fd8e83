// A peer whose ICE somebody else does: one path, both roles of DTLS, and an end that is told.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/peer/peer.h"
#include "tests/unit/support/datagrams.h"
#include "tests/unit/support/dtls_client.h"

#define SECOND 1000000LL

struct wire {
    int number;
};

struct bench {
    struct certificate *certificate;
    struct peer *peer;
    struct dtls_client *other;
    struct datagrams to_other, to_peer;
    struct wire wire, strange;
    struct path path;
    int64_t now;
    unsigned connected, ended;
    enum peer_end why;
};

static void on_send(void *arg, const struct path *path, const uint8_t *data, size_t len)
{
    struct bench *b = arg;
    assert_true(path_equal(path, &b->path));
    datagrams_put(&b->to_other, data, len);
}

static void on_connected(void *arg)
{
    ((struct bench *)arg)->connected++;
}

static void on_ended(void *arg, enum peer_end why)
{
    ((struct bench *)arg)->ended++;
    ((struct bench *)arg)->why = why;
}

static void bench_open(struct bench *b, bool active)
{
    memset(b, 0, sizeof(*b));
    b->now = 5000 * SECOND;
    b->path.wire = &b->wire;
    b->path.remote.v4.sin_family = AF_INET; // a line knows no address
    assert_int_equal(certificate_alloc(&b->certificate), 0);
    struct dtls_client_options options = {
        .server = active, .send = datagrams_put, .arg = &b->to_peer};
    b->other = dtls_client_open(&options);
    struct peer_config config = {
        .certificate = b->certificate,
        .handlers = {.send = on_send, .connected = on_connected, .ended = on_ended},
        .arg = b,
    };
    assert_int_equal(peer_alloc(&b->peer, &config, b->now), 0);
    struct terms terms = {.fingerprint_hash = "sha-256"};
    terms.fingerprint_len = dtls_client_digest(b->other, "sha-256", terms.fingerprint);
    peer_set_remote(b->peer, &terms);
}

static void bench_close(struct bench *b)
{
    peer_free(b->peer);
    dtls_client_close(b->other);
    certificate_free(b->certificate);
}

static void carry(struct bench *b)
{
    const struct datagrams *burst;
    dtls_client_step(b->other);
    for (int turn = 0; turn < 20 && b->to_peer.count + b->to_other.count > 0; turn++) {
        burst = datagrams_take(&b->to_peer);
        for (size_t i = 0; i < burst->count; i++)
            peer_dtls(b->peer, &b->path, burst->data[i], burst->len[i], b->now);
        burst = datagrams_take(&b->to_other);
        for (size_t i = 0; i < burst->count; i++)
            dtls_client_receive(b->other, burst->data[i], burst->len[i]);
    }
}

static void delegate(struct bench *b, bool active)
{
    peer_delegate(b->peer, &b->path, b->now);
    assert_true(path_equal(peer_path(b->peer), &b->path));
    if (active)
        peer_connect(b->peer, b->now);
    carry(b);
}

static void test_both_roles(void **state)
{
    (void)state;
    for (int active = 0; active < 2; active++) {
        struct bench b;
        bench_open(&b, active);
        delegate(&b, active);
        assert_int_equal(b.connected, 1);
        assert_non_null(peer_srtp_out(b.peer));
        assert_non_null(peer_srtp_in(b.peer));
        assert_true(dtls_client_connected(b.other));
        peer_close(b.peer);
        carry(&b);
        assert_true(dtls_client_was_closed(b.other));
        bench_close(&b);
    }
}

// Nothing else is believed, and there are no credentials a check could be made with.
static void test_only_this_path(void **state)
{
    (void)state;
    struct bench b;
    struct path other;
    bench_open(&b, false);
    peer_delegate(b.peer, &b.path, b.now);
    assert_string_equal(peer_ice(b.peer)->ufrag, "");
    assert_string_equal(peer_ice(b.peer)->pwd, "");
    other = b.path;
    other.wire = &b.strange;
    assert_true(peer_accepts(b.peer, &b.path, b.now));
    assert_false(peer_accepts(b.peer, &other, b.now));
    dtls_client_step(b.other);
    peer_dtls(b.peer, &other, b.to_peer.data[0], b.to_peer.len[0], b.now);
    assert_int_equal(peer_state(b.peer), PEER_CHECKED);
    assert_int_equal(b.to_other.count, 0);
    bench_close(&b);
}

// Consent is the other's business: hours without a check end nothing, being told does.
static void test_lives_until_told(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, true);
    delegate(&b, true);
    for (int hour = 0; hour < 5; hour++) {
        b.now += 3600 * SECOND;
        peer_tick(b.peer, b.now);
        assert_true(peer_accepts(b.peer, &b.path, b.now));
    }
    assert_int_equal(b.ended, 0);
    peer_lost(b.peer);
    assert_int_equal(b.why, PEER_END_CONSENT);
    assert_null(peer_path(b.peer));
    peer_lost(b.peer);
    assert_int_equal(b.ended, 1);
    bench_close(&b);
}

static void test_never_connected(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, true);
    b.now += 20 * SECOND;
    peer_delegate(b.peer, &b.path, b.now); // the time begins anew
    peer_connect(b.peer, b.now);
    b.now += 29 * SECOND;
    peer_tick(b.peer, b.now);
    assert_int_equal(b.ended, 0);
    assert_in_range(peer_deadline(b.peer), 0, b.now + SECOND);
    b.now += SECOND;
    peer_tick(b.peer, b.now);
    assert_int_equal(b.why, PEER_END_UNFINISHED);
    bench_close(&b);
    bench_open(&b, true);
    peer_delegate(b.peer, &b.path, b.now);
    peer_lost(b.peer);
    assert_int_equal(b.why, PEER_END_UNFINISHED);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_roles),
        cmocka_unit_test(test_only_this_path),
        cmocka_unit_test(test_lives_until_told),
        cmocka_unit_test(test_never_connected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
