// ICE restart: which checks count, when, and where media goes meanwhile. The clock is ours.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <stun/stunagent.h>

#include "gateway/base/mem.h"
#include "gateway/peer/peer.h"
#include "gateway/peer/restart.h"
#include "tests/unit/support/check_client.h"

#define SECOND 1000000LL

struct wire {
    int number;
};

static struct wire udp = {1};

struct bench {
    struct ice_agent *agent;
    struct ice ice;
    struct ice_credentials first; // ours before the restart
    struct path old, new;
    StunAgent client;
    struct ice_reply reply;
    int64_t now;
};

static struct ice *lookup(void *arg, const char *ufrag, size_t len)
{
    (void)ufrag;
    (void)len;
    return &((struct bench *)arg)->ice; // it knows by itself which ones are good
}

static struct path path_of(const char *address)
{
    struct path path = {.wire = &udp};
    assert_int_equal(addr_parse(&path.remote, address), 0);
    return path;
}

static bool check(struct bench *b, const struct path *path, const struct ice_credentials *with,
                  bool use_candidate)
{
    struct check_wish wish = {
        .use_candidate = use_candidate, .ufrag = with->ufrag, .pwd = with->pwd};
    struct check made = check_make(&b->client, &b->ice, &wish);
    check_forget(&b->client, &made);
    return ice_receive(b->agent, path, made.data, made.len, b->now, &b->reply) == ICE_ANSWERED;
}

static struct ice_credentials ours(const struct bench *b)
{
    struct ice_credentials now;
    memcpy(now.ufrag, b->ice.ufrag, sizeof(now.ufrag));
    memcpy(now.pwd, b->ice.pwd, sizeof(now.pwd));
    return now;
}

static struct ice_credentials restart(struct bench *b, const char *ufrag)
{
    struct ice_credentials fresh;
    ice_credentials_make(&fresh);
    ice_restart(&b->ice, &fresh, slice_of(ufrag), slice_of("0123456789012345678901"), b->now);
    return fresh;
}

static void bench_open(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    b->now = 1000 * SECOND;
    b->old = path_of("192.0.2.1:1000");
    b->new = path_of("198.51.100.7:2000");
    assert_int_equal(ice_agent_alloc(&b->agent, lookup, b), 0);
    ice_init(&b->ice, b->now);
    check_client_init(&b->client);
    b->first = ours(b);
    strcpy(b->ice.remote_ufrag, "abcd");
    strcpy(b->ice.remote_pwd, "abcdefghijklmnopqrstuv");
    assert_true(check(b, &b->old, &b->first, true));
}

static void bench_close(struct bench *b)
{
    ice_agent_free(b->agent);
}

static void test_media_stays_until_the_new_path_is_nominated(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct ice_credentials fresh = restart(&b, "efgh");
    assert_string_not_equal(fresh.ufrag, b.first.ufrag);
    assert_string_not_equal(fresh.pwd, b.first.pwd);
    assert_true(path_equal(&b.ice.selected, &b.old));
    b.now += 2 * SECOND;
    assert_true(check(&b, &b.old, &b.first, false)); // consent goes on with the old ones
    assert_true(check(&b, &b.new, &fresh, false));
    assert_true(path_equal(&b.ice.selected, &b.old));
    assert_true(ice_path_valid(&b.ice, &b.new, b.now));
    assert_true(check(&b, &b.new, &fresh, true));
    assert_true(b.reply.selected_moved);
    assert_true(path_equal(&b.ice.selected, &b.new));
    assert_true(ice_path_valid(&b.ice, &b.old, b.now)); // for what is still on its way
    bench_close(&b);
}

static void test_old_credentials_end_with_the_first_new_check(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct ice_credentials fresh = restart(&b, "efgh");
    assert_true(check(&b, &b.old, &b.first, true));
    assert_true(check(&b, &b.new, &fresh, false));
    assert_false(check(&b, &b.old, &b.first, true));
    assert_false(check(&b, &b.new, &b.first, true));
    assert_true(check(&b, &b.new, &fresh, false));
    bench_close(&b);
}

