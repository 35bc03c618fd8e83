#include "gateway/packet/sdp.h"

#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct sdp sdp;
static char text[SDP_TEXT_MAX];

static void load(const char *file)
{
    FILE *in = fopen(file, "rb");
    assert_non_null(in);
    size_t len = fread(text, 1, sizeof(text) - 1, in);
    fclose(in);
    text[len] = 0;
}

static void parse_file(const char *file)
{
    struct sdp_error error;
    load(file);
    if (sdp_parse(&sdp, text, strlen(text), &error))
        fail_msg("%s:%u: %s %s", file, error.line, error.attribute, error.text);
}

static void assert_slice(struct slice s, const char *want)
{
    if (!slice_is(s, want))
        fail_msg("\"%.*s\" is not \"%s\"", SLICE_ARG(s), want);
}

static void chromium_session(void **state)
{
    (void)state;
    parse_file("tests/unit/data/chromium-offer.sdp");
    const struct sdp_group *bundle = sdp_find_group(&sdp, "BUNDLE");
    assert_non_null(bundle);
    assert_int_equal(bundle->count, 2);
    assert_slice(bundle->mids[1], "1");
    assert_null(sdp_find_group(&sdp, "LS"));
    assert_int_equal(sdp.media_count, 2);
    assert_false(sdp.ice_lite);
    assert_true(sdp.extmap_allow_mixed && sdp.media[0].extmap_allow_mixed);
    assert_ptr_equal(sdp_find_media(&sdp, slice_of("1")), &sdp.media[1]);
    assert_null(sdp_find_media(&sdp, slice_of("2")));
}

static void chromium_audio(void **state)
{
    (void)state;
    parse_file("tests/unit/data/chromium-offer.sdp");
    const struct sdp_media *audio = &sdp.media[0];
    assert_int_equal(audio->kind, MEDIA_AUDIO);
    assert_int_equal(audio->protocol, SDP_PROTOCOL_RTP_DTLS);
    assert_int_equal(audio->direction, SDP_SENDONLY);
    assert_true(audio->rtcp_mux && audio->rtcp_rsize && !audio->rtcp_mux_only);
    assert_int_equal(audio->ice.setup, SDP_SETUP_ACTPASS);
    assert_slice(audio->ice.ufrag, "Qm9v");
    assert_slice(audio->ice.options, "trickle");
    assert_int_equal(audio->ice.fingerprint_count, 1);
    assert_int_equal(audio->ice.fingerprints[0].len, 32);
    assert_int_equal(audio->ice.fingerprints[0].bytes[0], 11);
    assert_int_equal(audio->ice.fingerprints[0].bytes[1], 48);
    assert_slice(audio->msids[0].stream, "booth-stream");
    assert_slice(audio->msids[0].track, "booth-audio");
    assert_int_equal(audio->ssrc_count, 1);
    assert_int_equal(audio->ssrcs[0].ssrc, 3735928559u);
    assert_slice(audio->ssrcs[0].cname, "kM7Yb2t1");
    assert_int_equal(audio->extmap_count, 4);
}

static void chromium_audio_formats(void **state)
{
    (void)state;
    parse_file("tests/unit/data/chromium-offer.sdp");
    const struct sdp_media *audio = &sdp.media[0];
    struct slice value;
    assert_int_equal(audio->format_count, 8);
    const struct sdp_format *opus = sdp_find_format(audio, 111);
    assert_int_equal(opus->codec, CODEC_OPUS);
    assert_int_equal(opus->feedback, SDP_FB_TRANSPORT_CC);
    assert_true(sdp_fmtp_get(opus->fmtp, "useinbandfec", &value));
    assert_slice(value, "1");
    assert_false(sdp_fmtp_get(opus->fmtp, "inbandfec", &value));
    assert_int_equal(sdp_find_format(audio, 63)->codec, CODEC_RED);
    assert_slice(sdp_find_format(audio, 63)->fmtp, "111/111");
    assert_int_equal(sdp_find_format(audio, 13)->codec, CODEC_NONE);
    assert_slice(sdp_find_format(audio, 13)->name, "CN");
    assert_int_equal(sdp_find_format(audio, 110)->codec, CODEC_TELEPHONE_EVENT);
    assert_int_equal(sdp_find_format(audio, 110)->clock, 48000);
    assert_null(sdp_find_format(audio, 96));
}

