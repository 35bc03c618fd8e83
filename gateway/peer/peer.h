#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/sm.h"
#include "gateway/peer/certificate.h"
#include "gateway/peer/ice.h"
#include "gateway/peer/path.h"
#include "gateway/peer/srtp.h"
#include "gateway/peer/terms.h"

// One remote WebRTC end: ICE-lite, DTLS and SRTP put together. Knows no socket: datagrams come in
// by calls and go out by handlers. One thread, the shard's. Full ICE is somebody else's work: see
// peer_delegate().
//
//     new --check--> checked --ClientHello--> handshake --keys--> connected --> ended
//      \________________\________________________\_______________________/

enum peer_state { PEER_NEW, PEER_CHECKED, PEER_HANDSHAKE, PEER_CONNECTED, PEER_ENDED };

enum peer_end {
    PEER_END_NONE,
    PEER_END_LOCAL,       // peer_close() was called
    PEER_END_REMOTE,      // DTLS close_notify or fatal alert
    PEER_END_CONSENT,     // no check for 30 s
    PEER_END_UNFINISHED,  // not connected within 30 s
    PEER_END_FINGERPRINT, // certificate is not the one in the offer
    PEER_END_DTLS,        // no handshake: no common cipher or profile, no certificate, an alert
    PEER_END_COUNT
};

// "consent", "fingerprint"... for logs, counters and events.
const char *peer_end_name(enum peer_end end);

struct peer;

struct peer_handlers {
    // Send this datagram now. Only ever called for a path on which a check was authentic.
    void (*send)(void *arg, const struct path *path, const uint8_t *data, size_t len);
    void (*connected)(void *arg);
    // Once. The peer lives until peer_free(); the handler must not free it at once.
    void (*ended)(void *arg, enum peer_end why);
};

struct peer_config {
    const struct certificate *certificate; // outlives the peer
    struct peer_handlers handlers;
    void *arg;
};

// Local credentials exist afterwards (peer_ice()->ufrag, ->pwd), for the answer. ENOMEM, EPROTO.
int peer_alloc(struct peer **peerp, const struct peer_config *config, int64_t now_us);
// Sets the remote's fingerprint and credentials once the offer is parsed (terms are copied). Must
// come before the first datagram is given in: until then no certificate is the right one.
void peer_set_remote(struct peer *peer, const struct terms *terms);
// The time to connect in runs from now, not from peer_alloc(): the remote is known only now.
void peer_begin(struct peer *peer, int64_t now_us);
// ICE restart: fresh credentials on both sides; paths, DTLS and SRTP stay as they are (RFC 8842
// section 5.4: no new association without a new fingerprint). EINVAL once ended, or for a ufrag or
// pwd longer than 256.
int peer_restart(struct peer *peer, const struct ice_credentials *ours, struct slice remote_ufrag,
                 struct slice remote_pwd, int64_t now_us);
// Somebody else does ICE (ice_delegate()): datagrams come and go on `path` from now on. The time to
// connect begins anew. Without effect once ended.
void peer_delegate(struct peer *peer, const struct path *path, int64_t now_us);
// Becomes the active side of DTLS (a=setup:active) and begins the handshake on the selected path.
void peer_connect(struct peer *peer, int64_t now_us);
// A delegated path is gone for good: ends with PEER_END_CONSENT, or PEER_END_UNFINISHED when it was
// not connected yet.
void peer_lost(struct peer *peer);
// Says nothing to the other side and calls no handler. NULL is allowed.
void peer_free(struct peer *peer);
// Sends close_notify on the selected path (when connected) and ends with PEER_END_LOCAL. From then
// on no check is answered any more.
void peer_close(struct peer *peer);

// The embedded ICE state: register it under its ufrag with the shard's agent.
struct ice *peer_ice(struct peer *peer);

// After ice_receive() answered for this peer.
void peer_checked(struct peer *peer, const struct ice_reply *reply, int64_t now_us);
// One DTLS datagram. False when it was of no use: the path had no authentic check, or it was
// malformed, forged or repeated (dtls_heard()).
bool peer_dtls(struct peer *peer, const struct path *path, const uint8_t *data, size_t len,
               int64_t now_us);
// Handshake retransmission, consent and the limit for unfinished sessions.
void peer_tick(struct peer *peer, int64_t now_us);
// When peer_tick() wants to be called next; INT64_MAX once ended. Ask again after every call.
int64_t peer_deadline(const struct peer *peer);

enum peer_state peer_state(const struct peer *peer);
enum peer_end peer_end(const struct peer *peer);
// Where media goes; NULL while nothing is selected, and once ended.
const struct path *peer_path(const struct peer *peer);
// May media from this path be believed? (valid check within the consent time)
bool peer_accepts(const struct peer *peer, const struct path *path, int64_t now_us);
// NULL unless connected.
struct srtp_out *peer_srtp_out(const struct peer *peer);
struct srtp_in *peer_srtp_in(const struct peer *peer);
