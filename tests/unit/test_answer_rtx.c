// Retransmission streams in offers and answers: RFC 4588 section 8, RFC 5576 section 4.2.
#include "tests/unit/support/answered.h"

#include <stdio.h>
#include <string.h>

#define HEAD SESSION "a=group:BUNDLE 0 1\r\n" TRANSPORT
#define AUDIO(pt)                                                                                  \
    "m=audio 9 UDP/TLS/RTP/SAVPF " #pt "\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"               \
    "a=rtpmap:" #pt " opus/48000/2\r\n"
#define VIDEO(formats, nack)                                                                       \
    "m=video 9 UDP/TLS/RTP/SAVPF " formats "\r\na=mid:1\r\na=sendrecv\r\na=rtcp-mux\r\n"           \
    "a=rtpmap:96 VP8/90000\r\na=rtpmap:98 VP9/90000\r\n" nack
#define NACK "a=rtcp-fb:96 nack\r\na=rtcp-fb:98 nack\r\n"
#define RTX  "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96;rtx-time=2000\r\n"

#define BOTH NACK "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\n"
#define COUNTED(pt)                                                                                \
    "a=rtcp-fb:" #pt " transport-cc\r\n"                                                           \
    "a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"

static void make(const char *sdp, enum answer_role role)
{
    static const struct answer_local local = {
        .ufrag = "OurUfrag",
        .pwd = "OurPasswordOf24Character",
        .fingerprint = DIGEST,
        .audio_ssrc = 1111,
        .video_ssrc = 2222,
        .video_rtx_ssrc = 3333,
        .cname = "stream9",
    };
    answer_accept(sdp, role, &local);
}

// The answer's RTX for a codec; 0 when there is none.
static uint8_t rtx_of(uint8_t pt)
{
    const struct sdp_media *video = &answer.media[1];
    for (unsigned i = 0; i < video->format_count; i++)
        if (video->formats[i].codec == CODEC_RTX && video->formats[i].apt == pt)
            return video->formats[i].pt;
    return 0;
}

static void viewers_learn_the_repairing_source(void **state)
{
    (void)state;
    make(HEAD AUDIO(111) VIDEO("96 97 98", NACK RTX), ANSWER_SEND);
    const struct sdp_media *video = &answer.media[1];
    assert_int_equal(rtx_of(96), 97);
    assert_int_equal(rtx_of(98), 0);
    assert_int_equal(terms_by_pt(&terms.video, 96)->rtx_pt, 97);
    assert_int_equal(terms_by_pt(&terms.video, 98)->rtx_pt, 0);
    assert_true(terms_have_rtx(&terms.video) && !terms_have_rtx(&terms.audio));
    assert_int_equal(video->ssrc_group_count, 1);
    assert_true(slice_is(video->ssrc_groups[0].semantics, "FID"));
    assert_int_equal(video->ssrc_groups[0].ssrcs[0], 2222);
    assert_int_equal(video->ssrc_groups[0].ssrcs[1], 3333);
    assert_int_equal(video->ssrc_count, 2);
    assert_int_equal(video->ssrcs[0].ssrc, 2222);
    assert_int_equal(video->ssrcs[1].ssrc, 3333);
    assert_true(slice_is(video->ssrcs[1].cname, "stream9"));
    assert_int_equal(answer.media[0].ssrc_count, 1);
    assert_int_equal(answer.media[0].ssrc_group_count, 0);
}

static void nothing_is_said_when_it_was_not_offered(void **state)
{
    (void)state;
    make(HEAD AUDIO(111) VIDEO("96 98", NACK), ANSWER_SEND);
    assert_null(strstr(text, "rtx"));
    assert_null(strstr(text, "FID"));
    assert_int_equal(answer.media[1].ssrc_count, 1);
    assert_false(terms_have_rtx(&terms.video));
}

static void what_cannot_repair_is_not_agreed_on(void **state)
{
    static const char *const offers[] = {
        HEAD AUDIO(111) VIDEO("96 97 98", RTX), // nothing can be asked for
        HEAD AUDIO(111) VIDEO("96 97 98", NACK "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=99\r\n"),
        HEAD AUDIO(111) VIDEO("96 97 98", NACK "a=rtpmap:97 rtx/90000\r\n"),
        HEAD AUDIO(111) VIDEO("96 97 98", NACK "a=rtpmap:97 rtx/48000\r\na=fmtp:97 apt=96\r\n"),
        HEAD VIDEO("96 97 98", NACK RTX) AUDIO(97), // a codec comes first
        HEAD AUDIO(97) VIDEO("96 97 98", NACK RTX),
    };
    (void)state;
    for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
        make(offers[i], ANSWER_SEND);
        assert_null(strstr(text, "rtx"));
        assert_null(strstr(text, "FID"));
        assert_int_equal(terms.audio.codec_count, 1);
    }
}

