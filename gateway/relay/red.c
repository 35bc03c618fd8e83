#include "gateway/relay/red.h"

#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/packet/opus.h"
#include "gateway/packet/red_blocks.h"
#include "gateway/relay/packet.h"
#include "gateway/relay/track.h"

#define BLOCK_HEAD   4 // F, block PT, timestamp offset (14 bits), block length (10 bits)
#define FOLLOWED     0x80
#define OFFSET_LIMIT (1u << 14)
#define LEN_LIMIT    (1u << 10)

// --- reading ------------------------------------------------------------------------------------

// A packet like `packet`, of an older block: the same header but for its number and time, and
// without extensions, which told of another one.
static struct packet *older_packet(const struct packet *packet, const struct red_block *block,
                                   uint16_t seq)
{
    static const struct rtp_ext_map none;
    const struct rtp_header header = {.pt = block->pt,
                                      .seq = seq,
                                      .ts = packet->rtp.ts - block->before,
                                      .ssrc = packet->rtp.ssrc};
    struct packet *older = packet_take(packet->pool);
    if (!older)
        return NULL;
    older->len = rtp_write_header(older->data, &header);
    memcpy(older->data + older->len, block->data, block->len);
    older->len += block->len;
    older->arrival_us = packet->arrival_us;
    older->recovered = true;
    (void)packet_parse(older, &none);
    return older;
}

// How many packets before; 0: nobody knows.
static unsigned packets_before(const struct red_block *block)
{
    uint32_t duration = opus_duration(block->data, block->len);
    return duration && block->before % duration == 0 ? block->before / duration : 0;
}

void red_recover(struct track *track, const struct packet *packet, const struct red_blocks *blocks,
                 int64_t now_us)
{
    for (size_t i = 0; i + 1 < blocks->count; i++) {
        const struct red_block *block = &blocks->of[i];
        unsigned back = packets_before(block);
        uint16_t seq = (uint16_t)(packet->rtp.seq - back);
        if (!back || block->pt != red_newest(blocks)->pt || !track_lacks(track, seq))
            continue;
        struct packet *older = older_packet(packet, block, seq);
        if (older)
            track_push(track, older, now_us);
        packet_drop(older);
    }
}

void red_strip(struct packet *packet, const struct red_blocks *blocks)
{
    const struct red_block *newest = red_newest(blocks);
    struct rtp_header *rtp = &packet->rtp;
    rtp->pt = newest->pt;
    rtp->payload_len = newest->len;
    packet->data[1] = (uint8_t)((packet->data[1] & 0x80) | newest->pt);
    memmove(packet->data + rtp->header_len, newest->data, newest->len);
    packet->len = rtp->header_len + newest->len;
}

// --- writing ------------------------------------------------------------------------------------

void red_need_heard(struct red_need *need, uint8_t fraction_lost)
{
    need->calm = fraction_lost <= RED_NO_LOSS ? (uint8_t)(need->calm + 1) : 0;
    if (fraction_lost >= RED_MUCH_LOSS)
        need->older = RED_OLDER_MAX;
    else if (fraction_lost >= RED_SOME_LOSS && !need->older)
        need->older = 1;
    if (need->calm < RED_CALM)
        return;
    need->older = 0;
    need->calm = 0;
}

// Can it be said as an older block of this packet, with so many bytes left?
static bool fits(const struct packet *block, const struct packet *packet, size_t left)
{
    uint32_t offset = packet->rtp.ts - block->rtp.ts;
    return block->rtp.pt == packet->rtp.pt && block->rtp.payload_len && offset &&
           offset < OFFSET_LIMIT && block->rtp.payload_len < LEN_LIMIT &&
           BLOCK_HEAD + block->rtp.payload_len <= left;
}

// The newest first. How many.
static size_t find_blocks(const struct track *track, const struct packet *packet, unsigned older,
                          const struct packet *blocks[RED_OLDER_MAX])
{
    size_t count = 0, left = RED_PACKET_MAX - 1;
    if (packet->rtp.payload_len > left)
        return 0;
    left -= packet->rtp.payload_len;
    for (unsigned back = 1; back <= older && count < RED_OLDER_MAX; back++) {
        const struct packet *block = track_find(track, packet->index - back);
        if (!block || !fits(block, packet, left))
            continue;
        left -= BLOCK_HEAD + block->rtp.payload_len;
        blocks[count++] = block;
    }
    return count;
}

static size_t put_head(uint8_t *to, const struct packet *block, const struct packet *packet,
                       uint8_t pt)
{
    uint32_t offset = packet->rtp.ts - block->rtp.ts;
    put_u32(to, (uint32_t)(FOLLOWED | pt) << 24 | offset << 10 | (uint32_t)block->rtp.payload_len);
    return BLOCK_HEAD;
}

static size_t put_data(uint8_t *to, const struct packet *block)
{
    memcpy(to, block->rtp.payload, block->rtp.payload_len);
    return block->rtp.payload_len;
}

// Section 3: the heads, the oldest block first; the newest one's is its payload type alone. Then
// the blocks.
struct packet *red_make(const struct track *track, const struct packet *packet, unsigned older,
                        uint8_t pt)
{
    const struct packet *blocks[RED_OLDER_MAX];
    size_t count = find_blocks(track, packet, older, blocks), len = 0;
    struct packet *red = count ? packet_take(packet->pool) : NULL;
    if (!red)
        return NULL;
    for (size_t i = count; i-- > 0;)
        len += put_head(red->data + len, blocks[i], packet, pt);
    red->data[len++] = pt;
    for (size_t i = count; i-- > 0;)
        len += put_data(red->data + len, blocks[i]);
    red->len = len + put_data(red->data + len, packet);
    red->arrival_us = packet->arrival_us;
    return red;
}
