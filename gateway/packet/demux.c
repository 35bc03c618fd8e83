#include "gateway/packet/demux.h"

#define STUN_HEADER 20
#define DTLS_HEADER 13
#define RTP_HEADER  12
#define RTCP_SMALL  8

struct range {
    uint8_t first, last; // of the first byte
    uint8_t min_len;
    enum packet_kind kind;
};

static const struct range ranges[] = {
    {0, 3, STUN_HEADER, PACKET_STUN},
    {20, 63, DTLS_HEADER, PACKET_DTLS},
    {128, 191, RTCP_SMALL, PACKET_RTCP},
};

static enum packet_kind rtp_or_rtcp(const uint8_t *data, size_t len)
{
    if (data[1] >= 192 && data[1] <= 223)
        return PACKET_RTCP;
    return len >= RTP_HEADER ? PACKET_RTP : PACKET_OTHER;
}

enum packet_kind packet_kind(const uint8_t *data, size_t len)
{
    for (size_t i = 0; len && i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const struct range *r = &ranges[i];
        if (data[0] < r->first || data[0] > r->last || len < r->min_len)
            continue;
        return r->kind == PACKET_RTCP ? rtp_or_rtcp(data, len) : r->kind;
    }
    return PACKET_OTHER;
}
