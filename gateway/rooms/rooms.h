#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/loop.h"

// The media core as the rest of the program sees it: called on the control thread only, answers and
// events come back on the control thread's loop. Inside, shards (one thread each) own the media.

struct rooms;

#define ROOMS_ID_MAX        64 // session, participant and publication ids, with the zero
#define ROOMS_NAME_MAX      64 // room names: [A-Za-z0-9._-], with the zero
#define ROOMS_ADDRESSES_MAX 8

enum rooms_source { ROOMS_CAMERA, ROOMS_SCREEN, ROOMS_DOCUMENT, ROOMS_HALL, ROOMS_SOURCE_COUNT };
const char *rooms_source_name(enum rooms_source source);
// ENOENT for an unknown name.
int rooms_source_parse(const char *name, enum rooms_source *source);

// Writes user and password (ROOMS_CREDENTIAL_MAX bytes each) for the TURN server and this session;
// 0 or an error. Called on a thread of the rooms: it must be pure.
#define ROOMS_CREDENTIAL_MAX 128
typedef int rooms_credential(void *arg, const char *session, char *user, char *password);

struct rooms_config {
    unsigned shards;       // 0: one a core
    uint16_t port;         // first media port; 0: any (tests)
    const char *listen[2]; // addresses to bind, numeric: "0.0.0.0", "::"; NULL: none
    const char *advertise[ROOMS_ADDRESSES_MAX]; // addresses in candidates; none: the machine's own
    unsigned sessions_max;                      // over all shards; more are refused with 503
    // Full ICE, for a gateway behind a NAT, and always for rooms_dial(): servers to gather from,
    // as base/ice_server.h reads them. NULL: none.
    bool full_ice; // clients' sessions too, which are ICE-lite ends otherwise
    const char *stun, *turn;
    rooms_credential *credential; // for the TURN server
    void *credential_arg;
};

struct rooms_publication {
    char id[ROOMS_ID_MAX];
    char room[ROOMS_NAME_MAX];
    char participant[ROOMS_ID_MAX];
    enum rooms_source source;
    bool audio, video;
    char video_codec[16]; // "VP8"; empty without video
};

enum rooms_session_end { // besides these, `why` says it in a word
    ROOMS_END_CLIENT,
    ROOMS_END_NETWORK,
    ROOMS_END_SERVER
};

// All on the control thread. Unset handlers are not called. Borrowed arguments.
#define ROOMS_LAYERS_MAX 9
#define ROOMS_RID_MAX    17

struct rooms_layer {
    char rid[ROOMS_RID_MAX]; // of the simulcast encoding; empty without simulcast
    unsigned spatial, temporal;
    unsigned width, height; // 0: unknown
    uint64_t rate;          // bit/s
    bool active;
};

// What a watching session can be shown, and is.
struct rooms_layers {
    const char *mid; // of the pictures' m-line
    unsigned count;
    const struct rooms_layer *layers; // rising rate
    int current;                      // of `layers`; -1: none
    const char *paused;               // why nothing is shown: "network", "client"; else NULL
};

struct rooms_handlers {
    void (*session_connected)(void *arg, const char *session);
    // The resource is gone: DELETE answers 404 from now on. `why`: "consent", "remote",
    // "unfinished"...
    void (*session_ended)(void *arg, const char *session, const char *why);
    // With its first media; again when its kinds or its codec become others. Whoever publishes the
    // same source in the same room again has the same id.
    void (*publication_added)(void *arg, const struct rooms_publication *publication);
    void (*publication_removed)(void *arg, const struct rooms_publication *publication);
    // Connected watchers of a room changed; at most twice a second a room.
    void (*viewers)(void *arg, const char *room, unsigned count);
    // What a watching session can be shown, or is, changed: with its first picture, and then at
    // most twice a second a session. Rates alone do not count as a change.
    void (*layers)(void *arg, const char *session, const struct rooms_layers *layers);
};

int rooms_alloc(struct rooms **roomsp, const struct rooms_config *config,
                const struct rooms_handlers *handlers, void *arg, struct loop *loop);
// Ends all sessions (close_notify), joins the threads.
void rooms_free(struct rooms *rooms);
// First media port really bound (for port 0).
uint16_t rooms_port(const struct rooms *rooms);

struct rooms_answer {
    // 201; 406: a watcher's offer cannot be answered, `sdp` is a counter-offer (rooms_conclude());
    // or 400, 422, 404, 409, 503
    int status;
    const char *sdp;   // 201 and 406 only
    const char *etag;  // 201 and 406 only, without quotes
    const char *field; // refusals: what was wrong
    const char *detail;
    unsigned retry_after; // seconds, 503 and 409
};
// Called exactly once for each request, always later, never inside the request.
typedef void rooms_answer_h(void *arg, const struct rooms_answer *answer);

struct rooms_request {
    const char *session; // id made by the caller, unguessable
    const char *room;
    const char *participant; // who; a participant's own publications are not in his programme
    const char *offer;
    size_t offer_len;
    // publish:
    enum rooms_source source;
    // watch:
    const char
        *publication; // NULL: the room's programme (the hall; in a consultation the other side).
                      // Follows: whoever publishes later or again is shown without a new session
    bool together;    // keep on the room's own shard (a consultation); else spread over shards
};

