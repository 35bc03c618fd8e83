// A watcher's offer that cannot be answered: the gateway offers instead, and takes the answer.
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/packet/sdp.h"
#include "tests/unit/support/rooms_world.h"

#define HEX16   "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"
#define NOTHING "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define SECTION(media, mid, rest)                                                                  \
    "m=" media "\r\nc=IN IP4 0.0.0.0\r\na=mid:" mid "\r\na=recvonly\r\na=rtcp-mux\r\n"             \
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"                                     \
    "a=fingerprint:sha-256 " HEX16 ":" HEX16 "\r\n" rest
#define AUDIO(setup)                                                                               \
    SECTION("audio 9 UDP/TLS/RTP/SAVPF 111", "0",                                                  \
            "a=setup:" setup "\r\na=rtpmap:111 opus/48000/2\r\n")
#define VIDEO(setup)                                                                               \
    SECTION("video 9 UDP/TLS/RTP/SAVPF 96", "1", "a=setup:" setup "\r\na=rtpmap:96 VP8/90000\r\n")
#define BUNDLE "a=group:BUNDLE 0 1\r\n"
#define ANSWER NOTHING BUNDLE AUDIO("active") VIDEO("active")

struct heard {
    bool done;
    int status;
    enum rooms_result result;
    char sdp[16384], etag[ROOMS_ID_MAX], field[64];
};

static void on_answer(void *arg, const struct rooms_answer *answer)
{
    struct heard *heard = arg;
    heard->done = true;
    heard->status = answer->status;
    text_copy(heard->sdp, sizeof(heard->sdp), answer->sdp ? answer->sdp : "");
    text_copy(heard->etag, sizeof(heard->etag), answer->etag ? answer->etag : "");
    text_copy(heard->field, sizeof(heard->field), answer->field ? answer->field : "");
}

static void on_result(void *arg, const struct rooms_outcome *outcome)
{
    struct heard *heard = arg;
    heard->done = true;
    heard->result = outcome->result;
    text_copy(heard->field, sizeof(heard->field), outcome->field ? outcome->field : "");
}

static bool is_done(struct world *world, void *arg)
{
    (void)world;
    return ((struct heard *)arg)->done;
}

static struct heard heard;

static int ask(struct world *world, const char *session, const char *offer, bool publish)
{
    const struct rooms_request request = {.session = session,
                                          .room = "r1",
                                          .participant = session,
                                          .offer = offer,
                                          .offer_len = strlen(offer)};
    memset(&heard, 0, sizeof(heard));
    (publish ? rooms_publish : rooms_watch)(world->rooms, &request, on_answer, &heard);
    assert_true(world_until(world, is_done, &heard));
    return heard.status;
}

static enum rooms_result conclude(struct world *world, const char *session, const char *etag,
                                  const char *answer)
{
    const struct rooms_patch patch = {
        .session = session, .etag = etag, .fragment = answer, .len = strlen(answer)};
    memset(&heard, 0, sizeof(heard));
    rooms_conclude(world->rooms, &patch, on_result, &heard);
    assert_true(world_until(world, is_done, &heard));
    return heard.result;
}

static void test_what_is_countered(void **state)
{
    struct world world;
    static struct sdp offer;
    (void)state;
    static const struct {
        const char *offer;
        int status;
        unsigned media;
    } cases[] = {
        {NOTHING, 406, 2},
        {NOTHING AUDIO("actpass") VIDEO("actpass"), 406, 2}, // no BUNDLE
        {NOTHING BUNDLE AUDIO("actpass") SECTION("video 9 UDP/TLS/RTP/SAVPF 96", "1",
                                                 "a=setup:actpass\r\na=rtpmap:96 H265/90000\r\n"),
         406, 2},
        {NOTHING SECTION("video 9 UDP/TLS/RTP/SAVPF 96", "0",
                         "a=setup:actpass\r\na=rtpmap:96 H265/90000\r\n"),
         406, 1},
        // What no offer of ours heals is refused as before.
        {NOTHING "a=ice-lite\r\n" AUDIO("actpass"), 422, 0},
        {NOTHING AUDIO("passive"), 422, 0},
        {NOTHING "a=group:BUNDLE 0 0\r\n", 400, 0},
        {NOTHING AUDIO("actpass") SECTION("audio 9 UDP/TLS/RTP/SAVPF 111", "1",
                                          "a=setup:actpass\r\na=rtpmap:111 opus/48000/2\r\n"),
         422, 0},
        {NOTHING BUNDLE AUDIO("actpass")
             SECTION("video 9 RTP/AVP 96", "1", "a=setup:actpass\r\na=rtpmap:96 VP8/90000\r\n"),
         422, 0},
    };
    world_open(&world, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[16];
        struct sdp_error error;
        snprintf(name, sizeof(name), "s%zu", i);
        print_message("case %zu\n", i);
        assert_int_equal(ask(&world, name, cases[i].offer, false), cases[i].status);
        if (cases[i].status != 406)
            continue;
        assert_int_equal(sdp_parse(&offer, heard.sdp, strlen(heard.sdp), &error), 0);
        assert_int_equal(offer.media_count, cases[i].media);
        assert_int_equal(offer.media[0].direction, SDP_SENDONLY);
        assert_true(strlen(heard.etag) >= 20);
    }
    // A publisher gets no offer: what it sends, only it can offer.
    assert_int_equal(ask(&world, "p", NOTHING, true), 422);
    world_close(&world);
}