static void chromium_video(void **state)
{
    (void)state;
    parse_file("tests/unit/data/chromium-offer.sdp");
    const struct sdp_media *video = &sdp.media[1];
    const struct sdp_format *vp8 = &video->formats[0];
    assert_int_equal(video->format_count, 17);
    assert_int_equal(vp8->codec, CODEC_VP8);
    assert_int_equal(vp8->feedback, SDP_FB_NACK | SDP_FB_NACK_PLI | SDP_FB_CCM_FIR |
                                        SDP_FB_GOOG_REMB | SDP_FB_TRANSPORT_CC);
    assert_false(vp8->has_apt);
    const struct sdp_format *rtx = sdp_find_format(video, 97);
    assert_int_equal(rtx->codec, CODEC_RTX);
    assert_true(rtx->has_apt);
    assert_int_equal(rtx->apt, 96);
    struct slice profile;
    assert_true(sdp_fmtp_get(sdp_find_format(video, 106)->fmtp, "profile-level-id", &profile));
    assert_slice(profile, "42e01f");
    assert_int_equal(sdp_find_format(video, 112)->codec, CODEC_NONE); // red/90000
    assert_int_equal(video->rid_count, 3);
    assert_slice(video->rids[2].id, "f");
    assert_int_equal(video->rids[2].direction, SDP_SENDONLY);
    assert_null(video->rids[2].params.p);
    assert_slice(video->simulcast_send, "q;h;f");
    assert_null(video->simulcast_recv.p);
}

static void firefox_inherits_from_the_session(void **state)
{
    (void)state;
    parse_file("tests/unit/data/firefox-offer.sdp");
    assert_int_equal(sdp.media_count, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(sdp.media[i].ice.fingerprint_count, 1);
        assert_slice(sdp.media[i].ice.options, "trickle");
        assert_slice(sdp.media[i].ice.pwd, "3f0c1b2a99887766554433221100ffee");
    }
    assert_int_equal(sdp.media[2].kind, MEDIA_APPLICATION);
    assert_int_equal(sdp.media[2].protocol, SDP_PROTOCOL_SCTP);
    assert_int_equal(sdp.media[2].format_count, 0);
    assert_slice(sdp.media[2].format_text, "webrtc-datachannel");
}

static void firefox_candidates(void **state)
{
    (void)state;
    parse_file("tests/unit/data/firefox-offer.sdp");
    const struct sdp_media *audio = &sdp.media[0];
    const struct sdp_candidate *c = audio->candidates;
    assert_int_equal(audio->candidate_count, 4);
    assert_true(audio->end_of_candidates);
    assert_slice(audio->address, "192.0.2.44");
    assert_int_equal(c[0].transport, SDP_TRANSPORT_UDP);
    assert_int_equal(c[0].priority, 2122252543);
    assert_int_equal(c[0].port, 40112);
    assert_int_equal(c[0].type, SDP_CANDIDATE_HOST);
    assert_int_equal(c[1].transport, SDP_TRANSPORT_TCP);
    assert_int_equal(c[1].tcptype, SDP_TCPTYPE_ACTIVE);
    assert_int_equal(c[2].type, SDP_CANDIDATE_SRFLX);
    assert_slice(c[2].address, "203.0.113.9");
    assert_slice(c[3].address, "f3b1c2d4-0000-4a4a-8b8b-0123456789ab.local");
}

static void firefox_video(void **state)
{
    (void)state;
    parse_file("tests/unit/data/firefox-offer.sdp");
    const struct sdp_media *video = &sdp.media[1];
    struct slice list = video->simulcast_send;
    struct slice rid;
    bool paused;
    assert_int_equal(video->port, 0);
    assert_true(video->bundle_only);
    assert_int_equal(video->bandwidth, 2000000);
    // rtcp-fb:* reaches formats whose rtpmap comes later.
    assert_int_equal(sdp_find_format(video, 121)->feedback, SDP_FB_NACK);
    assert_true(sdp_find_format(video, 120)->feedback & SDP_FB_GOOG_REMB);
    assert_true(sdp_simulcast_next(&list, &rid, &paused));
    assert_slice(rid, "hi");
    assert_false(paused);
    assert_true(sdp_simulcast_next(&list, &rid, &paused));
    assert_slice(rid, "lo");
    assert_true(paused);
    assert_false(sdp_simulcast_next(&list, &rid, &paused));
    assert_slice(video->rids[1].params, "pt=120;max-width=640");
    assert_int_equal(video->ssrc_group_count, 1);
    assert_slice(video->ssrc_groups[0].semantics, "FID");
    assert_int_equal(video->ssrc_groups[0].ssrcs[1], 271828182);
}

