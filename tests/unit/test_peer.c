// A whole peer: checks by libnice, DTLS by OpenSSL's client, SRTP both ways; the clock is ours.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/packet/rtp.h"
#include "gateway/peer/peer.h"
#include "tests/unit/support/check_client.h"
#include "tests/unit/support/datagrams.h"
#include "tests/unit/support/dtls_client.h"

#define SECOND 1000000LL

struct wire {
    int number;
};

static struct wire udp = {1}, tcp = {2};

struct bench {
    struct certificate *certificate;
    struct ice_agent *agent;
    struct peer *peer;
    struct dtls_client *client;
    struct datagrams to_client, to_peer;
    struct path path, stranger;
    StunAgent stun;
    int64_t now;
    unsigned connected, ended, misdirected;
    enum peer_end why;
};

static struct ice *lookup(void *arg, const char *ufrag, size_t len)
{
    struct bench *b = arg;
    struct ice *ice = peer_ice(b->peer);
    bool ours = len == strlen(ice->ufrag) && memcmp(ufrag, ice->ufrag, len) == 0;
    return ours ? ice : NULL;
}

static void on_send(void *arg, const struct path *path, const uint8_t *data, size_t len)
{
    struct bench *b = arg;
    b->misdirected += !path_equal(path, &b->path);
    datagrams_put(&b->to_client, data, len);
}

static void on_connected(void *arg)
{
    ((struct bench *)arg)->connected++;
}

static void on_ended(void *arg, enum peer_end why)
{
    struct bench *b = arg;
    b->ended++;
    b->why = why;
}

static struct terms terms_of(struct dtls_client *client, bool right)
{
    struct terms terms = {
        .ufrag = "abcd", .pwd = "0123456789012345678901", .fingerprint_hash = "sha-256"};
    terms.fingerprint_len = dtls_client_digest(client, "sha-256", terms.fingerprint);
    terms.fingerprint[0] ^= !right;
    return terms;
}

static int open_peer(struct bench *b)
{
    struct peer_config config = {
        .certificate = b->certificate,
        .handlers = {.send = on_send, .connected = on_connected, .ended = on_ended},
        .arg = b,
    };
    return peer_alloc(&b->peer, &config, b->now);
}

static void bench_prepare(struct bench *b, const char *profiles)
{
    memset(b, 0, sizeof(*b));
    b->now = 5000 * SECOND;
    b->path.wire = &udp;
    b->stranger.wire = &udp;
    addr_parse(&b->path.remote, "192.0.2.1:1111");
    addr_parse(&b->stranger.remote, "192.0.2.66:6666");
    check_client_init(&b->stun);
    assert_int_equal(certificate_alloc(&b->certificate), 0);
    assert_int_equal(ice_agent_alloc(&b->agent, lookup, b), 0);
    struct dtls_client_options options = {
        .profiles = profiles, .send = datagrams_put, .arg = &b->to_peer};
    b->client = dtls_client_open(&options);
}

static void bench_open(struct bench *b, const char *profiles)
{
    bench_prepare(b, profiles);
    assert_int_equal(open_peer(b), 0);
    struct terms terms = terms_of(b->client, true);
    peer_set_remote(b->peer, &terms);
}

static void bench_close(struct bench *b)
{
    assert_int_equal(b->misdirected, 0);
    peer_free(b->peer);
    ice_agent_free(b->agent);
    dtls_client_close(b->client);
    certificate_free(b->certificate);
}

static bool check_on(struct bench *b, const struct path *path)
{
    struct ice_reply reply;
    struct check_wish wish = {.use_candidate = true, .their_ufrag = "abcd"};
    struct check check = check_make(&b->stun, peer_ice(b->peer), &wish);
    check_forget(&b->stun, &check);
    if (ice_receive(b->agent, path, check.data, check.len, b->now, &reply) != ICE_ANSWERED)
        return false;
    assert_ptr_equal(reply.ice, peer_ice(b->peer));
    peer_checked(b->peer, &reply, b->now);
    return true;
}

