#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/link_inside.h"

// All links, as the API and banyanctl see them.

#define WORK_THREADS 2 // not those of the password hashes: a server that is away may take its time

static struct link *find(const struct links *links, const char *id)
{
    const struct list *at, *next;
    list_each(at, next, &links->all)
    {
        struct link *link = container_of(at, struct link, of_links);
        if (strcmp(link->id, id) == 0 && link->sm.state != LINK_ENDING)
            return link;
    }
    return NULL;
}

static struct link *of_session(const struct links *links, const char *session)
{
    const struct list *at, *next;
    list_each(at, next, &links->all)
    {
        struct link *link = container_of(at, struct link, of_links);
        if (strcmp(link->session, session) == 0)
            return link;
    }
    return NULL;
}

// --- beginning one ------------------------------------------------------------------------------

static bool is_there(const struct links *links, const struct link_request *request)
{
    const struct list *at, *next;
    list_each(at, next, &links->all)
    {
        const struct link *link = container_of(at, struct link, of_links);
        if (link->sm.state != LINK_ENDING && link->push == request->push &&
            strcmp(link->room, request->room) == 0 && strcmp(link->url, request->url) == 0)
            return true;
    }
    return false;
}

static bool is_room(const char *room)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t len = strlen(room);
    return len > 0 && len < ROOMS_NAME_MAX && strspn(room, letters) == len;
}

// What a header may carry: RFC 6750's b68token, and no more than fits.
static bool is_token(const char *token)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";
    size_t len = token ? strlen(token) : 0;
    return len < LINK_TOKEN_MAX && (!len || strspn(token, letters) == len);
}

static const struct problem *check(const struct links *links, const struct link_request *request)
{
    static const char bad[] = "This is not possible";
    static const struct problem problems[] = {
        {400, "bad-field", bad, "a room's name is 1 to 63 of A-Z a-z 0-9 . _ -", "room"},
        {403, "consultation", "Not allowed", "a consultation stays on this gateway", "room"},
        {400, "bad-field", bad, "url is an http or https address without user and password", "url"},
        {400, "bad-field", bad, "a token is at most 4095 of A-Z a-z 0-9 - . _ ~ + / =", "token"},
        {400, "bad-field", bad, "source is camera, screen, document or hall", "source"},
        {400, "bad-field", bad, "audio or video is needed", "video"},
        {409, "link-exists", "Not now", "this link is there already", "url"},
        {503, "too-many-links", "Not available now", "the gateway has as many links as it may",
         NULL},
        {503, "draining", "Not available now", "the gateway is about to stop", NULL},
    };
    enum rooms_source source;
    const bool wrong[] = {
        !is_room(request->room),
        control_is_consultation(request->room),
        !link_http_is_url(request->url),
        !is_token(request->token),
        request->source && rooms_source_parse(request->source, &source) != 0,
        request->no_audio && request->no_video,
        is_there(links, request),
        links->count >= LINKS_MAX,
        links->control->draining,
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (wrong[i])
            return &problems[i];
    return NULL;
}

// Who carries a room's pictures elsewhere is seen later.
static void note(const struct link *link, const char *actor, const char *what)
{
    char action[AUDIT_TEXT_MAX], room[AUDIT_TEXT_MAX], id[AUDIT_TEXT_MAX];
    snprintf(action, sizeof(action), "%s_%s", link->push ? "push" : "pull", what);
    snprintf(room, sizeof(room), "room:%s", link->room);
    snprintf(id, sizeof(id), "link:%s", link->id);
    struct audit_entry entry = audit_entry_of(clock_wall_ms(), actor, action, room, id);
    store_audit(link->links->control->store, &entry);
}

static const struct problem *start(void *ops_arg, const struct link_request *request, char *id)
{
    static const struct problem no_memory = {503, "try-later", "Not available now",
                                             "memory is short", NULL};
    struct links *links = ((struct control *)ops_arg)->links;
    const struct problem *problem = check(links, request);
    struct link *link = problem ? NULL : mem_zalloc(sizeof(*link));
    if (!link)
        return problem ? problem : &no_memory;
    link->links = links;
    link->push = request->push;
    link->insecure = request->insecure;
    link->no_audio = request->no_audio;
    link->no_video = request->no_video;
    link->fixed = request->fixed;
    link->source = ROOMS_HALL;
    if (request->source)
        (void)rooms_source_parse(request->source, &link->source);
    text_copy(link->room, sizeof(link->room), request->room);
    text_copy(link->url, sizeof(link->url), request->url);
    text_copy(link->token, sizeof(link->token), request->token ? request->token : "");
    if (!request->id || !text_copy(link->id, sizeof(link->id), request->id))
        random_text(link->id, LINK_ID_MAX - 1);
    text_copy(id, LINK_ID_MAX, link->id);
    list_append(&links->all, &link->of_links);
    links->count++;
    note(link, request->actor, "start");
    if (!request->fixed && !request->id) // else a file has it
        links_keep(links);
    link_start(link);
    return NULL;
}

static int end(void *ops_arg, const char *actor, const char *room, bool push, const char *id)
{
    struct link *link = find(((struct control *)ops_arg)->links, id);
    if (!link || (room && strcmp(link->room, room) != 0) || (room && link->push != push))
        return ENOENT;
    struct links *links = link->links;
    note(link, actor, "end");
    link_end(link);
    links_keep(links);
    return 0;
}

// --- looking at them ----------------------------------------------------------------------------

static json_t *one_json(const struct link *link)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:b}", "id", link->id, "kind",
                               link->push ? "push" : "pull", "room", link->room, "url", link->url,
                               "state", sm_name(&link->sm), "since", (json_int_t)link->since_ms,
                               "attempts", (int)link->attempts, "insecure", link->insecure);
    if (object && !link->push)
        json_object_set_new(object, "source", json_string(rooms_source_name(link->source)));
    if (object && link->error[0])
        json_object_set_new(object, "error", json_string(link->error));
    return object;
}

