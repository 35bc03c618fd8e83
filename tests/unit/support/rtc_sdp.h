#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/addr.h"

// The two session descriptions of a test client: the offer it writes and what it needs of the
// answer.

struct rtc_sdp_offer {
    const char *ufrag, *pwd, *fingerprint;
    bool send; // sendonly, else recvonly
    bool audio, video, rtx, twcc, simulcast;
    uint32_t audio_ssrc, video_ssrc, rtx_ssrc;
};

struct rtc_sdp_answer {
    char ufrag[257], pwd[257];
    char fingerprint[97]; // hexadecimal digits of SHA-256 with colons
    bool has_udp, has_tcp;
    struct addr udp, tcp;
    uint32_t audio_ssrc, video_ssrc, rtx_ssrc; // 0: none
};

// EMSGSIZE.
int rtc_sdp_write(const struct rtc_sdp_offer *offer, char *text, size_t size);
// EBADMSG, ENOMEM.
int rtc_sdp_read(struct rtc_sdp_answer *answer, const char *text, size_t len);
// The fragment that asks for an ICE restart. EMSGSIZE.
int rtc_sdp_write_fragment(const char *ufrag, const char *pwd, char *text, size_t size);
// Takes the credentials out of the one that answers. EBADMSG, ENOMEM.
int rtc_sdp_read_fragment(struct rtc_sdp_answer *answer, const char *text, size_t len);
