#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"
#include "signaling/consult/consult_json.h"
#include "signaling/consult/party.h"
#include "signaling/lecture/lecture_json.h"

// Room tokens for those who take part, put into what they are told. They are made at the moment of
// telling and never stored.

#define GRANT_MS (12 * 3600 * 1000LL)

int api_room_token(struct api *api, const char *subject, const char *room, unsigned rights,
                   int64_t ttl_ms, char text[TOKEN_TEXT_MAX])
{
    struct token token = {
        .purpose = TOKEN_ROOM, .rights = rights, .expires_at_ms = clock_wall_ms() + ttl_ms};
    if (!text_copy(token.room, sizeof(token.room), room))
        return EINVAL;
    if (!subject) {
        text_copy(token.subject, sizeof(token.subject), "t-");
        random_text(token.subject + 2, 16);
    } else if (!text_copy(token.subject, sizeof(token.subject), subject)) {
        return EINVAL;
    }
    return token_make(api->config.secret, &token, text);
}

// `camera`: what he may watch beforehand, or NULL.
static void add(struct api *api, const struct caller *caller, const char *room, unsigned rights,
                const char *camera, json_t *data)
{
    char token[TOKEN_TEXT_MAX];
    if (api_room_token(api, caller->id, room, rights, GRANT_MS, token) == 0)
        json_object_set_new(data, "media",
                            json_pack("{s:s, s:s, s:o, s:s*}", "room", room, "token", token,
                                      "ice_servers", ice_servers_json(api, caller->id),
                                      "publication", camera));
}

static const char *text_of(const json_t *data, const char *member)
{
    const char *text = json_string_value(json_object_get(data, member));
    return text ? text : "";
}

// Each party's camera has an id by which it is watched, whoever else is there.
static void name_cameras(struct api *api, const char *room, json_t *data)
{
    size_t i;
    json_t *party;
    json_array_foreach(json_object_get(data, "parties"), i, party)
    {
        char id[MEDIA_PUBLICATION_MAX];
        if (strcmp(text_of(party, "state"), "inside") != 0)
            continue;
        api->config.media->camera_of(room, json_string_value(json_object_get(party, "id")), id);
        json_object_set_new(party, "publication", json_string(id));
    }
}

bool grant_has_media(const char *kind)
{
    return strcmp(kind, "consultation") == 0 || strcmp(kind, "lecture") == 0;
}

// Who is about to meet publishes and watches already, parked: the picture is there when they do.
static void grant_ahead(struct api *api, const struct caller *caller,
                        const struct consultation *row, json_t *data)
{
    char camera[MEDIA_PUBLICATION_MAX];
    bool is_booth = strcmp(row->booth, caller->id) == 0;
    api->config.media->camera_of(row->id, is_booth ? row->lawyer : row->booth, camera);
    add(api, caller, row->id, TOKEN_PUBLISH | TOKEN_VIEW, camera, data);
}

static void grant_consultation(struct api *api, const struct caller *caller, const char *id,
                               json_t *data)
{
    const struct consult *clinic = api->config.people->clinic(api->config.ops_arg);
    const char *state = text_of(data, "state");
    if (strcmp(state, "connected") == 0 || strcmp(state, "suspended") == 0) {
        add(api, caller, id, TOKEN_PUBLISH | TOKEN_VIEW, NULL, data);
        name_cameras(api, id, data);
    } else if (strcmp(state, "offered") == 0 && consult_may_prepare(clinic, id, caller->id)) {
        grant_ahead(api, caller, consult_find(clinic, id), data);
    }
}

void grant_media(struct api *api, const struct caller *caller, const char *kind, json_t *data)
{
    const char *state = text_of(data, "state");
    if (strcmp(kind, "consultation") == 0)
        grant_consultation(api, caller, text_of(data, "id"), data);
    if (strcmp(kind, "lecture") == 0 && strcmp(state, "ended") != 0)
        add(api, caller, text_of(data, "room"),
            caller->role == ROLE_HALL ? TOKEN_PUBLISH | TOKEN_VIEW : TOKEN_VIEW, NULL, data);
}

static json_t *hall_state(struct api *api, const struct caller *caller)
{
    const struct lectures *lectures = api->config.people->lectures(api->config.ops_arg);
    json_t *list = lectures_json(lectures, LECTURE_FOR_HALL);
    size_t i;
    json_t *lecture;
    json_array_foreach(list, i, lecture) grant_media(api, caller, "lecture", lecture);
    return json_pack("{s:{s:s, s:s}, s:o}", "hall", "id", caller->id, "name", caller->name,
                     "lectures", list);
}

static json_t *desk_state(const struct consult *clinic, const struct caller *caller)
{
    json_t *state = seen_desk(clinic, caller);
    json_object_set_new(state, "me",
                        json_pack("{s:s, s:s}", "id", caller->id, "name", caller->name));
    return state;
}

static json_t *member_state(struct api *api, const struct caller *caller)
{
    const struct lectures *lectures = api->config.people->lectures(api->config.ops_arg);
    json_t *lecture = lecture_json(lecture_find(lectures, caller->lecture), LECTURE_FOR_VIEWER);
    if (json_is_object(lecture))
        grant_media(api, caller, "lecture", lecture);
    return json_pack("{s:{s:s, s:s}, s:o}", "member", "id", caller->id, "name", caller->name,
                     "lecture", lecture);
}

json_t *live_state(struct api *api, const struct caller *caller)
{
    const struct consult *clinic = api->config.people->clinic(api->config.ops_arg);
    json_t *state = NULL;
    switch (caller->role) {
    case ROLE_BOOTH:
        state = consult_json_booth_state(clinic, caller->id);
        break;
    case ROLE_LAWYER:
        state = seen_lawyer_state(clinic, caller);
        break;
    case ROLE_STAFF:
        return desk_state(clinic, caller);
    case ROLE_MEMBER:
        return member_state(api, caller);
    case ROLE_GUEST:
        state = consult_json_guest_state(clinic, caller->id);
        break;
    case ROLE_HALL:
        return hall_state(api, caller);
    default:
        return json_pack("{s:o, s:{s:s, s:s}}", "clinic", seen_clinic(clinic, caller), "me", "id",
                         caller->id, "name", caller->name);
    }
    json_object_set_new(state, "papers", papers_state(api, caller));
    json_object_set_new(state, "screen", screen_state(api, caller));
    json_t *consultation = json_object_get(state, "consultation");
    if (json_is_object(consultation))
        grant_media(api, caller, "consultation", consultation);
    return state;
}
