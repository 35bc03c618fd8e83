#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A small WebRTC client for tests and load: one WHIP or WHEP session over UDP or ICE-TCP, on one
// non-blocking socket that the caller polls. ICE checks by libnice's STUN library, DTLS by OpenSSL,
// SRTP by gateway/peer/srtp.h. It does what it is told and nothing by itself: the caller sends and
// receives plain RTP and RTCP.
//
//     rtc_client_alloc -> rtc_client_offer (to the server) -> rtc_client_answer (from the server)
//     then rtc_client_receive() when the socket is readable and rtc_client_tick() at the deadline.

struct rtc_identity;
struct rtc_client;

// A certificate and what else many clients of one thread can share. ENOMEM, EPROTO.
int rtc_identity_alloc(struct rtc_identity **identityp);
void rtc_identity_free(struct rtc_identity *identity);

enum rtc_role { RTC_PUBLISH, RTC_WATCH };

struct rtc_handlers {
    // Decrypted packets. May be NULL.
    void (*rtp)(void *arg, const uint8_t *packet, size_t len, int64_t now_us);
    void (*rtcp)(void *arg, const uint8_t *packet, size_t len, int64_t now_us);
};

struct rtc_config {
    struct rtc_identity *identity; // outlives the client
    enum rtc_role role;
    bool tcp;
    bool audio, video; // Opus with payload type 111; VP8 with 96
    bool rtx;          // offer RTX for video, with payload type 97
    bool simulcast;    // offer three streams of video: "h", "m", "l" by extension id 10
    bool twcc;         // offer transport-wide numbers, with extension id 5
    const char
        *server_host; // connect here instead of the candidate's address; NULL: the candidate's
    struct rtc_handlers handlers;
    void *arg;
};

#define RTC_PT_AUDIO 111
#define RTC_PT_VIDEO 96
#define RTC_PT_RTX   97
#define RTC_EXT_TWCC 5
#define RTC_EXT_RID  10

int rtc_client_alloc(struct rtc_client **clientp, const struct rtc_config *config);
// Closes the socket without a word (rtc_client_close() says good-bye).
void rtc_client_free(struct rtc_client *client);

// The SDP offer, zero-terminated; lives as long as the client.
const char *rtc_client_offer(const struct rtc_client *client);
// Takes the answer and begins with checks. EBADMSG (no use of it), or what the socket says.
int rtc_client_answer(struct rtc_client *client, const char *sdp, size_t len, int64_t now_us);

// ICE restart: new credentials, in a fragment to be sent (zero-terminated). EMSGSIZE.
int rtc_client_restart(struct rtc_client *client, char *fragment, size_t size);
// Takes the fragment that answers. `move`: from another socket from now on, as after a change of
// the network (UDP); media goes the old way until a check on the new one is answered.
int rtc_client_restarted(struct rtc_client *client, const char *fragment, bool move,
                         int64_t now_us);

// Closes the socket it moved away from.
void rtc_client_leave(struct rtc_client *client);

int rtc_client_fd(const struct rtc_client *client); // -1 before the answer
// A TCP client has bytes that wait for the socket: poll for writing, too, and call
// rtc_client_receive() then.
bool rtc_client_wants_write(const struct rtc_client *client);
// Reads all there is. 0, or the error after which nothing more comes (EPIPE: closed by the server).
int rtc_client_receive(struct rtc_client *client, int64_t now_us);
// As rtc_client_receive() for one datagram that the caller read from the socket himself (UDP).
void rtc_client_take(struct rtc_client *client, const uint8_t *data, size_t len, int64_t now_us);
// Checks, handshake, consent: whatever is due.
void rtc_client_tick(struct rtc_client *client, int64_t now_us);
int64_t rtc_client_deadline(const struct rtc_client *client);

bool rtc_client_checked(const struct rtc_client *client);   // a check was answered
bool rtc_client_connected(const struct rtc_client *client); // keys are there
bool rtc_client_closed(const struct rtc_client *client);    // close_notify or alert came

// Our SSRCs as offered (publish), or the server's as answered (watch); 0: none.
uint32_t rtc_client_audio_ssrc(const struct rtc_client *client);
uint32_t rtc_client_video_ssrc(const struct rtc_client *client);
uint32_t rtc_client_rtx_ssrc(const struct rtc_client *client);

// Encrypts and sends. `header_len` bytes of RTP header, then payload. The rollover is counted here,
// so packets are sent in order. ENOTCONN, EMSGSIZE, EAGAIN (socket full: the packet is lost).
int rtc_client_send_rtp(struct rtc_client *client, const uint8_t *packet, size_t len,
                        size_t header_len);
int rtc_client_send_rtcp(struct rtc_client *client, const uint8_t *packet, size_t len);
// Any bytes as one datagram (or frame): for hostile tests.
int rtc_client_send_raw(struct rtc_client *client, const uint8_t *data, size_t len);
// Stops answering for consent: no checks any more.
void rtc_client_fall_silent(struct rtc_client *client);
// Sends close_notify.
void rtc_client_close(struct rtc_client *client);

struct rtc_client_stats {
    uint64_t datagrams, bytes; // received
    uint64_t rtp, rtcp;        // authentic ones
    uint64_t refused;          // not authentic, replayed, before the keys
};
struct rtc_client_stats rtc_client_stats(const struct rtc_client *client);
