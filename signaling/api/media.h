#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the API needs of the media core. The API knows no rooms: the composition above it fills in
// this table. All on the control thread; answers come later, exactly once, never inside the call.

struct media_request {
    const char *session; // id made by the API, unguessable
    const char *room;
    const char *participant; // the token's subject
    const char *offer;
    size_t offer_len;
    const char *source;      // publish: "camera", "screen", "document", "hall"
    const char *publication; // watch: one publication, or NULL for the room's programme
};

struct media_answer {
    // 201; 406 with a counter-offer for `conclude`; or 400, 404, 409, 422, 503
    int status;
    const char *sdp;      // 201 and 406 only
    const char *etag;     // 201 and 406 only, without quotes
    const char *field;    // refusals: what was wrong; may be NULL
    const char *detail;   // refusals; may be NULL
    unsigned retry_after; // seconds; 0: not said
};
typedef void media_answer_h(void *arg, const struct media_answer *answer);

#define MEDIA_OFFER_S 30 // how long a counter-offer is good

enum media_result {
    MEDIA_OK,
    MEDIA_NO_SESSION,
    MEDIA_ETAG_CHANGED,
    MEDIA_BAD_FRAGMENT,
    MEDIA_BAD_ANSWER,     // malformed, or no answer to this offer
    MEDIA_ANSWER_REFUSED, // nothing can come of it
    MEDIA_NO_LAYER,
    MEDIA_NO_OFFER, // no counter-offer waits for an answer
};

struct media_outcome {
    enum media_result result;
    const char *detail;
    const char *field; // refused answers: what was wrong; may be NULL
    // After an ICE restart, else NULL:
    const char *fragment;
    const char *etag; // without quotes
};
typedef void media_result_h(void *arg, const struct media_outcome *outcome);

// For a session: a fragment (RFC 8840), trickled candidates or an ICE restart; or the answer to its
// counter-offer.
struct media_patch {
    const char *session;
    const char *etag; // without quotes; NULL: any
    const char *fragment;
    size_t len;
};

#define MEDIA_RID_MAX 17 // with the zero

// What a watched picture can be shown as, rising rate.
struct media_layer {
    const char *rid; // empty without simulcast
    unsigned spatial, temporal;
    unsigned width, height; // 0: unknown
    uint64_t rate;          // bit/s
    bool active;
};
struct media_layers {
    unsigned count;
    const struct media_layer *layers;
    int current;        // of `layers`; -1: none
    const char *paused; // why nothing is shown: "network", "client"; else NULL
};

// What a watching session wants: the highest layer that fits all that is said.
struct media_layer_request {
    const char *session;
    const char *rid;                // NULL: any
    int spatial, temporal;          // at most; -1: any
    unsigned max_width, max_height; // 0: any
    bool paused;                    // no picture at all
};

#define MEDIA_PUBLICATION_MAX 64 // with the zero

struct media_ops {
    void (*publish)(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                    void *arg);
    void (*watch)(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                  void *arg);
    void (*trickle)(void *ops_arg, const struct media_patch *patch, media_result_h *done,
                    void *arg);
    void (*conclude)(void *ops_arg, const struct media_patch *answer, media_result_h *done,
                     void *arg);
    // MEDIA_OK, MEDIA_NO_SESSION, MEDIA_NO_LAYER.
    void (*select_layer)(void *ops_arg, const struct media_layer_request *request,
                         media_result_h *done, void *arg);
    void (*end_session)(void *ops_arg, const char *session, media_result_h *done, void *arg);
    // Is what such a request watches there now? (room, participant, publication)
    bool (*is_live)(void *ops_arg, const struct media_request *watched);
    unsigned (*viewers)(void *ops_arg, const char *room);
    // The publication that a participant's camera is in a room, whether it is there yet or not.
    void (*camera_of)(const char *room, const char *participant, char id[MEDIA_PUBLICATION_MAX]);
};