// Carries datagrams until nobody has anything to say.
static void carry(struct bench *b)
{
    const struct datagrams *burst;
    dtls_client_step(b->client);
    for (int turn = 0; turn < 20 && b->to_peer.count + b->to_client.count > 0; turn++) {
        burst = datagrams_take(&b->to_peer);
        for (size_t i = 0; i < burst->count; i++)
            peer_dtls(b->peer, &b->path, burst->data[i], burst->len[i], b->now);
        burst = datagrams_take(&b->to_client);
        for (size_t i = 0; i < burst->count; i++)
            dtls_client_receive(b->client, burst->data[i], burst->len[i]);
    }
}

static void connect_both(struct bench *b)
{
    assert_true(check_on(b, &b->path));
    assert_int_equal(peer_state(b->peer), PEER_CHECKED);
    carry(b);
    assert_int_equal(peer_state(b->peer), PEER_CONNECTED);
    assert_int_equal(b->connected, 1);
    assert_true(dtls_client_connected(b->client));
}

struct media {
    struct srtp_in *in;
    struct srtp_out *out;
};

// The client's side of SRTP, from its own export.
static struct media client_media(struct bench *b)
{
    struct media media;
    uint8_t material[128];
    enum srtp_profile profile = (enum srtp_profile)dtls_client_export(b->client, material, 56);
    size_t k = srtp_key_len(profile), s = srtp_salt_len(profile);
    assert_true(k > 0);
    dtls_client_export(b->client, material, 2 * (k + s));
    assert_int_equal(srtp_out_alloc(&media.out, profile, material, material + 2 * k), 0);
    assert_int_equal(srtp_in_alloc(&media.in, profile, material + k, material + 2 * k + s), 0);
    return media;
}

static void talk(struct srtp_out *out, struct srtp_in *in)
{
    uint8_t packet[256];
    struct rtp_header header = {.pt = 96, .seq = 7, .ssrc = 99};
    static const uint8_t payload[] = "how do you do";
    size_t header_len = rtp_write_header(packet, &header);
    size_t len = srtp_protect(out, 7, packet, header_len, payload, sizeof(payload));
    assert_true(len > header_len + sizeof(payload));
    assert_int_equal(srtp_unprotect(in, packet, &len), 0);
    assert_int_equal(len, header_len + sizeof(payload));
    assert_memory_equal(packet + header_len, payload, sizeof(payload));
}

static void test_connects_and_talks(void **state)
{
    (void)state;
    static const char *const profiles[] = {"SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM",
                                           "SRTP_AES128_CM_SHA1_80"};
    for (size_t i = 0; i < 3; i++) {
        struct bench b;
        bench_open(&b, profiles[i]);
        assert_int_equal(peer_state(b.peer), PEER_NEW);
        assert_null(peer_path(b.peer));
        assert_null(peer_srtp_out(b.peer));
        connect_both(&b);
        assert_true(path_equal(peer_path(b.peer), &b.path));
        assert_true(peer_accepts(b.peer, &b.path, b.now));
        assert_false(peer_accepts(b.peer, &b.stranger, b.now));
        assert_string_equal(peer_ice(b.peer)->remote_ufrag, "abcd");
        struct media media = client_media(&b);
        talk(media.out, peer_srtp_in(b.peer));
        talk(peer_srtp_out(b.peer), media.in);
        srtp_out_free(media.out);
        srtp_in_free(media.in);
        bench_close(&b);
    }
}

static void test_nothing_before_a_check(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, NULL);
    carry(&b);
    assert_int_equal(b.to_client.count, 0);
    assert_int_equal(peer_state(b.peer), PEER_NEW);
    assert_false(dtls_client_connected(b.client));
    bench_close(&b);
}

