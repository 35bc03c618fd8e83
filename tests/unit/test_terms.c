// Which row of a viewer's terms fits a publisher's stream.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gateway/peer/terms.h"

static void add(struct terms_media *media, enum codec codec, uint8_t pt, const char *fmtp)
{
    struct terms_codec *row = &media->codecs[media->codec_count++];
    row->codec = codec;
    row->pt = pt;
    snprintf(row->fmtp, sizeof(row->fmtp), "%s", fmtp);
}

static int match(const struct terms_media *media, enum codec codec, const char *fmtp)
{
    const struct terms_codec *row = terms_match(media, codec, fmtp);
    return row ? row->pt : -1;
}

static void test_match_of_profiles(void **state)
{
    (void)state;
    struct terms_media media = {0};
    add(&media, CODEC_VP8, 96, "");
    add(&media, CODEC_VP9, 98, "profile-id=0");
    add(&media, CODEC_VP9, 99, "profile-id=2");
    add(&media, CODEC_H264, 100, "packetization-mode=1;profile-level-id=640c1f");
    add(&media, CODEC_H264, 101, "packetization-mode=1;profile-level-id=42e01f");
    add(&media, CODEC_H264, 102, "packetization-mode=0;profile-level-id=42e01f");
    assert_int_equal(match(&media, CODEC_VP8, "max-fr=30"), 96);
    assert_int_equal(match(&media, CODEC_VP8, NULL), 96);
    assert_int_equal(match(&media, CODEC_VP9, ""), 98);
    assert_int_equal(match(&media, CODEC_VP9, "profile-id=2"), 99);
    assert_int_equal(match(&media, CODEC_VP9, "profile-id=1"), -1);
    assert_int_equal(match(&media, CODEC_AV1, ""), -1);
    assert_int_equal(match(&media, CODEC_H264, "packetization-mode=1;profile-level-id=42001f"),
                     101);
    assert_int_equal(match(&media, CODEC_H264, "profile-level-id=42e01f"), 102);
    assert_int_equal(match(&media, CODEC_H264, "packetization-mode=1;profile-level-id=4d001f"),
                     100);
    assert_int_equal(match(&media, CODEC_H264, "packetization-mode=1;profile-level-id=640028"),
                     100);
    assert_int_equal(match(&media, CODEC_H264, "packetization-mode=1;profile-level-id=f4001f"), -1);
    assert_int_equal(match(&media, CODEC_H264, "profile-level-id=nonsense"), -1);
}

static void test_match_needs_what_the_stream_has(void **state)
{
    (void)state;
    struct terms_media media = {0};
    add(&media, CODEC_H264, 102, "packetization-mode=0;profile-level-id=42e01f");
    assert_int_equal(match(&media, CODEC_H264, "packetization-mode=1;profile-level-id=42e01f"), -1);
    assert_int_equal(match(&media, CODEC_H264, "packetization-mode=0;profile-level-id=4d001f"), -1);
    add(&media, CODEC_AV1, 45, "level-idx=5;profile=0;tier=0");
    assert_int_equal(match(&media, CODEC_AV1, ""), 45);
    assert_int_equal(match(&media, CODEC_AV1, "profile=1"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match_of_profiles),
        cmocka_unit_test(test_match_needs_what_the_stream_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
