#include "gateway/packet/rtcp.h"

#include "gateway/base/bytes.h"
#include <errno.h>

#include "tests/fuzz/support/input.h"

// Every fact of every packet of a compound is asked for, and each list has an end.

static void count_seq(uint16_t seq, void *arg)
{
    (void)seq;
    ++*(size_t *)arg;
}

static void read_reports(const struct rtcp_packet *packet)
{
    struct rtcp_sr sr;
    uint32_t ssrc;
    struct rtcp_report report;
    unsigned i = 0;
    rtcp_parse_sr(packet, &sr);
    rtcp_parse_rr(packet, &ssrc);
    while (rtcp_report_at(packet, i, &report) == 0) {
        check(report.lost_total >= -0x800000 && report.lost_total <= 0x7FFFFF);
        i++;
    }
    check(i <= RTCP_REPORTS_MAX);
}

static volatile uint32_t sum; // so that every byte is really read

static void read_names(const struct rtcp_packet *packet)
{
    struct slice cname;
    uint32_t ssrc;
    for (unsigned i = 0; rtcp_cname_at(packet, i, &ssrc, &cname) == 0; i++)
        for (size_t k = 0; k < cname.len; k++)
            sum += (uint8_t)cname.p[k];
    for (unsigned i = 0; rtcp_bye_at(packet, i, &ssrc) == 0; i++)
        sum += ssrc;
}

static void read_feedback(const struct rtcp_packet *packet)
{
    struct rtcp_feedback feedback;
    struct rtcp_remb remb;
    struct rtcp_fir fir;
    size_t nacks = 0;
    if (rtcp_parse_feedback(packet, &feedback))
        return;
    rtcp_each_nack(&feedback, count_seq, &nacks);
    check(nacks <= 17 * feedback.fci_len / 4);
    for (unsigned i = 0; rtcp_fir_at(&feedback, i, &fir) == 0; i++)
        check(i < feedback.fci_len);
    if (rtcp_parse_remb(&feedback, &remb))
        return;
    for (unsigned i = 0; i < remb.count; i++)
        nacks += get_u32(remb.ssrcs + 4 * (size_t)i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtcp_iter it = rtcp_iter_of(data, size);
    struct rtcp_packet packet;
    int err;
    while ((err = rtcp_next(&it, &packet)) == 0) {
        check(packet.body >= data && packet.len <= size - (size_t)(packet.body - data));
        check(rtcp_kind(&packet) <= RTCP_KIND_REMB);
        read_reports(&packet);
        read_names(&packet);
        read_feedback(&packet);
    }
    check(err == ENOENT || err == EBADMSG);
    return 0;
}
