#include "gateway/packet/rtcp.h"

#include "gateway/base/bytes.h"
#include "tests/unit/support/exact.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint8_t buffer[2048];

// The first packet of `data`, which has to be whole.
static struct rtcp_packet first_of(const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    assert_int_equal(rtcp_next(&it, &packet), 0);
    return packet;
}

static struct rtcp_feedback feedback_of(const uint8_t *data, size_t len, enum rtcp_kind kind)
{
    struct rtcp_packet packet = first_of(data, len);
    struct rtcp_feedback feedback;
    assert_int_equal(rtcp_kind(&packet), kind);
    assert_int_equal(rtcp_parse_feedback(&packet, &feedback), 0);
    return feedback;
}

static size_t write_compound(uint8_t *to, size_t cap)
{
    struct writer w = writer_of(to, cap);
    struct rtcp_sr sr = {
        .ssrc = 0x11, .ntp = 0xE5F6A7B8C9D0E1F2, .rtp_ts = 90000, .packets = 7, .bytes = 8000};
    struct rtcp_report report = {.ssrc = 0x22,
                                 .lost_fraction = 25,
                                 .lost_total = -3,
                                 .highest_seq = 0x1FFFE,
                                 .jitter = 12,
                                 .last_sr = 34,
                                 .since_sr = 56};
    uint16_t lost[] = {65534, 65535, 0, 14, 15, 400};
    uint32_t ssrcs[] = {1, 2};
    assert_int_equal(rtcp_write_sr(&w, &sr, &report, 1), 0);
    assert_int_equal(rtcp_write_cname(&w, 0x11, "banyan"), 0);
    assert_int_equal(rtcp_write_nack(&w, 0x11, 0x22, lost, 6), 0);
    assert_int_equal(rtcp_write_pli(&w, 0x11, 0x22), 0);
    assert_int_equal(rtcp_write_fir(&w, 0x11, &(struct rtcp_fir){.ssrc = 0x22, .seq = 9}), 0);
    assert_int_equal(rtcp_write_remb(&w, 0x11, 2500000, ssrcs, 2), 0);
    writer_u32(&w, 0x81000001u | RTCP_BYE << 16);
    writer_u32(&w, 0x11);
    return w.len;
}

static void compound_comes_back_in_order(void **state)
{
    (void)state;
    static const enum rtcp_kind kinds[] = {RTCP_KIND_SR,  RTCP_KIND_SDES, RTCP_KIND_NACK,
                                           RTCP_KIND_PLI, RTCP_KIND_FIR,  RTCP_KIND_REMB,
                                           RTCP_KIND_BYE};
    size_t len = write_compound(buffer, sizeof(buffer));
    struct rtcp_iter it = rtcp_iter_of(buffer, len);
    struct rtcp_packet packet;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        assert_int_equal(rtcp_next(&it, &packet), 0);
        assert_int_equal(rtcp_kind(&packet), kinds[i]);
    }
    assert_int_equal(rtcp_next(&it, &packet), ENOENT);
}

static void sender_report_comes_back(void **state)
{
    (void)state;
    size_t len = write_compound(buffer, sizeof(buffer));
    struct rtcp_packet packet = first_of(buffer, len);
    struct rtcp_sr sr;
    struct rtcp_report report;
    uint32_t ssrc;
    assert_int_equal(rtcp_parse_sr(&packet, &sr), 0);
    assert_int_equal(sr.ssrc, 0x11);
    assert_true(sr.ntp == 0xE5F6A7B8C9D0E1F2);
    assert_int_equal(sr.rtp_ts, 90000);
    assert_int_equal(sr.bytes, 8000);
    assert_int_equal(rtcp_report_at(&packet, 0, &report), 0);
    assert_int_equal(report.ssrc, 0x22);
    assert_int_equal(report.lost_fraction, 25);
    assert_int_equal(report.lost_total, -3);
    assert_int_equal(report.highest_seq, 0x1FFFE);
    assert_int_equal(report.since_sr, 56);
    assert_int_equal(rtcp_report_at(&packet, 1, &report), ENOENT);
    assert_int_equal(rtcp_parse_rr(&packet, &ssrc), EINVAL);
}

