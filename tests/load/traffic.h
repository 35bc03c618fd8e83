#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a publisher sends: VP8 at 30 frames/s and Opus of 50 packets/s. At 2 Mbit/s a frame is 8
// packets of about 1000 bytes, and every two seconds a keyframe of 40: 306 packets/s; at other
// rates more or fewer packets. The packets of a frame are of one size, the last is shorter. Every
// payload carries the time it was sent. One thread.

#define TRAFFIC_PACKET_MAX 1200
#define TRAFFIC_BURST_MAX  40
#define TRAFFIC_HEADER_LEN 12
#define TRAFFIC_KBIT       2000 // usual, and the most
#define TRAFFIC_KBIT_MIN   250

struct traffic_packet {
    size_t len; // of header and payload
    uint8_t data[TRAFFIC_PACKET_MAX];
};

struct traffic {
    uint32_t audio_ssrc, video_ssrc;
    unsigned frame_packets;
    int64_t start_us;
    uint64_t frames, sounds; // so many were made
    uint16_t audio_seq, video_seq;
    uint32_t noise;
    bool key_wanted;
    uint64_t last_key; // its frame's number
    uint64_t packets, bytes;
};

// `kbit` of pictures a second, 250 to TRAFFIC_KBIT.
void traffic_begin(struct traffic *traffic, uint32_t audio_ssrc, uint32_t video_ssrc, unsigned kbit,
                   int64_t now_us);
// Goes on after a pause as if there had been none; streams that began apart stay apart.
void traffic_resume(struct traffic *traffic, int64_t now_us);
// A viewer asked for a keyframe: the next frame is one, at most two a second.
void traffic_want_key(struct traffic *traffic);
// When the next burst is due.
int64_t traffic_due(const struct traffic *traffic);
// Makes the next burst, one frame or one sound, into packets[TRAFFIC_BURST_MAX]; returns how many.
unsigned traffic_next(struct traffic *traffic, struct traffic_packet *packets);

// Writes the monotonic time of sending into a packet.
void traffic_stamp(struct traffic_packet *packet, int64_t now_ns);
// Reads it from a decrypted RTP packet; 0 when there is none.
int64_t traffic_sent_ns(const uint8_t *packet, size_t len);

// Timestamps that belong to `now_us`, for sender reports.
uint32_t traffic_audio_ts(const struct traffic *traffic, int64_t now_us);
uint32_t traffic_video_ts(const struct traffic *traffic, int64_t now_us);
