#pragma once
#include <openssl/ssl.h>
#include <stun/stunagent.h>

#include "gateway/peer/datagram.h"
#include "gateway/peer/srtp.h"
#include "gateway/rooms/tcp_frame.h"
#include "tests/unit/support/rtc_client.h"
#include "tests/unit/support/rtc_rollover.h"
#include "tests/unit/support/rtc_sdp.h"

// What the files of the test client share.

#define OFFER_MAX 4096
#define QUEUE_MAX 65536

struct rtc_client {
    struct rtc_config config;
    char ufrag[9], pwd[25];
    char offer[OFFER_MAX];
    uint32_t audio_ssrc, video_ssrc, rtx_ssrc;
    struct rtc_sdp_answer answer;
    int fd;
    int other_fd; // while moving the next one, afterwards the last one; -1: none
    bool moving;
    // ICE
    StunAgent stun;
    StunTransactionId last_id;
    bool has_last_id, checked, silent;
    uint64_t tie;
    int64_t check_us;
    // DTLS and SRTP
    SSL *ssl;
    struct datagram datagram;
    bool connected, closed;
    int64_t now_us;
    struct srtp_out *out;
    struct srtp_in *in;
    struct rtc_rollover rollover;
    // TCP
    struct tcp_frame frame;
    uint8_t queue[QUEUE_MAX];
    size_t queued;
    struct rtc_client_stats stats;
};
