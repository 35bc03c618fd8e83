// The encodings of a simulcast on their way in: told apart by name, then by SSRC.
#include "tests/unit/support/media.h"

#include "gateway/packet/rtcp.h"
#include "gateway/relay/ingress.h"

#define BLOCKS  1024
#define VP8_PT  96
#define VP9_PT  98
#define RTX_PT  97
#define RID_ID  10
#define RRID_ID 17 // the two-byte form

static struct pool *pool;
static struct drops drops;
static struct ingress *ingress;
static uint32_t pli_for; // newest
static size_t plis;

static void on_rtcp(void *arg, const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    struct rtcp_feedback feedback;
    (void)arg;
    while (rtcp_next(&it, &packet) == 0)
        if (rtcp_kind(&packet) == RTCP_KIND_PLI && rtcp_parse_feedback(&packet, &feedback) == 0) {
            pli_for = feedback.media;
            plis++;
        }
}

static int open_ingress(void **state)
{
    static const char *const rids[] = {"h", "m", "l"};
    struct terms terms = {.video.present = true};
    struct terms_media *video = &terms.video;
    (void)state;
    video->codec_count = 2;
    video->codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = VP8_PT, .rtx_pt = RTX_PT};
    video->codecs[1] = (struct terms_codec){.codec = CODEC_VP9, .pt = VP9_PT};
    video->nack = video->pli = true;
    rtp_ext_map_set(&video->ext, RID_ID, RTP_EXT_RID);
    rtp_ext_map_set(&video->ext, RRID_ID, RTP_EXT_RRID);
    for (size_t i = 0; i < 3; i++)
        strcpy(video->rids[video->rid_count++], rids[i]);
    memset(&drops, 0, sizeof(drops));
    plis = 0;
    const struct ingress_config config = {
        .terms = &terms, .drops = &drops, .handlers = {.send_rtcp = on_rtcp}};
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), BLOCKS), 0);
    assert_int_equal(ingress_alloc(&ingress, &config), 0);
    return 0;
}

