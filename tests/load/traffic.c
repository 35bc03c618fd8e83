#include "tests/load/traffic.h"

#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/packet/rtp.h"
#include "tests/unit/support/rtc_client.h"

#define FRAME_RATE     30
#define SOUND_US       20000
#define PERIOD_US      100000 // three frames, five packets of sound
#define KEY_EVERY      60
#define KEY_APART      15
#define PACKET_KBIT    250 // of one packet a frame
#define KEY_TIMES      5   // a keyframe is so many frames long
#define SIZE_LEAST     920
#define SIZE_SPREAD    160
#define SOUND_LEN      120
#define DESCRIPTOR_LEN 4
#define MAGIC_AT       16 // in the payload, behind every descriptor and keyframe header
#define MAGIC          0x42414e59u

void traffic_begin(struct traffic *t, uint32_t audio_ssrc, uint32_t video_ssrc, unsigned kbit,
                   int64_t now_us)
{
    *t = (struct traffic){.audio_ssrc = audio_ssrc,
                          .video_ssrc = video_ssrc,
                          .frame_packets = kbit / PACKET_KBIT,
                          .start_us = now_us,
                          .noise = 1};
}

void traffic_want_key(struct traffic *t)
{
    t->key_wanted = true;
}

static int64_t frame_due(const struct traffic *t)
{
    return t->start_us + (int64_t)(t->frames * 1000000 / FRAME_RATE);
}

static int64_t sound_due(const struct traffic *t)
{
    return t->start_us + (int64_t)(t->sounds * SOUND_US);
}

int64_t traffic_due(const struct traffic *t)
{
    return frame_due(t) < sound_due(t) ? frame_due(t) : sound_due(t);
}

static unsigned noise(struct traffic *t, unsigned below)
{
    t->noise = t->noise * 1664525u + 1013904223u;
    return (t->noise >> 16) % below;
}

static void fill(struct traffic *t, struct traffic_packet *packet, const struct rtp_header *header,
                 size_t payload_len)
{
    rtp_write_header(packet->data, header);
    packet->len = TRAFFIC_HEADER_LEN + payload_len;
    memset(packet->data + TRAFFIC_HEADER_LEN, 0x55, payload_len);
    put_u32(packet->data + TRAFFIC_HEADER_LEN + MAGIC_AT, MAGIC);
    t->packets++;
    t->bytes += packet->len;
}

// RFC 7741 descriptor with a picture ID of 15 bits; in the first packet RFC 6386's frame header.
static void write_picture(uint8_t *payload, uint64_t frame, bool first, bool key)
{
    static const uint8_t key_head[] = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02};
    payload[0] = first ? 0x90 : 0x80;
    payload[1] = 0x80;
    put_u16(payload + 2, (uint16_t)(0x8000 | (frame & 0x7fff)));
    if (first && key)
        memcpy(payload + DESCRIPTOR_LEN, key_head, sizeof(key_head));
    else if (first)
        payload[DESCRIPTOR_LEN] = 0x31;
}

static bool is_key(struct traffic *t)
{
    bool wanted = t->key_wanted && t->frames >= t->last_key + KEY_APART;
    if (t->frames % KEY_EVERY && !wanted)
        return false;
    t->key_wanted = false;
    t->last_key = t->frames;
    return true;
}

static unsigned make_frame(struct traffic *t, struct traffic_packet *packets)
{
    bool key = is_key(t);
    unsigned count = t->frame_packets * (key ? KEY_TIMES : 1);
    size_t size = SIZE_LEAST + noise(t, SIZE_SPREAD);
    struct rtp_header header = {.pt = RTC_PT_VIDEO, .ssrc = t->video_ssrc};
    header.ts = (uint32_t)(t->frames * (90000 / FRAME_RATE));
    for (unsigned i = 0; i < count; i++) {
        header.seq = t->video_seq++;
        header.marker = i + 1 == count;
        fill(t, &packets[i], &header, header.marker ? size / 2 : size);
        write_picture(packets[i].data + TRAFFIC_HEADER_LEN, t->frames, i == 0, key);
    }
    t->frames++;
    return count;
}

static unsigned make_sound(struct traffic *t, struct traffic_packet *packet)
{
    struct rtp_header header = {.pt = RTC_PT_AUDIO, .ssrc = t->audio_ssrc};
    header.marker = t->sounds == 0;
    header.seq = t->audio_seq++;
    header.ts = (uint32_t)(t->sounds++ * 960);
    fill(t, packet, &header, SOUND_LEN);
    packet->data[TRAFFIC_HEADER_LEN] = 0x78; // CELT, full band, 20 ms
    return 1;
}

void traffic_resume(struct traffic *t, int64_t now_us)
{
    int64_t late_us = now_us - traffic_due(t);
    if (late_us > 0)
        t->start_us += (late_us + PERIOD_US - 1) / PERIOD_US * PERIOD_US;
}

unsigned traffic_next(struct traffic *t, struct traffic_packet *packets)
{
    return frame_due(t) < sound_due(t) ? make_frame(t, packets) : make_sound(t, packets);
}

void traffic_stamp(struct traffic_packet *packet, int64_t now_ns)
{
    uint8_t *at = packet->data + TRAFFIC_HEADER_LEN + MAGIC_AT + 4;
    put_u32(at, (uint32_t)((uint64_t)now_ns >> 32));
    put_u32(at + 4, (uint32_t)now_ns);
}

int64_t traffic_sent_ns(const uint8_t *packet, size_t len)
{
    struct rtp_header header;
    if (rtp_parse(&header, packet, len) || header.payload_len < MAGIC_AT + 12 ||
        get_u32(header.payload + MAGIC_AT) != MAGIC)
        return 0;
    return (int64_t)get_u64(header.payload + MAGIC_AT + 4);
}

uint32_t traffic_audio_ts(const struct traffic *t, int64_t now_us)
{
    return (uint32_t)((now_us - t->start_us) * 48 / 1000);
}

uint32_t traffic_video_ts(const struct traffic *t, int64_t now_us)
{
    return (uint32_t)((now_us - t->start_us) * 9 / 100);
}
