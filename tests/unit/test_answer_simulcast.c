// Simulcast in offers and answers: RFC 8853 section 5.3.2, RFC 8851.
#include "tests/unit/support/answered.h"

#include <stdlib.h>
#include <string.h>

#define HEAD SESSION TRANSPORT
#define VIDEO                                                                                      \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 98 97\r\na=mid:1\r\na=sendrecv\r\na=rtcp-mux\r\n"              \
    "a=rtpmap:96 VP8/90000\r\na=rtpmap:98 VP9/90000\r\na=rtcp-fb:96 nack\r\n"                      \
    "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
#define EXT                                                                                        \
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"                                \
    "a=extmap:17 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
#define RIDS "a=rid:h send\r\na=rid:m send\r\na=rid:l send\r\n"

static void make(const char *sdp, enum answer_role role)
{
    static const struct answer_local local = {
        .ufrag = "OurUfrag",
        .pwd = "OurPasswordOf24Character",
        .fingerprint = DIGEST,
        .cname = "stream9",
    };
    answer_accept(sdp, role, &local);
}

static void what_is_sent_is_received(void **state)
{
    (void)state;
    make(HEAD VIDEO EXT RIDS "a=simulcast:send h;m;l\r\n", ANSWER_RECEIVE);
    assert_true(answer_says("a=rid:h recv") && answer_says("a=rid:m recv") &&
                answer_says("a=rid:l recv"));
    assert_true(answer_says("a=simulcast:recv h;m;l"));
    assert_true(answer_says("a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
    assert_true(answer_says("a=extmap:17 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"));
    assert_int_equal(terms.video.rid_count, 3);
    assert_string_equal(terms.video.rids[0], "h");
    assert_string_equal(terms.video.rids[2], "l");
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_RID), 10);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_RRID), 17);
    assert_int_equal(answer.media[0].rid_count, 3);
    assert_int_equal(answer.media[0].rids[0].direction, SDP_RECVONLY);
}

static void browsers_are_answered(void **state)
{
    (void)state;
    make(sdp_file("tests/unit/data/chromium-offer.sdp"), ANSWER_RECEIVE);
    assert_true(answer_says("a=simulcast:recv q;h;f"));
    char *firefox = strdup(sdp_file("tests/unit/data/firefox-offer.sdp"));
    *strstr(firefox, "m=application") = 0;
    make(sdp_with(firefox, "BUNDLE 0 1 2", "BUNDLE 0 1"), ANSWER_RECEIVE);
    free(firefox);
    assert_true(answer_says("a=rid:hi recv"));
    assert_true(answer_says("a=rid:lo recv pt=120;max-width=640"));
    assert_true(answer_says("a=simulcast:recv hi;lo")); // also what is to begin paused
    assert_true(answer_says("a=extmap:8/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
}

static void there_is_one_stream_without_agreement(void **state)
{
    static const char *const offers[] = {
        HEAD VIDEO EXT,
        HEAD VIDEO EXT RIDS,                              // no list
        HEAD VIDEO RIDS "a=simulcast:send h;m;l\r\n",     // nothing tells them apart
        HEAD VIDEO EXT "a=simulcast:send h;m;l\r\n",      // not described
        HEAD VIDEO EXT RIDS "a=simulcast:recv h;m;l\r\n", // the other way
        HEAD VIDEO EXT "a=rid:h recv\r\na=simulcast:send h\r\n",
        HEAD VIDEO EXT "a=rid:h send pt=98;depend=m\r\na=simulcast:send h\r\n",
        HEAD VIDEO EXT "a=rid:h send pt=97\r\na=simulcast:send h\r\n",
        HEAD VIDEO EXT "a=rid:h send what=ever\r\na=simulcast:send h\r\n",
        HEAD VIDEO EXT "a=rid:aNameOf17Letters1 send\r\na=simulcast:send aNameOf17Letters1\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
        make(offers[i], ANSWER_RECEIVE);
        assert_int_equal(terms.video.rid_count, 0);
        assert_null(strstr(text, "a=rid"));
        assert_null(strstr(text, "a=simulcast"));
        assert_null(strstr(text, "stream-id"));
    }
    make(HEAD VIDEO EXT RIDS "a=simulcast:send h;m;l\r\n", ANSWER_SEND);
    assert_null(strstr(text, "a=simulcast"));
}

static void of_more_than_three_the_first(void **state)
{
    (void)state;
    make(HEAD VIDEO EXT RIDS "a=rid:x send\r\na=simulcast:send x;h,l;x;m;l\r\n", ANSWER_RECEIVE);
    assert_true(answer_says("a=simulcast:recv x;h;m"));
    assert_false(answer_says("a=rid:l recv"));
}

static void restrictions_are_said_back_with_payload_types_agreed_on(void **state)
{
    (void)state;
    make(HEAD VIDEO EXT "a=rid:h send max-width=1280;pt=98,97,96;max-fps=30\r\na=rid:l send\r\n"
                        "a=simulcast:send h;l\r\n",
         ANSWER_RECEIVE);
    assert_true(answer_says("a=rid:h recv max-width=1280;pt=98,96;max-fps=30"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_received),
        cmocka_unit_test(browsers_are_answered),
        cmocka_unit_test(there_is_one_stream_without_agreement),
        cmocka_unit_test(of_more_than_three_the_first),
        cmocka_unit_test(restrictions_are_said_back_with_payload_types_agreed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
