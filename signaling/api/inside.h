#pragma once
#include "gateway/base/list.h"
#include "gateway/base/loop.h"
#include "gateway/base/problem.h"
#include "signaling/api/api.h"
#include "signaling/api/events.h"
#include "signaling/api/rate.h"
#include "signaling/api/resource.h"
#include "signaling/auth/secret.h"
#include "signaling/auth/throttle.h"
#include "signaling/server/router.h"

// What the files of this folder share.

#define PAPER_KEPT_MAX 24 // id of a paper that is kept, with its zero

struct api {
    struct api_config config;
    struct resources *resources;
    struct rate *media_rate;
    struct throttle *sign_in;  // by name and address
    struct throttle *code;     // by name: who is asked for a code knows the password
    struct throttle *address;  // by address
    struct list event_streams; // event_stream.link
    struct list listeners;     // listener.link: WebSockets that have said hello, in that order
    unsigned listener_count;
    uint64_t listeners_ever;
    struct list crowds; // see crowd.c
    struct list papers; // paper.link
    json_int_t paper_n; // the latest number
    char *record_page;  // template of a printed record, NULL when there is none
    char *elder_page;   // template of /e/{link}, NULL when there is none
    char *guest_page;   // of /g/{link}
    json_t *prompts;    // {language: {name: sentence}} of what booths say; NULL: there is none
};

// One request on its way through a handler. Lives as long as the request.
struct call {
    struct api *api;
    struct http_request *req;
    struct route_match match;
    struct caller caller;               // role ROLE_NONE on routes that need nobody
    char room[RESOURCE_NAME];           // media routes: checked
    struct token token;                 // media routes: checked
    char resource[RESOURCE_ID_LEN + 1]; // POST and PATCH of media: the session it is about
    void (*next)(struct call *call);    // once it is known that this caller may
    bool sheet_as_csv;                  // a record: which of its two sheets
    char kept[PAPER_KEPT_MAX];          // a paper: its id from now on, or ""
    bool sheet_to_take;                 // and as PDF
    char session[SECRET_TEXT_MAX];      // sign-in: the cookie being made
    char throttle_key[CALLER_NAME_MAX + ADDR_TEXT_MAX];
    char name[CALLER_NAME_MAX]; // sign-in
};

typedef void api_handler(struct call *call);

enum api_guard {
    GUARD_NONE,      // anybody
    GUARD_SIGNED_IN, // any role
    GUARD_RIGHT,     // a role with `right`
    GUARD_RECORD,    // the same, and whoever has it not is noted in the audit log
    GUARD_MEDIA,     // bearer token for the room in the path; cross-origin allowed
    GUARD_RESOURCE,  // bearer token of whoever made the media session in the path
};

struct api_target {
    api_handler *handler;
    enum api_guard guard;
    enum right right;
};

extern const struct route api_routes[];
extern const size_t api_routes_count;

// Finds the route, checks the guard (later, when the store must be asked) and calls the handler.
void api_dispatch(struct http_request *req, void *arg);

// Finds out who holds a bearer token or a session cookie (either may be NULL).
void caller_resolve(struct api *api, const char *bearer, const char *session, people_caller_h *done,
                    void *arg);
// A cookie alone must not change anything: the page adds `X-Banyan: 1`, which no foreign page can.
#define SESSION_COOKIE "__Host-banyan"

// The JSON object of the body, or NULL after having replied 415, 400 with the place of the error.
json_t *call_json(struct call *call);
// Text member of the body: NULL after having replied 400 naming the field when it is missing, no
// text, or longer than `max` bytes.
const char *call_text(struct call *call, const json_t *body, const char *field, size_t max);
// The same for members that may be missing (NULL, or `value` as it was): false after having
// replied.
bool call_may_text(struct call *call, const json_t *body, const char *field, size_t max,
                   const char **text);
bool call_may_bool(struct call *call, const json_t *body, const char *field, bool *value);
// Text without control characters that may be missing or empty.
bool call_may_line(struct call *call, const json_t *body, const char *field, size_t max,
                   const char **text);
// accounts.c: goes on if the caller keeps the account whose id is in the path; else replied.
void call_if_keeps(struct call *call, api_handler *next);
// guest.c: who holds a third party's token; role ROLE_NONE when he is of nothing any more.
void guest_caller(const struct api *api, const char *id, struct caller *caller);
// Types of a PATCH of a media session.
#define FRAGMENT_TYPE "application/trickle-ice-sdpfrag"
#define ANSWER_TYPE   "application/sdp" // while a counter-offer waits

// ice_servers.c: the Link headers of a new media session.
void add_ice_servers(struct call *call);
// events.c, layer.c: the Link headers of the two extensions.
void add_event_link(struct call *call, const struct resource *resource);
void add_layer_link(struct call *call, const struct resource *resource);
// The resource's layers are others.
void events_layers(struct resource *resource);
// live.c: tells the one whose media session it is whether and why he is shown no picture (NULL: he
// is).
void live_shown(struct api *api, const struct resource *resource, const char *paused);
// The same for a page, as its RTCPeerConnection takes them, with credentials of that person: new
// reference, an empty array when there are none.
json_t *ice_servers_json(const struct api *api, const char *person);
void call_refuse(struct call *call, int status, const char *slug, const char *detail,
                 const char *field);
// 503 with Retry-After: the store or memory did not do its part this time.
void call_try_later(struct call *call);

// Adds `media` {room, token, ice_servers} to a consultation or lecture for those who take part in
// it, so that no token is ever stored. `data` is changed.
bool grant_has_media(const char *kind);
void grant_media(struct api *api, const struct caller *caller, const char *kind, json_t *data);
// The whole state for a role's page; new reference.
json_t *live_state(struct api *api, const struct caller *caller);

