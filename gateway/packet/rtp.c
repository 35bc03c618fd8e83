#include "gateway/packet/rtp.h"

#include "gateway/base/bytes.h"
#include <errno.h>

// Version 2 in the first byte, RFC 3550 section 5.1.
#define VERSION_BITS 0x80
#define VERSION_MASK 0xC0
#define PADDING_BIT  0x20
#define EXT_BIT      0x10
#define MARKER_BIT   0x80

static int parse_ext(struct rtp_header *h, const uint8_t *data, size_t len)
{
    if (len - h->header_len < 4)
        return EBADMSG;
    const uint8_t *head = data + h->header_len;
    h->ext_profile = get_u16(head);
    h->ext_len = (size_t)get_u16(head + 2) * 4;
    if (len - h->header_len - 4 < h->ext_len)
        return EBADMSG;
    h->ext = head + 4;
    h->header_len += 4 + h->ext_len;
    return 0;
}

int rtp_parse_protected(struct rtp_header *h, const uint8_t *data, size_t len)
{
    *h = (struct rtp_header){0};
    if (len < RTP_HEADER_LEN || (data[0] & VERSION_MASK) != VERSION_BITS)
        return EBADMSG;
    h->has_padding = data[0] & PADDING_BIT;
    h->has_ext = data[0] & EXT_BIT;
    h->csrc_count = data[0] & 0x0F;
    h->marker = data[1] & MARKER_BIT;
    h->pt = data[1] & 0x7F;
    h->seq = get_u16(data + 2);
    h->ts = get_u32(data + 4);
    h->ssrc = get_u32(data + 8);
    h->header_len = RTP_HEADER_LEN + 4u * h->csrc_count;
    if (h->header_len > len)
        return EBADMSG;
    if (h->has_ext && parse_ext(h, data, len))
        return EBADMSG;
    h->payload = data + h->header_len;
    h->payload_len = len - h->header_len;
    return 0;
}

int rtp_parse(struct rtp_header *h, const uint8_t *data, size_t len)
{
    int err = rtp_parse_protected(h, data, len);
    if (err || !h->has_padding)
        return err;
    if (h->payload_len == 0)
        return EBADMSG;
    h->padding = data[len - 1];
    if (h->padding == 0 || h->padding > h->payload_len)
        return EBADMSG;
    h->payload_len -= h->padding;
    return 0;
}

size_t rtp_write_header(uint8_t *to, const struct rtp_header *h)
{
    to[0] = VERSION_BITS;
    if (h->has_padding)
        to[0] |= PADDING_BIT;
    if (h->has_ext)
        to[0] |= EXT_BIT;
    to[1] = (uint8_t)((h->marker ? MARKER_BIT : 0) | (h->pt & 0x7F));
    put_u16(to + 2, h->seq);
    put_u32(to + 4, h->ts);
    put_u32(to + 8, h->ssrc);
    return RTP_HEADER_LEN;
}
