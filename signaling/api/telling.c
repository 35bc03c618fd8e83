#include "signaling/api/telling.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"

static bool listens_to(const struct listener *listener, const char *topic)
{
    for (size_t i = 0; i < listener->topic_count; i++)
        if (strcmp(listener->topics[i], topic) == 0)
            return true;
    return false;
}

static char *event_text(int64_t n, const char *kind, const char *body)
{
    return n ? mem_printf("{\"n\":%lld,\"event\":\"%s\",\"data\":%s}", (long long)n, kind, body)
             : mem_printf("{\"event\":\"%s\",\"data\":%s}", kind, body);
}

static const char *text_of_centre(struct telling *telling, const struct listener *listener)
{
    const struct people_ops *people = telling->api->config.people;
    const struct consult *clinic = people->clinic(telling->api->config.ops_arg);
    const struct consult_centre *centre = consult_centre_of(clinic, listener->caller.id);
    const char *id = centre ? centre->id : "";
    if (telling->of_centre && strcmp(telling->centre, id) == 0)
        return telling->of_centre;
    json_t *data = json_loads(telling->body, JSON_DECODE_ANY, NULL);
    char *body = NULL;
    if (seen_event(clinic, &listener->caller, telling->kind, data))
        body = json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY);
    mem_free(telling->of_centre);
    telling->of_centre = body ? event_text(telling->n, telling->kind, body) : NULL;
    text_copy(telling->centre, sizeof(telling->centre), id);
    json_decref(data);
    free(body); // jansson's
    return telling->of_centre;
}

static void tell_one(struct telling *telling, struct listener *listener)
{
    enum seen_as seen = grant_has_media(telling->kind) ? SEEN_BY_ONE
                                                       : seen_as(&listener->caller, telling->kind);
    const char *text = NULL;
    if (seen == SEEN_BY_ALL && !telling->text)
        telling->text = event_text(telling->n, telling->kind, telling->body);
    if (seen == SEEN_BY_ALL)
        text = telling->text;
    else if (seen == SEEN_BY_CENTRE)
        text = text_of_centre(telling, listener);
    if (!text)
        listener_event(listener, telling->n, telling->kind, telling->body);
    else if (listener->conn)
        ws_send(listener->conn, text, strlen(text));
}

bool telling_some(struct telling *telling, unsigned count)
{
    struct list *pos, *tmp;
    list_each(pos, tmp, &telling->api->listeners)
    {
        struct listener *listener = container_of(pos, struct listener, link);
        if (listener->serial <= telling->told || !listens_to(listener, telling->topic))
            continue;
        if (count-- == 0)
            return true;
        telling->told = listener->serial;
        tell_one(telling, listener);
    }
    return false;
}

void telling_end(struct telling *telling)
{
    mem_free(telling->text);
    mem_free(telling->of_centre);
    telling->text = telling->of_centre = NULL;
}

void telling_all(struct api *api, const char *topic, int64_t n, const char *kind, const char *body)
{
    struct telling telling = {.api = api, .topic = topic, .kind = kind, .body = body, .n = n};
    telling_some(&telling, UINT_MAX);
    telling_end(&telling);
}
