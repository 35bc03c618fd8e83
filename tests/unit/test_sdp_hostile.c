#include "gateway/packet/sdp.h"

#include "gateway/base/writer.h"
#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// Offers that must be refused, each with the line, the attribute and a reason that a person can
// use.

#define HEAD  "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
#define AUDIO HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\n"
#define PWD   "0123456789abcdefghijkl"

static struct sdp sdp;
static char text[2 * SDP_TEXT_MAX];

static int parse(const char *data, size_t len, struct sdp_error *error)
{
    char *copy = (char *)exact_copy(data, len);
    int err = sdp_parse(&sdp, copy, len, error);
    free(copy);
    return err;
}

struct refusal {
    const char *text;
    unsigned line;
    const char *attribute;
};

static void assert_refused(const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sdp_error error = {0};
        int err = parse(cases[i].text, strlen(cases[i].text), &error);
        if (err != EBADMSG || error.line != cases[i].line ||
            strcmp(error.attribute, cases[i].attribute) != 0 || !error.text[0])
            fail_msg("case %zu: error %d at line %u, %s %s", i, err, error.line, error.attribute,
                     error.text);
    }
}

#define REFUSE(cases) assert_refused(cases, sizeof(cases) / sizeof(cases[0]))

static void broken_structure(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"", 0, ""},
        {"\r\n", 0, "t="},
        {"hello", 1, ""},
        {"v=1\n", 1, "v="},
        {"v=0\ns=-\n", 2, "s="},
        {"v=0\no=- x 2 IN IP4 127.0.0.1\n", 2, "o="},
        {"v=0\no=- 1 2 IN IP4\n", 2, "o="},
        {"v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\n", 0, "t="},
        {"v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nm=audio 9 RTP/AVP 0\n", 4, "m="},
        {HEAD "v=0\n", 5, "v="},
        {HEAD "\nm=audio 9 RTP/AVP 0\n", 5, ""},
        {HEAD "A=mid:0\n", 5, ""},
        {HEAD "x=y\n", 5, "x="},
        {HEAD "c=IN IP5 ::1\n", 5, "c="},
        {HEAD "c=IN IP4\n", 5, "c="},
        {HEAD "b=AS:many\n", 5, "b="},
        {AUDIO "t=0 0\n", 6, "t="},
        {AUDIO "b=TIAS:99999999999999999999\n", 6, "b="},
    };
    REFUSE(cases);
}

static void broken_media_lines(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {HEAD "m=audio\n", 5, "m="},
        {HEAD "m=audio 9 RTP/AVP\n", 5, "m="},
        {HEAD "m=audio 65536 RTP/AVP 0\n", 5, "m="},
        {HEAD "m=audio -1 RTP/AVP 0\n", 5, "m="},
        {HEAD "m=audio 9/0 RTP/AVP 0\n", 5, "m="},
        {HEAD "m=audio 9 RTP/AVP 128\n", 5, "m="},
        {HEAD "m=audio 9 RTP/AVP opus\n", 5, "m="},
        {HEAD "m=audio 9 RTP/AVP 0 0\n", 5, "m="},
        {HEAD "m=audio 9 RTP/AVP 4294967296\n", 5, "m="},
    };
    REFUSE(cases);
}

static void broken_formats(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {AUDIO "a=rtpmap:111\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap:111 opus\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap:111 opus/0\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap:111 opus/48000/256\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap:111 opus/48000/2/2\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap:128 opus/48000/2\n", 6, "rtpmap"},
        {AUDIO "a=rtpmap:111 opus/48000/2\na=rtpmap:111 opus/48000/2\n", 7, "rtpmap"},
        {AUDIO "a=fmtp:111\n", 6, "fmtp"},
        {AUDIO "a=fmtp:111 a=1\na=fmtp:111 a=2\n", 7, "fmtp"},
        {AUDIO "a=fmtp:111 apt=128\n", 6, "fmtp"},
        {AUDIO "a=rtcp-fb:111\n", 6, "rtcp-fb"},
        {AUDIO "a=rtcp-fb:x nack\n", 6, "rtcp-fb"},
        {AUDIO "a=ptime:0\n", 6, "ptime"},
        {AUDIO "a=ptime:4294967316\n", 6, "ptime"},
        {AUDIO "a=ptime:99999999999999999999999999\n", 6, "ptime"},
        {AUDIO "a=ptime:20.x\n", 6, "ptime"},
        {AUDIO "a=maxptime:-5\n", 6, "maxptime"},
        {AUDIO "a=ptime:20\na=ptime:20\n", 7, "ptime"},
    };
    REFUSE(cases);
}

