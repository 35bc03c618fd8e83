#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "signaling/api/inside.h"
#include "signaling/auth/turn.h"

// STUN and TURN servers as clients are told them: in Link headers of a new media session (RFC 9725
// section 4.6), and to pages beforehand, since an RTCPeerConnection wants them when it is made.

#define TURN_MS     (12 * 3600 * 1000LL)
#define SERVERS_MAX 8
#define URL_MAX     256

// The next URL of a list with commas, and the rest behind it. False at the end; "" for a URL too
// long to be one.
static bool next_url(const char **rest, char url[URL_MAX])
{
    *rest += strspn(*rest, ", ");
    size_t len = strcspn(*rest, ", ");
    snprintf(url, URL_MAX, "%.*s", len < URL_MAX ? (int)len : 0, *rest);
    *rest += len;
    return len > 0;
}

static bool is_stun(const char *url)
{
    return strncmp(url, "stun", 4) == 0;
}

static int make_credential(const struct api *api, const char *id,
                           struct turn_credential *credential)
{
    return turn_credential_make(api->config.turn_secret, id, (clock_wall_ms() + TURN_MS) / 1000,
                                credential);
}

// With credentials of this session alone.
static void add_link(struct call *call, const char *url)
{
    char link[URL_MAX + TURN_USER_MAX + TURN_PASSWORD_MAX + 128];
    struct turn_credential credential = {0};
    if (is_stun(url))
        snprintf(link, sizeof(link), "<%s>; rel=\"ice-server\"", url);
    else if (make_credential(call->api, call->resource, &credential) == 0)
        snprintf(link, sizeof(link),
                 "<%s>; rel=\"ice-server\"; username=\"%s\"; credential=\"%s\"; "
                 "credential-type=\"password\"",
                 url, credential.user, credential.password);
    else
        return;
    http_add_header(call->req, "link", link);
}

void add_ice_servers(struct call *call)
{
    const char *rest = call->api->config.ice_servers;
    char url[URL_MAX];
    for (unsigned i = 0; rest && i < SERVERS_MAX && next_url(&rest, url); i++)
        if (*url)
            add_link(call, url);
}

static void add_server(json_t *servers, json_t *urls, const struct turn_credential *credential)
{
    if (json_array_size(urls) == 0)
        json_decref(urls);
    else if (credential)
        json_array_append_new(servers,
                              json_pack("{s:o, s:s, s:s}", "urls", urls, "username",
                                        credential->user, "credential", credential->password));
    else
        json_array_append_new(servers, json_pack("{s:o}", "urls", urls));
}

json_t *ice_servers_json(const struct api *api, const char *person)
{
    const char *rest = api->config.ice_servers;
    char url[URL_MAX], name[TURN_NAME_MAX];
    struct turn_credential credential = {0};
    json_t *stun = json_array(), *turn = json_array(), *servers = json_array();
    for (unsigned i = 0; rest && i < SERVERS_MAX && next_url(&rest, url); i++)
        if (*url)
            json_array_append_new(is_stun(url) ? stun : turn, json_string(url));
    if (json_array_size(turn) > 0 && (turn_name_make(api->config.turn_secret, person, name) != 0 ||
                                      make_credential(api, name, &credential) != 0))
        json_array_clear(turn);
    add_server(servers, stun, NULL);
    add_server(servers, turn, &credential);
    return servers;
}