static void two_for_one_codec_and_one_for_two(void **state)
{
    (void)state;
    make(HEAD AUDIO(111)
             VIDEO("96 97 98 99 100", NACK RTX "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=96\r\n"
                                               "a=rtpmap:100 rtx/90000\r\na=fmtp:100 apt=98\r\n"),
         ANSWER_RECEIVE);
    assert_int_equal(terms_by_pt(&terms.video, 96)->rtx_pt, 97);
    assert_int_equal(terms_by_pt(&terms.video, 98)->rtx_pt, 100);
    assert_null(strstr(text, " 99"));
    assert_null(strstr(text, "FID")); // we send nothing here
}

static void browsers_publish_with_it(void **state)
{
    (void)state;
    make(sdp_file("tests/unit/data/chromium-offer.sdp"), ANSWER_RECEIVE);
    assert_int_equal(rtx_of(96), 97);
    assert_int_equal(rtx_of(102), 103);
    assert_int_equal(rtx_of(45), 46);
    assert_int_equal(rtx_of(112), 0); // of RED for video, which we do not have
    assert_null(strstr(text, "ulpfec"));
    char *firefox = (char *)(uintptr_t)sdp_file("tests/unit/data/firefox-offer.sdp");
    *strstr(firefox, "m=application") = 0;
    char *bundle = strstr(firefox, "BUNDLE 0 1 2");
    memmove(bundle + 10, bundle + 12, strlen(bundle + 12) + 1);
    make(firefox, ANSWER_RECEIVE);
    assert_int_equal(rtx_of(120), 124);
    assert_int_equal(terms_rtx_ssrc(&terms.video, 314159265), 271828182);
    assert_int_equal(terms_rtx_ssrc(&terms.video, 271828182), 0);
}

static void more_pairs_than_there_is_room_for(void **state)
{
    char sdp[8192] = HEAD AUDIO(111) VIDEO("96 97", NACK RTX);
    (void)state;
    for (unsigned i = 1; i <= 6; i++)
        sprintf(sdp + strlen(sdp), "a=ssrc-group:FID %u %u\r\n", i, i + 100);
    strcat(sdp, "a=ssrc-group:SIM 1 2 3\r\na=ssrc-group:FID 9 10 11\r\n");
    make(sdp, ANSWER_RECEIVE);
    assert_int_equal(terms.video.fid_count, TERMS_FIDS_MAX);
    assert_int_equal(terms_rtx_ssrc(&terms.video, 4), 104);
    assert_int_equal(terms_rtx_ssrc(&terms.video, 9), 0);
}

static bool has_numbers(const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->extmap_count; i++)
        if (slice_is(media->extmaps[i].uri, rtp_ext_uri(RTP_EXT_TRANSPORT_CC)))
            return true;
    return false;
}

// Nothing that a viewer can ask for again may carry a transport-wide number, unless RTX repairs it.
static void numbers_for_viewers_only_where_nothing_is_sent_twice(void **state)
{
    (void)state;
    make(HEAD AUDIO(111) COUNTED(111) VIDEO("96 97 98 99", BOTH RTX) COUNTED(96), ANSWER_SEND);
    assert_true(has_numbers(&answer.media[0]) && has_numbers(&answer.media[1]));
    assert_true(terms.audio.twcc && terms.video.twcc);
    assert_int_equal(answer.media[0].formats[0].feedback, SDP_FB_TRANSPORT_CC);
    assert_int_equal(answer.media[1].formats[0].feedback, SDP_FB_NACK | SDP_FB_TRANSPORT_CC);
    // One codec has no RTX, or sound can be asked for.
    make(HEAD AUDIO(111) COUNTED(111) "a=rtcp-fb:111 nack\r\n" VIDEO("96 97 98", NACK RTX)
             COUNTED(96),
         ANSWER_SEND);
    assert_false(has_numbers(&answer.media[0]) || has_numbers(&answer.media[1]));
    assert_false(terms.audio.twcc || terms.video.twcc);
    assert_true(terms.audio.nack && terms.video.nack);
    assert_null(strstr(text, "transport-cc"));
    assert_null(strstr(text, "goog-remb"));
    // Nothing can be asked for at all.
    make(HEAD AUDIO(111) VIDEO("96 98", "") COUNTED(96), ANSWER_SEND);
    assert_true(has_numbers(&answer.media[1]) && !has_numbers(&answer.media[0]));
    // Publishers count whatever they send.
    make(HEAD AUDIO(111) COUNTED(111) VIDEO("96 98", NACK) COUNTED(96), ANSWER_RECEIVE);
    assert_true(has_numbers(&answer.media[0]) && has_numbers(&answer.media[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(viewers_learn_the_repairing_source),
        cmocka_unit_test(nothing_is_said_when_it_was_not_offered),
        cmocka_unit_test(what_cannot_repair_is_not_agreed_on),
        cmocka_unit_test(two_for_one_codec_and_one_for_two),
        cmocka_unit_test(browsers_publish_with_it),
        cmocka_unit_test(numbers_for_viewers_only_where_nothing_is_sent_twice),
        cmocka_unit_test(more_pairs_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