// A stranger sends hellos and alerts all through the handshake, from an address without a check.
static void test_strangers_hello_changes_nothing(void **state)
{
    (void)state;
    static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
    struct bench b, other;
    bench_open(&b, NULL);
    bench_open(&other, NULL);
    dtls_client_step(other.client);
    assert_true(check_on(&b, &b.path));
    for (int n = 0; n < 500; n++) {
        peer_dtls(b.peer, &b.stranger, other.to_peer.data[0], other.to_peer.len[0], b.now);
        peer_dtls(b.peer, &b.stranger, alert, sizeof(alert), b.now);
    }
    assert_int_equal(b.to_client.count, 0);
    assert_int_equal(peer_state(b.peer), PEER_CHECKED);
    carry(&b);
    assert_int_equal(peer_state(b.peer), PEER_CONNECTED);
    bench_close(&other);
    bench_close(&b);
}

static void test_wrong_certificate(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, NULL);
    struct terms terms = terms_of(b.client, false);
    peer_set_remote(b.peer, &terms);
    assert_true(check_on(&b, &b.path));
    carry(&b);
    assert_int_equal(peer_state(b.peer), PEER_ENDED);
    assert_int_equal(b.ended, 1);
    assert_int_equal(b.why, PEER_END_FINGERPRINT);
    assert_string_equal(peer_end_name(b.why), "fingerprint");
    assert_int_equal(b.connected, 0);
    assert_null(peer_srtp_in(b.peer));
    assert_int_equal(dtls_client_alert(b.client) >> 8, 2);
    bench_close(&b);
}

static void test_no_common_profile(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, "");
    assert_true(check_on(&b, &b.path));
    carry(&b);
    assert_int_equal(b.why, PEER_END_DTLS);
    assert_int_equal(b.ended, 1);
    bench_close(&b);
}

static void test_remote_goes(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, NULL);
    connect_both(&b);
    dtls_client_shutdown(b.client);
    carry(&b);
    assert_int_equal(b.why, PEER_END_REMOTE);
    assert_int_equal(b.ended, 1);
    assert_null(peer_path(b.peer));
    assert_null(peer_srtp_out(b.peer));
    assert_false(peer_accepts(b.peer, &b.path, b.now));
    bench_close(&b);
}

static void test_we_go(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, NULL);
    connect_both(&b);
    peer_close(b.peer);
    assert_int_equal(b.why, PEER_END_LOCAL);
    carry(&b);
    assert_true(dtls_client_was_closed(b.client));
    peer_close(b.peer);
    peer_tick(b.peer, b.now + 100 * SECOND);
    assert_int_equal(b.ended, 1);
    assert_false(check_on(&b, &b.path)); // consent is revoked at once
    bench_close(&b);
}

static void test_consent_ends_after_thirty_seconds(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, NULL);
    connect_both(&b);
    for (int n = 0; n < 20; n++) {
        b.now += 5 * SECOND;
        assert_true(check_on(&b, &b.path));
        peer_tick(b.peer, b.now);
    }
    assert_int_equal(peer_deadline(b.peer), b.now + 30 * SECOND);
    b.now += 30 * SECOND - 1;
    dtls_client_say(b.client, "still here"); // media and DTLS renew nothing
    carry(&b);
    peer_tick(b.peer, b.now);
    assert_int_equal(peer_state(b.peer), PEER_CONNECTED);
    b.now += 1;
    assert_false(peer_accepts(b.peer, &b.path, b.now));
    peer_tick(b.peer, b.now);
    assert_int_equal(b.why, PEER_END_CONSENT);
    assert_int_equal(b.ended, 1);
    assert_int_equal(b.to_client.count, 0); // and nothing is sent there any more
    assert_int_equal(peer_deadline(b.peer), INT64_MAX);
    bench_close(&b);
}

static void test_unfinished_ends_after_thirty_seconds(void **state)
{
    (void)state;
    for (int checked = 0; checked < 2; checked++) {
        struct bench b;
        bench_open(&b, NULL);
        int64_t end = b.now + 30 * SECOND;
        assert_int_equal(peer_deadline(b.peer), end);
        b.now += 20 * SECOND;
        if (checked)
            assert_true(check_on(&b, &b.path));
        b.now = end - 1;
        peer_tick(b.peer, b.now);
        assert_int_equal(b.ended, 0);
        b.now = end;
        peer_tick(b.peer, b.now);
        assert_int_equal(b.ended, 1);
        assert_int_equal(b.why, PEER_END_UNFINISHED);
        bench_close(&b);
    }
}