// live.c
void live_open(struct ws_conn *conn, void *arg);
void live_message(struct ws_conn *conn, const char *text, size_t len, void *arg);
void live_closed(struct ws_conn *conn, int code, void *arg);

// crowd.c: tells a whole state, but not each one and not everybody at once.
void crowd_tell(struct api *api, const char *topic, int64_t n, const char *kind, const char *body);
void crowds_free(struct api *api);

struct listener {
    struct list link; // api.listeners
    struct api *api;
    struct ws_conn *conn; // NULL: gone; freed when the last job is done
    struct loop_timer hello_timer;
    uint64_t serial; // higher than of all who said hello before
    struct caller caller;
    char topics[3][CALLER_ID_MAX + 8];
    size_t topic_count;
    bool greeted;
    bool greeting;      // hello is being looked up
    int64_t touched_us; // the sign-in was last marked as used
    int64_t since;
    json_int_t hello_ref;
    unsigned jobs; // callbacks that still point here
};

void listener_send(struct listener *listener, json_t *message); // takes the reference over
// What this listener may see of an event; `body` is JSON text.
void listener_event(struct listener *listener, int64_t n, const char *kind, const char *body);
void listener_reply(struct listener *listener, json_int_t ref, const struct problem *problem,
                    json_t *data);
// Runs a command of a greeted listener.
void live_command(struct listener *listener, const char *verb, const json_t *message);
void listener_done(struct listener *listener); // a job ended
// Tells the clinic that a booth's or lawyer's last socket is gone, or that one is back.
void live_presence(struct listener *listener, bool here);
// Signed out: ends the live connections that came with this session's cookie.
void live_end_session(struct api *api, const char *session);
// Enrolled anew: ends the live connections of the booth's older device.
void live_end_older(struct api *api, const struct caller *booth);

// papers*.c: what both sides of a consultation look at.
void papers_draw(struct listener *listener, json_int_t ref, const json_t *message);
// The papers of the caller's meeting, or JSON null: new reference.
json_t *papers_state(const struct api *api, const struct caller *caller);
void papers_free(struct api *api);
// {"consultation","publication"} of the lawyer's screen in the caller's meeting, or JSON null.
json_t *screen_state(const struct api *api, const struct caller *caller);
// How long the body of a request to this path may be; 0: as long as any.
size_t api_body_max(const char *path);

// A command or list's refusal as a reply; NULL: try later.
void call_problem(struct call *call, const struct problem *problem);

// reply.c
const struct consult *call_clinic(const struct call *call);
// people->list() for this call.
void call_list(struct call *call, enum people_list which, const char *key, people_result_h *done);
// The desk does it for the caller; then call_done().
void call_desk(struct call *call, enum desk_verb verb, struct desk_request *request);
// Ends of a request, with the call as `arg`: 200 with the result; 201 with it, or 204 when there is
// none; 200 {name: rows}.
people_result_h call_shown, call_done;
void call_rows(struct call *call, const char *name, int err, const struct problem *problem,
               json_t *rows);

// handlers, one file a resource
// accounts.c
api_handler users_get, user_sessions_get, my_sessions_get, users_post, user_patch,
    user_password_post, user_factor_delete, user_session_delete, my_session_delete;
// admin_page.c
api_handler audit_get, audit_verify_get;
// appointment.c
api_handler appointments_get, my_appointments_get, places_get, places_post, appointments_post,
    appointment_decision_post;
// clinic.c
api_handler clinic_get, half_days_get, lectures_get, lecture_get, consultation_get;
// desk.c
api_handler desk_get, tasks_get, task_done_post;
// device.c
api_handler booth_enrol, link_session;
// elder_page.c
api_handler elder_page_get;
// events.c
api_handler events_post, event_stream_get, event_stream_delete;
// guest.c
api_handler guest_get, guest_session, guest_page_get;
// health.c
api_handler healthz, readyz, metrics;
// lawyer_import.c
api_handler lawyers_import_post;
// layer.c
api_handler layer_post;
// links.c
api_handler pulls_post, pulls_get, pull_delete, pushes_post, pushes_get, push_delete;
// media_session.c
api_handler resource_get, resource_patch, resource_delete;
// papers_http.c
api_handler papers_post, papers_get, paper_get, paper_patch, paper_delete;
// papers_kept.c
api_handler kept_get, kept_paper_get;
// photo.c
api_handler photo_get, my_photo_put, my_photo_delete, user_photo_put, user_photo_delete;
// places.c
api_handler centres_get, centres_post, centre_patch, booths_get, booths_post, booth_patch,
    booth_delete, booth_code_post, start_get;
// prompts.c
api_handler prompts_get, prompt_put, prompt_delete;
// record.c
api_handler record_get, record_put, record_seal_post, readback_post, readback_delete, records_get,
    readback_get, readback_put, record_html_get, record_csv_get;
// Tells in words who opened a record in his browser and may not, once that is noted.
void record_refused(struct call *call);
// record_pdf.c
api_handler record_pdf_get, take_away_get;
// earlier.c, preflight.c
api_handler earlier_get, earlier_record_get, preflight_post;
// recording.c
api_handler recordings_get, viewings_post, viewing_delete, viewing_file_get;
// report.c
api_handler statistics_get, statistics_csv_get, workload_get, workload_csv_get;
// roster.c
api_handler shifts_import_post, shifts_get, shifts_post, shift_delete, shift_hand_over_post;
// swap.c
api_handler swaps_get, swaps_post, swap_answer_post;
// user_session.c
api_handler session_post, factor_post, session_delete, me_get, unlock_post;
// whip.c
api_handler whip_post, whep_post, media_get, media_options, extension_options;
