// H.264 profiles in offers: what nobody could be given is not agreed on.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/peer/answer.h"

#define HEX "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

static const char form[] = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                           "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
                           "a=fingerprint:sha-256 " HEX ":" HEX "\r\na=setup:actpass\r\n"
                           "m=video 9 UDP/TLS/RTP/SAVPF 96 102\r\na=mid:0\r\na=sendrecv\r\n"
                           "a=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\n"
                           "a=fmtp:102 packetization-mode=1;profile-level-id=%s\r\n";

// Is H.264 of this profile in the terms of an answer?
static bool agreed(const char *profile, enum answer_role role)
{
    static const struct answer_local local = {.ufrag = "OurUfrag",
                                              .pwd = "OurPasswordOf24Character",
                                              .fingerprint = HEX ":" HEX,
                                              .video_ssrc = 2222,
                                              .cname = "stream9"};
    static struct sdp offer;
    static struct terms terms;
    char sdp[2048], text[8192];
    struct sdp_error error;
    struct answer_refusal refusal;
    snprintf(sdp, sizeof(sdp), form, profile);
    assert_int_equal(sdp_parse(&offer, sdp, strlen(sdp), &error), 0);
    assert_int_equal(answer_make(&offer, role, &local, text, sizeof(text), &terms, &refusal), 0);
    assert_non_null(terms_by_pt(&terms.video, 96));
    assert_int_equal(terms_by_pt(&terms.video, 102) != NULL, strstr(text, "rtpmap:102") != NULL);
    return terms_by_pt(&terms.video, 102) != NULL;
}

static void test_profiles_that_viewers_have_are_agreed_on(void **state)
{
    (void)state;
    for (int role = ANSWER_RECEIVE; role <= ANSWER_SEND; role++) {
        assert_true(agreed("42e01f", (enum answer_role)role));
        assert_true(agreed("4D0032", (enum answer_role)role));
        assert_true(agreed("640c1f", (enum answer_role)role));
    }
}

static void test_profiles_that_nobody_can_be_given_are_not(void **state)
{
    static const char *const profiles[] = {"f4001f", "4$e01f", "42e0", "42e01f00", "zzzzzz", ""};
    (void)state;
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        assert_false(agreed(profiles[i], ANSWER_RECEIVE));
        assert_false(agreed(profiles[i], ANSWER_SEND));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profiles_that_viewers_have_are_agreed_on),
        cmocka_unit_test(test_profiles_that_nobody_can_be_given_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
