// Offers in, answers and terms out. Every answer is read again by the parser of offers.
#include "tests/unit/support/answered.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUDIO_LINES                                                                                \
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n" TRANSPORT              \
    "a=recvonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"                                    \
    "a=fmtp:111 minptime=10;stereo=1;useinbandfec=1\r\na=rtcp-fb:111 transport-cc\r\n"             \
    "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"                                             \
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"                                   \
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
#define VIDEO_LINES                                                                                \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 45\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n" TRANSPORT        \
    "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:96 VP8/90000\r\n"                        \
    "a=rtcp-fb:* nack\r\na=rtcp-fb:* nack pli\r\na=rtcp-fb:* ccm fir\r\n"                          \
    "a=rtcp-fb:* transport-cc\r\na=rtcp-fb:* goog-remb\r\n"                                        \
    "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"                                                \
    "a=rtpmap:102 H264/90000\r\n"                                                                  \
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"        \
    "a=rtpmap:45 AV1/90000\r\na=extmap:5 urn:3gpp:video-orientation\r\n"                           \
    "a=extmap:6 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"                    \
    "a=extmap:7 "                                                                                  \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"                \
    "a=extmap:8 https://aomediacodec.github.io/av1-rtp-spec/"                                      \
    "#dependency-descriptor-rtp-header-extension\r\n"
#define WATCH SESSION "a=group:BUNDLE 0 1\r\n" AUDIO_LINES VIDEO_LINES

static const struct answer_candidate CANDIDATES[] = {
    {"192.0.2.10", 8801, false},
    {"2001:db8::10", 8801, false},
    {"192.0.2.10", 8801, true},
    {"2001:db8::10", 8801, true},
};

static const struct answer_local LOCAL = {
    .ufrag = "OurUfrag",
    .pwd = "OurPasswordOf24Character",
    .fingerprint = DIGEST,
    .candidates = CANDIDATES,
    .candidate_count = 4,
    .audio_ssrc = 1111,
    .video_ssrc = 2222,
    .cname = "stream9",
};

static int make(const char *sdp, enum answer_role role)
{
    return answer_try(sdp, role, &LOCAL);
}

static void accept(const char *sdp, enum answer_role role)
{
    answer_accept(sdp, role, &LOCAL);
}

static void refuse(const char *sdp, enum answer_role role, int status, const char *field)
{
    int err = make(sdp, role);
    assert_int_equal(err, status == 400 ? EBADMSG : EPROTO);
    assert_int_equal(refusal.status, status);
    assert_string_equal(refusal.field, field);
    assert_true(strlen(refusal.detail) > 10);
}

static bool has_ext(const struct sdp_media *media, enum rtp_ext kind)
{
    for (unsigned i = 0; i < media->extmap_count; i++)
        if (slice_is(media->extmaps[i].uri, rtp_ext_uri(kind)))
            return true;
    return false;
}

