// A publication's way in, and what the publisher is told. In virtual time.
#include "tests/unit/support/media.h"

#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "gateway/packet/rtcp.h"
#include "gateway/packet/twcc.h"
#include "gateway/relay/ingress.h"

#define BLOCKS  1024
#define VP8_PT  96
#define VP9_PT  98
#define OPUS_PT 111
#define RED_PT  63
#define TWCC_ID 5
#define VIDEO   0xaaaau
#define AUDIO   0xbbbbu

static struct pool *pool;
static struct drops drops;
static struct ingress *ingress;

// Everything the publisher was told.
static struct {
    size_t packets, reports, plis, firs, nacks, twccs, rembs, bytes;
    uint16_t nacked[64];
    uint8_t fir_seq;
    uint64_t bitrate;
    struct rtcp_report report[2];
    unsigned report_count;
    unsigned arrived, missing;
} told;
static size_t byes;

static void on_nacked(uint16_t seq, void *arg)
{
    (void)arg;
    assert_true(told.nacks < 64);
    told.nacked[told.nacks++] = seq;
}

static void on_status(uint16_t seq, bool received, int64_t at_us, void *arg)
{
    (void)seq;
    (void)at_us;
    (void)arg;
    if (received)
        told.arrived++;
    else
        told.missing++;
}

static void read_feedback(const struct rtcp_packet *packet, enum rtcp_kind kind)
{
    struct rtcp_feedback feedback;
    struct rtcp_fir fir;
    struct rtcp_remb remb;
    struct twcc_feedback twcc;
    assert_int_equal(rtcp_parse_feedback(packet, &feedback), 0);
    if (kind == RTCP_KIND_PLI) {
        assert_int_equal(feedback.media, VIDEO);
        told.plis++;
    } else if (kind == RTCP_KIND_FIR) {
        assert_int_equal(rtcp_fir_at(&feedback, 0, &fir), 0);
        assert_int_equal(fir.ssrc, VIDEO);
        told.fir_seq = fir.seq;
        told.firs++;
    } else if (kind == RTCP_KIND_NACK) {
        assert_int_equal(rtcp_each_nack(&feedback, on_nacked, NULL), 0);
    } else if (kind == RTCP_KIND_REMB) {
        assert_int_equal(rtcp_parse_remb(&feedback, &remb), 0);
        told.bitrate = remb.bitrate;
        told.rembs++;
    } else if (kind == RTCP_KIND_TWCC) {
        assert_int_equal(twcc_parse(&twcc, feedback.fci, feedback.fci_len, on_status, NULL), 0);
        told.twccs++;
    }
}

// Each compound packet begins with a report and carries a CNAME.
static void on_rtcp(void *arg, const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    bool named = false;
    assert_ptr_equal(arg, &told);
    for (unsigned i = 0; rtcp_next(&it, &packet) == 0; i++) {
        enum rtcp_kind kind = rtcp_kind(&packet);
        assert_true(i > 0 || kind == RTCP_KIND_RR);
        named = named || kind == RTCP_KIND_SDES;
        if (kind == RTCP_KIND_RR && packet.count) {
            told.reports++;
            told.report_count = packet.count;
            for (unsigned k = 0; k < packet.count && k < 2; k++)
                rtcp_report_at(&packet, k, &told.report[k]);
        }
        if (packet.type == RTCP_RTPFB || packet.type == RTCP_PSFB)
            read_feedback(&packet, kind);
    }
    assert_int_equal(it.left, 0);
    assert_true(named);
    told.packets++;
    told.bytes += len;
}

static void on_bye(void *arg)
{
    (void)arg;
    byes++;
}

static struct terms usual_terms(void)
{
    struct terms terms = {.audio.present = true, .video.present = true};
    terms.audio.codec_count = terms.video.codec_count = 2;
    terms.audio.codecs[0] = (struct terms_codec){.codec = CODEC_OPUS, .pt = OPUS_PT};
    terms.audio.codecs[1] = (struct terms_codec){.codec = CODEC_RED, .pt = RED_PT};
    terms.video.codecs[0] = (struct terms_codec){.codec = CODEC_VP8, .pt = VP8_PT};
    terms.video.codecs[1] = (struct terms_codec){.codec = CODEC_VP9, .pt = VP9_PT};
    rtp_ext_map_set(&terms.audio.ext, TWCC_ID, RTP_EXT_TRANSPORT_CC);
    rtp_ext_map_set(&terms.video.ext, TWCC_ID, RTP_EXT_TRANSPORT_CC);
    terms.video.nack = terms.video.pli = terms.video.twcc = terms.audio.twcc = true;
    return terms;
}

