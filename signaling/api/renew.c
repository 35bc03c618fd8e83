#include <string.h>

#include "signaling/api/inside.h"

// Live connections that must look again, or end, because of what their people or places became.

static void close_those(struct api *api, bool (*is_one)(const struct caller *, const char *),
                        const char *id, int code, const char *reason)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        if (listener->conn && is_one(&listener->caller, id))
            ws_close(listener->conn, code, reason);
    }
}

static bool is_user(const struct caller *caller, const char *id)
{
    return caller->role != ROLE_BOOTH && strcmp(caller->id, id) == 0;
}

static bool is_booth(const struct caller *caller, const char *id)
{
    return caller->role == ROLE_BOOTH && strcmp(caller->id, id) == 0;
}

void api_renew_user(struct api *api, const char *user)
{
    close_those(api, is_user, user, WS_CLOSE_TRY_LATER, "please connect again");
}

void api_end_booth(struct api *api, const char *booth)
{
    close_those(api, is_booth, booth, WS_CLOSE_POLICY, "this booth is closed");
}
