#include "gateway/relay/rtx.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/bytes.h"

int rtx_unwrap(struct packet *packet, uint8_t pt, uint32_t ssrc)
{
    struct rtp_header *rtp = &packet->rtp;
    if (rtp->payload_len < RTX_LEAD)
        return EBADMSG;
    uint8_t *payload = packet->data + rtp->header_len;
    rtp->seq = get_u16(payload);
    rtp->pt = pt;
    rtp->ssrc = ssrc;
    rtp->payload_len -= RTX_LEAD;
    packet->len -= RTX_LEAD;
    memmove(payload, payload + RTX_LEAD, packet->len - rtp->header_len);
    packet->data[1] = (uint8_t)((packet->data[1] & 0x80) | pt);
    put_u16(packet->data + 2, rtp->seq);
    put_u32(packet->data + 8, ssrc);
    packet->recovered = true;
    return 0;
}
