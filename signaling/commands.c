#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "signaling/consult/settings.h"
#include "signaling/control_inside.h"
#include "signaling/purge.h"
#include "signaling/recording_read.h"
#include "signaling/reminder.h"

// What banyanctl may ask, one function a command.

#define TOKEN_TTL_MAX (366 * 24 * 3600LL)
#define BASE_MAX      192

static void count_open(const struct consultation *row, void *arg)
{
    (void)row;
    ++*(unsigned *)arg;
}

static json_t *status(void *arg, const json_t *request, const char **error)
{
    struct control *control = arg;
    struct server_counts server = server_counts(control->server);
    unsigned consultations = 0;
    (void)request, (void)error;
    consult_each(control->consult, count_open, &consultations);
    return json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "version",
                     BANYAN_VERSION, "draining", control->draining, "uptime_s",
                     (json_int_t)((clock_us() - control->started_us) / 1000000), "https_port",
                     (json_int_t)server_https_port(control->server), "http_port",
                     (json_int_t)server_http_port(control->server), "media_port",
                     (json_int_t)rooms_port(control->rooms), "websockets",
                     (json_int_t)server.websockets, "consultations", (json_int_t)consultations,
                     "pipelines", (json_int_t)supervisor_count(control->supervisor), "recordings",
                     (json_int_t)recordings_count(control->recordings));
}

static void add_publication(void *arg, const struct rooms_publication *publication)
{
    json_array_append_new(arg,
                          json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "id", publication->id, "room",
                                    publication->room, "participant", publication->participant,
                                    "source", rooms_source_name(publication->source), "audio",
                                    publication->audio, "video", publication->video_codec));
}

static json_t *rooms(void *arg, const json_t *request, const char **error)
{
    struct control *control = arg;
    (void)request, (void)error;
    json_t *publications = json_array();
    rooms_publications(control->rooms, NULL, add_publication, publications);
    size_t i;
    json_t *publication;
    json_array_foreach(publications, i, publication)
    {
        const char *room = json_string_value(json_object_get(publication, "room"));
        json_object_set_new(publication, "viewers",
                            json_integer(rooms_viewers(control->rooms, room)));
        const char *id = json_string_value(json_object_get(publication, "id"));
        json_object_set_new(publication, "recording",
                            json_boolean(recordings_has(control->recordings, id)));
    }
    return json_pack("{s:o}", "publications", publications);
}

static json_t *token(void *arg, const json_t *request, const char **error)
{
    struct control *control = arg;
    const char *room = json_string_value(json_object_get(request, "room"));
    json_int_t ttl_s = json_integer_value(json_object_get(request, "ttl"));
    unsigned rights = 0;
    char text[TOKEN_TEXT_MAX];
    if (json_is_true(json_object_get(request, "publish")))
        rights |= TOKEN_PUBLISH;
    if (json_is_true(json_object_get(request, "view")))
        rights |= TOKEN_VIEW;
    *error = "a room and --publish or --view or both are needed, --ttl is 1 to 31622400 seconds";
    if (!room || !*room || !rights || ttl_s < 1 || ttl_s > TOKEN_TTL_MAX)
        return NULL;
    if (api_room_token(control->api, NULL, room, rights, ttl_s * 1000, text) != 0) {
        *error = "the room's name is too long";
        return NULL;
    }
    return json_pack("{s:s}", "token", text);
}

// "https://host" or "http://host:port", nothing behind it and nothing that JSON would escape.
static bool is_base(const char *url)
{
    static const char clean[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    const char *host = strncmp(url, "https://", 8) == 0  ? url + 8
                       : strncmp(url, "http://", 7) == 0 ? url + 7
                                                         : "";
    return *host && strlen(url) < BASE_MAX && strspn(host, clean) == strlen(host);
}

static json_t *drain(void *arg, const json_t *request, const char **error)
{
    const char *to = json_string_value(json_object_get(request, "to"));
    *error = "--to is the address of another gateway, like https://other.example.org:8443";
    if (to && !is_base(to))
        return NULL;
    control_drain(arg, to);
    return json_pack("{s:b}", "draining", 1);
}

static json_t *reload(void *arg, const json_t *request, const char **error)
{
    struct control *control = arg;
    (void)request;
    *error = control->tables_wrong;
    if (control_read_tables(control) != 0)
        return NULL;
    reminders_renew(control);
    *error = "the certificate or its key cannot be used; the old one stays (see the log)";
    if (server_reload_certificate(control->server) != 0)
        return NULL;
    return json_pack("{s:b}", "reloaded", 1);
}

const struct admin_command control_commands[] = {
    {.name = "account", .start = control_first_account},
    {.name = "drain", .run = drain},
    {.name = "links", .run = control_show_links},
    {.name = "pull", .run = control_pull},
    {.name = "push", .run = control_push},
    {.name = "reload", .run = reload},
    {.name = "purge", .run = control_purge},
    {.name = "recording", .run = control_break_glass},
    {.name = "rooms", .run = rooms},
    {.name = "status", .run = status},
    {.name = "token", .run = token},
    {.name = "unlink", .run = control_unlink},
};
const size_t control_commands_count = sizeof(control_commands) / sizeof(control_commands[0]);