static void broken_ice_and_dtls(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {AUDIO "a=ice-ufrag:abc\n", 6, "ice-ufrag"},
        {AUDIO "a=ice-ufrag\n", 6, "ice-ufrag"},
        {AUDIO "a=ice-ufrag:ab:d\n", 6, "ice-ufrag"},
        {AUDIO "a=ice-ufrag:abcd\na=ice-ufrag:abcd\n", 7, "ice-ufrag"},
        {AUDIO "a=ice-pwd:0123456789abcdefghijk\n", 6, "ice-pwd"},
        {AUDIO "a=ice-pwd:" PWD " \n", 6, "ice-pwd"},
        {AUDIO "a=ice-pwd:" PWD "\na=ice-pwd:" PWD "\n", 7, "ice-pwd"},
        {AUDIO "a=setup:maybe\n", 6, "setup"},
        {AUDIO "a=setup:active\na=setup:passive\n", 7, "setup"},
        {AUDIO "a=fingerprint:sha-256\n", 6, "fingerprint"},
        {AUDIO "a=fingerprint:sha-256 00:11\n", 6, "fingerprint"},
        {AUDIO "a=fingerprint:x 0:1\n", 6, "fingerprint"},
        {AUDIO "a=fingerprint:x 00:\n", 6, "fingerprint"},
        {AUDIO "a=fingerprint:x 0G\n", 6, "fingerprint"},
        {AUDIO "a=rtcp-mux:yes\n", 6, "rtcp-mux"},
        {AUDIO "a=rtcp-mux\na=rtcp-mux\n", 7, "rtcp-mux"},
        {AUDIO "a=sendonly\na=recvonly\n", 7, "recvonly"},
        {AUDIO "a=mid:\n", 6, "mid"},
        {AUDIO "a=mid:0\na=mid:1\n", 7, "mid"},
        {AUDIO "a=mid:0\nm=video 9 RTP/AVP 96\na=mid:0\n", 0, "mid"},
        {HEAD "a=group:BUNDLE 0\nm=audio 9 RTP/AVP 0\na=mid:1\n", 0, "group"},
        {HEAD "a=group:BUNDLE 0 0\nm=audio 9 RTP/AVP 0\na=mid:0\n", 0, "group"},
        {HEAD "a=group:BUNDLE 0\na=group:BUNDLE 0\n", 6, "group"},
        {HEAD "a=group:\n", 5, "group"},
    };
    REFUSE(cases);
}

static void broken_candidates(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {AUDIO "a=candidate:\n", 6, "candidate"},
        {AUDIO "a=candidate:1 0 udp 1 192.0.2.1 9 typ host\n", 6, "candidate"},
        {AUDIO "a=candidate:1 257 udp 1 192.0.2.1 9 typ host\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 0 192.0.2.1 9 typ host\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 2147483648 192.0.2.1 9 typ host\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 1 192.0.2.1 65536 typ host\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 1 192.0.2.1 9 host\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 1 192.0.2.1 9 typ\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 1 192.0.2.1 9 typ host raddr\n", 6, "candidate"},
        {AUDIO "a=candidate:1 1 udp 1 192.0.2.1 9 typ srflx rport 99999\n", 6, "candidate"},
        {AUDIO "a=candidate:123456789012345678901234567890123 1 udp 1 ::1 9 typ host\n", 6,
         "candidate"},
    };
    REFUSE(cases);
}

