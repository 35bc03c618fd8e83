#include "gateway/packet/rtcp.h"

#include <errno.h>

#include "tests/fuzz/support/input.h"

// A compound packet made of whatever the input tells: what fits is read back as it was written,
// what does not fit leaves the packet whole.

#define PACKETS_MAX 16
#define SEQS_MAX    64

static struct rtcp_report some_report(struct input *in)
{
    return (struct rtcp_report){
        .ssrc = (uint32_t)input_number(in, 4),
        .lost_fraction = (uint8_t)input_number(in, 1),
        .lost_total = (int32_t)(uint32_t)input_number(in, 4),
        .highest_seq = (uint32_t)input_number(in, 4),
        .jitter = (uint32_t)input_number(in, 4),
        .last_sr = (uint32_t)input_number(in, 4),
        .since_sr = (uint32_t)input_number(in, 4),
    };
}

static int32_t clamped(int32_t lost)
{
    return lost > 0x7FFFFF ? 0x7FFFFF : lost < -0x800000 ? -0x800000 : lost;
}

static struct rtcp_packet last_of(const struct writer *w, size_t from, enum rtcp_kind kind)
{
    struct rtcp_iter it = rtcp_iter_of(w->data + from, w->len - from);
    struct rtcp_packet packet;
    check(rtcp_next(&it, &packet) == 0 && it.left == 0 && rtcp_kind(&packet) == kind);
    return packet;
}

static int reports(struct input *in, struct writer *w, bool sent)
{
    static struct rtcp_report all[RTCP_REPORTS_MAX + 1];
    size_t from = w->len, count = input_number(in, 1) % (RTCP_REPORTS_MAX + 2);
    struct rtcp_sr sr = {(uint32_t)input_number(in, 4), input_number(in, 8),
                         (uint32_t)input_number(in, 4), 5, 6};
    for (size_t i = 0; i < count; i++)
        all[i] = some_report(in);
    int err = sent ? rtcp_write_sr(w, &sr, all, count) : rtcp_write_rr(w, sr.ssrc, all, count);
    if (err)
        return err;
    struct rtcp_packet packet = last_of(w, from, sent ? RTCP_KIND_SR : RTCP_KIND_RR);
    struct rtcp_sr sr_back = {0};
    uint32_t ssrc = 0;
    struct rtcp_report back;
    check(sent ? !rtcp_parse_sr(&packet, &sr_back) : !rtcp_parse_rr(&packet, &ssrc));
    check(sent ? sr_back.ntp == sr.ntp && sr_back.rtp_ts == sr.rtp_ts : ssrc == sr.ssrc);
    for (unsigned i = 0; i < count; i++) {
        check(rtcp_report_at(&packet, i, &back) == 0 && back.ssrc == all[i].ssrc);
        check(back.lost_total == clamped(all[i].lost_total) && back.jitter == all[i].jitter);
    }
    check(rtcp_report_at(&packet, (unsigned)count, &back) == ENOENT);
    return 0;
}

static int write_sr(struct input *in, struct writer *w)
{
    return reports(in, w, true);
}

static int write_rr(struct input *in, struct writer *w)
{
    return reports(in, w, false);
}

static int write_cname(struct input *in, struct writer *w)
{
    char name[RTCP_CNAME_MAX + 10] = {0};
    size_t len, from = w->len;
    uint32_t ssrc;
    struct slice cname;
    const uint8_t *bytes = input_bytes(in, (size_t)input_number(in, 1) + 5, &len);
    for (size_t i = 0; i < len; i++)
        name[i] = bytes[i] ? (char)bytes[i] : 'x';
    int err = rtcp_write_cname(w, 77, name);
    if (err)
        return err;
    struct rtcp_packet packet = last_of(w, from, RTCP_KIND_SDES);
    check(rtcp_cname_at(&packet, 0, &ssrc, &cname) == 0 && ssrc == 77 && slice_is(cname, name));
    check(rtcp_cname_at(&packet, 1, &ssrc, &cname) == ENOENT);
    return 0;
}

struct seqs {
    size_t count;
    uint16_t at[17 * SEQS_MAX];
};

static void keep(uint16_t seq, void *arg)
{
    struct seqs *seqs = arg;
    check(seqs->count < 17 * SEQS_MAX);
    seqs->at[seqs->count++] = seq;
}

static int write_nack(struct input *in, struct writer *w)
{
    struct seqs asked = {0}, told = {0};
    size_t from = w->len, count = input_number(in, 1) % SEQS_MAX;
    uint16_t seq = (uint16_t)input_number(in, 2);
    struct rtcp_feedback feedback;
    for (; asked.count < count; seq = (uint16_t)(seq + 1 + input_number(in, 1)))
        asked.at[asked.count++] = seq;
    int err = rtcp_write_nack(w, 1, 2, asked.at, asked.count);
    if (err)
        return err;
    struct rtcp_packet packet = last_of(w, from, RTCP_KIND_NACK);
    check(rtcp_parse_feedback(&packet, &feedback) == 0 && feedback.media == 2);
    check(rtcp_each_nack(&feedback, keep, &told) == 0 && told.count == asked.count);
    check(memcmp(asked.at, told.at, asked.count * sizeof(asked.at[0])) == 0);
    return 0;
}

static int write_pli(struct input *in, struct writer *w)
{
    (void)in;
    return rtcp_write_pli(w, 1, 2);
}

static int write_fir(struct input *in, struct writer *w)
{
    struct rtcp_fir fir = {(uint32_t)input_number(in, 4), (uint8_t)input_number(in, 1)}, back;
    struct rtcp_feedback feedback;
    size_t from = w->len;
    int err = rtcp_write_fir(w, 1, &fir);
    if (err)
        return err;
    struct rtcp_packet packet = last_of(w, from, RTCP_KIND_FIR);
    check(rtcp_parse_feedback(&packet, &feedback) == 0 && rtcp_fir_at(&feedback, 0, &back) == 0);
    check(back.ssrc == fir.ssrc && back.seq == fir.seq);
    return 0;
}

static int write_remb(struct input *in, struct writer *w)
{
    static const uint32_t ssrcs[256];
    size_t from = w->len, count = input_number(in, 1);
    uint64_t rate = input_number(in, 8);
    struct rtcp_feedback feedback;
    struct rtcp_remb remb;
    int err = rtcp_write_remb(w, 1, rate, ssrcs, count);
    if (err)
        return err;
    struct rtcp_packet packet = last_of(w, from, RTCP_KIND_REMB);
    check(rtcp_parse_feedback(&packet, &feedback) == 0 && rtcp_parse_remb(&feedback, &remb) == 0);
    check(remb.count == count && remb.bitrate <= rate && rate - remb.bitrate <= rate >> 17);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int (*const writers[])(struct input * in, struct writer * w) = {
        write_sr, write_rr, write_cname, write_nack, write_pli, write_fir, write_remb,
    };
    static uint8_t out[4096];
    struct input in = {data, size};
    struct writer w = writer_of(out, input_number(&in, 2) % sizeof(out));
    for (unsigned i = 0; i < PACKETS_MAX && in.left; i++) {
        size_t before = w.len;
        int err = writers[input_number(&in, 1) % (sizeof(writers) / sizeof(writers[0]))](&in, &w);
        check(err == 0 || err == EMSGSIZE || err == EINVAL);
        check(!w.full && w.len % 4 == 0 && (err ? w.len == before : w.len > before));
    }
    struct rtcp_iter it = rtcp_iter_of(w.data, w.len);
    struct rtcp_packet packet;
    while (it.left)
        check(rtcp_next(&it, &packet) == 0);
    return 0;
}
