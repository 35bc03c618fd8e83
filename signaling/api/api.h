#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "signaling/api/links.h"
#include "signaling/api/media.h"
#include "signaling/api/paper_ops.h"
#include "signaling/api/people.h"
#include "signaling/api/records.h"
#include "signaling/auth/token.h"
#include "signaling/server/server.h"

// The outside of the gateway: WHIP, WHEP, REST, the live WebSocket, pages. Control thread.

struct api;

struct api_config {
    const uint8_t *secret;   // TOKEN_SECRET_LEN bytes; outlives the api
    const char *web_dir;     // for the page that the server fills in; NULL: none
    unsigned media_rate;     // WHIP/WHEP requests a second and address; 0: no limit
    const char *ice_servers; // stun: and turn: URLs with commas, for Link headers; "": none
    const char *turn_secret; // shared with the TURN server
    const struct media_ops *media;
    const struct people_ops *people;
    const struct link_ops *links;
    const struct record_ops *records;
    const struct paper_ops *papers;
    void *ops_arg;
    struct loop *loop;
};

// ENOMEM.
int api_alloc(struct api **apip, const struct api_config *config);
void api_free(struct api *api);

// For server_alloc(); `arg` of the handlers is the api.
extern const struct server_handlers api_handlers;

// From the media core: the resource answers 404 from now on.
void api_media_ended(struct api *api, const char *session);
void api_media_connected(struct api *api, const char *session);

// What a session that watches can be shown, or is, changed.
void api_media_layers(struct api *api, const char *session, const struct media_layers *layers);
// How many watch this room changed; and: what is published in it did.
void api_media_viewers(struct api *api, const char *room);
void api_media_published(struct api *api, const char *room);
// Watching clients that asked for it are told to connect again: at `base` ("https://other:8443"),
// or here (NULL).
void api_media_reconnect(struct api *api, const char *base);

// A committed event (or, with n = 0, one that is only true for a moment) to everybody who listens
// to `topic`. `body` is JSON text.
void api_tell(struct api *api, const char *topic, int64_t n, const char *kind, const char *body);

// Ends the live connections of this person, or of the session whose hash begins so.
void api_end_user(struct api *api, const char *user);
void api_end_hash(struct api *api, const char *hash);

// This person's pages connect again and get what they may see now.
void api_renew_user(struct api *api, const char *user);
// The booth is closed for good: its device is out.
void api_end_booth(struct api *api, const char *booth);

// The consultation is over: the papers of it are wiped.
void api_papers_forget(struct api *api, const char *consultation);
// Nobody is parked any more: what is shown was not for all, and is put away.
void api_papers_together(struct api *api, const char *consultation);
// The domains were read anew: every page is made to connect again and gets its whole state.
void api_renew(struct api *api);

// Makes a room token. `subject` NULL: for nobody in particular (each session made with it is a
// participant of its own, and only this token may end it). EINVAL. Used by banyanctl too.
int api_room_token(struct api *api, const char *subject, const char *room, unsigned rights,
                   int64_t ttl_ms, char text[TOKEN_TEXT_MAX]);

// WebSockets that have said hello, and event streams of watching sessions; for /metrics.
unsigned api_listeners(const struct api *api);
unsigned api_event_streams(const struct api *api);
