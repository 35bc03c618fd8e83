// Offers of ours: read and answered by our own parser, and concluded with answers of others.
#include "tests/unit/support/answered.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/peer/offer.h"

static const struct answer_candidate CANDIDATES[] = {
    {"192.0.2.10", 8801, false},
    {"2001:db8::10", 8801, false},
    {"192.0.2.10", 8801, true},
};

// Of the server that offers to send.
static const struct offer_config SENDER = {
    .role = ANSWER_SEND,
    .audio = true,
    .video = true,
    .local = {.ufrag = "OurUfrag",
              .pwd = "OurPasswordOf24Character",
              .fingerprint = DIGEST,
              .candidates = CANDIDATES,
              .candidate_count = 3,
              .audio_ssrc = 1111,
              .video_ssrc = 2222,
              .video_rtx_ssrc = 3333,
              .cname = "stream9"},
};

// What Chromium answers (shortened to what matters): first m-line with the transport.
#define THEIR_ICE                                                                                  \
    "a=ice-ufrag:Qm9v\r\na=ice-pwd:c2l0IHVuZGVyIHRoZSB0cmVl\r\na=ice-options:trickle\r\n"          \
    "a=fingerprint:sha-256 " DIGEST "\r\na=setup:active\r\n"
#define FEEDBACK(pt)                                                                               \
    "a=rtcp-fb:" pt " transport-cc\r\na=rtcp-fb:" pt " ccm fir\r\na=rtcp-fb:" pt " nack\r\n"       \
    "a=rtcp-fb:" pt " nack pli\r\n"
#define CHROMIUM                                                                                   \
    "v=0\r\no=- 4215775240449105457 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"  \
    "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"                                             \
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 "                   \
    "0.0.0.0\r\n" THEIR_ICE                                                                        \
    "a=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"                        \
    "a=extmap:3 "                                                                                  \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"                \
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=recvonly\r\na=rtcp-mux\r\n"               \
    "a=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"                  \
    "a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"    \
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 45 46\r\nc=IN IP4 0.0.0.0\r\n"                      \
    "a=rtcp:9 IN IP4 0.0.0.0\r\n" THEIR_ICE "a=mid:1\r\n"                                          \
    "a=extmap:3 "                                                                                  \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"                \
    "a=extmap:13 urn:3gpp:video-orientation\r\na=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"       \
    "a=rtpmap:96 VP8/90000\r\n" FEEDBACK(                                                          \
        "96") "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"                                      \
              "a=rtpmap:102 H264/90000\r\n" FEEDBACK(                                              \
                  "102") "a=fmtp:102 "                                                             \
                         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="        \
                         "42e01f\r\n"                                                              \
                         "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n"                        \
                         "a=rtpmap:45 AV1/90000\r\n" FEEDBACK(                                     \
                             "45") "a=fmtp:45 level-idx=5;profile=0;tier=0\r\na=rtpmap:46 "        \
                                   "rtx/90000\r\na=fmtp:46 apt=45\r\n"

// aiortc's way: one candidate, no rsize, session-level nothing, formats of its own in its order.
#define AIORTC                                                                                     \
    "v=0\r\no=- 3971 3971 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"                \
    "a=msid-semantic:WMS *\r\n"                                                                    \
    "m=audio 40001 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 192.0.2.77\r\na=recvonly\r\na=mid:0\r\n"      \
    "a=rtcp:9 IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"                       \
    "a=candidate:1 1 udp 2130706431 192.0.2.77 40001 typ host\r\na=end-of-candidates\r\n"          \
    "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"                                     \
    "a=fingerprint:sha-256 " DIGEST "\r\na=setup:active\r\n"                                       \
    "m=video 40001 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 192.0.2.77\r\na=recvonly\r\na=mid:1\r\n"    \
    "a=rtcp:9 IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n"                           \
    "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"  \
    "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"                                     \
    "a=fingerprint:sha-256 " DIGEST "\r\na=setup:active\r\n"

static struct terms theirs;
static char offer_text[16384];

