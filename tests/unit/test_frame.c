#include "gateway/packet/frame.h"

#include "gateway/packet/av1.h"
#include "gateway/packet/h264.h"
#include "gateway/packet/vp8.h"
#include "gateway/packet/vp9.h"
#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// --- VP8 ----------------------------------------------------------------------------------------

// X S; I L T K; picture id 0x1234, tl0 7, tid 2 sync key index 5; keyframe of 640x480.
static const uint8_t vp8_key[] = {0x90, 0xF0, 0x92, 0x34, 7,    0xA5, 0x10, 0x02,
                                  0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01};

static void vp8_keyframe(void **state)
{
    (void)state;
    struct vp8_header h;
    assert_int_equal(vp8_parse(&h, vp8_key, sizeof(vp8_key)), 0);
    assert_true(h.starts && h.key && h.has_picture_id && h.wide_picture_id && h.sync);
    assert_int_equal(h.picture_id, 0x1234);
    assert_int_equal(h.picture_id_off, 2);
    assert_int_equal(h.tl0, 7);
    assert_int_equal(h.tl0_off, 4);
    assert_int_equal(h.tid, 2);
    assert_int_equal(h.key_index, 5);
    assert_int_equal(h.len, 6);
    assert_int_equal(h.width, 640);
    assert_int_equal(h.height, 480);
    assert_false(h.non_reference);
}

static void vp8_other_packets(void **state)
{
    (void)state;
    struct vp8_header h;
    static const uint8_t delta[] = {0x10, 0x11, 0, 0};
    static const uint8_t middle[] = {0x00, 0x10, 0, 0};       // not S
    static const uint8_t partition[] = {0x11, 0x10, 0, 0};    // S of partition 1
    static const uint8_t narrow[] = {0xB0, 0x80, 0x7F, 0x10}; // 7 bits of picture id, N
    assert_int_equal(vp8_parse(&h, delta, 4), 0);
    assert_true(h.starts && !h.key);
    assert_int_equal(vp8_parse(&h, middle, 4), 0);
    assert_true(!h.starts && !h.key);
    assert_int_equal(vp8_parse(&h, partition, 4), 0);
    assert_true(!h.starts && !h.key);
    assert_int_equal(vp8_parse(&h, narrow, 4), 0);
    assert_true(h.key && !h.wide_picture_id && h.non_reference);
    assert_int_equal(h.picture_id, 127);
    assert_int_equal(h.width, 0);
    for (size_t len = 0; len <= 6; len++)
        assert_int_equal(vp8_parse(&h, vp8_key, len), EBADMSG);
}

// --- VP9 ----------------------------------------------------------------------------------------

// I L B E V, not F: picture id 0x0102, tid 1 U sid 0, tl0 9; two layers 320x180 and 640x360, one
// picture.
static const uint8_t vp9_key[] = {0xAE, 0x81, 0x02, 0x30, 9,    0x38, 0x01, 0x40, 0x00,
                                  0xB4, 0x02, 0x80, 0x01, 0x68, 1,    0x04, 1,    0x82};

static void vp9_keyframe(void **state)
{
    (void)state;
    struct vp9_header h;
    assert_int_equal(vp9_parse(&h, vp9_key, sizeof(vp9_key)), 0);
    assert_true(h.starts && h.ends && h.key && h.switch_up && h.has_layers && h.has_tl0);
    assert_int_equal(h.picture_id, 0x0102);
    assert_int_equal(h.tid, 1);
    assert_int_equal(h.sid, 0);
    assert_int_equal(h.tl0, 9);
    assert_int_equal(h.tl0_off, 4);
    assert_int_equal(h.spatial_layers, 2);
    assert_int_equal(h.widths[0], 320);
    assert_int_equal(h.widths[1], 640);
    assert_int_equal(h.heights[1], 360);
    assert_int_equal(h.len, sizeof(vp9_key) - 1);
    for (size_t len = 0; len < sizeof(vp9_key); len++)
        assert_int_equal(vp9_parse(&h, vp9_key, len), EBADMSG);
}

static void vp9_other_packets(void **state)
{
    (void)state;
    struct vp9_header h;
    static const uint8_t delta[] = {0x48, 0x82};                  // P B
    static const uint8_t upper[] = {0x28, 0x03, 0x00, 0x82};      // B, sid 1 D
    static const uint8_t middle[] = {0x00, 0x82};                 // continues a keyframe
    static const uint8_t flexible[] = {0x58, 0x03, 0x04, 0x82};   // P F B, two references
    static const uint8_t endless[] = {0x58, 0x03, 0x03, 0x03, 0}; // three that all say "more"
    assert_int_equal(vp9_parse(&h, delta, 2), 0);
    assert_true(h.starts && !h.key && h.inter_predicted);
    assert_int_equal(vp9_parse(&h, upper, 4), 0);
    assert_true(h.starts && !h.key && h.inter_layer);
    assert_int_equal(h.sid, 1);
    assert_int_equal(vp9_parse(&h, middle, 2), 0);
    assert_true(!h.starts && !h.key);
    assert_int_equal(vp9_parse(&h, flexible, 4), 0);
    assert_int_equal(h.len, 3);
    assert_int_equal(vp9_parse(&h, endless, 5), EBADMSG);
}

