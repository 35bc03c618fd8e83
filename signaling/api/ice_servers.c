#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/auth/turn.h"

// One Link header a STUN or TURN server, with credentials of this session alone (RFC 9725
// section 4.6).

#define TURN_MS     (12 * 3600 * 1000LL)
#define SERVERS_MAX 8
#define URL_MAX     256

static void add_link(struct call *call, const char *url)
{
    char link[URL_MAX + TURN_USER_MAX + TURN_PASSWORD_MAX + 128];
    struct turn_credential credential;
    if (strncmp(url, "stun", 4) == 0) {
        snprintf(link, sizeof(link), "<%s>; rel=\"ice-server\"", url);
    } else {
        int64_t expires_at_s = (clock_wall_ms() + TURN_MS) / 1000;
        if (turn_credential_make(call->api->config.turn_secret, call->resource, expires_at_s,
                                 &credential) != 0)
            return;
        snprintf(link, sizeof(link),
                 "<%s>; rel=\"ice-server\"; username=\"%s\"; credential=\"%s\"; "
                 "credential-type=\"password\"",
                 url, credential.user, credential.password);
    }
    http_add_header(call->req, "link", link);
}

void add_ice_servers(struct call *call)
{
    const char *rest = call->api->config.ice_servers;
    for (unsigned i = 0; rest && *rest && i < SERVERS_MAX; i++) {
        char url[URL_MAX];
        size_t len = strcspn(rest, ", ");
        if (len > 0 && len < sizeof(url)) {
            memcpy(url, rest, len);
            url[len] = 0;
            add_link(call, url);
        }
        rest += len;
        rest += strspn(rest, ", ");
    }
}
