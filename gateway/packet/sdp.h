#pragma once
#include "gateway/packet/codec.h"

// A session description as facts: RFC 8866 and the attributes WebRTC needs (RFC 8829). Every slice
// points into the text that was parsed. Nothing is allocated; struct sdp is big (some 600 KB, of
// which only the parts that are used are touched): the caller takes it from mem_zalloc(). Any
// thread.

#define SDP_TEXT_MAX         65536
#define SDP_LINE_MAX         4096
#define SDP_MEDIA_MAX        64
#define SDP_FORMATS_MAX      64
#define SDP_EXTMAPS_MAX      32
#define SDP_CANDIDATES_MAX   16
#define SDP_RIDS_MAX         16
#define SDP_SSRCS_MAX        32
#define SDP_SSRC_GROUPS_MAX  16
#define SDP_SSRC_GROUP_SIZE  8
#define SDP_MSIDS_MAX        4
#define SDP_GROUPS_MAX       4
#define SDP_FINGERPRINTS_MAX 4
#define SDP_FINGERPRINT_LEN  64

// What is wrong, for the answer to the sender. `text` never repeats the sender's bytes.
struct sdp_error {
    unsigned line;      // from 1; 0 when it is about the whole text
    char attribute[32]; // "ice-ufrag", "m=", "" when there is none; printable ASCII only
    char text[96];      // "must have 4 to 256 characters"
};

enum sdp_setup {
    SDP_SETUP_NONE,
    SDP_SETUP_ACTPASS,
    SDP_SETUP_ACTIVE,
    SDP_SETUP_PASSIVE,
    SDP_SETUP_HOLDCONN
};

// Bits, so that "can send" is `direction & SDP_SENDONLY`.
enum sdp_direction { SDP_INACTIVE = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3 };

enum sdp_protocol {
    SDP_PROTOCOL_OTHER,
    SDP_PROTOCOL_RTP,      // RTP/AVP, RTP/AVPF: plain
    SDP_PROTOCOL_RTP_SDES, // RTP/SAVP, RTP/SAVPF: keys in a=crypto, or an old way to write the next
    SDP_PROTOCOL_RTP_DTLS, // UDP/TLS/RTP/SAVP(F), TCP/DTLS/RTP/SAVP(F)
    SDP_PROTOCOL_SCTP,     // UDP/DTLS/SCTP, TCP/DTLS/SCTP, DTLS/SCTP
};

// Bits of sdp_format.feedback, RFC 4585 section 4.2; others are ignored.
#define SDP_FB_NACK         (1u << 0)
#define SDP_FB_NACK_PLI     (1u << 1)
#define SDP_FB_CCM_FIR      (1u << 2)
#define SDP_FB_GOOG_REMB    (1u << 3)
#define SDP_FB_TRANSPORT_CC (1u << 4)

struct sdp_format {
    uint8_t pt;
    enum codec codec;  // CODEC_NONE for names we do not know
    struct slice name; // of rtpmap, or of RFC 3551 for 0, 8 and 9; else absent
    uint32_t clock;
    uint8_t channels;
    bool has_apt; // fmtp apt=: what an RTX format repairs
    uint8_t apt;
    struct slice fmtp; // parameters as text: sdp_fmtp_get()
    uint32_t feedback; // SDP_FB_...; a=rtcp-fb:* is already spread
};

struct sdp_extmap {
    uint16_t id; // 1..256, or 4096..4351 in an offer that has run out (RFC 8285 section 7)
    enum sdp_direction direction;
    bool has_direction; // the "/sendonly" was written
    struct slice uri;
};

enum sdp_transport { SDP_TRANSPORT_OTHER, SDP_TRANSPORT_UDP, SDP_TRANSPORT_TCP };
enum sdp_candidate_type {
    SDP_CANDIDATE_OTHER,
    SDP_CANDIDATE_HOST,
    SDP_CANDIDATE_SRFLX,
    SDP_CANDIDATE_PRFLX,
    SDP_CANDIDATE_RELAY,
};
enum sdp_tcptype { SDP_TCPTYPE_NONE, SDP_TCPTYPE_ACTIVE, SDP_TCPTYPE_PASSIVE, SDP_TCPTYPE_SO };

// RFC 8839 section 5.1, RFC 6544 section 4.5. The address may be a name (mDNS): the user's
// business.
struct sdp_candidate {
    struct slice foundation;
    uint16_t component; // 1..256
    enum sdp_transport transport;
    uint32_t priority; // 1..2^31-1
    struct slice address;
    uint16_t port;
    enum sdp_candidate_type type;
    enum sdp_tcptype tcptype;
};

struct sdp_fingerprint {
    struct slice hash; // "sha-256" in any case
    uint8_t bytes[SDP_FINGERPRINT_LEN];
    uint8_t len;
};