static void receiver_report_clamps_losses(void **state)
{
    (void)state;
    struct writer w = writer_of(buffer, sizeof(buffer));
    struct rtcp_report reports[RTCP_REPORTS_MAX + 1] = {{.lost_total = INT32_MAX},
                                                        {.lost_total = INT32_MIN}};
    struct rtcp_report report;
    uint32_t ssrc;
    assert_int_equal(rtcp_write_rr(&w, 5, reports, RTCP_REPORTS_MAX + 1), EINVAL);
    assert_int_equal(rtcp_write_rr(&w, 5, reports, RTCP_REPORTS_MAX), 0);
    struct rtcp_packet packet = first_of(buffer, w.len);
    assert_int_equal(rtcp_parse_rr(&packet, &ssrc), 0);
    assert_int_equal(ssrc, 5);
    assert_int_equal(rtcp_report_at(&packet, 0, &report), 0);
    assert_int_equal(report.lost_total, 0x7FFFFF);
    assert_int_equal(rtcp_report_at(&packet, 1, &report), 0);
    assert_int_equal(report.lost_total, -0x800000);
}

static void report_count_beyond_the_packet_is_refused(void **state)
{
    (void)state;
    uint8_t rr[8] = {0x9F, RTCP_RR, 0, 1};
    struct rtcp_report report;
    struct rtcp_packet packet = first_of(rr, sizeof(rr));
    assert_int_equal(rtcp_report_at(&packet, 0, &report), EBADMSG);
    uint8_t sr[8] = {0x80, RTCP_SR, 0, 1};
    struct rtcp_sr out;
    packet = first_of(sr, sizeof(sr));
    assert_int_equal(rtcp_parse_sr(&packet, &out), EBADMSG);
}

static void names_of_several_chunks(void **state)
{
    (void)state;
    // SSRC 1: NAME "x", CNAME "abc"; SSRC 2: no item; SSRC 3: CNAME "d".
    static const uint8_t sdes[] = {0x83, RTCP_SDES, 0,   8,   0, 0, 0, 1, 2, 1, 'x', 1,
                                   3,    'a',       'b', 'c', 0, 0, 0, 0, 0, 0, 0,   2,
                                   0,    0,         0,   0,   0, 0, 0, 3, 1, 1, 'd', 0};
    struct rtcp_packet packet = first_of(sdes, sizeof(sdes));
    struct slice cname;
    uint32_t ssrc;
    assert_int_equal(rtcp_cname_at(&packet, 0, &ssrc, &cname), 0);
    assert_int_equal(ssrc, 1);
    assert_true(slice_is(cname, "abc"));
    assert_int_equal(rtcp_cname_at(&packet, 1, &ssrc, &cname), 0);
    assert_int_equal(ssrc, 2);
    assert_null(cname.p);
    assert_int_equal(rtcp_cname_at(&packet, 2, &ssrc, &cname), 0);
    assert_int_equal(ssrc, 3);
    assert_true(slice_is(cname, "d"));
    assert_int_equal(rtcp_cname_at(&packet, 3, &ssrc, &cname), ENOENT);
}

static void names_that_overrun_are_refused(void **state)
{
    (void)state;
    struct slice cname;
    uint32_t ssrc;
    uint8_t long_item[] = {0x81, RTCP_SDES, 0, 2, 0, 0, 0, 1, 1, 200, 'a', 'b'};
    uint8_t no_end[] = {0x81, RTCP_SDES, 0, 2, 0, 0, 0, 1, 1, 2, 'a', 'b'};
    uint8_t no_chunk[] = {0x81, RTCP_SDES, 0, 0};
    struct rtcp_packet packet = first_of(long_item, sizeof(long_item));
    assert_int_equal(rtcp_cname_at(&packet, 0, &ssrc, &cname), EBADMSG);
    packet = first_of(no_end, sizeof(no_end));
    assert_int_equal(rtcp_cname_at(&packet, 0, &ssrc, &cname), EBADMSG);
    packet = first_of(no_chunk, sizeof(no_chunk));
    assert_int_equal(rtcp_cname_at(&packet, 0, &ssrc, &cname), EBADMSG);
}

static void bye_with_reason(void **state)
{
    (void)state;
    uint8_t bye[] = {0x82, RTCP_BYE, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 3, 'b', 'y', 'e'};
    uint32_t ssrc;
    struct rtcp_packet packet = first_of(bye, sizeof(bye));
    assert_int_equal(rtcp_bye_at(&packet, 1, &ssrc), 0);
    assert_int_equal(ssrc, 2);
    assert_int_equal(rtcp_bye_at(&packet, 2, &ssrc), ENOENT);
    bye[12] = 4; // the reason runs over the end
    assert_int_equal(rtcp_bye_at(&packet, 0, &ssrc), EBADMSG);
    bye[12] = 255;
    assert_int_equal(rtcp_bye_at(&packet, 0, &ssrc), EBADMSG);
    uint8_t many[] = {0x9F, RTCP_BYE, 0, 1, 0, 0, 0, 1};
    packet = first_of(many, sizeof(many));
    assert_int_equal(rtcp_bye_at(&packet, 0, &ssrc), EBADMSG);
}