static void write_offer(const struct offer_config *config)
{
    size_t len;
    assert_int_equal(offer_write(offer_text, sizeof(offer_text), &len, config), 0);
    assert_int_equal(len, strlen(offer_text));
    sdp_read(&offer, offer_text);
}

// The offer that `config` writes is answered by answer.c, and that answer concluded.
static void round_trip(const struct offer_config *config)
{
    static const struct answer_local remote = {
        .ufrag = "TheirUfrag",
        .pwd = "TheirPasswordOf24Charact",
        .fingerprint = DIGEST,
        .candidates = CANDIDATES,
        .candidate_count = 1,
        .audio_ssrc = 11,
        .video_ssrc = 22,
        .video_rtx_ssrc = 32,
        .cname = "theirs",
    };
    enum answer_role role = config->role == ANSWER_SEND ? ANSWER_RECEIVE : ANSWER_SEND;
    write_offer(config);
    if (answer_make(&offer, role, &remote, text, sizeof(text), &theirs, &refusal))
        fail_msg("our offer is refused: %s %s", refusal.field, refusal.detail);
    sdp_read(&answer, text);
    if (offer_conclude(&terms, &answer, config, &refusal))
        fail_msg("%s %s\n%s", refusal.field, refusal.detail, text);
}

static void test_offer_to_send(void **state)
{
    (void)state;
    write_offer(&SENDER);
    assert_int_equal(offer.media_count, 2);
    assert_true(offer.ice_lite && offer.extmap_allow_mixed);
    assert_int_equal(sdp_find_group(&offer, "BUNDLE")->count, 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct sdp_media *media = &offer.media[i];
        assert_int_equal(media->kind, i ? MEDIA_VIDEO : MEDIA_AUDIO);
        assert_int_equal(media->direction, SDP_SENDONLY);
        assert_int_equal(media->ice.setup, SDP_SETUP_ACTPASS);
        assert_true(media->rtcp_mux && media->rtcp_mux_only && media->rtcp_rsize);
        assert_true(slice_is(media->ice.ufrag, "OurUfrag"));
        assert_int_equal(media->ice.fingerprints[0].len, 32);
    }
    assert_int_equal(offer.media[0].candidate_count, 3);
    assert_true(offer.media[0].end_of_candidates);
    const struct sdp_media *video = &offer.media[1];
    assert_int_equal(video->format_count, 12);
    assert_int_equal(video->ssrc_groups[0].ssrcs[0], 2222);
    assert_int_equal(video->ssrc_groups[0].ssrcs[1], 3333);
    assert_true(slice_is(video->msids[0].stream, "stream9"));
    assert_true(slice_equal(video->msids[0].stream, offer.media[0].msids[0].stream));
    assert_int_equal(offer.media[0].ssrcs[0].ssrc, 1111);
}

static void test_offer_to_receive(void **state)
{
    (void)state;
    struct offer_config config = SENDER;
    config.role = ANSWER_RECEIVE;
    config.local.full_ice = config.dtls_active = true;
    config.local.candidate_count = 0;
    config.local.candidate_lines =
        "a=candidate:7 1 udp 1694498815 198.51.100.4 5000 typ srflx raddr "
        "192.0.2.10 rport 8801\r\n";
    write_offer(&config);
    assert_false(offer.ice_lite);
    assert_int_equal(offer.media[1].direction, SDP_RECVONLY);
    assert_int_equal(offer.media[1].ssrc_count, 0);
    assert_int_equal(offer.media[0].candidate_count, 1);
    assert_int_equal(offer.media[0].candidates[0].type, SDP_CANDIDATE_SRFLX);
    round_trip(&config);
    assert_true(terms.dtls_active); // our own servers answer passive
    assert_true(terms.video.twcc && terms.video.nack && terms.video.pli);
    assert_int_equal(terms_rtx_ssrc(&terms.video, 22), 32);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_TRANSPORT_CC), 3);
    assert_string_equal(terms.ufrag, "TheirUfrag");
}

