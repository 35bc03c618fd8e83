#include "signaling/api/inside.h"

// THE table: every address the gateway answers, what guards it and who handles it. What is not here
// is a page or a 404. Described for others in openapi.json, which a test holds against this table.

#define TARGET(handler_, ...)   (&(const struct api_target){.handler = (handler_), __VA_ARGS__})
#define ANYBODY(handler)        TARGET(handler, .guard = GUARD_NONE)
#define SIGNED_IN(handler)      TARGET(handler, .guard = GUARD_SIGNED_IN)
#define MEDIA(handler)          TARGET(handler, .guard = GUARD_MEDIA)
#define RESOURCE(handler)       TARGET(handler, .guard = GUARD_RESOURCE)
#define RECORD(right_, handler) TARGET(handler, .guard = GUARD_RECORD, .right = (right_))
#define MAY(right_, handler)    TARGET(handler, .guard = GUARD_RIGHT, .right = (right_))

const struct route api_routes[] = {
    {HTTP_POST, "/whip/{room}", MEDIA(whip_post)},
    {HTTP_GET, "/whip/{room}", MEDIA(media_get)},
    {HTTP_OPTIONS, "/whip/{room}", ANYBODY(media_options)},
    {HTTP_POST, "/whep/{room}", MEDIA(whep_post)},
    {HTTP_GET, "/whep/{room}", MEDIA(media_get)},
    {HTTP_OPTIONS, "/whep/{room}", ANYBODY(media_options)},
    {HTTP_POST, "/whep/{room}/{publication}", MEDIA(whep_post)},
    {HTTP_GET, "/whep/{room}/{publication}", MEDIA(media_get)},
    {HTTP_OPTIONS, "/whep/{room}/{publication}", ANYBODY(media_options)},
    {HTTP_GET, "/media/{session}", RESOURCE(resource_get)},
    {HTTP_PATCH, "/media/{session}", RESOURCE(resource_patch)},
    {HTTP_DELETE, "/media/{session}", RESOURCE(resource_delete)},
    {HTTP_OPTIONS, "/media/{session}", ANYBODY(media_options)},
    {HTTP_POST, "/media/{session}/events", RESOURCE(events_post)},
    {HTTP_OPTIONS, "/media/{session}/events", ANYBODY(extension_options)},
    {HTTP_GET, "/media/{session}/events/{stream}", ANYBODY(event_stream_get)},
    {HTTP_DELETE, "/media/{session}/events/{stream}", RESOURCE(event_stream_delete)},
    {HTTP_OPTIONS, "/media/{session}/events/{stream}", ANYBODY(extension_options)},
    {HTTP_POST, "/media/{session}/layer", RESOURCE(layer_post)},
    {HTTP_OPTIONS, "/media/{session}/layer", ANYBODY(extension_options)},

    {HTTP_POST, "/v1/sessions", ANYBODY(session_post)},
    {HTTP_POST, "/v1/sessions/second-factor", ANYBODY(factor_post)},
    {HTTP_DELETE, "/v1/sessions/current", SIGNED_IN(session_delete)},
    {HTTP_GET, "/v1/me", SIGNED_IN(me_get)},
    {HTTP_GET, "/v1/me/sessions", MAY(RIGHT_SIGN_IN, my_sessions_get)},
    {HTTP_DELETE, "/v1/me/sessions/{session}", MAY(RIGHT_SIGN_IN, my_session_delete)},
    {HTTP_GET, "/v1/users", MAY(RIGHT_USERS, users_get)},
    {HTTP_POST, "/v1/users", MAY(RIGHT_USERS, users_post)},
    {HTTP_PATCH, "/v1/users/{user}", MAY(RIGHT_USERS, user_patch)},
    {HTTP_POST, "/v1/users/{user}/password", MAY(RIGHT_USERS, user_password_post)},
    {HTTP_DELETE, "/v1/users/{user}/second-factor", MAY(RIGHT_USERS, user_factor_delete)},
    {HTTP_GET, "/v1/users/{user}/sessions", MAY(RIGHT_USERS, user_sessions_get)},
    {HTTP_DELETE, "/v1/users/{user}/sessions/{session}", MAY(RIGHT_USERS, user_session_delete)},
    {HTTP_GET, "/v1/centres", MAY(RIGHT_SIGN_IN, centres_get)},
    {HTTP_POST, "/v1/booths/enrol", ANYBODY(booth_enrol)},
    {HTTP_POST, "/v1/links/{link}/session", ANYBODY(link_session)},
    {HTTP_GET, "/v1/clinic", ANYBODY(clinic_get)},
    {HTTP_GET, "/v1/desk", MAY(RIGHT_DESK, desk_get)},
    {HTTP_GET, "/v1/tasks", MAY(RIGHT_DESK, tasks_get)},
    {HTTP_POST, "/v1/tasks/{task}/done", MAY(RIGHT_DESK, task_done_post)},
    {HTTP_GET, "/v1/lectures", MAY(RIGHT_LECTURE_LIST, lectures_get)},
    {HTTP_GET, "/v1/lectures/{lecture}", MAY(RIGHT_LECTURE_LIST, lecture_get)},
    {HTTP_POST, "/v1/rooms/{room}/pulls", MAY(RIGHT_SYSTEM, pulls_post)},
    {HTTP_GET, "/v1/rooms/{room}/pulls", MAY(RIGHT_SYSTEM, pulls_get)},
    {HTTP_DELETE, "/v1/rooms/{room}/pulls/{link}", MAY(RIGHT_SYSTEM, pull_delete)},
    {HTTP_POST, "/v1/rooms/{room}/pushes", MAY(RIGHT_SYSTEM, pushes_post)},
    {HTTP_GET, "/v1/rooms/{room}/pushes", MAY(RIGHT_SYSTEM, pushes_get)},
    {HTTP_DELETE, "/v1/rooms/{room}/pushes/{link}", MAY(RIGHT_SYSTEM, push_delete)},
    {HTTP_GET, "/v1/consultations/{consultation}", MAY(RIGHT_CONSULTATION, consultation_get)},
    {HTTP_GET, "/v1/records", MAY(RIGHT_RECORD, records_get)},
    {HTTP_GET, "/v1/consultations/{consultation}/record", RECORD(RIGHT_RECORD, record_get)},
    {HTTP_PUT, "/v1/consultations/{consultation}/record", RECORD(RIGHT_RECORD, record_put)},
    {HTTP_POST, "/v1/consultations/{consultation}/record/seal",
     RECORD(RIGHT_RECORD, record_seal_post)},
    {HTTP_GET, "/v1/consultations/{consultation}/record.html",
     RECORD(RIGHT_RECORD, record_html_get)},
    {HTTP_GET, "/v1/consultations/{consultation}/record.csv", RECORD(RIGHT_RECORD, record_csv_get)},
    {HTTP_GET, "/v1/consultations/{consultation}/readback", RECORD(RIGHT_ASK, readback_get)},
    {HTTP_POST, "/v1/consultations/{consultation}/readback", RECORD(RIGHT_RECORD, readback_post)},
    {HTTP_DELETE, "/v1/consultations/{consultation}/readback",
     RECORD(RIGHT_RECORD, readback_delete)},
    {HTTP_PUT, "/v1/consultations/{consultation}/readback/{item}", RECORD(RIGHT_ASK, readback_put)},
    {HTTP_POST, "/v1/consultations/{consultation}/still", MAY(RIGHT_CONSULTATION, still_post)},
    {HTTP_GET, "/v1/consultations/{consultation}/still", MAY(RIGHT_CONSULTATION, still_get)},
    {HTTP_DELETE, "/v1/consultations/{consultation}/still", MAY(RIGHT_CONSULTATION, still_delete)},

    {HTTP_GET, "/healthz", ANYBODY(healthz)},
    {HTTP_GET, "/readyz", ANYBODY(readyz)},
    {HTTP_GET, "/metrics", ANYBODY(metrics)},
    {HTTP_GET, "/e/{link}", ANYBODY(elder_page_get)},
};
const size_t api_routes_count = sizeof(api_routes) / sizeof(api_routes[0]);
