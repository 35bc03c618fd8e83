#pragma once
#include "gateway/packet/sdp.h"
#include "gateway/peer/answer.h"
#include "gateway/peer/terms.h"

// The other way round: an offer of ours, and the terms their answer makes of it. A WHEP endpoint
// that cannot answer an offer makes its own (draft-ietf-wish-whep); so does a gateway that is the
// client of another server. Pure: no socket, clock or memory.

struct offer_config {
    enum answer_role role; // ANSWER_SEND: a=sendonly, ANSWER_RECEIVE: a=recvonly
    bool audio, video;     // at least one; mids are "0" and "1", audio first
    uint32_t codecs;       // bits 1u << CODEC_...; 0: all of ours. RED needs Opus
    bool dtls_active;      // we can open DTLS: setup:passive may be answered
    // As in an answer. No RTX is offered for sending without a video_rtx_ssrc.
    struct answer_local local;
};

// Writes the offer (zero-terminated) into `out`; *len is without the zero. EINVAL when neither
// audio nor video has a codec; EMSGSIZE when `cap` is too small.
int offer_write(char *out, size_t cap, size_t *len, const struct offer_config *config);

// The terms of their answer to the offer that the same `config` wrote. EBADMSG or EPROTO with
// *refusal filled in (400: malformed, or no answer to this offer; 422: nothing can come of it).
int offer_conclude(struct terms *terms, const struct sdp *answer, const struct offer_config *config,
                   struct answer_refusal *refusal);