static void test_chromium_publishes(void **state)
{
    (void)state;
    accept(sdp_file("tests/unit/data/chromium-offer.sdp"), ANSWER_RECEIVE);
    static const enum codec want[] = {CODEC_VP8, CODEC_H264, CODEC_H264, CODEC_H264,
                                      CODEC_AV1, CODEC_VP9,  CODEC_VP9};
    assert_int_equal(terms.audio.codec_count, 2);
    assert_int_equal(terms.audio.codecs[0].codec, CODEC_OPUS);
    assert_string_equal(terms.audio.codecs[0].fmtp, "minptime=10;useinbandfec=1");
    assert_int_equal(terms.audio.codecs[1].codec, CODEC_RED);
    assert_int_equal(terms.video.codec_count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(terms.video.codecs[i].codec, want[i]);
    assert_true(answer.ice_lite);
    for (unsigned i = 0; i < 2; i++) {
        const struct sdp_media *media = &answer.media[i];
        assert_int_equal(media->direction, SDP_RECVONLY);
        assert_true(media->rtcp_mux && !media->rtcp_mux_only && media->rtcp_rsize);
        assert_int_equal(media->ice.setup, SDP_SETUP_PASSIVE);
        assert_int_equal(media->rid_count, i ? 3 : 0); // more in test_answer_simulcast.c
        assert_int_equal(has_ext(media, RTP_EXT_RID), i);
        assert_int_equal(media->ssrc_count, 0);
    }
    assert_true(answer_says("a=group:BUNDLE 0 1"));
    assert_null(strstr(text, "ulpfec"));
    assert_null(strstr(text, "ice-options"));
    assert_string_equal(terms.ufrag, "Qm9v");
    assert_string_equal(terms.pwd, "c2l0IHVuZGVyIHRoZSB0cmVl");
    assert_string_equal(terms.fingerprint_hash, "sha-256");
    assert_int_equal(terms.fingerprint_len, 32);
    assert_int_equal(terms.fingerprint[1], 0x30);
}

static void test_publish_feedback_and_extensions(void **state)
{
    (void)state;
    const char *sdp = sdp_file("tests/unit/data/chromium-offer.sdp");
    accept(sdp, ANSWER_RECEIVE);
    assert_true(terms.video.nack && terms.video.pli && terms.video.fir && terms.video.twcc);
    assert_false(terms.video.remb);
    assert_true(terms.audio.twcc && !terms.audio.nack);
    assert_true(answer_says("a=rtcp-fb:96 transport-cc"));
    assert_null(strstr(text, "goog-remb"));
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_TRANSPORT_CC), 3);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_VIDEO_ORIENTATION), 13);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_MID), 4);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_TOFFSET), 0);
    assert_int_equal(rtp_ext_map_id(&terms.audio.ext, RTP_EXT_AUDIO_LEVEL), 1);
    // Without the extension, or without the feedback, it is REMB.
    accept(sdp_with(sdp, "draft-holmer", "draft-other"), ANSWER_RECEIVE);
    assert_true(terms.video.remb && !terms.video.twcc && !terms.audio.twcc);
    assert_true(answer_says("a=rtcp-fb:96 goog-remb"));
    assert_null(strstr(text, "transport-cc"));
    accept(sdp_with(sdp, " transport-cc\r", " other-cc\r"), ANSWER_RECEIVE);
    assert_true(terms.video.remb && !terms.video.twcc);
    assert_false(has_ext(&answer.media[1], RTP_EXT_TRANSPORT_CC));
}

static void test_publishes_one_stream(void **state)
{
    (void)state;
    const char *sdp = sdp_file("tests/unit/data/chromium-offer.sdp");
    refuse(sdp_with(sdp, "a=msid:booth-stream booth-video", "a=msid:screen booth-video"),
           ANSWER_RECEIVE, 422, "a=msid");
    accept(sdp_with(sdp, "a=msid:booth-stream booth-video", "a=msid:- booth-video"),
           ANSWER_RECEIVE);
}

static void test_viewer_watches(void **state)
{
    (void)state;
    accept(WATCH, ANSWER_SEND);
    const struct sdp_media *audio = &answer.media[0], *video = &answer.media[1];
    assert_int_equal(audio->direction, SDP_SENDONLY);
    assert_int_equal(video->direction, SDP_SENDONLY);
    assert_true(terms.video.nack && terms.video.pli && terms.video.fir);
    assert_false(terms.video.twcc || terms.video.remb || terms.audio.twcc);
    assert_null(strstr(text, "transport-cc"));
    assert_null(strstr(text, "goog-remb"));
    assert_true(answer_says("a=msid:stream9 audio"));
    assert_true(answer_says("a=msid:stream9 video"));
    assert_int_equal(audio->ssrcs[0].ssrc, 1111);
    assert_int_equal(video->ssrcs[0].ssrc, 2222);
    assert_true(slice_is(video->ssrcs[0].cname, "stream9"));
    assert_true(has_ext(audio, RTP_EXT_AUDIO_LEVEL) && !has_ext(audio, RTP_EXT_MID));
    assert_true(has_ext(video, RTP_EXT_VIDEO_ORIENTATION));
    assert_false(has_ext(video, RTP_EXT_ABS_SEND_TIME) || has_ext(video, RTP_EXT_TRANSPORT_CC));
    assert_true(video->rtcp_rsize && !audio->rtcp_rsize);
    assert_true(answer_says("a=fmtp:111 minptime=10;stereo=1;useinbandfec=1"));
    accept(sdp_with(WATCH, "a=recvonly", "a=sendrecv"), ANSWER_SEND);
    assert_int_equal(answer.media[0].direction, SDP_SENDONLY);
}