static json_t *list_json(const struct links *links, const char *room, bool push)
{
    json_t *array = json_array();
    const struct list *at, *next;
    list_each(at, next, &links->all)
    {
        const struct link *link = container_of(at, struct link, of_links);
        bool here = !room || (strcmp(link->room, room) == 0 && link->push == push);
        if (here && link->sm.state != LINK_ENDING)
            json_array_append_new(array, one_json(link));
    }
    return array;
}

json_t *links_json(const struct links *links)
{
    return list_json(links, NULL, false);
}

static json_t *list(void *ops_arg, const char *room, bool push)
{
    return list_json(((struct control *)ops_arg)->links, room, push);
}

const struct link_ops control_links = {.start = start, .list = list, .end = end};

// --- what the media core tells ------------------------------------------------------------------

void links_connected(struct links *links, const char *session)
{
    struct link *link = of_session(links, session);
    if (link)
        link_connected(link);
}

void links_ended(struct links *links, const char *session, const char *why)
{
    struct link *link = of_session(links, session);
    if (link)
        link_lost(link, why);
}

void links_published(struct links *links, const char *room)
{
    struct list *at, *next;
    list_each(at, next, &links->all)
    {
        struct link *link = container_of(at, struct link, of_links);
        if (strcmp(link->room, room) == 0)
            link_published(link);
    }
}

// --- all of them --------------------------------------------------------------------------------

void links_stop(struct links *links)
{
    struct list *at, *next;
    links->stopping = true;
    list_each(at, next, &links->all) link_end(container_of(at, struct link, of_links));
}

size_t links_up(const struct links *links)
{
    size_t up = 0;
    const struct list *at, *next;
    list_each(at, next, &links->all)
    {
        up += container_of(at, const struct link, of_links)->sm.state == LINK_UP;
    }
    return up;
}

size_t links_busy(const struct links *links)
{
    return links->count + links->jobs;
}

int links_alloc(struct links **linksp, struct control *control)
{
    struct links *links = mem_zalloc(sizeof(*links));
    if (!links)
        return ENOMEM;
    links->control = control;
    list_init(&links->all);
    int err = link_http_start();
    if (!err)
        err = work_alloc(&links->work, control->loop, WORK_THREADS);
    if (err)
        links_free(links);
    else
        *linksp = links;
    return err;
}

// The rooms are gone by then: nothing points at a link any more but jobs, which are given up.
void links_free(struct links *links)
{
    struct list *at, *next;
    if (!links)
        return;
    atomic_store(&links->stop, true);
    work_free(links->work);
    list_each(at, next, &links->all)
    {
        struct link *link = container_of(at, struct link, of_links);
        loop_timer_stop(links->control->loop, &link->timer);
        mem_free(link);
    }
    link_http_stop();
    mem_free(links);
}