static void test_codecs_and_kinds_are_chosen(void **state)
{
    (void)state;
    struct offer_config config = SENDER;
    config.audio = false;
    config.codecs = 1u << CODEC_H264;
    config.local.video_rtx_ssrc = 0;
    write_offer(&config);
    assert_int_equal(offer.media_count, 1);
    assert_true(slice_is(offer.media[0].mid, "0"));
    assert_int_equal(offer.media[0].format_count, 3);
    assert_null(strstr(offer_text, "rtx/"));
    config.codecs = 1u << CODEC_RED; // repeats Opus, which is not offered
    config.audio = true;
    size_t len;
    assert_int_equal(offer_write(offer_text, sizeof(offer_text), &len, &config), EINVAL);
    assert_int_equal(offer_write(offer_text, 900, &len, &SENDER), EMSGSIZE);
}

static void test_own_server_takes_what_is_pushed(void **state)
{
    (void)state;
    struct offer_config config = SENDER;
    config.local.full_ice = config.dtls_active = true;
    round_trip(&config);
    assert_true(terms.dtls_active);
    assert_int_equal(terms.video.codec_count, 6);
    assert_int_equal(terms.video.codecs[0].rtx_pt, 97);
    assert_int_equal(terms.audio.codec_count, 2);
    assert_int_equal(theirs.video.codec_count, 6);
    assert_string_equal(theirs.ufrag, "OurUfrag");
    // Nothing can be opened from here: this end is ICE-lite and DTLS-passive, and so is that one.
    refusal.status = 0;
    write_offer(&SENDER);
    assert_int_equal(
        answer_make(&offer, ANSWER_RECEIVE, &SENDER.local, text, sizeof(text), &theirs, &refusal),
        EPROTO);
    assert_string_equal(refusal.field, "a=ice-lite");
}

static void conclude(const char *sdp, int status, const char *field)
{
    sdp_read(&answer, sdp);
    int err = offer_conclude(&terms, &answer, &SENDER, &refusal);
    if (!status && err)
        fail_msg("refused: %s %s", refusal.field, refusal.detail);
    assert_int_equal(err, status == 0 ? 0 : status == 400 ? EBADMSG : EPROTO);
    assert_int_equal(refusal.status, status);
    assert_string_equal(refusal.field, field);
    assert_true(status == 0 || strlen(refusal.detail) > 10);
}

static void test_chromium_answers(void **state)
{
    (void)state;
    conclude(CHROMIUM, 0, "");
    assert_false(terms.dtls_active);
    assert_true(terms.bundled && !terms.video_tagged);
    assert_int_equal(terms.video.codec_count, 3);
    assert_int_equal(terms.video.codecs[1].codec, CODEC_H264);
    assert_int_equal(terms.video.codecs[2].rtx_pt, 46);
    assert_int_equal(terms.audio.codecs[1].codec, CODEC_RED);
    assert_true(terms.video.twcc && terms.video.nack && terms.video.pli && terms.video.fir);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_TRANSPORT_CC), 3);
    assert_int_equal(rtp_ext_map_id(&terms.video.ext, RTP_EXT_MID), 0);
    assert_string_equal(terms.pwd, "c2l0IHVuZGVyIHRoZSB0cmVl");
    assert_string_equal(terms.video.mid, "1");
}

static void test_aiortc_answers(void **state)
{
    (void)state;
    conclude(AIORTC, 0, "");
    assert_int_equal(terms.video.codec_count, 1);
    assert_int_equal(terms.video.codecs[0].rtx_pt, 97);
    assert_true(terms.video.nack && !terms.video.twcc);
    assert_int_equal(terms.audio.codec_count, 1);
    assert_string_equal(terms.ufrag, "8hhY");
}

static const char *with(const char *from, const char *to)
{
    return sdp_with(CHROMIUM, from, to);
}

