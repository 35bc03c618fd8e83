#include "gateway/packet/rtcp.h"

#include "gateway/base/bytes.h"
#include "gateway/packet/twcc.h"
#include <errno.h>

#define SENDER_INFO  24 // SSRC and sender information of an SR
#define REPORT_BLOCK 24
#define SDES_CNAME   1
#define REMB_NAME    0x52454D42u // "REMB"

static const struct {
    uint8_t type, format;
    enum rtcp_kind kind;
} feedback_kinds[] = {
    {RTCP_RTPFB, 1, RTCP_KIND_NACK}, {RTCP_RTPFB, TWCC_FORMAT, RTCP_KIND_TWCC},
    {RTCP_PSFB, 1, RTCP_KIND_PLI},   {RTCP_PSFB, 4, RTCP_KIND_FIR},
    {RTCP_PSFB, 15, RTCP_KIND_REMB},
};

// RFC 3550 wants a multiple of four, but transport-wide feedback is padded from any length to the
// next word by every browser: anything that lies inside the packet is taken.
static int strip_padding(const uint8_t *packet, size_t *len)
{
    uint8_t padding = packet[*len - 1];
    if (padding == 0 || padding > *len - 4)
        return EBADMSG;
    *len -= padding;
    return 0;
}

int rtcp_next(struct rtcp_iter *it, struct rtcp_packet *packet)
{
    if (it->left == 0)
        return ENOENT;
    if (it->left < 4 || it->at[0] >> 6 != 2)
        return EBADMSG;
    size_t len = 4 + 4 * (size_t)get_u16(it->at + 2);
    size_t whole = len;
    if (len > it->left)
        return EBADMSG;
    if (it->at[0] & 0x20 && strip_padding(it->at, &whole))
        return EBADMSG;
    packet->count = it->at[0] & 31;
    packet->type = it->at[1];
    packet->body = it->at + 4;
    packet->len = whole - 4;
    it->at += len;
    it->left -= len;
    return 0;
}

// Format 15 of PSFB is "application layer feedback": REMB only when it says so.
static bool is_other_afb(const struct rtcp_packet *packet)
{
    return packet->len < 12 || get_u32(packet->body + 8) != REMB_NAME;
}

enum rtcp_kind rtcp_kind(const struct rtcp_packet *packet)
{
    if (packet->type >= RTCP_SR && packet->type <= RTCP_BYE)
        return (enum rtcp_kind)(RTCP_KIND_SR + (packet->type - RTCP_SR));
    for (size_t i = 0; i < sizeof(feedback_kinds) / sizeof(feedback_kinds[0]); i++) {
        if (feedback_kinds[i].type != packet->type || feedback_kinds[i].format != packet->count)
            continue;
        if (feedback_kinds[i].kind == RTCP_KIND_REMB && is_other_afb(packet))
            break;
        return feedback_kinds[i].kind;
    }
    return RTCP_KIND_OTHER;
}

// --- reports ------------------------------------------------------------------------------------

int rtcp_parse_sr(const struct rtcp_packet *packet, struct rtcp_sr *sr)
{
    if (packet->type != RTCP_SR)
        return EINVAL;
    if (packet->len < SENDER_INFO)
        return EBADMSG;
    sr->ssrc = get_u32(packet->body);
    sr->ntp = get_u64(packet->body + 4);
    sr->rtp_ts = get_u32(packet->body + 12);
    sr->packets = get_u32(packet->body + 16);
    sr->bytes = get_u32(packet->body + 20);
    return 0;
}

int rtcp_parse_rr(const struct rtcp_packet *packet, uint32_t *ssrc)
{
    if (packet->type != RTCP_RR)
        return EINVAL;
    if (packet->len < 4)
        return EBADMSG;
    *ssrc = get_u32(packet->body);
    return 0;
}

static int32_t sign_extend_24(uint32_t v)
{
    return v & 0x800000 ? (int32_t)v - 0x1000000 : (int32_t)v;
}

int rtcp_report_at(const struct rtcp_packet *packet, unsigned index, struct rtcp_report *report)
{
    if (packet->type != RTCP_SR && packet->type != RTCP_RR)
        return EINVAL;
    if (index >= packet->count)
        return ENOENT;
    size_t off = (packet->type == RTCP_SR ? SENDER_INFO : 4) + (size_t)index * REPORT_BLOCK;
    if (off + REPORT_BLOCK > packet->len)
        return EBADMSG;
    const uint8_t *p = packet->body + off;
    report->ssrc = get_u32(p);
    report->lost_fraction = p[4];
    report->lost_total = sign_extend_24(get_u24(p + 5));
    report->highest_seq = get_u32(p + 8);
    report->jitter = get_u32(p + 12);
    report->last_sr = get_u32(p + 16);
    report->since_sr = get_u32(p + 20);
    return 0;
}