struct sdp_rid {
    struct slice id;
    enum sdp_direction direction; // SDP_SENDONLY or SDP_RECVONLY, as its writer sees it
    struct slice params;          // "pt=96;max-width=1280"; absent when there are none
};

struct sdp_ssrc {
    uint32_t ssrc;
    struct slice cname; // absent when not told
};

struct sdp_ssrc_group {
    struct slice semantics; // "FID", "SIM", "FEC-FR"
    unsigned count;
    uint32_t ssrcs[SDP_SSRC_GROUP_SIZE];
};

struct sdp_msid {
    struct slice stream; // "-" for no stream
    struct slice track;  // absent when not told
};

// ICE and DTLS, at session or media level. After sdp_parse() a media's copy has the session's
// values wherever it had none of its own.
struct sdp_ice {
    struct slice ufrag; // 4..256 ice-char
    struct slice pwd;   // 22..256 ice-char
    struct slice options;
    enum sdp_setup setup;
    unsigned fingerprint_count;
    struct sdp_fingerprint fingerprints[SDP_FINGERPRINTS_MAX];
};

struct sdp_media {
    enum media_kind kind;
    struct slice type; // "audio"
    uint16_t port;     // 0: refused, or bundle-only
    enum sdp_protocol protocol;
    struct slice protocol_text;
    struct slice format_text; // all formats of the m-line as written
    struct slice address;     // of c=, the session's if it had none; absent when neither had
    struct slice mid;
    enum sdp_direction direction; // SDP_SENDRECV when nothing was said
    struct sdp_ice ice;
    bool rtcp_mux, rtcp_mux_only, rtcp_rsize;
    bool bundle_only;
    bool extmap_allow_mixed; // here or at session level
    bool end_of_candidates;
    bool has_crypto; // there was an a=crypto
    uint32_t ptime;  // ms, 0 when not told
    uint32_t maxptime;
    uint64_t bandwidth; // bit/s of b=TIAS, else b=AS; 0 when not told
    unsigned format_count;
    struct sdp_format formats[SDP_FORMATS_MAX]; // in the m-line's order; none unless RTP
    unsigned extmap_count;
    struct sdp_extmap extmaps[SDP_EXTMAPS_MAX];
    unsigned candidate_count; // candidates beyond the maximum are left out
    struct sdp_candidate candidates[SDP_CANDIDATES_MAX];
    unsigned rid_count;
    struct sdp_rid rids[SDP_RIDS_MAX];
    // a=simulcast as its writer sees it: sdp_simulcast_next(); absent when not told.
    struct slice simulcast_send, simulcast_recv;
    unsigned msid_count;
    struct sdp_msid msids[SDP_MSIDS_MAX];
    unsigned ssrc_count;
    struct sdp_ssrc ssrcs[SDP_SSRCS_MAX];
    unsigned ssrc_group_count;
    struct sdp_ssrc_group ssrc_groups[SDP_SSRC_GROUPS_MAX];
};

struct sdp_group {
    struct slice semantics; // "BUNDLE", "LS"
    unsigned count;
    struct slice mids[SDP_MEDIA_MAX];
};

struct sdp {
    struct slice origin;  // o= as written
    struct slice name;    // s= as written
    struct slice address; // of the session's c=; absent when there was none
    enum sdp_direction direction;
    struct sdp_ice ice;
    bool ice_lite;
    bool extmap_allow_mixed;
    bool end_of_candidates;
    unsigned group_count;
    struct sdp_group groups[SDP_GROUPS_MAX];
    unsigned media_count;
    struct sdp_media media[SDP_MEDIA_MAX]; // members behind media_count are not even zeroed
};

// Reads a description; lines end in CRLF or LF. EBADMSG for anything malformed, contradictory or
// said twice that may be said once; EMSGSIZE when the text or a line is too long or there are too
// many of something. *error (may be NULL) tells the first thing wrong. *sdp is then not to be used.
int sdp_parse(struct sdp *sdp, const char *text, size_t len, struct sdp_error *error);

// The group with these semantics ("BUNDLE"), or NULL.
const struct sdp_group *sdp_find_group(const struct sdp *sdp, const char *semantics);
const struct sdp_media *sdp_find_media(const struct sdp *sdp, struct slice mid);
const struct sdp_format *sdp_find_format(const struct sdp_media *media, uint8_t pt);

// The value of one parameter of a fmtp or rid ("a=1;b=2", names in any case); false when not there.
// The value is empty for a parameter without "=".
bool sdp_fmtp_get(struct slice params, const char *key, struct slice *value);

// Takes the next stream off a simulcast list ("q;~h;f1,f2"): the first of its alternatives. False
// at the end.
bool sdp_simulcast_next(struct slice *list, struct slice *rid, bool *paused);

// Reads the value of a=candidate ("1 1 udp 2130706431 192.0.2.1 9 typ host"). EBADMSG; *why then
// points to a constant text.
int sdp_candidate_parse(struct sdp_candidate *candidate, struct slice value, const char **why);