struct seqs {
    size_t count;
    uint16_t at[64];
};

static void keep_seq(uint16_t seq, void *arg)
{
    struct seqs *seqs = arg;
    assert_true(seqs->count < 64);
    seqs->at[seqs->count++] = seq;
}

static void nack_packs_and_unpacks(void **state)
{
    (void)state;
    static const uint16_t lost[] = {65534, 65535, 0, 14, 15, 400, 416, 417};
    struct writer w = writer_of(buffer, sizeof(buffer));
    struct seqs seqs = {0};
    assert_int_equal(rtcp_write_nack(&w, 1, 2, lost, 8), 0);
    // 65534 reaches up to 14; then 15; 400 reaches up to 416; then 417.
    assert_int_equal(w.len, 12 + 4 * 4);
    struct rtcp_feedback feedback = feedback_of(buffer, w.len, RTCP_KIND_NACK);
    assert_int_equal(feedback.sender, 1);
    assert_int_equal(feedback.media, 2);
    assert_int_equal(rtcp_each_nack(&feedback, keep_seq, &seqs), 0);
    assert_int_equal(seqs.count, 8);
    assert_memory_equal(seqs.at, lost, sizeof(lost));
    assert_int_equal(rtcp_write_nack(&w, 1, 2, lost, 0), EINVAL);
}

