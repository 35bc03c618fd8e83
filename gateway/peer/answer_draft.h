#pragma once
#include "gateway/base/writer.h"
#include "gateway/peer/answer.h"

// The parts of answer_make(), in the order they run.

struct answer_draft {
    const struct sdp *offer;
    enum answer_role role;
    const struct answer_local *local;
    const struct sdp_group *bundle; // NULL for one m-line without BUNDLE
    const struct sdp_media *tagged; // the m-line whose transport counts: RFC 9143 section 7.2
    struct terms *terms;
    struct answer_refusal *refusal;
};

// Fills in the refusal; returns EBADMSG for status 400, else EPROTO.
int answer_refuse(struct answer_draft *draft, int status, const char *field, const char *detail);
// The same with 422, for what a counter-offer can heal.
int answer_counter(struct answer_draft *draft, const char *field, const char *detail);

// Can the m-lines and their bundle be answered at all? Sets bundle and tagged. EBADMSG, EPROTO.
int answer_check(struct answer_draft *draft);
// Their ICE and DTLS facts into the terms, when an ICE-lite end that is DTLS-passive can work with
// them. EBADMSG, EPROTO.
int answer_transport(struct answer_draft *draft);
// Only the credentials and the fingerprint of these.
int answer_credentials(struct answer_draft *draft);
// Codecs, feedback and header extensions into the terms. EPROTO when an m-line has no codec of
// ours.
int answer_agree(struct answer_draft *draft);
// Which streams of a simulcast are received. After the codecs, before the header extensions.
void answer_simulcast(struct answer_draft *draft, const struct sdp_media *media);
void answer_write_simulcast(const struct answer_draft *draft, const struct sdp_media *media,
                            struct writer *w);
// The text from what was agreed on.
void answer_write(const struct answer_draft *draft, struct writer *w);

// What offers and answers of ours have in common: the first four lines; a=rtcp-fb lines of bits
// SDP_FB_...; what is said of a stream we send.
void answer_write_origin(const struct answer_local *local, struct writer *w);
void answer_write_feedback(uint8_t pt, uint32_t feedback, struct writer *w);
void answer_write_source(const struct answer_local *local, bool video, bool rtx, struct writer *w);
// The lines of all candidates, and that there are no more.
void answer_write_candidates(const struct answer_local *local, struct writer *w);

// Where the terms of an m-line are, audio or video.
struct terms_media *answer_terms(const struct answer_draft *draft, const struct sdp_media *media);
// The feedback of a format that was agreed on: bits SDP_FB_...
uint32_t answer_feedback(const struct answer_draft *draft, const struct sdp_media *media,
                         const struct sdp_format *format);
