#include "gateway/peer/peer.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/peer/dtls.h"

struct peer {
    struct ice ice;
    struct sm sm;
    enum peer_end end;
    struct peer_config config;
    struct dtls *dtls;
    struct srtp_out *out;
    struct srtp_in *in;
    struct path answering; // where the DTLS datagram at hand came from, or media goes
    int64_t started_us;
    int64_t retry_us; // when DTLS wants to send its flight again; INT64_MAX for never
};

static const struct sm_state STATES[] = {
    [PEER_NEW] = {"new", SM_TO(PEER_CHECKED) | SM_TO(PEER_HANDSHAKE) | SM_TO(PEER_ENDED)},
    [PEER_CHECKED] = {"checked", SM_TO(PEER_HANDSHAKE) | SM_TO(PEER_ENDED)},
    [PEER_HANDSHAKE] = {"handshake", SM_TO(PEER_CONNECTED) | SM_TO(PEER_ENDED)},
    [PEER_CONNECTED] = {"connected", SM_TO(PEER_ENDED)},
    [PEER_ENDED] = {"ended", 0},
};

const char *peer_end_name(enum peer_end end)
{
    static const char *const names[PEER_END_COUNT] = {
        [PEER_END_NONE] = "none",
        [PEER_END_LOCAL] = "local",
        [PEER_END_REMOTE] = "remote",
        [PEER_END_CONSENT] = "consent",
        [PEER_END_UNFINISHED] = "unfinished",
        [PEER_END_FINGERPRINT] = "fingerprint",
        [PEER_END_DTLS] = "dtls",
    };
    return (unsigned)end < PEER_END_COUNT ? names[end] : "unknown";
}

static void send_datagram(void *arg, const uint8_t *data, size_t len)
{
    struct peer *peer = arg;
    if (peer->answering.wire)
        peer->config.handlers.send(peer->config.arg, &peer->answering, data, len);
}

int peer_alloc(struct peer **peerp, const struct peer_config *config, int64_t now_us)
{
    if (!peerp || !config || !config->certificate || !config->handlers.send ||
        !config->handlers.connected || !config->handlers.ended)
        return EINVAL;
    struct peer *peer = mem_zalloc(sizeof(*peer));
    if (!peer)
        return ENOMEM;
    peer->config = *config;
    peer->started_us = now_us;
    peer->retry_us = INT64_MAX;
    sm_init(&peer->sm, STATES, PEER_NEW);
    ice_init(&peer->ice, now_us);
    int err = dtls_alloc(&peer->dtls, config->certificate, send_datagram, peer);
    if (err)
        peer_free(peer);
    else
        *peerp = peer;
    return err;
}

void peer_set_remote(struct peer *peer, const struct terms *terms)
{
    text_copy(peer->ice.remote_ufrag, sizeof(peer->ice.remote_ufrag), terms->ufrag);
    text_copy(peer->ice.remote_pwd, sizeof(peer->ice.remote_pwd), terms->pwd);
    // A fingerprint of another kind stays unset, and then no certificate is the right one.
    (void)dtls_expect(peer->dtls, terms->fingerprint_hash, terms->fingerprint,
                      terms->fingerprint_len);
}

void peer_begin(struct peer *peer, int64_t now_us)
{
    peer->started_us = now_us;
}

int peer_restart(struct peer *peer, const struct ice_credentials *ours, struct slice remote_ufrag,
                 struct slice remote_pwd, int64_t now_us)
{
    if (peer->sm.state == PEER_ENDED || remote_ufrag.len >= sizeof(peer->ice.remote_ufrag) ||
        remote_pwd.len >= sizeof(peer->ice.remote_pwd))
        return EINVAL;
    ice_restart(&peer->ice, ours, remote_ufrag, remote_pwd, now_us);
    return 0;
}

void peer_free(struct peer *peer)
{
    if (!peer)
        return;
    srtp_out_free(peer->out);
    srtp_in_free(peer->in);
    dtls_free(peer->dtls);
    mem_free(peer);
}

static void end(struct peer *peer, enum peer_end why)
{
    if (sm_move(&peer->sm, PEER_ENDED) != 0)
        return;
    peer->end = why;
    peer->ice.revoked = true;
    peer->config.handlers.ended(peer->config.arg, why);
}

// Datagrams that DTLS makes by itself go where media goes.
static void answer_on_selected(struct peer *peer)
{
    peer->answering = peer->ice.has_selected ? peer->ice.selected : (struct path){0};
}

void peer_close(struct peer *peer)
{
    if (peer->sm.state == PEER_ENDED)
        return;
    answer_on_selected(peer);
    dtls_close(peer->dtls);
    end(peer, PEER_END_LOCAL);
}

struct ice *peer_ice(struct peer *peer)
{
    return &peer->ice;
}

void peer_checked(struct peer *peer, const struct ice_reply *reply, int64_t now_us)
{
    (void)now_us;
    if (peer->sm.state == PEER_NEW && reply->ice == &peer->ice && peer->ice.has_selected)
        sm_move(&peer->sm, PEER_CHECKED);
}

// --- DTLS ---------------------------------------------------------------------------------------

