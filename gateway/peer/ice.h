#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/packet/slice.h"
#include "gateway/peer/path.h"

// ICE-lite (RFC 8445 section 2.5) over libnice's STUN library. One agent serves all peers of a
// thread; each peer embeds one `struct ice`.

#define ICE_UFRAG_LEN     8  // 47 bits of randomness; the RFC asks for 24
#define ICE_PWD_LEN       24 // 142 bits; the RFC asks for 128
#define ICE_PATHS_MAX     8
#define ICE_SEEN_MAX      64
#define ICE_CONSENT_US    (30 * 1000000LL) // RFC 7675 section 5.1
#define ICE_UNFINISHED_US (30 * 1000000LL) // a session without a check or a handshake is freed
#define ICE_SWITCH_US     (30 * 1000000LL) // after a restart the credentials before it live this long
// Consent checks come every 4 to 6 s (RFC 7675 section 5.1): a selected path this long without one
// has lost its other end, if that checks another path meanwhile.
#define ICE_SILENT_US (7 * 1000000LL)

struct ice_agent;

// A check that was answered: its transaction, and a hash of the path it came on.
struct ice_seen {
    uint8_t id[12];
    uint64_t from;
};

struct ice_credentials {
    char ufrag[ICE_UFRAG_LEN + 1], pwd[ICE_PWD_LEN + 1];
};

struct ice {
    char ufrag[ICE_UFRAG_LEN + 1], pwd[ICE_PWD_LEN + 1]; // ours
    char remote_ufrag[257], remote_pwd[257];
    // Ours before the last restart: good for checks until one with the newer ones came, or the time
    // is over. An empty ufrag: none.
    struct ice_credentials before;
    int64_t before_until_us;
    char remote_before[257]; // theirs, kept to tell what comes late; empty without a restart
    struct path valid[ICE_PATHS_MAX]; // paths on which an authentic check came, newest first
    int64_t checked_us[ICE_PATHS_MAX];
    size_t valid_count;
    bool has_selected;
    struct path selected; // the pair USE-CANDIDATE chose; until then the first valid one
    int64_t consent_us;   // last authentic check on any path
    bool revoked;         // the session is over: no check is answered (RFC 7675 section 5.2)
    bool delegated;       // see ice_delegate()
    // The latest transactions: a recorded check sent again from elsewhere opens no path.
    struct ice_seen seen[ICE_SEEN_MAX];
    size_t seen_next;
};

// Finds the peer by OUR ufrag, the present one or the one before; NULL when there is none.
typedef struct ice *ice_lookup(void *arg, const char *ufrag, size_t len);

enum ice_result {
    ICE_DROPPED,  // not an authentic check for one of ours: no answer at all
    ICE_ANSWERED, // *reply is to be sent back on the same path
};

struct ice_reply {
    struct ice *ice;     // whose check it was
    bool new_path;       // the path became valid just now
    bool selected_moved; // media goes another way from now on
    uint8_t data[1280];
    size_t len;
};

// `lookup` is called with `arg` inside ice_receive(). EINVAL, ENOMEM.
int ice_agent_alloc(struct ice_agent **agentp, ice_lookup *lookup, void *arg);
void ice_agent_free(struct ice_agent *agent);

// Makes fresh local credentials, valid until revoked; all else is empty.
void ice_init(struct ice *ice, int64_t now_us);

void ice_credentials_make(struct ice_credentials *credentials);
// ICE restart (RFC 8445 section 9): `ours` and the remote ones (shorter than 257) count from now
// on. Valid paths, the selected one and consent stay, so that media goes on; checks with the
// credentials before are answered as long as the switch lasts. A restart within a switch replaces
// the newest ones and keeps those media runs on.
void ice_restart(struct ice *ice, const struct ice_credentials *ours, struct slice remote_ufrag,
                 struct slice remote_pwd, int64_t now_us);

// Somebody else does ICE for this peer and hands over only what came on a valid pair: `path` is the
// one that is valid and selected, for as long as the peer lives; consent is the other's business.
// No check is answered here, and there are no credentials any more.
void ice_delegate(struct ice *ice, const struct path *path);

// One datagram that packet_kind() called STUN. Never answers more bytes than came in unless the
// check was authentic.
enum ice_result ice_receive(struct ice_agent *agent, const struct path *path, const uint8_t *data,
                            size_t len, int64_t now_us, struct ice_reply *reply);

// Did an authentic check come on this path within the consent time?
bool ice_path_valid(const struct ice *ice, const struct path *path, int64_t now_us);
// Until when the selected path has consent; INT64_MAX when none is selected.
int64_t ice_selected_until(const struct ice *ice);
// Leaves a selected path whose consent ran out for the newest valid one, if there is any, and
// forgets the credentials before a restart when their time is over. True when media goes another
// way, or nowhere, from now on.
bool ice_tick(struct ice *ice, int64_t now_us);
// A wire is gone (TCP connection closed): forget all its paths.
void ice_forget_wire(struct ice *ice, const struct wire *wire);
// Was the last authentic check, on whatever path, longer ago than the consent time?
bool ice_consent_expired(const struct ice *ice, int64_t now_us);
