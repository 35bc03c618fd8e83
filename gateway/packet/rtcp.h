#pragma once
#include "gateway/base/writer.h"
#include "gateway/packet/slice.h"

// RTCP: RFC 3550 section 6, feedback by RFC 4585 and RFC 5104, REMB by
// draft-alvestrand-rmcat-remb-03, reduced size by RFC 5506. Transport-wide feedback: see twcc.h.
// Any thread; nothing is kept.
//
//     struct rtcp_iter it = rtcp_iter_of(data, len);
//     struct rtcp_packet packet;
//     int err;
//     while ((err = rtcp_next(&it, &packet)) == 0)
//         switch (rtcp_kind(&packet)) { ... }
//     // err is ENOENT at the end, EBADMSG when the rest is not whole

#define RTCP_SR    200
#define RTCP_RR    201
#define RTCP_SDES  202
#define RTCP_BYE   203
#define RTCP_APP   204
#define RTCP_RTPFB 205
#define RTCP_PSFB  206
#define RTCP_XR    207

#define RTCP_REPORTS_MAX 31
#define RTCP_CNAME_MAX   255

// What a packet is, type and feedback format in one.
enum rtcp_kind {
    RTCP_KIND_OTHER, // APP, XR, feedback we do not use: skip
    RTCP_KIND_SR,
    RTCP_KIND_RR,
    RTCP_KIND_SDES,
    RTCP_KIND_BYE,
    RTCP_KIND_NACK,
    RTCP_KIND_TWCC,
    RTCP_KIND_PLI,
    RTCP_KIND_FIR,
    RTCP_KIND_REMB,
};

struct rtcp_packet {
    uint8_t type;        // RTCP_SR ...
    uint8_t count;       // RC, SC or FMT: the five bits
    const uint8_t *body; // after the four-byte head
    size_t len;          // of the body, without padding
};

struct rtcp_iter {
    const uint8_t *at;
    size_t left;
};

static inline struct rtcp_iter rtcp_iter_of(const uint8_t *data, size_t len)
{
    return (struct rtcp_iter){.at = data, .left = len};
}

// The next packet of a compound (or reduced-size) packet. ENOENT at the end; EBADMSG when the
// version is not 2, the length runs over the end, or the padding is wrong; after that only EBADMSG
// follows.
int rtcp_next(struct rtcp_iter *it, struct rtcp_packet *packet);

enum rtcp_kind rtcp_kind(const struct rtcp_packet *packet);

// --- reports ------------------------------------------------------------------------------------

struct rtcp_sr {
    uint32_t ssrc;
    uint64_t ntp; // seconds since 1900 as 32.32 fixed point
    uint32_t rtp_ts;
    uint32_t packets;
    uint32_t bytes;
};

struct rtcp_report {
    uint32_t ssrc;         // whom it is about
    uint8_t lost_fraction; // of 256, since the last report
    int32_t lost_total;    // -8388608..8388607; negative: duplicates
    uint32_t highest_seq;  // with the cycles in the upper half
    uint32_t jitter;       // in the stream's clock
    uint32_t last_sr;      // middle 32 bits of the sender report's ntp, 0 for none
    uint32_t since_sr;     // since then, in 1/65536 s
};

// EINVAL for another kind, EBADMSG when too short.
int rtcp_parse_sr(const struct rtcp_packet *packet, struct rtcp_sr *sr);
// The sender of an RR. Errors as above.
int rtcp_parse_rr(const struct rtcp_packet *packet, uint32_t *ssrc);
// Report block `index` of an SR or RR; ENOENT behind the last, EBADMSG when it is cut off.
int rtcp_report_at(const struct rtcp_packet *packet, unsigned index, struct rtcp_report *report);

// Chunk `index` of an SDES: its source and CNAME (absent when the chunk has none). ENOENT behind
// the last chunk, EBADMSG when a chunk is cut off.
int rtcp_cname_at(const struct rtcp_packet *packet, unsigned index, uint32_t *ssrc,
                  struct slice *cname);

// Source `index` of a BYE; ENOENT behind the last. EBADMSG when sources or reason are cut off.
int rtcp_bye_at(const struct rtcp_packet *packet, unsigned index, uint32_t *ssrc);

// --- feedback -----------------------------------------------------------------------------------

struct rtcp_feedback {
    uint32_t sender;
    uint32_t media; // the source it is about; 0 in FIR and REMB
    const uint8_t *fci;
    size_t fci_len;
};

// The common part of RTPFB and PSFB, RFC 4585 section 6.1. EINVAL for another type, EBADMSG too
// short.
int rtcp_parse_feedback(const struct rtcp_packet *packet, struct rtcp_feedback *feedback);

typedef void rtcp_nack_h(uint16_t seq, void *arg);

// Calls `handler` for each sequence number of a generic NACK in the order sent, at most 17 a pair.
// EBADMSG, before any call, when the list is empty or not whole.
int rtcp_each_nack(const struct rtcp_feedback *feedback, rtcp_nack_h *handler, void *arg);

struct rtcp_fir {
    uint32_t ssrc; // who shall send a keyframe
    uint8_t seq;   // the same number again means the same wish again
};

// Entry `index` of a FIR, RFC 5104 section 4.3.1; ENOENT behind the last, EBADMSG when cut off.
int rtcp_fir_at(const struct rtcp_feedback *feedback, unsigned index, struct rtcp_fir *fir);

struct rtcp_remb {
    uint64_t bitrate; // bit/s
    uint8_t count;
    const uint8_t *ssrcs; // `count` times four bytes, network order: get_u32()
};

// EBADMSG: not whole, not "REMB", or a bit rate beyond 64 bits.
int rtcp_parse_remb(const struct rtcp_feedback *feedback, struct rtcp_remb *remb);

// --- writing ------------------------------------------------------------------------------------
// Each appends one packet. EMSGSIZE when it does not fit, EINVAL for a count out of range; the
// writer is then as it was (not `full`), so a compound packet stays whole.

// At most RTCP_REPORTS_MAX reports.
int rtcp_write_sr(struct writer *w, const struct rtcp_sr *sr, const struct rtcp_report *reports,
                  size_t count);
int rtcp_write_rr(struct writer *w, uint32_t ssrc, const struct rtcp_report *reports, size_t count);
// One chunk with a CNAME of 1..RTCP_CNAME_MAX bytes.
int rtcp_write_cname(struct writer *w, uint32_t ssrc, const char *cname);
// `seqs` in rising order (RFC 1982), packed into as few pairs as possible; at least one.
int rtcp_write_nack(struct writer *w, uint32_t sender, uint32_t media, const uint16_t *seqs,
                    size_t count);
int rtcp_write_pli(struct writer *w, uint32_t sender, uint32_t media);
int rtcp_write_fir(struct writer *w, uint32_t sender, const struct rtcp_fir *fir);
// 1..255 sources; the bit rate is rounded down to 18 bits.
int rtcp_write_remb(struct writer *w, uint32_t sender, uint64_t bitrate, const uint32_t *ssrcs,
                    size_t count);