static void test_long_headers_only_when_mixed_is_allowed(void **state)
{
    (void)state;
    accept(WATCH, ANSWER_SEND);
    assert_false(has_ext(&answer.media[1], RTP_EXT_DEPENDENCY_DESCRIPTOR));
    accept(sdp_with(WATCH, "a=extmap:5 ", "a=extmap:15 "), ANSWER_SEND);
    assert_false(has_ext(&answer.media[1], RTP_EXT_VIDEO_ORIENTATION));
    const char *mixed = sdp_with(WATCH, "t=0 0\r\n", "t=0 0\r\na=extmap-allow-mixed\r\n");
    accept(sdp_with(mixed, "a=extmap:5 ", "a=extmap:15 "), ANSWER_SEND);
    assert_true(has_ext(&answer.media[1], RTP_EXT_DEPENDENCY_DESCRIPTOR));
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_VIDEO_ORIENTATION), 15);
    assert_true(answer.media[1].extmap_allow_mixed);
}

static void test_candidates(void **state)
{
    (void)state;
    accept(WATCH, ANSWER_SEND);
    const struct sdp_media *media = &answer.media[0];
    assert_int_equal(media->candidate_count, 4);
    assert_true(media->end_of_candidates);
    assert_int_equal(answer.media[1].candidate_count, 0);
    const struct sdp_candidate *c = media->candidates;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(c[i].component, 1);
        assert_int_equal(c[i].port, 8801);
        assert_int_equal(c[i].type, SDP_CANDIDATE_HOST);
        assert_int_equal(c[i].tcptype, i < 2 ? SDP_TCPTYPE_NONE : SDP_TCPTYPE_PASSIVE);
        assert_true(slice_is(c[i].address, CANDIDATES[i].host));
        for (unsigned j = 0; j < i; j++)
            assert_false(slice_equal(c[i].foundation, c[j].foundation));
    }
    assert_true(c[1].priority > c[0].priority); // IPv6 first
    assert_true(c[0].priority > c[3].priority); // UDP before TCP
    assert_true(c[3].priority > c[2].priority);
    assert_int_equal(c[1].priority >> 24, 126);
    assert_true(slice_is(media->ice.ufrag, LOCAL.ufrag));
    assert_true(slice_is(media->ice.pwd, LOCAL.pwd));
    assert_int_equal(media->ice.fingerprints[0].len, 32);
}

static void test_tagged_line_is_the_first_of_the_bundle(void **state)
{
    (void)state;
    accept(sdp_with(WATCH, "BUNDLE 0 1", "BUNDLE 1 0"), ANSWER_SEND);
    assert_true(answer_says("a=group:BUNDLE 1 0"));
    assert_int_equal(answer.media[0].candidate_count, 0);
    assert_int_equal(answer.media[1].candidate_count, 4);
}

