#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/inbox.h"
#include "gateway/base/list.h"
#include "gateway/packet/rtp_ext.h"
#include "gateway/relay/track.h"
#include "gateway/rooms/rooms.h"

// What the control thread and the shards tell each other. Every message is one block from
// message_alloc() whose first member is the struct msg; whoever takes it out of an inbox frees it.
// A request goes back to the control thread as its own answer, so that answering needs no memory.

enum message_kind {
    // control thread to shard; those with "back" return as the kind behind it
    MESSAGE_OPEN,         // back: MESSAGE_ANSWER
    MESSAGE_TRICKLE,      // back: MESSAGE_RESULT
    MESSAGE_CONCLUDE,     // back: MESSAGE_RESULT
    MESSAGE_END_SESSION,  // back: MESSAGE_RESULT
    MESSAGE_SELECT_LAYER, // back: MESSAGE_RESULT
    MESSAGE_END_ROOM,
    MESSAGE_PARK,
    MESSAGE_PORT_OPEN,
    MESSAGE_STOP, // also to the agent thread
    // between shards and the agent thread, through which a MESSAGE_OPEN may come as well
    MESSAGE_LINE_REMOTE,
    MESSAGE_LINE_UP,
    MESSAGE_LINE_RESTART, // a MESSAGE_TRICKLE on its way through the agent thread, and back
    // shard to shards and to the control thread
    MESSAGE_PUBLICATION_ADDED,
    MESSAGE_PUBLICATION_REMOVED,
    // shard to shard
    MESSAGE_BRIDGE_OPEN,
    MESSAGE_BRIDGE_CLOSE,
    MESSAGE_BRIDGE_KEYFRAME,
    MESSAGE_BRIDGE_ROOM,
    MESSAGE_BRIDGE_MEDIA, // the watching shard sends the emptied block back as:
    MESSAGE_BRIDGE_RETURN,
    // shard to control thread
    MESSAGE_ANSWER,
    MESSAGE_RESULT,
    MESSAGE_SESSION_CONNECTED,
    MESSAGE_SESSION_ENDED,
    MESSAGE_LAYERS,
    MESSAGE_PORT_ENDED,
    // the control thread to itself
    MESSAGE_WAKE,
    MESSAGE_KINDS
};

#define MESSAGE_ANSWER_MAX   16384 // SDP answer with its zero
#define MESSAGE_ETAG_LEN     22
#define MESSAGE_FRAGMENT_MAX 4096 // answer to a restart: all candidates of two transports fit
#define MESSAGE_WHY_MAX      24

struct line_local;

// MESSAGE_OPEN and MESSAGE_ANSWER: a WHIP or WHEP request, or one that this gateway makes of
// another server (`dial`): then it has no offer, and its answer is ours.
struct message_open {
    struct msg msg;
    char session[ROOMS_ID_MAX], room[ROOMS_NAME_MAX], participant[ROOMS_ID_MAX];
    bool publish;
    enum rooms_source source;
    char publication[ROOMS_ID_MAX]; // empty: the programme
    rooms_answer_h *answered;
    void *arg;
    bool placed; // a shard was asked; else the control thread refused by itself
    bool dial, no_audio, no_video;
    unsigned shard;          // where it goes
    struct line_local *line; // with full ICE: what the agent thread gathered; the message's own
    // The answer:
    int status;
    char etag[MESSAGE_ETAG_LEN + 1], field[64], detail[256];
    unsigned retry_after;
    char sdp[MESSAGE_ANSWER_MAX];
    size_t offer_len;
    char offer[];
};

// MESSAGE_TRICKLE, MESSAGE_CONCLUDE, MESSAGE_END_SESSION, MESSAGE_SELECT_LAYER and MESSAGE_RESULT.
struct message_request {
    struct msg msg;
    char session[ROOMS_ID_MAX];
    rooms_result_h *done; // may be NULL
    void *arg;
    enum rooms_result result;
    char field[64], detail[256];
    bool any_etag;
    char etag[ROOMS_ID_MAX];
    struct line_local *line; // MESSAGE_LINE_RESTART: what the agent thread has now; NULL: no line
    // MESSAGE_SELECT_LAYER:
    char mid[TERMS_MID_MAX]; // empty: whichever
    struct layer_choice choice;
    // The answer to a restart; empty without one:
    char new_etag[MESSAGE_ETAG_LEN + 1], answer[MESSAGE_FRAGMENT_MAX];
    unsigned shard; // of the session
    size_t fragment_len;
    char fragment[];
};

