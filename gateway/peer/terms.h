#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/packet/codec.h"
#include "gateway/packet/rtp_ext.h"

// What one offer and answer agreed on, in a form the media path can use.

#define TERMS_CODECS_MAX 24
#define TERMS_FMTP_MAX   256 // H.264 with its sprop-parameter-sets is longer than 128
#define TERMS_MID_MAX    32
#define TERMS_FIDS_MAX   4
#define TERMS_RIDS_MAX   3
#define TERMS_RID_MAX    17

struct terms_codec {
    enum codec codec;
    uint8_t pt;
    uint8_t rtx_pt;            // its retransmissions (RFC 4588), video only; 0: none
    char fmtp[TERMS_FMTP_MAX]; // as offered: tells H.264 profiles, VP9 and AV1 profiles apart
};

// a=ssrc-group:FID of the offer, RFC 5576 section 4.2: the second SSRC repairs the first.
struct terms_fid {
    uint32_t ssrc, rtx_ssrc;
};

struct terms_media {
    bool present;
    char mid[TERMS_MID_MAX];
    struct rtp_ext_map ext; // extension <-> id
    bool nack, pli, fir, twcc, remb;
    struct terms_fid fids[TERMS_FIDS_MAX];
    size_t fid_count;
    char rids[TERMS_RIDS_MAX]
             [TERMS_RID_MAX]; // of simulcast, in the offer's order; none: one stream
    size_t rid_count;
    size_t codec_count;
    // In the order of preference. Last: a copy ends with the rows there are.
    struct terms_codec codecs[TERMS_CODECS_MAX];
};

struct terms {
    struct terms_media audio, video;
    bool bundled;      // in a BUNDLE group
    bool dtls_active;  // we open DTLS; else they do
    bool video_tagged; // the m-line whose transport counts is the video's: RFC 9143 section 7.2
    // Of the remote end:
    char ufrag[257], pwd[257];
    char fingerprint_hash[16]; // "sha-256"
    uint8_t fingerprint[64];
    size_t fingerprint_len;
};

// The row of `media` to use for a stream of `codec` with `fmtp` (its publisher's): the same codec
// and a profile that the other side can decode; NULL when there is none.
const struct terms_codec *terms_match(const struct terms_media *media, enum codec codec,
                                      const char *fmtp);

// Is it a profile that terms_match() could find somebody for? Those of other kinds, and those that
// are written wrongly, are of no use to anybody.
bool terms_usable(enum codec codec, const char *fmtp);

// A copy no longer than it has to be: never to be copied whole. Free with mem_free(). ENOMEM.
int terms_media_copy(struct terms_media **copyp, const struct terms_media *from);

// The row with this payload type, or NULL.
const struct terms_codec *terms_by_pt(const struct terms_media *media, uint8_t pt);

// Was retransmission by RTX agreed on for any codec?
bool terms_have_rtx(const struct terms_media *media);
// The SSRC that repairs `ssrc`, as the offer told; 0 when it did not.
uint32_t terms_rtx_ssrc(const struct terms_media *media, uint32_t ssrc);