// One publication a participant and source: a new one replaces the old (its viewers go on).
void rooms_publish(struct rooms *rooms, const struct rooms_request *request,
                   rooms_answer_h *answered, void *arg);
void rooms_watch(struct rooms *rooms, const struct rooms_request *request, rooms_answer_h *answered,
                 void *arg);

// A session this gateway begins: the client of another server's WHEP (what comes is published in
// the room) or WHIP (the room's programme is sent there).
struct rooms_dial {
    const char *session, *room, *participant;
    bool publish;
    enum rooms_source source; // publish
    bool no_audio, no_video;
};
// Answers with status 201 and an offer of ours, all candidates in it, to be taken to the other
// server within 30 s; without an answer by then the session ends as "unfinished".
void rooms_dial(struct rooms *rooms, const struct rooms_dial *dial, rooms_answer_h *offered,
                void *arg);

enum rooms_result {
    ROOMS_OK,
    ROOMS_NO_SESSION,
    ROOMS_ETAG_MISMATCH,
    ROOMS_BAD_FRAGMENT,
    ROOMS_NO_LAYER,
    ROOMS_BAD_ANSWER,     // malformed, or no answer to this offer
    ROOMS_ANSWER_REFUSED, // nothing can come of it
    ROOMS_NO_OFFER        // no offer of ours waits for an answer
};
struct rooms_outcome {
    enum rooms_result result;
    const char *detail;
    const char *field; // ROOMS_BAD_ANSWER, ROOMS_ANSWER_REFUSED: what was wrong; else NULL
    // After an ICE restart, else NULL:
    const char *fragment; // the answer
    const char *etag;     // of the new ICE session, without quotes
};
typedef void rooms_result_h(void *arg, const struct rooms_outcome *outcome);

// A fragment (RFC 8840) for a session.
struct rooms_patch {
    const char *session;
    const char *etag; // NULL: "*"
    const char *fragment;
    size_t len;
};
// Trickled candidates, or an ICE restart when the fragment brings a new ufrag and pwd. An ICE-lite
// server needs no candidates: they are checked and let go. A
// refusal changes nothing; late fragments of the ICE session before a restart are refused with
// ROOMS_ETAG_MISMATCH.
void rooms_trickle(struct rooms *rooms, const struct rooms_patch *patch, rooms_result_h *done,
                   void *arg);

// The answer to a counter-offer or to rooms_dial() (as `fragment`), good for ROOMS_OFFER_S seconds:
// then the session ends as "unfinished". A refusal changes nothing: another answer may follow.
#define ROOMS_OFFER_S 30
void rooms_conclude(struct rooms *rooms, const struct rooms_patch *answer, rooms_result_h *done,
                    void *arg);

// What a watching session wants to be shown: the highest layer that fits all that is said. Holds
// until the next request; all unset is everything again.
struct rooms_layer_request {
    const char *session;
    const char *mid;                // of the pictures' m-line; NULL: whichever it is
    const char *rid;                // NULL: any
    int spatial, temporal;          // at most; -1: any
    unsigned max_width, max_height; // 0: any
    uint64_t max_rate;              // bit/s; 0: any
    bool paused;                    // no picture at all
};
// ROOMS_OK, ROOMS_NO_SESSION, or ROOMS_NO_LAYER: the session watches no picture, has no such mid,
// or the picture no such rid.
void rooms_select_layer(struct rooms *rooms, const struct rooms_layer_request *request,
                        rooms_result_h *done, void *arg);

void rooms_end_session(struct rooms *rooms, const char *session, rooms_result_h *done, void *arg);
// Ends all sessions of a room, or of one participant in it (NULL: all).
void rooms_end_room(struct rooms *rooms, const char *room, const char *participant);

// Parks a participant in a room, or lets him back: whatever he publishes there, now or later, is
// forwarded to nobody, and whatever he watches shows nothing. Sessions stay as they are, so being
// back takes a keyframe. Ending the whole room ends it. ENOMEM: nothing changed.
int rooms_park(struct rooms *rooms, const char *room, const char *participant, bool parked);

// A pipeline's socket (port.h). Ownership of `fd` passes. The port ends with end of file.
struct rooms_port_source {
    const char *id; // made by the caller
    const char *room, *participant;
    enum rooms_source source;
    const char *audio_codec, *video_codec; // "OPUS", "VP8"...; NULL: none
    int fd;
};
int rooms_port_publish(struct rooms *rooms, const struct rooms_port_source *port);
// Sends one publication into `fd` (the recorder).
int rooms_port_record(struct rooms *rooms, const char *id, const char *publication, int fd);

// The id that what this participant publishes there has, or will have: to be watched by it.
void rooms_publication_id(const char *room, const char *participant, enum rooms_source source,
                          char id[ROOMS_ID_MAX]);

// Publications of a room (NULL: of all rooms) now: calls `each` for every one.
void rooms_publications(struct rooms *rooms, const char *room,
                        void (*each)(void *arg, const struct rooms_publication *), void *arg);
unsigned rooms_viewers(const struct rooms *rooms, const char *room);

// Prometheus text of all shards (counters, drops by reason, delay histogram) into `text`; returns
// the length, or 0 when `size` is too small.
size_t rooms_metrics(struct rooms *rooms, char *text, size_t size);
