#pragma once
#include <stddef.h>

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
    int status;           // 201, or 400, 404, 409, 422, 503
    const char *sdp;      // 201 only
    const char *etag;     // 201 only, without quotes
    const char *field;    // refusals: what was wrong; may be NULL
    const char *detail;   // refusals; may be NULL
    unsigned retry_after; // seconds; 0: not said
};
typedef void media_answer_h(void *arg, const struct media_answer *answer);

enum media_result { MEDIA_OK, MEDIA_NO_SESSION, MEDIA_ETAG_CHANGED, MEDIA_BAD_FRAGMENT };

struct media_outcome {
    enum media_result result;
    const char *detail;
    // After an ICE restart, else NULL:
    const char *fragment;
    const char *etag; // without quotes
};
typedef void media_result_h(void *arg, const struct media_outcome *outcome);

// A fragment (RFC 8840) for a session: trickled candidates or an ICE restart.
struct media_patch {
    const char *session;
    const char *etag; // without quotes; NULL: any
    const char *fragment;
    size_t len;
};

struct media_ops {
    void (*publish)(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                    void *arg);
    void (*watch)(void *ops_arg, const struct media_request *request, media_answer_h *answered,
                  void *arg);
    void (*trickle)(void *ops_arg, const struct media_patch *patch, media_result_h *done,
                    void *arg);
    void (*end_session)(void *ops_arg, const char *session, media_result_h *done, void *arg);
};