static void test_bad_answers_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        int status;
        const char *field;
    } cases[] = {
        {"a=setup:active", "a=setup:actpass", 400, "a=setup"},
        {"a=setup:active", "a=setup:passive", 422, "a=setup"},
        {"a=setup:active\r\n", "", 400, "a=setup"},
        {"a=recvonly", "a=inactive", 422, "a=recvonly"},
        {"a=recvonly", "a=sendonly", 422, "a=recvonly"},
        {"a=rtcp-mux\r\n", "", 422, "a=rtcp-mux"},
        {"a=group:BUNDLE 0 1\r\n", "", 422, "a=group"},
        {"m=video 9", "m=video 0", 422, "m=video"},
        {"m=audio 9", "m=audio 0", 422, "m=audio"},
        {"m=audio 9", "m=text 9", 400, "m="},
        {"UDP/TLS/RTP/SAVPF", "RTP/AVP", 422, "m="},
        {"a=msid-semantic: WMS", "a=ice-lite", 422, "a=ice-lite"},
        {"a=fingerprint:sha-256", "a=thumbprint:sha-256", 400, "a=fingerprint"},
        {"a=ice-pwd:", "a=ice-word:", 400, "a=ice-pwd"},
        {"a=ice-ufrag:", "a=ice-frag:", 400, "a=ice-ufrag"},
        {"opus/48000/2", "speex/16000", 422, "m=audio"},
        // Ours under other numbers, and codecs we never offered.
        {"a=rtpmap:111 opus/48000/2", "a=rtpmap:111 L16/48000/2", 422, "m=audio"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s -> %s\n", cases[i].from, cases[i].to);
        conclude(with(cases[i].from, cases[i].to), cases[i].status, cases[i].field);
    }
    conclude(sdp_with(with("BUNDLE 0 1", "BUNDLE 0 v"), "a=mid:1", "a=mid:v"), 400, "a=mid");
    // One m-line more than was offered, and one less.
    char *longer = malloc(2 * sizeof(offer_text));
    assert_non_null(longer);
    snprintf(longer, 2 * sizeof(offer_text), "%s%s", CHROMIUM,
             "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=recvonly\r\n");
    conclude(longer, 400, "m=");
    free(longer);
    const char *lone = with("BUNDLE 0 1", "BUNDLE 0");
    snprintf(offer_text, sizeof(offer_text), "%.*s", (int)(strstr(lone, "m=video") - lone), lone);
    conclude(offer_text, 400, "m=");
}

static void test_only_what_was_offered_is_used(void **state)
{
    (void)state;
    // VP8 under a number of H264, VP9 nobody offered under this number: only AV1 is left.
    const char *moved = with("a=rtpmap:96 VP8", "a=rtpmap:96 VP9");
    static char twice[16384];
    snprintf(twice, sizeof(twice), "%s", moved);
    char *h264 = strstr(twice, "a=rtpmap:102 H264");
    memcpy(h264, "a=rtpmap:102 VP8/", 17);
    memcpy(h264 + 17, "90000\r\na=x:", 11);
    sdp_read(&answer, twice);
    assert_int_equal(offer_conclude(&terms, &answer, &SENDER, &refusal), 0);
    assert_int_equal(terms.video.codec_count, 1);
    assert_int_equal(terms.video.codecs[0].codec, CODEC_AV1);
    // RTX that was never offered is not used.
    struct offer_config config = SENDER;
    config.local.video_rtx_ssrc = 0;
    sdp_read(&answer, CHROMIUM);
    assert_int_equal(offer_conclude(&terms, &answer, &config, &refusal), 0);
    assert_false(terms_have_rtx(&terms.video));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offer_to_send),
        cmocka_unit_test(test_offer_to_receive),
        cmocka_unit_test(test_codecs_and_kinds_are_chosen),
        cmocka_unit_test(test_own_server_takes_what_is_pushed),
        cmocka_unit_test(test_chromium_answers),
        cmocka_unit_test(test_aiortc_answers),
        cmocka_unit_test(test_bad_answers_are_named),
        cmocka_unit_test(test_only_what_was_offered_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