static int take_keys(struct peer *peer)
{
    struct dtls_keys keys;
    int err = dtls_keys(peer->dtls, &keys);
    if (!err)
        err = srtp_out_alloc(&peer->out, keys.profile, keys.local_key, keys.local_salt);
    if (!err)
        err = srtp_in_alloc(&peer->in, keys.profile, keys.remote_key, keys.remote_salt);
    OPENSSL_cleanse(&keys, sizeof(keys));
    return err;
}

static void connect_media(struct peer *peer)
{
    if (peer->sm.state != PEER_HANDSHAKE)
        return;
    if (take_keys(peer) != 0) {
        dtls_close(peer->dtls);
        end(peer, PEER_END_DTLS);
        return;
    }
    sm_move(&peer->sm, PEER_CONNECTED);
    peer->config.handlers.connected(peer->config.arg);
}

static void follow(struct peer *peer, enum dtls_state state, int64_t now_us)
{
    int64_t wait_us = dtls_wait_us(peer->dtls);
    peer->retry_us = wait_us < 0 ? INT64_MAX : now_us + wait_us;
    switch (state) {
    case DTLS_HANDSHAKE:
        break;
    case DTLS_CONNECTED:
        connect_media(peer);
        break;
    case DTLS_CLOSED:
        end(peer, PEER_END_REMOTE);
        break;
    case DTLS_FAILED:
        end(peer, PEER_END_DTLS);
        break;
    case DTLS_MISMATCH:
        end(peer, PEER_END_FINGERPRINT);
        break;
    }
}

bool peer_dtls(struct peer *peer, const struct path *path, const uint8_t *data, size_t len,
               int64_t now_us)
{
    if (!peer_accepts(peer, path, now_us))
        return false;
    if (peer->sm.state < PEER_HANDSHAKE)
        sm_move(&peer->sm, PEER_HANDSHAKE);
    peer->answering = *path;
    follow(peer, dtls_receive(peer->dtls, data, len), now_us);
    return dtls_heard(peer->dtls);
}

static bool finished(const struct peer *peer)
{
    return peer->sm.state >= PEER_CONNECTED;
}

void peer_delegate(struct peer *peer, const struct path *path, int64_t now_us)
{
    if (peer->sm.state != PEER_NEW)
        return;
    ice_delegate(&peer->ice, path);
    peer->started_us = now_us;
    sm_move(&peer->sm, PEER_CHECKED);
}

void peer_connect(struct peer *peer, int64_t now_us)
{
    if (peer->sm.state != PEER_CHECKED)
        return;
    sm_move(&peer->sm, PEER_HANDSHAKE);
    answer_on_selected(peer);
    follow(peer, dtls_connect(peer->dtls), now_us);
}

void peer_lost(struct peer *peer)
{
    end(peer, finished(peer) ? PEER_END_CONSENT : PEER_END_UNFINISHED);
}

// --- time ---------------------------------------------------------------------------------------

void peer_tick(struct peer *peer, int64_t now_us)
{
    if (peer->sm.state == PEER_ENDED)
        return;
    ice_tick(&peer->ice, now_us);
    if (!finished(peer) && now_us - peer->started_us >= ICE_UNFINISHED_US) {
        end(peer, PEER_END_UNFINISHED);
    } else if (finished(peer) && ice_consent_expired(&peer->ice, now_us)) {
        end(peer, PEER_END_CONSENT);
    } else if (now_us >= peer->retry_us) {
        answer_on_selected(peer);
        follow(peer, dtls_tick(peer->dtls), now_us);
    }
}

// The earliest time at which something can run out.
int64_t peer_deadline(const struct peer *peer)
{
    int64_t at_us = peer->ice.consent_us + ICE_CONSENT_US;
    if (peer->sm.state == PEER_ENDED)
        return INT64_MAX;
    if (peer->ice.delegated)
        at_us = INT64_MAX;
    if (!finished(peer))
        at_us = peer->started_us + ICE_UNFINISHED_US;
    if (peer->retry_us < at_us)
        at_us = peer->retry_us;
    if (peer->ice.before.ufrag[0] && peer->ice.before_until_us < at_us)
        at_us = peer->ice.before_until_us;
    int64_t selected_us = ice_selected_until(&peer->ice);
    return selected_us < at_us ? selected_us : at_us;
}

// --- facts --------------------------------------------------------------------------------------

enum peer_state peer_state(const struct peer *peer)
{
    return (enum peer_state)peer->sm.state;
}

enum peer_end peer_end(const struct peer *peer)
{
    return peer->end;
}

const struct path *peer_path(const struct peer *peer)
{
    bool usable = peer->ice.has_selected && peer->sm.state != PEER_ENDED;
    return usable ? &peer->ice.selected : NULL;
}

bool peer_accepts(const struct peer *peer, const struct path *path, int64_t now_us)
{
    return peer->sm.state != PEER_ENDED && ice_path_valid(&peer->ice, path, now_us);
}

struct srtp_out *peer_srtp_out(const struct peer *peer)
{
    return peer->sm.state == PEER_CONNECTED ? peer->out : NULL;
}

struct srtp_in *peer_srtp_in(const struct peer *peer)
{
    return peer->sm.state == PEER_CONNECTED ? peer->in : NULL;
}