static void open_with(const struct terms *terms)
{
    const struct ingress_config config = {.terms = terms,
                                          .drops = &drops,
                                          .handlers = {.send_rtcp = on_rtcp, .bye = on_bye},
                                          .arg = &told};
    assert_int_equal(ingress_alloc(&ingress, &config), 0);
}

static int open_pool(void **state)
{
    (void)state;
    memset(&drops, 0, sizeof(drops));
    memset(&told, 0, sizeof(told));
    byes = 0;
    ingress = NULL;
    return pool_alloc(&pool, sizeof(struct packet), BLOCKS);
}

static int close_all(void **state)
{
    (void)state;
    ingress_free(ingress);
    assert_int_equal(pool_left(pool), BLOCKS);
    pool_free(pool);
    return 0;
}

static void give(struct media_packet what, int64_t now_us)
{
    struct packet *packet = media_arrive(pool, &what, now_us);
    ingress_rtp(ingress, packet, now_us);
    packet_drop(packet);
}

static void video(uint32_t ssrc, uint16_t seq, enum media_part part, int64_t now_us)
{
    give((struct media_packet){VP8_PT, seq, (uint32_t)(now_us * 9 / 100), ssrc, part, true, 0},
         now_us);
}

static void audio(uint16_t seq, int64_t now_us)
{
    give((struct media_packet){OPUS_PT, seq, seq * 960u, AUDIO, MEDIA_SOUND, false, 0}, now_us);
}

// A video packet with a transport-wide number.
static void numbered(uint16_t seq, uint16_t transport_seq, int64_t now_us)
{
    uint8_t number[2];
    const struct rtp_ext_item item = {.id = TWCC_ID, .len = 2, .data = number};
    const struct rtp_header header = {.has_ext = true, .pt = VP8_PT, .seq = seq, .ssrc = VIDEO};
    const struct media_packet what = {.seq = seq, .part = MEDIA_KEY};
    struct packet *packet = packet_take(pool);
    size_t len;
    put_u16(number, transport_seq);
    packet->len = rtp_write_header(packet->data, &header);
    rtp_ext_write(packet->data + packet->len, 100, &item, 1, &len);
    packet->len += len;
    packet->len += media_payload(packet->data + packet->len, &what);
    packet->arrival_us = now_us;
    ingress_rtp(ingress, packet, now_us);
    packet_drop(packet);
}

static uint64_t dropped(enum drop_reason reason)
{
    return counter_get(&drops.count[reason]);
}

static uint64_t newest(const struct track *track)
{
    uint64_t first, index = 0;
    return track_newest_group(track, &first, &index) ? index : 0;
}

static void sound_and_pictures_are_told_apart(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    open_with(&terms);
    video(VIDEO, 10, MEDIA_KEY, 1);
    audio(20, 1);
    assert_int_equal(track_find(ingress_video(ingress), newest(ingress_video(ingress)))->rtp.seq,
                     10);
    assert_int_equal(track_find(ingress_audio(ingress), newest(ingress_audio(ingress)))->rtp.seq,
                     20);
    assert_int_equal(track_config(ingress_audio(ingress))->codec, CODEC_OPUS);
    give((struct media_packet){100, 1, 0, VIDEO, MEDIA_KEY, false, 0}, 1);
    assert_int_equal(dropped(DROP_PAYLOAD_TYPE), 1);
}

static void broken_packets_are_counted(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    open_with(&terms);
    for (size_t len = 0; len < RTP_HEADER_LEN; len++) {
        struct packet *packet = packet_take(pool);
        packet->len = len;
        packet->data[0] = 0x80;
        packet->data[1] = VP8_PT;
        ingress_rtp(ingress, packet, 1);
        packet_drop(packet);
    }
    assert_int_equal(dropped(DROP_RTP_MALFORMED), RTP_HEADER_LEN);
    const uint8_t rtcp[] = {0x80, 200, 0, 1, 1, 2, 3, 4, 0x81, 203, 0, 9};
    ingress_rtcp(ingress, rtcp, sizeof(rtcp), 1);
    ingress_rtcp(ingress, rtcp, 3, 1);
    assert_int_equal(dropped(DROP_RTCP_MALFORMED), 2);
}

static void only_what_was_agreed_exists(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    terms.audio.present = false;
    open_with(&terms);
    assert_null(ingress_audio(ingress));
    assert_non_null(ingress_video(ingress));
    audio(1, 1);
    assert_int_equal(dropped(DROP_PAYLOAD_TYPE), 1);
    ingress_free(ingress);
    // RED without Opus is nothing.
    terms = usual_terms();
    terms.audio.codecs[0] = terms.audio.codecs[1];
    terms.audio.codec_count = 1;
    open_with(&terms);
    assert_null(ingress_audio(ingress));
    give((struct media_packet){RED_PT, 21, 0, AUDIO, MEDIA_SOUND, false, 0}, 1);
    assert_int_equal(dropped(DROP_PAYLOAD_TYPE), 2);
}

