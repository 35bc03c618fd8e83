#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/inbox.h"
#include "gateway/packet/sdp.h"
#include "gateway/peer/path.h"
#include "gateway/rooms/line_local.h"
#include "gateway/rooms/rooms.h"

// A line joins a session of a shard with a NiceAgent on the agent thread (agent.h): a pair of
// AF_UNIX SOCK_SEQPACKET sockets that carries the session's DTLS, SRTP and SRTCP datagrams as they
// are. End of file on either side means that the other side is gone. Here is the shard's end.

#define LINE_BUFFER (4 << 20)

struct shard;
struct session;
struct line;

struct line_candidate {
    enum sdp_candidate_type type;
    uint32_t priority;
    uint16_t port;
    char address[64]; // numeric
    char foundation[33];
};

// MESSAGE_LINE_REMOTE, shard to agent thread: the other end's credentials (empty: those known) and
// candidates.
struct message_line {
    struct msg msg;
    char id[ROOMS_ID_MAX]; // of the session
    char ufrag[LINE_UFRAG_MAX], pwd[LINE_UFRAG_MAX];
    bool complete; // no more candidates will come
    size_t count;
    struct line_candidate candidate[LINE_CANDIDATES_MAX];
};

// Takes the descriptor out of *local, also on error. ENOMEM and what epoll says.
int line_alloc(struct line **linep, struct shard *shard, struct session *session,
               struct line_local *local);
void line_free(struct line *line);
// The only path of the session.
const struct path *line_path(const struct line *line);

// Tells the agent what the other end said: in its offer or answer, or in a trickled fragment (then
// without credentials). Candidates that are no UDP, no first component or no numeric address are
// let go. ENOMEM.
struct line_remote {
    struct slice ufrag, pwd; // absent: those known
    const struct sdp_candidate *candidates;
    size_t count;
    bool complete;
};
int line_tell(const struct line *line, const struct line_remote *remote);