// --- H.264 --------------------------------------------------------------------------------------

static void h264_units(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint8_t payload[12];
        size_t len;
        int err;
        bool starts, key;
    } cases[] = {
        {"SPS", {0x67, 0x42, 0, 0x1F}, 4, 0, true, true},
        {"PPS", {0x68, 0xCE}, 2, 0, true, false},
        {"IDR, first slice", {0x65, 0x88}, 2, 0, true, true},
        {"IDR, later slice", {0x65, 0x48}, 2, 0, false, false},
        {"P, first slice", {0x41, 0x9A}, 2, 0, true, false},
        {"P, later slice", {0x41, 0x1A}, 2, 0, false, false},
        {"STAP-A: SPS, PPS", {0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68}, 8, 0, true, true},
        {"STAP-A: SEI, P", {0x78, 0, 1, 0x06, 0, 2, 0x41, 0x9A}, 8, 0, true, false},
        {"FU-A: start of IDR", {0x7C, 0x85, 0x88}, 3, 0, true, true},
        {"FU-A: start of later slice", {0x7C, 0x85, 0x40}, 3, 0, false, false},
        {"FU-A: middle of IDR", {0x7C, 0x05, 0x88}, 3, 0, false, false},
        {"FU-A: start of P", {0x5C, 0x81, 0x9A}, 3, 0, true, false},
        {"empty", {0}, 0, EBADMSG, false, false},
        {"type 0", {0x60, 1}, 2, EBADMSG, false, false},
        {"FU-B", {0x7D, 0x85, 0, 0, 0x88}, 5, EBADMSG, false, false},
        {"FU-A without content", {0x7C, 0x85}, 2, EBADMSG, false, false},
        {"STAP-A without unit", {0x78}, 1, EBADMSG, false, false},
        {"STAP-A with an empty unit", {0x78, 0, 0, 0x67}, 4, EBADMSG, false, false},
        {"STAP-A that overruns", {0x78, 0, 2, 0x67, 0x42, 0, 9, 0x68}, 8, EBADMSG, false, false},
        {"STAP-A with half a length", {0x78, 0, 1, 0x67, 0}, 5, EBADMSG, false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct h264_header h;
        uint8_t *copy = exact_copy(cases[i].payload, cases[i].len);
        int err = h264_parse(&h, copy, cases[i].len);
        free(copy);
        if (err != cases[i].err || h.starts != cases[i].starts || h.key != cases[i].key)
            fail_msg("%s: error %d, starts %d, key %d", cases[i].what, err, h.starts, h.key);
    }
}

// As x264 writes them.
static const uint8_t sps_baseline[] = {0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb,
                                       0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00,
                                       0x03, 0x03, 0x20, 0xf1, 0x83, 0x24, 0x80};
static const uint8_t sps_high[] = {0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02,
                                   0x27, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04,
                                   0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x60, 0xc6, 0x58};
static const uint8_t sps_high422[] = {0x67, 0x7a, 0x00, 0x0d, 0xbc, 0xd9, 0x41, 0x51, 0x9e,
                                      0x22, 0x2f, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10,
                                      0x00, 0x00, 0x03, 0x03, 0x20, 0xf1, 0x42, 0x99, 0x60};

static void h264_tells_its_size(void **state)
{
    static const struct {
        const uint8_t *sps;
        size_t len;
        uint16_t width, height;
    } cases[] = {{sps_baseline, sizeof(sps_baseline), 1280, 720},
                 {sps_high, sizeof(sps_high), 1920, 1080},
                 {sps_high422, sizeof(sps_high422), 322, 182}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct h264_header h;
        assert_int_equal(h264_parse(&h, cases[i].sps, cases[i].len), 0);
        assert_int_equal(h.width, cases[i].width);
        assert_int_equal(h.height, cases[i].height);
        for (size_t len = 1; len < 9; len++) { // cut off: no size, but still what it is
            uint8_t *copy = exact_copy(cases[i].sps, len);
            assert_int_equal(h264_parse(&h, copy, len), 0);
            assert_true(h.has_sps && h.width == 0);
            free(copy);
        }
    }
}

// --- AV1 ----------------------------------------------------------------------------------------