static void test_firefox_directions_on_extensions(void **state)
{
    (void)state;
    char sdp[SDP_TEXT_MAX];
    strcpy(sdp, sdp_file("tests/unit/data/firefox-offer.sdp"));
    refuse(sdp, ANSWER_RECEIVE, 422, "m="); // it has a data channel
    *strstr(sdp, "m=application") = 0;
    const char *two = sdp_with(sdp, "BUNDLE 0 1 2", "BUNDLE 0 1");
    accept(two, ANSWER_RECEIVE);
    assert_false(has_ext(&answer.media[1], RTP_EXT_PLAYOUT_DELAY)); // they only receive it
    assert_true(answer_says("a=extmap:8/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
    assert_int_equal(terms.video.codec_count, 2);
    accept(sdp_with(two, "extmap:1 ", "extmap:1/sendonly "), ANSWER_RECEIVE);
    assert_true(answer_says("a=extmap:1/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level"));
    accept(sdp_with(WATCH, "extmap:1 ", "extmap:1/recvonly "), ANSWER_SEND);
    assert_true(answer_says("a=extmap:1/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level"));
    accept(sdp_with(WATCH, "extmap:1 ", "extmap:1/sendonly "), ANSWER_SEND);
    assert_false(has_ext(&answer.media[0], RTP_EXT_AUDIO_LEVEL));
}

static void test_one_id_with_two_meanings(void **state)
{
    (void)state;
    accept(sdp_with(WATCH, "a=extmap:5 ", "a=extmap:1 "), ANSWER_SEND);
    assert_true(has_ext(&answer.media[0], RTP_EXT_AUDIO_LEVEL));
    assert_false(has_ext(&answer.media[1], RTP_EXT_VIDEO_ORIENTATION));
    accept(sdp_with(WATCH, "a=extmap:5 ", "a=extmap:4100 "), ANSWER_SEND);
    assert_false(has_ext(&answer.media[1], RTP_EXT_VIDEO_ORIENTATION));
}

static void test_directions_refused(void **state)
{
    (void)state;
    refuse(WATCH, ANSWER_RECEIVE, 422, "a=sendonly");
    refuse(sdp_with(WATCH, "a=recvonly", "a=inactive"), ANSWER_RECEIVE, 422, "a=sendonly");
    refuse(sdp_with(WATCH, "a=recvonly", "a=inactive"), ANSWER_SEND, 422, "a=recvonly");
    refuse(sdp_with(WATCH, "a=recvonly", "a=sendonly"), ANSWER_SEND, 422, "a=recvonly");
    // One m-line of two: all are refused.
    refuse(sdp_with(WATCH, "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize", "a=inactive\r\na=rtcp-mux"),
           ANSWER_SEND, 422, "a=recvonly");
}

static void test_transport_refused(void **state)
{
    (void)state;
    accept(sdp_with(WATCH, "setup:actpass", "setup:active"), ANSWER_SEND);
    refuse(sdp_with(WATCH, "setup:actpass", "setup:passive"), ANSWER_SEND, 422, "a=setup");
    refuse(sdp_with(WATCH, "setup:actpass", "setup:holdconn"), ANSWER_SEND, 422, "a=setup");
    refuse(sdp_with(WATCH, "a=setup:actpass\r\n", ""), ANSWER_SEND, 422, "a=setup");
    refuse(sdp_with(WATCH, "a=rtcp-mux\r\n", ""), ANSWER_SEND, 422, "a=rtcp-mux");
    refuse(sdp_with(WATCH, "a=group:BUNDLE 0 1\r\n", ""), ANSWER_SEND, 422, "a=group");
    refuse(sdp_with(WATCH, "a=group:BUNDLE 0 1\r\n", "a=group:BUNDLE 0\r\n"), ANSWER_SEND, 422,
           "a=group");
    refuse(sdp_with(WATCH, "a=ice-ufrag:abcd\r\n", ""), ANSWER_SEND, 400, "a=ice-ufrag");
    refuse(sdp_with(WATCH, "a=ice-pwd:0123456789012345678901\r\n", ""), ANSWER_SEND, 400,
           "a=ice-pwd");
    refuse(sdp_with(WATCH, "t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n"), ANSWER_SEND, 422, "a=ice-lite");
    accept(sdp_with(WATCH, "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rtcp-mux-only\r\n"), ANSWER_SEND);
    assert_null(strstr(text, "rtcp-mux-only"));
}

static void test_credentials_out_of_bounds_are_malformed(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"ufrag:abcd", "ufrag:abc"},
        {"ufrag:abcd", "ufrag:ab d"},
        {"ufrag:abcd", "ufrag:ab_d"},
        {"pwd:0123456789012345678901", "pwd:012345678901234567890"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *sdp = sdp_with(WATCH, bad[i][0], bad[i][1]);
        assert_int_equal(sdp_parse(&offer, sdp, strlen(sdp), NULL), EBADMSG);
    }
}

static void test_fingerprints(void **state)
{
    (void)state;
    refuse(sdp_with(WATCH, "a=fingerprint:sha-256 " DIGEST "\r\n", ""), ANSWER_SEND, 400,
           "a=fingerprint");
    refuse(sdp_with(WATCH, "sha-256 " DIGEST, "sha-1 " HALF_DIGEST ":00:01:02:03"), ANSWER_SEND,
           422, "a=fingerprint");
    accept(sdp_with(WATCH, "sha-256 " DIGEST, "SHA-384 " DIGEST ":" HALF_DIGEST), ANSWER_SEND);
    assert_int_equal(terms.fingerprint_len, 48);
    accept(sdp_with(WATCH, "a=fingerprint:sha-256",
                    "a=fingerprint:sha-1 " HALF_DIGEST ":00:01:02:03\r\na=fingerprint:sha-256"),
           ANSWER_SEND);
    assert_string_equal(terms.fingerprint_hash, "sha-256");
}

static void test_protocols(void **state)
{
    (void)state;
    static const char *const good[] = {"UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF"};
    static const char *const bad[] = {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"};
    for (size_t i = 0; i < 2; i++) {
        accept(sdp_with(WATCH, "UDP/TLS/RTP/SAVPF", good[i]), ANSWER_SEND);
        assert_true(slice_is(answer.media[0].protocol_text, good[i]));
    }
    for (size_t i = 0; i < 4; i++)
        refuse(sdp_with(WATCH, "UDP/TLS/RTP/SAVPF", bad[i]), ANSWER_SEND, 422, "m=");
    refuse(sdp_with(WATCH, "a=mid:0\r\n",
                    "a=mid:0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
                    "inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\r\n"),
           ANSWER_SEND, 422, "a=crypto");
}

static void test_media_lines(void **state)
{
    (void)state;
    accept(SESSION AUDIO_LINES, ANSWER_SEND); // one m-line needs no bundle
    assert_null(strstr(text, "BUNDLE"));
    assert_false(terms.video.present);
    assert_true(terms.audio.present);
    assert_string_equal(terms.audio.mid, "0");
    accept(sdp_with(SESSION AUDIO_LINES, "a=mid:0\r\n", ""), ANSWER_SEND);
    assert_null(strstr(text, "a=mid"));
    refuse(SESSION, ANSWER_SEND, 422, "m=");
    refuse(sdp_with(sdp_with(SESSION "a=group:BUNDLE 0 1\r\n" AUDIO_LINES AUDIO_LINES,
                             "a=mid:0\r\n", ""),
                    "a=group:BUNDLE 0 1\r\n", ""),
           ANSWER_SEND, 422, "m=");
    refuse(sdp_with(WATCH, "m=video 9", "m=video 0"), ANSWER_SEND, 422, "m=");
    accept(
        sdp_with(sdp_with(WATCH, "m=video 9", "m=video 0"), "a=mid:1", "a=bundle-only\r\na=mid:1"),
        ANSWER_SEND);
    assert_int_equal(answer.media[1].port, 9);
    refuse(SESSION "m=text 9 UDP/TLS/RTP/SAVPF 98\r\nc=IN IP4 0.0.0.0\r\n" TRANSPORT
                   "a=rtcp-mux\r\na=rtpmap:98 t140/1000\r\n",
           ANSWER_SEND, 422, "m=");
}

static void test_codecs(void **state)
{
    (void)state;
    refuse(sdp_with(WATCH, "opus/48000/2", "PCMU/8000"), ANSWER_SEND, 422, "m=audio");
    const char *sdp = sdp_with(sdp_with(WATCH, "VP8/90000", "H265/90000"), "AV1/90000",
                               "theora/90000");
    accept(sdp, ANSWER_SEND);
    assert_int_equal(terms.video.codec_count, 1);
    refuse(sdp_with(sdp, "packetization-mode=1", "packetization-mode=2"), ANSWER_SEND, 422,
           "m=video");
    // RED first in the offer comes behind Opus; RED around something else is left out.
    accept(sdp_with(WATCH, "SAVPF 111 63", "SAVPF 63 111"), ANSWER_SEND);
    assert_int_equal(terms.audio.codecs[0].codec, CODEC_OPUS);
    assert_int_equal(terms.audio.codecs[1].codec, CODEC_RED);
    accept(sdp_with(WATCH, "fmtp:63 111/111", "fmtp:63 112/112"), ANSWER_SEND);
    assert_int_equal(terms.audio.codec_count, 1);
    // A payload type has one meaning in a bundle.
    accept(sdp_with(sdp_with(WATCH, "SAVPF 96 97", "SAVPF 111 97"), ":96 ", ":111 "), ANSWER_SEND);
    assert_null(terms_by_pt(&terms.video, 111));
    assert_int_equal(terms.video.codecs[0].codec, CODEC_H264);
}

static void test_small_buffer(void **state)
{
    (void)state;
    accept(WATCH, ANSWER_SEND);
    size_t len = strlen(text);
    for (size_t size = 0; size <= len; size++) {
        char *small = malloc(size ? size : 1);
        assert_int_equal(answer_make(&offer, ANSWER_SEND, &LOCAL, small, size, &terms, &refusal),
                         EMSGSIZE);
        free(small);
    }
    assert_int_equal(answer_make(&offer, ANSWER_SEND, &LOCAL, text, len + 1, &terms, &refusal), 0);
}

// Whatever is in an offer that can be read: an answer that can be read, or a whole refusal.
static void test_scrambled_offers(void **state)
{
    (void)state;
    static const char *const sources[] = {WATCH, SESSION VIDEO_LINES};
    static char scrambled[SDP_TEXT_MAX];
    unsigned seed = 1, answered = 0, refused = 0;
    for (unsigned n = 0; n < 6000; n++) {
        strcpy(scrambled, sources[n % 2]);
        size_t len = strlen(scrambled);
        for (unsigned k = 0; k < 1 + n % 3; k++) {
            seed = seed * 1103515245u + 12345u;
            size_t at = seed / 65536 * 7 % len;
            char c = scrambled[at];
            if (c >= '0' && c <= '9')
                scrambled[at] = (char)('0' + seed / 4096 % 10);
            else if (c >= 'a' && c <= 'z')
                scrambled[at] = (char)('a' + seed / 4096 % 26);
        }
        if (sdp_parse(&offer, scrambled, len, NULL) != 0)
            continue;
        int err = answer_make(&offer, n % 4 < 2 ? ANSWER_SEND : ANSWER_RECEIVE, &LOCAL, text,
                              sizeof(text), &terms, &refusal);
        assert_int_equal(err == 0, refusal.status == 0);
        if (err == 0)
            assert_int_equal(sdp_parse(&answer, text, strlen(text), NULL), 0);
        *(err ? &refused : &answered) += 1;
    }
    assert_true(answered > 500 && refused > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chromium_publishes),
        cmocka_unit_test(test_publish_feedback_and_extensions),
        cmocka_unit_test(test_publishes_one_stream),
        cmocka_unit_test(test_viewer_watches),
        cmocka_unit_test(test_long_headers_only_when_mixed_is_allowed),
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_tagged_line_is_the_first_of_the_bundle),
        cmocka_unit_test(test_firefox_directions_on_extensions),
        cmocka_unit_test(test_one_id_with_two_meanings),
        cmocka_unit_test(test_directions_refused),
        cmocka_unit_test(test_transport_refused),
        cmocka_unit_test(test_credentials_out_of_bounds_are_malformed),
        cmocka_unit_test(test_fingerprints),
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_media_lines),
        cmocka_unit_test(test_codecs),
        cmocka_unit_test(test_small_buffer),
        cmocka_unit_test(test_scrambled_offers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