static void broken_streams(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {AUDIO "a=extmap:0 urn:x\n", 6, "extmap"},
        {AUDIO "a=extmap:257 urn:x\n", 6, "extmap"},
        {AUDIO "a=extmap:4352 urn:x\n", 6, "extmap"},
        {AUDIO "a=extmap:1/up urn:x\n", 6, "extmap"},
        {AUDIO "a=extmap:1\n", 6, "extmap"},
        {AUDIO "a=extmap:1 urn:x\na=extmap:1 urn:y\n", 7, "extmap"},
        {AUDIO "a=rid:a/b send\n", 6, "rid"},
        {AUDIO "a=rid:a up\n", 6, "rid"},
        {AUDIO "a=rid:a send\na=rid:a send\n", 7, "rid"},
        {AUDIO "a=simulcast:\n", 6, "simulcast"},
        {AUDIO "a=simulcast:send\n", 6, "simulcast"},
        {AUDIO "a=simulcast:send a;;b\n", 6, "simulcast"},
        {AUDIO "a=simulcast:send a,\n", 6, "simulcast"},
        {AUDIO "a=simulcast:send a;b send c\n", 6, "simulcast"},
        {AUDIO "a=simulcast:send a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q\n", 6, "simulcast"},
        {AUDIO "a=ssrc:4294967296 cname:x\n", 6, "ssrc"},
        {AUDIO "a=ssrc:x cname:x\n", 6, "ssrc"},
        {AUDIO "a=ssrc-group:FID\n", 6, "ssrc-group"},
        {AUDIO "a=ssrc-group:FID 1 x\n", 6, "ssrc-group"},
        {AUDIO "a=msid:\n", 6, "msid"},
    };
    REFUSE(cases);
}

static void unknown_things_are_ignored(void **state)
{
    (void)state;
    static const char offer[] = HEAD
        "a=tool:x\na=mid:not-here\na=group:LS\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\n"
        "a=x-new:1\na=rtpmap:99 ghost/8000\na=rtcp-fb:99 nack\na=rtcp-fb:111 x y\n"
        "a=ssrc:1 label:x\na=ice-lite\na=candidate:1 1 quic 1 192.0.2.1 9 typ new\n"
        "a=fingerprint:sha3-256 00:11\ni=words\n";
    assert_int_equal(parse(offer, strlen(offer), NULL), 0);
    assert_int_equal(sdp.media_count, 1);
    assert_null(sdp.media[0].mid.p);
    assert_false(sdp.ice_lite);
    assert_int_equal(sdp.media[0].format_count, 2);
    assert_int_equal(sdp.media[0].formats[0].feedback, 0);
    assert_int_equal(sdp.media[0].candidates[0].transport, SDP_TRANSPORT_OTHER);
    assert_int_equal(sdp.media[0].candidates[0].type, SDP_CANDIDATE_OTHER);
}

static void control_characters_and_bad_utf8(void **state)
{
    (void)state;
    static const char *const inserts[] = {"\0", "\r", "\x1b", "\x7f", "\xff", "\xc0\x80"};
    struct sdp_error error;
    for (size_t i = 0; i < sizeof(inserts) / sizeof(inserts[0]); i++) {
        struct writer w = writer_of(text, sizeof(text));
        writer_text(&w, HEAD "a=tool:x");
        writer_bytes(&w, inserts[i], i == 0 ? 1 : strlen(inserts[i]));
        writer_text(&w, "y\n");
        assert_int_equal(parse(text, w.len, &error), EBADMSG);
    }
    static const char chinese[] =
        "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=\xe6\xb3\x95\xe6\xb2\xbb\nt=0 0\n";
    assert_int_equal(parse(chinese, strlen(chinese), &error), 0);
}

// HEAD and a section, then `count` lines made by the format with a running number.
static int parse_many(const char *first, const char *format, unsigned count,
                      struct sdp_error *error)
{
    struct writer w = writer_of(text, sizeof(text));
    writer_text(&w, first);
    for (unsigned i = 0; i < count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        writer_printf(&w, format, i + 1);
#pragma GCC diagnostic pop
    }
    assert_false(w.full);
    return parse(text, w.len, error);
}