static void av1_packets(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        uint8_t payload[12];
        size_t len;
        int err;
        bool starts, key;
    } cases[] = {
        {"new sequence, W 2", {0x28, 3, 0x08, 1, 2, 0x30, 5}, 7, 0, true, true},
        {"new sequence, W 0", {0x08, 3, 0x08, 1, 2, 2, 0x30, 5}, 8, 0, true, true},
        {"delimiter in front", {0x38, 1, 0x10, 2, 0x08, 1, 0x30, 5}, 8, 0, true, true},
        {"N without sequence header", {0x18, 0x30, 5}, 3, 0, true, false},
        {"sequence header without N", {0x10, 0x08, 5}, 3, 0, true, false},
        {"frame", {0x10, 0x30, 5}, 3, 0, true, false},
        {"continued", {0x90, 0x08, 5}, 3, 0, false, false},
        {"empty", {0}, 0, EBADMSG, false, false},
        {"header alone", {0x10}, 1, EBADMSG, false, false},
        {"Z and N", {0x98, 0x08, 5}, 3, EBADMSG, false, false},
        {"length that overruns", {0x00, 9, 0x30, 5}, 4, EBADMSG, false, false},
        {"endless length", {0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 7, EBADMSG, false, false},
        {"fewer elements than W", {0x20, 2, 0x30, 5}, 4, EBADMSG, false, false},
        {"forbidden bit", {0x10, 0xB0, 5}, 3, EBADMSG, false, false},
        {"extension cut off", {0x10, 0x34}, 2, EBADMSG, false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct av1_header h;
        uint8_t *copy = exact_copy(cases[i].payload, cases[i].len);
        int err = av1_parse(&h, copy, cases[i].len);
        free(copy);
        if (err != cases[i].err || h.starts != cases[i].starts || h.key != cases[i].key)
            fail_msg("%s: error %d, starts %d, key %d", cases[i].what, err, h.starts, h.key);
    }
}

static void av1_layers(void **state)
{
    (void)state;
    struct av1_header h;
    static const uint8_t payload[] = {0x50, 0x34, 0x50, 1};
    assert_int_equal(av1_parse(&h, payload, sizeof(payload)), 0);
    assert_true(h.has_layers && h.continues);
    assert_int_equal(h.tid, 2);
    assert_int_equal(h.sid, 2);
}

// --- all of them --------------------------------------------------------------------------------

static void one_door_for_all(void **state)
{
    (void)state;
    struct frame_facts facts;
    static const uint8_t sps[] = {0x67, 0x42};
    static const uint8_t sequence[] = {0x18, 0x08, 1};
    assert_true(frame_is_key(CODEC_VP8, vp8_key, sizeof(vp8_key)));
    assert_true(frame_is_key(CODEC_VP9, vp9_key, sizeof(vp9_key)));
    assert_true(frame_is_key(CODEC_H264, sps, sizeof(sps)));
    assert_true(frame_is_key(CODEC_AV1, sequence, sizeof(sequence)));
    assert_true(frame_starts(CODEC_AV1, sequence, sizeof(sequence)));
    assert_true(frame_is_key(CODEC_OPUS, sps, sizeof(sps)));
    assert_false(frame_is_key(CODEC_OPUS, sps, 0));
    assert_false(frame_is_key(CODEC_RTX, vp8_key, sizeof(vp8_key)));
    assert_false(frame_is_key(CODEC_NONE, vp8_key, sizeof(vp8_key)));
    assert_false(frame_starts((enum codec)1000, vp8_key, sizeof(vp8_key)));
    assert_int_equal(frame_parse(&facts, CODEC_VP9, vp9_key, sizeof(vp9_key)), 0);
    assert_true(facts.tid == 1 && facts.sizes == 2);
    assert_true(facts.width[0] == 320 && facts.width[1] == 640 && facts.height[1] == 360);
    assert_int_equal(facts.up, 0xfc); // U at layer 1
    assert_false(facts.fresh);        // only the lowest temporal layer can be
    assert_true(facts.wide_picture && facts.picture == 0x0102);
    static const uint8_t enters[] = {0x28, 0x13, 7, 0x82};  // L B; U, spatial layer 1, D
    static const uint8_t goes_on[] = {0x68, 0x13, 7, 0x82}; // P
    assert_int_equal(frame_parse(&facts, CODEC_VP9, enters, sizeof(enters)), 0);
    assert_true(facts.fresh && !facts.key && facts.sid == 1 && facts.up == 0xfe);
    assert_int_equal(frame_parse(&facts, CODEC_VP9, goes_on, sizeof(goes_on)), 0);
    assert_false(facts.fresh);
    assert_int_equal(frame_parse(&facts, CODEC_VP8, vp8_key, 3), EBADMSG);
    assert_false(facts.starts);
}

static void random_payloads_stay_inside(void **state)
{
    (void)state;
    uint32_t random = 88172645;
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t payload[48];
        size_t len = exact_random(&random) % sizeof(payload);
        for (size_t i = 0; i < len; i++)
            payload[i] = (uint8_t)exact_random(&random);
        uint8_t *copy = exact_copy(payload, len);
        for (unsigned codec = CODEC_NONE; codec < CODEC_COUNT; codec++)
            if (frame_is_key((enum codec)codec, copy, len))
                assert_true(frame_starts((enum codec)codec, copy, len));
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vp8_keyframe),     cmocka_unit_test(vp8_other_packets),
        cmocka_unit_test(vp9_keyframe),     cmocka_unit_test(vp9_other_packets),
        cmocka_unit_test(h264_units),       cmocka_unit_test(h264_tells_its_size),
        cmocka_unit_test(av1_packets),      cmocka_unit_test(av1_layers),
        cmocka_unit_test(one_door_for_all), cmocka_unit_test(random_payloads_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
