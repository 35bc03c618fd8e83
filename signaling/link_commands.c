#include "signaling/control_inside.h"
#include "signaling/link.h"

// What banyanctl may ask of links to other servers.

#define ACTOR "operator"

static const char *text_of(const json_t *request, const char *member)
{
    return json_string_value(json_object_get(request, member));
}

static json_t *begin(void *arg, const json_t *request, bool push, const char **error)
{
    char id[LINK_ID_MAX];
    const struct link_request wanted = {
        .push = push,
        .actor = ACTOR,
        .room = text_of(request, "room"),
        .url = text_of(request, "url"),
        .token = text_of(request, "token"),
        .source = push ? NULL : text_of(request, "source"),
        .insecure = json_is_true(json_object_get(request, "insecure")),
    };
    *error = "--room and --url are needed";
    if (!wanted.room || !wanted.url)
        return NULL;
    const struct problem *problem = control_links.start(arg, &wanted, id);
    if (problem) {
        *error = problem->detail;
        return NULL;
    }
    return json_pack("{s:s}", "id", id);
}

json_t *control_pull(void *arg, const json_t *request, const char **error)
{
    return begin(arg, request, false, error);
}

json_t *control_push(void *arg, const json_t *request, const char **error)
{
    return begin(arg, request, true, error);
}

json_t *control_unlink(void *arg, const json_t *request, const char **error)
{
    const char *id = text_of(request, "id");
    *error = "there is no link with this --id";
    if (!id || control_links.end(arg, ACTOR, NULL, false, id) != 0)
        return NULL;
    return json_pack("{s:b}", "ended", 1);
}

json_t *control_show_links(void *arg, const json_t *request, const char **error)
{
    const struct control *control = arg;
    (void)request, (void)error;
    return json_pack("{s:o}", "links", links_json(control->links));
}
