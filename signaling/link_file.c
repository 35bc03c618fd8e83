#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/link_inside.h"

// The links a gateway begins with: from a file of the operator's, and those it had before.

#define ACTOR        "links.file"
#define ACTOR_RESUME "restart"

static const char *const members[] = {"kind",     "room",  "url",   "token", "source",
                                      "insecure", "audio", "video", "id"};

// A misspelt member would be a wish nobody hears.
static const char *unknown_member(const json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        size_t i = 0;
        while (i < sizeof(members) / sizeof(members[0]) && strcmp(members[i], name) != 0)
            i++;
        if (i == sizeof(members) / sizeof(members[0]))
            return name;
    }
    return NULL;
}

static int complain(const char *file, size_t n, const char *field, const char *text)
{
    log_error("link", "%s: link %zu: %s: %s", file, n + 1, field, text);
    return EINVAL;
}

// `fixed`: the file is the operator's.
static int begin(struct control *control, const char *file, bool fixed, size_t n,
                 const json_t *object)
{
    char id[LINK_ID_MAX];
    int audio = 1, video = 1, insecure = 0;
    const char *kind = NULL;
    struct link_request request = {.fixed = fixed, .actor = fixed ? ACTOR : ACTOR_RESUME};
    json_error_t error;
    if (json_is_object(object) && unknown_member(object))
        return complain(file, n, unknown_member(object), "there is no such member");
    if (json_unpack_ex((json_t *)object, &error, 0, "{s:s, s:s, s:s, s?s, s?s, s?b, s?b, s?b, s?s}",
                       "kind", &kind, "room", &request.room, "url", &request.url, "token",
                       &request.token, "source", &request.source, "insecure", &insecure, "audio",
                       &audio, "video", &video, "id", &request.id) != 0)
        return complain(file, n, "link", error.text);
    if (fixed && request.id)
        return complain(file, n, "id", "there is no such member");
    if (strcmp(kind, "pull") != 0 && strcmp(kind, "push") != 0)
        return complain(file, n, "kind", "expected pull or push");
    request.push = strcmp(kind, "push") == 0;
    request.insecure = insecure;
    request.no_audio = !audio;
    request.no_video = !video;
    const struct problem *problem = control_links.start(control, &request, id);
    return problem ? complain(file, n, problem->field ? problem->field : "link", problem->detail)
                   : 0;
}

int links_load(struct control *control, const char *file)
{
    json_error_t error;
    int err = 0;
    size_t i;
    json_t *object, *list = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_array(list)) {
        log_error("link", "links.file: %s:%d: %s", file, list ? 1 : error.line,
                  list ? "expected an array of links" : error.text);
        json_decref(list);
        return EINVAL;
    }
    json_array_foreach(list, i, object)
    {
        err = err ? err : begin(control, file, true, i, object);
    }
    json_decref(list);
    return err;
}

void links_resume(struct control *control)
{
    json_error_t error;
    size_t i;
    json_t *object, *list;
    char *file = mem_printf("%s/" LINKS_KEPT, control->config.data_dir);
    list = file ? json_load_file(file, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (file && !list && json_error_code(&error) != json_error_cannot_open_file)
        log_error("link", "%s:%d: %s", file, error.line, error.text);
    json_array_foreach(list, i, object)
    {
        (void)begin(control, file, false, i, object);
    }
    json_decref(list);
    mem_free(file);
}
