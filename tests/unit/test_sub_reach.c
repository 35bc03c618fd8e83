// How far back a viewer's losses are answered, and so how much of a stream is kept in memory: by
// how far away the viewers are.
#include "tests/unit/support/viewer.h"

#define SSRC     0x11223344u
#define EVERY_MS 10

static struct track *track;
static struct sub *sub;
static unsigned pushed;
static uint16_t newest_seq;
static uint8_t lost; // of 256, as reported

static int open_sub(void **state)
{
    const struct track_config config = {.codec = CODEC_VP8, .drops = &drops};
    struct terms_media terms = {.present = true, .mid = "0", .codec_count = 1};
    struct sub_config watching = {
        .terms = &terms, .ssrc = SSRC, .cname = "banyan", .outlet = &outlet, .drops = &drops};
    if (viewer_open(state))
        return 1;
    terms.codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = 100};
    pushed = 0;
    lost = 0;
    assert_int_equal(track_alloc(&track, &config, NULL, NULL), 0);
    watching.egress = egress;
    assert_int_equal(sub_alloc(&sub, &watching), 0);
    assert_true(sub_attach(sub, track, 0));
    return 0;
}

static int close_sub(void **state)
{
    sub_free(sub);
    track_free(track);
    return viewer_close(state);
}

static int64_t now(void)
{
    return (1000 + pushed * EVERY_MS) * MEDIA_MS;
}

// All that waits at the viewer: how many RTP packets, and the newest one's number.
static unsigned drain(void)
{
    unsigned count = 0;
    while (viewer_next())
        if (got[1] >> 1 != 200 >> 1) {
            newest_seq = rtp.seq;
            count++;
        }
    return count;
}

// A second of pictures, which a report ends that came from so far away; 0: it tells nothing.
static void second(unsigned rtt_ms)
{
    for (unsigned i = 0; i < 1000 / EVERY_MS; i++, pushed++) {
        const struct media_packet what = {.pt = 96,
                                          .seq = (uint16_t)pushed,
                                          .ts = pushed * 900,
                                          .ssrc = 1,
                                          .part = pushed ? MEDIA_FRAME : MEDIA_KEY,
                                          .marker = true};
        struct packet *packet = media_make(pool, &what, now());
        track_push(track, packet, now());
        packet_drop(packet);
        drain();
    }
    struct rtcp_report report = {.ssrc = SSRC, .lost_fraction = lost};
    uint64_t ntp = (uint64_t)pushed << 32;
    track_set_clock(track, ntp, pushed * 900, now());
    sub_report(sub, now());
    drain();
    report.last_sr = rtt_ms ? (uint32_t)(ntp >> 16) : 0;
    report.since_sr = 65536 / 10;
    sub_receiver_report(sub, &report, now() + (100 + rtt_ms) * MEDIA_MS);
}

// Is what was sent so long ago still there when it is asked for?
static bool answered(unsigned age_ms)
{
    uint16_t seq = (uint16_t)(newest_seq - age_ms / EVERY_MS);
    uint16_t newest = newest_seq;
    sub_nack(sub, seq, now());
    bool came = drain() == 1 && newest_seq == seq;
    newest_seq = newest;
    return came;
}

static void who_has_not_told_how_far_away_he_is_may_be_anywhere(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        second(0);
    assert_true(answered(1900));
}

static void who_is_near_needs_little(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        second(10);
    assert_true(answered(200));
    assert_false(answered(400));
    assert_in_range(VIEWER_BLOCKS - pool_left(pool), 20, 40);
}

static void who_is_far_away_asks_four_times(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        second(i == 4 ? 10 : 350); // and one report does not make him near
    for (unsigned i = 0; i < 2; i++)
        second(350);
    assert_true(answered(1400));
}

static void who_loses_much_is_answered_longer(void **state)
{
    (void)state;
    lost = 50;
    for (unsigned i = 0; i < 5; i++)
        second(60);
    assert_true(answered(850));
    lost = 0;
    for (unsigned i = 0; i < 20; i++)
        second(60);
    assert_false(answered(850));
}

static void a_port_is_near(void **state)
{
    (void)state;
    sub_is_near(sub);
    for (unsigned i = 0; i < 3; i++)
        second(0);
    assert_true(answered(150));
    assert_false(answered(400));
}

#define SUB_TEST(name) cmocka_unit_test_setup_teardown(name, open_sub, close_sub)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUB_TEST(who_has_not_told_how_far_away_he_is_may_be_anywhere),
        SUB_TEST(who_is_near_needs_little),
        SUB_TEST(who_is_far_away_asks_four_times),
        SUB_TEST(who_loses_much_is_answered_longer),
        SUB_TEST(a_port_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