// --- source description, RFC 3550 section 6.5 ---------------------------------------------------

// Reads the items from *off up to the zero that ends them, and moves *off to the next 32-bit
// boundary.
static int read_items(const struct rtcp_packet *packet, size_t *off, struct slice *cname)
{
    const uint8_t *body = packet->body;
    *cname = (struct slice){0};
    while (*off < packet->len && body[*off] != 0) {
        if (packet->len - *off < 2 || packet->len - *off - 2 < body[*off + 1])
            return EBADMSG;
        if (body[*off] == SDES_CNAME && !cname->p)
            *cname = (struct slice){(const char *)body + *off + 2, body[*off + 1]};
        *off += 2u + body[*off + 1];
    }
    if (*off >= packet->len)
        return EBADMSG;
    *off = (*off + 4) & ~(size_t)3;
    return 0;
}

int rtcp_cname_at(const struct rtcp_packet *packet, unsigned index, uint32_t *ssrc,
                  struct slice *cname)
{
    if (packet->type != RTCP_SDES)
        return EINVAL;
    if (index >= packet->count)
        return ENOENT;
    size_t off = 0;
    for (unsigned i = 0; i <= index; i++) {
        if (off > packet->len || packet->len - off < 4)
            return EBADMSG;
        *ssrc = get_u32(packet->body + off);
        off += 4;
        if (read_items(packet, &off, cname))
            return EBADMSG;
    }
    return 0;
}

int rtcp_bye_at(const struct rtcp_packet *packet, unsigned index, uint32_t *ssrc)
{
    if (packet->type != RTCP_BYE)
        return EINVAL;
    size_t sources = 4 * (size_t)packet->count;
    if (sources > packet->len)
        return EBADMSG;
    // RFC 3550 section 6.6: a length byte and the reason may follow.
    if (packet->len > sources && packet->body[sources] > packet->len - sources - 1)
        return EBADMSG;
    if (index >= packet->count)
        return ENOENT;
    *ssrc = get_u32(packet->body + 4 * (size_t)index);
    return 0;
}

// --- feedback -----------------------------------------------------------------------------------

int rtcp_parse_feedback(const struct rtcp_packet *packet, struct rtcp_feedback *feedback)
{
    if (packet->type != RTCP_RTPFB && packet->type != RTCP_PSFB)
        return EINVAL;
    if (packet->len < 8)
        return EBADMSG;
    feedback->sender = get_u32(packet->body);
    feedback->media = get_u32(packet->body + 4);
    feedback->fci = packet->body + 8;
    feedback->fci_len = packet->len - 8;
    return 0;
}

static void visit_pair(const uint8_t *pair, rtcp_nack_h *handler, void *arg)
{
    uint16_t first = get_u16(pair);
    uint16_t mask = get_u16(pair + 2);
    handler(first, arg);
    for (unsigned bit = 0; bit < 16; bit++)
        if (mask >> bit & 1)
            handler((uint16_t)(first + bit + 1), arg);
}

int rtcp_each_nack(const struct rtcp_feedback *feedback, rtcp_nack_h *handler, void *arg)
{
    if (feedback->fci_len == 0 || feedback->fci_len % 4)
        return EBADMSG;
    for (size_t off = 0; off < feedback->fci_len; off += 4)
        visit_pair(feedback->fci + off, handler, arg);
    return 0;
}

int rtcp_fir_at(const struct rtcp_feedback *feedback, unsigned index, struct rtcp_fir *fir)
{
    size_t off = (size_t)index * 8;
    if (off >= feedback->fci_len)
        return ENOENT;
    if (feedback->fci_len - off < 8)
        return EBADMSG;
    fir->ssrc = get_u32(feedback->fci + off);
    fir->seq = feedback->fci[off + 4];
    return 0;
}

int rtcp_parse_remb(const struct rtcp_feedback *feedback, struct rtcp_remb *remb)
{
    const uint8_t *p = feedback->fci;
    if (feedback->fci_len < 8 || get_u32(p) != REMB_NAME)
        return EBADMSG;
    remb->count = p[4];
    remb->ssrcs = p + 8;
    if (4 * (size_t)remb->count > feedback->fci_len - 8)
        return EBADMSG;
    uint8_t exponent = p[5] >> 2;
    uint64_t mantissa = get_u24(p + 5) & 0x3FFFF;
    if (mantissa && exponent > __builtin_clzll(mantissa))
        return EBADMSG;
    remb->bitrate = mantissa << exponent;
    return 0;
}