static void a_second_stream_is_refused_until_the_first_is_silent(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    open_with(&terms);
    video(VIDEO, 10, MEDIA_KEY, 0);
    uint64_t index = newest(ingress_video(ingress));
    video(0x1111, 500, MEDIA_KEY, 100 * MEDIA_MS);
    assert_int_equal(dropped(DROP_SSRC), 1);
    video(VIDEO, 11, MEDIA_FRAME, 200 * MEDIA_MS);
    video(0x1111, 501, MEDIA_KEY, 1199 * MEDIA_MS);
    assert_int_equal(dropped(DROP_SSRC), 2);
    video(0x1111, 502, MEDIA_KEY, 1200 * MEDIA_MS);
    assert_int_equal(dropped(DROP_SSRC), 2);
    assert_int_equal(newest(ingress_video(ingress)), index + 3);
}

static size_t write_bye(uint8_t *data, uint32_t ssrc)
{
    struct writer w = writer_of(data, 100);
    rtcp_write_rr(&w, ssrc, NULL, 0);
    writer_u32(&w, 0x81000001u | RTCP_BYE << 16);
    writer_u32(&w, ssrc);
    return w.len;
}

static void after_bye_a_new_stream_takes_over_at_once(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    uint8_t bye[100];
    open_with(&terms);
    video(VIDEO, 10, MEDIA_KEY, 0);
    audio(1, 0);
    ingress_rtcp(ingress, bye, write_bye(bye, 0x5555), 1);
    ingress_rtcp(ingress, bye, write_bye(bye, VIDEO), 1);
    assert_int_equal(byes, 0);
    video(0x1111, 500, MEDIA_KEY, 10 * MEDIA_MS);
    assert_int_equal(dropped(DROP_SSRC), 0);
    ingress_rtcp(ingress, bye, write_bye(bye, AUDIO), 11 * MEDIA_MS);
    assert_int_equal(byes, 0);
    ingress_rtcp(ingress, bye, write_bye(bye, 0x1111), 12 * MEDIA_MS);
    assert_int_equal(byes, 1);
}

static void another_codec_of_those_agreed_is_followed(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    open_with(&terms);
    give((struct media_packet){VP9_PT, 1, 0, VIDEO, MEDIA_KEY, true, 0}, 1);
    assert_int_equal(track_config(ingress_video(ingress))->codec, CODEC_VP9);
    assert_int_equal(told.plis, 0); // nothing came before: no need to ask
}

static void losses_and_wishes_reach_the_publisher(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    open_with(&terms);
    video(VIDEO, 10, MEDIA_KEY, 0);
    video(VIDEO, 12, MEDIA_FRAME, 1 * MEDIA_MS);
    assert_int_equal(ingress_deadline(ingress), 11 * MEDIA_MS);
    ingress_tick(ingress, 11 * MEDIA_MS);
    assert_int_equal(told.nacks, 1);
    assert_int_equal(told.nacked[0], 11);
    video(VIDEO, 14, MEDIA_FRAME, 20 * MEDIA_MS);
    video(VIDEO, 15, MEDIA_FRAME, 21 * MEDIA_MS);
    // Nobody has to tick for what a packet shows to be due.
    assert_int_equal(told.nacks, 2);
    assert_int_equal(told.nacked[1], 13);
    for (int64_t ms = 0; ms < 1000; ms++)
        track_want_keyframe(ingress_video(ingress), (100 + ms) * MEDIA_MS);
    assert_in_range(told.plis, 1, 2);
    assert_int_equal(told.firs, 0);
}

static void fir_is_used_when_there_is_no_pli(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    terms.video.pli = false;
    terms.video.fir = true;
    open_with(&terms);
    track_want_keyframe(ingress_video(ingress), 0); // nobody to ask yet
    assert_int_equal(told.packets, 0);
    video(VIDEO, 10, MEDIA_FRAME, 0);
    track_want_keyframe(ingress_video(ingress), 600 * MEDIA_MS);
    assert_int_equal(told.firs, 1);
    track_want_keyframe(ingress_video(ingress), 1200 * MEDIA_MS);
    assert_int_equal(told.firs, 2);
    assert_int_equal(told.fir_seq, 1); // a new wish has a new number
}