// Of a mixture of two pairs of credentials nothing is authentic, and a forged check ends nothing.
static void test_mixed_credentials_are_silence(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct ice_credentials fresh = restart(&b, "efgh"), mixed = fresh;
    memcpy(mixed.pwd, b.first.pwd, sizeof(mixed.pwd));
    assert_false(check(&b, &b.new, &mixed, true));
    mixed = b.first;
    memcpy(mixed.pwd, fresh.pwd, sizeof(mixed.pwd));
    assert_false(check(&b, &b.new, &mixed, true));
    assert_true(check(&b, &b.old, &b.first, true));
    assert_true(path_equal(&b.ice.selected, &b.old));
    bench_close(&b);
}

static void test_switch_is_bounded(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct ice_credentials fresh = restart(&b, "efgh");
    b.now += ICE_SWITCH_US - 1;
    ice_tick(&b.ice, b.now);
    assert_true(check(&b, &b.old, &b.first, true));
    b.now += 1;
    assert_false(check(&b, &b.old, &b.first, true)); // even before a tick
    ice_tick(&b.ice, b.now);
    assert_string_equal(b.ice.before.ufrag, "");
    assert_true(path_equal(&b.ice.selected, &b.old)); // consent has its own time
    assert_true(check(&b, &b.new, &fresh, true));
    assert_true(path_equal(&b.ice.selected, &b.new));
    bench_close(&b);
}

static void test_restart_within_a_restart(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct ice_credentials second = restart(&b, "efgh");
    b.now += 20 * SECOND;
    struct ice_credentials third = restart(&b, "ijkl");
    b.now += 20 * SECOND;
    assert_true(check(&b, &b.old, &b.first, true)); // what media runs on
    assert_false(check(&b, &b.new, &second, true));
    assert_true(check(&b, &b.new, &third, true));
    assert_false(check(&b, &b.old, &b.first, true));
    bench_close(&b);
}

static void test_recorded_check_moves_nothing_after_a_restart(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct path thief = path_of("192.0.2.66:1");
    struct check_wish wish = {.use_candidate = true};
    struct check recorded = check_make(&b.client, &b.ice, &wish);
    assert_int_equal(ice_receive(b.agent, &b.old, recorded.data, recorded.len, b.now, &b.reply),
                     ICE_ANSWERED);
    struct ice_credentials fresh = restart(&b, "efgh");
    for (int n = 0; n < 2; n++) {
        assert_int_equal(ice_receive(b.agent, &thief, recorded.data, recorded.len, b.now, &b.reply),
                         ICE_DROPPED);
        assert_true(check(&b, &b.new, &fresh, true));
    }
    assert_false(ice_path_valid(&b.ice, &thief, b.now));
    assert_true(path_equal(&b.ice.selected, &b.new));
    bench_close(&b);
}

// --- a peer -------------------------------------------------------------------------------------

static void on_send(void *arg, const struct path *path, const uint8_t *data, size_t len)
{
    (void)arg, (void)path, (void)data, (void)len;
}

static void on_connected(void *arg)
{
    (void)arg;
}

static void on_ended(void *arg, enum peer_end why)
{
    (void)arg, (void)why;
}

static void test_peer_restarts_until_it_has_ended(void **state)
{
    (void)state;
    struct certificate *certificate;
    struct peer *peer;
    struct ice_credentials fresh;
    char long_text[258];
    memset(long_text, 'a', sizeof(long_text) - 1);
    long_text[257] = 0;
    assert_int_equal(certificate_alloc(&certificate), 0);
    struct peer_config config = {
        .certificate = certificate,
        .handlers = {.send = on_send, .connected = on_connected, .ended = on_ended}};
    assert_int_equal(peer_alloc(&peer, &config, 0), 0);
    struct slice pwd = slice_of("0123456789012345678901");
    ice_credentials_make(&fresh);
    assert_int_equal(peer_restart(peer, &fresh, slice_of(long_text), pwd, 0), EINVAL);
    assert_string_not_equal(peer_ice(peer)->ufrag, fresh.ufrag);
    assert_int_equal(peer_restart(peer, &fresh, slice_of("efgh"), pwd, 1 * SECOND), 0);
    assert_string_equal(peer_ice(peer)->ufrag, fresh.ufrag);
    assert_string_equal(peer_ice(peer)->remote_ufrag, "efgh");
    assert_int_equal(peer_state(peer), PEER_NEW);
    assert_int_equal(peer_deadline(peer), ICE_UNFINISHED_US); // a restart prolongs nothing
    peer_close(peer);
    assert_int_equal(peer_restart(peer, &fresh, slice_of("ijkl"), pwd, 2 * SECOND), EINVAL);
    peer_free(peer);
    certificate_free(certificate);
}