static int close_ingress(void **state)
{
    (void)state;
    ingress_free(ingress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

struct sent {
    uint8_t pt;
    uint16_t seq;
    uint32_t ssrc;
    const char *rid, *rrid;
    bool key, empty;
    uint16_t repairs; // RTX
};

static void give(struct sent what, int64_t now_us)
{
    struct rtp_ext_item items[2];
    size_t count = 0, len = 0;
    struct packet *packet = packet_take(pool);
    const char *names[] = {what.rid, what.rrid};
    static const uint8_t ids[] = {RID_ID, RRID_ID};
    for (size_t i = 0; i < 2; i++)
        if (names[i])
            items[count++] = (struct rtp_ext_item){
                .id = ids[i], .len = (uint8_t)strlen(names[i]), .data = (const uint8_t *)names[i]};
    const struct rtp_header header = {.has_ext = count > 0,
                                      .pt = what.pt,
                                      .seq = what.seq,
                                      .ts = (uint32_t)(now_us * 9 / 100),
                                      .ssrc = what.ssrc};
    packet->len = rtp_write_header(packet->data, &header);
    rtp_ext_write(packet->data + packet->len, 100, items, count, &len);
    packet->len += len;
    if (what.pt == RTX_PT && !what.empty) {
        put_u16(packet->data + packet->len, what.repairs);
        packet->len += 2;
    }
    const struct media_packet part = {.seq = what.repairs ? what.repairs : what.seq,
                                      .part = what.key ? MEDIA_KEY : MEDIA_FRAME};
    if (!what.empty)
        packet->len += media_payload(packet->data + packet->len, &part);
    packet->arrival_us = now_us;
    ingress_rtp(ingress, packet, now_us);
    packet_drop(packet);
}

static struct track *encoding(unsigned i)
{
    return track_picture(ingress_video(ingress))->tracks[i];
}

static unsigned count_of(unsigned i)
{
    unsigned count = 0;
    const struct track *track = encoding(i);
    for (uint64_t at = track_oldest(track); at && at <= track_newest(track); at++)
        count += track_find(track, at) != NULL;
    return count;
}

static uint64_t dropped(enum drop_reason reason)
{
    return counter_get(&drops.count[reason]);
}

static void encodings_say_their_name_once(void **state)
{
    (void)state;
    give((struct sent){VP8_PT, 10, 301, "l", NULL, true, false, 0}, 1);
    give((struct sent){VP8_PT, 20, 303, "h", NULL, true, false, 0}, 2);
    give((struct sent){VP8_PT, 11, 301, NULL, NULL, false, false, 0}, 3);
    give((struct sent){VP8_PT, 21, 303, NULL, NULL, false, false, 0}, 4);
    give((struct sent){VP8_PT, 22, 303, NULL, NULL, false, false, 0}, 5);
    assert_int_equal(track_picture(ingress_video(ingress))->count, 3);
    assert_string_equal(track_picture(ingress_video(ingress))->rids[2], "l");
    assert_int_equal(count_of(0), 3);
    assert_int_equal(count_of(1), 0);
    assert_int_equal(count_of(2), 2);
    // Who says no name, or one nobody agreed on, is nobody.
    give((struct sent){VP8_PT, 1, 400, NULL, NULL, true, false, 0}, 6);
    give((struct sent){VP8_PT, 1, 400, "x", NULL, true, false, 0}, 6);
    give((struct sent){VP8_PT, 1, 400, "", NULL, true, false, 0}, 6);
    assert_int_equal(dropped(DROP_SSRC), 3);
}

static void a_name_cannot_be_taken_from_who_has_it(void **state)
{
    (void)state;
    give((struct sent){VP8_PT, 10, 301, "l", NULL, true, false, 0}, 1);
    give((struct sent){VP8_PT, 10, 999, "l", NULL, true, false, 0}, 2);
    assert_int_equal(dropped(DROP_SSRC), 1);
    // When it fell silent, its next SSRC goes on.
    give((struct sent){VP8_PT, 500, 999, "l", NULL, true, false, 0}, 2000 * MEDIA_MS);
    const struct track *low = encoding(2);
    assert_int_equal(track_find(low, track_newest(low))->rtp.seq, 500);
}

static void repairs_find_what_they_repair(void **state)
{
    (void)state;
    give((struct sent){VP8_PT, 10, 301, "l", NULL, true, false, 0}, 1);
    give((struct sent){VP8_PT, 20, 302, "m", NULL, true, false, 0}, 1);
    give((struct sent){VP8_PT, 12, 301, NULL, NULL, false, false, 0}, 2);
    give((struct sent){RTX_PT, 700, 502, NULL, "m", false, true, 0}, 3); // a probe names it
    assert_int_equal(dropped(DROP_PROBE), 1);
    give((struct sent){RTX_PT, 800, 501, NULL, "l", false, false, 11}, 3);
    assert_int_equal(count_of(2), 3);
    give((struct sent){VP8_PT, 22, 302, NULL, NULL, false, false, 0}, 4);
    give((struct sent){RTX_PT, 701, 502, NULL, NULL, false, false, 21}, 5);
    assert_int_equal(count_of(1), 3);
    give((struct sent){RTX_PT, 1, 503, NULL, NULL, false, false, 21}, 5);
    assert_int_equal(dropped(DROP_SSRC), 1);
}

static void each_is_asked_for_its_own_keyframe(void **state)
{
    (void)state;
    give((struct sent){VP8_PT, 10, 301, "l", NULL, true, false, 0}, 1);
    give((struct sent){VP8_PT, 20, 303, "h", NULL, true, false, 0}, 1);
    track_want_keyframe(encoding(0), 5 * MEDIA_MS);
    assert_int_equal(pli_for, 303);
    track_want_keyframe(encoding(2), 6 * MEDIA_MS);
    assert_int_equal(pli_for, 301);
    assert_int_equal(plis, 2);
    for (unsigned i = 0; i < 10; i++) // merged, each by itself
        track_want_keyframe(encoding(i % 2 ? 0 : 2), 7 * MEDIA_MS);
    assert_int_equal(plis, 2);
}

static void the_picture_has_one_codec(void **state)
{
    (void)state;
    give((struct sent){VP9_PT, 10, 302, "m", NULL, true, false, 0}, 1);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(track_config(encoding(i))->codec, CODEC_VP9);
    // Two at a time is the publisher's business: each keeps its own.
    give((struct sent){VP8_PT, 10, 303, "h", NULL, true, false, 0}, 2);
    assert_int_equal(track_config(encoding(0))->codec, CODEC_VP8);
    assert_int_equal(track_config(encoding(1))->codec, CODEC_VP9);
}

static void one_that_stops_is_no_longer_offered(void **state)
{
    struct layer_list list;
    const struct picture *picture = track_picture(ingress_video(ingress));
    (void)state;
    give((struct sent){VP8_PT, 10, 301, "l", NULL, true, false, 0}, 1);
    give((struct sent){VP8_PT, 20, 303, "h", NULL, true, false, 0}, 1);
    picture_layers(picture, 2, &list);
    assert_int_equal(list.count, 2);
    assert_true(list.layer[0].active);
    give((struct sent){VP8_PT, 11, 301, NULL, NULL, false, false, 0}, 900 * MEDIA_MS);
    picture_layers(picture, 1100 * MEDIA_MS, &list);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.layer[0].rid, "l");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_ingress, close_ingress)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encodings_say_their_name_once), TEST(a_name_cannot_be_taken_from_who_has_it),
        TEST(repairs_find_what_they_repair), TEST(each_is_asked_for_its_own_keyframe),
        TEST(the_picture_has_one_codec),     TEST(one_that_stops_is_no_longer_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