static void receiver_reports_come_every_second(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    uint8_t sr_bytes[100];
    struct writer w = writer_of(sr_bytes, sizeof(sr_bytes));
    const struct rtcp_sr sr = {.ssrc = VIDEO, .ntp = 0x1122334455667788};
    open_with(&terms);
    assert_int_equal(ingress_deadline(ingress), INT64_MAX);
    rtcp_write_sr(&w, &sr, NULL, 0);
    for (unsigned ms = 0; ms < 3500; ms += 20) {
        audio((uint16_t)(ms / 20), ms * MEDIA_MS);
        if (ms != 40) // one is lost
            video(VIDEO, (uint16_t)(65530 + ms / 20), ms ? MEDIA_FRAME : MEDIA_KEY, ms * MEDIA_MS);
        if (ms == 2500)
            ingress_rtcp(ingress, sr_bytes, w.len, ms * MEDIA_MS);
    }
    assert_int_equal(told.reports, 3);
    assert_int_equal(told.report_count, 2);
    assert_int_equal(told.report[1].ssrc, VIDEO);
    assert_int_equal(told.report[1].lost_total, 1);
    assert_int_equal(told.report[1].last_sr, 0x33445566);
    assert_int_equal(told.report[1].since_sr, 32768);
    assert_int_equal(told.rembs, 0);
}

static void transport_feedback_tells_every_packet(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    open_with(&terms);
    for (unsigned i = 0; i < 500; i++)
        if (i % 50 != 7)
            numbered((uint16_t)i, (uint16_t)(65400 + i), (1000 + 2 * i) * MEDIA_MS);
    ingress_tick(ingress, 2100 * MEDIA_MS);
    assert_int_equal(told.arrived, 490);
    assert_int_equal(told.missing, 10);
    assert_in_range(told.twccs, 9, 22);
}

static void remb_is_sent_to_those_without_transport_feedback(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    terms.video.twcc = terms.audio.twcc = false;
    terms.video.remb = true;
    open_with(&terms);
    for (unsigned ms = 0; ms <= 2000; ms += 20)
        numbered((uint16_t)(ms / 20), (uint16_t)(ms / 20), ms * MEDIA_MS);
    assert_int_equal(told.twccs, 0);
    assert_int_equal(told.rembs, 2);
    assert_in_range(told.bitrate, 2900000, 3000000);
}

static void sender_reports_set_the_tracks_clock(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    uint8_t data[100];
    struct writer w = writer_of(data, sizeof(data));
    const struct rtcp_sr sr = {.ssrc = VIDEO, .ntp = (uint64_t)5 << 32, .rtp_ts = 900};
    uint64_t ntp;
    uint32_t ts;
    open_with(&terms);
    rtcp_write_sr(&w, &sr, NULL, 0);
    ingress_rtcp(ingress, data, w.len, 0); // of a stream we do not know yet
    assert_false(track_clock(ingress_video(ingress), 0, &ntp, &ts));
    video(VIDEO, 10, MEDIA_KEY, 0);
    ingress_rtcp(ingress, data, w.len, 0);
    assert_true(track_clock(ingress_video(ingress), 1000 * MEDIA_MS, &ntp, &ts));
    assert_true(ntp == (uint64_t)6 << 32);
    assert_int_equal(ts, 90900);
}

static void lack_of_memory_is_a_clean_error(void **state)
{
    (void)state;
    struct terms terms = usual_terms();
    const struct ingress_config config = {
        .terms = &terms, .drops = &drops, .handlers.send_rtcp = on_rtcp, .arg = &told};
    long live = mem_live();
    int err = ENOMEM;
    for (int nth = 0; err; nth++) {
        mem_fail_after(nth);
        err = ingress_alloc(&ingress, &config);
        mem_fail_after(-1);
        assert_true(err == ENOMEM || (err == 0 && nth == 11));
        assert_true(err == 0 || mem_live() == live);
    }
    ingress_free(ingress);
    ingress = NULL;
    assert_int_equal(mem_live(), live);
}

#define INGRESS_TEST(name) cmocka_unit_test_setup_teardown(name, open_pool, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        INGRESS_TEST(sound_and_pictures_are_told_apart),
        INGRESS_TEST(broken_packets_are_counted),
        INGRESS_TEST(only_what_was_agreed_exists),
        INGRESS_TEST(a_second_stream_is_refused_until_the_first_is_silent),
        INGRESS_TEST(after_bye_a_new_stream_takes_over_at_once),
        INGRESS_TEST(another_codec_of_those_agreed_is_followed),
        INGRESS_TEST(losses_and_wishes_reach_the_publisher),
        INGRESS_TEST(fir_is_used_when_there_is_no_pli),
        INGRESS_TEST(receiver_reports_come_every_second),
        INGRESS_TEST(transport_feedback_tells_every_packet),
        INGRESS_TEST(remb_is_sent_to_those_without_transport_feedback),
        INGRESS_TEST(sender_reports_set_the_tracks_clock),
        INGRESS_TEST(lack_of_memory_is_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