// Answered late, an offer of ours leaves the whole time to connect.
static void test_begins_later(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b, NULL);
    b.now += 29 * SECOND;
    peer_begin(b.peer, b.now);
    assert_int_equal(peer_deadline(b.peer), b.now + 30 * SECOND);
    bench_close(&b);
}

static void test_media_moves_to_another_path(void **state)
{
    (void)state;
    struct bench b;
    struct path second = {.wire = &tcp};
    addr_parse(&second.remote, "198.51.100.9:4000");
    bench_open(&b, NULL);
    connect_both(&b);
    assert_true(check_on(&b, &second));
    assert_true(path_equal(peer_path(b.peer), &second));
    b.path = second;
    peer_close(b.peer);
    assert_true(b.to_client.count > 0); // close_notify went the new way: see misdirected
    bench_close(&b);
}

// The server's flight is lost: peer_deadline() says when peer_tick() sends it again.
static void test_lost_flight_is_sent_again(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b, NULL);
    assert_true(check_on(&b, &b.path));
    dtls_client_step(b.client);
    peer_dtls(b.peer, &b.path, b.to_peer.data[0], b.to_peer.len[0], b.now);
    b.to_peer.count = 0;
    assert_true(b.to_client.count > 0);
    b.to_client.count = 0;
    for (int n = 0; n < 2000 && b.to_client.count == 0; n++) { // OpenSSL has its own clock
        struct timespec ms = {.tv_nsec = 1000000};
        nanosleep(&ms, NULL);
        b.now = peer_deadline(b.peer);
        peer_tick(b.peer, b.now);
        assert_int_equal(b.ended, 0);
    }
    assert_true(b.to_client.count > 0);
    carry(&b);
    assert_int_equal(peer_state(b.peer), PEER_CONNECTED);
    bench_close(&b);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    bool whole = false;
    for (long nth = 0; !whole; nth++) {
        struct bench b;
        bench_prepare(&b, NULL);
        long before = mem_live();
        mem_fail_after(nth);
        if (open_peer(&b) == 0) {
            struct terms terms = terms_of(b.client, true);
            peer_set_remote(b.peer, &terms);
            assert_true(check_on(&b, &b.path));
            carry(&b);
            whole = b.connected == 1;
            assert_int_equal(b.ended, whole ? 0 : 1);
            assert_true(whole || b.why == PEER_END_DTLS);
        } else {
            assert_null(b.peer);
        }
        mem_fail_after(-1);
        peer_free(b.peer);
        b.peer = NULL;
        assert_int_equal(mem_live(), before);
        bench_close(&b);
        assert_true(nth < 100);
    }
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    struct peer *peer = NULL;
    struct peer_config config = {0};
    assert_int_equal(peer_alloc(&peer, &config, 0), EINVAL);
    assert_int_equal(peer_alloc(NULL, &config, 0), EINVAL);
    peer_free(NULL);
    assert_string_equal(peer_end_name(PEER_END_COUNT), "unknown");
    for (int why = 0; why < PEER_END_COUNT; why++)
        assert_true(peer_end_name((enum peer_end)why)[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connects_and_talks),
        cmocka_unit_test(test_nothing_before_a_check),
        cmocka_unit_test(test_strangers_hello_changes_nothing),
        cmocka_unit_test(test_wrong_certificate),
        cmocka_unit_test(test_no_common_profile),
        cmocka_unit_test(test_remote_goes),
        cmocka_unit_test(test_we_go),
        cmocka_unit_test(test_consent_ends_after_thirty_seconds),
        cmocka_unit_test(test_unfinished_ends_after_thirty_seconds),
        cmocka_unit_test(test_begins_later),
        cmocka_unit_test(test_media_moves_to_another_path),
        cmocka_unit_test(test_lost_flight_is_sent_again),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
