// H.264 profiles in offers: what nobody could be given is not agreed on.
#include "tests/unit/support/answered.h"

#include <stdio.h>
#include <string.h>

static const char form[] = SESSION TRANSPORT
    "m=video 9 UDP/TLS/RTP/SAVPF 96 102\r\na=mid:0\r\na=sendrecv\r\n"
    "a=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\n"
    "a=fmtp:102 packetization-mode=1;profile-level-id=%s\r\n";

// Is H.264 of this profile in the terms of an answer?
static bool agreed(const char *profile, enum answer_role role)
{
    static const struct answer_local local = {.ufrag = "OurUfrag",
                                              .pwd = "OurPasswordOf24Character",
                                              .fingerprint = DIGEST,
                                              .video_ssrc = 2222,
                                              .cname = "stream9"};
    char sdp[2048];
    snprintf(sdp, sizeof(sdp), form, profile);
    answer_accept(sdp, role, &local);
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