static void test_answers(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    assert_int_equal(ask(&world, "w", NOTHING, false), 406);
    char etag[ROOMS_ID_MAX];
    text_copy(etag, sizeof(etag), heard.etag);
    // What is wrong is said, and another answer may follow.
    assert_int_equal(conclude(&world, "w", NULL, "v=1"), ROOMS_BAD_ANSWER);
    assert_true(heard.field[0]);
    assert_int_equal(conclude(&world, "w", NULL,
                              NOTHING BUNDLE AUDIO("active") VIDEO("active") SECTION(
                                  "audio 9 UDP/TLS/RTP/SAVPF 0", "2", "a=setup:active\r\n")),
                     ROOMS_BAD_ANSWER);
    assert_string_equal(heard.field, "m=");
    assert_int_equal(conclude(&world, "w", NULL, NOTHING BUNDLE AUDIO("passive") VIDEO("passive")),
                     ROOMS_ANSWER_REFUSED);
    assert_string_equal(heard.field, "a=setup");
    assert_int_equal(conclude(&world, "w", "another", ANSWER), ROOMS_ETAG_MISMATCH);
    assert_int_equal(conclude(&world, "nobody", NULL, ANSWER), ROOMS_NO_SESSION);
    assert_int_equal(conclude(&world, "w", etag, ANSWER), ROOMS_OK);
    assert_int_equal(conclude(&world, "w", NULL, ANSWER), ROOMS_NO_OFFER);
    world_close(&world);
}

// Before the answer there is no ICE session that a fragment could be about.
static void test_fragment_comes_too_early(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    assert_int_equal(ask(&world, "w", NOTHING, false), 406);
    const char *fragment = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    const struct rooms_patch patch = {
        .session = "w", .fragment = fragment, .len = strlen(fragment)};
    memset(&heard, 0, sizeof(heard));
    rooms_trickle(world.rooms, &patch, on_result, &heard);
    assert_true(world_until(&world, is_done, &heard));
    assert_int_equal(heard.result, ROOMS_BAD_FRAGMENT);
    assert_int_equal(conclude(&world, "w", NULL, ANSWER), ROOMS_OK);
    world_close(&world);
}

static const struct person_config publisher = {
    .session = "pub", .room = "r1", .participant = "speaker"};
static const struct person_config watcher = {
    .session = "sub", .room = "r1", .participant = "viewer", .watch = true, .together = true};

// VP8 is published: a watcher of H264 alone would sit in the dark, one that also hears would not.
static void test_codec_of_what_is_published(void **state)
{
#define H264_ONLY(mid)                                                                             \
    SECTION("video 9 UDP/TLS/RTP/SAVPF 102", mid,                                                  \
            "a=setup:actpass\r\na=rtpmap:102 H264/90000\r\n"                                       \
            "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\n")
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct person *speaker = world_connect(&world, &publisher);
    struct person *viewer = world_connect(&world, &watcher);
    assert_int_equal(ask(&world, "before", NOTHING H264_ONLY("0"), false), 201);
    assert_true(world_talk(&world, speaker, world_some_media, viewer));
    assert_int_equal(ask(&world, "dark", NOTHING H264_ONLY("0"), false), 406);
    assert_non_null(strstr(heard.sdp, "VP8/90000"));
    assert_int_equal(ask(&world, "hears", NOTHING BUNDLE AUDIO("actpass") H264_ONLY("1"), false),
                     201);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_countered),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_fragment_comes_too_early),
        cmocka_unit_test(test_codec_of_what_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
