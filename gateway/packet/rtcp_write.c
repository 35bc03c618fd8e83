#include "gateway/packet/rtcp.h"

#include "gateway/base/bytes.h"
#include <errno.h>
#include <string.h>

#define REMB_NAME 0x52454D42u // "REMB"

// Writes the head of a packet of `len` bytes in all, when the whole of it fits.
static int begin(struct writer *w, uint8_t count, uint8_t type, size_t len)
{
    if (w->full || len > w->cap - w->len)
        return EMSGSIZE;
    writer_u8(w, (uint8_t)(0x80 | count));
    writer_u8(w, type);
    writer_u16(w, (uint16_t)(len / 4 - 1));
    return 0;
}

static void put_report(struct writer *w, const struct rtcp_report *r)
{
    int32_t lost = r->lost_total;
    if (lost > 0x7FFFFF)
        lost = 0x7FFFFF;
    if (lost < -0x800000)
        lost = -0x800000;
    writer_u32(w, r->ssrc);
    writer_u8(w, r->lost_fraction);
    writer_u24(w, (uint32_t)lost & 0xFFFFFF);
    writer_u32(w, r->highest_seq);
    writer_u32(w, r->jitter);
    writer_u32(w, r->last_sr);
    writer_u32(w, r->since_sr);
}

int rtcp_write_sr(struct writer *w, const struct rtcp_sr *sr, const struct rtcp_report *reports,
                  size_t count)
{
    if (count > RTCP_REPORTS_MAX)
        return EINVAL;
    int err = begin(w, (uint8_t)count, RTCP_SR, 28 + 24 * count);
    if (err)
        return err;
    writer_u32(w, sr->ssrc);
    writer_u64(w, sr->ntp);
    writer_u32(w, sr->rtp_ts);
    writer_u32(w, sr->packets);
    writer_u32(w, sr->bytes);
    for (size_t i = 0; i < count; i++)
        put_report(w, &reports[i]);
    return 0;
}

int rtcp_write_rr(struct writer *w, uint32_t ssrc, const struct rtcp_report *reports, size_t count)
{
    if (count > RTCP_REPORTS_MAX)
        return EINVAL;
    int err = begin(w, (uint8_t)count, RTCP_RR, 8 + 24 * count);
    if (err)
        return err;
    writer_u32(w, ssrc);
    for (size_t i = 0; i < count; i++)
        put_report(w, &reports[i]);
    return 0;
}

int rtcp_write_cname(struct writer *w, uint32_t ssrc, const char *cname)
{
    size_t len = strlen(cname);
    if (len == 0 || len > RTCP_CNAME_MAX)
        return EINVAL;
    // At least one zero ends the items; the chunk ends on a 32-bit boundary.
    size_t items = (2 + len + 1 + 3) & ~(size_t)3;
    int err = begin(w, 1, RTCP_SDES, 8 + items);
    if (err)
        return err;
    writer_u32(w, ssrc);
    writer_u8(w, 1);
    writer_u8(w, (uint8_t)len);
    writer_bytes(w, cname, len);
    for (size_t i = 2 + len; i < items; i++)
        writer_u8(w, 0);
    return 0;
}

static int begin_feedback(struct writer *w, uint16_t type_format, size_t fci_len, uint32_t sender,
                          uint32_t media)
{
    int err = begin(w, (uint8_t)type_format, (uint8_t)(type_format >> 8), 12 + fci_len);
    if (err)
        return err;
    writer_u32(w, sender);
    writer_u32(w, media);
    return 0;
}

// Takes the numbers that one pair can tell; returns how many.
static size_t pack_pair(const uint16_t *seqs, size_t count, uint16_t *mask)
{
    size_t i = 1;
    *mask = 0;
    for (; i < count; i++) {
        uint16_t distance = (uint16_t)(seqs[i] - seqs[0]);
        if (distance > 16)
            break;
        if (distance > 0)
            *mask |= (uint16_t)(1u << (distance - 1));
    }
    return i;
}

int rtcp_write_nack(struct writer *w, uint32_t sender, uint32_t media, const uint16_t *seqs,
                    size_t count)
{
    uint16_t mask;
    size_t pairs = 0;
    if (count == 0 || count > UINT16_MAX)
        return EINVAL;
    for (size_t i = 0; i < count; pairs++)
        i += pack_pair(seqs + i, count - i, &mask);
    if (pairs > UINT16_MAX - 2)
        return EINVAL;
    int err = begin_feedback(w, RTCP_RTPFB << 8 | 1, 4 * pairs, sender, media);
    for (size_t i = 0; !err && i < count;) {
        uint16_t first = seqs[i];
        i += pack_pair(seqs + i, count - i, &mask);
        writer_u16(w, first);
        writer_u16(w, mask);
    }
    return err;
}

int rtcp_write_pli(struct writer *w, uint32_t sender, uint32_t media)
{
    return begin_feedback(w, RTCP_PSFB << 8 | 1, 0, sender, media);
}

int rtcp_write_fir(struct writer *w, uint32_t sender, const struct rtcp_fir *fir)
{
    int err = begin_feedback(w, RTCP_PSFB << 8 | 4, 8, sender, 0);
    if (err)
        return err;
    writer_u32(w, fir->ssrc);
    writer_u8(w, fir->seq);
    writer_u24(w, 0);
    return 0;
}

int rtcp_write_remb(struct writer *w, uint32_t sender, uint64_t bitrate, const uint32_t *ssrcs,
                    size_t count)
{
    uint32_t exponent = 0;
    if (count < 1 || count > 255)
        return EINVAL;
    int err = begin_feedback(w, RTCP_PSFB << 8 | 15, 8 + 4 * count, sender, 0);
    if (err)
        return err;
    for (; bitrate > 0x3FFFF; bitrate >>= 1)
        exponent++;
    writer_u32(w, REMB_NAME);
    writer_u8(w, (uint8_t)count);
    writer_u24(w, exponent << 18 | (uint32_t)bitrate);
    for (size_t i = 0; i < count; i++)
        writer_u32(w, ssrcs[i]);
    return 0;
}
