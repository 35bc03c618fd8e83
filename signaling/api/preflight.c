#include "gateway/base/random.h"
#include "signaling/api/inside.h"

// Before his duty a lawyer tries his equipment: in a room of his own he publishes, and watches
// himself come back.

#define PREFLIGHT_MS (3 * 60 * 1000LL)
#define NAME_LEN     16

// Each way to the gateway (UDP, TCP, a relay) is tried in another room, so that none is seen by way
// of another one's sessions.
void preflight_post(struct call *call)
{
    struct api *api = call->api;
    char room[TOKEN_ROOM_MAX] = "test-", token[TOKEN_TEXT_MAX], own[MEDIA_PUBLICATION_MAX];
    random_text(room + sizeof("test-") - 1, NAME_LEN);
    if (api_room_token(api, call->caller.id, room, TOKEN_PUBLISH | TOKEN_VIEW, PREFLIGHT_MS,
                       token) != 0) {
        call_try_later(call);
        return;
    }
    api->config.media->camera_of(room, call->caller.id, own);
    http_reply_json(call->req, 201,
                    json_pack("{s:s, s:s, s:s, s:o}", "room", room, "token", token, "publication",
                              own, "ice_servers", ice_servers_json(api, call->caller.id)));
}