static void too_many_of_anything(void **state)
{
    (void)state;
    static const struct {
        const char *first, *format;
        unsigned fits;
        const char *attribute;
    } cases[] = {
        {HEAD, "m=audio 9 RTP/AVP %u\n", 64, "m="},
        {HEAD "m=audio 9 RTP/AVP", " %u", 64, "m="},
        {AUDIO, "a=extmap:%u urn:x\n", 32, "extmap"},
        {AUDIO, "a=rid:r%u send\n", 16, "rid"},
        {AUDIO, "a=ssrc:%u cname:x\n", 32, "ssrc"},
        {AUDIO, "a=ssrc-group:FID %u\n", 16, "ssrc-group"},
        {AUDIO "a=ssrc-group:FID", " %u", 8, "ssrc-group"},
        {AUDIO, "a=msid:s%u t\n", 4, "msid"},
        {AUDIO, "a=fingerprint:x %02u\n", 4, "fingerprint"},
        {HEAD, "a=group:LS%u\n", 4, "group"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sdp_error error = {0};
        int fits = parse_many(cases[i].first, cases[i].format, cases[i].fits, &error);
        if (fits)
            fail_msg("case %zu: %s %s", i, error.attribute, error.text);
        int err = parse_many(cases[i].first, cases[i].format, cases[i].fits + 1, &error);
        assert_int_equal(err, EMSGSIZE);
        assert_string_equal(error.attribute, cases[i].attribute);
    }
}

static void three_hundred_media_sections(void **state)
{
    (void)state;
    struct sdp_error error;
    assert_int_equal(parse_many(HEAD, "m=audio 9 RTP/AVP 0\na=mid:%u\n", 300, &error), EMSGSIZE);
    assert_int_equal(error.line, 5 + 2 * 64);
}

static void surplus_candidates_are_left_out(void **state)
{
    (void)state;
    static const char line[] = "a=candidate:%u 1 udp 7 192.0.2.1 9 typ host\n";
    assert_int_equal(parse_many(AUDIO, line, 100, NULL), 0);
    assert_int_equal(sdp.media[0].candidate_count, SDP_CANDIDATES_MAX);
}

static void long_lines_and_texts(void **state)
{
    (void)state;
    struct sdp_error error;
    size_t head = strlen(HEAD);
    memset(text, 'x', sizeof(text));
    memcpy(text, HEAD, head);
    memcpy(text + head, "a=", 2);
    assert_int_equal(parse(text, head + SDP_LINE_MAX, &error), 0);
    assert_int_equal(parse(text, head + SDP_LINE_MAX + 1, &error), EMSGSIZE);
    assert_int_equal(error.line, 5);
    assert_int_equal(parse(text, SDP_TEXT_MAX + 1, &error), EMSGSIZE);
    assert_int_equal(error.line, 0);
    memset(text + head, '\n', sizeof(text) - head);
    assert_int_equal(parse(text, SDP_TEXT_MAX, &error), 0);
}

static void errors_do_not_repeat_the_sender(void **state)
{
    (void)state;
    struct sdp_error error;
    static const char odd[] = HEAD "a=gro\tup\xe6\xb3\x95:<script>\nm=<b>\n";
    assert_int_equal(parse(odd, strlen(odd), &error), EBADMSG);
    assert_null(strchr(error.text, '<'));
    assert_string_equal(error.attribute, "m=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_structure),
        cmocka_unit_test(broken_media_lines),
        cmocka_unit_test(broken_formats),
        cmocka_unit_test(broken_ice_and_dtls),
        cmocka_unit_test(broken_candidates),
        cmocka_unit_test(broken_streams),
        cmocka_unit_test(unknown_things_are_ignored),
        cmocka_unit_test(control_characters_and_bad_utf8),
        cmocka_unit_test(too_many_of_anything),
        cmocka_unit_test(three_hundred_media_sections),
        cmocka_unit_test(surplus_candidates_are_left_out),
        cmocka_unit_test(long_lines_and_texts),
        cmocka_unit_test(errors_do_not_repeat_the_sender),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
