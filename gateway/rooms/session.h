#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/list.h"
#include "gateway/base/map.h"
#include "gateway/peer/answer.h"
#include "gateway/peer/offer.h"
#include "gateway/peer/restart.h"
#include "gateway/rooms/line.h"
#include "gateway/rooms/path_entry.h"
#include "gateway/rooms/shard.h"
#include "gateway/rooms/source.h"
#include "gateway/rooms/watch.h"

// One WHIP or WHEP resource: a peer, and what it publishes or watches. From its answer to its end,
// which the control thread is told once. One thread, the shard's.
//
// Ending is in two steps, because the end may come from deep inside the session's own peer:
// session_end() stops everything at once, session_free() at the end of the turn.

#define SESSION_CANDIDATES_MAX (2 * ADDRESS_MAX)
#define SESSION_CNAME_MAX      17
#define SESSION_LINES_MAX      (LINE_CANDIDATES_MAX * (LINE_CANDIDATE_MAX + 4) + 1)

// A ufrag of ours in the shard's table; empty text: not in it.
struct session_ufrag {
    struct map_node node;
    struct session *session;
    char text[ICE_UFRAG_LEN + 1];
};

// An offer of ours that waits for its answer: a counter-offer, or that of a session we began.
struct session_counter {
    struct offer_config config; // its cname is the next member
    char cname[SESSION_CNAME_MAX];
    char publication[ROOMS_ID_MAX]; // to be watched; empty: the programme
    bool dialled;                   // of a session we began: the other end is a server
    bool publish;                   // what comes is published as `source`
    enum rooms_source source;
};

struct session {
    struct shard *shard;
    struct map_node by_id;
    struct session_ufrag ufrag, ufrag_before; // the latter while an ICE restart is under way
    struct list dying;                        // shard.dying
    char id[ROOMS_ID_MAX], room[ROOMS_NAME_MAX], participant[ROOMS_ID_MAX];
    char etag[MESSAGE_ETAG_LEN + 1];
    struct peer *peer;
    struct restart_lines lines;
    struct outlet outlet;
    bool publishes;                  // else it watches
    struct source *source;           // WHIP, else NULL
    struct watch *watch;             // WHEP, else NULL
    struct session_counter *counter; // an offer of ours waits for its answer; else NULL
    struct line *line;               // full ICE: its only path; else NULL
    bool dtls_active, restarting;    // the agent thread is asked for new credentials
    bool registered;                 // in the shard's tables
    bool ended;
    int64_t watch_us; // when the watch is due
    struct loop_timer timer;
    struct path_set paths;
    struct list connections;          // tcp_connection.of_session
    struct message_id *connected_msg; // prepared: telling must not fail
    struct message_id *ended_msg;
};

// Serves a request: a session and its answer, or a refusal, in `request`.
void session_open(struct shard *shard, struct message_open *request, int64_t now_us);
// The parts of it that session_dial.c needs as well. A refusal goes into the request.
int session_make(struct shard *shard, const struct message_open *request, int64_t now_us,
                 struct session **sessionp);
void session_refuse(struct message_open *request, int status, const char *field,
                    const char *detail);
// Fresh SSRCs and a name (SESSION_CNAME_MAX) for what is sent.
void session_name_streams(struct answer_local *local, char *cname);
int session_add_source(struct session *session, enum rooms_source source,
                       const struct terms *terms);
// Joins it with the agent's line in the request. Its candidates as lines of SDP into `text`
// (SESSION_LINES_MAX).
int session_add_line(struct session *session, struct line_local *from, char *text);
// These lines alone. EMSGSIZE.
int session_write_lines(const struct line_local *from, char *text);
// All is agreed on with the other end, whose m-line with the transport is in `sdp`: from now on the
// line is its path.
int session_use_line(struct session *session, const struct sdp *sdp, const struct terms *terms,
                     int64_t now_us);

// Begins a session of our own: an offer, or a refusal, in `request`.
int session_dial_open(struct shard *shard, struct message_open *request, int64_t now_us);
// A restart comes back from the agent thread. Takes the message.
void session_line_restart(struct shard *shard, struct message_request *request, int64_t now_us);
// ICE has connected on its line.
void session_line_up(struct session *session, int64_t now_us);
// Its line is gone: the other end does not consent any more, or never was to be found.
void session_lost(struct session *session, int64_t now_us);

// The candidates of this shard into `to`, which has room for SESSION_CANDIDATES_MAX. How many.
size_t session_candidates(const struct shard *shard, struct answer_candidate *to);
// Serves a fragment: lets candidates go, does an ICE restart, or refuses. Takes the message, which
// goes back as the result.
void session_patch(struct shard *shard, struct message_request *request, int64_t now_us);
// A counter-offer (session_counter.c): for a session whose request's offer cannot be answered.
// `local` is what an answer would have said. EPROTO when it would not help; EMSGSIZE, ENOMEM.
int session_counter(struct session *session, struct message_open *request,
                    const struct answer_local *local);
// Would the watcher see or hear anything of what is published now? Also true when nothing is.
bool session_can_show(const struct shard *shard, const struct message_open *request,
                      const struct terms *terms);
// Serves the answer to it. Takes the message, which goes back as the result.
void session_conclude(struct shard *shard, struct message_request *request, int64_t now_us);
// Makes what a watcher is shown. ENOMEM.
int session_watch(struct session *session, const char *publication, const struct terms *terms,
                  const struct answer_local *local);
// Sends a request back with its result.
void session_reply(struct shard *shard, struct message_request *request, enum rooms_result result,
                   const char *detail);
// The peer has other credentials, or may be asked by now: checks with them are for this session.
void session_restarted(struct session *session);
// What its watcher can be shown, or is, changed: for watch_config.view; `arg` is the session.
bool session_view(void *arg, const struct watch_view *view);
// Serves the choice of a layer. Takes the message, which goes back as the result.
void session_select_layer(struct shard *shard, struct message_request *request, int64_t now_us);
// Enters it into the shard's tables: from now on it is served.
void session_start(struct session *session, int64_t now_us);
// The peer's handshake is done.
void session_connected(struct session *session, int64_t now_us);
// Stops it now; freed at the end of the turn. `why` is told to the control thread.
void session_end(struct session *session, const char *why, int64_t now_us);
// Frees it; nothing is told.
void session_free(struct session *session, int64_t now_us);

struct session *session_find(const struct shard *shard, const char *id);
// For struct ice_agent; `arg` is the shard.
struct ice *session_lookup(void *arg, const char *ufrag, size_t len);
// Whose ICE state this is.
struct session *session_of_ice(const struct shard *shard, const struct ice *ice);

// The agent answered a check for this session, on this path.
void session_checked(struct session *session, const struct path *path,
                     const struct ice_reply *reply, int64_t now_us);
// The wire is about to be closed.
void session_wire_gone(struct session *session, const struct wire *wire);
void session_dtls(struct session *session, const struct path *path, const struct packet *packet,
                  int64_t now_us);
// From a path the peer accepts.
void session_rtp(struct session *session, struct packet *packet, int64_t now_us);
void session_rtcp(struct session *session, struct packet *packet, int64_t now_us);
