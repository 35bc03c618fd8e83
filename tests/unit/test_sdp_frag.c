#include "gateway/packet/sdp_frag.h"

#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PWD "0123456789abcdefghijkl"
#define CANDIDATE                                                                                  \
    "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag EsAw generation 0\r\n"

static const char trickle[] =
    "a=ice-ufrag:EsAw\r\na=ice-pwd:" PWD "\r\na=ice-options:trickle\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n" CANDIDATE
    "a=candidate:2 1 tcp 2105458943 2001:db8::1 9 typ host tcptype active\r\n"
    "a=end-of-candidates\r\n"
    "m=video 9 RTP/AVP 0\r\na=mid:1\r\na=ice-ufrag:EsAw\r\n";

static struct sdp_frag frag;

static int parse(const char *text, struct sdp_error *error)
{
    return sdp_frag_parse(&frag, text, strlen(text), error);
}

static void reads_a_fragment(void **state)
{
    (void)state;
    assert_int_equal(parse(trickle, NULL), 0);
    assert_true(slice_is(frag.ufrag, "EsAw"));
    assert_true(slice_is(frag.pwd, PWD));
    assert_true(slice_is(frag.options, "trickle"));
    assert_int_equal(frag.media_count, 2);
    assert_true(slice_is(frag.media[0].mid, "0"));
    assert_int_equal(frag.media[0].candidate_count, 2);
    assert_int_equal(frag.media[0].candidates[0].port, 5000);
    assert_true(slice_is(frag.media[0].candidates[1].address, "2001:db8::1"));
    assert_true(frag.media[0].end_of_candidates);
    assert_false(frag.media[1].end_of_candidates || frag.end_of_candidates);
    assert_int_equal(frag.media[1].candidate_count, 0);
}

static void mid_alone_begins_a_section(void **state)
{
    (void)state;
    assert_int_equal(parse("a=mid:a\n" CANDIDATE "a=mid:b\n" CANDIDATE, NULL), 0);
    assert_int_equal(frag.media_count, 2);
    assert_int_equal(frag.media[0].candidate_count, 1);
    assert_true(slice_is(frag.media[1].mid, "b"));
    assert_int_equal(parse("a=ice-lite\na=end-of-candidates\n", NULL), 0);
    assert_true(frag.end_of_candidates && frag.ice_lite);
}

static void strange_candidates_do_not_lose_the_rest(void **state)
{
    (void)state;
    assert_int_equal(parse("m=audio 9 X 0\na=mid:0\na=candidate:1 1 sctp 5 host.local 9 typ odd\n"
                           "a=unknown:x\n" CANDIDATE,
                           NULL),
                     0);
    assert_int_equal(frag.media[0].candidate_count, 2);
    assert_int_equal(frag.media[0].candidates[0].transport, SDP_TRANSPORT_OTHER);
    assert_int_equal(frag.media[0].candidates[1].transport, SDP_TRANSPORT_UDP);
}

static void malformed_fragments_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *attribute;
    } cases[] = {
        {"", 0, ""},
        {"v=0\r\n", 1, "v="},
        {"{}", 1, ""},
        {CANDIDATE, 1, "candidate"},
        {"a=ice-ufrag:abc\n", 1, "ice-ufrag"},
        {"a=ice-pwd:short\n", 1, "ice-pwd"},
        {"a=ice-ufrag:abcd\na=ice-ufrag:efgh\n", 2, "ice-ufrag"},
        {"a=ice-pwd:" PWD "\na=ice-pwd:" PWD "x\n", 2, "ice-pwd"},
        {"m=audio 9 X 0\na=mid:0\nm=audio 9 X 0\na=mid:0\n", 4, "mid"},
        {"a=mid:\n", 1, "mid"},
        {"a=mid:0\na=candidate:1 1 udp x 192.0.2.1 9 typ host\n", 2, "candidate"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sdp_error error = {0};
        int err = parse(cases[i].text, &error);
        if (err != EBADMSG || error.line != cases[i].line ||
            strcmp(error.attribute, cases[i].attribute) != 0)
            fail_msg("case %zu: error %d at line %u, %s %s", i, err, error.line, error.attribute,
                     error.text);
    }
}

static void too_many_sections(void **state)
{
    (void)state;
    char text[65 * 8 + 1] = "";
    for (unsigned i = 0; i < 65; i++)
        strcat(text, "m=a 0 0\n");
    assert_int_equal(parse(text, NULL), EMSGSIZE);
    text[64 * 8] = 0;
    assert_int_equal(parse(text, NULL), 0);
}

static void cuts_stay_inside(void **state)
{
    (void)state;
    for (size_t len = 0; len < strlen(trickle); len++) {
        char *copy = (char *)exact_copy(trickle, len);
        int err = sdp_frag_parse(&frag, copy, len, NULL);
        assert_true(err == 0 || err == EBADMSG);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_fragment),
        cmocka_unit_test(mid_alone_begins_a_section),
        cmocka_unit_test(strange_candidates_do_not_lose_the_rest),
        cmocka_unit_test(malformed_fragments_are_refused),
        cmocka_unit_test(too_many_sections),
        cmocka_unit_test(cuts_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
