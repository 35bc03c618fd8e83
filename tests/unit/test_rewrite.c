// The header a viewer sees.
#include "tests/unit/support/media.h"

#include "gateway/relay/drop.h"
#include "gateway/relay/rewrite.h"

#define LEVEL_ID  1
#define TIME_ID   3
#define MID_ID    4
#define ROTATE_ID 12

static struct pool *pool;

static int open_pool(void **state)
{
    (void)state;
    return pool_alloc(&pool, sizeof(struct packet), 4);
}

static int close_pool(void **state)
{
    (void)state;
    pool_free(pool);
    return 0;
}

// A packet of sound with a level, a send time and a MID, numbered as the publisher does.
static struct packet *published(void)
{
    const uint8_t level[] = {0x8f}, when[] = {1, 2, 3}, mid[] = "pub";
    const struct rtp_ext_item items[] = {{.id = LEVEL_ID, .len = 1, .data = level},
                                         {.id = TIME_ID, .len = 3, .data = when},
                                         {.id = MID_ID, .len = 3, .data = mid}};
    const struct rtp_header header = {
        .marker = true, .has_ext = true, .pt = 111, .seq = 7, .ts = 960, .ssrc = 5};
    struct rtp_ext_map map = {0};
    struct packet *packet = packet_take(pool);
    size_t len;
    rtp_ext_map_set(&map, LEVEL_ID, RTP_EXT_AUDIO_LEVEL);
    rtp_ext_map_set(&map, TIME_ID, RTP_EXT_ABS_SEND_TIME);
    rtp_ext_map_set(&map, MID_ID, RTP_EXT_MID);
    packet->len = rtp_write_header(packet->data, &header);
    rtp_ext_write(packet->data + packet->len, 100, items, 3, &len);
    packet->len += len;
    memcpy(packet->data + packet->len, "sound", 5);
    packet->len += 5;
    assert_int_equal(packet_parse(packet, &map), 0);
    return packet;
}

static struct terms_media viewer_terms(unsigned level_id)
{
    struct terms_media terms = {.present = true, .mid = "0"};
    rtp_ext_map_set(&terms.ext, level_id, RTP_EXT_AUDIO_LEVEL);
    rtp_ext_map_set(&terms.ext, 9, RTP_EXT_MID);
    rtp_ext_map_set(&terms.ext, 2, RTP_EXT_ABS_SEND_TIME);
    rtp_ext_map_set(&terms.ext, ROTATE_ID, RTP_EXT_VIDEO_ORIENTATION);
    return terms;
}

static void check_rewritten(unsigned level_id, uint16_t profile)
{
    struct terms_media terms = viewer_terms(level_id);
    struct rewrite rewrite;
    struct rewrite_to to = {.pt = 63, .seq = 65535, .ts = 123456, .ssrc = 0xfeed, .mid = true};
    uint8_t out[192], again[192];
    struct rtp_header header;
    struct rtp_ext_set set;
    struct packet *packet = published();
    size_t len;
    rewrite_init(&rewrite, &terms);
    size_t out_len = rewrite_header(&rewrite, packet, &to, out, sizeof(out));
    assert_int_equal(rtp_parse(&header, out, out_len), 0);
    assert_int_equal(header.header_len, out_len);
    assert_int_equal(header.pt, 63);
    assert_int_equal(header.seq, 65535);
    assert_int_equal(header.ts, 123456);
    assert_int_equal(header.ssrc, 0xfeed);
    assert_int_equal(header.csrc_count, 0);
    assert_int_equal(header.ext_profile, profile);
    assert_true(header.marker);
    assert_int_equal(rtp_ext_parse(&set, &terms.ext, out, &header), 0);
    assert_int_equal(set.present, 1u << RTP_EXT_AUDIO_LEVEL | 1u << RTP_EXT_MID);
    assert_int_equal(*rtp_ext_get(&set, out, RTP_EXT_AUDIO_LEVEL, &len), 0x8f);
    assert_memory_equal(rtp_ext_get(&set, out, RTP_EXT_MID, &len), "0", 1);
    assert_int_equal(rewrite_header(&rewrite, packet, &to, again, sizeof(again)), out_len);
    assert_memory_equal(out, again, out_len);
    packet_drop(packet);
}

static void extensions_get_the_viewers_ids(void **state)
{
    (void)state;
    check_rewritten(5, RTP_EXT_PROFILE_ONE);
}

static void ids_above_fourteen_use_the_two_byte_form(void **state)
{
    (void)state;
    check_rewritten(200, RTP_EXT_PROFILE_TWO);
}

static void without_extensions_the_header_is_twelve_bytes(void **state)
{
    (void)state;
    struct terms_media terms = {.present = true};
    struct rewrite rewrite;
    const struct rewrite_to to = {.pt = 63, .mid = true};
    uint8_t out[192];
    struct packet *packet = published();
    rewrite_init(&rewrite, &terms);
    assert_int_equal(rewrite_header(&rewrite, packet, &to, out, sizeof(out)), RTP_HEADER_LEN);
    assert_int_equal(out[0], 0x80);
    packet_drop(packet);
}

static void extensions_that_do_not_fit_are_left_out(void **state)
{
    (void)state;
    struct terms_media terms = viewer_terms(5);
    struct rewrite rewrite;
    const struct rewrite_to to = {.pt = 63, .mid = true};
    uint8_t out[16];
    struct packet *packet = published();
    rewrite_init(&rewrite, &terms);
    assert_int_equal(rewrite_header(&rewrite, packet, &to, out, sizeof(out)), RTP_HEADER_LEN);
    assert_int_equal(out[0], 0x80);
    packet_drop(packet);
}

static void every_drop_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < DROP_COUNT; i++) {
        assert_non_null(drop_name((enum drop_reason)i));
        assert_true(drop_name((enum drop_reason)i)[0] != 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(drop_name((enum drop_reason)i), drop_name((enum drop_reason)j));
    }
    assert_string_equal(drop_name(DROP_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extensions_get_the_viewers_ids),
        cmocka_unit_test(ids_above_fourteen_use_the_two_byte_form),
        cmocka_unit_test(without_extensions_the_header_is_twelve_bytes),
        cmocka_unit_test(extensions_that_do_not_fit_are_left_out),
        cmocka_unit_test(every_drop_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, open_pool, close_pool);
}