static void empty_nack_is_refused(void **state)
{
    (void)state;
    uint8_t nack[] = {0x81, RTCP_RTPFB, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
    struct seqs seqs = {0};
    struct rtcp_feedback feedback = feedback_of(nack, sizeof(nack), RTCP_KIND_NACK);
    assert_int_equal(rtcp_each_nack(&feedback, keep_seq, &seqs), EBADMSG);
    assert_int_equal(seqs.count, 0);
    uint8_t zero[] = {0x81, RTCP_RTPFB, 0, 0};
    struct rtcp_packet packet = first_of(zero, sizeof(zero));
    assert_int_equal(rtcp_parse_feedback(&packet, &feedback), EBADMSG);
}

static void fir_and_remb_come_back(void **state)
{
    (void)state;
    struct writer w = writer_of(buffer, sizeof(buffer));
    struct rtcp_fir fir;
    struct rtcp_remb remb;
    uint32_t ssrcs[255] = {7, 8};
    assert_int_equal(rtcp_write_fir(&w, 1, &(struct rtcp_fir){.ssrc = 9, .seq = 255}), 0);
    struct rtcp_feedback feedback = feedback_of(buffer, w.len, RTCP_KIND_FIR);
    assert_int_equal(rtcp_fir_at(&feedback, 0, &fir), 0);
    assert_int_equal(fir.ssrc, 9);
    assert_int_equal(fir.seq, 255);
    assert_int_equal(rtcp_fir_at(&feedback, 1, &fir), ENOENT);
    w = writer_of(buffer, sizeof(buffer));
    assert_int_equal(rtcp_write_remb(&w, 1, 1000000007, ssrcs, 255), 0);
    feedback = feedback_of(buffer, w.len, RTCP_KIND_REMB);
    assert_int_equal(rtcp_parse_remb(&feedback, &remb), 0);
    assert_int_equal(remb.count, 255);
    assert_int_equal(get_u32(remb.ssrcs + 4), 8);
    assert_true(remb.bitrate <= 1000000007 && remb.bitrate > 999990000);
    assert_int_equal(rtcp_write_remb(&w, 1, 1, ssrcs, 0), EINVAL);
    assert_int_equal(rtcp_write_remb(&w, 1, 1, ssrcs, 256), EINVAL);
}

static void hostile_remb_is_refused(void **state)
{
    (void)state;
    uint8_t packet[24] = {0x8F, RTCP_PSFB, 0, 5};
    memcpy(packet + 12, "REMB", 4);
    struct rtcp_remb remb;
    packet[16] = 1;
    struct rtcp_feedback feedback = feedback_of(packet, sizeof(packet), RTCP_KIND_REMB);
    assert_int_equal(rtcp_parse_remb(&feedback, &remb), 0);
    packet[16] = 2; // two sources told, one there
    assert_int_equal(rtcp_parse_remb(&feedback, &remb), EBADMSG);
    packet[16] = 1;
    packet[17] = 0xFF; // 2^63 times 2^17: beyond 64 bits
    assert_int_equal(rtcp_parse_remb(&feedback, &remb), EBADMSG);
    packet[17] = 63 << 2; // 2^63 times 1: just within
    packet[19] = 1;
    assert_int_equal(rtcp_parse_remb(&feedback, &remb), 0);
    assert_true(remb.bitrate == 1ull << 63);
    packet[12] = 'X';
    struct rtcp_packet whole = first_of(packet, sizeof(packet));
    assert_int_equal(rtcp_kind(&whole), RTCP_KIND_OTHER);
}

static void padding_is_taken_off(void **state)
{
    (void)state;
    uint8_t bye[12] = {0xA1, RTCP_BYE, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4};
    struct rtcp_packet packet = first_of(bye, sizeof(bye));
    assert_int_equal(packet.len, 4);
    static const uint8_t wrong[] = {0, 9, 255};
    for (size_t i = 0; i < sizeof(wrong); i++) {
        bye[11] = wrong[i];
        struct rtcp_iter it = rtcp_iter_of(bye, sizeof(bye));
        assert_int_equal(rtcp_next(&it, &packet), EBADMSG);
        assert_int_equal(rtcp_next(&it, &packet), EBADMSG);
    }
}

static void read_all(const uint8_t *data, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(data, len);
    struct rtcp_packet packet;
    while (rtcp_next(&it, &packet) == 0) {
        struct rtcp_feedback feedback;
        struct rtcp_report report;
        struct rtcp_remb remb;
        struct slice cname;
        struct seqs seqs = {0};
        uint32_t ssrc;
        for (unsigned i = 0; rtcp_report_at(&packet, i, &report) == 0; i++)
            assert_true(i < RTCP_REPORTS_MAX);
        for (unsigned i = 0; rtcp_cname_at(&packet, i, &ssrc, &cname) == 0; i++)
            assert_true(cname.len <= packet.len);
        for (unsigned i = 0; rtcp_bye_at(&packet, i, &ssrc) == 0; i++)
            assert_true(4 * (i + 1) <= packet.len);
        if (rtcp_parse_feedback(&packet, &feedback) == 0 && feedback.fci_len <= 12) {
            rtcp_each_nack(&feedback, keep_seq, &seqs);
            rtcp_parse_remb(&feedback, &remb);
        }
    }
}

static void cuts_and_flips_stay_inside(void **state)
{
    (void)state;
    size_t len = write_compound(buffer, sizeof(buffer));
    for (size_t cut = 0; cut <= len; cut++) {
        uint8_t *copy = exact_copy(buffer, cut);
        read_all(copy, cut);
        free(copy);
    }
    for (size_t bit = 0; bit < len * 8; bit++) {
        uint8_t *copy = exact_copy(buffer, len);
        copy[bit / 8] ^= (uint8_t)(1 << (bit % 8));
        read_all(copy, len);
        free(copy);
    }
}

static void what_does_not_fit_leaves_the_writer_alone(void **state)
{
    (void)state;
    size_t whole = write_compound(buffer, sizeof(buffer));
    uint16_t seq = 1;
    uint32_t ssrc = 1;
    struct rtcp_sr sr = {0};
    for (size_t cap = 0; cap < 12; cap++) {
        struct writer w = writer_of(buffer, cap);
        assert_int_equal(rtcp_write_sr(&w, &sr, NULL, 0), EMSGSIZE);
        assert_int_equal(rtcp_write_cname(&w, 1, "banyan"), EMSGSIZE);
        assert_int_equal(rtcp_write_nack(&w, 1, 2, &seq, 1), EMSGSIZE);
        assert_int_equal(rtcp_write_pli(&w, 1, 2), EMSGSIZE);
        assert_int_equal(rtcp_write_remb(&w, 1, 1, &ssrc, 1), EMSGSIZE);
        assert_int_equal(w.len, 0);
        assert_false(w.full);
    }
    assert_true(whole > 100);
    struct writer w = writer_of(buffer, sizeof(buffer));
    assert_int_equal(rtcp_write_cname(&w, 1, ""), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compound_comes_back_in_order),
        cmocka_unit_test(sender_report_comes_back),
        cmocka_unit_test(receiver_report_clamps_losses),
        cmocka_unit_test(report_count_beyond_the_packet_is_refused),
        cmocka_unit_test(names_of_several_chunks),
        cmocka_unit_test(names_that_overrun_are_refused),
        cmocka_unit_test(bye_with_reason),
        cmocka_unit_test(nack_packs_and_unpacks),
        cmocka_unit_test(empty_nack_is_refused),
        cmocka_unit_test(fir_and_remb_come_back),
        cmocka_unit_test(hostile_remb_is_refused),
        cmocka_unit_test(padding_is_taken_off),
        cmocka_unit_test(cuts_and_flips_stay_inside),
        cmocka_unit_test(what_does_not_fit_leaves_the_writer_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