// MESSAGE_END_ROOM.
struct message_end_room {
    struct msg msg;
    char room[ROOMS_NAME_MAX];
    char participant[ROOMS_ID_MAX]; // empty: all
};

// MESSAGE_PARK. While he is parked it stays where it came to: parking takes no memory there.
struct message_park {
    struct msg msg;
    struct list link; // directory.parked
    char room[ROOMS_NAME_MAX];
    char participant[ROOMS_ID_MAX];
    bool parked;
};

// MESSAGE_PORT_OPEN. The descriptor belongs to the message.
struct message_port {
    struct msg msg;
    int fd;
    bool record; // a sink of `publication`; else a source
    char id[ROOMS_ID_MAX], room[ROOMS_NAME_MAX], participant[ROOMS_ID_MAX];
    char publication[ROOMS_ID_MAX];
    enum rooms_source source;
    enum codec audio, video; // CODEC_NONE: none
};

// MESSAGE_PORT_ENDED, MESSAGE_LINE_UP, MESSAGE_SESSION_CONNECTED, MESSAGE_SESSION_ENDED.
struct message_id {
    struct msg msg;
    char id[ROOMS_ID_MAX];
    char why[MESSAGE_WHY_MAX];
};

// MESSAGE_LAYERS.
struct message_layers {
    struct msg msg;
    char session[ROOMS_ID_MAX], mid[TERMS_MID_MAX];
    struct layer_list layers;
    int current;
    int paused; // enum sub_pause
};

// What a replica of a track must know about the original.
struct message_track {
    bool present;
    struct track_config config;
    struct rtp_ext_map ext;
    unsigned encodings; // of a picture: so many tracks
    char rids[LAYERS_ENCODINGS][LAYERS_RID_MAX];
};

// MESSAGE_PUBLICATION_ADDED (again with another generation when other tracks stand behind it) and
// MESSAGE_PUBLICATION_REMOVED.
struct message_publication {
    struct msg msg;
    unsigned shard;
    uint32_t generation;
    struct rooms_publication info;
    struct message_track audio, video;
};

// MESSAGE_BRIDGE_OPEN, _CLOSE, _KEYFRAME, _ROOM.
struct message_bridge {
    struct msg msg;
    unsigned from; // the watching shard
    uint32_t generation;
    char publication[ROOMS_ID_MAX];
    uint8_t encoding; // whose keyframe
    uint64_t room;    // bit/s that the best viewer there has for the picture; 0: no bound
};

// MESSAGE_BRIDGE_MEDIA, _RETURN: packets copied in one turn, each a struct message_packet and its
// bytes, padded to eight.
#define MESSAGE_MEDIA_BYTES 32768

// Streams of a publication: sound, and the encodings of its picture.
#define MESSAGE_SOUND   0
#define MESSAGE_VIDEO   1
#define MESSAGE_STREAMS (MESSAGE_VIDEO + LAYERS_ENCODINGS)

struct message_clock {
    bool known;
    uint64_t ntp;
    uint32_t rtp_ts;
};

struct message_media {
    struct msg msg;
    unsigned from; // the publishing shard
    void *feed;    // its own; nobody else looks into it
    uint32_t generation;
    char publication[ROOMS_ID_MAX];
    struct message_clock clock[MESSAGE_STREAMS];
    size_t len;
    _Alignas(8) uint8_t bytes[MESSAGE_MEDIA_BYTES];
};

struct message_packet {
    int64_t arrival_us;
    uint16_t len;
    uint8_t stream; // MESSAGE_SOUND, or MESSAGE_VIDEO + encoding
};

// A zeroed message of `size` bytes, or NULL.
void *message_alloc(enum message_kind kind, size_t size);
// Frees a message, and closes a descriptor it still owns. NULL is allowed.
void message_free(struct msg *msg);