static void firefox_extension_directions(void **state)
{
    (void)state;
    parse_file("tests/unit/data/firefox-offer.sdp");
    const struct sdp_extmap *maps = sdp.media[1].extmaps;
    assert_int_equal(sdp.media[1].extmap_count, 6);
    assert_false(maps[0].has_direction);
    assert_int_equal(maps[0].direction, SDP_SENDRECV);
    assert_true(maps[3].has_direction);
    assert_int_equal(maps[3].direction, SDP_RECVONLY);
    assert_int_equal(maps[5].id, 8);
    assert_int_equal(maps[5].direction, SDP_SENDONLY);
    assert_slice(maps[5].uri, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id");
}

static void telephone_with_static_formats(void **state)
{
    (void)state;
    static const char call[] = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=call\nc=IN IP4 192.0.2.7/127\n"
                               "b=AS:80\nt=0 0\na=sendonly\n"
                               "m=audio 5004/2 RTP/AVP 8 0 96\nb=AS:64\na=rtpmap:96 "
                               "telephone-event/8000\na=fmtp:96 0-16\na=ptime:20\na=maxptime:2.5\n";
    assert_int_equal(sdp_parse(&sdp, call, strlen(call), NULL), 0);
    const struct sdp_media *m = &sdp.media[0];
    assert_int_equal(m->protocol, SDP_PROTOCOL_RTP);
    assert_int_equal(m->port, 5004);
    assert_slice(m->address, "192.0.2.7");
    assert_int_equal(m->direction, SDP_SENDONLY);
    assert_int_equal(m->formats[0].codec, CODEC_PCMA);
    assert_int_equal(m->formats[1].codec, CODEC_PCMU);
    assert_int_equal(m->formats[1].clock, 8000);
    assert_int_equal(m->formats[2].codec, CODEC_TELEPHONE_EVENT);
    assert_int_equal(m->ptime, 20);
    assert_int_equal(m->maxptime, 2);
    assert_int_equal(m->bandwidth, 64000);
    assert_null(m->ice.ufrag.p);
    assert_int_equal(m->ice.setup, SDP_SETUP_NONE);
}

static void flags_and_directions(void **state)
{
    (void)state;
    static const char answer[] =
        "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\na=ice-lite\na=inactive\na=setup:passive\n"
        "a=end-of-candidates\nm=audio 9 RTP/SAVPF 111\na=recvonly\na=rtcp-mux-only\n"
        "a=crypto:1 AEAD_AES_128_GCM inline:x\na=setup:holdconn\na=extmap-allow-mixed\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96\nm=text 9 RTP/AVP 98\na=sendrecv\na=setup:active\n";
    assert_int_equal(sdp_parse(&sdp, answer, strlen(answer), NULL), 0);
    const struct sdp_media *m = sdp.media;
    assert_true(sdp.ice_lite && sdp.end_of_candidates && m[2].end_of_candidates);
    assert_int_equal(m[0].direction, SDP_RECVONLY);
    assert_int_equal(m[0].protocol, SDP_PROTOCOL_RTP_SDES);
    assert_true(m[0].rtcp_mux_only && !m[0].rtcp_mux && m[0].has_crypto);
    assert_true(m[0].extmap_allow_mixed && !m[1].extmap_allow_mixed);
    assert_int_equal(m[0].ice.setup, SDP_SETUP_HOLDCONN);
    assert_int_equal(m[1].direction, SDP_INACTIVE);
    assert_int_equal(m[1].ice.setup, SDP_SETUP_PASSIVE);
    assert_int_equal(m[2].direction, SDP_SENDRECV);
    assert_int_equal(m[2].kind, MEDIA_OTHER);
    assert_int_equal(m[2].ice.setup, SDP_SETUP_ACTIVE);
}

static void crlf_and_lf_read_the_same(void **state)
{
    (void)state;
    parse_file("tests/unit/data/chromium-offer.sdp");
    size_t to = 0;
    for (size_t from = 0; text[from]; from++)
        if (text[from] != '\r')
            text[to++] = text[from];
    assert_int_equal(sdp_parse(&sdp, text, to, NULL), 0);
    assert_int_equal(sdp.media[1].format_count, 17);
    // Without the last line's end, and with empty lines behind it.
    assert_int_equal(sdp_parse(&sdp, text, to - 1, NULL), 0);
    text[to++] = '\n';
    text[to++] = '\n';
    assert_int_equal(sdp_parse(&sdp, text, to, NULL), 0);
}

// A cut or a changed byte gives an answer, never a fault; what is read lies inside the text.
static void cuts_and_flips_stay_inside(void **state)
{
    (void)state;
    static const char *const files[] = {"tests/unit/data/chromium-offer.sdp",
                                        "tests/unit/data/firefox-offer.sdp"};
    for (size_t f = 0; f < 2; f++) {
        load(files[f]);
        size_t len = strlen(text);
        for (size_t cut = 0; cut < len; cut += 3) {
            char *copy = (char *)exact_copy(text, cut);
            int err = sdp_parse(&sdp, copy, cut, NULL);
            assert_true(err == 0 || err == EBADMSG);
            free(copy);
        }
        for (size_t i = 0; i < len; i++) {
            char *copy = (char *)exact_copy(text, len);
            copy[i] ^= (char)(1 << (i % 8));
            int err = sdp_parse(&sdp, copy, len, NULL);
            assert_true(err == 0 || err == EBADMSG || err == EMSGSIZE);
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chromium_session),
        cmocka_unit_test(chromium_audio),
        cmocka_unit_test(chromium_audio_formats),
        cmocka_unit_test(chromium_video),
        cmocka_unit_test(firefox_inherits_from_the_session),
        cmocka_unit_test(firefox_candidates),
        cmocka_unit_test(firefox_video),
        cmocka_unit_test(firefox_extension_directions),
        cmocka_unit_test(telephone_with_static_formats),
        cmocka_unit_test(flags_and_directions),
        cmocka_unit_test(crlf_and_lf_read_the_same),
        cmocka_unit_test(cuts_and_flips_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
