#pragma once
#include "gateway/packet/sdp.h"
#include "gateway/peer/terms.h"

// Offer in, answer and terms out: the negotiation of a WHIP or WHEP session (RFC 9725 section 4.4,
// RFC 9429). Pure: no socket, clock or memory. A refusal is whole, never one m-line of many.

enum answer_role {
    ANSWER_RECEIVE, // WHIP: the client sends to us; the answer is recvonly
    ANSWER_SEND,    // WHEP: the client receives from us; the answer is sendonly
};

struct answer_candidate {
    const char *host; // numeric address
    uint16_t port;
    bool tcp; // RFC 6544 passive
};

// What this side brings to the answer.
struct answer_local {
    const char *ufrag, *pwd;
    const char *fingerprint; // "AB:CD:..." of SHA-256
    const struct answer_candidate *candidates;
    size_t candidate_count;
    // Whole lines "a=candidate:...\r\n" besides these, for an ICE agent that writes its own.
    const char *candidate_lines;     // NULL: none
    bool full_ice;                   // else we are an ICE-lite end
    uint32_t audio_ssrc, video_ssrc; // ANSWER_SEND only
    uint32_t video_rtx_ssrc;         // ANSWER_SEND only; said when RTX is agreed on
    const char *cname;               // ANSWER_SEND only; also the msid stream
};

// Why an offer is refused: an HTTP status (400 malformed, 422 understood but not acceptable), the
// attribute or line at fault, and one sentence.
struct answer_refusal {
    int status;
    char field[64];
    char detail[256];
    bool counter; // to watch, an offer of ours may serve where this one does not
};

// Writes the answer into `text` (`size` bytes, zero-terminated) and the agreed terms into *terms.
// EBADMSG or EPROTO with *refusal filled in; EMSGSIZE when `text` is too small.
int answer_make(const struct sdp *offer, enum answer_role role, const struct answer_local *local,
                char *text, size_t size, struct terms *terms, struct answer_refusal *refusal);