// --- fragments ----------------------------------------------------------------------------------

static enum restart_wish judge(const struct ice *ice, const char *text)
{
    static struct sdp_frag frag;
    const char *why;
    assert_int_equal(sdp_frag_parse(&frag, text, strlen(text), NULL), 0);
    enum restart_wish wish = restart_judge(ice, &frag, &why);
    assert_int_equal(why != NULL, wish == RESTART_STALE || wish == RESTART_MALFORMED);
    return wish;
}

static void test_what_a_fragment_wants(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    static const char same[] = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";
    static const char other[] = "a=ice-ufrag:efgh\r\na=ice-pwd:0123456789012345678901\r\n";
    assert_int_equal(judge(&b.ice, same), RESTART_TRICKLE);
    assert_int_equal(judge(&b.ice, "a=ice-ufrag:abcd\r\n"), RESTART_TRICKLE);
    assert_int_equal(judge(&b.ice, "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"), RESTART_TRICKLE);
    assert_int_equal(judge(&b.ice, other), RESTART_WANTED);
    assert_int_equal(judge(&b.ice, "a=ice-ufrag:efgh\r\n"), RESTART_MALFORMED);
    assert_int_equal(judge(&b.ice, "a=ice-pwd:0123456789012345678901\r\n"), RESTART_MALFORMED);
    assert_int_equal(judge(&b.ice, "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"),
                     RESTART_MALFORMED);
    assert_int_equal(judge(&b.ice, "a=ice-ufrag:efgh\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"),
                     RESTART_MALFORMED);
    restart(&b, "efgh");
    assert_int_equal(judge(&b.ice, other), RESTART_TRICKLE);
    assert_int_equal(judge(&b.ice, same), RESTART_STALE); // a late candidate, not a way back
    bench_close(&b);
}

static void test_answer_is_a_fragment_of_the_tagged_section(void **state)
{
    (void)state;
    static struct sdp_frag frag;
    static const struct answer_candidate candidates[] = {{"192.0.2.9", 4000, false},
                                                         {"2001:db8::9", 4000, true}};
    const struct answer_local local = {.ufrag = "ufragufr",
                                       .pwd = "pwdpwdpwdpwdpwdpwdpwdpwd",
                                       .candidates = candidates,
                                       .candidate_count = 2};
    struct terms *terms = mem_zalloc(sizeof(*terms));
    struct restart_lines lines;
    char text[1024];
    terms->bundled = terms->video_tagged = true;
    strcpy(terms->video.mid, "v");
    strcpy(terms->audio.mid, "a");
    restart_lines_set(&lines, terms);
    mem_free(terms);
    assert_int_equal(restart_write(&lines, &local, text, sizeof(text)), 0);
    assert_int_equal(strncmp(text, "a=ice-lite\r\na=group:BUNDLE v a\r\nm=video 9 ", 42), 0);
    assert_int_equal(sdp_frag_parse(&frag, text, strlen(text), NULL), 0);
    assert_true(slice_is(frag.ufrag, local.ufrag));
    assert_true(slice_is(frag.pwd, local.pwd));
    assert_int_equal(frag.media_count, 1);
    assert_true(slice_is(frag.media[0].mid, "v"));
    assert_int_equal(frag.media[0].candidate_count, 2);
    assert_true(frag.media[0].end_of_candidates);
    assert_int_equal(restart_write(&lines, &local, text, 60), EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_media_stays_until_the_new_path_is_nominated),
        cmocka_unit_test(test_old_credentials_end_with_the_first_new_check),
        cmocka_unit_test(test_mixed_credentials_are_silence),
        cmocka_unit_test(test_switch_is_bounded),
        cmocka_unit_test(test_restart_within_a_restart),
        cmocka_unit_test(test_recorded_check_moves_nothing_after_a_restart),
        cmocka_unit_test(test_peer_restarts_until_it_has_ended),
        cmocka_unit_test(test_what_a_fragment_wants),
        cmocka_unit_test(test_answer_is_a_fragment_of_the_tagged_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
