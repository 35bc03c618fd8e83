// Redundant audio towards viewers who lose (RFC 2198): plain RTP over a real socket, virtual time.
#include "tests/unit/support/viewer.h"

#include "gateway/base/mem.h"
#include "gateway/feedback/sent.h"
#include "gateway/relay/red.h"

#define OPUS_PT 109
#define RED_PT  63
#define FRAME   960
#define STEP    (20 * MEDIA_MS)
#define LEN     60

static struct track *track;
static struct sub *sub;
static uint16_t seq;
static size_t sound_len;

static int open_sub(void **state)
{
    const struct track_config config = {.codec = CODEC_OPUS, .drops = &drops};
    int err = viewer_open(state);
    seq = 65530;
    sound_len = LEN;
    assert_int_equal(track_alloc(&track, &config, NULL, NULL), 0);
    sub = NULL;
    return err;
}

static int close_sub(void **state)
{
    sub_free(sub);
    track_free(track);
    return viewer_close(state);
}

static void watch_counted(bool with_red, struct sent *sent)
{
    struct terms_media terms = {.present = true, .mid = "0", .codec_count = with_red ? 2 : 1};
    terms.codecs[0] = (struct terms_codec){.codec = CODEC_OPUS, .pt = OPUS_PT};
    terms.codecs[1] = (struct terms_codec){.codec = CODEC_RED, .pt = RED_PT};
    if (sent)
        rtp_ext_map_set(&terms.ext, 5, RTP_EXT_TRANSPORT_CC);
    const struct sub_config config = {.terms = &terms,
                                      .sent = sent,
                                      .ssrc = 1,
                                      .cname = "banyan",
                                      .outlet = &outlet,
                                      .egress = egress,
                                      .drops = &drops};
    assert_int_equal(sub_alloc(&sub, &config), 0);
    assert_true(sub_attach(sub, track, 0));
}

static void watch(bool with_red)
{
    watch_counted(with_red, NULL);
}

static void push(uint32_t ts)
{
    const struct media_packet what = {
        .pt = 96, .seq = seq, .ts = ts, .ssrc = 1, .part = MEDIA_SOUND, .len = sound_len};
    struct packet *packet = media_make(pool, &what, seq * STEP);
    track_push(track, packet, seq * STEP);
    packet_drop(packet);
    seq++;
}

// The next packet has these many older blocks, and all are what was sent.
static void expect(unsigned older)
{
    push((uint32_t)(uint16_t)(seq - 65530) * FRAME);
    assert_true(viewer_next());
    assert_int_equal(rtp.pt, older ? RED_PT : OPUS_PT);
    const uint8_t *head = rtp.payload, *data = rtp.payload + (older ? older * 4 + 1 : 0);
    for (unsigned back = older; back > 0; back--, head += 4) {
        assert_int_equal(head[0], 0x80 | OPUS_PT);
        assert_int_equal(get_u16(head + 1) >> 2, back * FRAME);
        assert_int_equal(get_u16(head + 2) & 0x3ff, sound_len);
        assert_int_equal(get_u16(data + sound_len - 2), (uint16_t)(seq - 1 - back));
        data += sound_len;
    }
    if (older)
        assert_int_equal(head[0], OPUS_PT);
    assert_int_equal(get_u16(data + sound_len - 2), (uint16_t)(seq - 1));
    assert_int_equal(data + sound_len - rtp.payload, rtp.payload_len);
    assert_false(viewer_next());
}

static void hear(uint8_t fraction_lost)
{
    const struct rtcp_report report = {.lost_fraction = fraction_lost};
    sub_receiver_report(sub, &report, 0);
}

static void loss_brings_it_and_calm_ends_it(void **state)
{
    (void)state;
    watch(true);
    for (unsigned i = 0; i < 3; i++)
        expect(0);
    hear(7); // under 3 %
    expect(0);
    hear(8);
    expect(1);
    hear(40);
    expect(2);
    hear(10); // it helps, so it stays
    expect(2);
    for (unsigned i = 0; i < RED_CALM - 1; i++)
        hear(0);
    expect(2);
    hear(5); // begins to count anew
    for (unsigned i = 0; i < RED_CALM - 1; i++)
        hear(2);
    expect(2);
    hear(0);
    expect(0);
}

// Transport-wide feedback comes ten times a second and tells of everything; a report on sound
// comes every five seconds and may be lost.
static void what_the_path_tells_goes_before_reports(void **state)
{
    (void)state;
    struct sent *sent;
    assert_int_equal(sent_alloc(&sent), 0);
    watch_counted(true, sent);
    for (unsigned i = 0; i < 3; i++)
        expect(0);
    hear(100);
    expect(0);
    sub_lost(sub, 0.05);
    expect(1);
    sub_lost(sub, 0.2);
    expect(2);
    hear(0);
    for (unsigned i = 0; i < RED_CALM - 1; i++)
        sub_lost(sub, 0);
    expect(2);
    sub_lost(sub, 0);
    expect(0);
    sub_free(sub);
    sub = NULL;
    sent_free(sent);
}

static void a_full_path_is_not_filled_more(void **state)
{
    (void)state;
    watch(true);
    for (unsigned i = 0; i < 3; i++)
        expect(0);
    hear(100);
    expect(2);
    sub_crowded(sub, true);
    expect(0);
    sub_crowded(sub, false);
    expect(2);
}

static void who_did_not_agree_gets_none(void **state)
{
    (void)state;
    watch(false);
    hear(100);
    for (unsigned i = 0; i < 4; i++)
        expect(0);
}

static void large_packets_stay_what_they_are(void **state)
{
    (void)state;
    watch(true);
    hear(100);
    sound_len = 140; // three of them do not fit
    expect(0);
    expect(1);
    expect(1);
    sound_len = 399;
    expect(0);
}

// What is missing, or too far back to be said, is left out.
static void gaps_are_left_out(void **state)
{
    (void)state;
    watch(true);
    expect(0);
    hear(100);
    seq++;
    push(2 * FRAME);
    assert_true(viewer_next());
    assert_int_equal(get_u16(rtp.payload + 1) >> 2, 2 * FRAME);
    assert_int_equal(rtp.payload_len, 5 + 2 * LEN);
    push(3 * FRAME + (1 << 14)); // after a silence
    assert_true(viewer_next());
    assert_int_equal(rtp.pt, OPUS_PT);
}

// A packet with what came before is never sent again under its number as another one.
static void nothing_is_sent_again(void **state)
{
    (void)state;
    watch(true);
    expect(0);
    sub_nack(sub, rtp.seq, 1);
    assert_true(viewer_next());
    hear(100);
    expect(1);
    sub_nack(sub, rtp.seq, 2);
    assert_false(viewer_next());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_sub, close_sub)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(loss_brings_it_and_calm_ends_it),
        TEST(what_the_path_tells_goes_before_reports),
        TEST(a_full_path_is_not_filled_more),
        TEST(who_did_not_agree_gets_none),
        TEST(large_packets_stay_what_they_are),
        TEST(gaps_are_left_out),
        TEST(nothing_is_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
