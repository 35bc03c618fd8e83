#include "pipelines/process/report.h"

#include <errno.h>

#define CNAME       "pipeline"
#define NTP_TO_UNIX INT64_C(2208988800) // seconds from 1900 to 1970

size_t report_write_sender(uint8_t packet[REPORT_MAX], const struct rtcp_sr *sender)
{
    struct writer w = writer_of(packet, REPORT_MAX);

    rtcp_write_sr(&w, sender, NULL, 0);
    rtcp_write_cname(&w, sender->ssrc, CNAME);
    return w.len;
}

size_t report_write_pli(uint8_t packet[REPORT_MAX], uint32_t ssrc)
{
    struct writer w = writer_of(packet, REPORT_MAX);

    rtcp_write_pli(&w, REPORT_OWN_SSRC, ssrc);
    return w.len;
}

size_t report_write_nack(uint8_t packet[REPORT_MAX], uint32_t ssrc, uint16_t seq)
{
    struct writer w = writer_of(packet, REPORT_MAX);

    rtcp_write_nack(&w, REPORT_OWN_SSRC, ssrc, &seq, 1);
    return w.len;
}

bool report_wants_keyframe(const uint8_t *packet, size_t len)
{
    struct rtcp_iter it = rtcp_iter_of(packet, len);
    struct rtcp_packet part;

    while (rtcp_next(&it, &part) == 0) {
        enum rtcp_kind kind = rtcp_kind(&part);
        if (kind == RTCP_KIND_PLI || kind == RTCP_KIND_FIR)
            return true;
    }
    return false;
}

int report_read_sender(const uint8_t *packet, size_t len, struct rtcp_sr *sender)
{
    struct rtcp_iter it = rtcp_iter_of(packet, len);
    struct rtcp_packet part;

    while (rtcp_next(&it, &part) == 0)
        if (rtcp_kind(&part) == RTCP_KIND_SR)
            return rtcp_parse_sr(&part, sender);
    return ENOENT;
}

uint64_t report_ntp_from_us(int64_t wall_us)
{
    uint64_t seconds = (uint64_t)(wall_us / 1000000 + NTP_TO_UNIX);
    uint64_t micros = (uint64_t)(wall_us % 1000000);

    return seconds << 32 | (micros << 32) / 1000000;
}

int64_t report_ntp_to_us(uint64_t ntp)
{
    int64_t micros = (int64_t)(((ntp & 0xffffffffu) * 1000000) >> 32);

    return ((int64_t)(ntp >> 32) - NTP_TO_UNIX) * 1000000 + micros;
}
